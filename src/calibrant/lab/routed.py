"""The story goes on: one model at two efforts, a policy over both, and what becomes of it on fresh questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from calibrant.metrics import Interval
from calibrant.metrics.intervals import clustered_proportion
from calibrant.policies import Certifying, Policy, fit_policy
from calibrant.policies.routing import ArmTable, Wishes, arm_table
from calibrant.types import Outcome

__all__ = ["DOLLARS_PER_MILLION", "ROUTED", "Routed", "Rule", "route"]

ROUTED = ("reference-candid@low", "reference-candid@high")
"""The arms, the cheap one first."""
DOLLARS_PER_MILLION = 1.0
"""Made up: tokens of models that answer here cost nothing. Read or written, so many dollars for a million."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What one way of answering does on the fresh questions."""

    name: str
    answered: float
    """Of all questions."""
    wrong: float | None
    """Of what it answered."""
    wrong_interval: Interval | None
    right: float
    """Of all questions."""
    cost_usd: float
    """Mean dollars of a question, at the made-up price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """A policy, and what it and either effort alone did on fresh questions."""

    policy: Policy
    labels: int
    rules: tuple[Rule, ...]


def route(
    labelled: Iterable[Outcome], fresh: Iterable[Outcome], *, alpha: float, delta: float, look: int, seed: int = 0
) -> Routed:
    """Fit on one part of the labelled questions, certify on the other, and play the fresh ones.

    Args:
        labelled: answers of both efforts to the labelled questions.
        fresh: to the fresh ones.
        alpha: largest share of wrong answers promised, in (0, 1).
        delta: how often the promise may be false, in (0, 1).
        look: number of this look at these labels.
        seed: of the parts.
    """
    table, again = (arm_table(_priced(outcomes), order=ROUTED) for outcomes in (labelled, fresh))
    asked = Certifying(alpha=alpha, delta=delta, seed=seed)
    policy = fit_policy(table, Wishes(error=alpha, seed=seed), asked, look=look)
    played = policy.play(again)
    rules = [_rule("policy", played.right, played.cost, again)]
    rules += [_rule(name, again.right[:, arm], again.cost[:, arm], again) for arm, name in enumerate(ROUTED)]
    return Routed(policy=policy, labels=len(table), rules=tuple(rules))


def _priced(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    for outcome in outcomes:
        if str(outcome.model) in ROUTED:
            tokens = (outcome.usage.input_tokens or 0) + (outcome.usage.output_tokens or 0)
            yield replace(outcome, cost_usd=tokens * DOLLARS_PER_MILLION / 1e6)


def _rule(name: str, right: np.ndarray, cost: np.ndarray, table: ArmTable) -> Rule:
    there = ~np.isnan(right)
    wrong = right == 0
    n = int(there.sum())
    return Rule(
        name=name,
        answered=float(there.mean()),
        wrong=float(wrong.sum() / n) if n else None,
        wrong_interval=clustered_proportion(wrong, there, clusters=table.clusters, degrees="effective") if n else None,
        right=float(np.nansum(right) / len(right)),
        cost_usd=float(cost.mean()),
    )
