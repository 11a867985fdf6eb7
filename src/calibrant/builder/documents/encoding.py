"""Bytes of a text file -> text, whatever encoding it is in."""

from __future__ import annotations

import codecs
import re

__all__ = ["Unreadable", "decode"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w.:-]{2,40})""", re.IGNORECASE)
_LEAST_MIXED = 0.2
"""Share of the lines beyond ASCII that are UTF-8 from which a text that is not UTF-8 as a whole is of two encodings.

A line of Latin-1 is hardly ever UTF-8 by chance; a line of one sign in GB 18030 is in one of ten.
"""
_LOOKED_AT = 200_000
"""Bytes at the start from which an encoding is guessed."""


class Unreadable(Exception):  # noqa: N818 - it is the state of a document
    """A document that cannot be used; its text is the reason, in a few words, as it is shown."""


def decode(content: bytes) -> str:
    r"""The text of a file: by its byte order mark, else UTF-8, else what its HTML declares, else a guess from its bytes.

    Raises:
        Unreadable: the bytes are no text.

    >>> decode("Jena liegt an der Saale, südlich von Naumburg; die Brücke ist größer.".encode("latin-1"))
    'Jena liegt an der Saale, südlich von Naumburg; die Brücke ist größer.'
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decoded(content, encoding) or ""
    text = _decoded(content, "utf-8")
    if text is not None:
        if "\x00" in text:
            raise Unreadable("is binary, not text")
        return text
    if _is_mixed(content):
        raise Unreadable("mixes UTF-8 with another encoding; save it as UTF-8 throughout")
    declared = _DECLARED.search(content[:4096])
    if declared is not None:
        text = _decoded(content, declared[1].decode("ascii"))
        if text is not None:
            return text
    return _guessed(content)


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _is_mixed(content: bytes) -> bool:
    lines = [line for line in content.splitlines() if not line.isascii()]
    valid = sum(_decoded(line, "utf-8") is not None for line in lines)
    return 0 < valid >= _LEAST_MIXED * len(lines)


def _guessed(content: bytes) -> str:
    from charset_normalizer import from_bytes

    if b"\x00" in content[:_LOOKED_AT]:
        raise Unreadable("is binary, not text")
    best = from_bytes(content[:_LOOKED_AT]).best()
    text = None if best is None else _decoded(content, best.encoding)
    if text is None:
        raise Unreadable("is in no encoding that can be told; save it as UTF-8")
    return text
