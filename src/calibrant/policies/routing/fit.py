"""From a table of arms to a frozen cascade: which prices, and what going on hangs on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isnan

import numpy as np

from calibrant.confidence.calibrate import cluster_folds
from calibrant.errors import InputError
from calibrant.metrics.arrays import Floats, Ints
from calibrant.metrics.selective import coverage_at_risk
from calibrant.policies.routing.arms import ArmTable
from calibrant.policies.routing.cascade import Cascade, OnMissing, played
from calibrant.policies.routing.fitting import CascadeFit, Escalate, Solved
from calibrant.policies.routing.part import part_of
from calibrant.policies.routing.value import answer_value, price_of, wrong_costs_at

__all__ = ["Wishes", "cascade_fit", "fit_cascade"]

MOST_ROWS = 20_000
"""Questions that a cascade is fitted on at most; more change its numbers in the third decimal."""
_FOLDS = 5
_PRICES = (0.5, 0.7, 0.8, 0.9, 0.95)
_SLACK = 0.01
"""Coverage that a cheaper cascade may lose, where nobody said what a dollar is worth."""
_STEPS = 12
_HALVINGS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a cascade is to be good at. All of it is decided on the questions it is fitted on.

    Raises:
        InputError: a number that is none of its kind, or two that contradict each other.
    """

    error: float | None = None
    """alpha: the largest share of wrong answers among those given that will be promised."""
    wrong_costs: float | None = None
    """w: a wrong answer in right answers. None: the price at which most is answered at ``error``."""
    lam: float | None = None
    """A dollar in right answers. None: as cheap as it gets without answering 1 % less."""
    budget: float | None = None
    """Mean dollars a question at most."""
    on_missing: OnMissing = "abstain"
    seed: int = 0

    def __post_init__(self) -> None:
        for name, value in (("a wrong answer", self.wrong_costs), ("lambda", self.lam)):
            if value is not None and not 0 <= value < float("inf"):
                raise InputError(f"the cost of {name} must be a number >= 0, not {value}")
        if self.budget is not None and not 0 < self.budget < float("inf"):
            raise InputError(f"a budget must be dollars a question above 0, not {self.budget}")
        if self.budget is not None and self.lam is not None:
            raise InputError("a budget sets the value of a dollar: give a budget or a lambda, not both")
        if self.error is not None and not 0 < self.error < 1:
            raise InputError(f"the error rate must lie between 0 and 1, not {self.error}")


def fit_cascade(
    table: ArmTable,
    *,
    wrong_costs: float | None = None,
    lam: float | None = None,
    budget: float | None = None,
    error: float | None = None,
    escalate: Escalate | None = None,
    wishes: Wishes | None = None,
) -> Cascade:
    """Fit a cascade on all questions of a table. What it promises must be certified on others.

    Args:
        table: the questions, every arm asked.
        wrong_costs: w, a wrong answer in right answers; it then never answers below w/(1 + w). None without ``error``
            is 0: every answer counts.
        lam: lambda, a dollar in right answers.
        budget: mean dollars a question at most, instead of ``lam``.
        error: the share of wrong answers that will be promised; decides w and lambda where they are not given.
        escalate: what going on hangs on; None chooses by what left-out questions gain.
        wishes: all of these at once, instead of them.

    Raises:
        InputError: too few questions to leave any out, or a budget without costs.
    """
    if wishes is None:
        wishes = Wishes(error=error, wrong_costs=wrong_costs, lam=lam, budget=budget)
    fit = cascade_fit(table, seed=wishes.seed)
    return _Choice(fit, wishes, escalate).cascade()


def cascade_fit(table: ArmTable, *, seed: int = 0) -> CascadeFit:
    """The part of a fit that hangs on no price: `CascadeFit.solve` makes cascades of it.

    Raises:
        InputError: fewer than two clusters.
    """
    if len(np.unique(table.clusters)) < 2:
        raise InputError("a policy needs questions of two clusters at least to be fitted on", remedy="Label more.")
    if len(table) > MOST_ROWS:
        chosen = np.sort(np.random.default_rng(seed).choice(len(table), MOST_ROWS, replace=False))
        table = part_of(table, chosen)
    folds: Ints = cluster_folds(table.clusters, len(table), folds=_FOLDS, seed=seed)
    return CascadeFit(table, folds)


