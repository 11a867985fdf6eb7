"""Cells read as what they mean."""

from __future__ import annotations

import pytest

from calibrant.neighbours.values import parse_cost, parse_count, parse_grade, parse_number, parse_score, parse_stratum
from calibrant.types import OutcomeState, Stratum


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("CORRECT", OutcomeState.CORRECT),
        (1, OutcomeState.CORRECT),
        (True, OutcomeState.CORRECT),
        ("0", OutcomeState.INCORRECT),
        (0.0, OutcomeState.INCORRECT),
        ("NOT_ATTEMPTED", OutcomeState.ABSTAINED),
        ("Not attempted", OutcomeState.ABSTAINED),
        ("PARTIAL_ANSWER", OutcomeState.PARTIAL),
        ("", None),
        (None, None),
    ],
)
def test_a_grade_is_read_by_its_whole_word(cell: object, state: OutcomeState | None) -> None:
    assert parse_grade(cell, {}) is state


@pytest.mark.parametrize("cell", ["A", "C", "INCORRECT because", "Based on the text, A", "0.5", "2"])
def test_letters_and_sentences_are_not_grades(cell: str) -> None:
    with pytest.raises(ValueError, match="not known"):
        parse_grade(cell, {})


@pytest.mark.parametrize("cell", ["NaN", "NA", "n/a", "null", "None", "", "  ", None, float("nan")])
def test_a_number_that_is_not_there_is_written_in_many_ways(cell: object) -> None:
    assert parse_number(cell) is None
    assert parse_count(cell) is None
    assert parse_cost(cell) is None
    assert parse_score(cell, 1.0) is None


@pytest.mark.parametrize(
    ("cell", "dollars"),
    [("$0.01", 0.01), ("$1,000.50", 1000.5), ("0.25 USD", 0.25), ("US$ 3", 3.0), ("1e-5", 1e-5), (0.5, 0.5)],
)
def test_dollars_may_be_written_as_dollars(cell: object, dollars: float) -> None:
    assert parse_cost(cell) == dollars


@pytest.mark.parametrize("cell", ["1,5", "EUR 3", "$", "1,00,0", "$-"])
def test_what_is_no_amount_of_dollars_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        parse_cost(cell)


def test_the_users_own_words_are_grades() -> None:
    assert parse_grade("C", {"c": OutcomeState.ABSTAINED}) is OutcomeState.ABSTAINED


def test_per_cent_is_a_share_whatever_the_scale() -> None:
    assert parse_score("85%", 1.0) == pytest.approx(0.85)
    assert parse_score("85", 100.0) == pytest.approx(0.85)


@pytest.mark.parametrize("cell", ["much", "$1", "inf", [1]])
def test_what_is_not_a_finite_number_is_refused(cell: object) -> None:
    with pytest.raises(ValueError, match="number"):
        parse_number(cell)


@pytest.mark.parametrize("cell", ["-1", "1.5"])
def test_tokens_are_whole_and_not_negative(cell: str) -> None:
    with pytest.raises(ValueError, match="whole number"):
        parse_count(cell)


def test_the_stratum_comes_from_any_of_three_columns() -> None:
    assert parse_stratum("unanswerable", None, None) is Stratum.UNANSWERABLE
    assert parse_stratum(None, "false", None) is Stratum.UNANSWERABLE
    assert parse_stratum(None, None, True) is Stratum.UNANSWERABLE
    assert parse_stratum(None, None, None) is Stratum.ANSWERABLE
