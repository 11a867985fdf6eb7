"""``calibrant run --stop-when`` as a user types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = ["id,question,answer", *(f"q{at},What is the capital of place {at}?,Town {at}" for at in range(60))]
    (tmp_path / "set.csv").write_text("\n".join(rows), encoding="utf-8")
    return tmp_path


def calibrant(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "calibrant", "run", "set.csv", "-m", "reference-small", *words],
        cwd=folder,
        env={**os.environ, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("decided(a > )", "here a model's name is expected"),
        ("decided(a > zebra)", "'zebra' is not asked"),
        ("decided(a > a)", "two different models"),
        ("precision(hallucination_rate) < 2", "no score of single questions"),
    ],
)
def test_a_condition_that_means_nothing_is_pointed_at(folder: Path, condition: str, says: str) -> None:
    found = calibrant(folder, "--stop-when", condition)
    assert found.returncode == 2
    assert says in found.stderr
    assert condition in found.stderr
    assert "^" in found.stderr


def test_a_judge_cannot_end_the_asking(folder: Path) -> None:
    found = calibrant(folder, "--stop-when", "precision(index) < 9", "--judge", "reference-large")
    assert found.returncode == 2
    assert "come after the asking" in found.stderr


def test_what_was_settled_stands_in_the_json(folder: Path) -> None:
    words = ("--grader", "equal", "--stop-when", "precision(accuracy) < 20", "--json")
    found = calibrant(folder, *words)
    assert found.returncode == 0, found.stderr
    shown: Any = json.loads(found.stdout)
    (course,) = shown["stopping"]
    assert course["ending"] == "precise"
    assert course["condition"] == "precision(accuracy) < 20"
    ((low, high),) = course["looks"][-1]["bounds"]
    assert high - low < 40
    assert shown["asking"]["stopped_by"] == "enough"
    assert shown["asking"]["asked"] < 60
    assert "Precise: accuracy within 20 points" in found.stderr


def test_a_run_that_ended_early_is_compared_and_decided_on_with_its_verdict_beside(folder: Path) -> None:
    words = ("-m", "reference-large", "--grader", "equal", "--stop-when", "decided(b > a, accuracy)")
    asked = calibrant(folder, *words, "--smallest-gap", "30")
    assert asked.returncode == 0, asked.stderr
    found = subprocess.run(
        [sys.executable, "-m", "calibrant", "compare", "--json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert found.returncode == 0, found.stderr
    said = json.loads(found.stdout)["warnings"]
    assert "--stop-when" in said[0]
    assert "may be too narrow" in said[1]
    decided = subprocess.run(
        [sys.executable, "-m", "calibrant", "decide", "reference-small", "reference-large", "--json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert decided.returncode == 0, decided.stderr
    told = [one["text"] for one in json.loads(decided.stdout)["untested"] if one["kind"] == "stopped"]
    assert "--stop-when" in told[0]
    assert "may be too narrow" in told[1]
