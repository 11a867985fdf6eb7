"""Fitting a cascade's models: probabilities once, values for any prices; all with predictions of left-out rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from calibrant.metrics.arrays import Floats, Ints
from calibrant.policies.routing.additive import Additive
from calibrant.policies.routing.arms import ArmTable
from calibrant.policies.routing.cascade import Cascade, OnMissing, Stage
from calibrant.policies.routing.columns import Key, prior_columns, stage_columns, stage_keys
from calibrant.policies.routing.design import Design, Fitted
from calibrant.policies.routing.following import Path, Predicted, follow
from calibrant.policies.routing.router import fit_router
from calibrant.policies.routing.value import stop_value

__all__ = ["CascadeFit", "Escalate", "Solved"]

Escalate = Literal["gain", "confidence"]
"""What going on hangs on: E[what the next arm makes of it | everything seen], or that taken to be the same everywhere,
so that only the confidence of the answer decides."""


@dataclass(frozen=True, slots=True)
class Solved:
    """A cascade, and what cascades that did not see a question make of it."""

    cascade: Cascade
    held_out: Path


class CascadeFit:
    """Everything of a fit that does not hang on prices.

    Args:
        table: the questions to fit on.
        folds: the part of each question, shape (n,): it is left out with its part.
    """

    def __init__(self, table: ArmTable, folds: Ints) -> None:
        self.table = table
        self.names = tuple(map(str, table.arms))
        self.signals = tuple(sorted(table.signals))
        right = np.nan_to_num(table.right)
        found = fit_router(right, folds, table.domains, table.texts)
        self.router, self.priors, self.notes = found.router, found.held_out, found.notes
        self._folds = folds
        everyone = np.arange(len(table))
        self._start = Design(prior_columns(self.names, self.priors, 0), folds)
        self._designs: dict[Key, Design] = {}
        self.p: dict[Key, Fitted] = {}
        self._more: dict[Key, Mapping[int, Additive]] = {}
        self._both: dict[Key, Mapping[int, Additive]] = {}
        for key in stage_keys(len(table.arms)):
            columns = stage_columns(table, self.names, self.signals, self.priors, key, everyone)
            design = self._designs[key] = Design(columns, folds)
            self.p[key] = design.logistic(right[:, key[1]], ~np.isnan(table.right[:, key[1]]))
            later = range(key[1] + 1, len(table.arms))
            self._more[key] = {k: design.linear(right[:, k]).model for k in later}
            self._both[key] = {k: design.linear(right[:, k] * right[:, key[1]]).model for k in later}
        self.costs = tuple(_known_mean(table.cost[:, arm]) for arm in range(len(table.arms)))

    @cached_property
    def own_priors(self) -> Floats:
        """What the frozen router says of the questions that it was fitted on, shape (n, arms)."""
        return self.router.values(self.table.domains, self.table.texts, len(self.table))

    def solve(
        self,
        *,
        wrong_costs: float,
        lam: float,
        floor: float = 0.0,
        escalate: Escalate = "gain",
        on_missing: OnMissing = "abstain",
    ) -> Solved:
        """Value every stage from the last arm backwards (a dynamic programme), and follow the questions left out.

        Args:
            wrong_costs: w >= 0.
            lam: a dollar in right answers, >= 0.
            floor: answers of a lower score are never given.
            escalate: what going on hangs on.
            on_missing: what the cascade does where a signal is missing that never was in the fit.
        """
        costs = np.nan_to_num(lam * np.array(self.costs))
        answered = ~np.isnan(self.table.right)
        worth: dict[Key, Floats] = {}
        onward: dict[Key, dict[int, Fitted]] = {}
        for key in stage_keys(len(self.names)):
            arm = key[1]
            models = onward[key] = {
                k: self._value(self._designs[key], worth[arm, k], escalate) for k in range(arm + 1, len(self.names))
            }
            best = stop_value(self.p[key].held_out, answered[:, arm], wrong_costs)
            for k, fitted in models.items():
                best = np.maximum(best, fitted.held_out - costs[k])
            worth[key] = best
        start = {arm: self._value(self._start, worth[-1, arm], "gain") for arm in range(len(self.names))}
        cascade = Cascade(
            arms=self.table.arms,
            signals=self.signals,
            router=self.router,
            start={arm: fitted.model for arm, fitted in start.items()},
            stages={
                key: Stage(
                    p=self.p[key].model,
                    onward={k: fitted.model for k, fitted in onward[key].items()},
                    more=self._more[key],
                    both=self._both[key],
                )
                for key in onward
            },
            costs=self.costs,
            lam=lam,
            wrong_costs=wrong_costs,
            floor=floor,
            on_missing=on_missing,
            notes=self.notes,
        )

        def predict(key: Key, rows: Ints) -> Predicted:
            ahead = {k: fitted.held_out[rows] for k, fitted in onward[key].items()}
            return Predicted(self.p[key].held_out[rows], ahead)

        beginning = np.column_stack([start[arm].held_out for arm in range(len(self.names))])
        return Solved(cascade, follow(beginning, answered, predict, cascade.rule))

    def _value(self, design: Design, worth: Floats, escalate: Escalate) -> Fitted:
        if escalate == "gain":
            return design.linear(worth)
        constant = Additive(intercept=float(worth.mean()), curves=(), logistic=False)
        held_out = np.empty_like(worth)
        for part in range(int(self._folds.max()) + 1):
            out = self._folds == part
            held_out[out] = worth[~out].mean()
        return Fitted(constant, held_out)


def _known_mean(cost: Floats) -> float:
    known = cost[~np.isnan(cost)]
    return float(known.mean()) if known.size else float("nan")
