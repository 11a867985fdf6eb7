"""Spreadsheets by calamine: the values as last computed, merged cells as they are seen."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from calibrant.builder.tables.source import Table
from calibrant.errors import InputError
from calibrant.questions.readers import Row

__all__ = ["open_spreadsheet"]

_CHUNK = 1 << 20


def open_spreadsheet(path: Path, *, sheet: str | None = None) -> Table:
    """Open one sheet of a workbook; its first row that is not empty names the columns.

    A value that is merged over several rows counts for each of them. One that is merged over several columns belongs
    to no single column, and is left out.

    Raises:
        InputError: no workbook, damaged or protected by a password; no such sheet, or several and none is named; no
            rows; a column without a name above its values, or the same name twice.
    """
    import python_calamine

    if not path.is_file():
        raise InputError("there is no such file", place=str(path))
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        name = _sheet(book.sheet_names, sheet, path)
        opened = book.get_sheet_by_name(name)
        grid: list[list[Any]] = opened.to_python(skip_empty_area=False)
        merged = opened.merged_cell_ranges or []
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InputError(
            f"the workbook cannot be read: {error}", place=str(path), remedy="Save it again, without a password"
        ) from error
    notes = _fill(grid, merged)
    if _formulas(path):
        notes.append("the workbook holds formulas: their values are those of its last saving")
    place = f"{path}#{name}"
    top = next((number for number, row in enumerate(grid) if any(cell != "" for cell in row)), None)
    if top is None or top + 1 >= len(grid):
        raise InputError("the sheet has no rows", place=place)
    left = next(number for number, cell in enumerate(grid[top]) if cell != "")
    columns = _header(grid[top][left:], grid[top + 1 :], left, place)

    def rows() -> Iterator[Row]:
        for number, cells in enumerate(grid[top + 1 :], start=top + 2):
            values = {
                column: _plain(cell) for column, cell in zip(columns, cells[left:], strict=False) if column is not None
            }
            if any(value is not None for value in values.values()):
                yield Row(number, values)

    named = path.stem if len(book.sheet_names) == 1 else name
    return Table(
        name=named,
        place=place,
        columns=tuple(column for column in columns if column is not None),
        read=rows,
        notes=tuple(notes),
    )


def _sheet(names: list[str], wanted: str | None, path: Path) -> str:
    if wanted is None:
        if len(names) == 1:
            return names[0]
        raise InputError(
            f"the workbook has {len(names)} sheets",
            place=str(path),
            remedy=f"Name one with --sheet: {', '.join(names)}",
        )
    if wanted not in names:
        raise InputError(f"there is no sheet {wanted!r}", place=str(path), remedy=f"There are {', '.join(names)}")
    return wanted


def _fill(grid: list[list[Any]], merged: list[Any]) -> list[str]:
    """Write merged values where they are seen; returns what was done."""
    down = across = 0
    for (top, left), (bottom, right) in merged:
        if top >= len(grid) or left >= len(grid[top]):
            continue
        if left != right:
            across += 1
            if top:  # a title above the table is none of its cells
                for row in grid[top : bottom + 1]:
                    row[left : right + 1] = [""] * len(row[left : right + 1])
            continue
        down += 1
        for row in grid[top + 1 : bottom + 1]:
            row[left] = grid[top][left]
    notes = []
    if down:
        notes.append(f"{down} values merged over several rows count for each of them")
    if across:
        notes.append(f"{across} values merged over several columns were left out")
    return notes


def _header(cells: list[Any], below: list[list[Any]], left: int, place: str) -> list[str | None]:
    names: list[str | None] = []
    for number, cell in enumerate(cells):
        plain = _plain(cell)
        name = None if plain is None else str(plain).strip()
        if not name:
            if any(number + left < len(row) and row[number + left] != "" for row in below):
                raise InputError(
                    f"column {number + left + 1} has values and no name",
                    place=place,
                    remedy="Write the columns' names into the first row, one cell each (not merged)",
                )
            name = None
        elif name in names:
            raise InputError(f"column {name!r} appears twice", place=place, remedy="Rename or drop one of them")
        names.append(name)
    return names


def _plain(cell: Any) -> Any:
    """A cell as rows hold it: dates as ISO text, nothing as None."""
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(sep=" ")
    if isinstance(cell, (datetime.date, datetime.time)):
        return cell.isoformat()
    if isinstance(cell, datetime.timedelta):
        return str(cell)
    return cell


def _formulas(path: Path) -> bool:
    """Whether any sheet of an xlsx holds a formula."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as book:
        for member in book.namelist():
            if not (member.startswith("xl/worksheets/") and member.endswith(".xml")):
                continue
            with book.open(member) as stream:
                before = b""
                while piece := stream.read(_CHUNK):
                    if b"<f>" in before + piece or b"<f " in before + piece:
                        return True
                    before = piece[-3:]
    return False
