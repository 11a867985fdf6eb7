"""The ways to answer that a decision compares: each side as it is, and under a certificate, question by question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calibrant.analysis.deciding import WayValues
from calibrant.analysis.table import Codes, Floats, Mask, OutcomeTable
from calibrant.errors import InputError
from calibrant.policies import Promise
from calibrant.policies.matched_risk import answered_under, cross_fitted
from calibrant.reports.decision.sides import Side
from calibrant.types import COUNTED_STATES, OutcomeState, Stratum

__all__ = [
    "NOTHING",
    "Certified",
    "Shared",
    "certified_way",
    "chosen_signal",
    "nothing",
    "plain_way",
    "shared_questions",
]

NOTHING = "no answer at all"
_PREFERRED = ("agreement", "stated", "sum_logprob", "mean_logprob", "min_logprob")
"""Which signal where a model has several and none is named: by kind, not by how well it does."""
_ANSWERED = (OutcomeState.CORRECT, OutcomeState.PARTIAL, OutcomeState.INCORRECT)


@dataclass(frozen=True, slots=True)
class Shared:
    """Questions with an answer that both sides have a grade for."""

    cells: Codes
    """Sorted codes of the table's cells, shape (n,)."""
    clusters: Codes
    """Shape (n,)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """What a certificate of one side rests on."""

    name: str
    """Of the way."""
    model: str
    signal: str
    alpha: float
    delta: float
    promised: bool
    """Whether anything is: by the promise handed in, or by either half."""
    own: bool
    """Whether the promise was handed in; else two halves certified each other's answers."""
    labelled: int
    """Shared questions on which the promise handed in rests: what it does there is no fresh evidence."""
    text: str
    """What was done, in a sentence."""


def shared_questions(table: OutcomeTable, sides: tuple[Side, Side]) -> Shared:
    """The questions that the decision rests on.

    Raises:
        InputError: there are none.
    """
    one, other = (np.unique(table.cell[_graded(table, side.name)]) for side in sides)
    cells = np.intersect1d(one, other)
    if not len(cells):
        raise InputError(
            f"{sides[0].name} and {sides[1].name} have no common questions with an answer and a grade",
            place="calibrant decide",
            remedy="Grade both (calibrant grade), or ask both the same questions.",
        )
    clusters = np.empty(len(cells), dtype=np.intp)
    rows = np.flatnonzero(np.isin(table.cell, cells))
    clusters[np.searchsorted(cells, table.cell[rows])] = table.cluster.codes[rows]
    return Shared(cells, clusters)


def _answerable(table: OutcomeTable, name: str) -> Codes:
    stratum = np.array([value == Stratum.ANSWERABLE.value for value in table.stratum.values])
    own = table.model.codes == table.model.values.index(name)
    return np.flatnonzero(own & stratum[table.stratum.codes]).astype(np.intp)


def _graded(table: OutcomeTable, name: str) -> Codes:
    rows = _answerable(table, name)
    return rows[table.is_state(*COUNTED_STATES, rows=rows)]


def _rows(table: OutcomeTable, name: str, shared: Shared) -> Codes:
    rows = _graded(table, name)
    return rows[np.isin(table.cell[rows], shared.cells)]


def plain_way(table: OutcomeTable, side: Side, shared: Shared) -> WayValues:
    """The side as it is: whatever it answers is let through."""
    rows = _rows(table, side.name, shared)
    return _way(table, side.name, side.name, rows, np.ones(len(rows), dtype=np.bool_), shared)


def nothing(shared: Shared) -> WayValues:
    """No question is answered, and nothing is asked."""
    zero = np.zeros(len(shared.cells))
    return WayValues(name=NOTHING, model=None, answered=zero, right=zero, wrong=zero, missed=zero, cost=zero)


def _way(
    table: OutcomeTable, model: str, name: str, rows: Codes, accepted: Mask, shared: Shared, alpha: float | None = None
) -> WayValues:
    place = np.searchsorted(shared.cells, table.cell[rows])
    times = np.bincount(place, minlength=len(shared.cells))

    def share(*states: OutcomeState) -> Floats:
        hits = (table.is_state(*states, rows=rows) & accepted).astype(np.float64)
        return np.asarray(np.bincount(place, weights=hits, minlength=len(times)) / times, dtype=np.float64)

    # What failed was paid for as well.
    every = _answerable(table, model)
    every = every[np.isin(table.cell[every], shared.cells)]
    paid, at = table.cost[every], np.searchsorted(shared.cells, table.cell[every])
    cost = None
    if len(every) and not np.isnan(paid).any():
        cost = np.asarray(np.bincount(at, weights=paid, minlength=len(times)) / np.bincount(at), dtype=np.float64)
    return WayValues(
        name=name,
        model=model,
        answered=share(*_ANSWERED),
        right=share(OutcomeState.CORRECT),
        wrong=share(OutcomeState.INCORRECT),
        missed=share(OutcomeState.PARTIAL, OutcomeState.INCORRECT),
        cost=cost,
        certified=alpha,
    )


