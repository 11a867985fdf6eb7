"""How sure a number is: definitions, section 2.

Rows are attempts. A cluster is what makes rows dependent: the source document, or the question for its repeats.
Undefined is None, never a pair of NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, isfinite, sqrt
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit, ndtri, stdtrit

from calibrant.metrics.arrays import Floats, Ints, cluster_codes, labels, same_length, scores

__all__ = [
    "Bootstrap",
    "Degrees",
    "Evidence",
    "Interval",
    "cluster_bootstrap",
    "clustered_interval",
    "clustered_proportion",
    "evidence",
    "ratio_interval",
    "wilson_interval",
]


Degrees = Literal["clusters", "effective"]
"""Student's degrees of freedom: G - 1 (definitions, section 2), or as many as the clusters' residuals are worth, for
intervals that must also hold where a few clusters carry the variance. The report takes the second."""

_NO_VARIANCE = 1e-12


class Interval(NamedTuple):
    """A confidence interval."""

    low: float
    high: float


class Evidence(NamedTuple):
    """What an interval rests on; below 20 clusters or 5 events a report warns beside the number."""

    clusters: int
    events: int
    """The rarer of successes and failures."""

    @property
    def thin(self) -> bool:
        """Whether to warn."""
        return self.clusters < 20 or self.events < 5


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """A percentile interval over resampled clusters."""

    interval: Interval
    draws: int
    undefined: int
    """Draws in which the statistic was undefined; they are left out."""


def _checked_level(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"level must lie in (0, 1), not {level}")
    return level


def _wilson(p: float, n: float, z: float) -> Interval:
    # Wilson's formula times n, which neither a tiny nor a huge effective count can drive out of range.
    centre = (p * n + z * z / 2) / (n + z * z)
    half = z * sqrt(max(0.0, p * (1 - p) * n + z * z / 4)) / (n + z * z)
    return Interval(0.0 if p == 0 else max(0.0, centre - half), 1.0 if p == 1 else min(1.0, centre + half))


def wilson_interval(successes: float, n: float, level: float = 0.95) -> Interval | None:
    """Score interval of a proportion (Wilson 1927).

    Args:
        successes: how many, possibly an effective count.
        n: of how many.
        level: confidence, in (0, 1).

    Returns:
        The interval, or None for n = 0.

    Raises:
        ValueError: not 0 <= successes <= n, or level outside (0, 1).

    >>> wilson_interval(5, 20)
    Interval(low=0.1118..., high=0.4687...)
    """
    try:
        # Python's own numbers: NumPy's narrow integers overflow without a word, and would come back in the result.
        hits, trials = float(successes), float(n)
    except OverflowError:
        hits = trials = inf
    if not 0 <= hits <= trials or not isfinite(trials):
        raise ValueError(f"need 0 <= successes <= n, not {successes} of {n}")
    z = float(ndtri(0.5 + _checked_level(level) / 2))
    return _wilson(hits / trials, trials, z) if trials else None


def effective_wilson(ratio: float, variance: float, clusters: int, level: float) -> Interval:
    """Wilson's interval of a ratio, on as many trials as its variance is worth, at most its clusters; Student's t.

    Raises:
        ValueError: the ratio lies outside [0, 1].
    """
    if not 0 <= ratio <= 1:
        raise ValueError(f"the ratio must lie in [0, 1], not {ratio}")
    binomial = ratio * (1 - ratio)
    worth = min(float(clusters), binomial / variance) if variance > 0 and binomial > 0 else float(clusters)
    return _wilson(ratio, worth, _quantile(level, clusters))


def _quantile(level: float, clusters: int) -> float:
    return float(stdtrit(clusters - 1, 0.5 + level / 2))


def _quantile_for(level: float, residuals: Floats, degrees: Degrees) -> float:
    """Student's quantile for clusters with these sums of residuals.

    A variance that hangs on a few clusters is itself badly known. 3 (sum r^2)^2 / sum r^4 is the number of clusters for
    normal residuals and falls to three times the number of clusters that carry the variance.
    """
    groups = float(len(residuals))
    if degrees == "clusters":
        return _quantile(level, len(residuals))
    squares = residuals**2
    fourth = float((squares**2).sum())
    worth = 3 * float(squares.sum()) ** 2 / fourth if fourth else groups
    return float(stdtrit(max(1.0, min(groups, worth) - 1), 0.5 + level / 2))


def _sums(codes: Ints, values: Floats, clusters: int) -> Floats:
    return np.bincount(codes, weights=values, minlength=clusters).astype(np.float64)


def evidence(successes: ArrayLike, trials: ArrayLike | None = None, clusters: ArrayLike | None = None) -> Evidence:
    """How many clusters and events a proportion rests on.

    Raises:
        ValueError: lengths differ, or values other than 0 and 1.
    """
    success, trial, codes = _trials(successes, trials, clusters)
    k, n = int(success.sum()), int(trial.sum())
    return Evidence(clusters=len(np.unique(codes[trial > 0])), events=min(k, n - k))


def variance_events(values: Sequence[float], times: Sequence[int]) -> int:
    """How many rows carry the variance of a mean: the events of a metric that is no proportion.

    The fewest rows, in blocks of equal value and farthest from the mean first, that make up half of the sum of
    squares. For a proportion that is the rarer of successes and failures, as in :class:`Evidence`; for an index it is
    also the few wrong answers whose price outweighs everything else.

    Args:
        values: different values.
        times: how many rows have each, of the same length.

    >>> variance_events((1, 0), (4, 96)), variance_events((1, -9, 0), (50, 2, 48)), variance_events((1, 0), (7, 0))
    (4, 2, 0)
    """
    value, count = np.asarray(values, dtype=np.float64), np.asarray(times, dtype=np.float64)
    total = count.sum()
    if not total:
        return 0
    squares = (value - (value * count).sum() / total) ** 2
    order = np.argsort(-squares, kind="stable")
    carried = np.cumsum((squares * count)[order])
    if carried[-1] <= _NO_VARIANCE * total:
        return 0
    half = int((carried >= carried[-1] / 2 * (1 - _NO_VARIANCE)).argmax())
    return int(count[order][: half + 1].sum())


def _trials(successes: ArrayLike, trials: ArrayLike | None, clusters: ArrayLike | None) -> tuple[Floats, Floats, Ints]:
    success = labels(successes, "successes")
    trial = np.ones_like(success) if trials is None else labels(trials, "trials")
    n = same_length(successes=success, trials=trial)
    if (success > trial).any():
        raise ValueError("a success outside the trials")
    return success, trial, cluster_codes(clusters, n)[0]


def clustered_proportion(
    successes: ArrayLike,
    trials: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    *,
    level: float = 0.95,
    degrees: Degrees = "clusters",
) -> Interval | None:
    """Wilson interval of a proportion on effective counts (definitions, section 2).

    The counts k and n are divided by d = max(1, cluster-robust variance / binomial variance), and the quantile is
    Student's. Where every cluster has one trial, this is the plain Wilson interval.
    Where all trials end alike, the variance says nothing about clustering and n is taken to be the number of clusters.

    Args:
        successes: 1 where the event happened, shape (n,).
        trials: 1 where it could have, shape (n,); all rows by default. The hallucination rate is such a proportion:
            wrong answers among the questions missed.
        clusters: label of each row's cluster; by default each row is its own.
        level: confidence, in (0, 1).
        degrees: of freedom, see :data:`Degrees`.

    Returns:
        The interval; None without trials, or with several trials in a single cluster.

    Raises:
        ValueError: lengths differ, values other than 0 and 1, a success outside the trials, level outside (0, 1).
    """
    _checked_level(level)
    success, trial, codes = _trials(successes, trials, clusters)
    inside = trial > 0
    n = int(inside.sum())
    if not n:
        return None
    codes, groups = cluster_codes(codes[inside], n)
    k = float(success[inside].sum())
    if groups == n:
        return wilson_interval(k, n, level)
    if groups == 1:
        return None
    p = k / n
    quantile = _quantile(level, groups)
    if p in (0.0, 1.0):
        return _wilson(p, groups, quantile)
    residual = _sums(codes, success[inside] - p, groups)
    robust = groups / (groups - 1) * float((residual**2).sum()) / n**2
    return _wilson(p, n / max(1.0, robust / (p * (1 - p) / n)), _quantile_for(level, residual, degrees))


def clustered_interval(
    values: ArrayLike,
    clusters: ArrayLike | None = None,
    *,
    level: float = 0.95,
    bounds: tuple[float, float] | None = None,
    degrees: Degrees = "clusters",
) -> Interval | None:
    """Interval of a mean with clustered standard error (Miller 2024; definitions, section 2).

    SE^2 = G/(G-1) / n^2 x sum over clusters of (sum over rows of (value - mean))^2; Student's t.

    Args:
        values: one value for each row, shape (n,).
        clusters: label of each row's cluster; by default each row is its own.
        level: confidence, in (0, 1).
        bounds: least and greatest possible value. The interval is then taken on the logit scale of that range;
            where no cluster differs it reaches as far as the share of other clusters that Wilson's bound for 0 of G
            allows.
        degrees: of freedom, see :data:`Degrees`.

    Returns:
        The interval; None with fewer than two clusters, or where no cluster differs and no bounds are given.

    Raises:
        ValueError: lengths differ, a value is not finite or out of bounds, level outside (0, 1).
    """
    _checked_level(level)
    value = scores(values, "values")
    if bounds is not None and value.size and (value.min() < bounds[0] or value.max() > bounds[1]):
        raise ValueError(f"values must lie within {bounds}")
    codes, groups = cluster_codes(clusters, value.size)
    if groups < 2:
        return None
    mean = float(value.mean())
    residual = _sums(codes, value - mean, groups)
    if _agree(residual, value):
        if bounds is None:
            return None
        other = _wilson(0.0, groups, _quantile(level, groups)).high
        return Interval(mean - other * (mean - bounds[0]), mean + other * (bounds[1] - mean))
    half = _quantile_for(level, residual, degrees) * _clustered_error(residual, value.size)
    if bounds is None:
        return Interval(mean - half, mean + half)
    # Towards a bound the mean's law is skewed: on the logit scale of the range the interval leans the right way.
    low, high = bounds
    share = (mean - low) / (high - low)
    step = half / (high - low) / (share * (1 - share))
    ends = expit(logit(share) - step), expit(logit(share) + step)
    return Interval(low + (high - low) * float(ends[0]), low + (high - low) * float(ends[1]))


def _agree(residuals: Floats, values: Floats) -> bool:
    """Whether no cluster departs from the others by more than rounding does, so that no variance can be estimated."""
    return float(np.abs(residuals).max()) <= 1e-9 * float(np.abs(values).max())


def mean_error(values: Floats, codes: Ints, groups: int) -> float | None:
    """Clustered standard error of a mean; None with fewer than two clusters, or where no cluster differs."""
    if groups < 2:
        return None
    residual = _sums(codes, values - float(values.mean()), groups)
    return None if _agree(residual, values) else _clustered_error(residual, values.size)


def _clustered_error(residuals: Floats, total: float) -> float:
    groups = len(residuals)
    return sqrt(groups / (groups - 1) * float((residuals**2).sum())) / total


def ratio_interval(
    numerator: ArrayLike,
    denominator: ArrayLike,
    clusters: ArrayLike | None = None,
    *,
    level: float = 0.95,
    degrees: Degrees = "clusters",
) -> Interval | None:
    """Interval of a ratio of sums in [0, 1], linearised and on the logit scale (definitions, section 2).

    F1 is such a ratio: 2 for a right answer over 1 for each question and 1 more for each answered right or wrong.

    Args:
        numerator: shape (n,).
        denominator: shape (n,), >= 0.
        clusters: label of each row's cluster; by default each row is its own.
        level: confidence, in (0, 1).
        degrees: of freedom, see :data:`Degrees`.

    Returns:
        The interval; None where the denominators add up to nothing or there are fewer than two clusters. At a ratio of
        0 or 1, Wilson's for as many trials as there are clusters.

    Raises:
        ValueError: lengths differ, a value is not finite, the ratio lies outside [0, 1], level outside (0, 1).
    """
    _checked_level(level)
    top, bottom = scores(numerator, "numerator"), scores(denominator, "denominator")
    n = same_length(numerator=top, denominator=bottom)
    codes, groups = cluster_codes(clusters, n)
    total = float(bottom.sum())
    if groups < 2 or not total:
        return None
    ratio = float(top.sum()) / total
    if not 0 <= ratio <= 1:
        raise ValueError(f"the ratio must lie in [0, 1], not {ratio}")
    residual = _sums(codes, top - ratio * bottom, groups)
    error = _clustered_error(residual, total)
    if ratio in (0.0, 1.0) or _agree(residual, bottom):
        return _wilson(ratio, groups, _quantile(level, groups))
    half = _quantile_for(level, residual, degrees) * error / (ratio * (1 - ratio))
    return Interval(float(expit(logit(ratio) - half)), float(expit(logit(ratio) + half)))


def cluster_bootstrap(
    statistic: Callable[[Ints], float | None],
    n: int,
    clusters: ArrayLike | None = None,
    *,
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> Bootstrap | None:
    """Percentile interval of any statistic, by resampling clusters with replacement.

    For metrics without a formula (AURC, PRR); a report says so.

    Args:
        statistic: takes row indices (repeated as drawn) and returns a number, or None where it is undefined.
        n: number of rows.
        clusters: label of each row's cluster; by default each row is its own.
        level: confidence, in (0, 1).
        draws: how many resamples.
        seed: of the draws.

    Returns:
        The interval, or None with fewer than two clusters or where more than a tenth of the draws are undefined
        or where no draw differs.

    Raises:
        ValueError: draws < 2, level outside (0, 1), or clusters of another length.
    """
    _checked_level(level)
    if draws < 2:
        raise ValueError(f"draws must be at least 2, not {draws}")
    codes, groups = cluster_codes(clusters, n)
    if groups < 2:
        return None
    rows = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes, minlength=groups)
    starts = np.cumsum(sizes) - sizes
    random = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        drawn = random.integers(0, groups, groups)
        lengths = sizes[drawn]
        ends = np.cumsum(lengths)
        shift = np.repeat(starts[drawn] - (ends - lengths), lengths)
        value = statistic(rows[shift + np.arange(ends[-1])])
        if value is not None and np.isfinite(value):
            found.append(value)
    # Draws that never differ say nothing about the error: no interval of width zero.
    if len(found) < 0.9 * draws or min(found) == max(found):
        return None
    low, high = np.quantile(found, [0.5 - level / 2, 0.5 + level / 2])
    return Bootstrap(interval=Interval(float(low), float(high)), draws=draws, undefined=draws - len(found))
