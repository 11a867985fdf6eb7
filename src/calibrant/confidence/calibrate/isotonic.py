"""Isotonic calibration: any map that never falls, as many numbers as the labels ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from calibrant.confidence.calibrate.rows import FittedOn, laplace, read_field, read_numbers, read_rows
from calibrant.metrics.arrays import Floats, probabilities, scores

__all__ = ["Isotonic", "fit_isotonic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Isotonic:
    """A map through points (score, probability), linear between them and flat beyond the ends."""

    method: ClassVar[str] = "isotonic"
    monotone: ClassVar[bool] = True
    scores: tuple[float, ...]
    """Ascending."""
    chances: tuple[float, ...]
    """P(right) at each score; never falls."""
    fitted_on: FittedOn
    _points: tuple[Floats, Floats] = field(init=False, repr=False, compare=False)
    """Both as arrays."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_points", tuple(map(np.asarray, (self.scores, self.chances))))

    def predict(self, given: ArrayLike) -> Floats:
        """Probabilities of being right for scores of shape (n,); 0 and 1 occur.

        Raises:
            ValueError: a score is not finite.
        """
        return np.interp(scores(given, "scores"), *self._points)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "method": self.method,
            "scores": list(self.scores),
            "chances": list(self.chances),
            "fitted_on": self.fitted_on.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Isotonic:
        """The calibrator that ``to_dict`` wrote.

        Raises:
            ValueError: a field is missing, scores do not rise, or probabilities fall.
        """
        at, chances = read_numbers(data, "scores"), probabilities(read_numbers(data, "chances"), "chances")
        if not at.size or len(at) != len(chances) or (np.diff(at) <= 0).any() or (np.diff(chances) < 0).any():
            raise ValueError("an isotonic calibrator needs rising scores and as many probabilities that never fall")
        return cls(
            scores=tuple(at.tolist()),
            chances=tuple(chances.tolist()),
            fitted_on=FittedOn.from_dict(read_field(data, "fitted_on")),
        )


def fit_isotonic(given: ArrayLike, correct: ArrayLike, *, clusters: ArrayLike | None = None, seed: int = 0) -> Isotonic:
    """Fit an isotonic regression to scores of any scale (Zadrozny & Elkan 2002), by scikit-learn.

    Wants some 500 labels: with few it follows them too closely, and says 0 or 1 of scores beyond the last wrong or
    right one. It makes ties, so that AUROC may fall a little. Where all are right or all wrong, everything gets
    (right + 1)/(n + 2).

    Args:
        given: scores, higher = surer, shape (n,).
        correct: 1 where the answer was right, else 0, shape (n,).
        clusters: label of each row's document, or of its question; kept, as digests, in ``fitted_on``.
        seed: kept in ``fitted_on``; the fit itself draws nothing.

    Raises:
        ValueError: no rows, lengths differ, a score is not finite, ``correct`` holds other than 0 and 1.
    """
    from sklearn.isotonic import IsotonicRegression

    rows = read_rows(given, correct, clusters, seed)
    if rows.one_class:
        at, chances = rows.scores[:1], np.array([laplace(rows.fitted_on.right, rows.fitted_on.n)])
    else:
        model = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(rows.scores, rows.correct)
        at, chances = model.X_thresholds_, model.y_thresholds_
    return Isotonic(scores=tuple(at.tolist()), chances=tuple(chances.tolist()), fitted_on=rows.fitted_on)
