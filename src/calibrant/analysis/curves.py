"""The points of two pictures of confidence, each with its interval: reliability, and risk against coverage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from calibrant.analysis.measures import Settings
from calibrant.analysis.table import Asked, Codes, Floats, Mask, OutcomeTable
from calibrant.metrics.calibration import reliability_table
from calibrant.metrics.intervals import Interval, clustered_proportion
from calibrant.metrics.selective import risk_coverage
from calibrant.types import PROBABILITY_SOURCES, ConfidenceSource, OutcomeState, Stratum

__all__ = ["MOST_LEVELS", "ReliabilityPoint", "RiskPoint", "curve_points"]

MOST_LEVELS = 11
"""Up to so many distinct confidences each is a point of its own; beyond, ten bins of equal width."""
_BINS = 10
_MOST_POINTS = 25
"""Of a risk-coverage curve: where there are more distinct scores, about evenly spaced coverages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityPoint:
    """Answers of about one confidence: how many of them are right."""

    model: str
    asked: Asked
    source: ConfidenceSource
    confidence: str
    low: float
    high: float
    """Bounds of the bin; equal where it is one level."""
    n: int
    mean_p: float
    mean_y: float
    """Share right."""
    interval: Interval | None
    """Of the share right, for each point on its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskPoint:
    """What answering only from a confidence upwards comes to."""

    model: str
    asked: Asked
    source: ConfidenceSource
    confidence: str
    threshold: float
    coverage: float
    """Share of the answers with this confidence or more."""
    accepted: int
    errors: int
    risk: float
    """Share of them that is wrong."""
    interval: Interval | None
    """Of the risk, for each point on its own: a threshold chosen by looking at the curve has no such interval."""


def curve_points(table: OutcomeTable, settings: Settings) -> tuple[list[ReliabilityPoint], list[RiskPoint]]:
    """Points of every model and signal, on answered questions that have an answer.

    A reliability diagram is only made of probabilities.
    """
    states = [OutcomeState.CORRECT, OutcomeState.INCORRECT]
    if settings.partial == "wrong":
        states.append(OutcomeState.PARTIAL)
    reliability: list[ReliabilityPoint] = []
    risk: list[RiskPoint] = []
    graded = np.flatnonzero(table.is_state(*states))
    for (model, stratum), rows in table.groups(table.model, table.stratum, rows=graded):
        if stratum != Stratum.ANSWERABLE:
            continue
        for signal in table.signals:
            having = rows[np.isfinite(signal.values[rows])]
            if len(having):
                one = _Signal(table, having, str(model), signal.source, signal.name, signal.values[having], settings)
                risk += one.risk()
                if signal.source in PROBABILITY_SOURCES:
                    reliability += one.reliability()
    return reliability, risk


@dataclass(frozen=True, slots=True)
class _Signal:
    """One signal of one model."""

    table: OutcomeTable
    rows: Codes
    model: str
    source: ConfidenceSource
    name: str
    s: Floats
    settings: Settings

    def reliability(self) -> Iterator[ReliabilityPoint]:
        y = self._right()
        levels = np.unique(self.s)
        by_level = len(levels) <= MOST_LEVELS
        place = (
            np.searchsorted(levels, self.s)
            if by_level
            else np.searchsorted(np.arange(1, _BINS) / _BINS, self.s, side="right")
        )
        for code, row in zip(
            np.unique(place), reliability_table(self.s, y, bins=None if by_level else _BINS), strict=True
        ):
            yield ReliabilityPoint(
                **self._who(),
                low=row.low,
                high=row.high,
                n=row.n,
                mean_p=row.mean_p,
                mean_y=row.mean_y,
                interval=self._interval(y, place == code),
            )

    def risk(self) -> Iterator[RiskPoint]:
        y = self._right()
        curve = risk_coverage(self.s, y)
        wanted = np.linspace(0, 1, _MOST_POINTS + 1)[1:]
        at = np.unique(np.minimum(np.searchsorted(curve.coverage, wanted - 1e-9), len(curve.coverage) - 1))
        for point in at:
            threshold = float(curve.thresholds[point])
            accepted = self.s >= threshold
            yield RiskPoint(
                **self._who(),
                threshold=threshold,
                coverage=float(curve.coverage[point]),
                accepted=int(accepted.sum()),
                errors=int(accepted.sum() - y[accepted].sum()),
                risk=float(curve.risk[point]),
                interval=self._interval(1 - y, accepted),
            )

    def _right(self) -> Floats:
        return self.table.is_state(OutcomeState.CORRECT, rows=self.rows).astype(np.float64)

    def _interval(self, event: Floats, among: Mask) -> Interval | None:
        return clustered_proportion(
            event[among],
            clusters=self.table.cluster.codes[self.rows][among],
            level=self.settings.level,
            degrees="effective",
        )

    def _who(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "asked": self.table.asked[self.model],
            "source": self.source,
            "confidence": self.name,
        }
