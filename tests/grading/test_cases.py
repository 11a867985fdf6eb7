"""The labelled cases that ship, and what graders make of them."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from calibrant.errors import InputError
from calibrant.grading import GRADERS, find_grader
from calibrant.grading.cases import Case, load_cases, measure_cases
from calibrant.types import COUNTED_STATES, Grade, OutcomeState, Question

CASES = load_cases()
CORRECT, PARTIAL, INCORRECT, ABSTAINED = COUNTED_STATES


def case(number, verdict, *, split="dev", text="Which?"):
    question = Question(id=str(number), text=f"{text} {number}", golds=("x",))
    return Case(
        id=str(number),
        question=question,
        answer="x",
        verdict=verdict,
        rule="plain",
        language="en",
        graders=("exact",),
        split=split,
    )


def test_there_are_enough_cases_in_enough_languages_with_every_verdict() -> None:
    assert len(CASES) >= 400
    assert len({one.language for one in CASES}) >= 8
    assert {one.verdict for one in CASES} == set(COUNTED_STATES)
    assert len({one.id for one in CASES}) == len(CASES)
    assert len({(one.question.text, one.answer) for one in CASES}) == len(CASES)


def test_all_answers_to_a_question_are_in_one_half() -> None:
    halves: dict[str, set[str]] = {}
    for one in CASES:
        halves.setdefault(one.question.text, set()).add(one.split)
    assert all(len(found) == 1 for found in halves.values())
    assert Counter(one.split for one in CASES)["held-out"] > 300


def test_every_grader_of_answers_has_cases_and_every_case_a_grader_that_exists() -> None:
    of_answers = set(GRADERS) - {"action"}  # of calls: test_action.py
    assert {name for one in CASES for name in one.graders} == of_answers


@pytest.mark.parametrize("name", ["exact", "numeric", "choice"])
def test_a_grader_that_may_be_unsure_is_hardly_ever_sure_and_wrong(name: str) -> None:
    report = measure_cases(find_grader(name), [one for one in CASES if name in one.graders])
    dev, held_out = report.where(split="dev"), report.where(split="held-out")
    assert [(row.case.id, row.grade.state.value) for row in dev.rows if row.sure and not row.right] == []
    # No list here: whoever mends a grader must not see what is held out.
    assert held_out.wrong.value is not None
    assert held_out.wrong.value <= 0.02


def test_the_equal_grader_never_calls_right_what_is_not() -> None:
    report = measure_cases(find_grader("equal"), [one for one in CASES if "equal" in one.graders])
    assert report.falsely(CORRECT) == ()


def test_counts_and_shares_are_those_of_the_table() -> None:
    said = {
        "0": CORRECT,
        "1": CORRECT,
        "2": INCORRECT,
        "3": OutcomeState.UNGRADED,
        "4": OutcomeState.ERROR,
    }
    cases = [
        case(0, CORRECT),
        case(1, INCORRECT),
        case(2, INCORRECT, split="held-out"),
        case(3, CORRECT),
        case(4, CORRECT),
    ]
    report = measure_cases(lambda question, _: Grade(state=said[question.id], grader="g"), cases)
    assert report.matrix["correct"] == {"correct": 1, "partial": 0, "incorrect": 0, "abstained": 0, "ungraded": 2}
    assert report.matrix["incorrect"] == {"correct": 1, "partial": 0, "incorrect": 1, "abstained": 0, "ungraded": 0}
    assert (report.unsure.hits, report.unsure.total) == (2, 5)
    assert (report.wrong.hits, report.wrong.total) == (1, 3)
    assert report.precision(CORRECT).value == 0.5
    assert report.recall(CORRECT).value == pytest.approx(1 / 3)
    assert report.recall(INCORRECT).value == 0.5
    assert report.precision(PARTIAL).value is None
    assert report.recall(ABSTAINED).interval is None
    assert [row.case.id for row in report.falsely(CORRECT)] == ["1"]
    assert len(report.where(split="held-out").rows) == 1
    assert measure_cases(find_grader("exact"), []).unsure.value is None


def test_the_command_prints_tables_or_json() -> None:
    command = [sys.executable, "-m", "calibrant.grading.cases", "--grader", "choice"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "| choice, held-out | " in printed
    found = json.loads(subprocess.run([*command, "--json"], capture_output=True, text=True, check=True).stdout)
    part = found["graders"]["choice"]["held-out"]
    wanted = [one for one in CASES if "choice" in one.graders and one.split == "held-out"]
    assert part["cases"] == len(wanted) > 50
    assert sum(sum(row.values()) for row in part["matrix"].values()) == len(wanted)
    assert part["rules"]["choice"]["cases"] < len(wanted)
    unknown = subprocess.run([*command, "--grader", "jugde"], capture_output=True, text=True, check=False)
    assert unknown.returncode == 2
    assert "There are: exact" in unknown.stderr


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "no case"),
        ("[]", "no case"),
        ('{"id": "1"}', "'question' is missing"),
        (
            json.dumps({"id": "1", "question": "Q?", "golds": [], "choices": [], "stratum": "so", "answer": "a"}),
            "Stratum",
        ),
    ],
)
def test_a_line_that_is_no_case_is_named(tmp_path: Path, line: str, words: str) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text("\n" + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=words) as raised:
        load_cases(file)
    assert f"{file}:2" in str(raised.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"verdict": "error"}, "verdict is one of"),
        ({"split": "test"}, "dev or held-out"),
        ({"graders": []}, "names the graders"),
    ],
)
def test_a_case_with_a_wrong_value_is_refused(tmp_path: Path, change: dict[str, object], words: str) -> None:
    good = {"id": "1", "question": "Q?", "golds": ["x"], "choices": [], "stratum": "answerable", "answer": "x"}
    good |= {"verdict": "correct", "rule": "plain", "language": "en", "graders": ["exact"], "split": "dev"}
    file = tmp_path / "mine.jsonl"
    file.write_text(json.dumps(good), encoding="utf-8")
    assert load_cases(file)[0].verdict is CORRECT
    file.write_text(json.dumps(good | change), encoding="utf-8")
    with pytest.raises(InputError, match=words):
        load_cases(file)


def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_cases(tmp_path / "none.jsonl")
