"""What the confidence that came with the answers is worth: calibration and ranking (definitions, section 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calibrant import metrics
from calibrant.analysis.measures import Settings
from calibrant.analysis.table import Asked, Codes, OutcomeTable, Signal
from calibrant.metrics.intervals import Interval
from calibrant.types import PROBABILITY_SOURCES, ConfidenceSource, OutcomeState, Stratum

__all__ = ["BINS", "DRAWS", "RHO", "ConfidenceRow", "confidence_rows", "draws_for"]

BINS = 15
RHO = 0.5
DRAWS = 200
"""Resamples of clusters for the intervals of AURC and PRR, which have no formula."""
_RESAMPLED_ROWS = 400_000
"""A row of the table resamples no more than so many attempts in all: large sets get fewer draws, then none."""

Floats = npt.NDArray[np.float64]

_RANKING: Mapping[str, Callable[[Floats, Floats], float | None]] = {
    "auroc": metrics.auroc,
    "aurc": metrics.aurc,
    "e_aurc": metrics.e_aurc,
    "augrc": metrics.augrc,
    "prr": lambda s, y: metrics.prr(s, y, rho=RHO),
    "coverage_at_risk_05": lambda s, y: metrics.coverage_at_risk(s, y, 0.05),
    "coverage_at_risk_10": lambda s, y: metrics.coverage_at_risk(s, y, 0.10),
    "coverage_at_risk_20": lambda s, y: metrics.coverage_at_risk(s, y, 0.20),
}
_PROBABILITY: Mapping[str, Callable[[Floats, Floats], float | None]] = {
    "level_ece": metrics.level_ece,
    "ece": lambda p, y: metrics.ece(p, y, bins=BINS),
    "equal_mass_ece": lambda p, y: metrics.equal_mass_ece(p, y, bins=BINS),
    "debiased_l2": lambda p, y: metrics.debiased_l2(p, y, bins=BINS),
    "smooth_ece": metrics.smooth_ece,
    "rms_calibration_error": metrics.rms_calibration_error,
    "log_score": metrics.log_score,
}
_RESAMPLED = ("aurc", "prr")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceRow:
    """One signal of one model on one stratum, over its answered questions."""

    model: str
    asked: Asked
    stratum: Stratum
    source: ConfidenceSource
    name: str
    n: int
    """Answered attempts with this signal: correct, incorrect, and partly right ones as the settings say."""
    without: int
    """Answered attempts without it."""
    levels: int
    """Distinct values."""
    mean: float
    """Mean confidence, in the signal's own scale."""
    accuracy: float
    """Share right of these answers."""
    values: Mapping[str, float | None]
    """Metric -> value; metrics of probabilities are None for scores of another scale."""
    intervals: Mapping[str, Interval]
    log_score_clipped: int | None
    draws: int
    """Resamples behind the intervals of ranking metrics; 0 where the set is too large for them."""


def confidence_rows(table: OutcomeTable, settings: Settings) -> list[ConfidenceRow]:
    """A row for each model, stratum and signal that has any answer with that signal."""
    return list(_rows(table, settings))


def _rows(table: OutcomeTable, settings: Settings) -> Iterator[ConfidenceRow]:
    answered = [OutcomeState.CORRECT, OutcomeState.INCORRECT]
    if settings.partial == "wrong":
        answered.append(OutcomeState.PARTIAL)
    graded = np.flatnonzero(table.is_state(*answered))
    for (model, stratum), rows in table.groups(table.model, table.stratum, rows=graded):
        for signal in table.signals:
            having = rows[np.isfinite(signal.values[rows])]
            if len(having):
                yield _row(table, having, len(rows), (str(model), Stratum(str(stratum))), signal, settings)


def _row(
    table: OutcomeTable, rows: Codes, answered: int, who: tuple[str, Stratum], signal: Signal, settings: Settings
) -> ConfidenceRow:
    s = signal.values[rows]
    y = table.is_state(OutcomeState.CORRECT, rows=rows).astype(np.float64)
    clusters = table.cluster.codes[rows]
    probability = signal.source in PROBABILITY_SOURCES
    values = {name: metric(s, y) for name, metric in _RANKING.items()}
    values |= {name: metric(s, y) if probability else None for name, metric in _PROBABILITY.items()}
    values |= _decomposed(s, y) if probability else dict.fromkeys(_BRIER)
    values["gap"] = float(s.mean() - y.mean()) if probability else None
    intervals = {}
    right = metrics.clustered_proportion(y, clusters=clusters, level=settings.level, degrees="effective")
    if right is not None:
        intervals["accuracy"] = right
    if probability:
        gap = metrics.clustered_interval(s - y, clusters, level=settings.level, bounds=(-1.0, 1.0), degrees="effective")
        if gap is not None:
            intervals["gap"] = gap
    area = metrics.auroc_interval(s, y, clusters, level=settings.level)
    if area is not None:
        intervals["auroc"] = area
    draws = draws_for(len(rows))
    if draws:
        intervals |= _resampled(s, y, clusters, draws, settings)
    return ConfidenceRow(
        model=who[0],
        asked=table.asked[who[0]],
        stratum=who[1],
        source=signal.source,
        name=signal.name,
        n=len(rows),
        without=answered - len(rows),
        levels=len(np.unique(s)),
        mean=float(s.mean()),
        accuracy=float(y.mean()),
        values=values,
        intervals=intervals,
        log_score_clipped=metrics.log_score_clipped(s, y) if probability else None,
        draws=draws,
    )


def draws_for(rows: int) -> int:
    """How many resamples a set of so many attempts gets."""
    return DRAWS if rows * DRAWS <= _RESAMPLED_ROWS else 0


_BRIER = ("brier", "reliability", "resolution", "uncertainty", "miscalibration", "discrimination")


def _decomposed(p: Floats, y: Floats) -> dict[str, float | None]:
    parts = metrics.brier_decomposition(p, y)
    return {name: getattr(parts, name) for name in _BRIER}


def _resampled(s: Floats, y: Floats, clusters: Codes, draws: int, settings: Settings) -> dict[str, Interval]:
    intervals = {}
    for name in _RESAMPLED:
        metric = _RANKING[name]
        found = metrics.cluster_bootstrap(
            lambda drawn, metric=metric: metric(s[drawn], y[drawn]),  # type: ignore[misc]
            len(s),
            clusters,
            level=settings.level,
            draws=draws,
            seed=settings.seed,
        )
        if found is not None:
            intervals[name] = found.interval
    return intervals