def chosen_signal(side: Side, wanted: str | None) -> str | None:
    """Which confidence of a side a certificate goes by; None where it has none.

    Raises:
        InputError: the one wanted is not there, though others are.
    """
    names = sorted({one.name for outcome in side.outcomes for one in outcome.confidences})
    if wanted is not None and names and wanted not in names:
        raise InputError(
            f"{side.name} has no signal '{wanted}'", place="--signal", remedy=f"It has: {', '.join(names)}."
        )
    if wanted is not None or not names:
        return wanted if names else None
    return next((name for name in _PREFERRED if name in names), names[0])


def certified_way(
    table: OutcomeTable,
    side: Side,
    shared: Shared,
    *,
    signal: str,
    alpha: float,
    delta: float,
    promise: Promise | None,
    seed: int,
) -> tuple[WayValues, Certified]:
    """The side under a certificate: the one handed in, or what two halves would let through of each other.

    Raises:
        InputError: the promise goes by a signal that these answers do not have.
    """
    rows = _rows(table, side.name, shared)
    scores, right = _scores(table, rows, signal)
    if not np.isfinite(scores).any():
        raise InputError(
            f"{side.name} has no confidence '{signal}' on these questions", place="--policy" if promise else "--signal"
        )
    name = f"{side.name}, certified {100 * alpha:.3g} %"
    if promise is not None:
        groups = _groups(table, rows, promise.by)
        accepted = answered_under(promise.certificate, scores, groups) & np.isfinite(right)
        labelled = promise.shared_with(_hashes(side))
        text = promise.certificate.sentence()
        return _way(table, side.name, name, rows, accepted, shared, alpha), Certified(
            name=name, model=side.name, signal=signal, alpha=alpha, delta=delta,
            promised=True, own=True, labelled=labelled, text=text,
        )  # fmt: skip
    clusters = table.cluster.codes[rows]
    if len(np.unique(clusters)) < 2:
        accepted, promised = np.zeros(len(rows), dtype=np.bool_), 0
    else:
        fitted = cross_fitted(scores, right, clusters, alpha=alpha, delta=delta, seed=seed)
        accepted, promised = fitted.accepted, fitted.promised
    words = ("neither half can promise it", "one half of two can promise it", "both halves can promise it")
    text = f"by {signal}, each half of the documents certified on the other: {words[promised]}"
    return _way(table, side.name, name, rows, accepted, shared, alpha), Certified(
        name=name, model=side.name, signal=signal, alpha=alpha, delta=delta,
        promised=promised > 0, own=False, labelled=0, text=text,
    )  # fmt: skip


def _scores(table: OutcomeTable, rows: Codes, signal: str) -> tuple[Floats, Floats]:
    """Confidence, and 1 right, 0 wrong or partly right, nan where it declined or has no such confidence."""
    scores = np.full(len(rows), np.nan)
    for one in table.signals:
        if one.name == signal:
            scores = np.where(np.isnan(scores), one.values[rows], scores)
    answered = table.is_state(*_ANSWERED, rows=rows) & np.isfinite(scores)
    right = np.where(answered, table.is_state(OutcomeState.CORRECT, rows=rows).astype(np.float64), np.nan)
    return np.where(answered, scores, np.nan), right


def _groups(table: OutcomeTable, rows: Codes, by: str | None) -> Sequence[object] | None:
    if by is None:
        return None
    column = {
        "domain": table.domain,
        "topic": table.topic,
        "language": table.language,
        "condition": table.condition,
    }.get(by)
    if column is None:
        raise InputError(f"the certificate is split by '{by}', which runs do not have", place="--policy")
    return [column.values[code] or "" for code in column.codes[rows]]


def _hashes(side: Side) -> list[str]:
    return [outcome.question_hash or "" for outcome in side.outcomes if outcome.question_hash]
