"""CPU time and memory of importing and reporting a large table, through the installed command.

    python benchmarks/import_speed.py --rows 100000

With pandas, where it is installed, reading and counting the same table in the same run as a peer.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import machine

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


def _together(first: dict[str, float], then: dict[str, float]) -> dict[str, float]:
    return {
        unit: max(first[unit], then[unit]) if unit == "peak_mb" else round(first[unit] + then[unit], 2)
        for unit in first
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
        imported = measured([*calibrant, "import", "results.csv"], folder)
        reported = measured([*calibrant, "report"], folder)
        result = {
            "calibrant --version": measured([*calibrant, "--version"], folder),
            "import calibrant": measured([sys.executable, "-c", "import calibrant"], folder),
            f"import {arguments.rows:,} rows": imported,
            f"report {arguments.rows:,} rows": reported,
            "import and report": _together(imported, reported),
            "demo": measured([*calibrant, "demo"], folder),
        }
        peer = "import pandas as p; d = p.read_csv('results.csv'); print((d.answer == d.gold).groupby(d.model).mean())"
        if importlib.util.find_spec("pandas"):
            result["pandas: read and share equal"] = measured([sys.executable, "-c", peer], folder)
    if arguments.json:
        print(json.dumps({"machine": machine(), "rows": arguments.rows, "measured": result}, indent=2))
        return
    print(machine())
    for what, figures in result.items():
        print(f"{what:<32}" + "".join(f"  {unit} {figure:>8}" for unit, figure in figures.items()))


if __name__ == "__main__":
    main()
