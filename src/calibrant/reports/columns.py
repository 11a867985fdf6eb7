"""Tables that fit the terminal: what there is no room for is left out whole, and no number is ever cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from calibrant.reports.cells import Cell

__all__ = ["Column", "fitted"]

_BETWEEN = 2
_THIN = "~"


@dataclass(frozen=True, slots=True)
class Column:
    """A column and what it gives up where the table is too wide."""

    header: str
    cells: Sequence[Cell]
    words: bool = False
    """Set to the left; numbers are set to the right."""
    brief_at: int = 0
    """When its intervals go: smaller numbers before greater ones; 0 = never."""
    drop_at: int = 0
    """When it goes altogether, likewise."""

    def texts(self, *, brief: bool) -> list[Text]:
        """Its cells; values, intervals and marks each stand below each other."""
        intervals = ["" if brief else cell.interval for cell in self.cells]
        marked = any(cell.thin for cell in self.cells)
        value = max((cell_len(cell.text) for cell in self.cells), default=0)
        width = max(map(len, intervals), default=0)
        found = []
        for cell, interval in zip(self.cells, intervals, strict=True):
            text = Text(cell.text if self.words else " " * (value - cell_len(cell.text)) + cell.text)
            if width:
                text.append(f" {interval:>{width}}", style="dim")
            if marked:
                text.append(_THIN if cell.thin else " ", style="yellow")
            found.append(text)
        return found


def fitted(columns: Sequence[Column], width: int) -> Table:
    """A table of these columns that is at most so wide, as far as they give something up."""
    steps = sorted(
        [(column.brief_at, at, False) for at, column in enumerate(columns) if column.brief_at]
        + [(column.drop_at, at, True) for at, column in enumerate(columns) if column.drop_at]
    )
    texts = {at: column.texts(brief=False) for at, column in enumerate(columns)}
    for _, at, drop in steps:
        if _width(columns, texts) <= width:
            break
        if drop:
            texts.pop(at, None)
        elif at in texts:
            texts[at] = columns[at].texts(brief=True)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for at in texts:
        table.add_column(columns[at].header, justify="left" if columns[at].words else "right", no_wrap=True)
    for row in zip(*texts.values(), strict=True):
        table.add_row(*row)
    return table


def _width(columns: Sequence[Column], texts: dict[int, list[Text]]) -> int:
    widths = [
        max([cell_len(line) for line in columns[at].header.splitlines()] + [text.cell_len for text in cells])
        for at, cells in texts.items()
    ]
    return sum(widths) + _BETWEEN * (len(widths) - 1)
