"""What one cell holds: nothing, a number, a date, a short text, or something that makes no answer."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from calibrant.grading.normalise import unaccented
from calibrant.grading.wordlists import word_set
from calibrant.questions.cells import as_text
from calibrant.questions.suspicion import fold_text

__all__ = ["LONGEST", "Kind", "clip", "fold_key", "fold_name", "kind_of", "number_in", "tell"]

LONGEST = 80
"""Characters of the longest cell that is an answer, or names a row."""
_MOST_WORDS = 10
_CLIPPED = 400
"""Characters kept of a longer cell: it is neither asked nor compared, only told of."""
_MISSING = word_set(
    "n/a|na|n.a.|nan|null|none|nil|-|--|—|–|?|unknown|tbd|#n/a|missing|not available|not applicable|k.a.|k. a.|"
    "unbekannt|desconocido|未知|无",
    "|",
)
"""How people write that a cell is empty."""
_NUMBER = re.compile(r"[+\-−]?(?:0|[1-9]\d{0,17})(?:\.\d{1,15})?(?:[eE][+-]?\d{1,3})?")
_GROUPED = re.compile(r"[+\-−]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_COMMA = re.compile(r"[+\-−]?(?:0|[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d*),\d+")
_ISO_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
_ISO_TIME = re.compile(rf"({_ISO_DATE.pattern})[ T][\d:.,+Z-]+")
_SLASHED = re.compile(r"\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})")
_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://\S+|www\.\S+|[^\s@]+@[^\s@]+\.[^\s@]+"
    r"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,})",
    re.IGNORECASE,
)
_TRUTHS = frozenset(("true", "false", "yes", "no", "y", "n", "t", "f"))
_LETTER = re.compile(r"[^\W\d_]")


class Kind(StrEnum):
    """What a cell holds."""

    EMPTY = "empty"
    TRUTH = "true or false"
    NUMBER = "number"
    COMMA = "number with a decimal comma"
    GROUPED = "number in groups of three"
    DATE = "date"
    TIME = "point in time"
    OPEN_DATE = "date with day and month open"
    """Such as 12/11/1972: nobody knows which is the day."""
    CODE = "code"
    """Digits, signs and perhaps letters that name something, such as a part number."""
    TEXT = "text"
    LONG = "long text"
    ADDRESS = "address or identifier of a machine"
    OBJECT = "list or object"


def kind_of(value: Any) -> Kind:
    """What a cell holds.

    >>> [str(kind_of(one)) for one in ("n/a", "12.5", "1,234", "1999-12-31", "Paris", "A-77/3", "0042")]
    ['empty', 'number', 'number in groups of three', 'date', 'text', 'code', 'code']
    """
    if value is None or isinstance(value, bool):
        return Kind.EMPTY if value is None else Kind.TRUTH
    if isinstance(value, int):
        return Kind.NUMBER
    if isinstance(value, float):
        return Kind.NUMBER if math.isfinite(value) else Kind.EMPTY
    if not isinstance(value, str):
        return Kind.OBJECT
    text = value.strip()
    if len(text) > LONGEST:
        return Kind.ADDRESS if len(text) < _CLIPPED and _ADDRESS.fullmatch(text) else Kind.LONG
    return _kind_of_text(text)


@lru_cache(maxsize=1 << 16)
def _kind_of_text(text: str) -> Kind:
    if not text or text.casefold() in _MISSING:
        return Kind.EMPTY
    if text[0] in "+-−0123456789":
        for pattern, kind in ((_NUMBER, Kind.NUMBER), (_GROUPED, Kind.GROUPED), (_COMMA, Kind.COMMA)):
            if pattern.fullmatch(text):
                return kind
        if _ISO_DATE.fullmatch(text):
            return Kind.DATE
        if _ISO_TIME.fullmatch(text):
            return Kind.TIME
        if _SLASHED.fullmatch(text):
            return Kind.OPEN_DATE
    if text.casefold() in _TRUTHS:
        return Kind.TRUTH
    if _ADDRESS.fullmatch(text):
        return Kind.ADDRESS
    if text[0] in "[{" and text[-1] in "]}":
        return Kind.OBJECT
    if "\n" in text or len(text.split()) > _MOST_WORDS:
        return Kind.LONG
    if not _LETTER.search(text) or (" " not in text and any(sign.isdigit() for sign in text)):
        return Kind.CODE
    return Kind.TEXT


def clip(value: Any) -> Any:
    """A cell as it is kept: a very long one is cut, since it will not be asked."""
    return value[:_CLIPPED] if isinstance(value, str) and len(value) > _CLIPPED else value


def fold_key(value: Any) -> str:
    """A cell as it is compared with others: no case, accents, punctuation and runs of blanks; a number by its value.

    >>> fold_key("  Sao  Paulo") == fold_key("SÃO PAULO"), fold_key("1,200.0") == fold_key(1200)
    (True, True)
    """
    if isinstance(value, str):
        return _folded(value)
    number = number_in(value)
    return _folded(as_text(value) or "") if number is None else _of_number(number)


def fold_name(value: Any) -> str:
    """A row's name as it is compared with others: as :func:`fold_key`, and its words in any order.

    >>> fold_name("Austen, Jane") == fold_name("Jane  AUSTEN")
    True
    """
    return " ".join(sorted(fold_key(value).split()))


@lru_cache(maxsize=1 << 16)
def _folded(text: str) -> str:
    number = number_in(text)
    if number is not None:
        return _of_number(number)
    text = text.strip()
    return fold_text(text if text.isascii() else unaccented(text)) if text else ""


def _of_number(number: Decimal) -> str:
    return f"#{number.normalize():f}" if number else "#0"


def number_in(value: Any) -> Decimal | None:
    """The number that a cell holds; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return Decimal(repr(value)) if math.isfinite(value) else None
    if not isinstance(value, str) or len(value) > LONGEST:
        return None
    text = value.strip().replace("−", "-")
    if not text or text[0] not in "+-0123456789":
        return None
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    if _GROUPED.fullmatch(text):
        return Decimal(text.replace(",", ""))
    if _COMMA.fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", "."))
    return None


def tell(value: Any) -> str:
    """A cell as it is written into a question or an answer."""
    text = as_text(value) or ""
    time = _ISO_TIME.fullmatch(text)
    if time is not None and re.fullmatch(r"[ T]00:00(?::00(?:\.0+)?)?Z?", text[10:]):
        text = time[1]
    return " ".join(text.split())
