"""When a run may stop, as users write it, read with a caret under what cannot be read.

::

    decided(MODEL > MODEL [, METRIC])      precision([METRIC]) < NUMBER

A model's name may stand in quotes. Pure text in, plain values out; what the names mean is for the caller.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite
from typing import Final, NoReturn

from calibrant.analysis.conditions import ALIASES, point_at

__all__ = ["Decided", "Precise", "parse_stop"]

_TOKEN: Final = re.compile(r"""\s*("[^"]*"|'[^']*'|<=|>=|[<>(),]|[^\s<>(),"']+)""")
_FORMS: Final = "Write: decided(MODEL > MODEL, index), or: precision(index) < 2"


@dataclass(frozen=True, slots=True)
class Decided:
    """Which of two models is better by a metric."""

    first: str
    second: str
    metric: str | None
    """Its full name where a short one was written; None where none was."""
    places: tuple[int, int, int]
    """Where the two names and the metric stand in the text."""


@dataclass(frozen=True, slots=True)
class Precise:
    """A metric of every model known to a half width."""

    metric: str | None
    half_width: float
    places: tuple[int]
    """Where the metric stands in the text."""


class _Reader:
    """Takes one token after another; complains with a caret."""

    def __init__(self, text: str, option: str, forms: str) -> None:
        self.text, self.option, self.forms = text, option, forms
        self._tokens: list[tuple[str, int]] = []
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if found is None:
                at += len(text[at:]) - len(text[at:].lstrip())
                self.fail("this quote is not closed", at)
            self._tokens.append((found.group(1), found.start(1)))
            at = found.end()
        self._next = 0

    def fail(self, what: str, at: int) -> NoReturn:
        point_at(self.text, at, what, place=self.option, remedy=self.forms)

    @property
    def here(self) -> int:
        return self._tokens[self._next][1] if self._next < len(self._tokens) else len(self.text.rstrip())

    def peek(self) -> str:
        return self._tokens[self._next][0] if self._next < len(self._tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self._next += 1
        return token

    def expect(self, *tokens: str) -> str:
        if self.peek() not in tokens:
            wanted = " or ".join(f"'{token}'" for token in tokens)
            self.fail(f"here {wanted} is expected", self.here)
        return self.take()

    def name(self, what: str) -> str:
        if not self.peek() or self.peek() in {"<", "<=", ">", ">=", "(", ")", ","}:
            self.fail(f"here {what} is expected", self.here)
        return self.take().strip("\"'")

    def number(self) -> float:
        at = self.here
        try:
            value = float(self.name("a number"))
        except ValueError:
            self.fail("here a number is expected", at)
        if not isfinite(value):
            self.fail("here a finite number is expected", at)
        return value

    def metric(self) -> str:
        name = self.name("a metric").lower()
        return ALIASES.get(name, name)

    def end(self) -> None:
        if self.peek():
            self.fail("nothing more is expected", self.here)


def parse_stop(text: str, *, option: str = "--stop-when") -> Decided | Precise:
    """Read when to stop asking.

    Raises:
        InputError: it cannot be read; a caret stands under the place.
    """
    reader = _Reader(text, option, _FORMS)
    kind = reader.expect("decided", "precision")
    reader.expect("(")
    if kind == "decided":
        first_at, first = reader.here, reader.name("a model's name")
        relation = reader.expect(">", "<")
        second_at, second = reader.here, reader.name("a model's name")
        metric_at, metric = reader.here, None
        if reader.peek() == ",":
            reader.take()
            metric_at, metric = reader.here, reader.metric()
        reader.expect(")")
        reader.end()
        if relation == "<":
            first, second, first_at, second_at = second, first, second_at, first_at
        return Decided(first, second, metric, (first_at, second_at, metric_at))
    metric_at = reader.here
    metric = None if reader.peek() == ")" else reader.metric()
    reader.expect(")")
    reader.expect("<", "<=")
    at, value = reader.here, reader.number()
    if value <= 0:
        reader.fail("a precision is a positive number", at)
    reader.end()
    return Precise(metric, value, (metric_at,))
