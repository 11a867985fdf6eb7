"""Who graded, who agrees, what judging cost, and which judge judges its own kind: in the report and in the terminal."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from calibrant.grading.panel import agreement
from calibrant.reports import Report, build_report, print_report
from calibrant.store import NewRun, Store, open_store
from calibrant.types import Grade, ModelRef, OutcomeState, Purpose, Question, Response, ResponseKey, Usage

S = OutcomeState
Grades = dict[str, list[OutcomeState | None]]
Make = Callable[..., Report]


def add(store: Store, given: Grades, model: str, judge: str | None = None, prompt: str = "t" * 32) -> None:
    run = store.begin_run(NewRun(kind="ask", source="s", source_digest="d"))
    with store.writer(run) as writer:
        for number in range(max(map(len, given.values()))):
            question = Question(id=f"q{number}", text=f"{number}?", golds=("x",))
            key = ResponseKey(question=f"{number:032x}", model="m", prompt="p", sampling="s")
            response = Response(key=key, model=ModelRef(model=model), text="y", cost_usd=1.0)
            verdicts = [
                Grade(state=state, grader=name, reason="unreadable verdict: A" if state is S.UNGRADED else None)
                for name, states in given.items()
                if number < len(states) and (state := states[number]) is not None
            ]
            writer.add(question, key.question, response, verdicts)
            if judge is not None:
                asked = ResponseKey(
                    question=f"{number:032x}", model="j", prompt=prompt, sampling="s", purpose=Purpose.JUDGE
                )
                usage = Usage(input_tokens=100, output_tokens=10)
                said = Response(key=asked, model=ModelRef(model=judge), text="{}", cost_usd=0.01, usage=usage)
                writer.add(question, key.question, said)
    store.finish_run(run, set_hash="h")


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def made(given: Grades, model: str = "gpt-x", grader: str | None = None, **more: str) -> Report:
        with open_store(tmp_path / "store") as store:
            add(store, given, model, **more)
            return build_report(store, store.find_run(), grader=grader)

    return made


def test_gradings_stand_side_by_side_with_their_agreement(make: Make) -> None:
    report = make({"exact": [S.CORRECT] * 30 + [S.UNGRADED] * 10, "equal": [S.CORRECT] * 20 + [S.INCORRECT] * 20})
    first, second = report.gradings
    assert (first.grader, first.counts, first.graded, first.ungraded) == ("exact", True, 30, 10)
    assert (second.grader, second.counts, second.graded, second.agreed_on) == ("equal", False, 40, 30)
    assert second.agreed == pytest.approx(20 / 30)
    (pair,) = report.agreements
    assert (pair.one, pair.other, pair.answers) == ("exact", "equal", 30)
    assert pair.disagreements == {(S.CORRECT, S.INCORRECT): 10}
    assert first.judging is None


def test_alpha_from_counts_is_alpha_from_verdicts(make: Make) -> None:
    cycle = list(OutcomeState)[:4]
    one = [cycle[number % 4] for number in range(60)]
    other = [cycle[(number + (number % 5 == 0)) % 4] for number in range(60)]
    (pair,) = make({"a": one, "b": other}).agreements
    told: dict[str, list[OutcomeState | None]] = {"a": [*one], "b": [*other]}
    assert pair.alpha == pytest.approx(agreement(told).alpha)
    (pair,) = make({"a": [S.CORRECT] * 60, "b": [S.CORRECT] * 60}).agreements
    assert pair.alpha is None


def test_a_run_graded_by_code_alone_says_nothing_of_judges(make: Make) -> None:
    report = make({"exact": [S.CORRECT] * 30})
    assert report.analysis.warnings == ()
    assert "Graded by" not in str(report)


def test_what_a_judge_cost_is_apart_from_the_models(make: Make) -> None:
    report = make({"exact+judge:j": [S.CORRECT] * 30, "exact": [S.UNGRADED] * 30}, judge="j")
    judged, code = report.gradings
    assert judged.judging is not None
    assert (judged.judging.responses, judged.judging.usage.input_tokens) == (30, 3000)
    assert judged.judging.cost_usd == pytest.approx(0.3)
    assert code.judging is None
    assert report.analysis.models[0].cost_usd == pytest.approx(30.0)
    found = report.to_dict()
    assert found["gradings"][0]["judging"]["cost_usd"] == pytest.approx(0.3)
    assert found["spending"]["answer"]["cost_usd"] == pytest.approx(30.0)


def test_replies_to_a_template_of_ones_own_belong_to_its_grading(make: Make) -> None:
    own = "abcdef01" + "0" * 24
    given: Grades = {"judge:j": [S.CORRECT] * 20, "judge:j#abcdef01": [S.CORRECT] * 20}
    built_in, mine = make(given, judge="j", prompt=own).gradings
    assert built_in.judging is not None
    assert mine.judging is not None
    assert (built_in.judging.responses, mine.judging.responses) == (0, 20)


@pytest.mark.parametrize(
    ("model", "grader", "words"),
    [
        ("gpt-x", "exact+judge:gpt-x@high", "gpt-x is judged by gpt-x@high, the same model"),
        ("openai/gpt-x", "judge:o3", "of the same family (GPT)"),
        ("gpt-x", "panel(judge:claude-y, judge:gpt-z)", "gpt-x is judged by gpt-z, of the same family (GPT)"),
        ("gpt-x", "judge:gpt-z#0123abcd", "gpt-x is judged by gpt-z, of the same family (GPT)"),
        ("gpt-x", "exact+judge:claude-y", None),
        ("our-bot", "judge:our-judge", None),
    ],
)
def test_a_judge_of_its_own_kind_is_named_before_the_numbers(
    make: Make, model: str, grader: str, words: str | None
) -> None:
    report = make({grader: [S.CORRECT] * 30}, model=model, grader=grader)
    said = [text for text in report.analysis.warnings if "is judged by" in text]
    assert len(said) == (words is not None)
    assert words is None or words in said[0]


def test_unreadable_verdicts_and_answers_that_wait_are_said_first(make: Make) -> None:
    states: list[OutcomeState | None] = [S.CORRECT] * 30 + [S.UNGRADED] * 3 + [None] * 7
    report = make({"exact+judge:claude-y": states, "exact": [S.UNGRADED] * 40})
    (row, _) = report.gradings
    assert (row.graded, row.ungraded, row.unreadable, row.missing) == (30, 3, 3, 7)
    said = " ".join(report.analysis.warnings)
    assert "on 3 of 33 answers the judge gave no verdict that can be read" in said
    assert "has not graded 7 answers yet" in said


def test_which_of_several_judges_counts_is_said_unless_it_was_chosen(make: Make) -> None:
    given: Grades = {"exact+judge:a": [S.CORRECT] * 20, "exact+judge:b": [S.INCORRECT] * 20}
    report = make(given)
    assert "Graded by exact+judge:a. Also there, by --grader: exact+judge:b." in report.analysis.warnings
    chosen = make(given, grader="exact+judge:b")
    assert not [text for text in chosen.analysis.warnings if "Also there" in text]
    assert [row.grader for row in chosen.gradings if row.counts] == ["exact+judge:b"]


@pytest.mark.parametrize("width", [80, 120])
def test_the_terminal_shows_who_graded_within_its_width(make: Make, width: int) -> None:
    long = "panel(judge:claude-y@high, judge:gemini-z@high, judge:grok-w@high)"
    report = make({"exact+judge:j": [S.CORRECT] * 30, "exact": [S.CORRECT] * 30, long: [S.CORRECT] * 30}, judge="j")
    out = io.StringIO()
    print_report(report, Console(file=out, width=width, highlight=False))
    text = out.getvalue()
    assert "* exact+judge:j" in text
    assert all(len(line.rstrip()) <= width for line in text.splitlines())
