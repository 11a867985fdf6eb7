"""Beta calibration: a probability bent at both ends, three numbers to fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from calibrant.confidence.calibrate.logistic import fit_logistic
from calibrant.confidence.calibrate.rows import FittedOn, Rows, laplace, read_field, read_finite, read_rows
from calibrant.metrics.arrays import Floats, probabilities

__all__ = ["Beta", "fit_beta"]

CLIP = 1e-4
"""Probabilities are clipped to [1e-4, 1 - 1e-4] before their logarithm: a model that says 100 % means no infinity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beta:
    """logit P(right) = a log s - b log(1 - s) + c, with a, b >= 0."""

    method: ClassVar[str] = "beta"
    monotone: ClassVar[bool] = True
    a: float
    b: float
    c: float
    fitted_on: FittedOn

    def predict(self, given: ArrayLike) -> Floats:
        """Probabilities of being right for scores in [0, 1], shape (n,).

        Raises:
            ValueError: a score lies outside [0, 1].
        """
        columns = _columns(probabilities(given, "scores"))
        chances: Floats = expit(columns @ np.array([self.a, self.b]) + self.c)
        return chances

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "method": self.method,
            "a": self.a,
            "b": self.b,
            "c": self.c,
            "fitted_on": self.fitted_on.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Beta:
        """The calibrator that ``to_dict`` wrote.

        Raises:
            ValueError: a field is missing or out of range.
        """
        a, b = read_finite(data, "a"), read_finite(data, "b")
        if min(a, b) < 0:
            raise ValueError(f"a calibrator's 'a' and 'b' must be at least 0, not {a} and {b}")
        fitted_on = FittedOn.from_dict(read_field(data, "fitted_on"))
        return cls(a=a, b=b, c=read_finite(data, "c"), fitted_on=fitted_on)


def fit_beta(given: ArrayLike, correct: ArrayLike, *, clusters: ArrayLike | None = None, seed: int = 0) -> Beta:
    """Fit a beta calibration map to probabilities (Kull, Silva Filho & Flach 2017), by logistic regression.

    On log s and -log(1 - s). A negative weight is put to 0 and the other fitted anew, as the paper does, so the map
    never falls. Platt's targets keep it finite. Where all are right or all wrong, everything gets (right + 1)/(n + 2).

    Args:
        given: scores in [0, 1], higher = surer, shape (n,).
        correct: 1 where the answer was right, else 0, shape (n,).
        clusters: label of each row's document, or of its question; kept, as digests, in ``fitted_on``.
        seed: kept in ``fitted_on``; the fit itself draws nothing.

    Raises:
        ValueError: no rows, lengths differ, a score outside [0, 1], ``correct`` holds other than 0 and 1.
    """
    rows = read_rows(probabilities(given, "scores"), correct, clusters, seed)
    if rows.one_class:
        share = laplace(rows.fitted_on.right, rows.fitted_on.n)
        return Beta(a=0.0, b=0.0, c=float(logit(share)), fitted_on=rows.fitted_on)
    a, b, c = _bent(rows)
    return Beta(a=a, b=b, c=c, fitted_on=rows.fitted_on)


def _columns(chances: Floats) -> Floats:
    clipped = np.clip(chances, CLIP, 1 - CLIP)
    return np.column_stack([np.log(clipped), -np.log1p(-clipped)])


def _bent(rows: Rows) -> tuple[float, float, float]:
    columns = _columns(rows.scores)
    weights, c = fit_logistic(columns, rows.targets)
    if weights.min() >= 0 and weights.max() > 0:
        return float(weights[0]), float(weights[1]), c
    kept = int(weights.argmax())
    alone, c = fit_logistic(columns[:, [kept]], rows.targets)
    if alone[0] <= 0:  # nothing in it that rises
        return 0.0, 0.0, float(logit(rows.correct.mean()))
    pair = [0.0, 0.0]
    pair[kept] = float(alone[0])
    return pair[0], pair[1], c
