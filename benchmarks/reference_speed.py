"""Answers a second of the reference models, in CPU time of one core, through the model protocol.

One BLAS thread, the questions of the package, `ask_many` with as many prompts under way as the model says. CPU is that of
the whole process, all threads, without loading; 64 questions are asked first, and the almanac is indexed with them. With
--server the same through `calibrant models serve` and the HTTP client: CPU is then that of the server alone.

    python benchmarks/reference_speed.py --answers 1000 --rounds 3
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from machine import machine

from calibrant.models import Message, Model, Prompt, ask_many, load_models
from calibrant.models.reference import DATA, EFFORTS, NAMES
from calibrant.questions import load_questions


class Serving:
    """``calibrant models serve`` in a process of its own, and its CPU seconds so far."""

    def __enter__(self) -> Serving:
        command = [sys.executable, "-m", "calibrant", "models", "serve", "--port", "0"]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8")
        assert self._process.stderr is not None
        self.url = self._process.stderr.readline().split(" at ")[1].split()[0]
        return self

    def cpu(self) -> float:
        ticks = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()


def served(names: list[str], texts: list[str], rounds: int) -> list[dict[str, Any]]:
    rows = []
    with Serving() as server, tempfile.TemporaryDirectory() as folder:
        entries = [f'[models.{name}]\nbase_url = "{server.url}"\n' for name in {one.partition("@")[0] for one in names}]
        (Path(folder) / "calibrant.toml").write_text("".join(entries))
        for name in names:
            found = []
            for _ in range(rounds):
                (model,) = load_models([name], folder=Path(folder))
                found.append(asyncio.run(measured(model, texts, None, cpu_of=server.cpu)))
            rows.append({"model": f"{name}, by HTTP", "load_ms": 0.0, **median(found)})
    return rows


async def measured(
    model: Model, texts: list[str], concurrency: int | None, cpu_of: Callable[[], float] = time.process_time
) -> dict[str, float]:
    prompts = [Prompt(messages=(Message("user", text),)) for text in texts]
    async for _ in ask_many(model, prompts[:64]):  # the almanac is indexed when first needed
        pass
    cpu, wall = cpu_of(), time.perf_counter()
    replies = [one[0] async for _, one in ask_many(model, prompts, concurrency=concurrency)]
    cpu, wall = cpu_of() - cpu, time.perf_counter() - wall
    await model.close()
    latencies = sorted(reply.latency_s or 0.0 for reply in replies)
    return {
        "answers_per_cpu_s": len(texts) / cpu,
        "answers_per_s": len(texts) / wall,
        "cpu_ms": 1000 * cpu / len(texts),
        "p50_ms": 1000 * statistics.median(latencies),
        "input_tokens": statistics.mean(reply.usage.input_tokens or 0 for reply in replies),
        "output_tokens": statistics.mean(reply.usage.output_tokens or 0 for reply in replies),
    }


def median(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--answers", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", action="append", help="default: all")
    parser.add_argument("--concurrency", type=int)
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent, help="where a calibrant.toml lies")
    parser.add_argument("--questions", type=Path, default=DATA / "questions.jsonl.gz")
    parser.add_argument("--server", action="store_true", help="through the server, too")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    known = [question.text for question in load_questions(given.questions)]
    texts = (known * (given.answers // len(known) + 1))[: given.answers]
    names = [f"{name}@{effort}" for name in given.model or NAMES for effort in EFFORTS]
    rows: list[dict[str, Any]] = []
    for name in names:
        start = time.perf_counter()
        (model,) = load_models([name], folder=given.folder)
        loading = time.perf_counter() - start
        rounds = [asyncio.run(measured(model, texts, given.concurrency)) for _ in range(given.rounds)]
        rows.append({"model": name, "load_ms": 1000 * loading, **median(rounds)})
    rows += served(names, texts, given.rounds) if given.server else []
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if given.json:
        print(json.dumps({"machine": machine(), "peak_mb": memory, "models": rows}))
        return
    print(f"{machine()}; {given.answers} answers, {given.rounds} rounds, peak {memory} MB")
    print(
        "| model | answers/s of one core | CPU ms | wall answers/s | p50 ms | tokens in, out | load ms |\n|---|---|---|---|---|---|---|"
    )
    for row in rows:
        print(
            f"| {row['model']} | {row['answers_per_cpu_s']:.0f} | {row['cpu_ms']:.2f} | {row['answers_per_s']:.0f} "
            f"| {row['p50_ms']:.0f} | {row['input_tokens']:.0f}, {row['output_tokens']:.1f} | {row['load_ms']:.0f} |"
        )


if __name__ == "__main__":
    main()
