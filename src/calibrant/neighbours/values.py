"""Cells of a table of answers, read as what they mean: grades, numbers, confidences."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from calibrant.questions import as_text, as_truth
from calibrant.types import Condition, OutcomeState, Stratum

__all__ = [
    "parse_condition",
    "parse_cost",
    "parse_count",
    "parse_grade",
    "parse_number",
    "parse_score",
    "parse_stratum",
]

_GRADES: Mapping[str, OutcomeState] = {
    "correct": OutcomeState.CORRECT,
    "right": OutcomeState.CORRECT,
    "true": OutcomeState.CORRECT,
    "yes": OutcomeState.CORRECT,
    "1": OutcomeState.CORRECT,
    "1.0": OutcomeState.CORRECT,
    "partial": OutcomeState.PARTIAL,
    "partial_answer": OutcomeState.PARTIAL,
    "partially_correct": OutcomeState.PARTIAL,
    "incorrect": OutcomeState.INCORRECT,
    "wrong": OutcomeState.INCORRECT,
    "false": OutcomeState.INCORRECT,
    "no": OutcomeState.INCORRECT,
    "0": OutcomeState.INCORRECT,
    "0.0": OutcomeState.INCORRECT,
    "abstained": OutcomeState.ABSTAINED,
    "abstain": OutcomeState.ABSTAINED,
    "declined": OutcomeState.ABSTAINED,
    "not_attempted": OutcomeState.ABSTAINED,
    "error": OutcomeState.ERROR,
    "ungraded": OutcomeState.UNGRADED,
    "unsure": OutcomeState.UNGRADED,
}
_EMPTY = frozenset({"", "-", "nan", "na", "n/a", "null", "none"})
"""How tables write a number that is not there."""
_DOLLARS = re.compile(
    r"(?:US)?\$?\s*"
    r"(?P<plain>(?=[.0-9]*[0-9])(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?)"
    r"(?:\s*(?:USD|\$))?"
)


def parse_number(cell: Any) -> float | None:
    """A finite number, or None where the cell is empty.

    Raises:
        ValueError: the cell holds something else.
    """
    if cell is None or (isinstance(cell, str) and cell.strip().lower() in _EMPTY):
        return None
    if isinstance(cell, bool):
        raise ValueError(f"{cell!r} is not a number")
    if isinstance(cell, float) and math.isnan(cell):
        return None
    try:
        number = float(cell)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{_short(cell)} is not a number") from None
    if not math.isfinite(number):
        raise ValueError(f"{_short(cell)} is not a finite number")
    return number


def parse_cost(cell: Any) -> float | None:
    """Dollars, also as ``$1,000.50`` or ``0.01 USD``; None where the cell is empty.

    Raises:
        ValueError: the cell holds something else.
    """
    money = _DOLLARS.fullmatch(cell.strip()) if isinstance(cell, str) else None
    return parse_number(money["plain"].replace(",", "") if money else cell)


def parse_count(cell: Any) -> int | None:
    """A whole number >= 0, or None where the cell is empty.

    Raises:
        ValueError: the cell holds something else.
    """
    number = parse_number(cell)
    if number is None:
        return None
    if number < 0 or number != int(number):
        raise ValueError(f"{_short(cell)} is not a whole number >= 0")
    return int(number)


def parse_score(cell: Any, scale: float) -> float | None:
    """A confidence divided by ``scale``; ``85%`` is .85 whatever the scale.

    Raises:
        ValueError: the cell holds no number.
    """
    if isinstance(cell, str) and cell.strip().endswith("%"):
        number = parse_number(cell.strip()[:-1])
        return None if number is None else number / 100
    number = parse_number(cell)
    return None if number is None else number / scale


def parse_grade(cell: Any, more: Mapping[str, OutcomeState]) -> OutcomeState | None:
    """A verdict as an outcome state; None where the cell is empty.

    Bare letters are refused: C is correct for Inspect, partial for AA-Omniscience, not attempted for SimpleQA.

    Args:
        cell: the cell.
        more: the user's own words, lower-cased -> state.

    Raises:
        ValueError: the word is not known.
    """
    text = as_text(cell)
    if text is None or not text.strip():
        return None
    word = text.strip().lower()
    if word in more:
        return more[word]
    state = _GRADES.get(word.replace(" ", "_").replace("-", "_"))
    if state is None:
        raise ValueError(f"the grade {_short(cell)} is not known")
    return state


def parse_stratum(stratum: Any, answerable: Any, should_abstain: Any) -> Stratum:
    """The stratum from whichever of the three columns is filled in.

    Raises:
        ValueError: a cell is neither empty nor a known value.
    """
    named = as_text(stratum)
    if named and named.strip():
        return Stratum(named.strip().lower())
    truth = as_truth(answerable)
    if truth is None:
        declines = as_truth(should_abstain)
        truth = None if declines is None else not declines
    return Stratum.UNANSWERABLE if truth is False else Stratum.ANSWERABLE


def parse_condition(cell: Any) -> Condition:
    """The context condition; ``none`` where the cell is empty.

    Raises:
        ValueError: the cell names no condition.
    """
    text = as_text(cell)
    return Condition(text.strip().lower()) if text and text.strip() else Condition.NONE


def _short(cell: Any) -> str:
    text = repr(cell)
    return text if len(text) <= 40 else text[:37] + "..."
