"""The source beside a quote: some of the document's text around it, where the document can be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from calibrant.labels.items import AuditItem

__all__ = ["Excerpt", "ReadText", "excerpt"]

ReadText = Callable[[str], str | None]
"""Name of a document -> its text as offsets count it; None where it cannot be read."""

_AROUND = 700


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A piece of a document with the quote in its middle."""

    before: str
    quote: str
    after: str
    cut_before: bool
    """Whether the document goes on before."""
    cut_after: bool


def excerpt(item: AuditItem, read: ReadText) -> Excerpt | None:
    """The quote of an item with what stands around it; None where the document or the quote is not found.

    The offsets are believed only where the quote stands there, spaces aside; else the quote is searched.
    """
    if item.document is None or not item.quote:
        return None
    text = read(item.document)
    if text is None:
        return None
    place = _place(text, item)
    if place is None:
        return None
    start, end = place
    return Excerpt(
        before=text[max(0, start - _AROUND) : start],
        quote=text[start:end],
        after=text[end : end + _AROUND],
        cut_before=start > _AROUND,
        cut_after=end + _AROUND < len(text),
    )


def _place(text: str, item: AuditItem) -> tuple[int, int] | None:
    quote = item.quote or ""
    if item.start is not None and item.end is not None:
        told = text[item.start : item.end]
        if told.split() == quote.split():
            return item.start, item.end
    at = text.find(quote)
    return (at, at + len(quote)) if at >= 0 else None
