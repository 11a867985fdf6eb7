"""Agreement among repeats: the share of the others that say the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibrant.confidence import AGREEMENT_OF_REPEATS, agreement, with_agreement
from calibrant.types import ConfidenceSource, ModelRef, Outcome, OutcomeState


def outcome(question: str, repeat: int, model: str = "m", price: float | None = None) -> Outcome:
    return Outcome(
        question_id=question,
        cluster=question,
        model=ModelRef(model=model),
        state=OutcomeState.CORRECT,
        repeat=repeat,
        price=price,
    )


def test_an_answer_does_not_agree_with_itself() -> None:
    assert agreement(["Paris", "Lyon", "Nice"]) == [0.0, 0.0, 0.0]
    assert agreement(["Paris", "Paris", "Nice"]) == [0.5, 0.5, 0.0]


def test_answers_are_the_same_where_the_grader_says_so_in_either_direction() -> None:
    assert agreement(["14 December 1972", "1972-12-14", "December 14th, 1972.", "1973"]) == pytest.approx(
        [2 / 3, 2 / 3, 2 / 3, 0.0]
    )


def test_a_stated_confidence_is_no_part_of_the_answer() -> None:
    assert agreement(["Paris\nConfidence: 90%", "Paris\nConfidence: 40%", "Paris"]) == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("answers", [[], ["a"], ["a", "a"], ["a", "a", None], ["a", "a", " "], ["a", "a", "x" * 601]])
def test_fewer_than_three_answers_say_nothing(answers: list[str | None]) -> None:
    assert agreement(answers) == [None] * len(answers)


def test_what_cannot_be_compared_is_left_out_of_the_others() -> None:
    assert agreement(["a cat", "a cat", None, "a cat", "x" * 601]) == [1.0, 1.0, None, 1.0, None]


@settings(deadline=None)
@given(st.lists(st.sampled_from(["Paris", "paris.", "Lyon", "12", "twelve", "I don't know", ""]), max_size=8))
def test_the_order_of_repeats_does_not_matter(answers: list[str]) -> None:
    assert agreement(answers[::-1]) == agreement(answers)[::-1]


def test_repeats_are_those_of_one_model_price_and_question() -> None:
    attempts = [
        (outcome("q", repeat, model, price), "Capital?", answer)
        for repeat, answer in enumerate(["Rome", "Rome", "Oslo"])
        for model, price in [("a", None), ("b", None), ("a", 0.5)]
    ]
    attempts.append((outcome("other", 0, "a"), "Capital?", "Rome"))
    found = list(with_agreement(attempts))
    assert [one.repeat for one in found] == [attempt[0].repeat for attempt in attempts]
    values = [one.confidences[0].value if one.confidences else None for one in found]
    assert values == [0.5] * 6 + [0.0] * 3 + [None]
    signal = found[0].confidences[0]
    assert (signal.source, signal.name) == (ConfidenceSource.AGREEMENT, AGREEMENT_OF_REPEATS)
