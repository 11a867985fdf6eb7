"""How far stated probabilities are from what happens: definitions, section 5.

Everywhere ``p`` is the predicted probability of being correct, shape (n,), in [0, 1]; ``y`` is 1 where the answer was
correct and 0 where not, shape (n,). Results are None for n = 0. Items of equal ``p`` move together, so no result
depends on the order of rows; ``hle_compat`` is the one exception.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from calibrant.metrics.arrays import Floats, Ints, counted_levels, labels, probabilities, same_length

__all__ = [
    "BrierDecomposition",
    "ReliabilityRow",
    "brier_decomposition",
    "brier_score",
    "debiased_l2",
    "ece",
    "equal_mass_ece",
    "level_ece",
    "log_score",
    "log_score_clipped",
    "reliability_table",
    "rms_calibration_error",
    "smooth_ece",
]

CLIP = 1e-12
"""Probabilities are clipped to [1e-12, 1 - 1e-12] in the log score."""
_GRID = 8192
_HLE_BIN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class BrierDecomposition:
    """brier = reliability - resolution + uncertainty = miscalibration - discrimination + uncertainty."""

    brier: float
    reliability: float
    """Murphy 1973, grouped by distinct p: exact."""
    resolution: float
    uncertainty: float
    miscalibration: float
    """CORP (Dimitriadis, Gneiting & Jordan 2021), by isotonic regression."""
    discrimination: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityRow:
    """One bin, or one distinct level, of a reliability diagram."""

    low: float
    high: float
    n: int
    mean_p: float
    mean_y: float


def _pair(p: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    chances, truths = probabilities(p), labels(y)
    same_length(p=chances, y=truths)
    return chances, truths


def _levels(p: Floats, y: Floats) -> tuple[Floats, Ints, Floats]:
    """Distinct p ascending, how many rows have each, and the sum of y over them."""
    values, counts, right = counted_levels(p, y)
    return values, counts, right.astype(np.float64)


def _checked_bins(bins: int) -> int:
    if bins < 1:
        raise ValueError(f"bins must be at least 1, not {bins}")
    return bins


def _equal_width(p: Floats, y: Floats, bins: int) -> tuple[Ints, Floats, Floats]:
    """Counts, sums of p and sums of y of bins [lo, hi), the last one closed."""
    index = np.searchsorted(np.arange(1, bins) / bins, p, side="right")
    counts = np.bincount(index, minlength=bins).astype(np.int64)
    sums = [np.bincount(index, weights=one, minlength=bins).astype(np.float64) for one in (p, y)]
    return counts, sums[0], sums[1]


def _equal_mass(p: Floats, y: Floats, edges: Ints) -> tuple[Floats, Floats, Floats]:
    """Counts, sums of p and of y between positions in the order of p; a tie block on an edge is shared."""
    values, counts, right = _levels(p, y)
    position = np.concatenate([[0], np.cumsum(counts)])
    sum_p = np.concatenate([[0.0], np.cumsum(values * counts)])
    sum_y = np.concatenate([[0.0], np.cumsum(right)])
    at_p, at_y = np.interp(edges, position, sum_p), np.interp(edges, position, sum_y)
    return np.diff(edges).astype(np.float64), np.diff(at_p), np.diff(at_y)


def _even_edges(n: int, bins: int) -> Ints:
    """Edges of ``bins`` runs whose sizes differ by one at most, the larger first."""
    size, more = divmod(n, bins)
    return np.concatenate([[0], np.cumsum(size + (np.arange(bins) < more))]).astype(np.int64)


def level_ece(p: ArrayLike, y: ArrayLike) -> float | None:
    """Expected calibration error by distinct levels: sum over values v of (n_v/n) abs(mean y - v).

    The exact one for stated confidences, which take few values. Definitions, section 5.

    Raises:
        ValueError: lengths differ, p outside [0, 1], y not 0 or 1.

    >>> level_ece([0.9, 0.9, 0.5, 0.5], [1, 0, 1, 0])
    0.2
    """
    chances, truths = _pair(p, y)
    if not chances.size:
        return None
    values, counts, right = _levels(chances, truths)
    return float(np.abs(right - values * counts).sum() / chances.size)


def ece(p: ArrayLike, y: ArrayLike, bins: int = 15) -> float | None:
    """Expected calibration error over equal-width bins [lo, hi), the last closed. Definitions, section 5.

    Args:
        p: probabilities.
        y: outcomes.
        bins: how many; always to be printed beside the number.

    Raises:
        ValueError: lengths differ, p outside [0, 1], y not 0 or 1, bins < 1.
    """
    chances, truths = _pair(p, y)
    bins = _checked_bins(bins)
    if not chances.size:
        return None
    _, sum_p, sum_y = _equal_width(chances, truths, bins)
    return float(np.abs(sum_y - sum_p).sum() / chances.size)


def equal_mass_ece(p: ArrayLike, y: ArrayLike, bins: int = 15) -> float | None:
    """Expected calibration error over bins of equal mass; tie blocks on an edge are shared by expectation.

    Raises:
        ValueError: lengths differ, p outside [0, 1], y not 0 or 1, bins < 1.
    """
    chances, truths = _pair(p, y)
    bins = _checked_bins(bins)
    if not chances.size:
        return None
    edges = _even_edges(chances.size, min(bins, chances.size))
    _, sum_p, sum_y = _equal_mass(chances, truths, edges)
    return float(np.abs(sum_y - sum_p).sum() / chances.size)


def debiased_l2(p: ArrayLike, y: ArrayLike, bins: int = 15) -> float | None:
    """Debiased L2 calibration error over equal-mass bins (Kumar, Liang & Ma 2019).

    sqrt(max(0, sum (n_b/n) [(mean p - mean y)^2 - mean y (1 - mean y) / (n_b - 1)])). A bin needs two rows for its
    variance, so there are never more than n // 2 bins.

    Returns:
        The error, or None for fewer than two rows.

    Raises:
        ValueError: lengths differ, p outside [0, 1], y not 0 or 1, bins < 1.
    """
    chances, truths = _pair(p, y)
    bins = _checked_bins(bins)
    if chances.size < 2:
        return None
    edges = _even_edges(chances.size, min(bins, chances.size // 2))
    n_b, sum_p, sum_y = _equal_mass(chances, truths, edges)
    mean_y = sum_y / n_b
    squared = (sum_p / n_b - mean_y) ** 2 - mean_y * (1 - mean_y) / (n_b - 1)
    return float(np.sqrt(max(0.0, float((n_b * squared).sum() / chances.size))))


def rms_calibration_error(p: ArrayLike, y: ArrayLike, hle_compat: bool = False) -> float | None:
    """Root mean square calibration error over equal-mass bins of 100, the last one taking the rest.

    Args:
        p: probabilities.
        y: outcomes.
        hle_compat: reproduce the script published with Humanity's Last Exam, which leaves out the most confident bin
            while counting its rows, and depends on the order of rows with equal p. It gives 0.0 below 200 rows.

    Raises:
        ValueError: lengths differ, p outside [0, 1], y not 0 or 1.
    """
    chances, truths = _pair(p, y)
    n = chances.size
    if not n:
        return None
    edges = np.append(np.arange(max(1, n // _HLE_BIN)) * _HLE_BIN, n)
    if hle_compat:
        order = np.argsort(chances, kind="stable")
        sum_p, sum_y = np.add.reduceat(chances[order], edges[:-1]), np.add.reduceat(truths[order], edges[:-1])
        n_b = np.diff(edges).astype(np.float64)
        n_b[-1] = 0.0
        gaps = np.where(n_b > 0, (sum_p - sum_y) / np.maximum(n_b, 1), 0.0)
        return float(np.sqrt((n_b * gaps**2).sum() / n))
    n_b, sum_p, sum_y = _equal_mass(chances, truths, edges)
    return float(np.sqrt((((sum_p - sum_y) ** 2) / n_b).sum() / n))


def smooth_ece(p: ArrayLike, y: ArrayLike) -> float | None:
    """Smooth calibration error (Blasiok & Nakkiran 2023): no bins to choose.

    The residuals y - p are smoothed along p by a Gaussian kernel reflected at 0 and 1; the error is the integral of
    their absolute value, at the bandwidth that equals the error itself. On a grid of 8,192 cells, with each residual
    shared between its two neighbours: the result is good to about 1e-4.

    Raises:
        ValueError: lengths differ, p outside [0, 1], y not 0 or 1.
    """
    from scipy.fft import dct, idct

    chances, truths = _pair(p, y)
    if not chances.size:
        return None
    place = np.clip(chances * _GRID - 0.5, 0, _GRID - 1)
    left = np.minimum(place.astype(np.int64), _GRID - 2)
    share = place - left
    residual = (truths - chances) / chances.size
    mass = np.bincount(left, weights=residual * (1 - share), minlength=_GRID)
    mass += np.bincount(left + 1, weights=residual * share, minlength=_GRID)
    # Reflection at both ends makes the cosine transform diagonalise the smoothing.
    waves = dct(mass, type=2)
    frequency = np.pi * np.arange(_GRID)

    def smoothed(width: float) -> float:
        return float(np.abs(idct(waves * np.exp(-0.5 * (width * frequency) ** 2), type=2)).sum())

    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        if smoothed(middle) >= middle:
            low = middle
        else:
            high = middle
    return smoothed(high)


def brier_score(p: ArrayLike, y: ArrayLike) -> float | None:
    """Mean (p - y)^2.

    Raises:
        ValueError: lengths differ, p outside [0, 1], y not 0 or 1.
    """
    chances, truths = _pair(p, y)
    return float(np.square(chances - truths).mean()) if chances.size else None


def brier_decomposition(p: ArrayLike, y: ArrayLike) -> BrierDecomposition | None:
    """The Brier score taken apart, twice: by distinct p (Murphy 1973) and by isotonic regression (CORP, 2021).

    Raises:
        ValueError: lengths differ, p outside [0, 1], y not 0 or 1.
    """
    from scipy.optimize import isotonic_regression

    chances, truths = _pair(p, y)
    n = chances.size
    if not n:
        return None
    values, counts, right = _levels(chances, truths)
    rates, base = right / counts, float(truths.mean())
    brier = float(np.square(chances - truths).mean())
    uncertainty = base * (1 - base)
    recalibrated = isotonic_regression(rates, weights=counts.astype(np.float64)).x
    spread = float((counts * rates * (1 - rates)).sum() / n)
    best = float((counts * np.square(recalibrated - rates)).sum() / n) + spread
    return BrierDecomposition(
        brier=brier,
        reliability=float((counts * np.square(values - rates)).sum() / n),
        resolution=float((counts * np.square(rates - base)).sum() / n),
        uncertainty=uncertainty,
        miscalibration=brier - best,
        discrimination=uncertainty - best,
    )


def log_score(p: ArrayLike, y: ArrayLike) -> float | None:
    """Mean -log of the probability given to what happened, clipped at 1e-12.

    Raises:
        ValueError: lengths differ, p outside [0, 1], y not 0 or 1.
    """
    chances, truths = _pair(p, y)
    if not chances.size:
        return None
    clipped = np.clip(chances, CLIP, 1 - CLIP)
    return float(-np.log(np.where(truths == 1, clipped, 1 - clipped)).mean())


def log_score_clipped(p: ArrayLike, y: ArrayLike) -> int:
    """How many rows the log score clips: certain, and wrong.

    Raises:
        ValueError: lengths differ, p outside [0, 1], y not 0 or 1.
    """
    chances, truths = _pair(p, y)
    return int((np.where(truths == 1, chances, 1 - chances) < CLIP).sum())


def reliability_table(p: ArrayLike, y: ArrayLike, bins: int | None = 15) -> list[ReliabilityRow]:
    """The rows of a reliability diagram: equal-width bins that hold anything, or with ``bins=None`` distinct levels.

    Raises:
        ValueError: lengths differ, p outside [0, 1], y not 0 or 1, bins < 1.
    """
    chances, truths = _pair(p, y)
    if bins is None:
        values, counts, right = _levels(chances, truths)
        return [
            ReliabilityRow(low=float(v), high=float(v), n=int(n), mean_p=float(v), mean_y=float(r / n))
            for v, n, r in zip(values, counts, right, strict=True)
        ]
    counts, sum_p, sum_y = _equal_width(chances, truths, _checked_bins(bins))
    return [
        ReliabilityRow(
            low=index / bins,
            high=(index + 1) / bins,
            n=int(counts[index]),
            mean_p=float(sum_p[index] / counts[index]),
            mean_y=float(sum_y[index] / counts[index]),
        )
        for index in np.flatnonzero(counts)
    ]
