"""Measure answers you have already: write a small table, import it, read the report as data.

python examples/own_answers.py
"""

import csv
import tempfile
from pathlib import Path

from calibrant import build_report, import_answers, open_store

ROWS = [
    ("Capital of Australia?", "model-a", "Canberra", "Canberra"),
    ("Capital of Australia?", "model-b", "Sydney", "Canberra"),
    ("Who wrote Middlemarch?", "model-a", "I don't know.", "George Eliot"),
    ("Who wrote Middlemarch?", "model-b", "George Eliot", "George Eliot"),
    ("Chemical symbol of tungsten?", "model-a", "W", "W"),
    ("Chemical symbol of tungsten?", "model-b", "Tu", "W"),
]

with tempfile.TemporaryDirectory() as folder:
    table = Path(folder) / "results.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["question", "model", "answer", "gold"])
        writer.writerows(ROWS)
    with open_store(folder) as store:
        summary = import_answers(table, store)
        report = build_report(store, summary.run)

for row in report.to_dict()["models"]:
    print(f"{row['model']}: accuracy {row['accuracy']:.2f}, Index {row['omniscience_index']:+.0f}, n {row['n']}")
