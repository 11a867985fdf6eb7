"""Is one model better than another? Always on the same questions, row by row: definitions, section 2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from calibrant.metrics.arrays import Floats, Ints, cluster_codes, same_length, scores
from calibrant.metrics.intervals import Degrees, Interval, clustered_interval, mean_error, wilson_interval

__all__ = [
    "PairedDifference",
    "RankInterval",
    "RatioDifference",
    "SimultaneousDifference",
    "paired_difference",
    "paired_ratio_difference",
    "rank_intervals",
    "simultaneous_differences",
]


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """Mean of a - b over the same rows."""

    difference: float
    interval: Interval | None
    p_value: float | None
    """Two-sided, of no difference; None where the interval is."""
    n: int
    clusters: int


@dataclass(frozen=True, slots=True)
class RatioDifference:
    """Difference of two ratios over the same rows, and beside it the one on the rows that count for both."""

    difference: float
    interval: Interval | None
    """Percentiles of a paired cluster bootstrap."""
    on_shared: PairedDifference | None
    """On rows in both denominators only: a ratio's denominator differs from model to model, this one does not."""


@dataclass(frozen=True, slots=True)
class SimultaneousDifference:
    """Mean of one model less that of another, with an interval that holds for all pairs at once."""

    first: int
    second: int
    """Columns of the two models."""
    difference: float
    """First less second."""
    interval: Interval | None
    declared: bool = False
    """Named before the data were seen, so its interval need not hold together with the others."""


class RankInterval(NamedTuple):
    """Ranks that the data leave open; 1 is best."""

    best: int
    worst: int


def paired_difference(
    a: ArrayLike,
    b: ArrayLike,
    clusters: ArrayLike | None = None,
    *,
    level: float = 0.95,
    degrees: Degrees = "clusters",
    span: float | None = None,
) -> PairedDifference | None:
    """Mean paired difference with clustered standard error and Student's t (Miller 2024).

    Args:
        a: values of one model, shape (n,).
        b: values of the other on the same rows, shape (n,).
        clusters: label of each row's cluster; by default each row is its own.
        level: confidence, in (0, 1).
        degrees: of freedom, see :data:`Degrees`; the p-value has G - 1 always.
        span: how far apart two values of one row can lie; no interval reaches farther. Where all clusters show the same
            gap, the interval then reaches as far as the share of other clusters that Wilson's bound for 0 of G allows.

    Returns:
        The difference; None for n = 0. No interval with fewer than two clusters, or where all show the same gap and no
        span is given.

    Raises:
        ValueError: lengths differ, a value is not finite, level outside (0, 1).
    """
    first, second = scores(a, "a"), scores(b, "b")
    n = same_length(a=first, b=second)
    if not n:
        return None
    codes, groups = cluster_codes(clusters, n)
    gap = first - second
    mean = float(gap.mean())
    interval = clustered_interval(gap, codes, level=level, degrees=degrees)
    if interval is None and span is not None and groups > 1:
        half = _unseen(groups, level) * (abs(mean) + span)
        interval = Interval(mean - half, mean + half)
    if interval is not None and span is not None:
        interval = Interval(max(-span, interval.low), min(span, interval.high))
    error = mean_error(gap, codes, groups)
    p_value = 2 * float(stdtr(groups - 1, -abs(mean) / error)) if error else None
    return PairedDifference(difference=mean, interval=interval, p_value=p_value, n=n, clusters=groups)


