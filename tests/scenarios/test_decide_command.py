"""``plan`` of a comparison and ``decide``, as a user types them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calibrant.cli import main
from tests.reports.test_decision import MODELS, answers

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in an empty folder: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["calibrant", *arguments])
        with pytest.raises(SystemExit) as done:
            main()
        said = capsys.readouterr()
        return int(done.value.code or 0), said.out, said.err

    return run


@pytest.fixture
def asked(typed: Run, tmp_path: Path) -> Run:
    answers(tmp_path / "answers.csv", MODELS)
    assert typed("import", "answers.csv", "--name", "three")[0] == 0
    return typed


def questions(path: Path, count: int, each: int) -> None:
    rows = (f"q{at},What is {at}?,x{at},doc {at // each}\n" for at in range(count))
    path.write_text("id,question,gold,cluster\n" + "".join(rows))


def planned(run: Run, *arguments: str) -> dict[str, Any]:
    code, out, err = run("plan", *arguments, "--json")
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def test_a_plan_from_a_run_measures_what_one_without_assumes(asked: Run, tmp_path: Path) -> None:
    questions(tmp_path / "set.csv", 1500, 3)
    names = ("--model", "cheap@low", "--model", "dear@high")
    found = planned(asked, "set.csv", *names, "--detect", "10", "--precision", "6", "--history", "three")
    assert found["measured"]["questions"] == 400
    assert found["supply"]["cluster_size"] == 3
    assert found["supply"]["answer_usd"] == pytest.approx(0.021)
    (mix,) = found["mixes"]
    assert found["cheapest"] == mix
    assert mix["dollars"] == pytest.approx(0.021 * mix["questions"])
    assert mix["documents"] == -(-mix["questions"] // 3)
    (reach,) = found["reaches"]
    assert reach["questions"] == 1500
    less = planned(asked, "set.csv", *names, "--detect", "10", "--history", "three", "--budget", "2.10")
    assert less["cheapest"] is None
    assert less["reaches"][1]["questions"] == 100
    stated = planned(asked, "--model", "a", "--model", "b", "--detect", "5", "--sd", "87", "--icc", "0")
    assert stated["mixes"][0]["questions"] == pytest.approx(7.849 * 87**2 / 25, rel=0.005)


def test_a_plan_says_its_assumptions_and_what_the_set_can_show(typed: Run, tmp_path: Path) -> None:
    questions(tmp_path / "set.csv", 120, 1)
    code, out, err = typed(
        "plan", "set.csv", "--model", "reference-small", "--model", "reference-large", "--detect", "5"
    )
    assert (code, err) == (0, "")
    assert out.startswith("Out of reach with these 120 questions")
    assert "All 120 questions of the set, asked once, for $0 show a difference of" in out
    assert "assumes" in out
    assert "standard deviation of 87 points, assumed" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--promise", "error=0.1", "--detect", "5"], "--detect belongs to comparing models"),
        (["--model", "a", "--model", "b", "--detect", "5", "--auroc", "0.8"], "--auroc belongs to a promise"),
        ([], "say what to plan for"),
        (["--detect", "5"], "no model is named"),
        (["--model", "a", "--detect", "5"], "a difference takes two models"),
        (["--model", "a", "--model", "a", "--detect", "5"], "named twice"),
        (["--model", "a", "--model", "b", "--detect", "0"], "lies in (0, 200]"),
        (["--model", "a", "--model", "b", "--detect", "5", "--metric", "f1"], "there is no metric 'f1' to plan for"),
        (["--model", "a", "--model", "b", "--detect", "5", "--minutes", "3"], "Add --history RUN"),
        (["--model", "a", "--model", "b", "--detect", "5", "--budget", "0"], "positive number of dollars"),
        (["--model", "a", "--model", "b", "--detect", "5", "--sd", "-1"], "sd > 0"),
    ],
)
def test_plans_that_make_no_sense_are_refused(typed: Run, arguments: list[str], message: str) -> None:
    code, _, err = typed("plan", *arguments)
    assert code == 2
    assert message in err


def test_a_model_that_the_history_does_not_have_is_named_with_its_neighbours(asked: Run) -> None:
    code, _, err = asked("plan", "--model", "cheap@lo", "--model", "dear@high", "--detect", "5", "--history", "three")
    assert code == 2
    assert "Did you mean cheap@low" in err


def test_a_decision_is_printed_written_and_told_to_programs(asked: Run, tmp_path: Path) -> None:
    code, out, err = asked("decide", "cheap@low", "dear@high", "--wrong-costs", "4", "--volume", "1000")
    assert code == 0, err
    for said in ("What would turn it round", "At equal risk", "A month of 1,000 questions", "What was not tested"):
        assert said in out
    code, out, err = asked(
        "decide", "cheap@low", "dear@high", "--run", "three", "--wrong-costs", "4", "--html", "d.html", "--json"
    )
    assert (code, err) == (0, "wrote d.html\n")
    found = json.loads(out)
    assert (found["schema_version"], found["wrong_costs"], found["price"]) == (1, 4.0, 0.8)
    assert found["recommendation"][0] in (tmp_path / "d.html").read_text().replace("&#39;", "'")


def test_a_decision_takes_the_policy_that_certify_wrote(asked: Run) -> None:
    made = asked("certify", "three", "--model", "dear@high", "--error", "0.3", "--out", "policy.json")
    assert made[0] == 0, made
    code, out, _ = asked("decide", "cheap@low", "dear@high", "--policy", "policy.json", "--json")
    assert code == 0
    found = json.loads(out)
    (own,) = [one for one in found["certificates"] if one["own"]]
    assert own["labelled"] == 400
    assert found["error"] == 0.3
    code, _, err = asked("decide", "cheap@low", "silent", "--policy", "policy.json")
    assert code == 2
    assert "the certificate is for dear@high" in err


def test_the_example_runs() -> None:
    script = Path(__file__).parent.parent.parent / "examples" / "decide.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, encoding="utf-8", check=True)
    first, *_ = done.stdout.splitlines()
    assert first.startswith("A wrong answer costs 1 right ones. Use gpt-4-0613@high")
    assert "A wrong answer costs 3 right ones. Not settled" in done.stdout


def test_nothing_is_decided_for_no_questions(asked: Run) -> None:
    code, _, err = asked("decide", "cheap@low", "dear@high", "--volume", "0")
    assert code == 2
    assert "0 questions a month" in err


def test_the_report_shows_capability_beside_what_was_measured(asked: Run, tmp_path: Path) -> None:
    (tmp_path / "scores.csv").write_text("model,GPQA\ncheap,31.5\ndear,52\nsilent,40\n")
    code, out, err = asked("report", "three", "--capability", "scores.csv")
    assert code == 0, err
    assert "cheap@low (as cheap)" in out
    code, out, _ = asked("report", "three", "--capability", "scores.csv", "--json", "--html", "r.html")
    rows = json.loads(out)["capability"]["rows"]
    assert {row["model"]: row["score:GPQA"] for row in rows} == {"cheap@low": 31.5, "dear@high": 52, "silent": 40}
    assert "Capability beside calibration" in (tmp_path / "r.html").read_text()
