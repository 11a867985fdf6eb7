"""``calibrant confidence``, driven as a user drives it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from calibrant.samples import CRUXEVAL
from tests.scenarios.test_command import ROWS, run


@pytest.fixture
def repeated(tmp_path: Path) -> Path:
    """30 questions, asked four times; the model repeats itself where it knows the answer."""
    lines = ["question,model,answer,gold,confidence,repeat"]
    for number in range(30):
        for repeat in range(4):
            known = number % 3 > 0
            answer = 100 + number if known else 500 + number + 10 * repeat
            stated = 0.9 if repeat else 0.8
            lines.append(f"How many lakes has land {number}?,m,{answer},{100 + number},{stated},{repeat}")
    (tmp_path / "repeats.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def test_json_has_the_usual_top_and_a_row_for_each_signal(tmp_path: Path) -> None:
    run(tmp_path, "import", str(CRUXEVAL))
    done = run(tmp_path, "confidence", "--json", "--seed", "3")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert list(found)[:4] == ["schema_version", "seed", "set_hash", "level"]
    assert (found["schema_version"], found["seed"], found["level"]) == (1, 3, 0.95)
    assert len(found["set_hash"]) > 10
    assert len(found["signals"]) == 12
    row = found["signals"][0]
    assert {"model", "price", "stratum", "source", "confidence", "auroc", "prr", "aurc", "ece", "extra_calls"} <= set(
        row
    )
    assert {"auroc", "prr", "aurc", "ece", "level_ece"} <= set(row["intervals"])
    assert run(tmp_path, "confidence", "--json", "--seed", "3").stdout == done.stdout


def test_agreement_is_computed_on_request_and_costs_the_other_repeats(repeated: Path) -> None:
    assert run(repeated, "import", "repeats.csv").returncode == 0
    plain = json.loads(run(repeated, "confidence", "--json").stdout)
    assert {row["source"] for row in plain["signals"]} == {"stated"}
    found = json.loads(run(repeated, "confidence", "--json", "--agreement").stdout)
    rows = {row["confidence"]: row for row in found["signals"]}
    agreement = rows["agreement_of_repeats"]
    assert (agreement["auroc"], agreement["extra_calls"], agreement["extra_cost_usd"]) == (1.0, 3.0, None)
    assert agreement["n"] == 120
    (choice,) = found["choices"]
    assert choice["best"] == "agreement_of_repeats"
    assert choice["clusters"] == 30


def test_the_table_fits_eighty_columns_and_says_what_is_established(repeated: Path) -> None:
    run(repeated, "import", "repeats.csv")
    done = run(repeated, "confidence", "--agreement", COLUMNS="80")
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "m: agreement_of_repeats ranks best, for 3 extra calls" in done.stdout
    assert "\u2026" not in done.stdout


def test_a_run_without_signals_is_one_line_with_a_remedy(tmp_path: Path) -> None:
    bare = "\n".join(",".join(line.split(",")[:4]) for line in ROWS.splitlines()) + "\n"
    (tmp_path / "bare.csv").write_text(bare, encoding="utf-8")
    run(tmp_path, "import", "bare.csv")
    done = run(tmp_path, "confidence")
    assert done.returncode == 2
    assert "no graded answer of this run has a confidence" in done.stderr
    assert len(done.stderr.splitlines()) <= 2


def test_few_questions_are_warned_of_before_the_table(tmp_path: Path) -> None:
    (tmp_path / "results.csv").write_text(ROWS, encoding="utf-8")
    run(tmp_path, "import", "results.csv")
    done = run(tmp_path, "confidence")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("! ")
    assert "intervals are rough below 20" in done.stdout
