"""Which of several ways to answer is worth most where a wrong answer costs w right ones: pure arithmetic.

A way (a model as it is, a model under a certificate, no answer at all) is a value for each question: right - w wrong,
less what it cost. Everything printed about a decision follows from these and their paired differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from scipy.special import ndtri

from calibrant.analysis.prices import PRICES
from calibrant.analysis.table import Codes, Floats
from calibrant.metrics.comparisons import paired_difference, simultaneous_differences
from calibrant.metrics.intervals import Interval, clustered_interval, clustered_proportion
from calibrant.metrics.prices import settled_prices
from calibrant.metrics.unit_cost import UnitCost, cost_per_success

__all__ = [
    "BreakEven",
    "Choice",
    "Gap",
    "ValueCurve",
    "WayRow",
    "WayValues",
    "break_even",
    "choose",
    "measured_way",
    "right_answer_worth",
    "value_curve",
]

HIGHEST = 0.99
"""Prices are looked at up to t = .99, a wrong answer for 99 right ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayValues:
    """One way to answer, question by question; arrays of shape (n,), means over a question's attempts."""

    name: str
    model: str | None
    """None: nothing is answered."""
    answered: Floats
    right: Floats
    wrong: Floats
    missed: Floats
    """Answered and not fully right: wrong or partly right (definitions, 5, selective risk)."""
    cost: Floats | None
    """Dollars, also for what is held back; None where any is unknown."""
    certified: float | None = None
    """Error rate of its certificate; None without one."""

    def value(self, wrong_costs: float, worth: float | None) -> Floats:
        """In right answers: right - w wrong, less dollars over what a right answer is worth."""
        gained = self.right - wrong_costs * self.wrong
        return gained if worth is None or self.cost is None else gained - self.cost / worth


@dataclass(frozen=True, slots=True, kw_only=True)
class WayRow:
    """One way to answer, measured."""

    name: str
    model: str | None
    certified: float | None
    coverage: float
    """Share of questions answered."""
    risk: float | None
    """Not fully right among answered; None where nothing is."""
    risk_bound: float | None
    """Upper bound of the risk at the certificate's confidence, for this way alone."""
    value: float
    """Right answers a question, net of errors (and of dollars where a right answer's worth is known)."""
    dollars_per_right: float | None
    """Of all questions asked, over right answers given."""
    dollars: float | None
    """A question."""
    intervals: dict[str, Interval]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One way less another, in right answers a question; intervals of all pairs hold together."""

    first: str
    second: str
    difference: float
    interval: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the questions leave open."""

    leader: str
    """The highest value as measured."""
    open: tuple[str, ...]
    """Ways that no other way is shown to beat, by value; one alone is the settled best."""
    gaps: tuple[Gap, ...]
    questions: int
    clusters: int
    needed: int | None
    """Questions like these that would tell the two best apart (power .8), were the measured gap the true one; None
    where it is settled, or they do not differ."""

    @property
    def settled(self) -> bool:
        """Whether one way is shown to be worth more than every other."""
        return len(self.open) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """The cost of an error at which two ways are worth the same."""

    below: str
    """The way that is worth more where errors cost less."""
    above: str
    wrong_costs: float | None
    """In right answers; None where they do not change places up to 99."""
    interval: Interval | None
    """Fieller's set at the level; its ends are 0 and infinity (or 99) where nothing is settled on that side. None where
    it is not one interval."""
    level: float


def measured_way(
    way: WayValues, clusters: Codes, *, wrong_costs: float, worth: float | None, level: float, delta: float
) -> WayRow:
    """Coverage, risk, value and dollars of one way, each with its interval (definitions, section 2).

    Args:
        way: its values.
        clusters: of each question, shape (n,).
        wrong_costs: w.
        worth: dollars that a right answer is worth; None = dollars do not count in the value.
        level: of the intervals.
        delta: of the bound of the risk.
    """
    value = way.value(wrong_costs, worth)
    found = {
        "coverage": _share_interval(way.answered, np.ones(len(value)), clusters, level),
        "value": clustered_interval(value, clusters, level=level, degrees="effective"),
    }
    answered = float(way.answered.sum())
    risk = bound = None
    if answered:
        risk = float(way.missed.sum()) / answered
        found["risk"] = _share_interval(way.missed, way.answered, clusters, level)
        # One side of a two-sided interval at 1 - 2 delta.
        two_sided = _share_interval(way.missed, way.answered, clusters, 1 - 2 * delta)
        bound = two_sided.high if two_sided is not None else None
    dollars = unit = None
    if way.cost is not None:
        dollars = float(way.cost.mean())
        found["dollars"] = clustered_interval(way.cost, clusters, level=level, degrees="effective")
        unit = cost_per_success(way.cost, way.right, clusters, level=level)
        if unit is not None:
            found["dollars_per_right"] = unit.interval
    return WayRow(
        name=way.name,
        model=way.model,
        certified=way.certified,
        coverage=answered / len(value),
        risk=risk,
        risk_bound=bound,
        value=float(value.mean()),
        dollars_per_right=None if unit is None else unit.value,
        dollars=dollars,
        intervals={name: interval for name, interval in found.items() if interval is not None},
    )


def _share_interval(part: Floats, whole: Floats, clusters: Codes, level: float) -> Interval | None:
    """Of a share of sums; Wilson's on effective counts where every question was asked once, else linearised."""
    from calibrant.metrics.intervals import ratio_interval

    if set(np.unique(whole)) <= {0.0, 1.0} and set(np.unique(part)) <= {0.0, 1.0}:
        return clustered_proportion(part, whole, clusters, level=level, degrees="effective")
    return ratio_interval(part, whole, clusters, level=level, degrees="effective")


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCurve:
    """What one way is worth at every price of an error, per 100 questions: its index at that price."""

    name: str
    prices: tuple[float, ...]
    index: tuple[float, ...]
    intervals: tuple[Interval | None, ...]