def paired_ratio_difference(
    numerators: tuple[ArrayLike, ArrayLike],
    denominators: tuple[ArrayLike, ArrayLike],
    clusters: ArrayLike | None = None,
    *,
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
) -> RatioDifference | None:
    """Difference of two ratios of sums, such as two hallucination rates, by paired cluster resampling.

    Args:
        numerators: of the two models, each of shape (n,).
        denominators: of the two models, each of shape (n,).
        clusters: label of each row's cluster; by default each row is its own.
        level: confidence, in (0, 1).
        draws: resamples.
        seed: of the draws.

    Returns:
        The difference; None where a denominator adds up to nothing.

    Raises:
        ValueError: lengths differ, a value is not finite, level outside (0, 1).
    """
    columns = [scores(one, "ratio") for pair in zip(numerators, denominators, strict=True) for one in pair]
    n = same_length(**{f"array {index}": column for index, column in enumerate(columns)})
    if not 0 < level < 1:
        raise ValueError(f"level must lie in (0, 1), not {level}")
    totals = [float(column.sum()) for column in columns]
    if not totals[1] or not totals[3]:
        return None
    codes, groups = cluster_codes(clusters, n)
    per_cluster = [np.bincount(codes, weights=column, minlength=groups) for column in columns]
    sums = np.stack(per_cluster, axis=1).astype(np.float64)
    found = []
    for drawn in _resampled(sums, draws, seed):
        defined = (drawn[:, 1] > 0) & (drawn[:, 3] > 0)
        kept = drawn[defined]
        found.append(kept[:, 0] / kept[:, 1] - kept[:, 2] / kept[:, 3])
    gaps = np.concatenate(found)
    interval = None
    if groups > 1 and gaps.size >= 0.9 * draws and np.ptp(gaps) > 0:
        low, high = np.quantile(gaps, [0.5 - level / 2, 0.5 + level / 2])
        interval = Interval(float(low), float(high))
    both = (columns[1] > 0) & (columns[3] > 0)
    shared = paired_difference(columns[0][both], columns[2][both], codes[both], level=level)
    return RatioDifference(
        difference=totals[0] / totals[1] - totals[2] / totals[3], interval=interval, on_shared=shared
    )


