"""JSON and JSON lines, object by object, with the line on which each object starts.

A ``.json`` file may be an array of objects; an object with such an array under a known key; an object of columns (lists
of one length, or pandas' ``{column: {index: value}}``); or objects one after the other. Arrays are read through a
window that grows only as far as the largest object, so memory does not grow with the file.
"""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Iterator
from typing import Any

from calibrant.errors import InputError
from calibrant.questions.readers.rows import Repairs, Row
from calibrant.questions.readers.text import TextFile

__all__ = ["ROW_KEYS", "json_lines", "json_rows"]

ROW_KEYS = ("data", "questions", "rows", "examples", "samples", "goldens")
"""Keys under which tools keep their list of records."""

_CHUNK = 1 << 16
_LITERAL = 16
"""Characters: longer than any number or literal error position lies before the end of an unfinished window."""
_ESCAPED_UNSTORABLE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_ARRAY_START = re.compile(r"\[[ \t\r\n]*([^ \t\r\n])")
_NOT_JSON = "Check the file at this place with a JSON tool"
_ONE_PER_LINE = "Write one JSON object per line, or name the file .json"
_ONE_PER_RECORD = "Write one JSON object per record"
_ONE_OF_THEM = "Remove one of them"


class _RefusedError(ValueError):
    """Valid JSON that we do not take: said in one line, place added by whoever knows it."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _RefusedError(f"key {twice!r} appears twice in one object")
    return found


def _constant(name: str) -> None:
    if name != "NaN":  # NaN is how pandas writes a missing value
        raise _RefusedError(f"{name} is not a number JSON has")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _RefusedError(f"the number {text[:40]} is too large")
    return value


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_constant, parse_float=_finite)


def json_lines(file: TextFile, repairs: Repairs) -> Iterator[Row]:
    """One object per line; blank lines are skipped.

    Raises:
        InputError: a line is not one whole JSON object, or has a key twice.
    """
    raw_decode = _DECODER.raw_decode
    path = file.path
    for line, text in enumerate(file.lines(repairs), start=1):
        body = text.strip()
        if not body:
            continue
        try:
            value, end = raw_decode(body)
        except (ValueError, RecursionError) as error:
            raise _explain(error, f"{path}:{line}") from error
        if end != len(body):
            raise InputError(
                f"text after the object: {body[end : end + 20]!r}", place=f"{path}:{line}", remedy=_ONE_PER_LINE
            )
        yield _row(value, line, file, repairs, escaped=_ESCAPED_UNSTORABLE.search(body) is not None)


def json_rows(file: TextFile, repairs: Repairs) -> Iterator[Row]:
    """The records of a JSON document, whichever of the shapes above it has.

    Raises:
        InputError: broken JSON (with the line), a key twice, no list of records, or several.
    """
    with file.open() as handle:
        window = _Window(handle, file, repairs)
        first = window.peek()
        if first == "[":
            for line, value in window.elements():
                yield _row(value, line, file, repairs, escaped=window.escaped)
        elif first == "{":
            yield from _object_rows(window, file, repairs)
        elif first == "":
            raise InputError("the file is empty", place=str(file.path))
        else:
            raise InputError(f"expected '[' or '{{', found {first!r}", place=window.place, remedy=_ONE_PER_RECORD)
        if window.peek():
            raise InputError("text after the end of the JSON document", place=window.place, remedy=_NOT_JSON)


class _Window:
    """A piece of JSON text that grows when a value is not whole yet and forgets what was read."""

    def __init__(self, handle: io.TextIOWrapper, file: TextFile, repairs: Repairs) -> None:
        self._handle = handle
        self._path = file.path
        self._repairs = repairs
        self._text = ""
        self._at = 0
        self._read_line = 1
        self._ended = False
        self.line = 1
        """Line on which the next character stands."""
        self.escaped = False
        """Whether the value read last may hold an unstorable character written as an escape."""

    @property
    def place(self) -> str:
        return f"{self._path}:{self.line}"

    def peek(self) -> str:
        """The next character that is not white space; empty at the end."""
        while True:
            end = self._at
            while end < len(self._text) and self._text[end] in " \t\r\n":
                end += 1
            self._advance(end)
            if end < len(self._text):
                return self._text[end]
            if self._ended:
                return ""
            self._grow()

    def take(self, expected: str) -> str:
        """Step over one of the characters ``expected``."""
        found = self.peek()
        if not found or found not in expected:
            wanted = " or ".join(repr(character) for character in expected)
            what = repr(found) if found else "the end of the file"
            raise InputError(f"broken JSON: expected {wanted}, found {what}", place=self.place, remedy=_NOT_JSON)
        self._at += 1
        return found

    def value(self) -> Any:
        """The next whole JSON value."""
        if not self.peek():
            raise InputError("broken JSON: the file ends too early", place=self.place, remedy="Get the file again")
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                unfinished = error.msg.startswith("Unterminated") or error.pos >= len(self._text) - _LITERAL
                if self._ended or not unfinished:
                    line = self.line + self._text.count("\n", self._at, error.pos)
                    raise _explain(error, f"{self._path}:{line}") from error
            except (ValueError, RecursionError) as error:
                raise _explain(error, self.place) from error
            else:
                # A number at the edge of the window may go on behind it: 12 may be 12.5, or 12e+3.
                if self._ended or end < len(self._text) - _LITERAL or isinstance(value, (str, dict, list)):
                    self.escaped = _ESCAPED_UNSTORABLE.search(self._text, self._at, end) is not None
                    self._advance(end)
                    return value
            self._grow()

    def opens_records(self) -> bool:
        """Whether an array of objects comes next."""
        while self.peek() == "[":
            inside = _ARRAY_START.match(self._text, self._at)
            if inside or self._ended:
                return inside is not None and inside[1] == "{"
            self._grow()
        return False

    def names(self) -> Iterator[str]:
        """The key of each member of the object that starts here; the caller reads each value before the next key."""
        self.take("{")
        if self.peek() == "}":
            self.take("}")
            return
        seen: set[str] = set()
        while True:
            if self.peek() != '"':
                self.take('"')
            name = self.value()
            if name in seen:
                raise InputError(f"key {name!r} appears twice in one object", place=self.place, remedy=_ONE_OF_THEM)
            seen.add(name)
            self.take(":")
            yield name
            if self.take(",}") == "}":
                return

    def elements(self) -> Iterator[tuple[int, Any]]:
        """(line, value) of each element of the array that starts here."""
        self.take("[")
        if self.peek() == "]":
            self.take("]")
            return
        while True:
            self.peek()
            line = self.line
            yield line, self.value()
            if self.take(",]") == "]":
                return

    def _advance(self, end: int) -> None:
        self.line += self._text.count("\n", self._at, end)
        self._at = end

    def _grow(self) -> None:
        """Read as much again as is not used up, so that a large value is scanned a few times only."""
        rest = self._text[self._at :]
        chunk = self._handle.read(max(_CHUNK, len(rest)))
        self._ended = not chunk
        self._text = rest + self._repairs.text(chunk, f"{self._path}:{self._read_line}")
        self._read_line += chunk.count("\n")
        self._at = 0


def _object_rows(window: _Window, file: TextFile, repairs: Repairs) -> Iterator[Row]:
    """Rows of a document that starts with ``{``: a wrapper, columns, or the first of several objects."""
    start = window.line
    members: dict[str, Any] = {}
    escaped = False
    wrapper: str | None = None
    for name in window.names():
        if name in ROW_KEYS and window.opens_records():
            if wrapper is not None:
                raise InputError(
                    f"two lists of records, {wrapper!r} and {name!r}",
                    place=window.place,
                    remedy="Keep one list per file",
                )
            wrapper = name
            for line, value in window.elements():
                yield _row(value, line, file, repairs, escaped=window.escaped)
        else:
            members[name] = window.value()
            escaped = escaped or window.escaped
    if wrapper is not None or not members:
        return
    following = window.peek() == "{"
    columns = None if following else _as_columns(members, file)
    if columns is None:
        yield _row(members, start, file, repairs, escaped=escaped)
    else:
        yield from _column_rows(columns, file, repairs, escaped=escaped)
    while window.peek() == "{":
        line = window.line
        yield _row(window.value(), line, file, repairs, escaped=window.escaped)


def _as_columns(members: dict[str, Any], file: TextFile) -> dict[str, list[Any]] | None:
    """The members as columns where every one is a list, or every one pandas' ``{index: value}``; else None."""
    values = list(members.values())
    if values and all(isinstance(value, dict) for value in values):
        index = list(values[0])
        if not all(key.isdigit() for key in index) or any(list(value) != index for value in values):
            return None
        return {name: list(value.values()) for name, value in members.items()}
    if not values or not all(isinstance(value, list) for value in values):
        return None
    lengths = {name: len(value) for name, value in members.items()}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name}: {length}" for name, length in lengths.items())
        raise InputError(
            f"the columns differ in length ({shown})",
            place=str(file.path),
            remedy=f"Give columns of one length, or a list of objects under one of {', '.join(ROW_KEYS)}",
        )
    return members


