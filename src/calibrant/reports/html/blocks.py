"""What sections are made of: paragraphs, tables, pictures, folds. The templates draw each of them in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from markupsafe import Markup

__all__ = ["Block", "Cell", "Figure", "Fold", "Grid", "Key", "Prose", "Section", "Table", "Text", "Words"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A paragraph of (kind, text) parts: ``text``, ``model`` or ``number``."""

    parts: Sequence[tuple[str, str]]
    kind: str = ""
    """A class of the paragraph, such as ``caution``."""

    block: str = "words"


def Prose(text: str, kind: str = "") -> Words:  # noqa: N802 - reads as the block it makes
    """A paragraph of plain text."""
    return Words(parts=(("text", text),), kind=kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table; a number says where in the report's JSON it stands."""

    text: str
    raw: float | int | None = None
    path: str | None = None
    """Keys and places in ``Report.to_dict()``, joined by slashes."""
    span: str = ""
    """Its interval."""
    thin: bool = False
    """Rests on little."""
    picture: Markup | None = None
    """A whisker; it says nothing that the text does not."""
    shade: str = ""
    """A class for the ground of a heat table."""
    words: bool = False
    """Set to the left."""
    key: Key | None = None
    """The mark by which pictures show this model."""

    def at(self, path: str) -> Cell:
        """The same cell, of a number that stands elsewhere in the report's JSON."""
        return replace(self, path=path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with a heading for every column, and for every row in its first column."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    csv: str = ""
    """Which of the report's CSV files holds these numbers."""
    note: str = ""
    kind: str = ""
    column_keys: Sequence[Key | None] = ()

    block: str = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """How pictures show a model: its number, colour and shape."""

    number: int
    name: str

    @property
    def style(self) -> int:
        """Of eight styles; beyond these all are grey, and told apart by their number."""
        return self.number - 1 if self.number <= 8 else 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture with everything it says in words and numbers beside it."""

    id: str
    title: str
    description: str
    svg: Markup
    keys: Sequence[Key] = ()
    table: Table | None = None
    file: str = ""
    """Name under which it is saved."""

    block: str = "figure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Small pictures of one kind side by side."""

    figures: Sequence[Figure]

    block: str = "grid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text shown as it is, such as a prompt."""

    title: str
    text: str

    block: str = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """Blocks behind a heading that opens them; open in print."""

    title: str
    blocks: Sequence[Block]
    open: bool = False

    block: str = "fold"


Block = Words | Table | Figure | Grid | Text | Fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the page with a heading of its own."""

    id: str
    title: str
    blocks: Sequence[Block] = field(default_factory=tuple)
    short: str = ""
    """What the contents call it; default: its title."""
    template: str = ""
    """A partial of its own, where blocks do not do."""
