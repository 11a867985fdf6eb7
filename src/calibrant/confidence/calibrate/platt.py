"""Platt's calibrator: a sigmoid of the score, two numbers to fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from numpy.typing import ArrayLike
from scipy.special import expit, logit

from calibrant.confidence.calibrate.logistic import fit_logistic
from calibrant.confidence.calibrate.rows import FittedOn, laplace, read_field, read_finite, read_rows
from calibrant.metrics.arrays import Floats, scores

__all__ = ["Platt", "fit_platt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Platt:
    """P(right) = 1 / (1 + exp(-(slope score + intercept))), slope >= 0."""

    method: ClassVar[str] = "platt"
    monotone: ClassVar[bool] = True
    slope: float
    intercept: float
    fitted_on: FittedOn

    def predict(self, given: ArrayLike) -> Floats:
        """Probabilities of being right for scores of any shape (n,).

        Raises:
            ValueError: a score is not finite.
        """
        chances: Floats = expit(self.slope * scores(given, "scores") + self.intercept)
        return chances

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "method": self.method,
            "slope": self.slope,
            "intercept": self.intercept,
            "fitted_on": self.fitted_on.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Platt:
        """The calibrator that ``to_dict`` wrote.

        Raises:
            ValueError: a field is missing or out of range.
        """
        slope = read_finite(data, "slope")
        if slope < 0:
            raise ValueError(f"a calibrator's 'slope' must be at least 0, not {slope}")
        return cls(
            slope=slope,
            intercept=read_finite(data, "intercept"),
            fitted_on=FittedOn.from_dict(read_field(data, "fitted_on")),
        )


def fit_platt(given: ArrayLike, correct: ArrayLike, *, clusters: ArrayLike | None = None, seed: int = 0) -> Platt:
    """Fit a sigmoid to scores of any scale (Platt 1999), with Platt's targets, so that no slope is infinite.

    Good from some dozen labels on. A score that is surer of wrong answers gets slope 0, the share of right answers for
    all; so does a constant one. Where all are right or all wrong, everything gets (right + 1)/(n + 2).

    Args:
        given: scores, higher = surer, shape (n,).
        correct: 1 where the answer was right, else 0, shape (n,).
        clusters: label of each row's document, or of its question; kept, as digests, in ``fitted_on``.
        seed: kept in ``fitted_on``; the fit itself draws nothing.

    Raises:
        ValueError: no rows, lengths differ, a score is not finite, ``correct`` holds other than 0 and 1.
    """
    rows = read_rows(given, correct, clusters, seed)
    if rows.one_class:
        share = laplace(rows.fitted_on.right, rows.fitted_on.n)
        return Platt(slope=0.0, intercept=float(logit(share)), fitted_on=rows.fitted_on)
    weights, intercept = fit_logistic(rows.scores[:, None], rows.targets)
    slope = float(weights[0])
    if slope <= 0:
        slope, intercept = 0.0, float(logit(rows.correct.mean()))
    return Platt(slope=slope, intercept=intercept, fitted_on=rows.fitted_on)
