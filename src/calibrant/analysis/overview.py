"""From outcomes to the tables that every report shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from calibrant.analysis.confidence import ConfidenceRow, confidence_rows
from calibrant.analysis.measures import Measured, Settings, measure
from calibrant.analysis.table import Codes, Column, Floats, OutcomeTable, build_table
from calibrant.errors import InputError
from calibrant.metrics.comparisons import RankInterval, rank_intervals
from calibrant.types import COUNTED_STATES, Outcome, OutcomeState, Stratum

__all__ = ["BREAKDOWNS", "Analysis", "BreakdownRow", "ModelRow", "Ranking", "analyse"]

BREAKDOWNS = ("domain", "topic", "condition")
"""What a report can be broken down by."""
LARGE_SHARE = 0.01
"""From this share of ungraded answers or errors on, it is said before any number."""
_MOST_DRAWS, _FEWEST_DRAWS = 2000, 500
_DRAWN_CLUSTERS = 2_000_000
"""Resamples behind a ranking, and how many clusters they draw in all: the more clusters, the fewer resamples. 500 of
them still find the bound on the greatest t of 10 models with a standard error of 2 % (2,000: 1 %)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow:
    """One model at one effort on one stratum."""

    model: str
    stratum: Stratum
    measured: Measured
    cost_usd: float | None
    """Of all its attempts; None where any of them is unknown."""
    cost_known: int
    """Attempts whose cost is known."""
    usage: Mapping[str, int | None]
    """Tokens of all its attempts; None where any of them is unknown."""
    median_latency_s: float | None
    error_causes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakdownRow:
    """One model on one value of a column, such as one domain."""

    by: str
    value: str | None
    model: str
    stratum: Stratum
    measured: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Rank intervals of the models, on the questions that all of them answered or declined."""

    metric: str
    stratum: Stratum
    shared: int
    """Questions that every model has a grade for; ranks rest on these alone."""
    questions: int
    ranks: Mapping[str, RankInterval]


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """All tables of one run."""

    settings: Settings
    set_hash: str | None
    outcomes: int
    questions: int
    models: tuple[ModelRow, ...]
    """By stratum, and within it by Omniscience Index, the best first."""
    rankings: tuple[Ranking, ...]
    breakdowns: tuple[BreakdownRow, ...]
    confidence: tuple[ConfidenceRow, ...]
    warnings: tuple[str, ...]
    """What is wrong with these numbers; to be said before them."""


def analyse(
    outcomes: Iterable[Outcome],
    settings: Settings | None = None,
    *,
    by: Sequence[str] = ("domain",),
    set_hash: str | None = None,
) -> Analysis:
    """Make every table of a report from a stream of outcomes, in one pass over it.

    Args:
        outcomes: of one or several models on one question set.
        settings: level, seed, price and how partly right answers count.
        by: columns to break down by: domain, topic, condition.
        set_hash: identity of the question set, kept for the report.

    Raises:
        InputError: there are no outcomes, or ``by`` names something else.
    """
    settings = settings or Settings()
    unknown = [name for name in by if name not in BREAKDOWNS]
    if unknown:
        raise InputError(f"cannot break down by '{unknown[0]}'", remedy=f"Choose among {', '.join(BREAKDOWNS)}.")
    table = build_table(outcomes)
    models = [
        _model_row(table, rows, str(model), Stratum(str(stratum)), settings)
        for (model, stratum), rows in table.groups(table.model, table.stratum)
    ]
    models.sort(key=_by_index)
    place = {(row.model, row.stratum): number for number, row in enumerate(models)}
    return Analysis(
        settings=settings,
        set_hash=set_hash,
        outcomes=len(table),
        questions=len(np.unique(table.cell)),
        models=tuple(models),
        rankings=tuple(_rankings(table, settings)),
        breakdowns=tuple(row for name in by for row in _breakdown(table, name, settings)),
        confidence=tuple(sorted(confidence_rows(table, settings), key=lambda row: place[row.model, row.stratum])),
        warnings=tuple(_warnings(table, models)),
    )


def _by_index(row: ModelRow) -> tuple[str, float, str]:
    index = row.measured.values["omniscience_index"]
    return row.stratum.value, -index if index is not None else np.inf, row.model


def _model_row(table: OutcomeTable, rows: Codes, model: str, stratum: Stratum, settings: Settings) -> ModelRow:
    cost, latency = table.cost[rows], table.latency[rows]
    known = np.isfinite(cost)
    timed = latency[np.isfinite(latency)]
    causes = Counter(
        str(table.error.values[code]) for code in table.error.codes[rows[table.is_state(OutcomeState.ERROR, rows=rows)]]
    )
    return ModelRow(
        model=model,
        stratum=stratum,
        measured=measure(table, rows, stratum, settings),
        cost_usd=float(cost.sum()) if known.all() else None,
        cost_known=int(known.sum()),
        usage={name: _total(column[rows]) for name, column in table.usage.items()},
        median_latency_s=float(np.median(timed)) if timed.size else None,
        error_causes=dict(causes.most_common()),
    )


def _total(tokens: Floats) -> int | None:
    return int(tokens.sum()) if np.isfinite(tokens).all() else None


def _breakdown(table: OutcomeTable, name: str, settings: Settings) -> list[BreakdownRow]:
    column: Column = getattr(table, name)
    if len(column.values) < 2:
        return []
    return [
        BreakdownRow(
            by=name,
            value=value,
            model=str(model),
            stratum=Stratum(str(stratum)),
            measured=measure(table, rows, Stratum(str(stratum)), settings),
        )
        for (value, model, stratum), rows in table.groups(column, table.model, table.stratum)
    ]


def _rankings(table: OutcomeTable, settings: Settings) -> list[Ranking]:
    """Ranks by Index and by accuracy on each stratum with two models or more."""
    found = []
    graded = np.flatnonzero(table.is_state(*COUNTED_STATES))
    for (stratum,), rows in table.groups(table.stratum, rows=graded):
        models, place = np.unique(table.model.codes[rows], return_inverse=True)
        cells, cell = np.unique(table.cell[rows], return_inverse=True)
        if len(models) < 2:
            continue
        # Repeats are averaged here only: a rank compares models question by question.
        times = np.zeros((len(cells), len(models)))
        np.add.at(times, (cell, place), 1)
        shared = (times > 0).all(axis=1)
        right, wrong = (table.is_state(state, rows=rows) for state in (OutcomeState.CORRECT, OutcomeState.INCORRECT))
        first = np.zeros(len(cells), dtype=np.intp)
        first[cell] = table.cluster.codes[rows]
        names = [str(table.model.values[code]) for code in models]
        for metric, value in (("omniscience_index", 100.0 * right - 100.0 * wrong), ("accuracy", right.astype(float))):
            sums = np.zeros((len(cells), len(models)))
            np.add.at(sums, (cell, place), value)
            ranks: list[RankInterval] = []
            if shared.any():
                means = sums[shared] / times[shared]
                clusters = first[shared]
                draws = min(_MOST_DRAWS, max(_FEWEST_DRAWS, _DRAWN_CLUSTERS // len(np.unique(clusters))))
                ranks = rank_intervals(means, clusters, level=settings.level, draws=draws, seed=settings.seed)
            found.append(
                Ranking(
                    metric=metric,
                    stratum=Stratum(str(stratum)),
                    shared=int(shared.sum()),
                    questions=len(cells),
                    ranks=dict(zip(names, ranks, strict=bool(ranks))),
                )
            )
    return found


def _warnings(table: OutcomeTable, models: Sequence[ModelRow]) -> list[str]:
    found = []
    for row in models:
        counts, bounds = row.measured.counts, row.measured.if_ungraded.get("accuracy")
        where = row.model if row.stratum is Stratum.ANSWERABLE else f"{row.model} ({row.stratum})"
        if counts.ungraded > LARGE_SHARE * counts.attempts:
            said = f"{where}: {_share(counts.ungraded, counts.attempts)} could not be graded"
            if bounds is not None:
                said += f"; accuracy lies between {bounds.low:.0%} and {bounds.high:.0%} whatever they are"
            found.append(said + ".")
        if counts.errors > LARGE_SHARE * counts.attempts:
            said = f"{where}: {_share(counts.errors, counts.attempts)} failed"
            if row.measured.accuracy_if_errors_wrong is not None:
                said += f"; accuracy is {row.measured.accuracy_if_errors_wrong:.0%} if all of these count as wrong"
            found.append(said + ".")
    few = sorted({row.measured.clusters for row in models if 0 < row.measured.clusters < 20})
    if few:
        found.append(f"Only {few[0]} independent documents or questions: intervals are rough below 20.")
    if table.duplicates:
        found.append(f"{table.duplicates:,} outcomes repeat a question, model and repeat that is there already.")
    return found


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} answers ({part / whole:.1%})"
