"""What each way of choosing arms reaches at every cost, and, of two arms, at every share of calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from calibrant.metrics.arrays import Floats, Ints
from calibrant.metrics.intervals import Interval, cluster_bootstrap
from calibrant.metrics.routing import aiq, apgr, apgr_interval, cpt, deferral_curve, quality_neutral_cost
from calibrant.policies.routing import controls
from calibrant.policies.routing.arms import ArmTable
from calibrant.policies.routing.categories import category_scores
from calibrant.policies.routing.points import Curve, Point

__all__ = ["Deferral", "Frontier", "Way", "deferrals", "frontiers"]

_DEFERRED = (0.5, 0.8)
"""Shares of the gap for which the least share of strong calls is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How intervals are made."""

    level: float
    wrong_costs: float
    draws: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """What one way reaches at every cost."""

    name: str
    costs: tuple[float, ...]
    qualities: tuple[float, ...]
    """Of the hull's corners."""
    aiq: float | None
    """Over the range of costs of the single models."""
    neutral_cost: float | None
    """Least cost that reaches the best single model's quality, as a share of its cost; None where it is not reached."""
    neutral_interval: Interval | None
    """Percentiles of a cluster bootstrap; None where more than a tenth of the resamples do not reach the quality."""
    aiq_gain: float | None
    """AIQ less that of the zero router."""
    aiq_gain_interval: Interval | None
    """Percentiles of a paired cluster bootstrap."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, None for undefined."""
        return {
            "rule": self.name,
            "hull": [list(point) for point in zip(self.costs, self.qualities, strict=True)],
            "aiq": self.aiq,
            "cost_at_equal_quality": self.neutral_cost,
            "aiq_over_zero_router": self.aiq_gain,
            "intervals": {
                name: list(interval)
                for name, interval in (
                    ("cost_at_equal_quality", self.neutral_interval),
                    ("aiq_over_zero_router", self.aiq_gain_interval),
                )
                if interval is not None
            },
            "interval_method": "percentiles of a paired cluster bootstrap",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferral:
    """Two arms: who is sent to the strong one first."""

    name: str
    calls: tuple[float, ...]
    quality: tuple[float, ...]
    apgr: float | None
    interval: Interval | None
    cpt: Mapping[float, float | None]
    gain: float | None = None
    """The policy's APGR less this one's, paired."""
    gain_interval: Interval | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, None for undefined."""
        return {
            "rule": self.name,
            "curve": [list(point) for point in zip(self.calls, self.quality, strict=True)],
            "apgr": self.apgr,
            "cpt": {f"{100 * share:g}%": value for share, value in self.cpt.items()},
            "policy_gains_apgr": self.gain,
            "intervals": {
                name: list(interval)
                for name, interval in (("apgr", self.interval), ("policy_gains_apgr", self.gain_interval))
                if interval is not None
            },
            "interval_method": "percentiles of a paired cluster bootstrap",
        }


def frontiers(table: ArmTable, curves: Mapping[str, Curve], way: Way, notes: list[str]) -> tuple[Frontier, ...]:
    """Of each curve, beside the zero router's; none where costs are unknown. What is left out is added to ``notes``."""
    zero = curves.get("zero router")
    if zero is None:
        return ()
    best = controls.best_single(table)
    single_costs = controls.single_arms(table).costs
    between = float(single_costs.min()), float(single_costs.max())
    if between[0] == between[1]:
        notes.append("All arms cost the same: no range of costs for AIQ.")
    found = []
    for name, curve in curves.items():
        given = curve.hull()
        if given is None:
            continue
        one = _Sampled(curve, zero, best, between, table.clusters, way)
        found.append(
            Frontier(
                name=name,
                costs=tuple(given.cost.tolist()),
                qualities=tuple(given.quality.tolist()),
                aiq=aiq(curve.costs, curve.qualities, between),
                neutral_cost=quality_neutral_cost(curve.costs, curve.qualities, best.quality, float(best.cost.mean())),
                neutral_interval=one.neutral(),
                aiq_gain=_less(aiq(curve.costs, curve.qualities, between), aiq(zero.costs, zero.qualities, between)),
                aiq_gain_interval=None if name == "zero router" else one.gain(),
            )
        )
    return tuple(found)


def _less(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b


class _Sampled:
    """A curve and the zero router in resampled questions; a few settings near the hull stand for all."""

    def __init__(
        self, curve: Curve, zero: Curve, best: Point, between: tuple[float, float], clusters: Ints, way: Way
    ) -> None:
        self._one, self._zero = _columns(curve), _columns(zero)
        self._best = best
        self._between, self._clusters, self._way = between, clusters, way

    def neutral(self) -> Interval | None:
        def share(rows: Ints) -> float | None:
            costs, rights = (part[rows].mean(axis=0) for part in self._one)
            return quality_neutral_cost(
                costs, rights, float(self._best.right[rows].mean()), float(self._best.cost[rows].mean())
            )

        return self._resampled(share)

    def gain(self) -> Interval | None:
        def difference(rows: Ints) -> float | None:
            cost, right = (part[rows].mean(axis=0) for part in self._one)
            zero_cost, zero_right = (part[rows].mean(axis=0) for part in self._zero)
            return _less(aiq(cost, right, self._between), aiq(zero_cost, zero_right, self._between))

        return self._resampled(difference)

    def _resampled(self, statistic: Callable[[Ints], float | None]) -> Interval | None:
        way = self._way
        found = cluster_bootstrap(
            statistic, len(self._clusters), self._clusters, level=way.level, draws=way.draws, seed=way.seed
        )
        return None if found is None else found.interval


def _columns(curve: Curve, most: int = 25) -> tuple[Floats, Floats]:
    """(costs, rights) of each question at up to ``most`` settings, shape (n, settings)."""
    chosen = np.unique(np.linspace(0, len(curve.points) - 1, most).astype(int))
    points = [curve.points[i] for i in chosen]
    return np.stack([one.cost for one in points], axis=1), np.stack([one.right for one in points], axis=1)


def deferrals(table: ArmTable, score: Floats, way: Way, notes: list[str]) -> tuple[Deferral, ...]:
    """Of the policy's score, of categories, of chance and of the oracle, with two arms."""
    if len(table.arms) != 2:
        notes.append("Deferral curves are of two arms; here there are more.")
        return ()
    weak, strong = np.nan_to_num(table.right).T
    if strong.mean() <= weak.mean():
        notes.append("The second arm is not right more often than the first: there is no gap to recover, and no APGR.")
    scores = {"policy": score, "category means": category_scores(table, way.seed), "random": np.zeros(len(table))}
    scores["oracle"] = strong - weak
    return tuple(
        _deferral(name, one, score, (weak, strong), table.clusters, way)
        for name, one in scores.items()
        if one is not None
    )


def _deferral(
    name: str, one: Floats, policy: Floats, arms: tuple[Floats, Floats], clusters: Ints, way: Way
) -> Deferral:
    weak, strong = arms
    curve = deferral_curve(one, weak, strong)
    kept = np.unique(np.linspace(0, len(curve.calls) - 1, 101).astype(int))
    rate = apgr(one, weak, strong)
    given: dict[str, Any] = {"level": way.level, "draws": way.draws, "seed": way.seed}
    alone = apgr_interval(one, weak, strong, clusters, **given) if rate is not None else None
    rival = None
    if rate is not None and name != "policy":
        rival = apgr_interval(policy, weak, strong, clusters, against=one, **given)
    return Deferral(
        name=name,
        calls=tuple(curve.calls[kept].tolist()),
        quality=tuple(curve.quality[kept].tolist()),
        apgr=rate,
        interval=None if alone is None else alone.interval,
        cpt={share: cpt(one, weak, strong, share) for share in _DEFERRED},
        gain=None if name == "policy" else _less(apgr(policy, weak, strong), rate),
        gain_interval=None if rival is None else rival.interval,
    )
