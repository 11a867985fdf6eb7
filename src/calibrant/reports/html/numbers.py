"""Cells of the report's numbers: each is taken from ``Report.to_dict()`` by its path, so the page says what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from calibrant.metrics.intervals import Interval
from calibrant.reports.cells import UNDEFINED, interval_of_number, interval_of_share, number, rate
from calibrant.reports.findings import money
from calibrant.reports.html.blocks import Cell, Key
from calibrant.reports.html.drawing import whisker

__all__ = ["Numbers", "label", "model_cell"]

Document = Mapping[str, Any]


def label(text: str | None) -> Cell:
    """A cell of words."""
    return Cell(text="(none)" if text is None else text, words=True)


def model_cell(name: str, key: Key | None = None) -> Cell:
    """The cell of a model, with its mark in pictures."""
    return Cell(text=name, words=True, key=key)


class Numbers:
    """Makes cells of one table of the report.

    Args:
        document: ``Report.to_dict()``.
        table: its key.
    """

    def __init__(self, document: Document, table: str) -> None:
        self.rows = document[table]
        self.table = table

    def rate(self, at: int, name: str, *, drawn: bool = False) -> Cell:
        """A share in per cent."""
        return self._cell(at, name, rate, interval_of_share, (0.0, 1.0) if drawn else None)

    def index(self, at: int, name: str = "omniscience_index", *, drawn: bool = False) -> Cell:
        """An index with its sign."""
        return self._cell(at, name, _signed, _signed_interval, (-100.0, 100.0) if drawn else None)

    def decimal(self, at: int, name: str) -> Cell:
        """A number of two decimals."""
        return self._cell(at, name, number, interval_of_number, None)

    def count(self, at: int, name: str) -> Cell:
        """A whole number."""
        return self._cell(at, name, lambda value: UNDEFINED if value is None else f"{value:,.0f}", lambda _: "", None)

    def seconds(self, at: int, name: str) -> Cell:
        """A time."""
        return self._cell(at, name, lambda value: UNDEFINED if value is None else f"{value:.2g} s", lambda _: "", None)

    def dollars(self, at: int, name: str) -> Cell:
        """A sum of money."""
        return self._cell(at, name, lambda value: "unknown" if value is None else money(value), lambda _: "", None)

    def significant(self, at: int, name: str) -> Cell:
        """A number of any size, to three digits."""
        return self._cell(at, name, lambda value: UNDEFINED if value is None else f"{value:.3g}", lambda _: "", None)

    def _cell(
        self,
        at: int,
        name: str,
        written: Callable[[float | None], str],
        spanned: Callable[[Interval | None], str],
        scale: tuple[float, float] | None,
    ) -> Cell:
        row = self.rows[at]
        value, path = row[name], f"{self.table}/{at}/{name}"
        pair = row.get("intervals", {}).get(name)
        if pair is None and "intervals" not in row and row.get("low") is not None:
            pair = [row["low"], row["high"]] if name in ("risk", "share_right", "index_at_price") else None
        interval = None if pair is None else Interval(*pair)
        return Cell(
            text=written(value),
            raw=value,
            path=path,
            span=spanned(interval).replace("..", " to "),
            thin=name in row.get("thin", ()),
            picture=None if scale is None or value is None else whisker(value, pair, scale),
        )


def _signed(value: float | None) -> str:
    return UNDEFINED if value is None else f"{round(value) + 0:+d}"


def _signed_interval(interval: Interval | None) -> str:
    return "" if interval is None else f"{interval.low:+.0f}..{interval.high:+.0f}"
