"""What is wrong with a cell, for people: the column and what to write there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calibrant.errors import InputError
from calibrant.neighbours.columns import AnswerColumns
from calibrant.neighbours.values import parse_cost, parse_count, parse_number, parse_score

__all__ = ["explained"]

_A_NUMBER = "Write a number, or leave the cell empty."
_A_SCORE = "Write a number or a percentage such as 85%, or leave the cell empty."
_REMEDIES = {
    "repeat": "Number the repeats 0, 1, 2 ..., or remove the column and say --number-repeats.",
    "cost_usd": "Write dollars as a number, such as 0.01 or $0.01, or leave the cell empty.",
}
"""Field -> what to do about a cell of it that cannot be read."""
_PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "repeat": parse_count,
    "input_tokens": parse_count,
    "cached_input_tokens": parse_count,
    "output_tokens": parse_count,
    "reasoning_tokens": parse_count,
    "cost_usd": parse_cost,
    "latency_s": parse_number,
}


def explained(
    error: ValueError, cells: Mapping[str, Any], values: Mapping[str, Any], columns: AnswerColumns, *, place: str
) -> InputError:
    """The error with the column it is about, which is found by reading the row's numbers once more.

    Args:
        error: what reading the row raised.
        cells: field -> cell.
        values: column -> cell.
        columns: where each field stands.
        place: ``file:line``.
    """
    for name, parse in _PARSERS.items():
        try:
            parse(cells.get(name))
        except ValueError as again:
            remedy = _REMEDIES.get(name, _A_NUMBER)
            return InputError(f"column '{columns.fields[name]}': {again}", place=place, remedy=remedy)
    for column in columns.confidences:
        try:
            parse_score(values.get(column), 1.0)
        except ValueError as again:
            return InputError(f"column '{column}': {again}", place=place, remedy=_A_SCORE)
    return InputError(str(error), place=place, remedy=_remedy(str(error)))


def _remedy(message: str) -> str | None:
    if "confidence must lie in [0, 1]" in message:
        return "Say --confidence-scale 100 for percentages, or --confidence-source other for a score of another scale."
    if message.startswith("the grade "):
        return (
            "Say what it means with --grade-value WORD=STATE (correct, partial, incorrect, abstained, error, ungraded)."
        )
    return None
