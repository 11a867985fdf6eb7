"""CPU time and memory of importing and reporting a large table, through the installed command.

    python benchmarks/import_speed.py --rows 100000

With pandas, where it is installed, reading and counting the same table in the same run as a peer.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CITIES = ["Paris", "London", "Berlin", "Madrid", "Rome", "Vienna", "Warsaw", "Lisbon", "Oslo", "Helsinki"]


def write_table(path: Path, rows: int) -> None:
    draw = random.Random(0)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["question_id", "question", "domain", "document_id", "model", "answer", "gold", "confidence"])
        for index in range(rows):
            question, model = divmod(index, 10)
            gold = CITIES[question % 10]
            answer = draw.choices([gold, draw.choice(CITIES), "I don't know."], [6, 3, 1])[0]
            writer.writerow(
                [
                    f"q{question}",
                    f"Which city does question {question} ask for?",
                    f"domain {question % 6}",
                    f"document {question // 10}",
                    f"model-{model}",
                    answer,
                    gold,
                    f"{draw.random():.2f}",
                ]
            )


def measured(command: list[str], folder: Path) -> dict[str, float]:
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} failed")
    return {
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
        "wall_s": round(time.perf_counter() - start, 2),
        "peak_mb": round(usage.ru_maxrss / 1024, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    calibrant = [sys.executable, "-m", "calibrant"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_table(folder / "results.csv", arguments.rows)
        result = {
            "calibrant --version": measured([*calibrant, "--version"], folder),
            "import calibrant": measured([sys.executable, "-c", "import calibrant"], folder),
            f"import {arguments.rows:,} rows": measured([*calibrant, "import", "results.csv"], folder),
            f"report {arguments.rows:,} rows": measured([*calibrant, "report"], folder),
            "demo": measured([*calibrant, "demo"], folder),
        }
        peer = "import pandas as p; d = p.read_csv('results.csv'); print((d.answer == d.gold).groupby(d.model).mean())"
        with contextlib.suppress(SystemExit):  # not installed
            result["pandas: read and share equal"] = measured([sys.executable, "-c", peer], folder)
    if arguments.json:
        print(json.dumps(result, indent=2))
        return
    for what, figures in result.items():
        print(f"{what:<32}" + "".join(f"  {unit} {figure:>8}" for unit, figure in figures.items()))


if __name__ == "__main__":
    main()