class _Choice:
    """Chooses, on left-out questions, what was not said."""

    def __init__(self, fit: CascadeFit, wishes: Wishes, escalate: Escalate | None) -> None:
        self.fit, self.wishes = fit, wishes
        self.priced = not all(map(isnan, fit.costs))
        said = [] if self.priced else ["costs are unknown: effort is spent as if it were free"]
        if self.priced and any(map(isnan, fit.costs)):
            said = ["an arm's costs are unknown: it counts as free"]
        if not self.priced and wishes.budget is not None:
            raise InputError(
                "there are no costs to keep a budget with",
                remedy="Give prices (calibrant prices), or costs.",
            )
        self.notes = said
        self.floor = 0.0 if wishes.wrong_costs is None else price_of(wishes.wrong_costs)
        self.escalate = escalate

    def cascade(self) -> Cascade:
        w = self._wrong_costs()
        self.escalate = self.escalate or self._better_way(w)
        lam = self._lambda(w)
        solved = self._solve(w, lam)
        notes = [*self.notes, *_never_asked(solved, self.fit)]
        if self.escalate == "confidence":
            notes.append("what more effort brings did not hang on what is seen: only the answer's confidence decides")
        return replace(solved.cascade, notes=(*solved.cascade.notes, *notes))

    def _solve(self, w: float, lam: float, escalate: Escalate | None = None) -> Solved:
        return self.fit.solve(
            wrong_costs=w,
            lam=lam,
            floor=self.floor,
            escalate=escalate or self.escalate or "gain",
            on_missing=self.wishes.on_missing,
        )

    def _wrong_costs(self) -> float:
        if self.wishes.wrong_costs is not None:
            return self.wishes.wrong_costs
        if self.wishes.error is None:
            return 0.0
        # The first of equals: the lowest price, which spends least on doubtful answers.
        reached = [(self._coverage(self._solve(wrong_costs_at(price), 0.0)), price) for price in _PRICES]
        return wrong_costs_at(max(reached, key=lambda one: one[0])[1])

    def _better_way(self, w: float) -> Escalate:
        """Gain or confidence: what has the larger utility on left-out questions, over several values of a dollar."""
        lams = [share * self._dearest() for share in (0.0, 0.1, 0.2, 0.4)] if self.priced else [0.0]
        mean = {
            way: float(np.mean([self._utility(self._solve(w, lam, way), w, lam) for lam in lams]))
            for way in ("gain", "confidence")
        }
        return "confidence" if mean["confidence"] > mean["gain"] else "gain"

    def _dearest(self) -> float:
        """The lambda at which the dearest arm costs one right answer."""
        dearest = float(np.nanmax(self.fit.costs))
        return 1 / dearest if dearest > 0 else 0.0

    def _lambda(self, w: float) -> float:
        wishes = self.wishes
        if wishes.lam is not None or not self.priced:
            return float(wishes.lam or 0.0)
        top = self._dearest()
        if not top:
            return 0.0
        if wishes.budget is not None:
            budget = wishes.budget
            return self._least(w, top, lambda one: self._most_cost(one) <= budget)
        if wishes.error is None:
            return 0.0
        # The cheapest of those that answer nearly as much as the one that answers most.
        tried = [0.0, *(top / 2**halvings for halvings in range(_HALVINGS, 0, -1))]
        found = [self._solve(w, one) for one in tried]
        reached = [self._coverage(solved) for solved in found]
        enough = max(reached) - _SLACK
        costs = [
            self._cost(solved) if share >= enough else np.inf for solved, share in zip(found, reached, strict=True)
        ]
        least: int = int(np.argmin(costs))
        return float(tried[least])

    def _least(self, w: float, top: float, fine: object) -> float:
        """The least lambda at which the cost is within the budget."""
        assert callable(fine)  # noqa: S101
        if fine(self._solve(w, 0.0)):
            return 0.0
        low, high = 0.0, top
        while not fine(self._solve(w, high)) and high < top * 4**8:
            low, high = high, 4 * high
        for _ in range(_STEPS):
            middle = (low + high) / 2
            low, high = (low, middle) if fine(self._solve(w, middle)) else (middle, high)
        return high

    def _coverage(self, solved: Solved) -> float:
        """Share of all left-out questions that can be answered at the error rate."""
        path, table = solved.held_out, self.fit.table
        made = played(table, path, path.score >= self.floor)
        there = made.arm >= 0
        if not there.any() or self.wishes.error is None:
            return 0.0
        share = coverage_at_risk(path.score[there], made.right[there], self.wishes.error)
        return (share or 0.0) * float(there.mean())

    def _cost(self, solved: Solved) -> float:
        costs: Floats = np.where(np.isnan(self.fit.table.cost), np.array(self.fit.costs), self.fit.table.cost)
        return float(np.nansum(np.where(solved.held_out.called, costs, 0.0), axis=1).mean())

    def _most_cost(self, solved: Solved) -> float:
        """Of left-out questions, or of all by the cascade itself, whichever is more.

        Where questions tell little, all begin with one arm or all with another: a step that left-out parts blur.
        """
        called = solved.cascade.follow(self.fit.table, priors=self.fit.own_priors).called
        own = float(np.where(called, np.nan_to_num(np.array(self.fit.costs)), 0.0).sum(axis=1).mean())
        return max(self._cost(solved), own)

    def _utility(self, solved: Solved, w: float, lam: float) -> float:
        path, table = solved.held_out, self.fit.table
        made = played(table, path, answer_value(np.nan_to_num(path.score), w) >= 0)
        worth = np.where(np.isnan(made.right), 0.0, (1 + w) * np.nan_to_num(made.right) - w)
        return float(worth.mean()) - lam * self._cost(solved)


def _never_asked(solved: Solved, fit: CascadeFit) -> list[str]:
    """Arms that no left-out question was sent to."""
    called = solved.held_out.called.sum(axis=0).tolist()
    right = np.nan_to_num(fit.table.right).mean(axis=0)
    said = []
    for arm, name in enumerate(fit.names):
        if not called[arm]:
            better = [
                other
                for other in range(len(fit.names))
                if other != arm and right[other] >= right[arm] and not fit.costs[other] > fit.costs[arm]
            ]
            why = f": {fit.names[better[0]]} is right as often and costs no more" if better else ""
            said.append(f"{name} is never asked{why}")
    return said
