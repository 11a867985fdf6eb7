"""What a way of choosing arms comes to on each question, in expectation over its own randomness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calibrant.metrics.arrays import Floats
from calibrant.metrics.routing import Hull, hull
from calibrant.policies.routing.arms import ArmTable, Played

__all__ = ["Curve", "Point", "mix", "point_of", "single_arm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One way of choosing arms, at one setting."""

    name: str
    right: Floats
    """Shape (n,): chance that the question gets a right answer."""
    wrong: Floats
    """Shape (n,): chance that it gets a wrong one; the rest is not answered."""
    cost: Floats
    """Shape (n,): dollars; NaN = unknown."""
    calls: Floats
    """Shape (arms,): share of the questions for which each arm is called."""

    @property
    def quality(self) -> float:
        """Right answers of all questions."""
        return float(self.right.mean())

    @property
    def coverage(self) -> float:
        """Answered of all questions."""
        return float((self.right + self.wrong).mean())

    @property
    def risk(self) -> float | None:
        """Wrong of answered."""
        wrong, answered = float(self.wrong.sum()), float((self.right + self.wrong).sum())
        return wrong / answered if answered else None

    @property
    def mean_cost(self) -> float | None:
        """Dollars a question; None where a cost is unknown."""
        mean = float(self.cost.mean())
        return None if np.isnan(mean) else mean

    def utility(self, wrong_costs: float, dollar: float = 0.0) -> float | None:
        """Right answers less ``wrong_costs`` for each wrong one, less ``dollar`` for each dollar; per question."""
        cost = self.mean_cost if dollar else 0.0
        return None if cost is None else self.quality - wrong_costs * float(self.wrong.mean()) - dollar * cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One way of choosing arms at several settings, from the cheapest."""

    name: str
    points: tuple[Point, ...]

    @property
    def costs(self) -> Floats:
        """Dollars a question at each setting, shape (settings,); NaN = unknown."""
        return np.array([np.nan if one.mean_cost is None else one.mean_cost for one in self.points])

    @property
    def qualities(self) -> Floats:
        """Right answers of all questions at each setting, shape (settings,)."""
        return np.array([one.quality for one in self.points])

    def hull(self) -> Hull | None:
        """What mixing the settings reaches for each cost; None where a cost is unknown."""
        return None if np.isnan(self.costs).any() else hull(self.costs, self.qualities)

    def at(self, cost: float) -> Point | None:
        """The best mix that costs as much on average; None where there is none so cheap, or costs are unknown."""
        found = self.hull()
        # A float's last bits below the cheapest point are that point.
        if found is None or cost < found.cost[0] * (1 - 1e-9):
            return None
        ends = [self._on(float(found.cost[i])) for i in _neighbours(found.cost, cost)]
        if len(ends) == 1:
            return ends[0]
        low, high = ends
        share = (cost - float(low.cost.mean())) / float(high.cost.mean() - low.cost.mean())
        return mix([low, high], [1 - share, share])

    def _on(self, cost: float) -> Point:
        best = [one for one in self.points if one.mean_cost == cost]
        return max(best, key=lambda one: one.quality)


def _neighbours(costs: Floats, cost: float) -> list[int]:
    """The two corners around a cost, or the last one beyond it."""
    after = int(np.searchsorted(costs, cost, side="right"))
    if after == len(costs):
        return [after - 1]
    return [max(after - 1, 0), after] if after else [0]


def point_of(table: ArmTable, played: Played, name: str = "policy") -> Point:
    """What a policy did, as a point."""
    there = ~np.isnan(played.right)
    right = np.where(there, played.right, 0.0)
    return Point(
        name=name,
        right=right,
        wrong=np.where(there, 1.0 - right, 0.0),
        cost=played.cost,
        calls=played.called.mean(axis=0) if len(table) else np.zeros(len(table.arms)),
    )


def single_arm(table: ArmTable, arm: int) -> Point:
    """Every question to one arm."""
    there = ~np.isnan(table.right[:, arm])
    right = np.where(there, table.right[:, arm], 0.0)
    return Point(
        name=str(table.arms[arm]),
        right=right,
        wrong=np.where(there, 1.0 - right, 0.0),
        cost=table.cost[:, arm],
        calls=np.eye(len(table.arms))[arm],
    )


def mix(points: Sequence[Point], shares: Sequence[float], name: str = "") -> Point:
    """Each question by one of these points, drawn at random with these shares; their names joined by default."""
    part = np.asarray(shares, dtype=np.float64)
    used = [(one, share) for one, share in zip(points, part, strict=True) if share > 0]
    return Point(
        name=name or " + ".join(one.name for one, _ in used),
        right=np.sum([share * one.right for one, share in used], axis=0),
        wrong=np.sum([share * one.wrong for one, share in used], axis=0),
        cost=np.sum([share * one.cost for one, share in used], axis=0),
        calls=np.sum([share * one.calls for one, share in used], axis=0),
    )
