"""CSV and TSV, record by record, with the line on which each record starts."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field

from calibrant.errors import InputError
from calibrant.questions.readers.rows import Repairs, Row
from calibrant.questions.readers.text import TextFile

__all__ = ["DelimitedTable"]

_LONGEST_FIELD = 1 << 28
"""Characters. The standard library's 131,072 is too short for a long answer; without any limit an unclosed quote
would read the rest of a large file into one cell."""

_QUOTING = 'Put the cell into double quotes and write a quote inside it twice ("")'


@dataclass(frozen=True)
class DelimitedTable:
    """A delimited file whose header has been read. Build it with :meth:`at`."""

    file: TextFile
    delimiter: str
    columns: tuple[str, ...]
    header_lines: int = field(repr=False)

    @classmethod
    def at(cls, file: TextFile, *, delimiter: str) -> DelimitedTable:
        """Read the header. A ``.csv`` whose header has no comma may be separated by semicolons or tabs.

        Raises:
            InputError: no header, or the same column twice.
        """
        lines = file.lines(Repairs())
        first = next((line for line in lines if line.strip()), None)
        lines.close()
        if first is None:
            raise InputError("the file is empty", place=str(file.path))
        if delimiter == "," and "," not in first:
            delimiter = next((other for other in ";\t" if other in first), ",")
        place = str(file.path)
        for line, cells, last in _records(file, delimiter, Repairs()):
            columns = tuple(cell.strip() or f"column_{number}" for number, cell in enumerate(cells, start=1))
            _refuse_repeats(columns, f"{place}:{line}")
            return cls(file, delimiter, columns, last)
        raise InputError("the file is empty", place=place)

    def rows(self, repairs: Repairs) -> Iterator[Row]:
        """Records after the header. Empty and missing cells are None; records without any content are skipped.

        Raises:
            InputError: a record has too many cells, a quote is not closed, or the text cannot be decoded.
        """
        columns, width = self.columns, len(self.columns)
        for line, cells, _ in _records(self.file, self.delimiter, repairs, skip_to=self.header_lines):
            if len(cells) > width:
                if any(cells[width:]):
                    raise InputError(
                        f"{len(cells)} cells where the header has {width}",
                        place=f"{self.file.path}:{line}",
                        remedy=_QUOTING,
                    )
                del cells[width:]
            if len(cells) < width:
                cells.extend([""] * (width - len(cells)))
            if any(cells):
                yield Row(line, dict(zip(columns, [cell or None for cell in cells], strict=True)))


def _records(
    file: TextFile, delimiter: str, repairs: Repairs, *, skip_to: int = 0
) -> Iterator[tuple[int, list[str], int]]:
    """(first line, cells, last line) of each record that is not a blank line and starts after line ``skip_to``."""
    reader = csv.reader(file.lines(repairs), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        # The limit belongs to the whole process, so it is raised for the length of one record only.
        limit = csv.field_size_limit(_LONGEST_FIELD)
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _explain(error, f"{file.path}:{line}") from error
        finally:
            csv.field_size_limit(limit)
        if cells is None:
            return
        if cells and line > skip_to:
            yield line, cells, reader.line_num


def _explain(error: csv.Error, place: str) -> InputError:
    text = str(error)
    if "unexpected end of data" in text or "field larger than" in text:
        return InputError("a quote opened here is never closed", place=place, remedy=_QUOTING)
    if "expected after" in text:
        return InputError("text after a closing quote", place=place, remedy=_QUOTING)
    return InputError(f"not valid CSV: {text}", place=place, remedy=_QUOTING)


def _refuse_repeats(columns: tuple[str, ...], place: str) -> None:
    seen: dict[str, int] = {}
    for number, name in enumerate(columns, start=1):
        if name in seen:
            raise InputError(
                f"column {name!r} appears twice: as column {seen[name]} and as column {number}",
                place=place,
                remedy="Rename or drop one of them",
            )
        seen[name] = number
