"""Is one model better than another? Always on the same questions, row by row: definitions, section 2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from calibrant.metrics.arrays import Floats, Ints, cluster_codes, same_length, scores
from calibrant.metrics.intervals import Interval, clustered_interval, wilson_interval

__all__ = [
    "PairedDifference",
    "RankInterval",
    "RatioDifference",
    "paired_difference",
    "paired_ratio_difference",
    "rank_intervals",
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


class RankInterval(NamedTuple):
    """Ranks that the data leave open; 1 is best."""

    best: int
    worst: int


def paired_difference(
    a: ArrayLike, b: ArrayLike, clusters: ArrayLike | None = None, *, level: float = 0.95
) -> PairedDifference | None:
    """Mean paired difference with clustered standard error and Student's t (Miller 2024).

    Args:
        a: values of one model, shape (n,).
        b: values of the other on the same rows, shape (n,).
        clusters: label of each row's cluster; by default each row is its own.
        level: confidence, in (0, 1).

    Returns:
        The difference; None for n = 0.

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
    interval = clustered_interval(gap, codes, level=level)
    p_value = None
    if interval is not None:
        error = (interval.high - interval.low) / 2 / float(stdtrit(groups - 1, 0.5 + level / 2))
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
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or not np.isfinite(table).all():
        raise ValueError("values must be a finite table of questions x models")
    if not 0 < level < 1:
        raise ValueError(f"level must lie in (0, 1), not {level}")
    n, models = table.shape
    codes, groups = cluster_codes(clusters, n)
    if groups < 2 or models < 2:
        return [RankInterval(1, models)] * models
    better = _surely_greater(table if higher_is_better else -table, codes, groups, level, draws, seed)
    return [RankInterval(1 + int(better[:, model].sum()), models - int(better[model].sum())) for model in range(models)]


def _surely_greater(table: Floats, codes: Ints, groups: int, level: float, draws: int, seed: int) -> Floats:
    """Whether the row's model is surely better than the column's, for all pairs at once; shape (M, M)."""
    n, models = table.shape
    first, second = np.triu_indices(models, 1)
    sums = np.stack([np.bincount(codes, weights=column, minlength=groups) for column in table.T], axis=1)
    sizes = np.bincount(codes, minlength=groups).astype(np.float64)
    means = table.mean(axis=0)
    gap = means[first] - means[second]
    residual = (sums[:, first] - sums[:, second]) - np.outer(sizes, gap)
    error = np.sqrt(groups / (groups - 1) * (residual**2).sum(axis=0)) / n
    varying = error > 1e-12
    greatest = []
    for drawn in _resampled(np.column_stack([sums, sizes]), draws, seed):
        drawn_means = drawn[:, :-1] / drawn[:, -1:]
        moved = drawn_means[:, first[varying]] - drawn_means[:, second[varying]] - gap[varying]
        greatest.append(np.abs(moved / error[varying]).max(axis=1, initial=0.0))
    # Never narrower than Student's t of a single pair: few clusters resample too tamely.
    bound = max(float(np.quantile(np.concatenate(greatest), level)), float(stdtrit(groups - 1, 0.5 + level / 2)))
    sure = np.abs(gap) > bound * error
    # Where every question shows the same gap, the data do not vary: ask what as many other questions could undo.
    unseen = wilson_interval(0, groups, level)
    spread = float(np.ptp(table))
    if unseen is not None:
        sure &= varying | (np.abs(gap) > unseen.high * (np.abs(gap) + spread))
    better = np.zeros((models, models))
    better[first, second] = sure & (gap > 0)
    better[second, first] = sure & (gap < 0)
    return better
