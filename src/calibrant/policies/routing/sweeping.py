"""A fitted cascade at other prices of a dollar, in the order of its escalations, and under shift."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from calibrant.metrics.arrays import Floats
from calibrant.metrics.comparisons import paired_difference
from calibrant.metrics.intervals import Interval, clustered_proportion
from calibrant.policies.routing.arms import ArmTable, Played
from calibrant.policies.routing.cascade import Cascade
from calibrant.policies.routing.columns import stage_columns
from calibrant.policies.routing.part import part_of
from calibrant.policies.routing.value import stop_value

__all__ = ["Shift", "escalation", "leave_one_domain_out", "swept"]

FEWEST = 20
"""Questions that a domain needs to be left out."""
_FIRST = (-1, 0)
"""The stage after the first arm, nothing before it."""


def escalation(cascade: Cascade, table: ArmTable) -> Floats:
    """Of a cascade of two arms: what going on is worth beyond stopping, before its cost, shape (n,).

    Questions go to the second arm in this order as a dollar is worth less and less.

    Raises:
        ValueError: other than two arms, or something missing that never was in the fit.
    """
    if len(cascade.arms) != 2:
        raise ValueError(f"an order of escalation is of two arms, not {len(cascade.arms)}")
    n = len(table)
    priors = cascade.router.values(table.domains, table.texts, n)
    seen = stage_columns(table, cascade.names, cascade.signals, priors, _FIRST, np.arange(n))
    stage = cascade.stages[_FIRST]
    there = ~np.isnan(table.right[:, 0])
    worth = stop_value(np.nan_to_num(stage.p.values(seen, n)), there, cascade.wrong_costs)
    found = stage.onward[1].values(seen, n) - worth
    if np.isnan(found).any():
        raise ValueError("a signal is missing for some questions that never was in the fit")
    return np.asarray(found)


def swept(cascade: Cascade, table: ArmTable, steps: int = 24) -> list[Played]:
    """The cascade at values of a dollar from so high that the dearest arm is never asked down to 0.

    Empty where costs are unknown.

    No threshold on answers: what is swept is spending, not abstaining.
    """
    costs = [cost for cost in cascade.costs if cost > 0]
    if not costs or any(np.isnan(cascade.costs)):
        return []
    # A call of the dearest arm costs all that an answer can be worth; then less, down to a thousandth of a right one.
    high = (1 + cascade.wrong_costs) / max(costs)
    low = 1e-3 / max(costs)
    lams = [*np.geomspace(high, low, steps - 1).tolist(), 0.0]
    return [cascade.at(float(lam)).play(table) for lam in lams]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A domain that the fit has not seen."""

    domain: str
    questions: int
    coverage: float
    risk: float | None
    """Wrong of answered, where the domain was left out of the fit."""
    risk_interval: Interval | None
    home_coverage: float
    home_risk: float | None
    """The same by the policy itself."""
    difference: float | None
    """Right less w x wrong a question: the policy's own less that of the fit without the domain."""
    difference_interval: Interval | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, None for undefined."""
        intervals = {"left_out_risk": self.risk_interval, "utility_lost": self.difference_interval}
        return {
            "domain": self.domain,
            "questions": self.questions,
            "left_out": {"coverage": self.coverage, "risk": self.risk},
            "policy": {"coverage": self.home_coverage, "risk": self.home_risk},
            "utility_lost": self.difference,
            "intervals": {name: list(interval) for name, interval in intervals.items() if interval is not None},
        }


def leave_one_domain_out(
    table: ArmTable,
    home: Played,
    fit: Callable[[ArmTable], Callable[[ArmTable], Played]],
    *,
    wrong_costs: float = 1.0,
    level: float = 0.95,
) -> tuple[Shift, ...]:
    """Fit again on all domains but one, for each; what becomes of the one left out?

    Args:
        table: fresh questions with domains.
        home: what the policy itself did with them.
        fit: from a table to what plays another one, by the policy's own recipe and threshold.
        wrong_costs: w, of the utility.
        level: of the intervals.

    Returns:
        A row for each domain of 20 questions or more; none without two such domains.
    """
    if table.domains is None:
        return ()
    names, codes = np.unique(np.asarray(table.domains, dtype=str), return_inverse=True)
    sizes = np.bincount(codes, minlength=len(names))
    if (sizes >= FEWEST).sum() < 2:
        return ()
    found = []
    for code in np.flatnonzero(sizes >= FEWEST):
        rows = np.flatnonzero(codes == code)
        away = fit(part_of(table, np.flatnonzero(codes != code)))(part_of(table, rows))
        found.append(_shift(str(names[code]), away.right, home.right[rows], table.clusters[rows], wrong_costs, level))
    return tuple(found)


def _shift(name: str, away: Floats, home: Floats, clusters: Any, wrong_costs: float, level: float) -> Shift:
    def value(right: Floats) -> Floats:
        return np.where(np.isnan(right), 0.0, (1 + wrong_costs) * np.nan_to_num(right) - wrong_costs)

    lost = paired_difference(value(home), value(away), clusters, level=level)
    answered = ~np.isnan(away)
    return Shift(
        domain=name,
        questions=len(away),
        coverage=float(answered.mean()),
        risk=_risk(away),
        risk_interval=clustered_proportion(answered & (away == 0), answered, clusters, level=level),
        home_coverage=float((~np.isnan(home)).mean()),
        home_risk=_risk(home),
        difference=None if lost is None else lost.difference,
        difference_interval=None if lost is None else lost.interval,
    )


def _risk(right: Floats) -> float | None:
    there = right[~np.isnan(right)]
    return float((there == 0).mean()) if len(there) else None
