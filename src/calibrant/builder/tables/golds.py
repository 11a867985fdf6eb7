"""The right answer that a cell states, in every form that means the same, and the grader that fits it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from calibrant.builder.tables.cells import Kind, number_in, tell
from calibrant.builder.tables.profile import Column
from calibrant.grading import GRADERS

__all__ = ["MONTHS", "Gold", "gold_of", "grader_for", "written_date"]

_MONTH_NAMES = """
en January February March April May June July August September October November December
de Januar Februar März April Mai Juni Juli August September Oktober November Dezember
es enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
"""
MONTHS = {language: names for language, *names in map(str.split, _MONTH_NAMES.strip().splitlines())}
"""Language -> names of the months."""
_GROUPED_TWICE = 1_000_000
"""From here on a number has two signs between its groups of three, and cannot be mistaken for one with decimals."""


@dataclass(frozen=True, slots=True)
class Gold:
    """A right answer."""

    forms: tuple[str, ...]
    """Ways of writing it, the preferred one first."""
    grader: str
    """Name of the grader that fits it."""


def gold_of(value: Any, column: Column, language: str) -> Gold:
    """The answer that a cell states.

    A number keeps the digits that the table gives, so that its last one says how exact an answer must be.

    Args:
        value: a cell of the column's kind.
        column: its column.
        language: in which dates are written out.
    """
    if column.numeric:
        return Gold(_number_forms(value, column, language), grader_for(column))
    text = tell(value)
    if column.kind is Kind.DATE:
        return Gold((text, *(form for form in written_date(text, language) if form != text)), grader_for(column))
    return Gold((text,), grader_for(column))


def grader_for(column: Column) -> str:
    """The grader that fits the answers of a column: numeric (exact where there is none), equal for codes, else exact.

    Years must be right to the last digit like every number that is told to it.
    """
    if column.numeric and not column.year:
        return "numeric" if "numeric" in GRADERS else "exact"
    return "equal" if column.kind is Kind.CODE else "exact"


def _number_forms(value: Any, column: Column, language: str) -> tuple[str, ...]:
    number = number_in(value)
    if number is None:
        return (tell(value),)
    plain = _plain(value, column)
    forms = [plain]
    if not column.year:
        if abs(number) >= _GROUPED_TWICE and number == number.to_integral_value():
            sign = {"de": ".", "es": "."}.get(language, ",")
            forms.append(f"{int(number):,}".replace(",", sign))
        if column.unit and (column.unit.isalpha() or column.unit in ("%", "km2", "km^2", "km/h", "m/s", "°C", "°F")):
            forms.append(f"{plain}{'' if column.unit == '%' else ' '}{column.unit}")
    return tuple(dict.fromkeys(forms))


def _plain(value: Any, column: Column) -> str:
    """A number with a point before its decimals and nothing between its digits; no more digits than the column has."""
    if isinstance(value, float):
        number = number_in(value)
        if number is not None and -number.as_tuple().exponent > 12:  # type: ignore[operator]
            return f"{value:.12g}"
        text = repr(value) if column.decimals else tell(value)
        return f"{number:f}" if "e" in text.casefold() and number is not None else text
    text = tell(value).replace("−", "-").removeprefix("+")
    if column.kind is Kind.GROUPED or re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text):
        return text.replace(",", "")
    if column.kind is Kind.COMMA and "," in text:
        return text.replace(".", "").replace(",", ".")
    return text


def written_date(iso: str, language: str) -> tuple[str, ...]:
    """How a day is written in a language.

    >>> written_date("1972-12-14", "en"), written_date("1972-12-14", "zh")
    (('14 December 1972', 'December 14, 1972'), ('1972年12月14日',))
    """
    year, month, day = (int(part) for part in iso.split("-"))
    if language == "zh":
        return (f"{year}年{month}月{day}日",)
    names = MONTHS.get(language)
    if names is None:
        return ()
    name = names[month - 1]
    if language == "de":
        return (f"{day}. {name} {year}",)
    if language == "es":
        return (f"{day} de {name} de {year}",)
    return f"{day} {name} {year}", f"{name} {day}, {year}"
