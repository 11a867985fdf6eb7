"""Step 7: what can change is asked for a day, or not at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from calibrant.builder.documents.filters.filter import Sifted, Surroundings, marked
from calibrant.builder.item import Dropped, Item

__all__ = ["Dated", "can_change"]

_NOW = re.compile(
    r"\b(?:current(?:ly)?|presently|at present|nowadays|today|now|as of|so far|to date|latest|newest|most recent|recent(?:ly)?"
    r"|this (?:year|month|week)|at the moment|up to now|incumbent|upcoming)\b",
    re.IGNORECASE,
)
_NOW_IN_QUOTE = re.compile(
    r"\b(?:currently|presently|at present|nowadays|now|today|as of|so far|to date|at the moment|up to now)\b",
    re.IGNORECASE,
)
"""Fewer words: *the current directory* and *the newest key* in a sentence say nothing of its date."""
_OFFICE = re.compile(
    r"\b(?:is|are)\b.{0,40}\b(?:mayor|president|prime minister|chancellor|minister|governor|king|queen|chief executive"
    r"|CEO|CTO|CFO|chair(?:man|woman|person)?|director|head coach|coach|captain|secretary[- ]general|head of|owner|leader"
    r"|maintainer|champion|record holder|led)\b"
    r"|\b(?:mayor|president|prime minister|chancellor|governor|king|queen|chief executive|CEO|chairman|owner|leader"
    r"|maintainer) of\b.{0,60}\b(?:is|are)\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"\b(?:price|cost|costs|fee|fare|rent|population|inhabitants|gdp|exchange rate|interest rate|salary|market share"
    r"|number of (?:employees|users|members|customers|people)|ranking|tallest|largest|fastest|highest|richest|youngest|oldest"
    r"|world record)\b",
    re.IGNORECASE,
)
_WHO_NOW = re.compile(
    r"^(?:Who|By whom) (?:is|are|[a-z]+s)\b(?!.*\b(?:author|writer|founder|inventor|composer|architect|discoverer|creator|designer"
    r"|painter|proposer|translator|teacher|father|mother|parent|sister|brother|founded|written|invented|discovered|designed"
    r"|created|proposed|built|composed|painted|translated|developed|taught|named after)\b)"
)
"""Who does something now, or is something now that is not for ever."""
_COUNTED = re.compile(
    r"\b\d[\d,.]* (?:members|employees|users|customers|subscribers|students|staff|people work)\b|\b(?:how old|years old"
    r"|unemployment|inflation|turnover|revenue)\b|\bcosts? (?:\$|\d)|\bdoes .{1,60} cost\b",
    re.IGNORECASE,
)
_MONTHS = "january february march april may june july august september october november december".split()
_STATED = re.compile(
    rf"\bas (?:of|at)(?: the end of)? (?:(?:(?P<day>\d{{1,2}}) )?(?P<month>{'|'.join(_MONTHS)})(?: (?P<day2>\d{{1,2}}),)? )?"
    r"(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_PAST = re.compile(r"\b(?:was|were|did)\b", re.IGNORECASE)


class Dated:
    """Finds what can change by its words, and notes the day that the sentence or ``--as-of`` states.

    The day becomes part of the question, so that it stays true. Without a day the question is dropped.
    """

    name = "dated"
    needs = None

    def __call__(self, items: Sequence[Item], around: Surroundings) -> Sifted:
        """Put a date to answers that can change."""
        sifted = Sifted()
        for item in items:
            quote = item.source.quote if item.source else ""
            sign = can_change(item.question.text, quote)
            if sign is None:
                sifted.kept.append(marked(item, self.name, "nothing says that it changes"))
                continue
            day = item.as_of or _stated(quote) or (around.as_of.isoformat() if around.as_of else None)
            if day is None:
                reason = f"its answer can change ('{sign}'), and no day is stated (--as-of)"
                failed = marked(item, self.name, reason, passed=False)
                sifted.dropped.append(Dropped(item=failed, filter=self.name, reason=reason))
            else:
                sifted.kept.append(marked(_for_day(item, day), self.name, f"'{sign}': as of {day}"))
        return sifted


def can_change(question: str, quote: str) -> str | None:
    """The words by which an answer can change; None where nothing says so.

    >>> can_change("Who is the mayor of Jena?", "The mayor of Jena is Ada Kranz.")
    'Who is'
    >>> can_change("Who was the mayor of Jena in 1900?", "The mayor of Jena in 1900 was Otto Lind.") is None
    True
    """
    sign = _NOW.search(question) or _NOW_IN_QUOTE.search(quote)
    if sign is not None:
        return sign[0]
    if _PAST.search(question):
        return None
    who = _WHO_NOW.search(question)
    if who is not None:
        return who[0]
    for text in (quote, question):
        found = _OFFICE.search(text) or _AMOUNT.search(text) or _COUNTED.search(text)
        if found is not None:
            return found[0]
    return None


def _stated(quote: str) -> str | None:
    found = _STATED.search(quote)
    if found is None:
        return None
    if found["month"] is None:
        return found["year"]
    month = _MONTHS.index(found["month"].lower()) + 1
    day = found["day"] or found["day2"]
    return f"{found['year']}-{month:02d}" + (f"-{int(day):02d}" if day else "")


def _for_day(item: Item, day: str) -> Item:
    text = item.question.text
    if day[:4] in text:
        return replace(item, as_of=day)
    shown = f"{text.rstrip('?')}, as of {_spoken(day)}?"
    return replace(item, as_of=day, question=replace(item.question, text=shown))


def _spoken(day: str) -> str:
    try:
        whole = date.fromisoformat(day)
    except ValueError:
        return day if len(day) == 4 else f"{_MONTHS[int(day[5:7]) - 1].capitalize()} {day[:4]}"
    return f"{whole.day} {_MONTHS[whole.month - 1].capitalize()} {whole.year}"
