"""Plain text: paragraphs between blank lines; a short underlined or numbered line is a heading."""

from __future__ import annotations

import re

from calibrant.builder.documents.document import Document, Inline, Text
from calibrant.builder.documents.encoding import decode

__all__ = ["read_plain"]

_UNDERLINE = re.compile(r"^([=\-~^*#])\1{2,}\s*$")
_NUMBERED = re.compile(r"^\s*\d+(?:\.\d+)*\.?\s+[^\W\d_][^.!?:]{0,80}$")
_ITEM = re.compile(r"^\s*(?:[-*\u2022]|\d+[.)])\s+")


def read_plain(content: bytes, path: str) -> Document:
    """A text file as a document."""
    text = Text()
    level_of: dict[str, int] = {}
    for paragraph in re.split(r"\n[ \t]*\n+", decode(content).replace("\r\n", "\n").replace("\r", "\n").strip("\n")):
        lines = [line for line in paragraph.split("\n") if line.strip()]
        while len(lines) > 1 and _UNDERLINE.match(lines[1]) and len(lines[0].strip()) <= len(lines[1].strip()) + 3:
            text.heading(_words(lines[:1]), level_of.setdefault(lines[1].strip()[0], len(level_of) + 1))
            lines = lines[2:]
        if len(lines) == 1 and _NUMBERED.match(lines[0]):
            text.heading(_words(lines), lines[0].split()[0].strip(".").count(".") + 1)
        elif lines:
            _paragraph(lines, text)
    return text.document(path)


def _paragraph(lines: list[str], text: Text) -> None:
    group: list[str] = []
    is_item = False
    for line in lines:
        if _ITEM.match(line) and (is_item or not group):
            text.block(_words(group), "item" if is_item else "text")
            group, is_item = [_ITEM.sub("", line)], True
        else:
            group.append(line)
    text.block(_words(group), "item" if is_item else "text")


def _words(lines: list[str]) -> Inline:
    inline = Inline()
    inline.add(" ".join(lines))
    return inline
