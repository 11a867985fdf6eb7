"""Conditions on a comparison, written in one line: ``index < -5``, ``accuracy[domain=law] < -2%``.

::

    condition  = metric [ "[" scope { "," scope } "]" ] comparison number [ "%" ]
    scope      = key "=" text | name " vs " name
    comparison = "<" | "<=" | ">" | ">="

The number is compared with the first less the second. Text with a comma, a bracket or a space goes into quotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Literal, NoReturn

from calibrant.errors import InputError

__all__ = ["ALIASES", "Condition", "parse_condition", "point_at"]

Sign = Literal["<", "<=", ">", ">="]

ALIASES: Mapping[str, str] = {
    "index": "omniscience_index",
    "hallucination": "hallucination_rate",
    "halluc": "hallucination_rate",
    "wrong": "wrong_of_all",
    "coverage": "attempt_rate",
    "attempted": "attempt_rate",
    "cost": "cost_usd",
    "latency": "latency_s",
    "ece": "level_ece",
}
"""Short names of metrics."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?=\s*%|\s*$))|(?P<sign><=|>=|<|>)"
    r"|(?P<punctuation>[\[\],=%])|(?P<quoted>\"[^\"]*\"|'[^']*')|(?P<word>[^\s\[\],=<>%\"']+))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One parsed condition."""

    text: str
    """As it was written."""
    metric: str
    sign: Sign
    bound: float
    """In the metric's own unit: a share for ``%``."""
    pair: tuple[str, str] | None = None
    scope: Mapping[str, str] = field(default_factory=dict)
    """``domain``, ``topic``, ``language`` or ``condition`` -> its value; ``signal`` -> its name."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def parse_condition(text: str, units: Mapping[str, str], *, place: str | None = None) -> Condition:
    """Read a condition.

    Args:
        text: as the user wrote it.
        units: known metrics -> unit: ``share``, ``points``, or another in which ``%`` means nothing.
        place: the flag, for errors.

    Raises:
        InputError: it cannot be read; the message holds the text with a caret under the place.

    >>> parse_condition("accuracy[domain=law] < -2%", {"accuracy": "share"}).bound
    -0.02
    """
    return _Parser(text, units, place).condition()


def point_at(text: str, at: int, message: str, *, place: str | None = None, remedy: str | None = None) -> NoReturn:
    """Raise an error that shows where in a line it is.

    Raises:
        InputError: always.
    """
    shown = "".join(character if character.isprintable() else " " for character in text)
    said = f"{message}. {remedy}" if remedy else message
    raise InputError(f"{said}\n  {shown}\n  {' ' * at}^", place=place)


class _Parser:
    """Recursive descent over the tokens of one line."""

    def __init__(self, text: str, units: Mapping[str, str], place: str | None) -> None:
        self._text, self._units, self._place = text, units, place
        self._tokens = self._read()
        self._next = 0

    def condition(self) -> Condition:
        metric_token = self._take("word", "here a metric is expected", remedy=self._metrics())
        metric = ALIASES.get(metric_token.text.lower(), metric_token.text.lower())
        if metric not in self._units:
            self._fail(metric_token.at, f"there is no metric '{metric_token.text}'", self._metrics())
        pair, scope = self._scopes()
        sign = self._take("sign", "here <, <=, > or >= is expected", remedy="For example: index < -5")
        bound = self._bound(metric)
        if (left := self._peek()) is not None:
            self._fail(left.at, "nothing is expected after the number")
        return Condition(text=self._text, metric=metric, sign=_signs[sign.text], bound=bound, pair=pair, scope=scope)

    def _bound(self, metric: str) -> float:
        number = self._take("number", "here a number is expected", remedy="For example: index < -5, accuracy < -2%")
        value = float(number.text)
        unit = self._units[metric]
        sign = self._peek()
        if not isfinite(value):
            self._fail(number.at, "the number is too large")
        if sign is not None and sign.text == "%":
            self._next += 1
            if unit != "share":
                self._fail(sign.at, f"{metric} is not counted in per cent but in {unit}", "Leave the % out.")
            return value / 100
        if unit == "share" and abs(value) > 1:
            self._fail(number.at, f"{metric} is a share, so its differences lie in -1..1", f"Per cent: {number.text}%")
        return value

    def _scopes(self) -> tuple[tuple[str, str] | None, dict[str, str]]:
        opening = self._peek()
        if opening is None or opening.text != "[":
            return None, {}
        self._next += 1
        pair: tuple[str, str] | None = None
        scope: dict[str, str] = {}
        while True:
            name = self._text_of("a group or a pair is expected")
            joint = self._peek()
            if joint is not None and joint.kind == "word" and joint.text.lower() == "vs":
                self._next += 1
                if pair is not None:
                    self._fail(name.at, "a second pair")
                pair = name.text, self._text_of("the second name of the pair is expected").text
            elif joint is not None and joint.text == "=":
                self._next += 1
                self._add(scope, name, self._text_of("a value is expected").text)
            else:
                at = len(self._text) if joint is None else joint.at
                self._fail(at, "here = or vs is expected", "For example: index[domain=law] < -5, index[a vs b] < -5")
            end = self._take("punctuation", "here ] is expected")
            if end.text == "]":
                return pair, scope
            if end.text != ",":
                self._fail(end.at, "here , or ] is expected")

    def _add(self, scope: dict[str, str], key: _Token, value: str) -> None:
        name = key.text.lower()
        if name not in _KEYS:
            self._fail(key.at, f"there is nothing called '{key.text}' to look at", f"Known: {', '.join(_KEYS)}.")
        if name in scope or (name != "signal" and set(scope) - {"signal"}):
            self._fail(key.at, "only one group can be looked at")
        scope[name] = value

    def _text_of(self, expected: str) -> _Token:
        token = self._peek()
        if token is None or token.kind not in ("word", "quoted", "number"):
            self._fail(len(self._text) if token is None else token.at, f"here {expected}")
        self._next += 1
        return _Token(token.kind, token.text[1:-1] if token.kind == "quoted" else token.text, token.at)

    def _take(self, kind: str, message: str, *, remedy: str | None = None) -> _Token:
        token = self._peek()
        if token is None or token.kind != kind:
            self._fail(len(self._text) if token is None else token.at, message, remedy)
        self._next += 1
        return token

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _read(self) -> list[_Token]:
        found, at = [], 0
        while self._text[at:].strip():
            match = _TOKEN.match(self._text, at)
            if match is None or match.lastgroup is None:
                start = at + len(self._text[at:]) - len(self._text[at:].lstrip())
                self._fail(start, "this is not understood")
            found.append(_Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
            at = match.end()
        return found

    def _metrics(self) -> str:
        short = {name: alias for alias, name in reversed(list(ALIASES.items()))}
        return f"Metrics: {', '.join(short.get(name, name) for name in self._units)}."

    def _fail(self, at: int, message: str, remedy: str | None = None) -> NoReturn:
        point_at(self._text, at, message, place=self._place, remedy=remedy)


_KEYS = ("domain", "topic", "language", "condition", "signal")
_signs: Mapping[str, Sign] = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}
