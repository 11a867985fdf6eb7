"""A policy on fresh questions: its promise, and its place beside every control."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from calibrant.metrics.arrays import Floats
from calibrant.policies.evaluate import Evaluation, evaluate
from calibrant.policies.policy import Policy
from calibrant.policies.promise import Promise
from calibrant.policies.routing.arms import ArmTable, Played
from calibrant.policies.routing.cascade import played
from calibrant.policies.routing.comparison import Comparison, compare
from calibrant.policies.routing.fit import Wishes, fit_cascade
from calibrant.policies.routing.sweeping import Shift, escalation, leave_one_domain_out, swept

__all__ = ["PolicyEvaluation", "evaluate_policy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyEvaluation:
    """What a policy did with fresh questions."""

    promise: Evaluation
    """Of the whole cascade: one score and one answer a question."""
    comparison: Comparison
    shift: tuple[Shift, ...]
    """A row for each domain left out of a fit by the same recipe on these questions; empty where not asked for."""
    played: Played

    def to_dict(self) -> dict[str, Any]:
        """Plain values, None for undefined."""
        return {
            **self.promise.to_dict(),
            "routing": self.comparison.to_dict(),
            "shift": [one.to_dict() for one in self.shift],
        }


def evaluate_policy(
    policy: Policy,
    table: ArmTable,
    *,
    wrong_costs: float | None = None,
    shift: bool = True,
    level: float = 0.95,
    draws: int = 500,
    seed: int = 0,
) -> PolicyEvaluation:
    """Play a policy on questions that had no part in it, and hold it against its promise and against every control.

    Args:
        policy: as fitted.
        table: fresh questions, every arm asked.
        wrong_costs: w of the utility; by default the policy's own, 1 where it has none (which is the Index).
        shift: whether to fit again without each domain.
        level: of tests and intervals.
        draws: resamples of clusters.
        seed: of resamples and folds.

    Raises:
        ValueError: other arms than the policy's, no questions.
    """
    if not len(table):
        raise ValueError("there are no questions")
    made = policy.play(table)
    w = (policy.cascade.wrong_costs or 1.0) if wrong_costs is None else wrong_costs
    curves = swept(policy.cascade, table)
    return PolicyEvaluation(
        promise=_promise(policy, table, level),
        comparison=compare(
            table, made, curves, score=_order(policy, table), wrong_costs=w, level=level, draws=draws, seed=seed
        ),
        shift=_shift(policy, table, made, w, level) if shift else (),
        played=made,
    )


def _order(policy: Policy, table: ArmTable) -> Floats | None:
    """By which questions go to the second of two arms; None with more arms, or where a signal is missing."""
    try:
        return escalation(policy.cascade, table)
    except ValueError:
        return None


def _promise(policy: Policy, table: ArmTable, level: float) -> Evaluation:
    """The certificate of the whole cascade, on where each question stops."""
    path = policy.cascade.follow(table)
    rows = np.arange(len(table))
    right = np.where(path.stopped >= 0, table.right[rows, np.maximum(path.stopped, 0)], np.nan)
    given = ~np.isnan(right) & ~np.isnan(path.score) & (path.score >= policy.cascade.floor)
    record = Promise(
        certificate=policy.certificate,
        model="the cascade",
        signal="probability",
        grader="",
        by=policy.by,
        set_hash=None,
        labels=policy.labels,
        naive_threshold=None,
    )
    last = np.where(path.stopped >= 0, table.failed[rows, np.maximum(path.stopped, 0)], False)
    return evaluate(
        record,
        np.where(given, path.score, np.nan),
        np.where(given, right, np.nan),
        clusters=table.clusters,
        groups=(table.domains or [""] * len(table)) if policy.certificate.groups else None,
        failed=last,
        level=level,
    )


def _shift(policy: Policy, table: ArmTable, home: Played, w: float, level: float) -> tuple[Shift, ...]:
    """By the recipe of the policy: its prices, and its threshold as it stands."""
    if policy.certificate.groups:
        return ()  # a domain without a promise of its own is never answered
    cascade = policy.cascade
    wishes = Wishes(wrong_costs=cascade.wrong_costs, lam=cascade.lam, on_missing=cascade.on_missing)
    threshold = policy.threshold()

    def fit(others: ArmTable) -> Callable[[ArmTable], Played]:
        away = replace(fit_cascade(others, wishes=wishes), floor=cascade.floor)

        def play(one: ArmTable) -> Played:
            path = away.follow(one)
            return played(one, path, path.score >= threshold)

        return play

    return leave_one_domain_out(table, home, fit, wrong_costs=w, level=level)
