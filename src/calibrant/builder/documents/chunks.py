"""Pieces of a document, cut where its structure cuts: at headings, then between paragraphs, then between sentences."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from calibrant.builder.documents.document import Block, Document
from calibrant.errors import InputError

__all__ = ["DEFAULT_SIZE", "Chunk", "blocks_within", "chunk"]

DEFAULT_SIZE = 2000
"""Most characters of a chunk."""
_SMALLEST = 200
_SMALL_SHARE = 4
"""A section of less than the size divided by this goes together with its neighbour under the same heading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of a document; ``document.text[start:end]`` is its text."""

    document: str
    """Path of the document."""
    number: int
    """Its place among the document's pieces, from 1."""
    start: int
    end: int
    text: str
    headings: tuple[str, ...] = ()
    """Under which it stands, the outermost first."""

    @property
    def name(self) -> str:
        """What it is called in the set."""
        return f"{self.document}#{self.number}"


def chunk(document: Document, size: int = DEFAULT_SIZE) -> list[Chunk]:
    """Cut a document.

    Args:
        document: what to cut.
        size: most characters of a piece.

    Raises:
        InputError: the size is below 200.
    """
    if size < _SMALLEST:
        raise InputError(f"a chunk of {size} characters holds hardly a sentence", remedy=f"Take {_SMALLEST} or more.")
    spans: list[tuple[int, int]] = []
    for start, end in _sections(document):
        parts = _packed(document, start, end, size)
        if spans and len(parts) == 1 and _go_together(document, spans[-1], parts[0], size):
            parts[0] = (spans.pop()[0], parts[0][1])
        spans += parts
    return [
        Chunk(
            document=document.path,
            number=number,
            start=start,
            end=end,
            text=document.text[start:end],
            headings=tuple(one.title for one in document.headings_at(start)),
        )
        for number, (start, end) in enumerate(spans, start=1)
    ]


def _sections(document: Document) -> Iterator[tuple[int, int]]:
    """From each heading to the next one."""
    places = sorted({0, *(heading.start for heading in document.headings), len(document.text)})
    yield from pairwise(places)


def _go_together(document: Document, before: tuple[int, int], part: tuple[int, int], size: int) -> bool:
    """Whether a piece and the one before are small neighbours: sections side by side, or one below the other."""
    least = size / _SMALL_SHARE
    if min(before[1] - before[0], part[1] - part[0]) >= least or part[1] - before[0] > size:
        return False
    first, second = (document.headings_at(place) for place in (before[0], part[0]))
    return first[:1] == second[:1] and (len(first) > 1 or len(second) > 1 or first == second)


def _packed(document: Document, start: int, end: int, size: int) -> list[tuple[int, int]]:
    """Blocks of one section, as many to a piece as fit."""
    found: list[tuple[int, int]] = []
    for block in blocks_within(document, start, end):
        for begin, stop in _pieces(document.text, block, size):
            if found and stop - found[-1][0] <= size:
                found[-1] = (found[-1][0], stop)
            else:
                found.append((begin, stop))
    return found


def _pieces(text: str, block: Block, size: int) -> Iterator[tuple[int, int]]:
    """A block whole; or, where it is too long, cut after sentences, lines or words."""
    begin = block.start
    while block.end - begin > size:
        cut = max(text.rfind(mark, begin + size // 2, begin + size) + 1 for mark in (". ", "? ", "! "))
        cut = cut or max(text.rfind(mark, begin + size // 2, begin + size) + 1 for mark in ("\n", " ")) or begin + size
        yield begin, cut
        begin = cut
        while begin < block.end and text[begin].isspace():
            begin += 1
    if begin < block.end:
        yield begin, block.end


def blocks_within(document: Document, start: int, end: int) -> Iterator[Block]:
    """The blocks that begin between two offsets."""
    place = bisect_left(document.blocks, start, key=lambda block: block.start)
    while place < len(document.blocks) and document.blocks[place].start < end:
        yield document.blocks[place]
        place += 1
