"""CPU, wall time and memory of whole runs: ask, keep, grade; beside Inspect AI and lm-evaluation-harness where installed.

A stub in a process of its own answers every request after a fixed latency. Each tool asks the same questions in a
process of its own. CPU per sample is the difference between a long and a short run of it, so that start-up does not
count; wall time is that of the long run, start-up left out where the tool allows. The ideal is samples / concurrency *
latency.

    python benchmarks/run_speed.py                       # 6,000 samples at 200 ms, concurrency 100
    python benchmarks/run_speed.py --memory              # 100,000 questions at 5 ms: peak memory
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ask_speed import serve
from machine import machine

QUESTION = "Which element has the symbol W, and after which mineral is it named in most languages? Number {}."


def write_questions(folder: Path, count: int) -> Path:
    path = folder / f"{count}.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "question", "answer", "domain"])
        rows.writerows([number, QUESTION.format(number), "Tungsten", "ABCDE"[number % 5]] for number in range(count))
    return path


def calibrant(url: str, folder: Path, count: int, concurrency: int) -> float:
    os.environ |= {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "benchmark-key"}
    from calibrant import RunOptions, load_questions, run

    questions = load_questions(write_questions(folder, count))
    began = time.perf_counter()
    summary = run(questions, "stub", store=folder / f"store-{count}", options=RunOptions(concurrency=concurrency))
    assert (summary.asked, summary.errors) == (count, 0), summary
    return time.perf_counter() - began


def inspect_ai(url: str, folder: Path, count: int, concurrency: int) -> float:
    os.environ |= {"STUB_BASE_URL": url, "STUB_API_KEY": "benchmark-key"}
    from inspect_ai import Task
    from inspect_ai import eval as evaluate
    from inspect_ai.dataset import Sample
    from inspect_ai.scorer import includes

    samples = [Sample(input=QUESTION.format(number), target="Tungsten") for number in range(count)]
    began = time.perf_counter()
    (log,) = evaluate(
        Task(dataset=samples, scorer=includes()),
        model="openai-api/stub/stub",
        max_connections=concurrency,
        max_samples=concurrency,
        display="none",
        log_dir=str(folder / "inspect"),
    )
    assert log.status == "success", log.error
    return time.perf_counter() - began


def lm_eval(url: str, folder: Path, count: int, concurrency: int) -> float:
    import lm_eval as harness
    from lm_eval.models.api_models import TemplateAPI  # noqa: F401 - needs the extra "api"

    questions = folder / f"{count}.jsonl"
    questions.write_text(
        "".join(json.dumps({"q": QUESTION.format(number), "a": "Tungsten"}) + "\n" for number in range(count))
    )
    task = {
        "task": f"stub_{count}",
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"test": str(questions)}},
        "test_split": "test",
        "output_type": "generate_until",
        "doc_to_text": "{{q}}",
        "doc_to_target": "{{a}}",
        "generation_kwargs": {"until": ["\n\n"], "max_gen_toks": 32},
        "metric_list": [{"metric": "exact_match"}],
    }
    began = time.perf_counter()
    harness.simple_evaluate(
        model="local-chat-completions",
        model_args=f"model=stub,base_url={url}/chat/completions,num_concurrent={concurrency},tokenizer_backend=None",
        tasks=[task],
        apply_chat_template=True,
        bootstrap_iters=0,
    )
    return time.perf_counter() - began


TOOLS: dict[str, Callable[[str, Path, int, int], float]] = {
    "calibrant": calibrant,
    "Inspect AI": inspect_ai,
    "lm-evaluation-harness": lm_eval,
}


def work(result: Any, name: str, url: str, count: int, concurrency: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            wall = TOOLS[name](url, Path(folder), count, concurrency)
        except ImportError as error:
            result.put({"missing": str(error)})
            return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    result.put({"cpu_s": usage.ru_utime + usage.ru_stime, "wall_s": wall, "peak_mb": usage.ru_maxrss / 1024})


def measured(name: str, url: str, count: int, concurrency: int) -> dict[str, Any]:
    context = multiprocessing.get_context("spawn")
    result = context.Queue()
    process = context.Process(target=work, args=(result, name, url, count, concurrency))
    process.start()
    found: dict[str, Any] = result.get(timeout=1800)
    process.join()
    return found


def compare(arguments: argparse.Namespace, url: str) -> None:
    ideal = arguments.samples / arguments.concurrency * arguments.latency
    print(f"{arguments.samples:,} samples, {1000 * arguments.latency:.0f} ms, concurrency {arguments.concurrency}:")
    print(f"ideal {ideal:.1f} s\n\n| tool | CPU ms/sample | wall s | of the ideal | peak MB |\n|---|---|---|---|---|")
    for name in arguments.tools:
        rounds = []
        for _ in range(arguments.rounds):
            short = measured(name, url, arguments.samples // 6, arguments.concurrency)
            if "missing" in short:
                print(f"| {name} | not measured: {short['missing']} | | | |")
                break
            long = measured(name, url, arguments.samples, arguments.concurrency)
            marginal = (long["cpu_s"] - short["cpu_s"]) / (arguments.samples - arguments.samples // 6)
            rounds.append((1000 * marginal, long["wall_s"], long["peak_mb"]))
        if rounds:
            cpu, wall, peak = (statistics.median(column) for column in zip(*rounds, strict=True))
            print(f"| {name} | {cpu:.2f} | {wall:.1f} | {wall / ideal:.2f} | {peak:.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=6000)
    parser.add_argument("--latency", type=float, default=0.2, help="seconds")
    parser.add_argument("--concurrency", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--tools", nargs="+", default=list(TOOLS), choices=list(TOOLS))
    parser.add_argument("--memory", action="store_true", help="100,000 questions by calibrant alone")
    arguments = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    port = context.Queue()
    latency = 0.005 if arguments.memory else arguments.latency
    server = context.Process(target=serve, args=(port, latency), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{port.get(timeout=30)}/v1"
    print(f"{machine()}\n")
    try:
        if arguments.memory:
            found = measured("calibrant", url, 100_000, arguments.concurrency)
            print(
                f"100,000 questions: peak {found['peak_mb']:.0f} MB, {found['cpu_s']:.1f} s CPU, {found['wall_s']:.1f} s"
            )
        else:
            compare(arguments, url)
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
