"""What two models must share to be compared: their answers question by question, repeats averaged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calibrant.analysis.table import Codes, Floats, Mask, OutcomeTable
from calibrant.types import COUNTED_STATES, OutcomeState, Stratum

__all__ = ["CellMeans", "cell_means"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellMeans:
    """One stratum as questions x models; a question under two conditions is two rows."""

    models: Sequence[str]
    tried: Mask
    """Whether a model has a grade, shape (questions, models)."""
    right: Floats
    """Share of its attempts that were right, same shape; 0 where it has none."""
    wrong: Floats
    clusters: Codes
    """Shape (questions,)."""

    def place(self, model: str) -> int | None:
        """The column of a model; None where it has no graded attempt."""
        return self.models.index(model) if model in self.models else None


def cell_means(table: OutcomeTable, stratum: Stratum) -> CellMeans:
    """The graded attempts of a stratum, averaged over repeats."""
    here = np.array([value == stratum.value for value in table.stratum.values], dtype=np.bool_)
    rows = np.flatnonzero(here[table.stratum.codes] & table.is_state(*COUNTED_STATES))
    models, column = np.unique(table.model.codes[rows], return_inverse=True)
    cells, row = np.unique(table.cell[rows], return_inverse=True)
    shape = len(cells), len(models)
    place = row * len(models) + column
    times = np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape)

    def mean(state: OutcomeState) -> Floats:
        hits = table.is_state(state, rows=rows).astype(np.float64)
        sums = np.bincount(place, weights=hits, minlength=shape[0] * shape[1]).reshape(shape)
        return np.asarray(sums / np.maximum(times, 1), dtype=np.float64)

    clusters = np.zeros(len(cells), dtype=np.intp)
    clusters[row] = table.cluster.codes[rows]
    return CellMeans(
        models=[str(table.model.values[code]) for code in models],
        tried=times > 0,
        right=mean(OutcomeState.CORRECT),
        wrong=mean(OutcomeState.INCORRECT),
        clusters=clusters,
    )
