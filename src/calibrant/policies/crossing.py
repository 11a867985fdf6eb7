"""The chance that a count of errors ever falls low enough to pass, by dynamic programming."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import bdtr, gammaln

from calibrant.metrics.arrays import Floats, Ints

__all__ = ["crossing_probability", "largest_passing", "pointwise_level"]

_WIDTH = 8.5
"""Standard deviations kept of each law; what lies outside is counted as having crossed."""
_HALVINGS = 12


def largest_passing(n: Ints, alpha: float, level: float) -> Ints:
    """The largest count of errors among n whose exact p-value is at most the level; -1 where none is. Shape of n."""
    size = np.asarray(n, dtype=np.int64)
    count = np.full(size.shape, -1.0)
    if not size.size:
        return count.astype(np.int64)
    step = 2.0 ** np.floor(np.log2(max(1.0, float(size.max()))))
    while step >= 1:
        tried = np.minimum(count + step, size)
        count = np.where(bdtr(tried, size, alpha) <= level, tried, count)
        step /= 2
    return count.astype(np.int64)


def _binomial(n: int, alpha: float) -> tuple[int, Floats]:
    """Lowest count kept and the probabilities from it on."""
    spread = _WIDTH * np.sqrt(n * alpha * (1 - alpha)) + _WIDTH
    low, high = max(0, int(n * alpha - spread)), min(n, int(n * alpha + spread) + 1)
    k = np.arange(low, high + 1, dtype=np.float64)
    chance = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + k * np.log(alpha) + (n - k) * np.log1p(-alpha)
    return low, np.exp(chance)


def crossing_probability(sizes: tuple[int, ...], limits: Ints, alpha: float) -> float:
    """P(for some j, Binomial errors among the first sizes[j] answers number at most limits[j]).

    Args:
        sizes: increasing numbers of answers, each wrong with probability alpha independently.
        limits: counts that pass, shape of sizes; -1 where none does.
        alpha: in (0, 1).

    >>> round(crossing_probability((1, 2), np.array([0, 0]), 0.5), 6)
    0.5
    """
    low, alive, before = 0, np.ones(1), 0
    for size, limit in zip(sizes, limits, strict=True):
        start, chance = _binomial(size - before, alpha)
        low, alive, before = low + start, np.convolve(alive, chance), size
        spread = _WIDTH * np.sqrt(size * alpha * (1 - alpha)) + _WIDTH
        first = max(0, int(limit) + 1 - low)
        last = int(size * alpha + spread) + 2 - low
        alive = alive[first : max(last, first)]
        low += first
        if not alive.size:
            return 1.0
    return min(1.0, max(0.0, 1.0 - float(alive.sum())))


@lru_cache(maxsize=4096)
def pointwise_level(sizes: tuple[int, ...], alpha: float, level: float) -> float:
    """The largest level, found by halving, at which all sizes may be tested so that any passes with chance <= level.

    Args:
        sizes: increasing numbers of answers.
        alpha: error rate at which each is wrong.
        level: chance allowed, in (0, 1).
    """
    low, high = np.log(level / len(sizes)), np.log(level)
    n = np.array(sizes, dtype=np.int64)

    def chance(log_level: float) -> float:
        return crossing_probability(sizes, largest_passing(n, alpha, float(np.exp(log_level))), alpha)

    if chance(high) <= level:
        return float(np.exp(high))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if chance(middle) <= level else (low, middle)
    return float(np.exp(low))
