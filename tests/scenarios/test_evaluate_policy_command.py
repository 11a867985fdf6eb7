"""``calibrant evaluate policy.json RUN...`` as a user types it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

FIELDS = {"law": 0.0, "physics": 0.25, "art": -0.1}


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CALIBRANT")}
    done = subprocess.run(
        [sys.executable, "-m", "calibrant", *arguments],
        cwd=folder,
        env=clean | {"PYTHONUTF8": "1", "COLUMNS": "140"},
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
    )
    assert "Traceback" not in done.stderr
    return done


def answers(path: Path, count: int, start: int, seed: int, *, harder: float = 0.0, priced: bool = True) -> None:
    """Two efforts of one model on the same questions; confidence tells where the first is wrong."""
    random = np.random.default_rng(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        head = ["id", "question", "model", "effort", "answer", "grade", "confidence", "domain"]
        rows.writerow([*head, "cost_usd"] if priced else head)
        for number in range(count):
            field = list(FIELDS)[int(random.integers(3))]
            hard = float(np.clip(random.beta(2, 3) + FIELDS[field] + harder, 0, 1))
            for effort, share, dollars in (("low", 1.0, 0.001), ("high", 0.35, 0.01)):
                right = random.random() > hard * share
                sure = np.clip(0.5 + (0.3 if right else -0.3) * random.random() + random.normal(0, 0.08), 0.01, 0.99)
                row = [start + number, f"Question {start + number} of {field}?", "m", effort, "an answer"]
                row += ["correct" if right else "incorrect", round(float(sure), 3), field]
                rows.writerow([*row, dollars * (0.5 + random.random())] if priced else row)


def imported(folder: Path, name: str) -> str:
    done = command(folder, "import", f"{name}.csv", "--json")
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["run"])


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("policy")
    answers(folder / "fit.csv", 1500, 0, 1)
    answers(folder / "fresh.csv", 700, 10_000, 2)
    answers(folder / "harder.csv", 500, 20_000, 3, harder=0.4)
    answers(folder / "free.csv", 400, 30_000, 4, priced=False)
    runs = {name: imported(folder, name) for name in ("fit", "fresh", "harder", "free")}
    made = command(folder, "fit", runs["fit"], "--error", "0.15", "--confidence", "0.9")
    assert made.returncode == 0, made.stdout + made.stderr
    return folder, runs


def test_a_policy_is_held_against_its_promise_and_every_control(fitted: tuple[Path, dict[str, str]]) -> None:
    folder, runs = fitted
    done = command(folder, "evaluate", "policy.json", runs["fresh"], "--draws", "60", "--picture", "p.svg", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["verdict"] in {"kept", "not contradicted"}
    rules = {rule["rule"]: rule for rule in found["routing"]["rules"]}
    wanted = {"policy", "best single: m@high", "m@low", "shuffled", "oracle"}
    assert wanted | {f"{name}, equal cost" for name in ("zero router", "random mix", "category means")} == set(rules)
    assert rules["policy"]["cost_usd"] < rules["best single: m@high"]["cost_usd"]
    assert rules["shuffled"]["policy_gains_utility"] > 0
    deferral = {one["rule"]: one for one in found["routing"]["deferral"]}
    assert deferral["policy"]["apgr"] > deferral["category means"]["apgr"] > 0.5
    assert deferral["random"]["intervals"]["policy_gains_apgr"][0] > 0
    assert {one["domain"] for one in found["shift"]} == set(FIELDS)
    picture = (folder / "p.svg").read_text(encoding="utf-8")
    assert "dollars per 1,000 questions" in picture
    assert "share of calls to the second arm" in picture


def test_the_terminal_shows_one_table_with_all_of_them(fitted: tuple[Path, dict[str, str]]) -> None:
    folder, runs = fitted
    done = command(folder, "evaluate", "policy.json", runs["fresh"], "--draws", "50", "--no-shift")
    assert done.returncode == 0, done.stderr
    for words in ("zero router, equal cost", "shuffled", "cost at equal quality", "APGR", "paired resamples"):
        assert words in done.stdout
    assert "domain left out" not in done.stdout


def test_a_broken_promise_ends_with_one(fitted: tuple[Path, dict[str, str]]) -> None:
    folder, runs = fitted
    done = command(folder, "evaluate", "policy.json", runs["harder"], "--draws", "50", "--no-shift")
    assert done.returncode == 1
    assert done.stdout.startswith("BROKEN")


def test_questions_of_the_fit_are_refused(fitted: tuple[Path, dict[str, str]]) -> None:
    folder, runs = fitted
    done = command(folder, "evaluate", "policy.json", runs["fit"])
    assert done.returncode == 2
    assert "1,500 of these questions were fitted or certified on" in done.stderr


def test_without_dollars_it_says_what_it_cannot_show(fitted: tuple[Path, dict[str, str]]) -> None:
    folder, runs = fitted
    done = command(folder, "evaluate", "policy.json", runs["free"], "--draws", "50", "--no-shift")
    assert done.returncode in {0, 1}
    assert "Some costs are unknown" in done.stdout
    assert "cost at equal quality" not in done.stdout.split("Some costs")[0]


def test_a_changed_policy_and_options_of_the_other_kind_are_refused(fitted: tuple[Path, dict[str, str]]) -> None:
    folder, runs = fitted
    changed = json.loads((folder / "policy.json").read_text(encoding="utf-8"))
    changed["cascade"]["floor"] = 0.99
    (folder / "changed.json").write_text(json.dumps(changed), encoding="utf-8")
    done = command(folder, "evaluate", "changed.json", runs["fresh"])
    assert done.returncode == 2
    assert "changed since it was written" in done.stderr
    (folder / "list.json").write_text("[]", encoding="utf-8")
    assert "no promise and no policy" in command(folder, "evaluate", "list.json", runs["fresh"]).stderr
