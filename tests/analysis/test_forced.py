"""Missed knowledge and the price-aware check are what definitions 1 says, and say 'open' where data are few."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from calibrant.analysis import ForcedRow, Told, forced_rows
from calibrant.metrics.intervals import wilson_interval
from calibrant.types import ModelRef, Outcome, OutcomeState, Stratum

C, P, W, A, E, U = (
    OutcomeState.CORRECT,
    OutcomeState.PARTIAL,
    OutcomeState.INCORRECT,
    OutcomeState.ABSTAINED,
    OutcomeState.ERROR,
    OutcomeState.UNGRADED,
)


def outcomes(states: Sequence[OutcomeState], first: int = 0, **more: object) -> list[Outcome]:
    return [
        Outcome(question_id=f"q{n}", cluster=f"q{n}", model=ModelRef(model="m"), state=state, **more)  # type: ignore[arg-type]
        for n, state in enumerate(states, start=first)
    ]


def row(answers: list[Outcome], demanded: list[Outcome]) -> ForcedRow:
    (found,) = forced_rows(answers, demanded, level=0.95)
    return found


def test_missed_knowledge_is_the_share_of_the_declined_that_was_known() -> None:
    found = row(outcomes([C, W, A, A, A, A]), outcomes([C, W, P, A], first=2))
    assert (found.declined, found.demanded, found.graded) == (4, 4, 4)
    assert (found.right, found.wrong, found.partial, found.declined_again) == (1, 1, 1, 1)
    assert found.missed_knowledge == 0.25
    assert found.interval == wilson_interval(1, 4)
    assert found.check is None


def test_errors_and_ungraded_answers_are_no_grades() -> None:
    found = row(outcomes([A] * 4), outcomes([C, E, U, W]))
    assert (found.errors, found.ungraded, found.graded, found.missed_knowledge) == (1, 1, 2, 0.5)


def test_what_was_not_demanded_yet_is_told_and_nothing_is_made_of_it() -> None:
    found = row(outcomes([A] * 5), [])
    assert (found.declined, found.demanded, found.missed_knowledge, found.interval) == (5, 0, None, None)


def test_a_demanded_answer_to_what_no_longer_counts_as_declined_is_left_out() -> None:
    found = row(outcomes([A, W, A]), outcomes([C, C, W]))
    assert (found.declined, found.demanded, found.missed_knowledge) == (2, 2, 0.5)


def test_questions_without_an_answer_have_no_missed_knowledge() -> None:
    apart = {"stratum": Stratum.UNANSWERABLE, "price": 0.5}
    found = row(outcomes([A, A], **apart), outcomes([W, W], **apart))
    assert (found.wrong, found.missed_knowledge, found.check) == (2, None, None)


def test_nobody_declined_nothing_to_show() -> None:
    assert forced_rows(outcomes([C, W]), [], level=0.95) == ()


def test_repeats_and_prices_are_kept_apart() -> None:
    answers = outcomes([A], repeat=0) + outcomes([A], repeat=1) + outcomes([A], price=0.9)
    demanded = outcomes([C], repeat=1) + outcomes([W], price=0.9)
    plain, priced = forced_rows(answers, demanded, level=0.95)
    assert (plain.declined, plain.demanded, plain.missed_knowledge) == (2, 1, 1.0)
    assert (priced.model, priced.missed_knowledge) == ("m t=0.9", 0.0)


@pytest.mark.parametrize(
    ("right", "known", "worth", "refusals", "calibrated"),
    [
        (190, 20, Told.YES, Told.YES, Told.YES),
        (190, 190, Told.YES, Told.NO, Told.NO),
        (60, 20, Told.NO, Told.YES, Told.NO),
        (152, 20, Told.OPEN, Told.YES, Told.OPEN),
        (190, 148, Told.YES, Told.OPEN, Told.OPEN),
        (152, 190, Told.OPEN, Told.NO, Told.NO),
    ],
)
def test_a_model_is_calibrated_at_a_price_where_its_answers_are_worth_it_and_its_refusals_are_not(
    right: int, known: int, worth: Told, refusals: Told, calibrated: Told
) -> None:
    answers = outcomes([C] * right + [W] * (200 - right) + [A] * 200, price=0.75)
    demanded = outcomes([C] * known + [W] * (200 - known), first=200, price=0.75)
    check = row(answers, demanded).check
    assert check is not None
    assert (check.answers_are_worth_it, check.refusals_are_right, check.calibrated) == (worth, refusals, calibrated)
    assert check.accuracy_answered == right / 200
    assert check.accuracy_forced == known / 200


def test_declining_again_is_no_answer_to_judge_the_refusals_by() -> None:
    check = row(outcomes([C] * 50 + [A] * 50, price=0.5), outcomes([A] * 50, first=50, price=0.5)).check
    assert check is not None
    assert (check.forced, check.accuracy_forced, check.refusals_are_right) == (0, None, Told.OPEN)
    assert check.calibrated is Told.OPEN


def test_repeats_of_one_question_are_no_independent_evidence() -> None:
    answers = [one for repeat in range(20) for one in outcomes([A] * 4, repeat=repeat)]
    demanded = [one for repeat in range(20) for one in outcomes([C, C, W, W], repeat=repeat)]
    found = row(answers, demanded)
    assert found.interval is not None
    assert found.interval.high - found.interval.low > 0.6
