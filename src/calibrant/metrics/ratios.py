"""Ratios of sums compared on the same rows: as means of linearised values, and by resampling clusters."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit

from calibrant.metrics.arrays import Floats, cluster_codes, same_length, scores
from calibrant.metrics.intervals import Interval

__all__ = ["paired_ratio_intervals", "ratio_values"]

_DRAWN_AT_ONCE = 4_000_000
"""Numbers of one portion of draws."""


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
