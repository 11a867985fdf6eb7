"""One pass over a table of any size: rows counted, a sample kept, a number for every cell that may have to be unique.

Memory does not grow with the table but for those numbers: eight bytes for each row and each column that could name rows
or be asked for in reverse. They are 64-bit hashes of the words of a cell without case, accents, blanks and order, so
*unique in the table* is decided over all rows, not over the sample; two texts of one hash could only leave a question
out.
"""

from __future__ import annotations

import random
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibrant.builder.tables.cells import LONGEST, Kind, clip, fold_name, kind_of
from calibrant.builder.tables.source import Table
from calibrant.errors import InputError

__all__ = ["Scan", "hash_of", "scan"]

FIRST_LOOK = 20_000
"""Rows that decide which columns are numbered."""
KEPT = 20_000
"""Rows kept at most, unless many questions are wanted."""
_MOST_NUMBERED = 12
"""Columns numbered over all rows."""
_SEED_BYTES = 8
_EMPTY = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What one pass over a table found."""

    table: Table
    columns: tuple[str, ...]
    count: int
    """Rows in the table."""
    rows: tuple[dict[str, Any], ...] = field(repr=False)
    """The rows kept: all, or a uniform sample without replacement, in their order."""
    lines: tuple[int, ...] = field(repr=False)
    """Line of each of them."""
    hashes: Mapping[str, NDArray[np.uint64]] = field(repr=False)
    """Column -> a number for each row of the table, 0 where its cell is empty."""

    @property
    def sampled(self) -> bool:
        """Whether some rows were not kept."""
        return len(self.rows) < self.count


def hash_of(value: Any) -> int:
    """The number of what a cell says: 64 bits of BLAKE2; 0 for an empty cell."""
    folded = fold_name(value)
    if not folded or kind_of(value) is Kind.EMPTY:
        return _EMPTY
    return int.from_bytes(blake2b(folded.encode("utf-8", "replace"), digest_size=_SEED_BYTES).digest(), "little") or 1


def scan(
    table: Table,
    *,
    keep: int = KEPT,
    wanted: tuple[str, ...] = (),
    seed: int = 0,
    tell: Callable[[int], None] | None = None,
) -> Scan:
    """Read a table once.

    Args:
        table: the table.
        keep: rows to keep at most.
        wanted: columns to number in any case.
        seed: of the sample.
        tell: called with the number of rows read so far, now and then.

    Raises:
        InputError: it has no rows, or is damaged (with the line).
    """
    sample = _Reservoir(keep, seed)
    numbered: dict[str, array[int]] = {}
    names: dict[str, None] = dict.fromkeys(table.columns)
    first: list[dict[str, Any]] = []
    count = 0
    for row in table.read():
        count += 1
        values = row.values
        for name, value in values.items():
            if isinstance(value, str) and len(value) > LONGEST:
                values[name] = clip(value)
        if len(values) > len(names) or any(name not in names for name in values):
            names.update(dict.fromkeys(values))
        if count <= FIRST_LOOK:
            first.append(values)
            if count == FIRST_LOOK:
                numbered = _number(first, names, wanted)
                first = []
        else:
            for name, hashes in numbered.items():
                hashes.append(hash_of(values.get(name)))
        sample.offer(values, row.line)
        if tell is not None and count % 5000 == 0:
            tell(count)
    if not count:
        raise InputError("the table has no rows", place=table.place)
    if count < FIRST_LOOK:
        numbered = _number(first, names, wanted)
    kept = sample.in_order()
    return Scan(
        table=table,
        columns=tuple(names),
        count=count,
        rows=tuple(values for _, _, values in kept),
        lines=tuple(line for _, line, _ in kept),
        hashes={name: np.frombuffer(hashes, dtype=np.uint64) for name, hashes in numbered.items()},
    )


def _number(rows: list[dict[str, Any]], names: Mapping[str, None], wanted: tuple[str, ...]) -> dict[str, array[int]]:
    """Hashes of the first rows, for the columns that could name rows or be asked for in reverse."""
    chosen = [name for name in names if name in wanted]
    for name in names:
        if len(chosen) < _MOST_NUMBERED and name not in chosen and _could_name([row.get(name) for row in rows]):
            chosen.append(name)
    return {name: array("Q", [hash_of(row.get(name)) for row in rows]) for name in chosen}


def _could_name(values: list[Any]) -> bool:
    kinds = [kind_of(value) for value in values[:2000]]
    short = sum(kind in (Kind.TEXT, Kind.CODE) for kind in kinds)
    filled = sum(kind is not Kind.EMPTY for kind in kinds)
    return filled > 0 and short >= 0.5 * filled


class _Reservoir:
    """A uniform sample of a stream whose length nobody knows (Vitter's algorithm R)."""

    def __init__(self, size: int, seed: int) -> None:
        self._size = size
        self._random = random.Random(f"rows {seed}")  # noqa: S311 - a sample by seed, not a secret
        self._kept: list[tuple[int, int, dict[str, Any]]] = []
        self._seen = 0

    def offer(self, values: dict[str, Any], line: int) -> None:
        """Take the next row, or not."""
        number, self._seen = self._seen, self._seen + 1
        if len(self._kept) < self._size:
            self._kept.append((number, line, values))
            return
        place = self._random.randrange(self._seen)
        if place < self._size:
            self._kept[place] = (number, line, values)

    def in_order(self) -> list[tuple[int, int, dict[str, Any]]]:
        """(number in the table, line, cells) of what was kept, in the order of the table."""
        return sorted(self._kept, key=lambda one: one[0])
