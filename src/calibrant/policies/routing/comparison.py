"""A policy beside every control, on fresh questions: one table, the frontiers, and two arms' deferral curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from calibrant.metrics.arrays import Floats
from calibrant.metrics.comparisons import paired_difference
from calibrant.metrics.intervals import Interval, clustered_interval
from calibrant.metrics.unit_cost import UnitCost, cost_per_success
from calibrant.policies.routing import controls
from calibrant.policies.routing.arms import ArmTable, Played
from calibrant.policies.routing.categories import cross_fitted_categories
from calibrant.policies.routing.frontiers import Deferral, Frontier, Way, deferrals, frontiers
from calibrant.policies.routing.points import Curve, Point, mix, point_of

__all__ = ["EQUAL_COST", "Comparison", "Rule", "compare"]

EQUAL_COST = ", equal cost"
"""Of a rule that was mixed to cost what the policy costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way of choosing arms, all of its numbers."""

    name: str
    calls: Mapping[str, float]
    """Arm -> share of questions for which it is called."""
    coverage: float
    right: float
    """Right answers of all questions."""
    right_interval: Interval | None
    risk: float | None
    """Wrong of answered."""
    cost: float | None
    """Dollars a question."""
    per_success: UnitCost | None
    index: float
    """100 (right - wrong) / N."""
    utility: float
    """Right answers less ``wrong_costs`` for each wrong one, per question; dollars apart."""
    difference: float
    """The policy's utility less this one's, on the same questions."""
    difference_interval: Interval | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, None for undefined."""
        return {
            "rule": self.name,
            "calls": dict(self.calls),
            "coverage": self.coverage,
            "right": self.right,
            "risk": self.risk,
            "cost_usd": self.cost,
            "cost_per_success_usd": None if self.per_success is None else self.per_success.value,
            "omniscience_index": self.index,
            "utility": self.utility,
            "policy_gains_utility": self.difference,
            "intervals": {
                name: list(interval)
                for name, interval in (
                    ("right", self.right_interval),
                    ("cost_per_success_usd", None if self.per_success is None else self.per_success.interval),
                    ("policy_gains_utility", self.difference_interval),
                )
                if interval is not None
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A policy beside its controls."""

    questions: int
    clusters: int
    level: float
    wrong_costs: float
    draws: int
    rules: tuple[Rule, ...]
    """The policy first."""
    frontiers: tuple[Frontier, ...]
    """Empty where costs are unknown."""
    deferrals: tuple[Deferral, ...]
    """From the first arm to the last; empty with other than two arms."""
    notes: tuple[str, ...]
    """What could not be computed, and what a reader must know."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, None for undefined."""
        return {
            "questions": self.questions,
            "clusters": self.clusters,
            "wrong_costs": self.wrong_costs,
            "bootstrap_draws": self.draws,
            "rules": [one.to_dict() for one in self.rules],
            "frontiers": [one.to_dict() for one in self.frontiers],
            "deferral": [one.to_dict() for one in self.deferrals],
            "notes": list(self.notes),
        }


def compare(
    table: ArmTable,
    played: Played,
    swept: Sequence[Played] = (),
    *,
    score: Floats | None = None,
    wrong_costs: float = 1.0,
    level: float = 0.95,
    draws: int = 500,
    seed: int = 0,
) -> Comparison:
    """Everything that one table of a routing claim needs.

    Args:
        table: fresh questions with every arm's outcome.
        played: what the policy did with them.
        swept: what it would do at other prices of a dollar, for its frontier.
        score: with two arms, by which questions go to the second, shape (n,); higher = sooner.
        wrong_costs: w, right answers that a wrong one costs.
        level: of intervals.
        draws: resamples of clusters.
        seed: of resamples and folds.

    Raises:
        ValueError: no questions.
    """
    if not len(table):
        raise ValueError("there are no questions")
    way = Way(level=level, wrong_costs=wrong_costs, draws=draws, seed=seed)
    notes: list[str] = []
    policy = point_of(table, played)
    curves = _curves(table, [point_of(table, one, "policy, swept") for one in (*swept, played)], seed, notes)
    rules = [policy, *_rivals(table, policy, curves), controls.shuffled(table, played), curves["oracle"].points[-1]]
    return Comparison(
        questions=len(table),
        clusters=len(np.unique(table.clusters)),
        level=level,
        wrong_costs=wrong_costs,
        draws=draws,
        rules=tuple(_rule(one, policy, table, way) for one in rules),
        frontiers=frontiers(table, curves, way, notes),
        deferrals=deferrals(table, score, way, notes) if score is not None else (),
        notes=tuple(notes),
    )


def _curves(table: ArmTable, swept: list[Point], seed: int, notes: list[str]) -> dict[str, Curve]:
    found = {"policy": Curve(name="policy", points=tuple(swept))}
    zero = controls.zero_router(table)
    if zero is None:
        notes.append("Some costs are unknown: no frontier, no cost at equal quality, no mix at equal cost.")
    else:
        found["zero router"] = zero
    categories = cross_fitted_categories(table, seed)
    if categories is None:
        notes.append("The questions have no categories: no category-mean router.")
    else:
        found["category means"] = categories
    found["random mix"] = controls.random_mix(table)
    found["oracle"] = controls.oracle(table)
    return found


def _rivals(table: ArmTable, policy: Point, curves: Mapping[str, Curve]) -> list[Point]:
    """The single models, then the blind and the half-blind ways at the policy's own cost."""
    best = controls.best_single(table)
    rivals = [_named(best, f"best single: {best.name}")]
    middle = controls.mid_size(table)
    if middle is not None and middle.name != best.name:
        rivals.append(_named(middle, f"mid-size: {middle.name}"))
    rivals += [
        one for one in controls.single_arms(table).points if one.name not in {best.name, getattr(middle, "name", "")}
    ]
    cost = policy.mean_cost
    if cost is not None:
        for name in ("zero router", "random mix", "category means"):
            if name in curves and (at := curves[name].at(cost)) is not None:
                rivals.append(_named(at, name + EQUAL_COST))
    return rivals


def _named(point: Point, name: str) -> Point:
    return mix([point], [1.0], name)


def _rule(one: Point, policy: Point, table: ArmTable, way: Way) -> Rule:
    def value(point: Point) -> Floats:
        return np.asarray(point.right - way.wrong_costs * point.wrong)

    gap = paired_difference(value(policy), value(one), table.clusters, level=way.level)
    cost = one.mean_cost
    return Rule(
        name=one.name,
        calls={str(arm): float(share) for arm, share in zip(table.arms, one.calls, strict=True)},
        coverage=one.coverage,
        right=one.quality,
        right_interval=clustered_interval(one.right, table.clusters, level=way.level, bounds=(0.0, 1.0)),
        risk=one.risk,
        cost=cost,
        per_success=None
        if cost is None
        else cost_per_success(one.cost, np.clip(one.right, 0, 1), table.clusters, level=way.level),
        index=100 * float((one.right - one.wrong).mean()),
        utility=float(value(one).mean()),
        difference=0.0 if gap is None else gap.difference,
        difference_interval=None if gap is None else gap.interval,
    )
