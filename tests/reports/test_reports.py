"""One report, three shapes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from calibrant.neighbours import import_answers
from calibrant.reports import Report, build_report, write_csv
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


def test_json_says_what_share_each_stratum_is_and_what_ranks_rest_on(report: Report) -> None:
    found = report.to_dict()
    assert found["strata"] == [{"stratum": "answerable", "questions": 60, "share": 1.0}]
    assert found["partial"] == "wrong"
    assert all((table["shared_questions"], table["clusters"]) == (60, 60) for table in found["ranks"])


def test_partly_right_answers_can_be_left_out_where_confidence_is_judged(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    grades = ["correct", "partial", "incorrect"]
    path.write_text(HEAD + "".join(f"q{n},m,{grades[n % 3]},0.7,law,0\n" for n in range(60)), encoding="utf-8")
    with open_store(tmp_path / "store") as store:
        run = import_answers(path, store).run
        both = [build_report(store, run, partial=one).to_dict() for one in ("wrong", "drop")]
    assert [(one["partial"], one["calibration"][0]["n"]) for one in both] == [("wrong", 60), ("drop", 40)]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_csv_files_hold_every_table_and_no_formula(report: Report, tmp_path: Path) -> None:
    paths = write_csv(report, tmp_path / "tables")
    names = {"about", "strata", "models", "ranks", "breakdowns", "calibration", "gradings"}
    names |= {"findings", "caveats", "thresholds", "price_curve", "price_leaders"}
    names |= {"reliability", "risk_coverage", "setups"}
    assert {path.stem for path in paths} == names
    rows = rows_of(tmp_path / "tables" / "models.csv")
    assert {row["model"] for row in rows} >= {"'=second@high"}
    assert all(float(row["accuracy_low"]) <= float(row["accuracy"]) <= float(row["accuracy_high"]) for row in rows)
    assert all(row["omniscience_index_guess_threshold"] == "0.5" for row in rows)
    about = {row["name"]: row["value"] for row in rows_of(tmp_path / "tables" / "about.csv")}
    assert (about["seed"], about["level"], about["set_hash"]) == ("0", "0.95", report.analysis.set_hash)
    ranks = rows_of(tmp_path / "tables" / "ranks.csv")
    assert {(row["metric"], row["shared_questions"]) for row in ranks} == {
        ("omniscience_index", "60"),
        ("accuracy", "60"),
        ("wrong_of_all", "60"),
    }
    assert all(1 <= int(row["best"]) <= int(row["worst"]) <= 3 for row in ranks)


def test_csv_files_hold_bounds_of_the_ungraded_causes_of_failures_and_warnings(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    text = "question,model,answer,grade,error\na?,m,x,correct,\nb?,m,x,ungraded,\nc?,m,,,time-out\n"
    path.write_text(text, encoding="utf-8")
    with open_store(tmp_path / "store") as store:
        write_csv(build_report(store, import_answers(path, store).run), tmp_path / "tables")
    (model,) = rows_of(tmp_path / "tables" / "models.csv")
    assert (model["accuracy_if_ungraded_low"], model["accuracy_if_ungraded_high"]) == ("0.5", "1.0")
    (cause,) = rows_of(tmp_path / "tables" / "errors.csv")
    assert (cause["cause"], cause["answers"]) == ("time-out", "1")
    assert any("could not be graded" in row["warning"] for row in rows_of(tmp_path / "tables" / "warnings.csv"))
