"""Ratios of sums compared on the same rows: as means of linearised values, and by resampling clusters."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

from calibrant.metrics.arrays import Floats, cluster_codes, same_length, scores
from calibrant.metrics.intervals import Interval, effective_wilson

__all__ = ["paired_ratio_intervals", "paired_ratio_score_interval", "ratio_values"]

_DRAWN_AT_ONCE = 4_000_000
"""Numbers of one portion of draws."""
_DOUBTED = 20
"""Clusters that a correlation of 0 is worth: one estimated from a few clusters is often near 1 by chance."""


def ratio_values(numerator: ArrayLike, denominator: ArrayLike) -> Floats | None:
    """A value for each row whose mean is the ratio and whose clustered error is, to first order, that of the ratio.

    R + (top - R bottom) / mean(bottom), R = sum(top) / sum(bottom): the linearisation of definitions, section 2. Two
    models on the same rows are compared by the paired difference of these, many by all such differences at once.

    Args:
        numerator: shape (n,).
        denominator: shape (n,), >= 0.

    Returns:
        Values of shape (n,); None where the denominators add up to nothing.

    Raises:
        ValueError: lengths differ or a value is not finite.

    >>> ratio_values([1, 0, 1], [1, 1, 2])
    array([0.875, 0.125, 0.5  ])
    """
    top, bottom = scores(numerator, "numerator"), scores(denominator, "denominator")
    n = same_length(numerator=top, denominator=bottom)
    total = float(bottom.sum())
    if not n or not total:
        return None
    ratio = float(top.sum()) / total
    values: Floats = ratio + n / total * (top - ratio * bottom)
    return values


def paired_ratio_score_interval(
    first: tuple[ArrayLike, ArrayLike],
    second: tuple[ArrayLike, ArrayLike],
    clusters: ArrayLike | None = None,
    *,
    level: float = 0.95,
) -> Interval | None:
    """Interval of the difference of two ratios in [0, 1] that also holds for few rows and far out in the tails.

    Each ratio gets Wilson's interval on as many trials as its clustered variance is worth, at most its clusters. The
    two are put together as Newcombe 1998 (method 10) and Zou and Donner 2008 do: with d = a - b,
    low = d - sqrt((a - l_a)^2 - 2 r (a - l_a)(u_b - b) + (u_b - b)^2), and so on. r is the correlation of the clusters'
    residuals; a positive one, which narrows, is shrunk by G / (G + 20).

    Args:
        first: numerator and denominator of the one model, each of shape (n,), the denominator >= 0.
        second: of the other, on the same rows.
        clusters: label of each row's cluster; by default each row is its own.
        level: confidence, in (0, 1).

    Returns:
        The interval; None where a ratio rests on fewer than two clusters.

    Raises:
        ValueError: lengths differ, a value is not finite, a ratio outside [0, 1], or level outside (0, 1).
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie in (0, 1), not {level}")
    columns = [scores(one, "ratio") for one in (*first, *second)]
    n = same_length(**{f"array {index}": column for index, column in enumerate(columns)})
    codes, groups = cluster_codes(clusters, n)
    found, residuals = [], []
    for top, bottom in (columns[:2], columns[2:]):
        total = float(bottom.sum())
        used = len(np.unique(codes[bottom > 0]))
        if used < 2:
            return None
        ratio = float(top.sum()) / total
        residual = np.bincount(codes, weights=top - ratio * bottom, minlength=groups)
        variance = used / (used - 1) * float((residual**2).sum()) / total**2
        low, high = effective_wilson(ratio, variance, used, level)
        found.append((ratio, ratio - low, high - ratio))
        residuals.append(residual)
    (a, below_a, above_a), (b, below_b, above_b) = found
    lengths = sqrt(float((residuals[0] ** 2).sum()) * float((residuals[1] ** 2).sum()))
    r = float(residuals[0] @ residuals[1]) / lengths if lengths else 0.0
    r = max(-1.0, r if r < 0 else r * groups / (groups + _DOUBTED))
    low = sqrt(max(0.0, below_a**2 - 2 * r * below_a * above_b + above_b**2))
    high = sqrt(max(0.0, above_a**2 - 2 * r * above_a * below_b + below_b**2))
    return Interval(max(-1.0, a - b - low), min(1.0, a - b + high))


