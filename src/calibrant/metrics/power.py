"""How many questions it takes to see a difference: definitions, section 2 (Miller 2024)."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

__all__ = ["PairedVariance", "detectable_difference", "paired_variance", "questions_needed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedVariance:
    """What makes a paired difference vary, in the metric's units squared."""

    between: float
    """w^2: over questions, of the difference of conditional means."""
    within_a: float
    """s_A^2: of one model's repeats of one question."""
    within_b: float = 0.0

    def per_question(self, repeats_a: int = 1, repeats_b: int = 1) -> float:
        """Variance of one question's difference of means."""
        return self.between + self.within_a / repeats_a + self.within_b / repeats_b


def paired_variance(a: ArrayLike, b: ArrayLike) -> PairedVariance:
    """Estimate the parts from a pilot: w^2 is the observed variance less the within-question part.

    Args:
        a: values of one model, shape (questions, repeats).
        b: values of the other on the same questions, shape (questions, repeats).

    Returns:
        The parts. With one repeat the within part cannot be told apart and is counted in ``between``.

    Raises:
        ValueError: not two dimensions, different or fewer than two questions, or a value that is not finite.
    """
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.ndim != 2 or second.ndim != 2 or len(first) != len(second) or len(first) < 2:
        raise ValueError("a and b must be tables of the same two or more questions x repeats")
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError("a value is not finite")
    within = [float(one.var(axis=1, ddof=1).mean()) if one.shape[1] > 1 else 0.0 for one in (first, second)]
    observed = float((first.mean(axis=1) - second.mean(axis=1)).var(ddof=1))
    between = observed - within[0] / first.shape[1] - within[1] / second.shape[1]
    return PairedVariance(between=max(0.0, between), within_a=within[0], within_b=within[1])


def _quantiles(alpha: float, power: float) -> float:
    if not 0 < alpha < 1 or not 0 < power < 1:
        raise ValueError("alpha and power must lie in (0, 1)")
    return float(ndtri(1 - alpha / 2) + ndtri(power))


def questions_needed(
    difference: float,
    variance: PairedVariance,
    *,
    repeats: tuple[int, int] = (1, 1),
    alpha: float = 0.05,
    power: float = 0.8,
    design_effect: float = 1.0,
) -> int:
    """N = (z_{alpha/2} + z_beta)^2 (w^2 + s_A^2/K_A + s_B^2/K_B) / d^2, times the design effect of clustering.

    Args:
        difference: d, the difference to be seen, in the metric's units.
        variance: its parts.
        repeats: K_A and K_B.
        alpha: two-sided error of the first kind.
        power: chance of seeing the difference.
        design_effect: of clustering, >= 1.

    Raises:
        ValueError: the difference is 0, or an argument out of range.
    """
    if not difference or design_effect < 1 or min(repeats) < 1:
        raise ValueError("need a difference other than 0, repeats >= 1 and a design effect >= 1")
    total = variance.per_question(*repeats) * design_effect
    return ceil(_quantiles(alpha, power) ** 2 * total / difference**2)


def detectable_difference(
    questions: int,
    variance: PairedVariance,
    *,
    repeats: tuple[int, int] = (1, 1),
    alpha: float = 0.05,
    power: float = 0.8,
    design_effect: float = 1.0,
) -> float:
    """The smallest difference that so many questions show with this power: the inverse of :func:`questions_needed`.

    Raises:
        ValueError: an argument out of range.
    """
    if questions < 1 or design_effect < 1 or min(repeats) < 1:
        raise ValueError("need questions >= 1, repeats >= 1 and a design effect >= 1")
    return _quantiles(alpha, power) * sqrt(variance.per_question(*repeats) * design_effect / questions)
