"""Stated confidence: found where it is said, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant.confidence import read_stated, split_stated


@pytest.mark.parametrize(
    ("reply", "answer", "stated"),
    [
        ("Paris\nConfidence: 85%", "Paris", 0.85),
        ("Paris\n\n**Confidence:** 85 %", "Paris", 0.85),
        ("Paris\nConfidence: 0.85", "Paris", 0.85),
        ("Paris\nconfidence = .7", "Paris", 0.7),
        ("Paris\nConfidence: 85", "Paris", 0.85),
        ("Paris\nConfidence: 85/100", "Paris", 0.85),
        ("Paris\nConfidence: 9 / 10", "Paris", 0.9),
        ("Paris. Confidence: 100%", "Paris.", 1.0),
        ("Paris (Confidence: 60%)", "Paris (Confidence: 60%)", None),
        ("Paris\n(Confidence: 60%)", "Paris", 0.6),
        ("Paris - Confidence: 60%", "Paris", 0.6),
        ("Paris\nProbability: 12,5 %", "Paris", 0.125),
        ("Paris\nConfidence: 0%", "Paris", 0.0),
        ("Paris\nMy confidence is 40 percent.", "Paris", 0.4),
        ("Paris\nConfidence: 1", "Paris", 1.0),
    ],
)
def test_what_a_reply_states_is_parted_from_its_answer(reply: str, answer: str, stated: float | None) -> None:
    assert split_stated(reply) == (answer, stated)


@pytest.mark.parametrize(
    "reply",
    [
        "Paris",
        "",
        "The Confidence Trap",
        "Confidence: high",
        "Confidence: 85%\nParis",
        "Paris\nConfidence: 850%",
        "Paris\nConfidence: 1.5%0",
        "Confidence: -5%",
        "Confidence: 95%",
        "Probability: 0.5",
        "a 95% confidence interval",
        "The certainty: 3 men and 2 dogs",
    ],
)
def test_nothing_is_read_into_other_replies(reply: str) -> None:
    assert split_stated(reply) == (reply, None)
    assert read_stated(reply) == ()


@given(st.text())
def test_any_text_is_read_without_error(text: str) -> None:
    answer, stated = split_stated(text)
    assert stated is None or 0 <= stated <= 1
    assert len(answer) <= len(text)


def test_a_long_reply_is_read_by_its_end_alone() -> None:
    answer, stated = split_stated("confidence: 3 " * 200_000 + "\nConfidence: 50%")
    assert stated == 0.5
    assert answer.endswith("confidence: 3")