def paired_ratio_intervals(
    first: tuple[ArrayLike, ArrayLike],
    second: tuple[ArrayLike, ArrayLike],
    clusters: ArrayLike | None = None,
    *,
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
) -> list[Interval | None]:
    """Intervals of the differences of K ratios of two models, all from one paired cluster resample.

    As :func:`calibrant.metrics.paired_ratio_difference`, whose resample costs the same for one ratio as for many. The
    percentiles are then spread about the difference by sqrt(G/(G-1)) t_{G-1} / z, the small-sample factor and the
    quantile that means have: few clusters resample too tamely.

    Args:
        first: numerators and denominators of the one model, each of shape (n, K).
        second: of the other, on the same rows.
        clusters: label of each row's cluster; by default each row is its own.
        level: of each interval, in (0, 1).
        draws: resamples.
        seed: of the draws.

    Returns:
        K intervals (percentiles); None with fewer than two clusters, where more than a tenth of the draws leave a ratio
        undefined, or where no draw differs.

    Raises:
        ValueError: shapes differ, or level outside (0, 1).
    """
    columns = [np.atleast_2d(np.asarray(one, dtype=np.float64)) for one in (*first, *second)]
    shape = columns[0].shape
    if any(column.shape != shape for column in columns):
        raise ValueError("numerators and denominators must have one shape")
    if not 0 < level < 1:
        raise ValueError(f"level must lie in (0, 1), not {level}")
    codes, groups = cluster_codes(clusters, shape[0])
    count = shape[1]
    if groups < 2 or not count:
        return [None] * count
    every = np.hstack(columns)
    sums = np.stack([np.bincount(codes, weights=column, minlength=groups) for column in every.T], axis=1)
    # Clusters that add up alike are drawn as one: of single answers there are a few dozen kinds, however many rows.
    kinds, times = np.unique(sums, axis=0, return_counts=True)
    random = np.random.default_rng(seed)
    portion = max(1, min(draws, _DRAWN_AT_ONCE // len(kinds)))
    found = []
    for start in range(0, draws, portion):
        drawn = random.multinomial(groups, times / groups, size=min(portion, draws - start)).astype(np.float64) @ kinds
        top_a, bottom_a, top_b, bottom_b = (drawn[:, count * k : count * (k + 1)] for k in range(4))
        defined = (bottom_a > 0) & (bottom_b > 0)
        gaps = np.full(top_a.shape, np.nan)
        gaps[defined] = top_a[defined] / bottom_a[defined] - top_b[defined] / bottom_b[defined]
        found.append(gaps)
    spread = sqrt(groups / (groups - 1)) * float(stdtrit(groups - 1, 0.5 + level / 2) / ndtri(0.5 + level / 2))
    totals = sums.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = [totals[2 * k * count : (2 * k + 1) * count] / totals[(2 * k + 1) * count :][:count] for k in (0, 1)]
    return [
        _percentiles(column[np.isfinite(column)], float(gap), draws, level, spread)
        for column, gap in zip(np.concatenate(found).T, ratios[0] - ratios[1], strict=True)
    ]


def _percentiles(gaps: Floats, gap: float, draws: int, level: float, spread: float) -> Interval | None:
    if gaps.size < 0.9 * draws or np.ptp(gaps) == 0:
        return None
    low, high = np.quantile(gaps, [0.5 - level / 2, 0.5 + level / 2])
    return Interval(gap + spread * float(low - gap), gap + spread * float(high - gap))
