"""Tables of any format in the wild, read one row at a time in constant memory.

``read_rows`` looks at the file at once (so a missing file, an unknown ending or a broken header raises where it is
called) and reads the rows when iterated. It knows nothing of questions; result tables are read with it too.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from calibrant.errors import InputError
from calibrant.questions.readers.columnar import ParquetTable
from calibrant.questions.readers.delimited import DelimitedTable
from calibrant.questions.readers.objects import json_lines, json_rows
from calibrant.questions.readers.rows import Repairs, Row
from calibrant.questions.readers.text import TextFile, open_bytes

__all__ = ["ENDINGS", "Repairs", "Row", "RowReader", "read_rows"]

ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet")
"""Formats, by the end of the file's name; each may be followed by ``.gz``."""


class RowReader:
    """The rows of one file; can be iterated any number of times, each time from the start.

    Attributes:
        path: the file.
        columns: column names in order; for JSON those of the rows read so far, so they are complete after iteration.
        repairs: unstorable characters replaced in the iteration that is under way or was the last.
    """

    def __init__(self, path: Path, table: DelimitedTable | ParquetTable | TextFile, *, limit: int | None) -> None:
        self.path = path
        self.repairs = Repairs()
        self._table = table
        self._limit = limit
        self._seen: dict[str, None] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names in order; for JSON those of the rows read so far."""
        return tuple(self._seen) if isinstance(self._table, TextFile) else self._table.columns

    @property
    def name(self) -> str:
        """What to call the file in messages."""
        return str(self.path)

    @property
    def warnings(self) -> tuple[str, ...]:
        """None: a file says no more than its rows do."""
        return ()

    @property
    def typed(self) -> bool:
        """Whether cells have types (JSON, parquet), so that a list is a list and not its text."""
        return not isinstance(self._table, DelimitedTable)

    def place(self, row: Row) -> str:
        """``file:line`` of a row."""
        return f"{self.path}:{row.line}"

    def __iter__(self) -> Iterator[Row]:
        """Rows in file order.

        Raises:
            InputError: the file is damaged (file and line are named), or holds no row at all.
        """
        self.repairs = Repairs()
        empty = True
        for row in islice(self._rows(), self._limit):
            empty = False
            yield row
        if empty:
            raise InputError("the file has no rows", place=str(self.path), remedy="Add at least one record")

    def _rows(self) -> Iterator[Row]:
        if not isinstance(self._table, TextFile):
            yield from self._table.rows(self.repairs)
            return
        read = json_rows if _ending(self.path) == ".json" else json_lines
        seen = self._seen
        for row in read(self._table, self.repairs):
            for name in row.values:
                if name not in seen:
                    seen[name] = None
            yield row


def read_rows(path: str | Path, *, encoding: str | None = None, limit: int | None = None) -> RowReader:
    """Open a table whose format its name tells: csv, tsv, json, jsonl, ndjson, parquet, each plain or ``.gz``.

    Args:
        path: the file.
        encoding: of a text file without a byte order mark; default UTF-8.
        limit: read at most so many rows.

    Returns:
        A reader to iterate over.

    Raises:
        InputError: missing, a folder, unknown ending, empty, wrongly compressed, unknown encoding, broken header.
        ValueError: ``limit`` is below 1.
    """
    if limit is not None and limit < 1:
        raise ValueError(f"limit must be at least 1, not {limit}")
    path = Path(path)
    compressed = path.suffix.lower() == ".gz"
    ending = _ending(path)
    with open_bytes(path, compressed=False):
        pass  # that it is missing or a folder matters more than its name
    if ending not in ENDINGS:
        raise InputError(
            f"unknown kind of file {ending!r}" if ending else "the name has no ending that tells the kind of file",
            place=str(path),
            remedy=f"Known are {', '.join(ENDINGS)}, each also with .gz",
        )
    if ending == ".parquet":
        return RowReader(path, ParquetTable.at(path, compressed=compressed), limit=limit)
    file = TextFile.at(path, compressed=compressed, encoding=encoding)
    if ending in (".csv", ".tsv"):
        table = DelimitedTable.at(file, delimiter="\t" if ending == ".tsv" else ",")
        return RowReader(path, table, limit=limit)
    return RowReader(path, file, limit=limit)


def _ending(path: Path) -> str:
    plain = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return plain.suffix.lower()
