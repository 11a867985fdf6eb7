"""Numbers and verdicts of a comparison in words: the same in the terminal and in Markdown."""

from __future__ import annotations

from math import floor, log10

from calibrant.analysis.compared import METRICS, Unit
from calibrant.analysis.comparison import Difference, MarginVerdict
from calibrant.analysis.gates import GateResult, GateRow
from calibrant.metrics.intervals import Interval
from calibrant.reports.cells import UNDEFINED
from calibrant.reports.names import Names

__all__ = ["bounds", "gap", "gate_line", "gate_row", "margin_line", "title", "unit_of", "value", "verdict"]


def title(row: Difference, price: float) -> str:
    """What a metric is called, with its signal or price."""
    name = METRICS[row.metric].title
    if row.metric == "index_at_price":
        return f"index at t={price:g}"
    return f"{name} ({row.signal})" if row.signal else name


def value(number: float | None, unit: Unit) -> str:
    """A metric of one contender."""
    if number is None:
        return UNDEFINED
    if unit == "share":
        return f"{100 * number:.1f}%"
    if unit == "points":
        return _signed(number)
    return _other(number, unit)


def gap(number: float | None, unit: Unit) -> str:
    """A difference, with its sign; of shares in percentage points."""
    if number is None:
        return UNDEFINED
    if unit in ("share", "points"):
        return _signed(100 * number if unit == "share" else number)
    return f"{'-' if number < 0 else '+'}{_other(abs(number), unit)}"


def bounds(interval: Interval | None, unit: Unit) -> str:
    """An interval of a difference."""
    return "" if interval is None else f"{gap(interval.low, unit)}..{gap(interval.high, unit)}"


def unit_of(unit: Unit) -> str:
    """What follows a difference."""
    return {"share": " percentage points", "points": " points", "dollars": "", "seconds": "", "number": ""}[unit]


def _signed(number: float) -> str:
    # An end just below 0 keeps its minus: -0.0 is not 0, and the verdict beside it would look wrong.
    return f"{number + 0.0:+.1f}"


def _other(number: float, unit: Unit) -> str:
    if unit == "dollars":
        digits = 2 if number >= 1 or number == 0 else min(9, 2 - floor(log10(number)))
        return f"${number:.{digits}f}"
    return f"{number:.2f} s" if unit == "seconds" else f"{number:.3f}"


def verdict(row: Difference, names: Names) -> str:
    """Who is better, or higher where neither is better by that; empty without an interval."""
    if row.interval is None:
        return "no interval" if row.difference is not None else "undefined"
    if row.verdict == "not settled":
        return "not settled"
    who, how = row.verdict.split()
    return f"{names[row.first if who == 'first' else row.second]} {how}"


def margin_line(one: MarginVerdict, names: Names) -> str:
    """What a margin comes to."""
    unit = METRICS[one.metric].unit
    margin = f"{gap(one.margin, unit).removeprefix('+')}{unit_of(unit)} of {METRICS[one.metric].title}"
    first, second = names[one.first], names[one.second]
    if one.equivalent:
        return f"Equivalent: {first} and {second} are less than {margin} apart."
    if one.first_not_worse:
        return f"Not inferior: {first} is less than {margin} worse than {second}; the other way round is not shown."
    if one.second_not_worse:
        return f"Not inferior: {second} is less than {margin} worse than {first}; the other way round is not shown."
    return f"{first} and {second}: not shown that either is less than {margin} worse than the other."


def gate_line(one: GateResult) -> str:
    """A gate and whether it failed."""
    return f"{'FAILED' if one.failed else 'passed'}: --{one.gate.kind} '{one.gate.condition.text}'"


def gate_row(one: GateResult, row: GateRow, names: Names) -> str:
    """Why, for one pair."""
    unit = METRICS[one.gate.condition.metric].unit
    said = {"established": "is so", "excluded": "is excluded", "open": "is possible, not shown"}[row.standing]
    numbers = f"{gap(row.difference, unit)} ({bounds(row.interval, unit)})"
    return f"{said}: {names[row.first]} less {names[row.second]} is {numbers}"
