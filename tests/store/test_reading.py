from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calibrant.errors import InputError
from calibrant.store import RunInfo, Store, reading
from calibrant.store.content import storable
from calibrant.types import (
    Condition,
    Confidence,
    ConfidenceSource,
    Grade,
    ModelRef,
    Outcome,
    OutcomeState,
    Passage,
    Purpose,
    Question,
    Response,
    ResponseKey,
    Stratum,
    Usage,
)

Make = Callable[..., Any]
S = OutcomeState

FULL_QUESTION = Question(
    id="q1",
    text="Who wrote it?",
    golds=("Ann", "A."),
    wrong=("Bob",),
    choices=("Ann", "Bob"),
    domain="books",
    topic="novels",
    subtopic="old",
    cluster="page 7",
    condition=Condition.NEAR_MISS,
    passages=(Passage(text="Bob lived.", source="wiki"), Passage(text="So did Ann.")),
    evidence=("p. 7",),
    extra={"nested": {"list": [1, None, 2.5]}, "é": True},
)
FULL_RESPONSE = Response(
    key=ResponseKey(question="q" * 64, model="m", prompt="p", sampling="s", repeat=3),
    model=ModelRef(model="gpt-x", effort="high"),
    text="Ann",
    finish_reason="stop",
    confidences=(
        Confidence(source=ConfidenceSource.STATED, value=0.9),
        Confidence(source=ConfidenceSource.LOGPROB, value=-1.25, name="mean_logprob"),
        Confidence(source=ConfidenceSource.AGREEMENT, value=0.7),
    ),
    usage=Usage(input_tokens=10, cached_input_tokens=4, output_tokens=5, reasoning_tokens=2),
    cost_usd=0.0125,
    latency_s=1.5,
)


@pytest.fixture
def run(store: Store, new_run: Make) -> RunInfo:
    return store.begin_run(new_run())


def test_an_item_comes_back_as_it_was_given(store: Store, run: RunInfo) -> None:
    grade = Grade(state=S.CORRECT, grader="exact", reason="the first gold")
    with store.writer(run) as writer:
        writer.add(FULL_QUESTION, "q" * 64, FULL_RESPONSE, [grade])
    (found,) = store.items(run)
    assert found.question == FULL_QUESTION
    assert found.response == FULL_RESPONSE
    assert (found.state, found.grade, found.grades) == (S.CORRECT, grade, (grade,))


def test_an_outcome_holds_what_the_analysis_needs(store: Store, run: RunInfo) -> None:
    with store.writer(run) as writer:
        writer.add(FULL_QUESTION, "q" * 64, FULL_RESPONSE, [Grade(state=S.PARTIAL, grader="exact")])
    assert list(store.outcomes(run)) == [
        Outcome(
            question_id="q1",
            cluster="page 7",
            model=FULL_RESPONSE.model,
            state=S.PARTIAL,
            repeat=3,
            condition=Condition.NEAR_MISS,
            domain="books",
            topic="novels",
            confidences=FULL_RESPONSE.confidences,
            usage=FULL_RESPONSE.usage,
            cost_usd=0.0125,
            latency_s=1.5,
            question_hash=FULL_RESPONSE.key.question,
        )
    ]


def test_a_question_without_a_document_is_its_own_cluster(store: Store, run: RunInfo, item: Make) -> None:
    with store.writer(run) as writer:
        writer.add(*item(5, golds=(), stratum=Stratum.UNANSWERABLE))
    (outcome,) = store.outcomes(run)
    assert (outcome.cluster, outcome.stratum, outcome.usage) == ("q5", Stratum.UNANSWERABLE, Usage())


@pytest.mark.parametrize(
    ("grades", "state"),
    [
        ({}, S.UNGRADED),
        ({"exact": S.CORRECT}, S.CORRECT),
        ({"exact": S.CORRECT, "imported": S.INCORRECT}, S.INCORRECT),
        ({"exact": S.CORRECT, "imported": S.UNGRADED}, S.UNGRADED),
        ({"exact": S.UNGRADED, "a judge": S.CORRECT}, S.UNGRADED),
        ({"b": S.ABSTAINED, "a": S.PARTIAL}, S.PARTIAL),
    ],
)
def test_the_sources_own_grade_counts_first_then_the_exact_one_then_others(
    store: Store, run: RunInfo, item: Make, grades: dict[str, OutcomeState], state: OutcomeState
) -> None:
    with store.writer(run) as writer:
        writer.add(*item(grades=grades))
    assert [outcome.state for outcome in store.outcomes(run)] == [state]
    assert [found.state for found in store.items(run)] == [state]


def test_a_grader_asked_for_overrules_the_precedence(store: Store, run: RunInfo, item: Make) -> None:
    with store.writer(run) as writer:
        writer.add(*item(1, grades={"exact": S.CORRECT, "imported": S.INCORRECT}))
        writer.add(*item(2, grades={"imported": S.INCORRECT}))
    assert [outcome.state for outcome in store.outcomes(run, "exact")] == [S.CORRECT, S.UNGRADED]
    assert [found.state for found in store.items(run, grader="exact")] == [S.CORRECT, S.UNGRADED]


