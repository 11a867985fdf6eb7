"""What every reader gives back, and the account of what had to be repaired on the way."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any, NamedTuple

__all__ = ["REPLACEMENT", "Repairs", "Row"]

REPLACEMENT = "�"
"""What stands in place of a character that no database stores: U+FFFD."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class Row(NamedTuple):
    """One record of a table.

    ``line`` is the line of the file on which the record starts; the row number (from 1) where the format has no lines
    (parquet, a JSON object of columns).
    """

    line: int
    values: dict[str, Any]


class Repairs:
    """How many unstorable characters were replaced by U+FFFD, and where the first one was.

    Unstorable are NUL (PostgreSQL refuses it) and lone surrogates (no UTF-8 exists for them).
    """

    __slots__ = ("count", "first")

    def __init__(self, count: int = 0, first: str | None = None) -> None:
        self.count = count
        self.first = first

    def __repr__(self) -> str:
        return f"Repairs(count={self.count}, first={self.first!r})"

    def text(self, text: str, place: str) -> str:
        """``text`` with every unstorable character replaced and counted; halves of a pair are joined, not counted."""
        if text.isascii() and "\x00" not in text:
            return text
        if not _UNSTORABLE.search(text):
            return text
        joined = _SURROGATE_PAIR.sub(_join_pair, text)
        repaired, count = _UNSTORABLE.subn(REPLACEMENT, joined)
        if count:
            self.count += count
            self.first = self.first or place
        return repaired

    def value(self, value: Any, place: str) -> Any:
        """The same for every string inside a JSON value, keys included."""
        if isinstance(value, str):
            return self.text(value, place)
        if isinstance(value, dict):
            return {self.text(key, place): self.value(inner, place) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner, place) for inner in value]
        return value

    def cell(self, value: Any, place: str) -> Any:
        """A typed cell as JSON would hold it: NaN is None; dates, decimals and bytes become text."""
        if value is None or isinstance(value, (bool, int)):
            return value
        if isinstance(value, str):
            return self.text(value, place)
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        if isinstance(value, dict):
            return {self.text(str(key), place): self.cell(inner, place) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.cell(inner, place) for inner in value]
        if isinstance(value, bytes):
            return self.text(value.decode("utf-8", "replace"), place)
        if isinstance(value, (dt.date, dt.time)):
            return value.isoformat()
        return self.text(str(value), place)


def _join_pair(match: re.Match[str]) -> str:
    return match.group().encode("utf-16-le", "surrogatepass").decode("utf-16-le")
