"""Sequence log-probability: of the answer's tokens, and only where there is a number for each."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant.confidence import LOGPROB_SIGNALS, read_logprobs
from calibrant.types import ConfidenceSource, TokenLogprob


def tokens(*pairs: tuple[str, float]) -> list[TokenLogprob]:
    return [TokenLogprob(token, logprob) for token, logprob in pairs]


def values(found: tuple) -> dict[str, float]:
    return {one.name: one.value for one in found}


def test_sum_mean_and_least_are_three_signals_of_one_source() -> None:
    found = read_logprobs(tokens(("Par", -0.25), ("is", -0.5), (".", -0.25)))
    assert [one.name for one in found] == list(LOGPROB_SIGNALS)
    assert {one.source for one in found} == {ConfidenceSource.LOGPROB}
    assert values(found) == pytest.approx({"sum_logprob": -1.0, "mean_logprob": -1 / 3, "min_logprob": -0.5})


def test_what_follows_the_answer_does_not_count() -> None:
    reply = tokens(("Par", -0.25), ("is", -0.5), ("\n", -3.0), ("Confidence", -4.0), (": 90%", -5.0))
    assert values(read_logprobs(reply, answer="Paris"))["sum_logprob"] == -0.75
    assert values(read_logprobs(reply, answer="Pari"))["sum_logprob"] == -0.75
    assert values(read_logprobs(reply))["sum_logprob"] == -12.75


def test_tokens_that_do_not_spell_the_answer_all_count() -> None:
    reply = tokens(("<think>", -1.0), ("Par", -1.0), ("is", -1.0))
    assert values(read_logprobs(reply, answer="Paris"))["sum_logprob"] == -3.0
    assert values(read_logprobs(reply, answer="<thinking about Paris"))["sum_logprob"] == -3.0
    assert values(read_logprobs(reply, answer=""))["sum_logprob"] == -3.0


@pytest.mark.parametrize("logprob", [math.nan, -math.inf, -1.7e308])
def test_a_token_without_a_number_leaves_no_signal(logprob: float) -> None:
    assert read_logprobs(tokens(("a", -1.7e308), ("b", logprob))) == ()


def test_no_tokens_no_signal_and_rounding_above_zero_is_zero() -> None:
    assert read_logprobs([]) == ()
    assert values(read_logprobs(tokens(("a", 1e-7))))["mean_logprob"] == 0.0


@given(st.lists(st.tuples(st.text(max_size=4), st.floats(-50, 0)), min_size=1), st.text(max_size=8))
def test_the_mean_lies_between_least_and_zero(pairs: list[tuple[str, float]], answer: str) -> None:
    found = values(read_logprobs(tokens(*pairs), answer=answer))
    assert found["sum_logprob"] <= found["min_logprob"] <= found["mean_logprob"] + 1e-12 <= 1e-12


def test_reasoning_before_a_marked_answer_does_not_count() -> None:
    reply = tokens(
        ("It", -5.0), (" flows.", -5.0), ("\n", -1.0), ("Answer", -1.0), (":", -1.0), (" Par", -0.2), ("is", -0.4)
    )
    assert values(read_logprobs(reply)) == pytest.approx(
        {"sum_logprob": -0.6, "mean_logprob": -0.3, "min_logprob": -0.4}
    )


def test_a_thought_and_a_stated_confidence_are_both_left_out() -> None:
    reply = tokens(("<think>", -1.0), ("Hm", -4.0), ("</think>", -1.0), ("Paris", -0.2), ("\nConfidence: 80%", -2.0))
    found = read_logprobs(reply, answer="<think>Hm</think>Paris")
    assert values(found)["sum_logprob"] == pytest.approx(-0.2)
