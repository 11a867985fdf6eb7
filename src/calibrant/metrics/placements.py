"""AUROC as a mean over rows, which gives it the intervals and paired differences of any mean (definitions, section 2).

The placement of a right answer is the share of wrong ones below it, that of a wrong answer the share of right ones
above it, ties counting half (DeLong, DeLong & Clarke-Pearson 1988; for clusters Obuchowski 1997).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from calibrant.metrics.arrays import Floats, labels, same_length, scores
from calibrant.metrics.intervals import Interval, clustered_interval

__all__ = ["auroc_interval", "auroc_placements"]


def auroc_placements(s: ArrayLike, y: ArrayLike) -> Floats | None:
    """A value for each row whose mean is the AUROC and whose clustered error is, to first order, that of the AUROC.

    AUROC + (n / n_class) (placement - AUROC). Two signals on the same rows are compared by the paired difference of
    these.

    Args:
        s: scores, higher = surer, shape (n,).
        y: 1 where the answer was right, else 0, shape (n,).

    Returns:
        Values of shape (n,), which may lie outside [0, 1]; None with one class only.

    Raises:
        ValueError: lengths differ, a score is not finite, y not 0 or 1.

    >>> auroc_placements([0.9, 0.8, 0.8, 0.1], [1, 1, 0, 0])
    array([1.125, 0.625, 0.625, 1.125])
    """
    score, truth = scores(s), labels(y)
    n = same_length(s=score, y=truth)
    right = truth == 1
    n_right = int(right.sum())
    if n_right in (0, n):
        return None
    placement = np.empty(n)
    placement[right] = _below(score[right], score[~right])
    placement[~right] = 1 - _below(score[~right], score[right])
    area = float(placement[right].mean())
    weight = np.where(right, n / n_right, n / (n - n_right))
    values: Floats = area + weight * (placement - area)
    return values


def auroc_interval(
    s: ArrayLike, y: ArrayLike, clusters: ArrayLike | None = None, *, level: float = 0.95
) -> Interval | None:
    """Interval of the AUROC: clustered error of its placements, Student's t, on the logit scale.

    Args:
        s: scores, higher = surer, shape (n,).
        y: 1 where the answer was right, else 0, shape (n,).
        clusters: label of each row's cluster; by default each row is its own.
        level: confidence, in (0, 1).

    Returns:
        The interval; None with one class, fewer than two clusters, or clusters that do not differ. For an AUROC of 0 or
        1, as far as the share of other clusters that Wilson's bound for 0 of G allows.

    Raises:
        ValueError: lengths differ, a score is not finite, y not 0 or 1, level outside (0, 1).
    """
    values = auroc_placements(s, y)
    if values is None:
        return None
    area = float(values.mean())
    if area in (0.0, 1.0):
        return clustered_interval(values, clusters, level=level, bounds=(0.0, 1.0), degrees="effective")
    found = clustered_interval(values, clusters, level=level, degrees="effective")
    if found is None:
        return None
    step = (found.high - found.low) / 2 / (area * (1 - area))
    return Interval(float(expit(logit(area) - step)), float(expit(logit(area) + step)))


def _below(these: Floats, others: Floats) -> Floats:
    """For each of these, the share of the others below it, ties counting half."""
    ordered = np.sort(others)
    left, right = (np.searchsorted(ordered, these, side=side) for side in ("left", "right"))
    shares: Floats = (left + right) / (2 * len(ordered))
    return shares
