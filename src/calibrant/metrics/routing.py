"""What choosing an arm for each question is worth: definitions, section 7.

Two arms: ``s`` is the score by which questions go to the strong arm, shape (n,), higher = sooner; ``weak`` and
``strong`` are how right each arm is there, shape (n,), in [0, 1]. Questions of equal score go over in random order: the
curve is a straight line between the ends of a block of ties, so that no number depends on the order of rows, and a
score that tells nothing has an APGR of exactly .5.

Many arms: points of (cost, quality), a point for each setting of a policy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from calibrant.metrics.arrays import Floats, Ints, probabilities, same_length, scores
from calibrant.metrics.intervals import Bootstrap, cluster_bootstrap

__all__ = [
    "DeferralCurve",
    "Hull",
    "aiq",
    "apgr",
    "apgr_interval",
    "apgr_of_quantiles",
    "cpt",
    "deferral_curve",
    "hull",
    "pgr",
    "quality_neutral_cost",
]

_SLACK = 1e-12
"""So that 'reaches the quality' does not turn on the last bit of a mean."""


def _trapezoid(heights: Floats, places: Floats) -> float:
    """np.trapezoid, which NumPy 1.26 has under another name."""
    return float((np.diff(places) * (heights[1:] + heights[:-1])).sum()) / 2


@dataclass(frozen=True, slots=True)
class DeferralCurve:
    """Quality over the share of questions that the strong arm answers; straight between its points."""

    calls: Floats
    """Share of calls to the strong arm, from 0 to 1."""
    quality: Floats
    """Mean quality of what is answered, by the strong arm there and by the weak arm elsewhere."""

    @property
    def weak(self) -> float:
        """Quality without the strong arm."""
        return float(self.quality[0])

    @property
    def strong(self) -> float:
        """Quality of the strong arm alone."""
        return float(self.quality[-1])

    @property
    def area(self) -> float:
        """Mean quality over all shares of calls."""
        return _trapezoid(self.quality, self.calls)


@dataclass(frozen=True, slots=True)
class Hull:
    """Non-decreasing convex hull of points: what mixing them at random reaches for each cost."""

    cost: Floats
    """Ascending."""
    quality: Floats
    """Ascending, by less and less for a dollar."""

    def at(self, cost: float) -> float | None:
        """Best expected quality for an expected cost; None for less than the cheapest point costs."""
        if cost < self.cost[0]:
            return None
        return float(np.interp(cost, self.cost, self.quality))

    def cost_of(self, quality: float) -> float | None:
        """Least expected cost that reaches a quality; None where none does."""
        if quality > self.quality[-1] + _SLACK:
            return None
        # np.interp over ascending qualities; the hull's are strictly so.
        return float(np.interp(quality, self.quality, self.cost))


def deferral_curve(s: ArrayLike, weak: ArrayLike, strong: ArrayLike) -> DeferralCurve:
    """The curve from the weak arm alone to the strong arm alone, questions of the highest score first.

    Raises:
        ValueError: lengths differ, no rows, a score that is not finite, a quality outside [0, 1].
    """
    score, low, high = scores(s), probabilities(weak, "weak"), probabilities(strong, "strong")
    n = same_length(s=score, weak=low, strong=high)
    if not n:
        raise ValueError("there are no questions")
    levels, codes = np.unique(-score, return_inverse=True)
    gained = np.bincount(codes, weights=high - low, minlength=len(levels))
    called = np.bincount(codes, minlength=len(levels))
    quality = float(low.mean()) + np.concatenate([[0.0], np.cumsum(gained)]) / n
    return DeferralCurve(calls=np.concatenate([[0.0], np.cumsum(called)]) / n, quality=quality)


def pgr(quality: float, weak: float, strong: float) -> float | None:
    """Performance gap recovered, (quality - weak) / (strong - weak) (Ong et al. 2024).

    Returns:
        The share, beyond 1 where the mix is better than the strong arm; None where the strong arm is not better than
        the weak one: there is no gap.

    >>> pgr(0.75, 0.5, 1.0), pgr(0.5, 0.5, 0.5)
    (0.5, None)
    """
    return (quality - weak) / (strong - weak) if strong - weak > _SLACK else None


def apgr(s: ArrayLike, weak: ArrayLike, strong: ArrayLike) -> float | None:
    """Integral of the performance gap recovered over the share of strong calls, 0 to 1 (Ong et al. 2024, RouteLLM).

    Random = .5, whatever the arms. It counts strong calls alone: what a cascade pays for weak calls, samples and
    helpers is not in it, so dollars belong beside it. In closed form
    mean over questions of gain x (share of questions called later, ties half) / mean gain.

    Returns:
        The area; None where the strong arm is not better.

    Raises:
        ValueError: as :func:`deferral_curve`.

    >>> apgr([0.9, 0.1], [0, 1], [1, 1]), apgr([0.1, 0.9], [0, 1], [1, 1]), apgr([0.5, 0.5], [0, 1], [1, 1])
    (0.75, 0.25, 0.5)
    """
    curve = deferral_curve(s, weak, strong)
    return pgr(curve.area, curve.weak, curve.strong)


def apgr_of_quantiles(s: ArrayLike, weak: ArrayLike, strong: ArrayLike, steps: int = 10) -> float | None:
    """APGR as RouteLLM's code computes it: the trapezoid over thresholds at ``steps`` equal-mass quantiles.

    For comparing with its published numbers. (The paper defines a mean over ten shares instead, without the 0 % end.)

    Returns:
        The area; None where the strong arm is not better, or where two quantiles fall into one tie (their code stops).

    Raises:
        ValueError: as :func:`deferral_curve`.
    """
    score, low, high = scores(s), probabilities(weak, "weak"), probabilities(strong, "strong")
    if not same_length(s=score, weak=low, strong=high):
        raise ValueError("there are no questions")
    thresholds = np.quantile(score, np.linspace(0, 1, steps + 1))
    if len(np.unique(thresholds)) <= steps:
        return None
    chosen = [score >= threshold for threshold in thresholds[:-1]] + [score > thresholds[-1]]
    calls = np.array([one.mean() for one in chosen])[::-1]
    quality = np.array([np.where(one, high, low).mean() for one in chosen])[::-1]
    area, width = _trapezoid(quality, calls), float(calls[-1] - calls[0])
    return pgr(area / width, float(low.mean()), float(high.mean()))


def cpt(s: ArrayLike, weak: ArrayLike, strong: ArrayLike, share: float) -> float | None:
    """Call-performance threshold: the least share of strong calls that recovers ``share`` of the gap (Ong et al. 2024).

    The curve need not rise everywhere: the first point that reaches it counts. (RouteLLM's code interpolates over
    qualities as if they were sorted, which is undefined where they are not.)

    Returns:
        A share of calls in [0, 1]; None where there is no gap, or more than 1 is asked for and never reached.

    Raises:
        ValueError: as :func:`deferral_curve`.

    >>> cpt([0.9, 0.1], [0, 1], [1, 1], 0.5)
    0.25
    """
    curve = deferral_curve(s, weak, strong)
    if pgr(curve.weak, curve.weak, curve.strong) is None:
        return None
    target = curve.weak + share * (curve.strong - curve.weak)
    reached = curve.quality >= target - _SLACK
    if not reached.any():
        return None
    first = int(reached.argmax())
    if not first:
        return 0.0
    before, after = curve.quality[first - 1], curve.quality[first]
    part = min(1.0, (target - before) / (after - before))
    return float(curve.calls[first - 1] + part * (curve.calls[first] - curve.calls[first - 1]))


def hull(costs: ArrayLike, qualities: ArrayLike) -> Hull:
    """Non-decreasing convex hull of (cost, quality) points (Hu et al. 2024, RouterBench).

    Over the points of single models it is the *zero router*: what is reached without looking at the question, by a
    random mix of the two neighbours on the hull. It begins at the cheapest point and ends at the best.

    Args:
        costs: shape (k,), >= 0.
        qualities: shape (k,).

    Raises:
        ValueError: lengths differ, no points, a value that is not finite, a negative cost.
    """
    cost, quality = scores(costs, "costs"), scores(qualities, "qualities")
    if not same_length(costs=cost, qualities=quality):
        raise ValueError("there are no points")
    if cost.min() < 0:
        raise ValueError("costs must not be negative")
    kept: list[tuple[float, float]] = []
    for i in np.lexsort((-quality, cost)):
        point = float(cost[i]), float(quality[i])
        if kept and point[1] <= kept[-1][1]:
            continue
        while len(kept) > 1 and _below(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    found = np.array(kept)
    return Hull(cost=found[:, 0], quality=found[:, 1])


def _below(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    """Whether b lies on or under the line from a to c."""
    return (b[1] - a[1]) * (c[0] - a[0]) <= (c[1] - a[1]) * (b[0] - a[0])


def aiq(costs: ArrayLike, qualities: ArrayLike, between: tuple[float, float] | None = None) -> float | None:
    """Average improvement in quality: area under the hull, divided by the range of costs (Hu et al. 2024).

    Routers are compared over one range: give it. Beyond its dearest point a hull goes on level; for less than its
    cheapest point costs it answers nothing, which is quality 0. (RouterBench's code divides by the greatest cost.)

    Args:
        costs: shape (k,), >= 0.
        qualities: shape (k,).
        between: least and greatest cost; by default of these points.

    Returns:
        The mean height; None where the range has no width.

    Raises:
        ValueError: as :func:`hull`.
    """
    found = hull(costs, qualities)
    low, high = (float(np.min(costs)), float(np.max(costs))) if between is None else between
    if high - low <= 0:
        return None
    inside = found.cost[(found.cost > low) & (found.cost < high)]
    start = max(low, float(found.cost[0]))
    if start >= high:
        return 0.0
    across = np.unique(np.concatenate([[start], inside, [high]]))
    return _trapezoid(np.interp(across, found.cost, found.quality), across) / (high - low)


def quality_neutral_cost(costs: ArrayLike, qualities: ArrayLike, quality: float, cost: float) -> float | None:
    """Cost at equal quality: the least cost on the hull that reaches ``quality``, as a share of ``cost``.

    Args:
        costs: of the points of a policy, shape (k,).
        qualities: of the same points.
        quality: to be reached: that of the best single model.
        cost: what that model costs.

    Returns:
        The share, below 1 where the policy is cheaper; None where it never reaches the quality, or ``cost`` is 0.

    Raises:
        ValueError: as :func:`hull`.
    """
    needed = hull(costs, qualities).cost_of(quality)
    return needed / cost if needed is not None and cost > 0 else None


def apgr_interval(
    s: ArrayLike,
    weak: ArrayLike,
    strong: ArrayLike,
    clusters: ArrayLike | None = None,
    *,
    against: ArrayLike | None = None,
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> Bootstrap | None:
    """Percentile interval of APGR over resampled clusters, the two arms' own qualities resampled with it.

    Args:
        s: the score, shape (n,).
        weak: quality of the weak arm.
        strong: quality of the strong arm.
        clusters: label of each row's cluster.
        against: another score of the same questions: the interval is then of the difference, paired.
        level: confidence, in (0, 1).
        draws: resamples.
        seed: of the draws.

    Raises:
        ValueError: as :func:`deferral_curve`.
    """
    given = [_gains(one, weak, strong) for one in (s, against) if one is not None]
    low, high = probabilities(weak, "weak"), probabilities(strong, "strong")

    def drawn(rows: Ints) -> float | None:
        gap = float(high[rows].mean() - low[rows].mean())
        if gap <= _SLACK:
            return None
        areas = [one(rows) / gap for one in given]
        return areas[0] - (areas[1] if len(areas) > 1 else 0.0)

    return cluster_bootstrap(drawn, len(low), clusters, level=level, draws=draws, seed=seed)


def _gains(s: ArrayLike, weak: ArrayLike, strong: ArrayLike) -> Callable[[Ints], float]:
    """Rows -> area between the deferral curve and the weak arm, with one sort for all draws."""
    deferral_curve(s, weak, strong)
    levels, codes = np.unique(-scores(s), return_inverse=True)
    gain, k = probabilities(strong, "strong") - probabilities(weak, "weak"), len(levels)

    def area(rows: Ints) -> float:
        n, block = len(rows), codes[rows]
        size = np.bincount(block, minlength=k)
        gained = np.bincount(block, weights=gain[rows], minlength=k)
        left = n - np.cumsum(size) + size / 2  # to be called after the middle of the block
        return float((gained * left).sum()) / n**2

    return area
