"""Draw the samples that `calibrant demo` measures from the published outcomes of real models.

    python benchmarks/build_demo_sample.py --data ../shared/data

Writes src/calibrant/samples/{cruxeval,triviaqa}.jsonl.gz, byte for byte the same from the same files.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import json
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "src" / "calibrant" / "samples"
CELLS = {  # model -> (name shown, sampling temperature published with the most samples at both efforts)
    "gpt-4-0613": ("gpt-4-0613", 0.8),
    "gpt-3.5-turbo-0613": ("gpt-3.5-turbo-0613", 0.8),
    "codellama-34b": ("codellama-34b", 0.8),
    "codellama-13b": ("codellama-13b", 0.8),
    "codellama-7b": ("codellama-7b", 0.8),
    "gpt-4o": ("gpt-4o", 0.2),
}
EFFORTS = {0: "low", 1: "high"}
SEED = 20240105


def read(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def same_value(a: str, b: str) -> bool:
    """Whether two answers are the same Python value; the same text where they are not values."""
    try:
        return repr(ast.literal_eval(a)) == repr(ast.literal_eval(b))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return a.strip() == b.strip()


def cruxeval(data: Path, items: int) -> Iterator[dict[str, Any]]:
    everything = {item["id"]: item for item in read(data / "effort" / "cruxeval_items.jsonl.gz")}
    drawn = sorted(random.Random(SEED).sample(sorted(everything), items), key=lambda name: int(name.split("_")[1]))
    rows = {}
    for row in read(data / "effort" / "cruxeval_samples.jsonl.gz"):
        cell = CELLS.get(row["model"])
        if row["task"] == "output" and cell and row["temp"] == cell[1] and row["id"] in set(drawn):
            rows[row["model"], row["cot"], row["id"]] = row
    for model, (name, _) in CELLS.items():
        for cot, effort in EFFORTS.items():
            for item_id in drawn:
                row, item = rows[model, cot, item_id], everything[item_id]
                answer = row["answers"][0]
                agreeing = sum(same_value(answer, other) for other in row["answers"])
                yield {
                    "question_id": item_id,
                    "question": f"{item['code']}\n\nWhat does f({item['input']}) return?",
                    "gold": item["output"],
                    "domain": "Python",
                    "model": name,
                    "effort": effort,
                    "response": answer,
                    "correct": row["correct"][0],
                    "confidence_agreement": agreeing / len(row["answers"]),
                }


def triviaqa(data: Path, items: int) -> Iterator[dict[str, Any]]:
    rows = list(read(data / "confidence" / "triviaqa_phi3mini_label_conf.jsonl.gz"))
    for index in sorted(random.Random(SEED).sample(range(len(rows)), items)):
        row = rows[index]
        yield {
            "question_id": f"triviaqa-{index}",
            "question": row["query"],
            "gold": row["answer"],
            "domain": "Trivia",
            "model": "phi-3-mini",
            "response": row["generated_text"],
            "confidence_perplexity": row["conf_ppl"],
        }


def write(rows: Iterable[dict[str, Any]], path: Path) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    with path.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=9) as packed:
        packed.write(text.encode("utf-8"))
    print(f"{path}: {text.count(chr(10))} rows, {path.stat().st_size} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the published outcomes")
    data = parser.parse_args().data
    write(cruxeval(data, 100), TARGET / "cruxeval.jsonl.gz")
    write(triviaqa(data, 300), TARGET / "triviaqa.jsonl.gz")


if __name__ == "__main__":
    main()
