"""Conditions are read as written, and a caret stands under what cannot be read."""

from __future__ import annotations

import pytest

from calibrant.analysis.conditions import ALIASES, parse_condition
from calibrant.analysis.stop_conditions import Decided, Precise, parse_stop
from calibrant.errors import InputError


def test_which_of_two_is_better() -> None:
    found = parse_stop("decided( gpt-x@low > org/model:7b , accuracy )")
    assert isinstance(found, Decided)
    assert (found.first, found.second, found.metric) == ("gpt-x@low", "org/model:7b", "accuracy")


def test_the_metric_may_be_left_out_names_quoted_and_the_sign_turned() -> None:
    found = parse_stop("decided('my model' < b)")
    assert isinstance(found, Decided)
    assert (found.first, found.second, found.metric) == ("b", "my model", None)


def test_a_half_width() -> None:
    assert parse_stop("precision(index) < 2") == Precise("omniscience_index", 2.0, (10,))


@pytest.mark.parametrize("short", ["coverage", "attempted", "Wrong"])
def test_short_names_are_those_of_gates(short: str) -> None:
    found = parse_stop(f"decided(a > b, {short})")
    assert isinstance(found, Decided)
    assert found.metric == parse_condition(f"{short} < 5%", dict.fromkeys(ALIASES.values(), "share")).metric


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", 0),
        ("decide(a > b)", 0),
        ("decided a > b", 8),
        ("decided(a, b)", 9),
        ("decided(a > )", 12),
        ("decided(a > b", 13),
        ("decided(a > b, index) or so", 22),
        ("decided('a > b, index)", 8),
        ("precision(index) > 2", 17),
        ("precision(index) < two", 19),
        ("precision(index) < -2", 19),
        ("precision(index) < inf", 19),
    ],
)
def test_a_caret_stands_under_what_cannot_be_read(text: str, at: int) -> None:
    with pytest.raises(InputError) as caught:
        parse_stop(text)
    _, shown, caret = caught.value.message.splitlines()
    assert shown == f"  {text}"
    assert caret.index("^") == at + 2
    assert "decided(MODEL > MODEL" in str(caught.value)
