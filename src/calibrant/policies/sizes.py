"""How many labels a promise takes: exact binomial power."""

from __future__ import annotations

from functools import lru_cache
from math import ceil, inf, log, sqrt

import numpy as np
from scipy.special import bdtr, ndtri

from calibrant.policies.crossing import largest_passing

__all__ = ["accepted_needed", "rough_size", "zero_error_minimum"]

_MOST = 4_000_000


def zero_error_minimum(alpha: float, level: float) -> int:
    """ceil(ln level / ln(1 - alpha)): with fewer accepted rows no test at this level can pass (definitions, 6.5).

    >>> zero_error_minimum(0.05, 0.1), zero_error_minimum(0.05, 0.1 / 6)
    (45, 80)
    """
    return ceil(log(level) / log(1 - alpha) - 1e-12)


def rough_size(alpha: float, level: float, risk: float, power: float = 0.8) -> float:
    """Accepted rows needed, by the normal approximation; infinite where the risk is not below alpha."""
    if risk >= alpha:
        return inf
    spread = float(ndtri(1 - level)) * sqrt(alpha * (1 - alpha)) + float(ndtri(power)) * sqrt(risk * (1 - risk))
    return max((spread / (alpha - risk)) ** 2, float(zero_error_minimum(alpha, level)))


@lru_cache(maxsize=4096)
def accepted_needed(alpha: float, level: float, risk: float, power: float = 0.8) -> int | None:
    """Accepted rows from which on the exact test passes with this power, whatever more there are.

    Args:
        alpha: error rate to be promised, in (0, 1).
        level: of the test, in (0, 1).
        risk: the true error rate assumed, in [0, 1).
        power: chance of passing, in (0, 1).

    Returns:
        The smallest n with power >= ``power`` at every n' >= n; None where the risk is not below alpha, or more than
        4,000,000 would be needed.

    >>> accepted_needed(0.1, 0.1, 0.05), accepted_needed(0.05, 0.05, 0.025)
    (152, 434)
    """
    if risk >= alpha:
        return None
    low = zero_error_minimum(alpha, level)
    if risk == 0:
        return low
    guess = rough_size(alpha, level, risk, power)
    if guess > _MOST:
        return None
    # The exact power saws up and down; beyond this window it no longer falls below the line.
    n = np.arange(max(low, int(0.7 * guess) - 50), int(1.25 * guess) + 4 * low + 50)
    limits = largest_passing(n, alpha, level)
    reached = np.where(limits < 0, 0.0, bdtr(np.maximum(limits, 0).astype(np.float64), n, risk))
    short = np.flatnonzero(reached < power)
    return int(n[short[-1]]) + 1 if short.size else int(n[0])
