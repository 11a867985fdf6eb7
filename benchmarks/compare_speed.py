"""How long ``calibrant compare`` takes for two runs of 100,000 answers each, and what it is spent on.

    python benchmarks/compare_speed.py

The answers are stored first; the whole command is measured as a process of its own (CPU seconds), then its parts in one:
reading the store into columns, and everything else.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from import_speed import measured
from machine import machine

from calibrant.analysis import CompareOptions, compare_outcomes
from calibrant.reports.comparison import build_comparison, find_sides
from calibrant.reports.comparison.sides import attempts
from calibrant.store import open_store
from calibrant.types import Outcome

RESULT = Path(__file__).parent / "results" / "compare_speed.md"
STATES = ("correct", "incorrect", "abstained")


def write_answers(path: Path, rows: int, seed: int, right: float) -> None:
    """Answers to questions of 14 domains, five to a document, with a stated confidence, a cost and seconds."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(
            ["id", "question", "domain", "cluster", "model", "answer", "grade", "confidence", "cost_usd", "latency_s"]
        )
        for number in range(rows):
            state = chance.choices(STATES, (right, 0.9 - right, 0.1))[0]
            sure = round(chance.random(), 2)
            told = f"q{number}", f"What is {number}?", f"domain {number % 14}", f"d{number // 5}", "m", "x", state
            out.writerow([*told, sure, f"{chance.random() / 1000:.6f}", f"{1 + chance.random():.3f}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--out", type=Path, default=RESULT)
    arguments = parser.parse_args()
    calibrant = [sys.executable, "-m", "calibrant"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for place, right in enumerate((0.55, 0.5)):
            write_answers(folder / f"run{place}.csv", arguments.rows, place, right)
            measured([*calibrant, "import", f"run{place}.csv", "--name", f"run{place}"], folder)
        command = [*calibrant, "compare", "run0", "run1", "--margin", "2"]
        whole = measured(command, folder)
        with open_store(folder / ".calibrant", create=False) as store:
            sides = find_sides(store, ["run0", "run1"])
            began = time.process_time()
            kept: list[tuple[str, Outcome]] = list(attempts(sides, None))
            read = time.process_time() - began
            began = time.process_time()
            compare_outcomes([side.name for side in sides], iter(kept), CompareOptions(margin=2))
            computed = time.process_time() - began
            assert build_comparison(sides, CompareOptions()).comparison.strata[0].graded == arguments.rows
    lines = [
        "# Speed of compare",
        "",
        "    python benchmarks/compare_speed.py",
        "",
        f"Two runs of {arguments.rows:,} answers in 14 domains and {arguments.rows // 5:,} documents, with confidence, cost and seconds.",
        "",
        "| part | CPU s |",
        "| --- | ---: |",
        f"| the whole command | {whole['cpu_s']} |",
        f"| of this, reading the store | {read:.1f} |",
        f"| of this, pairing and every interval | {computed:.1f} |",
        "",
        f"Peak memory {whole['peak_mb']} MB. {machine()}.",
    ]
    arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
