"""Dates as people write them: read into year, month and day, each of which may be missing, and compared part by part."""

from __future__ import annotations

import re
from typing import NamedTuple

from calibrant.grading.normalise import unaccented
from calibrant.grading.verdict import Comparison, different, same, unsure

__all__ = ["Date", "compare_dates", "read_dates"]


class Date(NamedTuple):
    """A calendar date, whole or in part; None = not given. ``year`` is negative before Christ."""

    year: int | None
    month: int | None
    day: int | None


_MONTH_NAMES = (
    "january jan januar janner janvier janv enero ene gennaio gen janeiro januari stycznia styczen января январь",
    "february feb februar fevrier fevr fev febrero febbraio febb fevereiro februari lutego luty февраля февраль",
    "march mar marz maerz mars marzo marco maart marca marzec марта март",
    "april apr avril avr abril abr aprile kwietnia kwiecien апреля апрель",
    "may mai mayo maggio mag maio mei maja maj мая май",
    "june jun juni juin junio giugno giu junho czerwca czerwiec июня июнь",
    "july jul juli juillet juil julio luglio lug julho lipca lipiec июля июль",
    "august aug aout agosto ago augustus sierpnia sierpien августа август",
    "september sep sept septembre septiembre settembre set setembro wrzesnia wrzesien сентября сентябрь",
    "october oct oktober okt octobre octubre ottobre ott outubro out pazdziernika pazdziernik октября октябрь",
    "november nov novembre noviembre novembro listopada listopad ноября ноябрь",
    "december dec dezember dez decembre diciembre dic dicembre dezembro grudnia grudzien декабря декабрь",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}

# A month alone must be a name that is nothing else: 'Mars', 'Set' and 'May' are also planets, tools and people.
_ALONE = {name for name in _MONTHS if len(name) > 5} | {"march", "april", "june", "july", "may"}

_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|re|o|a|\.)?"
_MONTH = r"(?P<month>[^\W\d_]{3,12})\.?"
_YEAR = r"(?P<year>\d{3,4})"
_LINK = r"(?:,? ?of |,? de |,? del |,? |\.|-|/)"
_SPELLED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_DAY}{_LINK}?{_MONTH}(?:{_LINK}{_YEAR})?",
        rf"{_MONTH} (?:the )?{_DAY}(?:,? {_YEAR})?",
        rf"{_MONTH}{_LINK}{_YEAR}",
        rf"{_YEAR},? {_MONTH}(?: {_DAY})?",
        _MONTH,
    )
)
_ISO = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?:t[\d:.]+z?)?")
_NUMERIC = re.compile(r"(?P<a>\d{1,2})(?P<sep>[-/.]) ?(?P<b>\d{1,2})(?P=sep) ?(?P<year>\d{4})")
_EAST_ASIAN = re.compile(r"(?P<year>\d{3,4}) ?[年년] ?(?:(?P<month>\d{1,2}) ?[月월] ?(?:(?P<day>\d{1,2}) ?[日일])?)?")
_YEAR_ONLY = re.compile(r"(?P<year>\d{3,4})")
_ERA_YEAR = re.compile(r"(?P<year>\d{1,4})")
_ERA = re.compile(r"\s*\b(?P<era>a\.?d\.?|c\.?e\.?|b\.?c\.?(?:e\.?)?|utc|gmt|n\. ?chr\.?|v\. ?chr\.?)$")
_ERA_FIRST = re.compile(r"^a\.?d\.? (?=\d)")
_BEFORE = re.compile(
    r"^(?:on|in|during|since|by|the|of|am|im|le|en|el|il|nel|em|op|year|(?:in )?(?:anno|jahr)|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day,?|(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag),?) "
)
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _valid(year: int | None, month: int | None, day: int | None) -> bool:
    if month is not None and not 1 <= month <= 12:
        return False
    return day is None or (month is not None and 1 <= day <= _DAYS_IN_MONTH[month - 1])


def _from_match(match: re.Match[str], *, named: bool) -> Date | None:
    parts = match.groupdict()
    month: int | None = None
    if parts.get("month"):
        month = _MONTHS.get(parts["month"]) if named else int(parts["month"])
        if month is None or (parts.keys() == {"month"} and parts["month"] not in _ALONE):
            return None
    year = int(parts["year"]) if parts.get("year") else None
    day = int(parts["day"]) if parts.get("day") else None
    return Date(year, month, day) if _valid(year, month, day) else None


def _numeric(match: re.Match[str]) -> tuple[Date, ...]:
    a, b, year = int(match["a"]), int(match["b"]), int(match["year"])
    # A full stop is the separator of languages that put the day first.
    orders = [(b, a)] if match["sep"] == "." else [(b, a), (a, b)]
    dates = {Date(year, month, day) for month, day in orders if _valid(year, month, day)}
    return tuple(sorted(dates, key=lambda date: (date.month or 0, date.day or 0)))


def read_dates(text: str) -> tuple[Date, ...]:
    """Return what a cleaned answer can mean as a date: nothing, one date, or two where day and month are open.

    >>> read_dates("14 December 1972") == read_dates("Dec. 14, 1972") == read_dates("1972-12-14")
    True
    >>> read_dates("12/11/1972")
    (Date(year=1972, month=11, day=12), Date(year=1972, month=12, day=11))
    """
    if not 3 <= len(text) <= 60:
        return ()
    low = unaccented(text).casefold().strip()
    for _ in range(3):
        low, count = _BEFORE.subn("", low)
        if not count:
            break
    sign, era = 1, False
    match = _ERA.search(low)
    if match:
        low, era = low[: match.start()].rstrip(" ,"), match["era"][0] not in "ug"
        sign = -1 if match["era"][0] in "bv" else 1
    low, first = _ERA_FIRST.subn("", low)
    if match := _NUMERIC.fullmatch(low):
        return _numeric(match)
    found: Date | None = None
    for pattern, named in ((_ISO, False), (_EAST_ASIAN, False), (_ERA_YEAR if era or first else _YEAR_ONLY, False)):
        if match := pattern.fullmatch(low):
            found = _from_match(match, named=named)
            break
    else:
        for pattern in _SPELLED:
            if (match := pattern.fullmatch(low)) and (found := _from_match(match, named=True)):
                break
    if found is None:
        return ()
    return (found._replace(year=sign * found.year) if found.year is not None else found,)


def _compare(gold: Date, answer: Date) -> Comparison:
    if any(left is not None and right is not None and left != right for left, right in zip(gold, answer, strict=True)):
        return different("dates differ")
    if gold == answer:
        return same("equal dates")
    if sum(part is not None for part in answer) > sum(part is not None for part in gold):
        return unsure("the date says more than the gold")
    return unsure("the date says less than the gold")


def compare_dates(golds: tuple[Date, ...], answers: tuple[Date, ...]) -> Comparison:
    """Compare every reading of the gold with every reading of the answer; they must agree, else *unsure*.

    >>> compare_dates(read_dates("12 November 1972"), read_dates("12/11/1972")).reason
    'day and month may be exchanged'
    """
    verdicts = {_compare(gold, answer) for gold in golds for answer in answers}
    if len({comparison.verdict for comparison in verdicts}) == 1:
        return min(verdicts, key=lambda comparison: comparison.reason)
    return unsure("day and month may be exchanged")
