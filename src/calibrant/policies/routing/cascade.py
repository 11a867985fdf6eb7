"""A cascade, frozen: which arm to ask first, and after each answer whether to stop, to go on, or to give up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from calibrant.metrics.arrays import Floats, Ints
from calibrant.policies.routing.additive import Additive
from calibrant.policies.routing.arms import Arm, ArmTable, Played
from calibrant.policies.routing.columns import Key, prior_columns, stage_columns
from calibrant.policies.routing.following import Path, Predicted, Rule, follow
from calibrant.policies.routing.router import QuestionRouter

__all__ = ["Cascade", "OnMissing", "Stage", "played"]

OnMissing = Literal["abstain", "escalate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What is foretold once an arm has answered."""

    p: Additive
    """P(right now | what is seen)."""
    onward: Mapping[int, Additive]
    """Next arm -> E[what it makes of the question | what is seen], in right answers, before its cost."""
    more: Mapping[int, Additive] = field(default_factory=dict)
    """Next arm -> P(it is right | what is seen)."""
    both: Mapping[int, Additive] = field(default_factory=dict)
    """Next arm -> P(right now and it is right | what is seen)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """Everything that decides, as plain numbers. Definitions, section 7."""

    arms: tuple[Arm, ...]
    signals: tuple[str, ...]
    router: QuestionRouter
    start: Mapping[int, Additive]
    """Arm -> what beginning with it is worth, before its cost."""
    stages: Mapping[Key, Stage]
    costs: tuple[float, ...]
    """Mean dollars of each arm in the fit; NaN = unknown."""
    lam: float = 0.0
    """lambda: a dollar in right answers."""
    wrong_costs: float = 0.0
    """w: a wrong answer in right answers; decides when more effort pays."""
    floor: float = 0.0
    """Answers of a lower score are never given."""
    on_missing: OnMissing = "abstain"
    notes: tuple[str, ...] = ()
    """What the fit has to say: what was of no help, which arm is never worth asking."""

    @property
    def rule(self) -> Rule:
        """The prices that decide."""
        return Rule(
            wrong_costs=self.wrong_costs,
            call_costs=self.call_costs,
            escalate_on_missing=self.on_missing == "escalate",
        )

    @property
    def call_costs(self) -> tuple[float, ...]:
        """Lambda c of each arm; unknown dollars cost nothing."""
        return tuple(self.lam * cost if cost == cost else 0.0 for cost in self.costs)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the arms, as signals are handed in under them."""
        return tuple(map(str, self.arms))

    def follow(self, table: ArmTable, *, priors: Floats | None = None) -> Path:
        """Where each question of a table stops, before any threshold.

        Args:
            table: the same arms in the same order.
            priors: what the router says of its questions, shape (n, arms), where that is known already.

        Raises:
            ValueError: the table's arms are not those of the cascade.
        """
        if table.arms != self.arms:
            there, mine = ", ".join(map(str, table.arms)), ", ".join(self.names)
            raise ValueError(f"the table has the arms {there}; the policy was fitted on {mine}")
        n = len(table)
        said = self.router.values(table.domains, table.texts, n) if priors is None else priors
        columns = prior_columns(self.names, said, 0)
        start = np.column_stack([self.start[arm].values(columns, n) for arm in range(len(self.arms))])

        def predict(key: Key, rows: Ints) -> Predicted:
            stage = self.stages[key]
            seen = stage_columns(table, self.names, self.signals, said, key, rows)
            onward = {arm: model.values(seen, len(rows)) for arm, model in stage.onward.items()}
            return Predicted(stage.p.values(seen, len(rows)), onward)

        return follow(start, ~np.isnan(table.right), predict, self.rule)

    def play(self, table: ArmTable, *, threshold: float = -np.inf) -> Played:
        """What comes of a table's questions.

        Args:
            table: the same arms in the same order.
            threshold: answers of a lower score are not given, beyond the cascade's own floor.
        """
        path = self.follow(table)
        return played(table, path, path.score >= max(threshold, self.floor))

    def at(self, lam: float) -> Cascade:
        """The same cascade with another value of a dollar; exact for two arms.

        Of three and more, what an arm leads to was valued at the fit's own lambda.
        """
        return replace(self, lam=lam)

    def to_dict(self) -> dict[str, Any]:
        """Plain values; unknown costs as null."""
        return {
            "arms": [{"model": arm.model, "effort": arm.effort, "samples": arm.samples} for arm in self.arms],
            "costs_usd": [None if cost != cost else cost for cost in self.costs],
            "signals": list(self.signals),
            "lambda": self.lam,
            "wrong_costs": self.wrong_costs,
            "floor": self.floor,
            "on_missing": self.on_missing,
            "notes": list(self.notes),
            "start": {str(arm): model.to_dict() for arm, model in self.start.items()},
            "stages": [_stage_dict(key, stage) for key, stage in sorted(self.stages.items())],
            "router": self.router.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Cascade:
        """The cascade that `to_dict` wrote.

        Raises:
            ValueError: something is missing or of another kind.
        """
        try:
            arms = tuple(Arm(one["model"], one["effort"], int(one["samples"])) for one in data["arms"])
            found = cls(
                arms=arms,
                signals=tuple(data["signals"]),
                router=QuestionRouter.from_dict(data["router"]),
                start={int(arm): Additive.from_dict(model) for arm, model in data["start"].items()},
                stages=dict(map(_read_stage, data["stages"])),
                costs=tuple(float("nan") if cost is None else float(cost) for cost in data["costs_usd"]),
                lam=float(data["lambda"]),
                wrong_costs=float(data["wrong_costs"]),
                floor=float(data["floor"]),
                on_missing=data["on_missing"],
                notes=tuple(data["notes"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"a cascade with a field missing or of another kind: {error}") from None
        if found.on_missing not in ("abstain", "escalate"):
            raise ValueError(f"on_missing must be abstain or escalate, not '{found.on_missing}'")
        wanted = {(before, arm) for arm in range(len(arms)) for before in range(-1, arm)}
        complete = all(list(stage.onward) == list(range(key[1] + 1, len(arms))) for key, stage in found.stages.items())
        if not complete or set(found.stages) != wanted or set(found.start) != set(range(len(arms))):
            raise ValueError("a cascade needs a stage for each arm after each earlier one")
        return found


def played(table: ArmTable, path: Path, given: Any) -> Played:
    """What came of the questions, where ``given`` says whose answer passes the threshold, shape (n,)."""
    rows = np.arange(len(table))
    last = np.maximum(path.stopped, 0)
    right = np.where(path.stopped >= 0, table.right[rows, last], np.nan)
    answered = np.asarray(given, dtype=np.bool_) & ~np.isnan(right) & ~np.isnan(path.score)
    # An arm that was not called costs nothing, even where its price is unknown.
    cost: Floats = np.where(path.called, table.cost, 0.0).sum(axis=1)
    return Played(
        arm=np.where(answered, path.stopped, -1),
        right=np.where(answered, right, np.nan),
        cost=cost,
        called=path.called,
        score=path.score,
    )


def _stage_dict(key: Key, stage: Stage) -> dict[str, Any]:
    groups = {"onward": stage.onward, "more": stage.more, "both": stage.both}
    return {
        "before": key[0],
        "arm": key[1],
        "right": stage.p.to_dict(),
        **{name: {str(arm): model.to_dict() for arm, model in models.items()} for name, models in groups.items()},
    }


def _read_stage(data: Mapping[str, Any]) -> tuple[Key, Stage]:
    read = {
        name: {arm: Additive.from_dict(data[name][str(arm)]) for arm in sorted(map(int, data[name]))}
        for name in ("onward", "more", "both")
    }
    return (int(data["before"]), int(data["arm"])), Stage(p=Additive.from_dict(data["right"]), **read)
