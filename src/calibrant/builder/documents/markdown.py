"""Markdown: headings, paragraphs, lists, code and tables by markdown-it-py; markup is left out of the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from calibrant.builder.documents.document import Document, Inline, Text
from calibrant.builder.documents.encoding import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

__all__ = ["read_markdown"]

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"^title\s*:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE | re.IGNORECASE)


def read_markdown(content: bytes, path: str) -> Document:
    """A markdown file as a document."""
    from markdown_it import MarkdownIt

    source = decode(content).replace("\r\n", "\n")
    front = _FRONT_MATTER.match(source)
    title = None
    if front is not None:
        named = _TITLE.search(front[1])
        title = named[1] if named else None
        source = source[front.end() :]
    text = Text()
    _blocks(MarkdownIt("commonmark", {"html": True}).enable("table").parse(source), text)
    return text.document(path, title)


def _blocks(tokens: Sequence[Token], text: Text) -> None:
    level, in_item, row = 0, 0, Inline()
    in_table = in_head = False
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type in ("list_item_open", "list_item_close"):
            in_item += 1 if token.nesting > 0 else -1
        elif token.type in ("table_open", "table_close"):
            in_table = token.nesting > 0
        elif token.type in ("thead_open", "thead_close"):
            in_head = token.nesting > 0
        elif token.type == "tr_close":
            text.block(row, "head" if in_head else "table")
            row = Inline()
        elif token.type == "inline" and in_table:
            row.text += (" | " if row.text else "") + _inline(token).text
        elif token.type == "inline" and level:
            words = _inline(token)
            bare = words.text.strip()
            is_term = len(words.literals) == 1 and words.literals[0] == (0, len(bare))
            text.heading(words, level, term=bare if is_term else None, kind="option" if is_term else None)
            level = 0
        elif token.type == "inline":
            text.block(_inline(token), "item" if in_item else "text")
        elif token.type in ("fence", "code_block"):
            text.block(token.content.strip("\n"), "code")


def _inline(token: Token) -> Inline:
    inline = Inline()
    for child in token.children or ():
        if child.type == "code_inline":
            inline.add(child.content, literal=True)
        elif child.type in ("softbreak", "hardbreak"):
            inline.add(" ")
        elif child.type == "text" or child.type == "image":
            inline.add(child.content)
    return inline
