"""Signs in a text that something went wrong before it came here: leaked answers and broken encodings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["fold_text", "leaked_gold", "strange_characters"]

_NOT_WORD = re.compile(r"[\W_]+")
_WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Scripts that put no space between words: Japanese, Chinese, Thai, Lao, Burmese, Khmer."""
_TRIVIAL = frozenset({"yes", "no", "true", "false", "none", "both", "neither", "all", "ja", "nein", "oui", "non", "si"})
_SHORTEST = 3
"""Characters of the shortest gold whose presence says something: ``a`` and ``in`` are in most questions."""
_SHORTEST_NUMBER = 4
"""Digits likewise: a question with a 3 in it does not give away that the answer is 3; a year it does."""

_LOOKED_AT = 200_000
"""Characters at the start of a text in which broken ones are looked for."""
_REPLACEMENT_OR_MARK = re.compile("[\ufffd\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_FOLLOWS = "\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"
"""What the bytes 80-BF look like when they are read as cp1252 or Latin-1."""
_MISREAD = re.compile(
    rf"[\u00c2\u00c3][{_FOLLOWS}]|[\u00c4-\u00df][{_FOLLOWS}](?:[\u00c2-\u00df][{_FOLLOWS}])+"
    rf"|\u00e2[{_FOLLOWS}]{{2}}|(?:[\u00e0-\u00ef][{_FOLLOWS}]{{2}}){{2,}}|\u00f0[{_FOLLOWS}]{{3}}"
)
_CLOSING_QUOTES = "\u00bb\u201d\u2019\u00ab\u201c\u2018"


def fold_text(text: str) -> str:
    """A text as it is compared for repetition: compatibility form, no case, no punctuation, single spaces.

    >>> fold_text("Who wrote  \u201cEmma\u201d?")
    'who wrote emma'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    folded = _NOT_WORD.sub(" ", text.casefold()).strip()
    return folded or text.strip()


def leaked_gold(folded: str, golds: Iterable[str]) -> str | None:
    """The first gold answer that stands in the question as words of its own; None where there is none.

    Not counted: answers too short to say something, yes and no and the like, and an answer that the question offers
    as an alternative (``Is A or B larger?``).

    Args:
        folded: the question by :func:`fold_text`.
        golds: the accepted answers.
    """
    padded = f" {folded} "
    for gold in golds:
        if len(gold) > 2 * len(folded) + _SHORTEST:
            continue  # too long to be in it; megabytes need no folding to know that
        answer = fold_text(gold)
        if answer not in folded or answer in _TRIVIAL:
            continue
        if _WITHOUT_SPACES.search(answer):
            if len(answer) > 1:
                return gold
            continue
        digits = answer.replace(" ", "").isdecimal()
        if len(answer) < (_SHORTEST_NUMBER if digits else _SHORTEST) or f" {answer} " not in padded:
            continue
        if f" or {answer} " in padded or f" {answer} or " in padded:
            continue
        return gold
    return None


def strange_characters(text: str) -> str | None:
    """What looks broken about the characters of a text, in words; None where nothing does.

    >>> strange_characters("CafÃ© de Flore")
    "'Ã©', probably a misread 'é'"
    """
    text = text[:_LOOKED_AT]
    if text.isascii() and not _CONTROL.search(text):
        return None
    misread = _misread(text)
    if misread is not None:
        return misread
    found = _REPLACEMENT_OR_MARK.search(text)
    if found is not None:
        what = "a character that could not be read" if found[0] == "\ufffd" else "a byte order mark inside the text"
        return f"{what} (U+{ord(found[0]):04X})"
    found = _CONTROL.search(text)
    return None if found is None else f"a control character (U+{ord(found[0]):04X})"


def _misread(text: str) -> str | None:
    """UTF-8 read as cp1252 or Latin-1, where reading it the other way round gives whole characters."""
    for found in _MISREAD.finditer(text):
        shown = found[0]
        if len(shown) == 2 and shown[0] == "\u00c3" and shown[1] in _CLOSING_QUOTES:
            continue  # a Portuguese word in capitals before a quotation mark
        for encoding in ("cp1252", "latin-1"):
            try:
                meant = shown.encode(encoding).decode("utf-8")
            except UnicodeError:
                continue
            return f"{shown!r}, probably a misread {meant!r}"
    return None
