"""A table, wherever it is: a file of any known format, a sheet, or a table or query of a database."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from calibrant.errors import InputError
from calibrant.questions.readers import ENDINGS, Row, read_rows

__all__ = ["SHEETS", "Table", "open_table"]

SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
"""Ends of names of spreadsheets."""
_FIRST_RECORDS = 1000
_URL = re.compile(r"^[a-z][a-z0-9+]*://", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table that can be read any number of times, one row at a time."""

    name: str
    """What questions call it: the file's or the table's name without its folder and ending."""
    place: str
    """Where it is, for messages; holds no secret."""
    columns: tuple[str, ...]
    """Names of columns, as far as known before the first row is read."""
    read: Callable[[], Iterator[Row]] = field(repr=False)
    """The rows from the start."""
    notes: tuple[str, ...] = ()
    """What the user should know about it, one line each."""
    found: Counter[str] = field(default_factory=Counter, repr=False, compare=False)
    """What the user should know of the last reading -> in how many cells it was so."""


def open_table(
    source: str, *, query: str | None = None, sheet: str | None = None, encoding: str | None = None
) -> Table:
    """Open a table.

    Args:
        source: a csv, tsv, json, jsonl or parquet file (plain or ``.gz``), a spreadsheet, or the URL of a SQLite or
            PostgreSQL database: ``sqlite:///cities.db#cities`` names the table, else ``query`` says what to read.
        query: SQL whose rows are the table; read-only.
        sheet: of a spreadsheet; default the only one.
        encoding: of a text file without a byte order mark.

    Raises:
        InputError: it cannot be opened, has no columns, or has the same column twice.
    """
    if _URL.match(source):
        from calibrant.builder.tables.database import open_database

        return open_database(source, query=query)
    if query is not None:
        raise InputError(
            "a query needs a database, and this is a file",
            place=source,
            remedy="Give a URL, such as sqlite:///cities.db",
        )
    path = Path(source)
    if path.suffix.lower() in SHEETS:
        from calibrant.builder.tables.spreadsheet import open_spreadsheet

        return open_spreadsheet(path, sheet=sheet)
    if not path.name.lower().removesuffix(".gz").endswith(ENDINGS) and path.is_file():
        known = ", ".join((*ENDINGS, *SHEETS))
        raise InputError("not a kind of table that is known", place=source, remedy=f"Known are {known}")
    reader = read_rows(path, encoding=encoding)

    columns = reader.columns
    if not columns:  # JSON names its columns in each record
        columns = tuple(dict.fromkeys(name for row in islice(reader, _FIRST_RECORDS) for name in row.values))

    found: Counter[str] = Counter()

    def rows() -> Iterator[Row]:
        found.clear()
        return iter(reader) if encoding is None else _of_one_encoding(reader, encoding, found)

    return Table(name=_stem(path), place=str(path), columns=columns, read=rows, found=found)


def _of_one_encoding(rows: Iterable[Row], encoding: str, found: Counter[str]) -> Iterator[Row]:
    """Rows whose cells were read in an encoding of single bytes, where some are UTF-8 all the same.

    Such files are joined from several. A text that is UTF-8 beyond ASCII is practically never one of another encoding.
    """
    for row in rows:
        for name, cell in row.values.items():
            if isinstance(cell, str) and not cell.isascii():
                try:
                    mended = cell.encode(encoding).decode("utf-8")
                except (UnicodeError, LookupError):
                    continue
                if mended != cell:
                    row.values[name] = mended
                    found[f"cells hold UTF-8 in a file read as {encoding}, and were read as UTF-8"] += 1
        yield row


def _stem(path: Path) -> str:
    plain = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return plain.stem
