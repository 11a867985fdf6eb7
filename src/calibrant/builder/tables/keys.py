"""What names a row, and which rows it names without doubt.

A row's name is *clear* where no other row of the table has it, case, accents, punctuation, blanks and word order
aside. Where several have, a second column may tell them apart; where none does, the rows are asked only what all of
them agree on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibrant.builder.tables.cells import Kind, kind_of, tell
from calibrant.builder.tables.names import names_rows, spoken
from calibrant.builder.tables.profile import Column
from calibrant.builder.tables.scan import Scan, hash_of
from calibrant.errors import InputError, did_you_mean

__all__ = ["Key", "RowName", "choose_key"]

_CLEAR = 0.5
"""Share of rows that a column must name without doubt to be taken for the key without being told."""
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_HELPFUL = 0.05
"""Share of the doubtful rows that a second column must tell apart to be taken."""


@dataclass(frozen=True, slots=True)
class RowName:
    """How a row is called in questions."""

    text: str
    name: str
    """The key column's cell alone."""
    clear: bool
    """Whether no other row is called so."""
    completed: bool = False
    """Whether a second column is part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The column that names rows, the one that tells rows of one name apart, and how far they do."""

    column: str
    second: str | None
    rows: int
    clear: int
    """Rows that the column names alone."""
    completed: int
    """Further rows that the second column tells apart."""
    names: NDArray[np.uint64] = field(repr=False)
    """Sorted numbers of all names."""
    doubtful: NDArray[np.uint64] = field(repr=False)
    """Sorted numbers of the names that several rows have."""
    clear_pairs: NDArray[np.uint64] = field(repr=False)
    """Sorted numbers of the pairs (name, second) of doubtful names that one row has."""

    def name_of(self, row: Mapping[str, Any]) -> RowName | None:
        """How a row is called; None where its cell is empty, or no short text."""
        value = row.get(self.column)
        if kind_of(value) not in (Kind.TEXT, Kind.CODE, Kind.NUMBER):
            return None
        name, number = tell(value), hash_of(value)
        if not _holds(self.doubtful, number):
            return RowName(name, name, clear=True)
        if self.second is not None and kind_of(row.get(self.second)) not in (Kind.EMPTY, Kind.LONG, Kind.OBJECT):
            second = row[self.second]
            if _holds(self.clear_pairs, _pair(number, hash_of(second))):
                return RowName(f"{name} ({spoken(self.second)}: {tell(second)})", name, clear=True, completed=True)
        return RowName(name, name, clear=False)

    def knows(self, name: str) -> bool:
        """Whether any row of the table is called so, case, accents, punctuation, blanks and order of words aside."""
        return _holds(self.names, hash_of(name))


def choose_key(found: Scan, columns: Sequence[Column], *, wanted: tuple[str, ...] = ()) -> Key:
    """Choose what names the rows.

    Args:
        found: the scan; the columns ``wanted`` must be numbered in it.
        columns: its profile.
        wanted: the column that the user names, and perhaps a second one that tells rows of one name apart.

    Raises:
        InputError: no column names the rows; there is no such column; more than two are named.
    """
    if wanted:
        return _wanted(found, wanted)
    candidates = [
        (names_rows(column.name), _unique_share(found.hashes[column.name]), -number, column)
        for number, column in enumerate(columns)
        if column.kind in (Kind.TEXT, Kind.CODE)
        and column.name in found.hashes
        and column.filled > 0.5 * column.rows
        and column.refused in (None, "the same everywhere")
    ]
    best = max(
        (one for one in candidates if one[1] >= _CLEAR or (one[0] == 2 and one[1] > 0)),
        key=lambda one: (one[0] if one[1] >= _CLEAR else 0, one[1] >= 0.9, one[2]),
        default=None,
    )
    if best is None:
        shares = (
            ", ".join(f"{column.name} {share:.0%}" for _, share, _, column in candidates) or "none holds short texts"
        )
        raise InputError(
            f"no column names the rows (rows named by one column alone: {shares})",
            place=found.table.place,
            remedy="Say which with --key COLUMN, or --key COLUMN,SECOND where only two together do",
        )
    name = best[3].name
    return _key(found, name, _second(found, columns, name))


def _wanted(found: Scan, wanted: tuple[str, ...]) -> Key:
    for name in wanted:
        if name not in found.columns:
            raise InputError(
                f"there is no column {name!r}", place=found.table.place, remedy=did_you_mean(name, found.columns)
            )
    if len(wanted) > 2:
        raise InputError("a key is one column, or two", place="--key", remedy="Join others in a query or in the file")
    key = _key(found, wanted[0], wanted[1] if len(wanted) == 2 else None)
    if not key.clear and not key.completed and key.rows > 1:
        raise InputError(
            f"{', '.join(wanted)} names no row without doubt",
            place=found.table.place,
            remedy="Name a column whose values differ, or two with --key COLUMN,SECOND",
        )
    return key


def _second(found: Scan, columns: Sequence[Column], first: str) -> str | None:
    """The column that tells most rows of doubtful names apart, if it tells any number worth the words."""
    doubtful = _repeated(found.hashes[first])
    among = np.isin(found.hashes[first], doubtful)
    if not among.any():
        return None
    best, most = None, _HELPFUL * int(among.sum())
    for column in columns:
        if column.name == first or column.name not in found.hashes or not column.usable:
            continue
        pairs = _pairs(found.hashes[first][among], found.hashes[column.name][among])
        told = int(len(pairs) - len(_repeated_rows(pairs)))
        if told > most:
            best, most = column.name, told
    return best


def _key(found: Scan, column: str, second: str | None) -> Key:
    numbers = found.hashes[column]
    filled = numbers[numbers != 0]
    doubtful = _repeated(numbers)
    among = np.isin(numbers, doubtful)
    clear_pairs = np.array([], dtype=np.uint64)
    if second is not None and among.any():
        seconds = found.hashes[second][among]
        pairs = _pairs(numbers[among], seconds)[seconds != 0]
        values, times = np.unique(pairs, return_counts=True)
        clear_pairs = values[times == 1]
    return Key(
        column=column,
        second=second,
        rows=found.count,
        clear=int(len(filled) - among.sum()),
        completed=len(clear_pairs),
        names=np.unique(filled),
        doubtful=doubtful,
        clear_pairs=clear_pairs,
    )


def _unique_share(numbers: NDArray[np.uint64]) -> float:
    filled = numbers[numbers != 0]
    if not len(filled):
        return 0.0
    _, times = np.unique(filled, return_counts=True)
    return float((times == 1).sum() / len(numbers))


def _repeated(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values, times = np.unique(numbers[numbers != 0], return_counts=True)
    return values[times > 1]


def _repeated_rows(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return numbers[np.isin(numbers, _repeated(numbers))]


def _pairs(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.uint64]:
    with np.errstate(over="ignore"):
        mixed: NDArray[np.uint64] = (first * _PRIME) ^ (second + (first >> np.uint64(7)))
    return mixed


def _pair(first: int, second: int) -> int:
    return int(_pairs(np.array([first], dtype=np.uint64), np.array([second], dtype=np.uint64))[0])


def _holds(numbers: NDArray[np.uint64], number: int) -> bool:
    place = int(np.searchsorted(numbers, np.uint64(number)))
    return place < len(numbers) and int(numbers[place]) == number
