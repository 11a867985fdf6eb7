"""When a run may stop, as users write it, read with a caret under what cannot be read.

::

    decided(MODEL > MODEL [, METRIC])      precision([METRIC]) < NUMBER

A model's name may stand in quotes. Pure text in, plain values out; what the names mean is for the caller.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite
from typing import Final

from calibrant.errors import InputError

__all__ = ["Decided", "Precise", "parse_stop"]

_TOKEN: Final = re.compile(r"""\s*("[^"]*"|'[^']*'|<=|>=|[<>(),]|[^\s<>(),"']+)""")
_FORMS: Final = "Write: decided(MODEL > MODEL, index), or: precision(index) < 2"


@dataclass(frozen=True, slots=True)
class Decided:
    """Which of two models is better by a metric."""

    first: str
    second: str
    metric: str | None
    """As written; None where none was."""
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
                raise self.error("this quote is not closed", at)
            self._tokens.append((found.group(1), found.start(1)))
            at = found.end()
        self._next = 0

    def error(self, what: str, at: int) -> InputError:
        return InputError(f"{what}\n  {self.text}\n  {' ' * at}^", place=self.option, remedy=self.forms)

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
            raise self.error(f"expected {wanted} here", self.here)
        return self.take()

    def name(self, what: str) -> str:
        if not self.peek() or self.peek() in {"<", "<=", ">", ">=", "(", ")", ","}:
            raise self.error(f"expected {what} here", self.here)
        return self.take().strip("\"'")

    def number(self) -> float:
        at = self.here
        try:
            value = float(self.name("a number"))
        except ValueError:
            raise self.error("expected a number here", at) from None
        if not isfinite(value):
            raise self.error("expected a finite number here", at)
        return value

    def end(self) -> None:
        if self.peek():
            raise self.error("nothing more was expected here", self.here)


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
            metric_at, metric = reader.here, reader.name("a metric")
        reader.expect(")")
        reader.end()
        if relation == "<":
            first, second, first_at, second_at = second, first, second_at, first_at
        return Decided(first, second, metric, (first_at, second_at, metric_at))
    metric_at = reader.here
    metric = None if reader.peek() == ")" else reader.name("a metric")
    reader.expect(")")
    reader.expect("<", "<=")
    at, value = reader.here, reader.number()
    if value <= 0:
        raise reader.error("a precision is a positive number", at)
    reader.end()
    return Precise(metric, value, (metric_at,))
