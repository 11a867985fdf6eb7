"""``certify``, ``evaluate`` and ``plan`` as a user types them."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CALIBRANT")}
    done = subprocess.run(
        [sys.executable, "-m", "calibrant", *arguments],
        cwd=folder,
        env=clean | {"PYTHONUTF8": "1", "COLUMNS": "100"},
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
    )
    assert "Traceback" not in done.stderr
    return done


def good(path: Path, count: int, start: int, seed: int, **more: list[str]) -> None:
    random = np.random.default_rng(seed)
    score = random.beta(1.3, 1, count)
    right = random.random(count) < np.minimum(0.99, 1 / (1 + np.exp(-(5.2 * score - 1.6))))
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "score", "correct", *more])
        for number in range(count):
            rows.writerow(
                [start + number, score[number], int(right[number]), *(column[number] for column in more.values())]
            )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    good(tmp_path / "labels.csv", 1500, 0, seed=1, domain=["A", "B"] * 750)
    good(tmp_path / "fresh.csv", 1500, 10_000, seed=2, domain=["A", "B"] * 750)
    return tmp_path


def test_a_promise_is_made_checked_on_fresh_questions_and_drawn(folder: Path) -> None:
    made = command(folder, "certify", "labels.csv", "--error", "0.1", "--confidence", "0.9", "--json")
    assert made.returncode == 0, made.stderr
    found = json.loads(made.stdout)
    assert (found["schema_version"], found["promised"], found["rows"]) == (1, True, 1500)
    certificate = found["certificate"]
    assert (certificate["alpha"], certificate["delta"], certificate["look"]) == (0.1, 0.1, 1)
    assert 0.3 < certificate["coverage"] < 0.6
    checked = command(folder, "evaluate", "promise.json", "fresh.csv", "--picture", "curve.svg", "--json")
    assert checked.returncode == 0, checked.stderr
    evaluation = json.loads(checked.stdout)
    assert evaluation["verdict"] in {"kept", "not contradicted"}
    assert [rule["rule"] for rule in evaluation["rules"]] == ["certificate", "always answering", "naive threshold"]
    assert evaluation["rules"][0]["risk"] < 0.11
    assert "<svg" in (folder / "curve.svg").read_text()[:200]


def test_each_further_look_costs_and_the_same_one_does_not(folder: Path) -> None:
    looks = []
    for error in ("0.1", "0.2", "0.1"):
        made = command(folder, "certify", "labels.csv", "--error", error, "--json")
        looks.append(json.loads(made.stdout)["certificate"]["look"])
    assert looks == [1, 2, 1]


def test_an_honest_no_says_what_would_do_and_exits_with_one(folder: Path) -> None:
    made = command(folder, "certify", "labels.csv", "--error", "0.01", "--confidence", "0.99")
    assert made.returncode == 1
    assert "No promise possible with these data" in made.stdout
    assert "labels would do" in made.stdout
    assert json.loads((folder / "promise.json").read_text())["certificate"]["threshold"] is None
    checked = command(folder, "evaluate", "promise.json", "fresh.csv")
    assert "Nothing was answered" in checked.stdout


def test_a_broken_promise_exits_with_one(folder: Path) -> None:
    assert command(folder, "certify", "labels.csv").returncode == 0
    with (folder / "worse.csv").open("w") as file:
        file.write("id,score,correct\n" + "".join(f"w{number},0.95,{number % 2}\n" for number in range(300)))
    checked = command(folder, "evaluate", "promise.json", "worse.csv")
    assert checked.returncode == 1
    assert "BROKEN" in checked.stdout


def test_domains_are_promised_all_at_once(folder: Path) -> None:
    made = command(folder, "certify", "labels.csv", "--error", "0.2", "--by", "domain", "--json")
    assert made.returncode == 0, made.stderr
    assert set(json.loads(made.stdout)["certificate"]["groups"]) == {"A", "B"}
    assert command(folder, "evaluate", "promise.json", "fresh.csv").returncode == 0


def test_a_run_is_certified_by_its_stated_confidence(folder: Path) -> None:
    random = np.random.default_rng(3)
    with (folder / "answers.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["question", "model", "grade", "confidence"])
        for number in range(600):
            sure = random.random() < 0.7
            grade = "correct" if random.random() < (0.97 if sure else 0.4) else "incorrect"
            rows.writerow([f"Q{number}?", "a", grade if number % 20 else "abstained", 0.9 if sure else 0.3])
    assert command(folder, "import", "answers.csv").returncode == 0
    made = command(folder, "certify", "latest", "--json")
    assert made.returncode == 0, made.stderr
    found = json.loads(made.stdout)
    assert (found["model"], found["signal"], found["unanswered"]) == ("a", "stated", {"the model declined": 30})
    assert 0.3 < found["certificate"]["threshold"] <= 0.9


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("certify", "nothing.csv"), "nothing.csv"),
        (("certify", "bad.csv"), "bad.csv:3: 'maybe' is no label"),
        (("certify", "columns.csv"), "no column 'correct'"),
        (("certify", "labels.csv", "--by", "colour"), "no column 'colour'"),
        (("certify", "labels.csv", "--method", "hope"), "method must be one of"),
        (("evaluate", "labels.csv", "fresh.csv"), "calibrant certify"),
        (("evaluate", "missing.json", "fresh.csv"), "missing.json"),
        (("plan", "--promise", "errors"), "error=0.05"),
        (("plan", "--promise", "error=2"), "(0, 1)"),
        (("plan", "--promise", "error=0.1"), "--auroc"),
    ],
)
def test_what_cannot_be_used_is_named(folder: Path, arguments: tuple[str, ...], complaint: str) -> None:
    (folder / "bad.csv").write_text("id,score,correct\n1,0.5,1\n2,0.5,maybe\n")
    (folder / "columns.csv").write_text("id,score\n1,0.5\n")
    done = command(folder, *arguments)
    assert done.returncode == 2, done.stdout
    assert complaint in done.stderr


def test_the_questions_of_the_promise_itself_are_refused(folder: Path) -> None:
    assert command(folder, "certify", "labels.csv").returncode == 0
    done = command(folder, "evaluate", "promise.json", "labels.csv")
    assert done.returncode == 2
    assert "1,500 of these questions were labelled for the promise itself" in done.stderr


def test_a_plan_says_early_that_a_promise_is_out_of_reach(folder: Path) -> None:
    done = command(folder, "plan", "--promise", "error=0.05", "--auroc", "0.83", "--accuracy", "0.72", "--json")
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    assert not found["reachable"]
    assert next(row["coverage"] for row in found["rows"] if row["labels"] == 2000) < 0.06


def test_a_plan_from_a_pilot_counts_the_dollars(folder: Path) -> None:
    done = command(folder, "plan", "--promise", "error=0.2", "--pilot", "labels.csv", "--label-cost", "0.5", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["dollars"] == found["labels_needed"] * 0.5


def look_of(folder: Path, *arguments: str) -> int:
    made = command(folder, "certify", *arguments, "--json")
    return int(json.loads(made.stdout)["certificate"]["look"])


def test_no_other_name_or_order_of_a_file_makes_a_first_look(folder: Path) -> None:
    lines = (folder / "labels.csv").read_text().splitlines()
    (folder / "again.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]))
    (folder / "grown.csv").write_text("\n".join(lines[:800]))
    assert look_of(folder, "labels.csv") == 1
    assert look_of(folder, "again.csv") == 1
    assert look_of(folder, "grown.csv") == 2
    assert look_of(folder, "again.csv", "--error", "0.2") == 3
    assert look_of(folder, "labels.csv", "--model", "another") == 1


def test_rows_without_a_name_are_known_by_what_they_hold(folder: Path) -> None:
    lines = [line.partition(",")[2] for line in (folder / "labels.csv").read_text().splitlines()]
    (folder / "one.csv").write_text("\n".join(lines[:1000]))
    (folder / "two.csv").write_text("\n".join(lines))
    (folder / "copy.csv").write_text("\n".join([lines[0], *reversed(lines[1:1000])]))
    (folder / "new.csv").write_text("\n".join([lines[0], *lines[1000:]]))
    assert look_of(folder, "one.csv") == 1
    copied = command(folder, "evaluate", "promise.json", "copy.csv")
    assert copied.returncode == 2
    assert "labelled for the promise itself" in copied.stderr
    checked = command(folder, "evaluate", "promise.json", "new.csv")
    assert "cannot be known" in checked.stdout
    assert json.loads(command(folder, "evaluate", "promise.json", "new.csv", "--json").stdout)["fresh"] is None
    assert look_of(folder, "two.csv") == 2


def test_a_slip_of_the_pen_is_no_look(folder: Path) -> None:
    (folder / "nan.csv").write_text("id,score,correct\n1,0.5,1\n2,nan,1\n")
    (folder / "inf.csv").write_text("id,score,correct\n1,0.5,1\n2,inf,1\n")
    for arguments in (("labels.csv", "--method", "hope"), ("labels.csv", "--error", "nan"), ("nan.csv",), ("inf.csv",)):
        done = command(folder, "certify", *arguments)
        assert done.returncode == 2, arguments
        assert arguments[0] == "labels.csv" or f"{arguments[0]}:3: the score is not finite" in done.stderr
    assert look_of(folder, "labels.csv") == 1


def test_what_is_printed_can_be_applied(folder: Path) -> None:
    (folder / "levels.csv").write_text(
        "id,score,correct\n"
        + "".join(f"{n},{0.8 if n % 2 else 0.9},{int(n % 2 == 0 or n % 6 != 1)}\n" for n in range(600))
    )
    done = command(folder, "certify", "levels.csv")
    assert "answers with score > 0.8 are wrong" in done.stdout
    assert "answers with score > 0.8: 0 of 300 wrong" in done.stdout


def test_a_run_is_split_by_what_it_has(folder: Path) -> None:
    (folder / "answers.csv").write_text(
        "question,model,grade,confidence\n" + "".join(f"Q{n}?,a,correct,0.9\n" for n in range(60))
    )
    assert command(folder, "import", "answers.csv").returncode == 0
    done = command(folder, "certify", "latest", "--by", "colour")
    assert done.returncode == 2
    assert "domain, topic, language, condition" in done.stderr


def test_the_index_of_always_answering_is_that_of_the_report(folder: Path) -> None:
    grades = ["correct"] * 6 + ["incorrect", "partial", "abstained", "error"]
    for name in ("old", "new"):
        rows = "".join(f"{name} {n}?,a,{grades[n % 10]},0.{9 - n % 10}\n" for n in range(600))
        (folder / f"{name}.csv").write_text("question,model,grade,confidence\n" + rows)
        assert command(folder, "import", f"{name}.csv").returncode == 0
        if name == "old":
            made = command(folder, "certify", "latest", "--error", "0.4")
            assert "60 partly right answers as wrong" in made.stdout
            assert "Warning" not in made.stderr
    checked = command(folder, "evaluate", "promise.json", "latest", "--json")
    always = json.loads(checked.stdout)["rules"][1]["omniscience_index"]
    assert always == pytest.approx(100 * (6 - 1) / 9)


def test_a_file_of_several_signals_is_certified_by_the_column_named(folder: Path) -> None:
    random = np.random.default_rng(4)
    for name in ("several", "later"):
        tells = random.random(800)
        right = random.random(800) < 0.5 + 0.5 * tells
        (folder / f"{name}.csv").write_text(
            "id,a,b,correct\n"
            + "".join(f"{name}{n},{random.random()},{tells[n]},{int(right[n])}\n" for n in range(800))
        )
    assert "no column 'score'" in command(folder, "certify", "several.csv").stderr
    assert command(folder, "certify", "several.csv", "--error", "0.2", "--signal", "a").returncode == 1
    made = command(folder, "certify", "several.csv", "--error", "0.2", "--signal", "b", "--json")
    assert made.returncode == 0, made.stdout
    assert json.loads(made.stdout)["signal"] == "b"
    checked = json.loads(command(folder, "evaluate", "promise.json", "later.csv", "--json").stdout)
    assert checked["rules"][0]["risk"] < 0.22


def test_what_a_file_calls_a_group_drives_no_terminal(folder: Path) -> None:
    (folder / "rude.csv").write_text(
        "id,score,correct,kind\n"
        + "".join(f"{n},0.{n % 9},1,{'a' + chr(27) + '[31m' if n % 2 else ''}\n" for n in range(400))
    )
    made = command(folder, "certify", "rude.csv", "--by", "kind")
    assert made.returncode == 0
    assert "\x1b" not in made.stdout
    assert "(none)" in made.stdout.splitlines()[0]