def _column_rows(columns: dict[str, list[Any]], file: TextFile, repairs: Repairs, *, escaped: bool) -> Iterator[Row]:
    for number, cells in enumerate(zip(*columns.values(), strict=True), start=1):
        yield _row(dict(zip(columns, cells, strict=True)), number, file, repairs, escaped=escaped)


def _row(value: Any, line: int, file: TextFile, repairs: Repairs, *, escaped: bool) -> Row:
    if not isinstance(value, dict):
        raise InputError(
            f"expected an object, found {_kind(value)}", place=f"{file.path}:{line}", remedy=_ONE_PER_RECORD
        )
    if escaped:
        place = f"{file.path}:{line}"
        try:
            value = repairs.value(value, place)
        except RecursionError as error:
            raise _explain(error, place) from error
    return Row(line, value)


def _kind(value: Any) -> str:
    names = {list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), "null")


def _explain(error: Exception, place: str) -> InputError:
    """What the decoder raised, as one line with a remedy."""
    if isinstance(error, RecursionError):
        return InputError("the JSON is nested too deeply", place=place, remedy="Flatten the record")
    if isinstance(error, _RefusedError):
        return InputError(str(error), place=place, remedy="Change it in the file, or have its tool write it again")
    if isinstance(error, json.JSONDecodeError):
        return InputError(f"broken JSON: {error.msg} (column {error.colno})", place=place, remedy=_NOT_JSON)
    return InputError("a whole number of more than 4,300 digits", place=place, remedy="Write it as text, in quotes")
