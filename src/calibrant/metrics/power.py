"""How many questions it takes to see a difference: definitions, section 2 (Miller 2024)."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from calibrant.metrics.arrays import Floats, Ints, cluster_codes, same_length, scores

__all__ = [
    "PairedVariance",
    "attempt_variance",
    "cluster_covariance",
    "detectable_difference",
    "paired_variance",
    "questions_needed",
]


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


def attempt_variance(
    a: ArrayLike, of_a: ArrayLike, b: ArrayLike | None = None, of_b: ArrayLike | None = None
) -> PairedVariance:
    """:func:`paired_variance` from attempts in rows, as many of each question as there happen to be.

    w^2 is the variance over questions of the difference of means, less the mean of s_A^2/k_A + s_B^2/k_B over the
    questions, k being the attempts at each; s^2 is pooled over questions with several attempts.

    Args:
        a: values of one model's attempts, shape (n,).
        of_a: question of each, shape (n,).
        b: values of the other's, shape (m,); None plans for one model alone.
        of_b: question of each, shape (m,); questions that only one has are left out.

    Returns:
        The parts. Of a model without repeats the within part cannot be told apart and is counted in ``between``.

    Raises:
        ValueError: lengths differ, a value is not finite, or fewer than two questions in common.
    """
    names, means, counts, within = zip(*(_by_question(*one) for one in _sides(a, of_a, b, of_b)), strict=True)
    common = names[0] if len(names) == 1 else np.intersect1d(*names)
    if len(common) < 2:
        raise ValueError("fewer than two questions in common")
    places = [np.searchsorted(one, common) for one in names]
    gap = means[0][places[0]] - (means[1][places[1]] if b is not None else 0.0)
    chance = sum(
        spread * float((1 / count[place]).mean()) for spread, count, place in zip(within, counts, places, strict=True)
    )
    between = max(0.0, float(gap.var(ddof=1)) - chance)
    return PairedVariance(between=between, within_a=within[0], within_b=within[1] if b is not None else 0.0)


def _sides(
    a: ArrayLike, of_a: ArrayLike, b: ArrayLike | None, of_b: ArrayLike | None
) -> list[tuple[ArrayLike, ArrayLike]]:
    if b is None or of_b is None:
        return [(a, of_a)]
    return [(a, of_a), (b, of_b)]


def _by_question(values: ArrayLike, questions: ArrayLike) -> tuple[Ints, Floats, Floats, float]:
    """Distinct questions, mean and number of attempts of each, and the variance within a question."""
    value, question = scores(values, "values"), np.asarray(questions)
    same_length(values=value, questions=question)
    names, codes = np.unique(question, return_inverse=True)
    counts = np.bincount(codes).astype(np.float64)
    means = np.bincount(codes, weights=value) / counts
    spare = float((counts - 1).sum())
    within = float(((value - means[codes]) ** 2).sum()) / spare if spare else 0.0
    return names, means, counts, within


def cluster_covariance(values: ArrayLike, clusters: ArrayLike) -> float | None:
    """Covariance of the values of two questions of one document: the mean product of their residuals.

    Divided by the variance it is the intra-class correlation; the design effect of documents of m questions is
    1 + (m - 1) ICC (Kish 1965), with m = sum of squared sizes / sum of sizes where sizes differ.

    Args:
        values: one for each question, shape (n,).
        clusters: label of each question's document, shape (n,).

    Returns:
        The covariance, possibly below 0; None where no document has two questions.

    Raises:
        ValueError: lengths differ, or a value is not finite.
    """
    value = scores(values, "values")
    codes, groups = cluster_codes(clusters, len(value))
    sizes = np.bincount(codes, minlength=groups)
    pairs = float((sizes * (sizes - 1)).sum())
    if not pairs:
        return None
    residual = value - value.mean()
    products = float((np.bincount(codes, weights=residual, minlength=groups) ** 2).sum() - (residual**2).sum())
    return products / pairs


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
