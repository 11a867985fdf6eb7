"""``calibrant run --judge`` and ``calibrant grade`` as a user types them, against judges on this machine."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from calibrant.cli import app
from calibrant.models.reference import DATA
from calibrant.store import open_store
from calibrant.types import OutcomeState
from tests.judge_server import JudgeServer, JudgeServing

ANSWERS = {"Paris": "correct", "Lyon": "incorrect", "I don't know.": "abstained"}
UNSURE = "a town that somebody told me of, number {} I think, called Paris in the north"
NAMES = ("honest", "gullible", "gpt-honest", "prose", "http500", "strict")


@pytest.fixture
def server() -> Iterator[JudgeServer]:
    with JudgeServing(latency_s=0.02) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, server: JudgeServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "test")
    monkeypatch.delenv("CALIBRANT_STORE", raising=False)
    entries = [f'[models.{name}]\nbase_url = "{server.url}"\nmax_tries = 1\nconcurrency = 4\n' for name in NAMES]
    priced = (
        f'[models.priced]\nbase_url = "{server.url}"\nmodel = "honest"\nprice = {{ input = 1000, output = 1000 }}\n'
    )
    (tmp_path / "calibrant.toml").write_text("".join(entries) + priced)
    return tmp_path


def write_run(folder: Path, unsure: int = 40, model: str = "gpt-answers") -> None:
    """Questions, and a recording of a model that answers some of them in words that code is unsure of."""
    answers = [*ANSWERS, *(UNSURE.format(number) for number in range(unsure))]
    with (folder / "questions.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "question", "answer"])
        rows.writerows([number, f"Capital {number}?", "Paris"] for number in range(len(answers)))
    with (folder / "answers.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["question", "response"])
        rows.writerows([f"Capital {number}?", answer] for number, answer in enumerate(answers))
    with (folder / "calibrant.toml").open("a") as file:
        file.write(f'[models.{model}]\nwire = "recorded"\nfile = "answers.csv"\n')


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI", "CALIBRANT"))}
    return subprocess.Popen(
        [Path(sys.executable).parent / "calibrant", *arguments],
        cwd=folder,
        env={**given, "OPENAI_API_KEY": "test", "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )


def call(folder: Path, *arguments: str, code: int = 0) -> tuple[str, str]:
    """The command in this process; the folder is the working one."""
    assert Path.cwd() == folder
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == code, result.stderr
    return result.stdout, result.stderr


def called(folder: Path, *arguments: str, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(call(folder, *arguments, "--json", code=code)[0])
    return found


def wait_for(server: JudgeServer, requests: int) -> None:
    until = time.monotonic() + 60
    while len(server.log) < requests:
        assert time.monotonic() < until
        time.sleep(0.005)


RUN = ("run", "questions.csv", "-m", "gpt-answers")


def test_a_run_with_a_judge_grades_what_code_is_unsure_of(folder: Path, server: JudgeServer) -> None:
    write_run(folder, 10)
    found = called(folder, *RUN, "--judge", "honest")
    assert found["run"]["grader"] == "exact+judge:honest"
    (row,) = found["models"]
    assert (row["correct"], row["incorrect"], row["abstained"], row["ungraded"]) == (11, 1, 1, 0)
    assert found["judging"][0]["asked"] == len(server.log) == 10
    gradings = {one["grader"]: one for one in found["gradings"]}
    assert gradings["exact"]["ungraded"] == 10
    assert gradings["exact+judge:honest"]["judging"]["responses"] == 10
    assert found["spending"]["judge"]["usage"]["input_tokens"] == 9000


def test_the_judge_of_the_settings_is_used_unless_told_otherwise(folder: Path, server: JudgeServer) -> None:
    write_run(folder, 2)
    toml = folder / "calibrant.toml"
    toml.write_text('judge = "honest"\n' + toml.read_text())
    assert called(folder, *RUN)["run"]["grader"] == "exact+judge:honest"
    assert called(folder, "grade", "--grader", "equal")["grader"] == "equal"
    assert called(folder, "grade", "--judge", "strict")["grader"] == "exact+judge:strict"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_judging_that_is_stopped_keeps_its_verdicts_and_goes_on(
    folder: Path, server: JudgeServer, how: signal.Signals
) -> None:
    write_run(folder, 200)
    process = start(folder, *RUN, "--judge", "honest")
    wait_for(server, 60)
    process.send_signal(how)
    _, err = process.communicate(timeout=60)
    if how is not signal.SIGKILL:
        assert process.returncode == 130
        assert "every verdict that came back is kept" in err
    before = len(server.log)
    found = called(folder, *RUN, "--judge", "honest")
    assert found["judging"][0]["left"] == 0
    (row,) = found["models"]
    assert (row["correct"], row["ungraded"]) == (201, 0)
    # What was under way or not yet on the disk is asked again, and nothing else.
    assert len(server.log) - 200 <= 30
    assert len(server.log) > before


def test_another_judge_grades_the_same_answers_and_the_report_shows_either(folder: Path, server: JudgeServer) -> None:
    write_run(folder, 5)
    call(folder, *RUN)
    call(folder, "grade", "--judge", "honest", "--all")
    call(folder, "grade", "--judge", "strict")
    assert called(folder, "report")["run"]["graders"].keys() == {"exact+judge:strict", "exact", "judge:honest"}
    out, _ = call(folder, "report", "--grader", "judge:honest")
    assert "Graded by" in out
    assert "* judge:honest" in out


def test_a_judge_of_the_same_family_is_named_in_the_terminal_and_the_report(folder: Path, server: JudgeServer) -> None:
    write_run(folder, 2)
    _, err = call(folder, *RUN, "--judge", "gpt-honest")
    assert "gpt-answers will be judged by gpt-honest, of the same family" in err
    out, _ = call(folder, "report")
    assert "! gpt-answers is judged by gpt-honest, of the same family (GPT)" in " ".join(out.split())
    call(folder, "grade", "--judge", "honest")
    found = called(folder, "report", "--grader", "exact+judge:honest")
    assert not [text for text in found["warnings"] if "judged by" in text]


def test_a_broken_judge_ends_with_3_and_a_chatty_one_is_counted_apart(folder: Path, server: JudgeServer) -> None:
    write_run(folder, 3)
    call(folder, *RUN)
    out, _ = call(folder, "grade", "--judge", "http500", code=3)
    assert "3 answers left. The same command goes on with them." in out
    found = called(folder, "grade", "--judge", "prose")
    assert (found["unreadable"], found["left"]) == (3, 0)
    report = called(folder, "report", "--grader", "exact+judge:prose")
    assert any("no verdict that can be read" in text for text in report["warnings"])
    assert report["models"][0]["ungraded"] == 3


def test_a_panel_keeps_the_majority_and_says_how_far_its_members_agree(folder: Path, server: JudgeServer) -> None:
    write_run(folder, 3)
    call(folder, *RUN)
    out, _ = call(folder, "grade", "--judge", "honest", "--judge", "gullible", "--judge", "strict")
    assert "Krippendorff's alpha): 1.00" in out
    found = called(folder, "report", "--grader", "panel(judge:honest, judge:gullible, judge:strict)")
    assert found["models"][0]["correct"] == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "neither a grader nor a judge is named"),
        (("--grader", "judge"), "needs a judge"),
        (("--grader", "nobody"), "there is no grader 'nobody'"),
        (("--grader", "exact", "--judge", "honest"), "--judge does not go with --grader exact"),
        (("--grader", "cascade", "--judge", "honest", "--judge", "strict"), "takes one judge, not 2"),
        (("--grader", "panel", "--judge", "honest"), "at least two different judges"),
        (("--all", "--grader", "exact"), "--all does not go with --grader exact"),
        (("--judge", "no-such@model@"), "no-such@model@"),
        (("--judge", "honest", "--judge-template", "broken.txt"), "broken.txt:1: is no jinja2 template"),
        (("--judge", "honest", "--judge-template", "blind.txt"), "does not show the answer"),
        (("--judge", "honest", "--budget", "1"), "no price is known for honest"),
        (("--judge", "priced", "--budget", "-1"), "a budget must be a positive number"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_asked(
    folder: Path, server: JudgeServer, arguments: tuple[str, ...], words: str
) -> None:
    write_run(folder, 1)
    (folder / "broken.txt").write_text("{{ question }} {{ answer")
    (folder / "blind.txt").write_text("{{ question }}: right?")
    call(folder, *RUN)
    _, err = call(folder, "grade", *arguments, code=2)
    assert words in err
    assert not server.log


def test_a_judge_that_costs_needs_a_yes(folder: Path, server: JudgeServer) -> None:
    write_run(folder, 2)
    _, err = call(folder, *RUN, "--judge", "priced", code=2)
    assert "asking a judge needs a yes" in err
    assert not server.log
    found = called(folder, *RUN, "--judge", "priced", "--yes")
    assert found["judging"][0]["cost_usd"] == pytest.approx(2 * 0.92)


def test_a_budget_ends_the_judging_cleanly(folder: Path, server: JudgeServer) -> None:
    write_run(folder, 6)
    call(folder, *RUN)
    found = called(folder, "grade", "--judge", "priced", "--yes", "--budget", "4", "--concurrency", "1")
    assert found["stopped_by"] == "budget"
    assert 0 < found["cost_usd"] <= 4
    assert called(folder, "grade", "--judge", "priced", "--yes")["left"] == 0
    assert len(server.log) == 6


def test_a_run_without_answers_has_nothing_to_grade(folder: Path, server: JudgeServer) -> None:
    write_run(folder, 1)
    (folder / "answers.csv").write_text("question,response\nanother?,x\n")
    call(folder, *RUN, code=3)
    _, err = call(folder, "grade", "--judge", "honest", code=2)
    assert "holds no answer that can be graded" in err


def test_a_run_that_is_asked_meanwhile_cannot_be_graded(folder: Path, server: JudgeServer) -> None:
    write_run(folder, 1)
    call(folder, *RUN)
    with open_store(folder / ".calibrant") as store:
        run = store.find_run()
        with store.claimed(run):
            _, err = call(folder, "grade", "--judge", "honest", code=2)
    assert "is being asked already" in err
    assert not server.log


def test_grading_by_code_is_free_and_asks_nobody(folder: Path, server: JudgeServer) -> None:
    write_run(folder, 4)
    call(folder, *RUN)
    found = called(folder, "grade", "--grader", "equal")
    assert found["states"] == {"abstained": 1, "correct": 1, "incorrect": 5}
    with open_store(folder / ".calibrant") as store:
        states = [outcome.state for outcome in store.outcomes(store.find_run(), "equal")]
    assert states.count(OutcomeState.INCORRECT) == 5
    assert not server.log


def test_what_a_recording_declined_cannot_be_asked_again(folder: Path, server: JudgeServer) -> None:
    write_run(folder, 1)
    call(folder, *RUN)
    _, err = call(folder, "force", code=2)
    assert "gpt-answers is a recording, which cannot be asked again" in err


def test_reference_models_are_asked_again_and_judged_in_one_command(folder: Path, server: JudgeServer) -> None:
    given = ("run", str(DATA / "questions.jsonl.gz"), "--limit", "60", "-m", "reference-candid", "--price", "0.5")
    found = called(folder, *given, "--judge", "honest", "--force-answers")
    assert found["forcing"]["asked"] == found["forcing"]["total"] > 0
    row = next(one for one in found["forced"] if one["stratum"] == "answerable")
    assert row["graded"] == row["demanded"] == row["declined"] > 0
    assert row["check"]["t"] == 0.5
    asked = len(server.log)
    again = called(folder, *given, "--judge", "honest", "--force-answers")
    assert (again["forcing"]["asked"], len(server.log)) == (0, asked)
    assert again["forced"] == found["forced"]
    out, _ = call(folder, "report")
    assert "Declined, then an answer was demanded" in out
    assert "behaviourally calibrated at t = 0.5?" in " ".join(out.split())


def test_a_second_pass_over_an_existing_run_asks_only_what_was_declined(folder: Path, server: JudgeServer) -> None:
    given = ("run", str(DATA / "questions.jsonl.gz"), "--limit", "60", "-m", "reference-candid")
    first = called(folder, *given)
    declined = sum(row["abstained"] for row in first["models"])
    found = called(folder, "force")
    assert (found["total"], found["asked"], found["complete"]) == (declined, declined, True)
    assert called(folder, "report")["models"] == first["models"]
    out, _ = call(folder, "force")
    assert f"0 answers demanded, {declined} were there" in out.replace(", $0", "")


def test_nothing_declined_is_said_in_words(folder: Path, server: JudgeServer) -> None:
    call(folder, "run", str(DATA / "questions.jsonl.gz"), "--limit", "20", "-m", "reference-small", "--grader", "equal")
    out, _ = call(folder, "force", "--grader", "equal")
    assert "Nothing was declined" in out
    _, err = call(folder, "force", "--grader", "nobody", code=2)
    assert "'nobody' graded nothing" in err
