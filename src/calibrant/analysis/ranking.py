"""Which ranks the questions leave open for each model (definitions, section 2, many models)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from calibrant.analysis.measures import Settings
from calibrant.analysis.table import Codes, OutcomeTable
from calibrant.metrics.comparisons import RankInterval, rank_intervals
from calibrant.types import COUNTED_STATES, OutcomeState, Stratum

__all__ = ["Ranking", "rankings"]

_MOST_DRAWS, _FEWEST_DRAWS = 2000, 500
_DRAWN_CLUSTERS = 2_000_000
"""Resamples behind a ranking, and how many clusters they draw in all: the more clusters, the fewer resamples. 500 of
them still find the bound on the greatest t of 10 models with a standard error of 2 % (2,000: 1 %)."""

_LOWER = ("wrong_of_all",)
"""Metrics of which less is better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Rank intervals of the models, on the questions that all of them have a grade for."""

    metric: str
    stratum: Stratum
    shared: int
    """Questions that every model has a grade for; ranks rest on these alone. One question under two conditions counts
    twice, here and in ``questions``."""
    questions: int
    clusters: int
    """Different documents (or questions, where none are known) among the shared ones."""
    missing: Mapping[str, int]
    """Model -> questions it has no grade for."""
    ranks: Mapping[str, RankInterval]
    """Empty where no question is shared."""


def rankings(table: OutcomeTable, settings: Settings) -> list[Ranking]:
    """Ranks on each stratum with two models or more: by Index, accuracy and wrong answers, or by correct refusal."""
    found = []
    for (stratum,), rows in table.groups(table.stratum):
        graded = rows[table.is_state(*COUNTED_STATES, rows=rows)]
        if len(np.unique(table.model.codes[graded])) > 1:
            found += _of_stratum(table, graded, len(np.unique(table.cell[rows])), Stratum(str(stratum)), settings)
    return found


def _of_stratum(
    table: OutcomeTable, rows: Codes, questions: int, stratum: Stratum, settings: Settings
) -> list[Ranking]:
    models, place = np.unique(table.model.codes[rows], return_inverse=True)
    cells, cell = np.unique(table.cell[rows], return_inverse=True)
    # Repeats are averaged here only: a rank compares models question by question.
    times = np.zeros((len(cells), len(models)))
    np.add.at(times, (cell, place), 1)
    tried = times > 0
    shared = tried.all(axis=1)
    first = np.zeros(len(cells), dtype=np.intp)
    first[cell] = table.cluster.codes[rows]
    clusters = first[shared]
    independent = len(np.unique(clusters))
    draws = min(_MOST_DRAWS, max(_FEWEST_DRAWS, _DRAWN_CLUSTERS // max(1, independent)))
    names = [str(table.model.values[code]) for code in models]
    right, wrong, declined = (
        table.is_state(state, rows=rows).astype(np.float64)
        for state in (OutcomeState.CORRECT, OutcomeState.INCORRECT, OutcomeState.ABSTAINED)
    )
    values = {"omniscience_index": 100 * right - 100 * wrong, "accuracy": right, "wrong_of_all": wrong}
    if stratum is not Stratum.ANSWERABLE:
        values = {"correct_refusal": declined}
    found = []
    for metric, value in values.items():
        sums = np.zeros(times.shape)
        np.add.at(sums, (cell, place), value)
        ranks: list[RankInterval] = []
        if independent:
            means = sums[shared] / times[shared]
            ranks = rank_intervals(
                means,
                clusters,
                level=settings.level,
                draws=draws,
                seed=settings.seed,
                higher_is_better=metric not in _LOWER,
            )
        found.append(
            Ranking(
                metric=metric,
                stratum=stratum,
                shared=int(shared.sum()),
                questions=questions,
                clusters=independent,
                missing={name: questions - int(column.sum()) for name, column in zip(names, tried.T, strict=True)},
                ranks=dict(zip(names, ranks, strict=bool(ranks))),
            )
        )
    return found
