"""What one success costs: definitions, section 7, cost per success = expected cost / P(success), with an interval."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from calibrant.metrics.arrays import cluster_codes, same_length, scores
from calibrant.metrics.intervals import Interval

__all__ = ["UnitCost", "cost_per_success"]


class UnitCost(NamedTuple):
    """Dollars for one success."""

    value: float
    interval: Interval | None
    """None below two clusters, and where nothing cost anything."""


def cost_per_success(
    cost: ArrayLike, success: ArrayLike, clusters: ArrayLike | None = None, *, level: float = 0.95
) -> UnitCost | None:
    """Sum of costs over sum of successes, all costs counted, also of what failed or was held back.

    The interval is the ratio's by linearisation on the logarithmic scale, with clustered standard error and Student's
    t: SE^2 = G/(G-1) sum over clusters of (sum of c/C - s/S)^2.

    Args:
        cost: of each row, >= 0, shape (n,).
        success: of each row, a share in [0, 1], shape (n,).
        clusters: label of each row's cluster; by default each row is its own.
        level: confidence, in (0, 1).

    Returns:
        The cost; None where nothing succeeded.

    Raises:
        ValueError: lengths differ, a value is not finite or below 0, or level outside (0, 1).
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie in (0, 1), not {level}")
    paid, won = scores(cost, "cost"), scores(success, "success")
    n = same_length(cost=paid, success=won)
    if (paid < 0).any() or (won < 0).any():
        raise ValueError("costs and successes cannot be negative")
    codes, groups = cluster_codes(clusters, n)
    dollars, wins = float(paid.sum()), float(won.sum())
    if not wins:
        return None
    if not dollars or groups < 2:
        return UnitCost(dollars / wins, None)
    residual = np.bincount(codes, weights=paid / dollars - won / wins, minlength=groups)
    error = sqrt(groups / (groups - 1) * float((residual**2).sum()))
    half = float(stdtrit(groups - 1, 0.5 + level / 2)) * error
    middle = log(dollars / wins)
    return UnitCost(dollars / wins, Interval(exp(middle - half), exp(min(700.0, middle + half))))
