"""Numbers as the terminal writes them: short, and never more certain than they are."""

from __future__ import annotations

from dataclasses import dataclass

from calibrant.analysis import Analysis, Measured, percent
from calibrant.metrics.intervals import Interval

__all__ = [
    "UNDEFINED",
    "Cell",
    "index",
    "interval_of_number",
    "interval_of_share",
    "level",
    "number",
    "plain",
    "rate",
    "share",
]

UNDEFINED = "-"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: what it says, the interval beside it, and whether that rests on little."""

    text: str
    interval: str = ""
    thin: bool = False


def plain(text: str) -> str:
    """Without characters that could drive a terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


def level(analysis: Analysis) -> str:
    """The level of the intervals: 0.9999 is not 100%."""
    return f"{100 * analysis.settings.level:.4g}%"


def rate(value: float | None) -> str:
    """A share in per cent."""
    return UNDEFINED if value is None else percent(value)


def number(value: float | None) -> str:
    """A number of two decimals."""
    return UNDEFINED if value is None else f"{round(value, 2) + 0.0:.2f}"


def share(measured: Measured, metric: str, *, unit: bool = True) -> Cell:
    """A share in per cent, with its interval; without the sign where a title says it."""
    text = rate(measured.values[metric])
    text = text if unit else text.removesuffix("%")
    return Cell(text, interval_of_share(measured.intervals[metric]), metric in measured.thin)


def index(measured: Measured, metric: str = "omniscience_index") -> Cell:
    """An index with its sign, and its interval."""
    value, interval = measured.values[metric], measured.intervals[metric]
    text = UNDEFINED if value is None else f"{value:+.0f}"
    return Cell(text, "" if interval is None else f"{interval.low:+.0f}..{interval.high:+.0f}", metric in measured.thin)


def interval_of_share(interval: Interval | None) -> str:
    """Both ends in per cent; an end that is neither 0 nor 1 does not read as if it were."""
    if interval is None:
        return ""
    low = min(99, round(100 * interval.low)) if interval.low < 1 else 100
    high = max(1, round(100 * interval.high)) if interval.high > 0 else 0
    return f"{low}..{high}"


def interval_of_number(interval: Interval | None) -> str:
    """Both ends with two decimals."""
    return "" if interval is None else f"{interval.low:.2f}..{interval.high:.2f}"
