"""What a column's name says: in plain words, in which unit, and whether its values change with time."""

from __future__ import annotations

import re

from calibrant.grading.units import CURRENCIES, UNITS
from calibrant.grading.wordlists import word_set
from calibrant.questions.schema import fold_name

__all__ = ["changes", "names_rows", "spoken", "unit_of", "words_of"]

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_IN_BRACKETS = re.compile(r"^(?P<name>.*\S)\s*[(\[](?:in )?(?P<unit>[^()\[\]]{1,20})[)\]]\s*$")
_MEASURES = word_set(
    "length height width depth elevation altitude distance diameter radius mass weight area volume speed "
    "duration size capacity power energy pressure temperature frequency price cost revenue salary income "
    "budget"
)
_SHORT_UNITS = {"c": "°C", "f": "°F", "sqkm": "km2", "sq": ""}
_NAMES_ROWS = (
    ("name", "title", "label", "nombre", "titel", "名称", "姓名", "bezeichnung"),
    (
        "full_name",
        "fullname",
        "display_name",
        "product_name",
        "company",
        "city",
        "country",
        "person",
        "item",
        "product",
    ),
)
_CHANGING = word_set(
    "price prices cost stock inventory quantity population inhabitants age salary wage revenue turnover "
    "profit rank ranking status balance rating score followers subscribers employees staff headcount "
    "temperature version latest current capacity_used market_cap marketcap ceo president mayor minister "
    "chairman owner updated rate rent fee preis bestand einwohner bevölkerung alter umsatz precio "
    "población edad 价格 人口 库存 年龄"
)
_NOT_CHANGING = word_set("initial original founding first former historical at release launch boiling melting")


def words_of(column: str) -> list[str]:
    """The words of a column's name, without case.

    >>> words_of("foundedYear"), words_of("Length (km)")
    (['founded', 'year'], ['length', 'km'])
    """
    return [word for word in re.split(r"[\W_]+", _CAMEL.sub(" ", column).casefold()) if word]


def spoken(column: str) -> str:
    """A column's name as it is written into a question: words with blanks between them, and no unit at its end.

    >>> spoken("birth_place"), spoken("length_km"), spoken("ISBN"), spoken("atomicNumber")
    ('birth place', 'length', 'ISBN', 'atomic number')
    """
    name, _ = _without_unit(column)
    words = [word for word in re.split(r"[\s_\-.]+", _CAMEL.sub(" ", name)) if word]
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words) or column


def unit_of(column: str) -> str | None:
    """The unit that a column's name ends with.

    >>> unit_of("length_km"), unit_of("Mass (kg)"), unit_of("price_usd"), unit_of("height_m"), unit_of("form_m")
    ('km', 'kg', 'USD', 'm', None)
    """
    return _without_unit(column)[1]


def _without_unit(column: str) -> tuple[str, str | None]:
    bracketed = _IN_BRACKETS.match(column)
    if bracketed is not None:
        unit = _known(bracketed["unit"].strip())
        return (bracketed["name"], unit) if unit else (column, None)
    parts = re.split(r"[\s_\-.]+", _CAMEL.sub("_", column).strip())
    if len(parts) < 2:
        return column, None
    measured = any(part.casefold() in _MEASURES for part in parts[:-1])
    last = parts[-1]
    if last.casefold() in ("year", "years", "day", "days", "month", "date", "min", "in", "au", "grad") and not measured:
        return column, None
    unit = _known(last)
    if unit is None or (len(last) < 2 and not measured):
        return column, None
    rest = parts[:-1]
    if len(rest) > 1 and rest[-1].casefold() == "in":
        rest = rest[:-1]
    return "_".join(rest), unit


def _known(unit: str) -> str | None:
    low = unit.casefold()
    if low in CURRENCIES:
        return low.upper() if low.isascii() and low.isalpha() and len(low) == 3 else unit
    if low in _SHORT_UNITS:
        return _SHORT_UNITS[low] or None
    return unit if low in UNITS else None


def names_rows(column: str) -> int:
    """How much a column's name sounds like that of what names the rows: 2 surely, 1 perhaps, 0 not."""
    folded = fold_name(column)
    if folded in _NAMES_ROWS[0]:
        return 2
    return 1 if folded in _NAMES_ROWS[1] or folded.endswith(("_name", "_title")) else 0


def changes(column: str) -> bool:
    """Whether what the column is called changes with time, so that an answer needs its day.

    >>> changes("population"), changes("unit_price"), changes("initial_price"), changes("founded")
    (True, True, False, False)
    """
    words = set(words_of(column))
    return bool(words & _CHANGING) and not words & _NOT_CHANGING
