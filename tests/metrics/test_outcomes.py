"""Counts of outcomes: undefined is None, no count is bent, and each reading has its own name."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant.metrics import (
    behaviourally_calibrated,
    error_rates,
    guess_thresholds,
    missed_knowledge,
    outcome_metrics,
    stratum_metrics,
)

NAMES = ("correct", "partial", "incorrect", "abstained")
counts = st.fixed_dictionaries({name: st.integers(0, 50) for name in NAMES})


def test_without_questions_everything_is_undefined() -> None:
    found = outcome_metrics(correct=0, partial=0, incorrect=0, abstained=0)
    assert found.n == 0
    assert {getattr(found, name) for name in found.__slots__ if name != "n"} == {None}


def test_with_nothing_missed_there_is_no_hallucination_rate() -> None:
    assert outcome_metrics(correct=3, partial=0, incorrect=0, abstained=0).hallucination_rate is None


def test_partial_answers_are_missed_but_cost_nothing() -> None:
    found = outcome_metrics(correct=0, partial=4, incorrect=0, abstained=0, price=0.9)
    assert (found.omniscience_index, found.index_at_price, found.hallucination_rate) == (0, 0, 0)
    assert found.attempt_rate == 1
    assert found.accuracy_given_attempted is None


@given(given_counts=counts)
def test_the_index_is_the_index_at_price_one_half(given_counts: dict[str, int]) -> None:
    found = outcome_metrics(**given_counts, price=0.5)
    assert found.index_at_price == found.omniscience_index


@given(given_counts=counts)
def test_at_price_nothing_the_index_is_accuracy(given_counts: dict[str, int]) -> None:
    found = outcome_metrics(**given_counts, price=0)
    assert found.index_at_price == (None if found.accuracy is None else pytest.approx(100 * found.accuracy))


@given(given_counts=counts)
def test_f1_is_the_harmonic_mean_of_accuracy_and_accuracy_given_attempted(given_counts: dict[str, int]) -> None:
    found = outcome_metrics(**given_counts)
    if found.accuracy and found.accuracy_given_attempted:
        assert found.f1 == pytest.approx(2 / (1 / found.accuracy + 1 / found.accuracy_given_attempted))
    else:
        assert found.f1 is None


@pytest.mark.parametrize("kind", [np.uint8, np.uint64, np.int32])
def test_counts_of_any_integer_type_give_the_same_numbers(kind: type[np.integer]) -> None:
    plain = {"correct": 60, "partial": 70, "incorrect": 200, "abstained": 90}
    narrow = {name: kind(count) for name, count in plain.items()}
    assert outcome_metrics(**narrow) == outcome_metrics(**plain)
    assert error_rates(**narrow) == error_rates(**plain)


@pytest.mark.parametrize("bad", [-1, 1.5, True, float("nan"), float("inf"), "3", None])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_count_is_refused_by_name(name: str, bad: object) -> None:
    good: dict[str, object] = dict.fromkeys(NAMES, 1)
    for metric in (outcome_metrics, error_rates):
        with pytest.raises(ValueError, match=f"{name} must be a whole number >= 0"):
            metric(**(good | {name: bad}))  # type: ignore[arg-type]


@pytest.mark.parametrize("price", [-0.1, 1.0, float("nan")])
def test_a_price_lies_below_one(price: float) -> None:
    with pytest.raises(ValueError, match="price must lie in"):
        outcome_metrics(correct=1, partial=0, incorrect=0, abstained=0, price=price)


def test_each_denominator_of_an_error_rate_has_its_name() -> None:
    found = error_rates(correct=50, partial=10, incorrect=20, abstained=20)
    assert found.wrong_of_all == pytest.approx(20 / 100)
    assert found.selective_risk == pytest.approx(30 / 80)
    assert found.incorrect_of_answered == pytest.approx(20 / 80)
    assert found.hallucination_rate == pytest.approx(20 / 50)


def test_a_model_that_always_declines_has_no_selective_risk() -> None:
    found = error_rates(correct=0, partial=0, incorrect=0, abstained=5)
    assert (found.wrong_of_all, found.selective_risk, found.hallucination_rate) == (0, None, 0)


def test_strata_have_their_own_rates() -> None:
    found = stratum_metrics(
        unanswerable=10, declined_unanswerable=7, answered_unanswerable=2, answerable=20, declined_answerable=5
    )
    assert (found.correct_refusal, found.false_acceptance, found.false_refusal) == (0.7, 0.2, 0.25)


def test_an_empty_stratum_is_undefined() -> None:
    found = stratum_metrics(
        unanswerable=0, declined_unanswerable=0, answered_unanswerable=0, answerable=1, declined_answerable=0
    )
    assert (found.correct_refusal, found.false_acceptance, found.false_refusal) == (None, None, 0)


def test_a_stratum_has_no_more_outcomes_than_attempts() -> None:
    with pytest.raises(ValueError, match="more outcomes than attempts"):
        stratum_metrics(
            unanswerable=1, declined_unanswerable=1, answered_unanswerable=1, answerable=0, declined_answerable=0
        )


def test_missed_knowledge_is_a_share_of_what_was_refused() -> None:
    assert missed_knowledge(refused=8, right_when_forced=2) == 0.25
    assert missed_knowledge(refused=0, right_when_forced=0) is None
    with pytest.raises(ValueError, match="2 right of 1 refused"):
        missed_knowledge(refused=1, right_when_forced=2)


@pytest.mark.parametrize(
    ("answered_correct", "forced_correct", "verdict"), [(8, 7, True), (7, 2, False), (9, 8, False), (10, 0, True)]
)
def test_a_model_is_calibrated_at_a_price_when_both_sides_hold(
    answered_correct: int, forced_correct: int, verdict: bool
) -> None:
    found = behaviourally_calibrated(
        0.75, answered=10, answered_correct=answered_correct, declined=10, forced_correct=forced_correct
    )
    assert found is verdict


def test_without_questions_nobody_is_calibrated_or_not() -> None:
    assert behaviourally_calibrated(0.5, answered=0, answered_correct=0, declined=0, forced_correct=0) is None
    with pytest.raises(ValueError, match="more right than asked"):
        behaviourally_calibrated(0.5, answered=1, answered_correct=2, declined=0, forced_correct=0)


@given(given_counts=counts, chance=st.floats(0.001, 0.999), price=st.floats(0, 0.95))
def test_a_guess_pays_exactly_above_the_threshold_of_each_index(
    given_counts: dict[str, int], chance: float, price: float
) -> None:
    asked = given_counts | {"abstained": given_counts["abstained"] + 1}
    guessed = {name: asked[name] - (name == "abstained") for name in NAMES}
    before = outcome_metrics(**asked, price=price).index_at_price
    right = outcome_metrics(**(guessed | {"correct": guessed["correct"] + 1}), price=price).index_at_price
    wrong = outcome_metrics(**(guessed | {"incorrect": guessed["incorrect"] + 1}), price=price).index_at_price
    assert before is not None
    assert right is not None
    assert wrong is not None
    gain = chance * right + (1 - chance) * wrong - before
    threshold = guess_thresholds(None, price).index_at_price
    if abs(chance - threshold) > 1e-6:
        assert (gain > 0) == (chance > threshold)


def test_f1_pays_a_guess_above_half_of_itself() -> None:
    found = outcome_metrics(correct=400, partial=0, incorrect=200, abstained=400)
    threshold = guess_thresholds(found.f1).f1
    assert found.f1 is not None
    assert threshold == found.f1 / 2
    for chance, pays in ((threshold + 0.02, True), (threshold - 0.02, False)):
        # A hundred more guesses at this chance, in place of a hundred refusals.
        hits = round(100 * chance)
        after = outcome_metrics(correct=400 + hits, partial=0, incorrect=200 + 100 - hits, abstained=300).f1
        assert after is not None
        assert (after > found.f1) == pays


def test_without_f1_its_threshold_is_undefined() -> None:
    found = guess_thresholds(None)
    assert (found.accuracy, found.omniscience_index, found.index_at_price, found.f1) == (0, 0.5, 0.5, None)
    with pytest.raises(ValueError, match="f1 must lie in"):
        guess_thresholds(1.1)
