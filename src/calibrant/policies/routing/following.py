"""Questions on their way through the arms: the one loop that fitting, playing and certifying share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from calibrant.metrics.arrays import Bools, Floats, Ints
from calibrant.policies.routing.columns import Key
from calibrant.policies.routing.value import best_next, stop_value

__all__ = ["DIGITS", "Path", "Predicted", "Rule", "follow"]

DIGITS = 9
"""Decimals of a score: so that the same question gets the very same score alone and among many."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """What is foretold at a stage, of some rows."""

    p: Floats
    """P(right) of the answer just given; NaN where it cannot be told."""
    onward: Mapping[int, Floats]
    """Next arm -> what it is worth before its cost; NaN where it cannot be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The prices that decide."""

    wrong_costs: float
    """w: a wrong answer in right answers."""
    call_costs: tuple[float, ...]
    """lambda c of each arm: a call in right answers."""
    escalate_on_missing: bool = False
    """Go on to the next arm where a signal is missing that never was in the fit; else stop without an answer."""


@dataclass(frozen=True, slots=True)
class Path:
    """Where each question stopped."""

    stopped: Ints
    """Shape (n,): the arm asked last; -1 = none was."""
    score: Floats
    """Shape (n,): P(right) of its answer; NaN where there is none, or nothing can be told."""
    called: Bools
    """Shape (n, arms)."""


Predict = Callable[[Key, Ints], Predicted]


def follow(start: Floats, answered: Bools, predict: Predict, rule: Rule) -> Path:
    """Ask, look, and stop or go on, for every question.

    Args:
        start: what each arm is worth to begin with, before its cost, shape (n, arms).
        answered: whether an arm gave an answer, shape (n, arms).
        predict: what is foretold of these rows at this stage.
        rule: the prices.
    """
    n, arms = start.shape
    costs = np.array(rule.call_costs)
    stopped, score = np.full(n, -1), np.full(n, np.nan)
    called = np.zeros((n, arms), dtype=np.bool_)
    before = np.full(n, -1)
    entry, worth = best_next(np.round(start - costs, DIGITS))
    current = np.where(worth < 0, arms, entry)
    for arm in range(arms):
        for earlier in range(-1, arm):
            rows = np.flatnonzero((current == arm) & (before == earlier))
            if not rows.size:
                continue
            called[rows, arm] = True
            stopped[rows] = arm
            found = predict((earlier, arm), rows)
            there = answered[rows, arm]
            p = np.round(found.p, DIGITS)
            score[rows] = np.where(there, p, np.nan)
            net = np.column_stack([found.onward[k] - costs[k] for k in found.onward] or [np.empty((len(rows), 0))])
            lost = np.isnan(net).any(axis=1) | (there & np.isnan(p))
            place, most = best_next(np.round(np.where(lost[:, None], -np.inf, net), DIGITS).astype(np.float64))
            on = (most > np.round(stop_value(np.where(lost, 0, p), there, rule.wrong_costs), DIGITS)) & ~lost
            score[rows[lost]] = np.nan
            current[rows] = np.where(on, arm + 1 + place, arms)
            before[rows] = np.where(on, arm, before[rows])
            if rule.escalate_on_missing:
                # What the arm said cannot be read: the next one begins as if nothing had been asked.
                current[rows[lost]] = arm + 1
                before[rows[lost]] = -1
    return Path(stopped, score, called)
