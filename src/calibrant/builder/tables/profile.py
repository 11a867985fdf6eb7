"""What each column of a table holds, what it is good for, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from calibrant.builder.tables.cells import Kind, fold_key, kind_of, number_in, tell
from calibrant.builder.tables.names import changes, unit_of, words_of
from calibrant.builder.tables.scan import Scan

__all__ = ["Column", "profile"]

_MAJORITY = 0.9
"""Share of a column's cells that must be of one kind."""
_LOOKED_AT = 20_000
"""Rows that decide what a column holds."""
_NUMBERS = (Kind.NUMBER, Kind.COMMA, Kind.GROUPED)
_REFUSED: Mapping[Kind, str] = {
    Kind.TRUTH: "true or false: half of all guesses would be right",
    Kind.LONG: "free text: too long to be an answer",
    Kind.ADDRESS: "addresses or identifiers of machines: nobody knows them by heart",
    Kind.OBJECT: "lists or objects: no single answer",
    Kind.TIME: "points in time to the second",
    Kind.OPEN_DATE: "dates whose day and month can be mistaken for each other: write them as 2001-12-31",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: what its cells hold."""

    name: str
    kind: Kind
    """Of most cells."""
    rows: int
    """Rows looked at."""
    filled: int
    """Of them, rows whose cell is not empty."""
    distinct: int
    """Different contents among them, case, accents and blanks aside."""
    others: int = 0
    """Filled cells of another kind than most: they are not asked."""
    unit: str | None = None
    """From the column's name."""
    decimals: int = 0
    """Most digits after the decimal point."""
    year: bool = False
    """Whether its numbers are years."""
    changes: bool = False
    """Whether its name says that its values change with time."""
    refused: str | None = None
    """Why its cells make no answers; None where they do."""
    examples: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether its cells make answers."""
        return self.refused is None

    @property
    def numeric(self) -> bool:
        """Whether its cells are numbers."""
        return self.kind in _NUMBERS

    def fits(self, value: Any) -> bool:
        """Whether a cell is of the column's kind."""
        kind = kind_of(value)
        if self.numeric:
            return kind in (Kind.NUMBER, self.kind)
        return kind is self.kind or (self.kind in (Kind.TEXT, Kind.CODE) and kind in (Kind.TEXT, Kind.CODE))

    def to_dict(self) -> dict[str, Any]:
        """The column as JSON."""
        return {
            "name": self.name,
            "kind": str(self.kind),
            "rows": self.rows,
            "filled": self.filled,
            "distinct": self.distinct,
            "other_kinds": self.others,
            "unit": self.unit,
            "decimals": self.decimals if self.numeric else None,
            "year": self.year,
            "changes_with_time": self.changes,
            "refused": self.refused,
            "examples": list(self.examples),
        }


def profile(found: Scan) -> tuple[Column, ...]:
    """Profile every column of a table from the rows kept.

    Args:
        found: the scan.
    """
    step = max(1, len(found.rows) // _LOOKED_AT)
    rows = found.rows[::step]
    return tuple(_column(name, [row.get(name) for row in rows]) for name in found.columns)


def _column(name: str, values: Sequence[Any]) -> Column:
    kinds = [kind_of(value) for value in values]
    counts: Counter[Kind] = Counter(kind for kind in kinds if kind != Kind.EMPTY)
    filled = sum(counts.values())
    kind, count = _joined(counts)
    contents = {fold_key(value) for value, one in zip(values, kinds, strict=True) if one is not Kind.EMPTY}
    read = [(value, number_in(value)) for value in values] if kind in _NUMBERS else []
    numbers = [number for _, number in read if number is not None]
    shown = dict.fromkeys(tell(value)[:40] for value, one in zip(values, kinds, strict=True) if one is not Kind.EMPTY)
    return Column(
        name=name,
        kind=kind,
        rows=len(values),
        filled=filled,
        distinct=len(contents),
        others=filled - count,
        unit=unit_of(name) if kind in _NUMBERS else None,
        decimals=max((_decimals(value, number) for value, number in read if number is not None), default=0),
        year=bool(numbers) and _are_years(name, numbers),
        changes=changes(name),
        refused=_refusal(kind, counts, count, filled, len(contents)),
        examples=tuple(shown)[:3],
    )


def _joined(counts: Counter[Kind]) -> tuple[Kind, int]:
    """The kind of most cells, and how many are of it; plain numbers go with whichever way of grouping there is."""
    if not counts:
        return Kind.EMPTY, 0
    plain, comma, grouped = (counts.get(kind, 0) for kind in _NUMBERS)
    words = counts.get(Kind.TEXT, 0) + counts.get(Kind.CODE, 0)
    families = [
        (plain + max(comma, grouped), Kind.COMMA if comma > grouped else Kind.GROUPED if grouped else Kind.NUMBER),
        (words, Kind.TEXT if counts.get(Kind.TEXT, 0) >= counts.get(Kind.CODE, 0) else Kind.CODE),
        *((count, kind) for kind, count in counts.items() if kind not in (*_NUMBERS, Kind.TEXT, Kind.CODE)),
    ]
    count, kind = max(families, key=lambda family: family[0])
    return kind, count


def _refusal(kind: Kind, counts: Counter[Kind], count: int, filled: int, distinct: int) -> str | None:
    if not filled:
        return "empty"
    if count < _MAJORITY * filled:
        listed = ", ".join(f"{number:,} {one}" for one, number in counts.most_common())
        return f"mixed types: {listed}"
    if kind in _REFUSED:
        return _REFUSED[kind]
    if distinct == 1:
        return "the same everywhere"
    if kind is Kind.GROUPED and not counts.get(Kind.NUMBER) and filled < 3:
        return "too few numbers to tell whether the comma groups digits"
    return None


def _decimals(value: Any, number: Any) -> int:
    """Digits after the decimal point; a whole number that is typed as a float has none."""
    if isinstance(value, float) and value.is_integer():
        return 0
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _are_years(name: str, numbers: Sequence[Any]) -> bool:
    """Whether whole numbers are years: by the column's name, and by lying where years lie."""
    said = {"year", "founded", "established", "born", "died", "jahr", "año", "anno", "年份", "成立"} & set(
        words_of(name)
    )
    return bool(said) and all(number == number.to_integral_value() and 0 < number < 2200 for number in numbers)
