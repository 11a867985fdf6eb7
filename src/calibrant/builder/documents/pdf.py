"""PDF: text by pypdfium2 (the engine of Chromium); lines are joined to paragraphs, large print is a heading."""

from __future__ import annotations

import re
from collections import Counter
from statistics import median
from typing import Any, NamedTuple

from calibrant.builder.documents.document import Document, Inline, Text
from calibrant.builder.documents.encoding import Unreadable

__all__ = ["read_pdf"]

_HEADING_RATIO = 1.15
"""A line is a heading where its print is so much larger than the median of the document."""
_FEW_PAGES = 3
_PER_PAGE = 8
"""Characters a page below which pages are taken for pictures of text."""


class _Line(NamedTuple):
    text: str
    size: float
    """Of its first character, in points."""


def read_pdf(content: bytes, path: str) -> Document:
    """A PDF as a document. Lines that stand at the top or the foot of most pages are left out.

    Raises:
        Unreadable: it is encrypted, broken, or holds no text.
    """
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Unreadable("is encrypted; save it without a password") from None
        raise Unreadable("is no PDF that can be read") from None
    try:
        pages = [_lines(pdf, number) for number in range(len(pdf))]
        title = (pdf.get_metadata_dict().get("Title") or "").strip() or None
    finally:
        pdf.close()
    if sum(len(line.text) for page in pages for line in page) < _PER_PAGE * max(1, len(pages)):
        raise Unreadable("holds no text: scanned pages need text recognition (OCR) first")
    return _document(_without_margins(pages), path, title)


def _lines(pdf: Any, number: int) -> list[_Line]:
    from pypdfium2 import raw

    page = pdf[number]
    try:
        text_page = page.get_textpage()
        found, place = [], 0
        for line in text_page.get_text_range().split("\n"):
            words = line.rstrip("\r")
            if words.strip():
                lead = len(words) - len(words.lstrip())
                found.append(_Line(words.strip(), float(raw.FPDFText_GetFontSize(text_page, place + lead))))
            place += len(line) + 1
        text_page.close()
        return found
    finally:
        page.close()


def _without_margins(pages: list[list[_Line]]) -> list[list[_Line]]:
    """The pages without what is printed at the top or the foot of more than half of them, page numbers aside."""
    if len(pages) < _FEW_PAGES:
        return pages
    seen = Counter(key for page in pages if page for key in {_key(page[0]), _key(page[-1])})
    margin = {key for key, count in seen.items() if count > len(pages) / 2}
    kept = []
    for page in pages:
        first = 1 if page and _key(page[0]) in margin else 0
        last = len(page) - (1 if len(page) > first and _key(page[-1]) in margin else 0)
        kept.append(page[first:last])
    return kept


def _key(line: _Line) -> str:
    return re.sub(r"\d+", "#", line.text)


def _document(pages: list[list[_Line]], path: str, title: str | None) -> Document:
    lines = [line for page in pages for line in page]
    body = median(line.size for line in lines for _ in range(max(1, len(line.text) // 20)))
    sizes = sorted({round(line.size) for line in lines if line.size >= body * _HEADING_RATIO}, reverse=True)
    full = sorted(len(line.text) for line in lines)[int(0.9 * (len(lines) - 1))]
    text, words = Text(), Inline()
    for line in lines:
        if round(line.size) in sizes and line.size >= body * _HEADING_RATIO:
            text.block(words)
            words = Inline()
            text.heading(line.text, sizes.index(round(line.size)) + 1)
            continue
        _join(words, line.text)
        if len(line.text) < 0.8 * full and line.text.endswith((".", "!", "?", ":", '."', ".)")):
            text.block(words)
            words = Inline()
    text.block(words)
    return text.document(path, title)


def _join(words: Inline, line: str) -> None:
    """Append a line; a word that was hyphenated at the end of the one before becomes whole again."""
    if words.text.endswith(("\ufffe", "\u00ad", "\x02")):
        words.text = words.text[:-1]
    elif words.text:
        words.add(" ")
    words.add(line)
