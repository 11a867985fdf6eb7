"""At which price of a wrong answer two models change places: definitions, section 1, index at price t.

The index at price t is 100 (c - i l)/N with l = t/(1-t): a straight line in l, the shallower the fewer answers are
wrong. So two models change places at most once, and who is cautious overtakes who knows more as wrong answers get dear.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import isfinite, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from calibrant.metrics.arrays import cluster_codes, same_length, scores
from calibrant.metrics.intervals import Interval

__all__ = ["SettledPrices", "crossing_price", "settled_prices"]

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class SettledPrices:
    """Prices at which one of two models is shown to have the higher index; None where there are none."""

    first: tuple[Interval, ...]
    """Where the first one has."""
    second: tuple[Interval, ...]


def crossing_price(right_a: float, wrong_a: float, right_b: float, wrong_b: float) -> float | None:
    """The price t in [0, 1) at which two models have the same index; None where they never do, or always.

    Args:
        right_a: share right of the one, c/N.
        wrong_a: share wrong of it, i/N.
        right_b: of the other.
        wrong_b: of the other.

    >>> crossing_price(0.5, 0.5, 0.25, 0.25)
    0.5
    """
    penalty, slope = right_a - right_b, wrong_a - wrong_b
    if abs(slope) < _ROUNDING or penalty / slope < 0:
        return None
    return penalty / (penalty + slope) if abs(penalty) > _ROUNDING else 0.0


def settled_prices(
    right: ArrayLike, wrong: ArrayLike, clusters: ArrayLike | None = None, *, level: float = 0.95, highest: float = 0.95
) -> SettledPrices:
    """At which prices the paired difference of two models' indices is established, and for whom.

    For each price on its own, the interval of the mean of ``right - l wrong`` with clustered standard error and
    Student's t (Miller 2024) lies on one side of 0. Solved for l this is Fieller's set: what is left between the two
    is a confidence set for the price at which they change places.

    Args:
        right: of the first less of the second, how often each question was answered rightly, shape (n,).
        wrong: likewise wrongly.
        clusters: label of each row's cluster; by default each row is its own.
        level: for each price, in (0, 1); not for all of them at once.
        highest: price up to which is asked, in (0, 1).

    Raises:
        ValueError: lengths differ, a value is not finite, or level or highest outside (0, 1).
    """
    if not 0 < level < 1 or not 0 < highest < 1:
        raise ValueError(f"level and highest must lie in (0, 1), not {level} and {highest}")
    c, w = scores(right, "right"), scores(wrong, "wrong")
    n = same_length(right=c, wrong=w)
    codes, groups = cluster_codes(clusters, n)
    if groups < 2:
        return SettledPrices((), ())
    a, b = float(c.mean()), float(w.mean())
    of_right = np.bincount(codes, weights=c - a, minlength=groups)
    of_wrong = np.bincount(codes, weights=w - b, minlength=groups)
    scale = float(stdtrit(groups - 1, 0.5 + level / 2)) ** 2 * groups / (groups - 1) / n**2
    pairs = ((of_right, of_right), (of_right, of_wrong), (of_wrong, of_wrong))
    squares = [scale * float(np.dot(one, other)) for one, other in pairs]
    top = highest / (1 - highest)
    edges = [0.0, *_roots((a, b), squares, top), top]
    first: list[Interval] = []
    second: list[Interval] = []
    for low, high in pairwise(edges):
        middle = (low + high) / 2
        gap = a - middle * b
        spread = squares[0] - 2 * middle * squares[1] + middle**2 * squares[2]
        if spread > _ROUNDING and gap**2 > spread:
            (first if gap > 0 else second).append(Interval(low / (1 + low), high / (1 + high)))
    return SettledPrices(tuple(first), tuple(second))


def _roots(mean: tuple[float, float], squares: list[float], top: float) -> list[float]:
    """Where (a - l b)^2 = k^2 Var(a - l b), between 0 and ``top``, ascending."""
    (a, b), (cc, cw, ww) = mean, squares
    x, y, z = b * b - ww, a * b - cw, a * a - cc
    if abs(x) < _ROUNDING:
        found = [z / (2 * y)] if abs(y) > _ROUNDING else []
    else:
        under = y * y - x * z
        found = [] if under < 0 else sorted({(y - sqrt(under)) / x, (y + sqrt(under)) / x})
    return [one for one in found if isfinite(one) and 0 < one < top]