def _resampled(sums: Floats, draws: int, seed: int) -> Iterator[Floats]:
    """Sums over resampled clusters, in portions of draws: arrays of shape (portion, columns)."""
    random = np.random.default_rng(seed)
    groups = len(sums)
    portion = max(1, min(draws, 4_000_000 // max(groups, 1)))
    for start in range(0, draws, portion):
        size = min(portion, draws - start)
        counts = random.multinomial(groups, np.full(groups, 1 / groups), size=size)
        yield counts.astype(np.float64) @ sums


@dataclass(frozen=True, slots=True)
class _Pairs:
    """All pairs of models: columns, mean gaps, and half widths that hold for all of them at once."""

    first: Ints
    second: Ints
    gap: Floats
    half: Floats


_NO_SPREAD = 1e-12


def simultaneous_differences(
    values: ArrayLike,
    clusters: ArrayLike | None = None,
    *,
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
    declared: tuple[int, int] | None = None,
) -> list[SimultaneousDifference]:
    """Differences of all pairs of M models whose intervals hold together (definitions, section 2).

    The greatest absolute t over all pairs, in one shared resample of clusters, takes the place of Student's quantile.
    Where all clusters show the same gap, its error cannot be estimated, and the interval reaches as far as the share of
    other clusters that Wilson's bound for 0 of G allows.

    Args:
        values: a value for each question (row) and model (column), shape (n, M).
        clusters: label of each row's cluster; by default each row is its own.
        level: of all intervals together, in (0, 1).
        draws: resamples.
        seed: of the draws.
        declared: the one pair named before the data were seen; its interval is that of :func:`paired_difference`.

    Returns:
        One for each pair of columns i < j, in that order; intervals are None with fewer than two clusters.

    Raises:
        ValueError: not two dimensions, a value is not finite, clusters of another length, level outside (0, 1), or
            ``declared`` is no pair of columns.
    """
    table, codes, groups = _table(values, clusters, level)
    models = table.shape[1]
    if declared is not None and not (len(set(declared)) == 2 and all(0 <= column < models for column in declared)):
        raise ValueError(f"declared must name two of {models} columns, not {declared}")
    if models < 2 or not len(table):
        return []
    if groups < 2:
        means = table.mean(axis=0)
        pairs = zip(*np.triu_indices(models, 1), strict=True)
        return [SimultaneousDifference(int(i), int(j), float(means[i] - means[j]), None) for i, j in pairs]
    found = []
    every = _pairs(table, codes, groups, level, draws, seed)
    for i, j, gap, half in zip(every.first, every.second, every.gap, every.half, strict=True):
        interval: Interval | None = Interval(float(gap - half), float(gap + half))
        exempt = declared is not None and {int(i), int(j)} == set(declared)
        if exempt:
            alone = paired_difference(table[:, i], table[:, j], codes, level=level)
            interval = alone.interval if alone is not None and alone.interval is not None else interval
        found.append(SimultaneousDifference(int(i), int(j), float(gap), interval, exempt))
    return found


def rank_intervals(
    values: ArrayLike,
    clusters: ArrayLike | None = None,
    *,
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
    higher_is_better: bool = True,
) -> list[RankInterval]:
    """Which ranks the data leave open for each of M models, all pairs at once (definitions, section 2).

    The greatest absolute t over all pairs, in one shared resample of clusters, gives the bound beyond which a pair is
    surely different. A model's ranks run from 1 + number surely better to M - number surely worse; with probability
    ``level`` no statement is wrong.

    Args:
        values: a value for each question (row) and model (column), shape (n, M).
        clusters: label of each row's cluster; by default each row is its own.
        level: of all statements together, in (0, 1).
        draws: resamples.
        seed: of the draws.
        higher_is_better: whether a greater mean is a better rank.

    Raises:
        ValueError: not two dimensions, a value is not finite, clusters of another length, level outside (0, 1).
    """
    table, codes, groups = _table(values, clusters, level)
    models = table.shape[1]
    if groups < 2 or models < 2:
        return [RankInterval(1, models)] * models
    pairs = _pairs(table if higher_is_better else -table, codes, groups, level, draws, seed)
    sure = np.abs(pairs.gap) > pairs.half
    better = np.zeros((models, models))
    better[pairs.first, pairs.second] = sure & (pairs.gap > 0)
    better[pairs.second, pairs.first] = sure & (pairs.gap < 0)
    return [RankInterval(1 + int(better[:, model].sum()), models - int(better[model].sum())) for model in range(models)]


def _table(values: ArrayLike, clusters: ArrayLike | None, level: float) -> tuple[Floats, Ints, int]:
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or not np.isfinite(table).all():
        raise ValueError("values must be a finite table of questions x models")
    if not 0 < level < 1:
        raise ValueError(f"level must lie in (0, 1), not {level}")
    return table, *cluster_codes(clusters, len(table))


def _pairs(table: Floats, codes: Ints, groups: int, level: float, draws: int, seed: int) -> _Pairs:
    n, models = table.shape
    first, second = np.triu_indices(models, 1)
    sums = np.stack([np.bincount(codes, weights=column, minlength=groups) for column in table.T], axis=1)
    sizes = np.bincount(codes, minlength=groups).astype(np.float64)
    means = table.mean(axis=0)
    gap = means[first] - means[second]
    residual = (sums[:, first] - sums[:, second]) - np.outer(sizes, gap)
    error = np.sqrt(groups / (groups - 1) * (residual**2).sum(axis=0)) / n
    varying = error > _NO_SPREAD
    greatest = []
    for drawn in _resampled(np.column_stack([sums, sizes]), draws, seed):
        drawn_means = drawn[:, :-1] / drawn[:, -1:]
        moved = drawn_means[:, first[varying]] - drawn_means[:, second[varying]] - gap[varying]
        greatest.append(np.abs(moved / error[varying]).max(axis=1, initial=0.0))
    # Never narrower than Student's t of a single pair: few clusters resample too tamely.
    bound = max(float(np.quantile(np.concatenate(greatest), level)), float(stdtrit(groups - 1, 0.5 + level / 2)))
    half = np.where(varying, bound * error, _unseen(groups, level) * (np.abs(gap) + float(np.ptp(table))))
    return _Pairs(first=first, second=second, gap=gap, half=half)


def _unseen(groups: int, level: float) -> float:
    """The share of clusters unlike all those seen that Wilson's bound for 0 of G allows."""
    bound = wilson_interval(0, groups, level)
    return bound.high if bound is not None else 1.0