def test_an_unknown_grader_is_answered_with_the_known_ones(store: Store, run: RunInfo, item: Make) -> None:
    with pytest.raises(InputError, match=r"'exact' graded nothing.*nobody yet"):
        next(store.outcomes(run, "exact"))
    with store.writer(run) as writer:
        writer.add(*item(grades={"exact": S.CORRECT, "imported": S.INCORRECT, "a judge": S.CORRECT}))
    with pytest.raises(InputError, match=r"'nobody' graded nothing.*imported, exact, a judge"):
        next(store.items(run, grader="nobody"))
    assert list(store.graders(run).items()) == [("imported", 1), ("exact", 1), ("a judge", 1)]


def test_an_error_is_an_error_whatever_was_graded(store: Store, run: RunInfo, item: Make) -> None:
    with store.writer(run) as writer:
        writer.add(*item(text="half a rep", error="cut off", grades={"imported": S.CORRECT}))
    (outcome,) = store.outcomes(run)
    assert (outcome.state, outcome.error) == (S.ERROR, "cut off")
    (found,) = store.items(run)
    assert (found.state, found.grade) == (S.ERROR, None)


def test_only_answers_are_attempts(store: Store, run: RunInfo, item: Make) -> None:
    with store.writer(run) as writer:
        for purpose in Purpose:
            writer.add(*item(purpose=purpose, text=purpose.value))
    assert [found.response.text for found in store.items(run)] == ["answer"]
    assert len(list(store.outcomes(run))) == 1
    info = store.finish_run(run, set_hash="h")
    assert (info.counts["items"], info.responses, len(info.models)) == (1, 1, 1)


def test_a_run_is_read_in_the_order_of_writing_and_without_the_others(
    store: Store, run: RunInfo, new_run: Make, item: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_OUTCOMES_PER_PAGE", 7)
    monkeypatch.setattr(reading, "_ITEMS_PER_PAGE", 7)
    other = store.begin_run(new_run("other"))
    numbers = [number * 37 % 101 for number in range(50)]
    with store.writer(run, batch=3) as mine, store.writer(other, batch=5) as theirs:
        for number in numbers:
            sure = (Confidence(source=ConfidenceSource.OTHER, value=number),)
            theirs.add(*item(number, model="theirs", grades={"exact": S.CORRECT}))
            mine.add(*item(number, model="mine", confidences=sure, grades={"exact": list(S)[number % 4]}))
    expected = [(f"q{number}", "mine", number, list(S)[number % 4]) for number in numbers]
    outcomes = list(store.outcomes(run))
    assert [(o.question_id, o.model.model, o.confidences[0].value, o.state) for o in outcomes] == expected
    assert [found.question.id for found in store.items(run)] == [name for name, *_ in expected]


def test_items_can_be_chosen_by_state_and_number(store: Store, run: RunInfo, item: Make) -> None:
    with store.writer(run) as writer:
        for number in range(9):
            writer.add(*item(number, grades={"exact": S.CORRECT if number % 3 else S.INCORRECT}))

    def ids(**choice: Any) -> list[str]:
        return [found.question.id for found in store.items(run, **choice)]

    assert ids(states={S.INCORRECT}) == ["q0", "q3", "q6"]
    assert ids(states=[S.INCORRECT], limit=2) == ["q0", "q3"]
    assert ids(limit=0) == []
    assert ids(states=[]) == []
    assert len(ids(limit=100)) == 9


def test_a_reader_sees_one_moment(store: Store, run: RunInfo, item: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_OUTCOMES_PER_PAGE", 2)
    with store.writer(run) as writer:
        for number in range(5):
            writer.add(*item(number))
    stream = store.outcomes(run)
    next(stream)
    with store.writer(run) as writer:
        writer.add(*item(99))
    assert len(list(stream)) == 4
    assert len(list(store.outcomes(run))) == 6


def test_a_reader_that_stops_early_holds_nothing(store: Store, run: RunInfo, item: Make) -> None:
    with store.writer(run) as writer:
        writer.add(*item(1))
        writer.add(*item(2))
    for _ in range(50):
        next(store.outcomes(run))
    assert store._database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


any_text = st.text(st.characters(codec=None, categories=["L", "N", "P", "S", "Z", "C"]), max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=5,
)


def mended(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(name): mended(part) for name, part in value.items()}
    return [mended(part) for part in value] if isinstance(value, list) else value


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=any_text,
    name=any_text.filter(bool),
    golds=st.lists(any_text, max_size=3),
    extra=st.dictionaries(any_text, json_values, max_size=3),
)
def test_any_text_comes_back_as_the_text_that_databases_can_hold(
    store: Store, new_run: Make, item: Make, text: str, name: str, golds: list[str], extra: dict[str, Any]
) -> None:
    run = store.begin_run(new_run())
    with store.writer(run) as writer:
        writer.add(*item(text=text, id=name, golds=tuple(golds), domain=text, extra=extra))
    (found,) = store.items(run)
    assert (found.response.text, found.question.domain, found.question.id) == (
        storable(text),
        storable(text),
        storable(name),
    )
    assert found.question.golds == tuple(map(storable, golds))
    assert found.question.extra == mended(extra)
    store.delete_run(run)
