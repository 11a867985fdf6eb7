"""What a file becomes when it is read: one plain text, and where in it its headings, paragraphs and code words stand.

Every offset counts characters of :attr:`Document.text`, and ``text[start:end]`` is what it points at.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace

__all__ = ["ENTRY", "Block", "Document", "Heading", "Inline", "Text"]

ENTRY = "entry"
"""Kind of a heading that is a name of a plain definition list."""
BETWEEN = "\n\n"
"""What stands between two blocks of a document's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A title, or a term that is defined."""

    title: str
    level: int
    """1 is the document's own title; a term stands one below the heading that it is under."""
    start: int
    """Offset of the title, from which its section begins."""
    term: str | None = None
    """What is defined here, by its full name, as ``json.dumps``; None = a heading like any other."""
    kind: str | None = None
    """Of a term: ``function``, ``class``, ``option``, ``glossary`` and the like, where the document says so."""
    end: int | None = None
    """Of a term: offset at which its description ends. None = at the next heading of its level or above."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, an entry of a list, a table or a piece of code."""

    start: int
    end: int
    kind: str = "text"
    """``text``, ``item`` (of a list), ``code``, ``table`` (a row), ``head`` (of a table) or ``heading``.

    Sentences are read from the first two.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as text."""

    path: str
    """Name below the folder that was given, with ``/`` between folders."""
    text: str
    title: str | None = None
    headings: tuple[Heading, ...] = ()
    blocks: tuple[Block, ...] = ()
    literals: tuple[tuple[int, int], ...] = ()
    """Spans that the document marks as code or as a name to be typed."""

    def headings_at(self, place: int) -> tuple[Heading, ...]:
        """The headings under which a place stands, the outermost first."""
        place_of = bisect_right(self.headings, place, key=lambda heading: heading.start)
        above: list[Heading] = []
        level = 10**6
        for heading in reversed(self.headings[:place_of]):
            if heading.level < level and (heading.end is None or heading.end > place):
                above.append(heading)
                level = heading.level
            if level <= 1:
                break
        return tuple(reversed(above))


@dataclass(slots=True)
class Inline:
    """The words of one block: text with single spaces, and which stretches of it are literal."""

    text: str = ""
    literals: list[tuple[int, int]] = field(default_factory=list)

    def add(self, words: str, *, literal: bool = False) -> None:
        """Append words; white space of any kind and length becomes one space."""
        spaced = re.sub(r"\s+", " ", words)
        if not self.text or self.text.endswith((" ", "\n")):
            spaced = spaced.lstrip(" ")
        start = len(self.text)
        self.text += spaced
        inner = spaced.strip()
        if literal and inner:
            begin = start + spaced.index(inner)
            self.literals.append((begin, begin + len(inner)))

    def clear(self) -> None:
        """Begin anew."""
        self.text, self.literals = "", []


@dataclass(slots=True)
class Text:
    """A document's text while it is put together."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    headings: list[Heading] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    literals: list[tuple[int, int]] = field(default_factory=list)

    def block(self, inline: Inline | str, kind: str = "text") -> int | None:
        """Append a block; returns where it starts, None where there is nothing in it."""
        if isinstance(inline, str):
            inline = Inline(inline)
        words = inline.text.rstrip() if kind == "code" else inline.text.strip()
        if not words.strip():
            return None
        lead = len(inline.text) - len(inline.text.lstrip()) if kind != "code" else 0
        if self.parts:
            self.parts.append(BETWEEN)
            self.length += len(BETWEEN)
        start = self.length
        self.parts.append(words)
        self.length += len(words)
        self.blocks.append(Block(start, self.length, kind))
        self.literals += [(start + begin - lead, start + end - lead) for begin, end in inline.literals]
        return start

    def heading(self, inline: Inline | str, level: int, *, term: str | None = None, kind: str | None = None) -> None:
        """Append a heading or a term."""
        start = self.block(inline, "heading")
        if start is not None:
            self.headings.append(Heading(title=self.parts[-1], level=level, start=start, term=term, kind=kind))

    def close(self, level: int) -> None:
        """End the descriptions of terms of this level and below."""
        place = len(self.headings)
        while place and self.headings[place - 1].level >= level:
            place -= 1
            if _is_term(self.headings[place]) and self.headings[place].end is None:
                self.headings[place] = replace(self.headings[place], end=self.length)

    def under(self, depth: int = 0) -> int:
        """The level for a term that stands so many terms deep under the heading before it."""
        above = next((one.level for one in reversed(self.headings) if not _is_term(one)), 0)
        return above + 1 + depth

    def document(self, path: str, title: str | None = None) -> Document:
        """What was put together."""
        first = next((one.title for one in self.headings if one.level == 1), None)
        return Document(
            path=path,
            text="".join(self.parts),
            title=title or first,
            headings=tuple(self.headings),
            blocks=tuple(self.blocks),
            literals=tuple(self.literals),
        )


def _is_term(heading: Heading) -> bool:
    return heading.term is not None or heading.kind == ENTRY
