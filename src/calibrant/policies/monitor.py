"""Is the promise still kept: a test that may be looked at after every audited answer.

The capital of a gambler who bets that the error rate is above alpha: a mixture of likelihood ratios against higher
rates, most of it staked from the first answer on, the rest spread over later starts, so that a change after a long
good time is noticed too. As long as every audited answer is wrong with probability alpha at most, the capital ever
reaches 1 / false_alarm with probability false_alarm at most, however long one watches (Ville 1939; Wald 1945).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import ceil, log
from typing import Any

import numpy as np

from calibrant.metrics.arrays import Floats
from calibrant.policies.labelled import checked_share

__all__ = ["Monitor", "audit_rate_needed", "expected_delay"]

SCHEMA_VERSION = 1
_ODDS = np.geomspace(1.35, 12.0, 10)
"""Alternatives: odds of an error so many times those of alpha."""
_PRIOR = np.array([1.0, 1.5, 2.5, 2.0, 1.2, 0.8, 0.6, 0.4, 0.4, 0.3]) / 10.7
_BOUND = 1e200
"""Of the capital on one alternative: far beyond any alarm, and finite for ever."""
_LATER = 0.15
"""Part of the capital kept for starts after the first answer."""


def _ratios(alpha: float) -> tuple[Floats, Floats]:
    """Likelihood ratios of a right and of a wrong answer, one for each alternative."""
    odds = alpha / (1 - alpha) * _ODDS
    rate = odds / (1 + odds)
    return (1 - rate) / (1 - alpha), rate / alpha


def _spare(seen: int) -> float:
    """Capital not yet staked after so many answers."""
    return _LATER / (1 + log(seen)) if seen else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """The state after some audited answers; :meth:`update` gives the next one and leaves this as it is."""

    alpha: float
    false_alarm: float
    capitals: tuple[float, ...]
    """Staked on each alternative."""
    seen: int = 0
    """Audited answers so far."""
    errors: int = 0
    largest: float = 1.0
    """The most the capital ever was."""
    alarm_at: int | None = None
    """Number of the audited answer that raised the alarm."""

    @classmethod
    def start(cls, alpha: float, false_alarm: float = 0.05) -> Monitor:
        """A monitor of the promise that at most alpha of the answers are wrong.

        Args:
            alpha: the promised error rate, in (0, 1).
            false_alarm: chance, in (0, 1), of ever raising an alarm while the promise is kept.

        Raises:
            ValueError: a number outside its range.
        """
        return cls(
            alpha=checked_share("alpha", alpha),
            false_alarm=checked_share("false_alarm", false_alarm),
            capitals=(0.0,) * len(_ODDS),
        )

    @property
    def capital(self) -> float:
        """Evidence against the promise: 1 at the start, an alarm at 1 / false_alarm."""
        return sum(self.capitals) + _spare(self.seen)

    @property
    def alarmed(self) -> bool:
        """Whether the promise is withdrawn. Once raised, an alarm stays."""
        return self.alarm_at is not None

    def update(self, wrong: bool) -> Monitor:
        """The state after one more audited answer.

        Args:
            wrong: whether it was wrong. Audited answers must be a random share of those given, chosen without regard to
                what they say; complaints never enter.

        Raises:
            ValueError: something other than a truth value, 0 or 1.
        """
        if wrong not in (0, 1):
            raise ValueError(f"wrong must be true or false, not {wrong!r}")
        right_ratio, wrong_ratio = _ratios(self.alpha)
        seen = self.seen + 1
        stake = (_spare(self.seen) - _spare(seen)) * _PRIOR
        staked = (np.array(self.capitals) + stake) * (wrong_ratio if wrong else right_ratio)
        capital = float(staked.sum()) + _spare(seen)
        rang = self.alarm_at is None and capital >= 1 / self.false_alarm
        return Monitor(
            alpha=self.alpha,
            false_alarm=self.false_alarm,
            capitals=tuple(float(one) for one in np.minimum(staked, _BOUND)),
            seen=seen,
            errors=self.errors + int(wrong),
            largest=max(self.largest, capital),
            alarm_at=seen if rang else self.alarm_at,
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it; :meth:`from_dict` reads it back."""
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        return {"schema_version": SCHEMA_VERSION, **plain, "capitals": list(self.capitals)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Monitor:
        """The state that :meth:`to_dict` wrote.

        Raises:
            ValueError: another schema version, or a field missing or unknown.
        """
        given = dict(data)
        if given.pop("schema_version", None) != SCHEMA_VERSION or set(given) != {f.name for f in fields(cls)}:
            raise ValueError("not a monitor's state of this schema version")
        return cls(**{**given, "capitals": tuple(given["capitals"])})


def simulated_delays(
    alpha: float, true_risk: float, false_alarm: float, *, before: int, horizon: int, draws: int, seed: int
) -> Floats:
    """Audited answers from the change to the alarm in each draw; infinite where none came, NaN where it came before."""
    right_ratio, wrong_ratio = _ratios(alpha)
    random = np.random.default_rng([seed, 3])
    capital = np.zeros((draws, len(_ODDS)))
    delay = np.full(draws, np.inf)
    for step in range(before + horizon):
        wrong = random.random(draws) < (alpha if step < before else true_risk)
        capital += (_spare(step) - _spare(step + 1)) * _PRIOR
        capital = np.minimum(capital * np.where(wrong[:, None], wrong_ratio, right_ratio), _BOUND)
        rang = np.isinf(delay) & (capital.sum(axis=1) + _spare(step + 1) >= 1 / false_alarm)
        delay[rang] = np.nan if step < before else step + 1 - before
    return delay


def expected_delay(
    alpha: float,
    true_risk: float,
    *,
    false_alarm: float = 0.05,
    before: int = 0,
    horizon: int = 10_000,
    draws: int = 400,
    seed: int = 0,
) -> int | None:
    """Median number of audited answers from a change of the error rate to the alarm, by simulation.

    Args:
        alpha: the promised error rate, in (0, 1).
        true_risk: the error rate after the change, in (0, 1).
        false_alarm: level of the monitor, in (0, 1).
        before: audited answers at an error rate of alpha before the change.
        horizon: audited answers after it at most.
        draws: simulated histories.
        seed: of the simulation.

    Returns:
        The median over histories without an alarm before the change; None where it exceeds the horizon.

    Raises:
        ValueError: a number outside its range.
    """
    for name, value in (("alpha", alpha), ("true_risk", true_risk), ("false_alarm", false_alarm)):
        checked_share(name, value)
    if min(horizon, draws) < 1 or before < 0:
        raise ValueError("need horizon >= 1, draws >= 1 and before >= 0")
    delay = simulated_delays(alpha, true_risk, false_alarm, before=before, horizon=horizon, draws=draws, seed=seed)
    later = np.sort(delay[~np.isnan(delay)])
    median = later[(len(later) - 1) // 2] if len(later) else np.inf
    return None if np.isinf(median) else int(median)


def audit_rate_needed(
    alpha: float, true_risk: float, *, answers_per_day: float, days: float, false_alarm: float = 0.05, seed: int = 0
) -> float | None:
    """Share of answers to audit so that a risk of ``true_risk`` is noticed within so many days, in the median.

    Args:
        alpha: the promised error rate, in (0, 1).
        true_risk: the error rate to be noticed, above alpha.
        answers_per_day: answers given a day.
        days: within which it is to be noticed.
        false_alarm: level of the monitor, in (0, 1).
        seed: of the simulation of the delay.

    Returns:
        A share in (0, 1]; None where auditing every answer is not enough.

    Raises:
        ValueError: a number outside its range.
    """
    if not answers_per_day > 0 or not days > 0:
        raise ValueError("need answers_per_day > 0 and days > 0")
    delay = expected_delay(alpha, true_risk, false_alarm=false_alarm, seed=seed)
    share = None if delay is None else ceil(delay) / (answers_per_day * days)
    return None if share is None or share > 1 else share