def value_curve(way: WayValues, clusters: Codes, level: float) -> ValueCurve:
    """On the questions that every way is compared on, so that it crosses 0, and others, where `break_even` says.

    Args:
        way: its values.
        clusters: of each question, shape (n,).
        level: of each interval.
    """
    costs = [price / (1 - price) for price in PRICES]
    # Sums of shares can pass a bound by rounding.
    values = [np.clip(100 * way.value(cost, None), -100 * cost, 100.0) for cost in costs]
    return ValueCurve(
        name=way.name,
        prices=PRICES,
        index=tuple(float(value.mean()) for value in values),
        intervals=tuple(
            clustered_interval(value, clusters, level=level, bounds=(-100 * cost, 100.0), degrees="effective")
            for value, cost in zip(values, costs, strict=True)
        ),
    )


def choose(
    ways: Sequence[WayValues], clusters: Codes, *, wrong_costs: float, worth: float | None, level: float, seed: int
) -> Choice:
    """Which ways may be worth most: simultaneous intervals of all paired differences (definitions, section 2).

    Args:
        ways: two or more, on the same questions.
        clusters: of each question.
        wrong_costs: w.
        worth: as in :func:`measured_way`.
        level: of all intervals together.
        seed: of the resampling.
    """
    values = np.stack([way.value(wrong_costs, worth) for way in ways], axis=1)
    means = values.mean(axis=0)
    found = simultaneous_differences(values, clusters, level=level, seed=seed)
    beaten = set()
    gaps = []
    for one in found:
        gaps.append(
            Gap(
                first=ways[one.first].name,
                second=ways[one.second].name,
                difference=one.difference,
                interval=one.interval,
            )
        )
        if one.interval is not None and one.interval.low > 0:
            beaten.add(one.second)
        elif one.interval is not None and one.interval.high < 0:
            beaten.add(one.first)
    order = sorted(range(len(ways)), key=lambda at: (-means[at], at))
    left = [at for at in order if at not in beaten]
    return Choice(
        leader=ways[order[0]].name,
        open=tuple(ways[at].name for at in left),
        gaps=tuple(gaps),
        questions=len(values),
        clusters=len(np.unique(clusters)),
        needed=_needed(values[:, left[0]] - values[:, left[1]], clusters, level) if len(left) > 1 else None,
    )


def _needed(gap: Floats, clusters: Codes, level: float) -> int | None:
    """Questions at which the measured gap would be seen with a power of .8, from the clustered error at this size."""
    found = paired_difference(gap, np.zeros(len(gap)), clusters, level=level)
    if found is None or found.interval is None or abs(found.difference) < 1e-12:
        return None
    from scipy.special import stdtrit

    error = (found.interval.high - found.interval.low) / 2 / float(stdtrit(found.clusters - 1, 0.5 + level / 2))
    wanted = float(ndtri(0.5 + level / 2) + ndtri(0.8))
    return max(len(gap), ceil(len(gap) * (wanted * error / found.difference) ** 2))


def break_even(one: WayValues, other: WayValues, clusters: Codes, level: float) -> BreakEven:
    """Where the Index-at-price lines of two ways cross, on the scale of w = t/(1-t), with Fieller's set."""
    # The one that is wrong more often loses as errors get dearer.
    below, above = (one, other) if one.wrong.sum() >= other.wrong.sum() else (other, one)
    right, wrong = below.right - above.right, below.wrong - above.wrong
    crossing, interval = _crossing(right, wrong, clusters, level)
    return BreakEven(below=below.name, above=above.name, wrong_costs=crossing, interval=interval, level=level)


def right_answer_worth(
    dear: WayValues, cheap: WayValues, clusters: Codes, *, wrong_costs: float, level: float
) -> UnitCost | None:
    """Dollars a right answer must be worth for the dearer way to pay: more dollars over more value, Fieller's set.

    None where the one that costs more is not worth more as measured, or a cost is unknown. The interval's upper end is
    infinite where it is not settled that it is worth more.
    """
    if dear.cost is None or cheap.cost is None:
        return None
    value = dear.value(wrong_costs, None) - cheap.value(wrong_costs, None)
    dollars = dear.cost - cheap.cost
    if value.mean() <= 0 or dollars.mean() <= 0:
        return None
    scale = float(value.mean() / dollars.mean())
    crossing, interval = _crossing(value, dollars * scale, clusters, level)
    if crossing is None:
        return None
    if interval is not None:
        high = 1 / (interval.low * scale) if interval.low else float("inf")
        low = 1 / (interval.high * scale) if np.isfinite(interval.high) else 0.0
        interval = Interval(low, high)
    return UnitCost(1 / scale, interval)


def _crossing(right: Floats, wrong: Floats, clusters: Codes, level: float) -> tuple[float | None, Interval | None]:
    """L at which the mean of right - l wrong is 0, up to 99, and the l at which it is not settled on which side."""
    a, b = float(right.mean()), float(wrong.mean())
    crossing = a / b if b > 0 and a >= 0 else None
    settled = settled_prices(right, wrong, clusters, level=level, highest=HIGHEST)
    ahead, behind = settled.first, settled.second
    low = high = None
    if len(ahead) <= 1 and len(behind) <= 1:
        low = ahead[0].high if ahead and ahead[0].low == 0 else 0.0 if not ahead else None
        high = behind[0].low if behind and behind[0].high > HIGHEST - 1e-9 else 1.0 if not behind else None
    if low is None or high is None or low > high:
        return crossing, None
    return crossing, Interval(low / (1 - low), float("inf") if high >= HIGHEST else high / (1 - high))
