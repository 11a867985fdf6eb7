"""One report, three shapes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from calibrant.neighbours import import_answers
from calibrant.reports import Report, build_report, print_report, write_csv
from calibrant.store import open_store

HEAD = "question_id,model,grade,confidence,domain,cost_usd\n"


@pytest.fixture
def report(tmp_path: Path) -> Report:
    grades = ["correct", "correct", "incorrect", "abstained"]
    rows = [
        f"q{number},{model},{grades[number * step % 4]},{0.5 + number % 5 / 10},{'law' if number % 2 else 'art'},0.01\n"
        for step, model in (
            (1, "[red]first[/red]"),
            (3, "=second@high"),
            (2, "a-name-that-is-far-too-long-to-show"),
        )
        for number in range(60)
    ]
    path = tmp_path / "results.csv"
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    with open_store(tmp_path / "store") as store:
        return build_report(store, import_answers(path, store).run)


def rendered(report: Report, width: int) -> str:
    out = io.StringIO()
    print_report(report, Console(file=out, width=width, highlight=False))
    return out.getvalue()


def test_json_has_the_promised_shape_and_only_finite_numbers(report: Report) -> None:
    found = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert found["schema_version"] == 1
    assert {"seed", "set_hash", "level"} <= set(found)
    assert len(found["models"]) == 3
    promised = {"model", "accuracy", "hallucination_rate", "omniscience_index", "attempt_rate", "cost_usd"}
    promised |= {"n", "errors", "ungraded", "intervals"}
    for row in found["models"]:
        assert promised <= set(row)
        assert row["cost_usd"] == pytest.approx(0.6)
        assert all(low <= row[name] <= high for name, (low, high) in row["intervals"].items())


@pytest.mark.parametrize("width", [80, 100, 160])
def test_the_terminal_shows_every_model_on_a_line_of_its_own(report: Report, width: int) -> None:
    lines = rendered(report, width).splitlines()
    assert all(len(line.rstrip()) <= width for line in lines)
    table = [line for line in lines if line.startswith(("[red]fi", "=second", "a-name-"))]
    # Leaderboard and calibration: once each; the breakdown indents them.
    assert len(table) == 6
    assert "\u2026" not in "\n".join(lines)


def test_a_models_name_is_text_and_not_markup(report: Report) -> None:
    assert "[red]first[/red]" in rendered(report, 100)


def test_csv_files_hold_every_table_and_no_formula(report: Report, tmp_path: Path) -> None:
    paths = write_csv(report, tmp_path / "tables")
    assert {path.name for path in paths} == {"models.csv", "breakdowns.csv", "calibration.csv"}
    with (tmp_path / "tables" / "models.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["model"] for row in rows} >= {"'=second@high"}
    assert all(float(row["accuracy_low"]) <= float(row["accuracy"]) <= float(row["accuracy_high"]) for row in rows)


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    row = {"question": "q?", "model": "m\x1b[2J", "answer": "x", "gold": "x", "error": "\x1b]0;title\x07 failed"}
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    with open_store(tmp_path / "store") as store:
        report = build_report(store, import_answers(path, store).run)
    assert "\x1b" not in rendered(report, 100)
