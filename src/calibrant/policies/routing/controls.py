"""What any claim about routing is held against: definitions, section 7. Categories have a file of their own.

A control that could be chosen badly is chosen on the very questions it is judged on (the best single model, the zero
router), which favours it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calibrant.metrics.arrays import Floats, Ints
from calibrant.policies.routing.arms import ArmTable, Played
from calibrant.policies.routing.points import Curve, Point, mix, single_arm

__all__ = [
    "best_single",
    "chosen",
    "mid_size",
    "oracle",
    "prices_to_sweep",
    "random_mix",
    "ranks",
    "shuffled",
    "single_arms",
    "zero_router",
]


def single_arms(table: ArmTable) -> Curve:
    """Each arm alone, from the cheapest."""
    points = [single_arm(table, arm) for arm in range(len(table.arms))]
    order = sorted(range(len(points)), key=lambda arm: (_known(points[arm]), points[arm].quality))
    return Curve(name="single models", points=tuple(points[arm] for arm in order))


def _known(point: Point) -> float:
    cost = point.mean_cost
    return np.inf if cost is None else cost


def best_single(table: ArmTable) -> Point:
    """The arm that is right most often; of equals the cheapest."""
    points = single_arms(table).points
    return max(points, key=lambda one: (one.quality, -_known(one)))


def zero_router(table: ArmTable) -> Curve | None:
    """The arms on the non-decreasing convex hull of all: what is reached without looking at questions, by mixing two.

    None where costs are unknown.
    """
    singles = single_arms(table)
    found = singles.hull()
    if found is None:
        return None
    corners = [max((p for p in singles.points if p.mean_cost == c), key=lambda p: p.quality) for c in found.cost]
    return Curve(name="zero router", points=tuple(corners))


def random_mix(table: ArmTable, steps: int = 11) -> Curve:
    """A share of the questions, 0 to 1, at random to the best single model, the others to the cheapest.

    Where costs are unknown, the first arm of the table stands for the cheapest.
    """
    singles = single_arms(table).points
    low = singles[0] if singles[0].mean_cost is not None else single_arm(table, 0)
    high = best_single(table)
    shares = np.linspace(0, 1, steps)
    return Curve(name="random mix", points=tuple(mix([low, high], [1 - s, s], "random mix") for s in shares))


def mid_size(table: ArmTable) -> Point | None:
    """The best of the arms that cost more than the cheapest and less than the dearest; None without such an arm."""
    singles = single_arms(table).points
    costs = [_known(one) for one in singles]
    between = [one for one, cost in zip(singles, costs, strict=True) if min(costs) < cost < max(costs)]
    return max(between, key=lambda one: one.quality, default=None)


def ranks(fit: ArmTable) -> Floats:
    """Without dollars an arm's place in the cascade stands for its cost."""
    return np.arange(len(fit.arms), dtype=np.float64)[None, :]


def prices_to_sweep(q: Floats, c: Floats, most: int = 200) -> list[float]:
    """Prices of a dollar, one between each two changes of argmax(q - price x c), from 'cheapest only' down to 0.

    Args:
        q: quality of each arm, shape (k, arms), k distinct rows.
        c: cost of each arm, shape (1, arms) or (k, arms).
        most: where there are more, as many of them evenly.
    """
    cost = np.broadcast_to(c, q.shape)
    turns = [0.0]
    for i in range(q.shape[1]):
        for j in range(i):
            gap = cost[:, i] - cost[:, j]
            with np.errstate(divide="ignore", invalid="ignore"):
                at = (q[:, i] - q[:, j]) / gap
            turns.extend(at[np.isfinite(at) & (at > 0)].tolist())
    ends = np.unique(turns)
    between = np.append((ends[1:] + ends[:-1]) / 2, [2 * ends[-1] + 1.0])
    swept = np.unique(np.concatenate([[0.0], between]))[::-1]
    if len(swept) > most:
        swept = swept[np.unique(np.linspace(0, len(swept) - 1, most).astype(int))]
    return [float(price) for price in swept]


def oracle(table: ArmTable, prices: Sequence[float] | None = None) -> Curve:
    """Who knows beforehand which arms are right: the cheapest right arm where that pays, else the cheapest of all.

    Args:
        table: the questions.
        prices: right answers that a dollar is worth, descending; by default those at which a question's choice changes.
    """
    q = np.nan_to_num(table.right)
    c = table.cost if not np.isnan(table.cost).any() else np.broadcast_to(ranks(table), q.shape)
    swept = prices_to_sweep(q, c, most=60) if prices is None else prices
    points = [chosen(table, np.argmax(q - price * c, axis=1), "oracle") for price in swept]
    # At no price at all a right answer may still be bought dearly: the last point takes the cheapest right arm.
    cheapest_right = np.argmin(np.where(q > 0, c, np.inf), axis=1)
    best = np.where((q > 0).any(axis=1), cheapest_right, np.argmin(c, axis=1))
    return Curve(name="oracle", points=(*points[:-1], chosen(table, best, "oracle")))


def chosen(table: ArmTable, arm: Ints, name: str) -> Point:
    """Every question to its arm."""
    rows = np.arange(len(table))
    answer = table.right[rows, arm]
    there = ~np.isnan(answer)
    right = np.where(there, answer, 0.0)
    return Point(
        name=name,
        right=right,
        wrong=np.where(there, 1.0 - right, 0.0),
        cost=table.cost[rows, arm],
        calls=np.bincount(arm, minlength=len(table.arms)) / max(len(table), 1),
    )


def shuffled(table: ArmTable, played: Played) -> Point:
    """The policy's own decisions, dealt to the questions at random: each as often, at about the same cost.

    In expectation over all deals, so that no draw decides. What is left of the policy's gain is what it owes to
    spending more, not to where it spends.
    """
    decisions = np.concatenate([played.arm[:, None], played.called.astype(np.int64)], axis=1)
    kinds, times = np.unique(decisions, axis=0, return_counts=True)
    n = len(table)
    right, wrong, cost = np.zeros(n), np.zeros(n), np.zeros(n)
    for kind, share in zip(kinds, times / n, strict=True):
        arm, called = int(kind[0]), kind[1:].astype(bool)
        if arm >= 0:
            answer = table.right[:, arm]
            right += share * np.nan_to_num(answer)
            wrong += share * np.where(np.isnan(answer), 0.0, 1.0 - np.nan_to_num(answer))
        cost += share * table.cost[:, called].sum(axis=1)
    return Point(name="shuffled", right=right, wrong=wrong, cost=cost, calls=played.called.mean(axis=0))
