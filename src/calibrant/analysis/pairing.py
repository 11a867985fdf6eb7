"""Several contenders on the same questions: who answered what, question by question, whatever run it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from calibrant.analysis.table import STATES, Codes, Column, Floats, Mask, OutcomeTable, build_table
from calibrant.errors import InputError
from calibrant.types import COUNTED_STATES, ModelRef, Outcome, OutcomeState, Stratum

__all__ = ["Pairing", "merged_table", "pair"]

_COUNTED = [STATES.index(state) for state in COUNTED_STATES]
_ERROR, _UNGRADED = STATES.index(OutcomeState.ERROR), STATES.index(OutcomeState.UNGRADED)


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """The questions of one stratum that every contender has an answer to: arrays of questions x contenders.

    A question under two conditions is two rows. Repeats of a question are averaged inside it, so a contender with more
    of them weighs no more.
    """

    names: tuple[str, ...]
    stratum: Stratum
    table: OutcomeTable
    cells: Codes
    """Cells of the table that are compared, shape (questions,)."""
    counts: Floats
    """Attempts in each state, shape (questions, contenders, 6)."""
    cluster: Codes
    """Shape (questions,)."""
    rows: Codes
    """Attempts of the table behind these, ascending."""
    row_place: Codes
    """For each of ``rows`` its question."""
    row_contender: Codes
    """And its contender."""

    def __len__(self) -> int:
        return len(self.cells)

    @cached_property
    def graded(self) -> Mask:
        """Questions that every contender has a grade for: those on which metrics are compared."""
        found: Mask = (self.counts[..., _COUNTED].sum(axis=-1) > 0).all(axis=1)
        return found

    def shares(self, counts: Floats | None = None) -> Floats:
        """Share of a question's graded attempts that are right, partly right, wrong, declined: (questions, M, 4).

        nan where there is none.
        """
        counted = (self.counts if counts is None else counts)[..., _COUNTED]
        with np.errstate(invalid="ignore"):
            shares: Floats = counted / counted.sum(axis=-1, keepdims=True)
        return shares

    def filled(self, *, errors: OutcomeState | None = None, ungraded: OutcomeState | None = None) -> Floats:
        """The counts as if errors, or what nobody graded, had ended in this state."""
        counts = self.counts.copy()
        for place, state in ((_ERROR, errors), (_UNGRADED, ungraded)):
            if state is not None:
                counts[..., STATES.index(state)] += counts[..., place]
                counts[..., place] = 0
        return counts

    def means(self, values: Floats) -> Floats:
        """Mean over a question's attempts that have this value: (questions, contenders), nan where none has.

        Args:
            values: of every row of the table, nan where unknown.
        """
        found = values[self.rows]
        known = np.isfinite(found)
        shape = len(self.cells), len(self.names)
        place = (self.row_place * shape[1] + self.row_contender)[known]
        sums = np.bincount(place, weights=found[known], minlength=shape[0] * shape[1])
        times = np.bincount(place, minlength=shape[0] * shape[1])
        with np.errstate(invalid="ignore"):
            means: Floats = (sums / times).reshape(shape)
        return means

    def labels(self, column: Column) -> Codes:
        """The code of each question in a column of the table, such as its domain."""
        found = np.zeros(len(self.cells), dtype=np.intp)
        found[self.row_place] = column.codes[self.rows]
        return found


def merged_table(names: Sequence[str], attempts: Iterable[tuple[str, Outcome]], *, by_id: bool = False) -> OutcomeTable:
    """All attempts in one table, whose models are the contenders and whose questions are told by what was shown.

    Args:
        names: of the contenders, two or more, all different.
        attempts: each with whose it is; read once.
        by_id: tell questions by their ids, though what was shown may differ.

    Raises:
        InputError: fewer than two contenders, one name twice, or no attempts.
    """
    if len(names) < 2:
        raise InputError("there is nothing to compare: one model", remedy="Name two runs, or two models of a run.")
    twice = next((name for name in names if list(names).count(name) > 1), None)
    if twice is not None:
        raise InputError(f"'{twice}' is named twice", remedy="A model is compared with another, or with another run.")
    return build_table(_renamed(names, attempts, by_id=by_id))


def _renamed(names: Sequence[str], attempts: Iterable[tuple[str, Outcome]], *, by_id: bool) -> Iterator[Outcome]:
    models = {name: ModelRef(model=name) for name in names}
    for name, outcome in attempts:
        shown = None if by_id else outcome.question_hash
        yield replace(outcome, model=models[name], price=None, question_id=shown or outcome.question_id)


def pair(table: OutcomeTable, names: Sequence[str], stratum: Stratum) -> Pairing:
    """The questions of a stratum that all contenders have an attempt at.

    Args:
        table: what :func:`merged_table` made.
        names: contenders, in the order in which they are compared.
        stratum: which questions.
    """
    order = np.full(len(table.model.values), -1, dtype=np.intp)
    for number, name in enumerate(names):
        if name in table.model.values:
            order[table.model.values.index(name)] = number
    here = np.array([value == stratum.value for value in table.stratum.values], dtype=np.bool_)
    rows = np.flatnonzero(here[table.stratum.codes] & (order[table.model.codes] >= 0))
    cells, place = np.unique(table.cell[rows], return_inverse=True)
    contender = order[table.model.codes[rows]]
    shape = len(cells), len(names), len(STATES)
    at = (place * shape[1] + contender) * shape[2] + table.state[rows]
    counts = np.bincount(at, minlength=shape[0] * shape[1] * shape[2]).reshape(shape).astype(np.float64)
    shared = (counts.sum(axis=2) > 0).all(axis=1)
    renumbered = np.cumsum(shared) - 1
    kept = shared[place]
    cluster = np.zeros(len(cells), dtype=np.intp)
    # Where two runs file a question under different documents, the first contender's holds.
    backwards = np.argsort(-contender, kind="stable")
    cluster[place[backwards]] = table.cluster.codes[rows][backwards]
    return Pairing(
        names=tuple(names),
        stratum=stratum,
        table=table,
        cells=cells[shared],
        counts=counts[shared],
        cluster=cluster[shared],
        rows=rows[kept],
        row_place=renumbered[place[kept]],
        row_contender=contender[kept],
    )
