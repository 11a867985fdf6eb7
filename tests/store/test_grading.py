"""What graders are handed, and what reports read of graders and of money, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from calibrant.store import NewRun, PromptRecord, RunInfo, Store
from calibrant.types import Grade, OutcomeState, Purpose

S = OutcomeState
Make = Callable[..., Any]


@pytest.fixture
def run(store: Store, new_run: Callable[..., NewRun]) -> RunInfo:
    return store.begin_run(new_run())


def test_answers_are_handed_out_page_by_page_without_what_failed_or_is_graded(
    store: Store, run: RunInfo, item: Make
) -> None:
    with store.writer(run) as writer:
        for number in range(10):
            writer.add(*item(number, grades={"exact": S.UNGRADED}))
        writer.add(*item(10, text=None, error="time-out"))
        writer.add(*item(11, grades={"exact": S.CORRECT, "judge:m": S.CORRECT}))
        writer.add(*item(12, purpose=Purpose.JUDGE))
    assert store.count_gradable(run) == 11
    assert store.count_gradable(run, grader="judge:m") == 10
    assert store.count_gradable(run, states=("exact", [S.UNGRADED])) == 10
    pages, after = [], 0
    while page := store.gradable(run, grader="judge:m", after=after, limit=4):
        after = page[-1].item
        pages.append([one.question.id for one in page])
    assert [len(page) for page in pages] == [4, 4, 2]
    assert [name for page in pages for name in page] == [f"q{number}" for number in range(10)]


def test_an_answer_comes_with_its_prompt_and_price(store: Store, run: RunInfo, item: Make) -> None:
    record = PromptRecord(digest="t", name="aa", price=0.75, content={"confidence": True})
    with store.writer(run, prompts={"p": record}) as writer:
        writer.add(*item(text="Paris\nConfidence: 80 %"))
    (one,) = store.gradable(run)
    assert (one.template, one.price, one.states_confidence) == ("t", 0.75, True)
    assert (one.question.golds, one.question_hash, one.response.text) == (
        ("Paris",),
        f"{0:032x}",
        "Paris\nConfidence: 80 %",
    )


def test_a_grade_given_later_replaces_only_its_graders_own(store: Store, run: RunInfo, item: Make) -> None:
    with store.writer(run) as writer:
        writer.add(*item(grades={"exact": S.UNGRADED}))
    (one,) = store.gradable(run)
    with store.writer(run) as writer:
        writer.grade(one.item, Grade(state=S.CORRECT, grader="exact+judge:m", reason="same"))
    assert store.gradable(run, grader="exact+judge:m") == []
    (found,) = store.items(run)
    assert [grade.grader for grade in found.grades] == ["exact+judge:m", "exact"]
    assert found.state is S.CORRECT
    assert store.find_run(run.id).counts["ungraded"] == 0


def test_a_cascade_counts_before_exact_and_after_the_sources_own(store: Store, run: RunInfo, item: Make) -> None:
    given = {"judge:a": S.PARTIAL, "exact": S.UNGRADED, "exact+judge:a": S.CORRECT, "imported": S.INCORRECT}
    with store.writer(run) as writer:
        writer.add(*item(0, grades=given))
        writer.add(*item(1, grades={name: state for name, state in given.items() if name != "imported"}))
    assert list(store.graders(run)) == ["imported", "exact+judge:a", "exact", "judge:a"]
    assert [outcome.state for outcome in store.outcomes(run)] == [S.INCORRECT, S.CORRECT]


def test_a_judge_whose_name_holds_a_plus_is_no_cascade(store: Store, run: RunInfo, item: Make) -> None:
    with store.writer(run) as writer:
        writer.add(*item(grades={"judge:m+n": S.CORRECT, "exact": S.INCORRECT}))
    assert list(store.graders(run)) == ["exact", "judge:m+n"]


def test_pairs_of_verdicts_are_counted_once_for_each_answer(store: Store, run: RunInfo, item: Make) -> None:
    with store.writer(run) as writer:
        writer.add(*item(0, grades={"b": S.CORRECT, "a": S.CORRECT}))
        writer.add(*item(1, grades={"b": S.CORRECT, "a": S.INCORRECT}))
        writer.add(*item(2, grades={"b": S.CORRECT}))
        writer.add(*item(3, text=None, error="cut", grades={"b": S.CORRECT, "a": S.CORRECT}))
        writer.add(*item(4, purpose=Purpose.FORCED, grades={"b": S.CORRECT, "a": S.CORRECT}))
    assert store.graded_pairs(run) == {
        ("a", "a"): {(S.CORRECT, S.CORRECT): 1, (S.INCORRECT, S.INCORRECT): 1},
        ("a", "b"): {(S.CORRECT, S.CORRECT): 1, (S.INCORRECT, S.CORRECT): 1},
        ("b", "b"): {(S.CORRECT, S.CORRECT): 3},
    }


def test_verdicts_are_read_by_item(store: Store, run: RunInfo, item: Make) -> None:
    with store.writer(run) as writer:
        writer.add(*item(0, grades={"b": S.CORRECT, "a": S.PARTIAL, "c": S.PARTIAL}))
        writer.add(*item(1))
    first, second = store.verdicts(run, ["a", "b"]).values()
    assert {name: grade.state for name, grade in first.items()} == {"a": S.PARTIAL, "b": S.CORRECT}
    assert second == {}


def test_spending_is_apart_by_purpose_and_unknown_where_any_part_is(
    store: Store, run: RunInfo, new_run: Callable[..., NewRun], item: Make
) -> None:
    from dataclasses import replace

    from calibrant.types import Usage

    def priced(number: int, purpose: Purpose, cost: float | None, tokens: int | None, **more: Any) -> Any:
        question, digest, response, grades = item(number, purpose=purpose, **more)
        usage = Usage(input_tokens=tokens, output_tokens=tokens)
        return question, digest, replace(response, cost_usd=cost, usage=usage), grades

    with store.writer(run) as writer:
        writer.add(*priced(0, Purpose.ANSWER, 1.0, 10))
        writer.add(*priced(1, Purpose.ANSWER, 2.0, 20))
        writer.add(*priced(2, Purpose.JUDGE, 0.5, 5))
        writer.add(*priced(3, Purpose.JUDGE, None, None))
        writer.add(*priced(4, Purpose.FORCED, 0.0, 1, text=None, error="cut"))
    spent = store.spending(run)
    answers, judged, forced = spent[Purpose.ANSWER], spent[Purpose.JUDGE], spent[Purpose.FORCED]
    assert (answers.responses, answers.cost_usd, answers.usage.input_tokens) == (2, 3.0, 30)
    assert (judged.responses, judged.cost_usd, judged.cost_known_usd, judged.usage.output_tokens) == (
        2,
        None,
        0.5,
        None,
    )
    assert (forced.responses, forced.failed, forced.cost_usd) == (1, 1, 0.0)
    assert store.spending(store.begin_run(new_run("another"))) == {}


def test_reasons_are_counted_where_nothing_was_graded(store: Store, run: RunInfo, item: Make) -> None:
    with store.writer(run) as writer:
        for number in range(3):
            writer.add(*item(number))
    one, two, three = store.gradable(run)
    with store.writer(run) as writer:
        writer.grade(one.item, Grade(state=S.UNGRADED, grader="j", reason="unreadable verdict: 100%_x"))
        writer.grade(two.item, Grade(state=S.UNGRADED, grader="j", reason="empty answer"))
        writer.grade(three.item, Grade(state=S.CORRECT, grader="j", reason="unreadable verdict: no"))
    assert store.count_reasons(run, "unreadable verdict: ") == {"j": 1}
    assert store.count_reasons(run, "100%_x") == {"j": 1}
    assert store.count_reasons(run, "100_x") == {}
