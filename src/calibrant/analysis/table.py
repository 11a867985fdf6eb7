"""Outcomes as columns: the one place where rows of objects become numpy arrays.

The rows are put into one canonical order, so that every number made from them is the same to the last digit
whatever order they came in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from math import nan
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from calibrant.errors import InputError
from calibrant.types import ConfidenceSource, Outcome, OutcomeState

__all__ = ["STATES", "Asked", "Column", "OutcomeTable", "Signal", "build_table"]

Codes = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

STATES: tuple[OutcomeState, ...] = tuple(OutcomeState)
"""The code of a state is its position here."""

USAGE_FIELDS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens")

_CHUNK = 8192
"""Outcomes turned into arrays at a time: the objects of one chunk are all that is held of a stream."""

_CODED = ("model", "question_id", "cluster", "state", "stratum", "condition", "domain", "topic", "error", "language")
_NUMBERS = ("cost_usd", "latency_s")


class Asked(NamedTuple):
    """Who was asked, and at which price: what a row of a table is about."""

    model: str
    """``model@effort``."""
    price: float | None = None
    """t that the prompt stated; None = none."""

    def __str__(self) -> str:
        return self.model if self.price is None else f"{self.model} t={self.price:g}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of few distinct values.

    Attributes:
        codes: one position in ``values`` per row.
        values: the distinct values as they are written, sorted, None first.
    """

    codes: Codes
    values: tuple[str | None, ...]

    def take(self, rows: Codes) -> Column:
        """The column of these rows, with the same codes."""
        return Column(self.codes[rows], self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One kind of confidence, for the rows that have it.

    Attributes:
        source: where it comes from.
        name: which of the source's signals it is.
        values: one per row of the table, nan where the row has none.
        calls: made for it beyond the answer's own, one per row; nan = not known.
        cost: dollars of these, one per row; nan = not known.
    """

    source: ConfidenceSource
    name: str
    values: Floats
    calls: Floats
    cost: Floats

    def take(self, rows: Codes) -> Signal:
        """The same signal with its rows in this order."""
        return replace(self, values=self.values[rows], calls=self.calls[rows], cost=self.cost[rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeTable:
    """Outcomes in columns, one row per attempt, in canonical order (model, stratum, condition, question, repeat).

    Unknown numbers are nan. ``cell`` numbers the distinct (question, condition, stratum): what two models must
    share to be compared.
    """

    model: Column
    """What was asked, written: ``model@effort``, with the price where the prompt stated one."""
    asked: Mapping[str, Asked]
    """Value of ``model`` -> model and price."""
    question: Column
    cluster: Column
    stratum: Column
    condition: Column
    domain: Column
    topic: Column
    language: Column
    error: Column
    state: Codes
    repeat: Codes
    cell: Codes
    cost: Floats
    latency: Floats
    usage: dict[str, Floats]
    signals: tuple[Signal, ...]
    duplicates: int
    """Rows beyond the first of the same question, condition, model and repeat."""

    def __len__(self) -> int:
        return len(self.state)

    def is_state(self, *states: OutcomeState, rows: Codes | None = None) -> Mask:
        """Which rows are in one of these states, shape (n,); of ``rows`` alone where they are given."""
        wanted = np.zeros(len(STATES), dtype=np.bool_)
        wanted[[STATES.index(state) for state in states]] = True
        return wanted[self.state if rows is None else self.state[rows]]

    def state_counts(self, rows: Codes) -> dict[OutcomeState, int]:
        """How many of these rows are in each state."""
        return dict(zip(STATES, np.bincount(self.state[rows], minlength=len(STATES)).tolist(), strict=True))

    def groups(self, *columns: Column, rows: Codes | None = None) -> Iterator[tuple[tuple[str | None, ...], Codes]]:
        """The rows of each combination of values that occurs, in the order of the columns' values.

        Args:
            columns: columns of this table.
            rows: only these rows; default all.

        Yields:
            The values, one per column, and the rows that have them, ascending.
        """
        chosen = np.arange(len(self)) if rows is None else rows
        if not len(chosen):
            return
        order = np.lexsort([column.codes[chosen] for column in reversed(columns)])
        chosen = chosen[order]
        changes = np.zeros(len(chosen) - 1, dtype=np.bool_)
        for column in columns:
            changes |= np.diff(column.codes[chosen]) != 0
        for part in np.split(chosen, np.flatnonzero(changes) + 1):
            yield tuple(column.values[column.codes[part[0]]] for column in columns), part


def build_table(outcomes: Iterable[Outcome]) -> OutcomeTable:
    """Read a stream of outcomes into columns.

    Args:
        outcomes: read once, a chunk at a time.

    Raises:
        InputError: there are no outcomes.
    """
    reader = _Reader()
    stream = iter(outcomes)
    while chunk := list(islice(stream, _CHUNK)):
        reader.add(chunk)
    if not reader.rows:
        raise InputError("there is nothing to analyse: no outcomes", remedy="Import answers or run a model first.")
    return reader.finish()


class _Reader:
    """Collects chunks; ``finish`` sorts codes and rows."""

    def __init__(self) -> None:
        self.rows = 0
        self._index: dict[str, defaultdict[Hashable, int]] = {name: defaultdict(count().__next__) for name in _CODED}
        self._codes: dict[str, list[Codes]] = {name: [] for name in _CODED}
        self._numbers: dict[str, list[Floats]] = {name: [] for name in (*_NUMBERS, *USAGE_FIELDS)}
        self._repeats: list[Codes] = []
        self._signals: dict[tuple[ConfidenceSource, str], tuple[list[int], list[tuple[float, ...]]]] = {}

    def add(self, chunk: Sequence[Outcome]) -> None:
        for name in _CODED:
            look_up = self._index[name].__getitem__
            of_row = attrgetter("model", "price") if name == "model" else attrgetter(name)
            self._codes[name].append(np.fromiter(map(look_up, map(of_row, chunk)), np.intp, len(chunk)))
        for name in _NUMBERS:
            self._numbers[name].append(_floats([getattr(row, name) for row in chunk]))
        for name in USAGE_FIELDS:
            self._numbers[name].append(_floats([getattr(row.usage, name) for row in chunk]))
        self._repeats.append(np.fromiter((row.repeat for row in chunk), np.intp, len(chunk)))
        for at, row in enumerate(chunk, start=self.rows):
            for confidence in row.confidences:
                places, values = self._signals.setdefault((confidence.source, confidence.name), ([], []))
                places.append(at)
                calls, cost = confidence.extra_calls, confidence.extra_cost_usd
                values.append((confidence.value, nan if calls is None else calls, nan if cost is None else cost))
        self.rows += len(chunk)

    def finish(self) -> OutcomeTable:
        columns = {name: _sorted_column(self._index[name], np.concatenate(self._codes[name])) for name in _CODED}
        who = [_asked(model_and_price) for model_and_price in self._index["model"]]
        numbers = {name: np.concatenate(parts) for name, parts in self._numbers.items()}
        repeat = np.concatenate(self._repeats)
        signals = [self._signal(source, name) for source, name in sorted(self._signals)]
        state = np.array([STATES.index(OutcomeState(str(value))) for value in columns["state"].values], dtype=np.intp)
        states = state[columns["state"].codes]
        identity = [repeat, *(columns[name].codes for name in ("question_id", "condition", "stratum", "model"))]
        order, duplicates = _canonical_order(
            identity,
            [
                *(column.codes for column in columns.values()),
                *numbers.values(),
                *(signal.values for signal in signals),
            ],
        )
        ordered = {name: column.take(order) for name, column in columns.items()}
        return OutcomeTable(
            model=ordered["model"],
            asked={str(asked): asked for asked in who},
            question=ordered["question_id"],
            cluster=ordered["cluster"],
            stratum=ordered["stratum"],
            condition=ordered["condition"],
            domain=ordered["domain"],
            topic=ordered["topic"],
            language=ordered["language"],
            error=ordered["error"],
            state=states[order],
            repeat=repeat[order],
            cell=_cells(ordered["question_id"], ordered["condition"], ordered["stratum"]),
            cost=numbers["cost_usd"][order],
            latency=numbers["latency_s"][order],
            usage={name: numbers[name][order] for name in USAGE_FIELDS},
            signals=tuple(signal.take(order) for signal in signals),
            duplicates=duplicates,
        )

    def _signal(self, source: ConfidenceSource, name: str) -> Signal:
        places, values = self._signals[source, name]
        full = np.full((3, self.rows), np.nan)
        full[:, places] = np.array(values).T
        return Signal(source=source, name=name, values=full[0], calls=full[1], cost=full[2])


def _floats(values: list[Any]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _sorted_column(index: dict[Hashable, int], codes: Codes) -> Column:
    """Renumber codes given in order of appearance, so that they do not depend on the order of the rows.

    Values that are written alike are one: model ``a`` at effort ``b`` is model ``a@b``.
    """
    written = {value: _written(value) for value in index}
    distinct = sorted(set(written.values()), key=lambda text: (text is not None, text or ""))
    place = {text: at for at, text in enumerate(distinct)}
    renumber = np.empty(len(index), dtype=np.intp)
    renumber[list(index.values())] = [place[written[value]] for value in index]
    return Column(renumber[codes], tuple(distinct))


def _written(value: Hashable) -> str | None:
    if value is None:
        return None
    return str(_asked(value) if isinstance(value, tuple) else value)


def _asked(model_and_price: Any) -> Asked:
    model, price = model_and_price
    return Asked(str(model), price)


def _canonical_order(identity: list[Codes], content: list[Any]) -> tuple[Codes, int]:
    """The order of the rows by who they are, and how many rows repeat an identity.

    Only where identities repeat does the content decide as well, which costs several times as much.
    """
    order = np.lexsort(identity)
    same = np.ones(max(len(order) - 1, 0), dtype=np.bool_)
    for key in identity:
        same &= np.diff(key[order]) == 0
    duplicates = int(same.sum())
    if duplicates:
        order = np.lexsort([*content, *identity])
    return order, duplicates


def _cells(question: Column, condition: Column, stratum: Column) -> Codes:
    combined = (question.codes * len(condition.values) + condition.codes) * len(stratum.values) + stratum.codes
    cells: Codes = np.unique(combined, return_inverse=True)[1].astype(np.intp)
    return cells
