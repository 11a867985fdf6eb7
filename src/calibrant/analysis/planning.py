"""How many questions, repeats, documents, dollars and minutes a comparison takes: definitions, section 2, power.

Everything here is arithmetic on variances; where they come from is said by whoever hands them in. Units are points:
100 x a share, so an index has values -100, 0 and 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, inf

from scipy.special import ndtri, stdtrit

from calibrant.metrics.power import PairedVariance, detectable_difference, questions_needed

__all__ = ["ComparisonPlan", "Goal", "Limits", "Mix", "Reach", "Spread", "Supply", "plan_comparison"]

MOST_REPEATS = 10
_MOST_QUESTIONS = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What makes a difference between two models (or one model's own value) vary from question to question."""

    name: str
    """``a - b``, or ``a`` for one model's own value."""
    variance: PairedVariance
    """In points squared."""
    covariance: float = 0.0
    """Of two questions of one document, in points squared, >= 0."""

    def per_question(self, repeats: int) -> float:
        """Variance of one question's value, asked so often of each model."""
        return self.variance.per_question(repeats, repeats)

    def design_effect(self, repeats: int, size: float) -> float:
        """1 + (m - 1) ICC: chance within a question is its own, so repeats raise what documents share."""
        total = self.per_question(repeats)
        return 1 + max(0.0, size - 1) * self.covariance / total if total else 1.0

    @property
    def icc(self) -> float:
        """Correlation of two questions of one document, each asked once."""
        total = self.per_question(1)
        return self.covariance / total if total else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What the comparison is to show.

    Raises:
        ValueError: neither a difference nor a precision, one of them not above 0, or alpha or power outside (0, 1).
    """

    detect: float | None = None
    """A difference to be seen between any two models, in points."""
    precision: float | None = None
    """Half the width of the interval of each model's own value, in points."""
    alpha: float = 0.05
    """Two-sided, of all pairs together: divided by their number (Bonferroni)."""
    power: float = 0.8

    def __post_init__(self) -> None:
        if self.detect is None and self.precision is None:
            raise ValueError("say which difference is to be detected, or how precise the values are to be")
        if any(wanted is not None and not 0 < wanted <= 200 for wanted in (self.detect, self.precision)):
            raise ValueError("a difference or precision lies in (0, 200] points")
        if not 0 < self.alpha < 1 or not 0 < self.power < 1:
            raise ValueError("alpha and power must lie in (0, 1)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What there is to ask, and what asking takes."""

    questions: int | None = None
    """Of the set at hand; None = no set."""
    cluster_size: float = 1.0
    """m: questions of one document, sum of squared sizes / sum of sizes."""
    mean_size: float = 1.0
    """Questions of a document on average: what turns questions into documents."""
    answer_usd: float | None = None
    """Dollars for one answer of every model; None = not known."""
    answer_s: float | None = None
    """Seconds for one answer of the slowest model; None = not known."""
    width: int = 100
    """Answers under way at a time."""
    question_usd: float = 0.0
    """Dollars for one question more: making it, checking it, labelling its answers."""
    models: int = 2

    def dollars(self, questions: int, repeats: int) -> float | None:
        """What so many questions cost, asked so often."""
        if self.answer_usd is None:
            return None
        return questions * (repeats * self.answer_usd + self.question_usd)

    def minutes(self, questions: int, repeats: int) -> float | None:
        """How long asking takes, at this width and without rate limits."""
        if self.answer_s is None:
            return None
        return ceil(questions * repeats / self.width) * self.answer_s / 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may be spent; None = no limit."""

    usd: float | None = None
    minutes: float | None = None
    repeats: int = MOST_REPEATS
    """Most repeats to think of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """So many questions, each asked so often, reach the goal."""

    repeats: int
    questions: int
    documents: int
    answers: int
    """Of all models together."""
    dollars: float | None
    minutes: float | None
    enough: bool | None
    """Whether the set at hand has so many questions; None without a set."""
    within_limits: bool
    """Whether dollars and minutes allow it, where they are known."""
    feasible: bool = True
    """False where the goal takes more questions than can be counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What so many questions, each asked so often, can show."""

    what: str
    """``set``: every question at hand; ``limits``: what dollars and minutes allow of it."""
    repeats: int
    questions: int
    dollars: float | None
    minutes: float | None
    detectable: float | None
    """The smallest difference seen with the goal's power, in points; None for one model."""
    precision: float
    """Half the width of the widest interval of a model's own value, in points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonPlan:
    """A plan for a comparison."""

    goal: Goal
    pairs: tuple[Spread, ...]
    singles: tuple[Spread, ...]
    supply: Supply
    limits: Limits
    mixes: tuple[Mix, ...]
    """By repeats, from 1 up to where more repeats save no question."""
    cheapest: Mix | None
    """Of those that the set and the limits allow; None where none is."""
    reaches: tuple[Reach, ...]


def plan_comparison(
    pairs: Sequence[Spread], singles: Sequence[Spread], goal: Goal, supply: Supply, limits: Limits | None = None
) -> ComparisonPlan:
    """Questions, repeats, documents, dollars and minutes that reach a goal, and what the means at hand can show.

    n = (z_{alpha/2} + z_beta)^2 (w^2 + s_A^2/K + s_B^2/K) / d^2 (Miller 2024) x the design effect of documents; then
    Student's t with G - 1 degrees in place of z, as the comparison itself will use it, G documents being asked about.

    Args:
        pairs: one for each two models; the plan is for the one that takes most. May be empty for one model.
        singles: one for each model, for its own value.
        goal: what is to be shown.
        supply: the set, its documents, dollars and seconds of an answer.
        limits: what may be spent.

    Raises:
        ValueError: a difference is to be seen between fewer than two models, there are no models, or what is to be
            shown does not vary.
    """
    limits = limits or Limits()
    if not singles or (goal.detect is not None and not pairs):
        raise ValueError("a difference takes two models")
    wanted = (*(pairs if goal.detect is not None else ()), *(singles if goal.precision is not None else ()))
    for one in wanted:
        if not one.per_question(1):
            raise ValueError(f"{one.name} is the same on every question: there is no variance to plan by")
    mixes = _mixes(pairs, singles, goal, supply, limits)
    possible = [mix for mix in mixes if mix.feasible and mix.enough is not False and mix.within_limits]
    return ComparisonPlan(
        goal=goal,
        pairs=tuple(pairs),
        singles=tuple(singles),
        supply=supply,
        limits=limits,
        mixes=mixes,
        cheapest=min(possible, key=_price, default=None),
        reaches=_reaches(pairs, singles, goal, supply, limits),
    )


def _price(mix: Mix) -> tuple[float, int, int]:
    return (0.0 if mix.dollars is None else mix.dollars, mix.answers, mix.questions)


def _mixes(
    pairs: Sequence[Spread], singles: Sequence[Spread], goal: Goal, supply: Supply, limits: Limits
) -> tuple[Mix, ...]:
    noisy = any(one.variance.within_a or one.variance.within_b for one in (*pairs, *singles))
    found = []
    for repeats in range(1, (limits.repeats if noisy else 1) + 1):
        needed = [
            *(_questions(one, goal, repeats, supply, len(pairs)) for one in pairs if goal.detect is not None),
            *(_questions(one, goal, repeats, supply, 0) for one in singles if goal.precision is not None),
        ]
        found.append(_mix(max(needed), repeats, supply, limits))
    return tuple(found)


def _questions(spread: Spread, goal: Goal, repeats: int, supply: Supply, pairs: int) -> int:
    """For a pair with ``pairs`` > 0, else for the precision of one model's own value."""
    effect = spread.design_effect(repeats, supply.cluster_size)
    alpha = goal.alpha / max(1, pairs)
    # Half the width is z_{alpha/2} SE: the same formula with a power of one half, whose quantile is 0.
    power = goal.power if pairs else 0.5
    difference = goal.detect if pairs else goal.precision
    assert difference is not None  # noqa: S101 - the caller asked for it
    plain = questions_needed(
        difference, spread.variance, repeats=(repeats, repeats), alpha=alpha, power=power, design_effect=effect
    )
    if plain > _MOST_QUESTIONS:
        return plain
    # Few documents make a wider t, which asks for more questions: the least number that is enough for its own t.
    low = high = max(plain, 2)
    while plain * _widening(high, supply, alpha, power) ** 2 > high:
        low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        if plain * _widening(middle, supply, alpha, power) ** 2 > middle:
            low = middle + 1
        else:
            high = middle
    return high


def _widening(questions: int, supply: Supply, alpha: float, power: float) -> float:
    """(t_{alpha/2} + t_beta) / (z_{alpha/2} + z_beta) with as many degrees as documents less one."""
    degrees = max(1.0, questions / supply.mean_size - 1)
    z = float(ndtri(1 - alpha / 2) + ndtri(power))
    return float(stdtrit(degrees, 1 - alpha / 2) + stdtrit(degrees, power)) / z


def _mix(questions: int, repeats: int, supply: Supply, limits: Limits) -> Mix:
    feasible = questions <= _MOST_QUESTIONS
    dollars, minutes = supply.dollars(questions, repeats), supply.minutes(questions, repeats)
    return Mix(
        repeats=repeats,
        questions=questions,
        documents=ceil(questions / supply.mean_size),
        answers=questions * repeats * supply.models,
        dollars=dollars,
        minutes=minutes,
        enough=None if supply.questions is None else questions <= supply.questions,
        within_limits=(dollars or 0.0) <= (inf if limits.usd is None else limits.usd)
        and (minutes or 0.0) <= (inf if limits.minutes is None else limits.minutes),
        feasible=feasible,
    )


def _reaches(
    pairs: Sequence[Spread], singles: Sequence[Spread], goal: Goal, supply: Supply, limits: Limits
) -> tuple[Reach, ...]:
    found = []
    repeats = range(1, limits.repeats + 1)
    if supply.questions is not None and supply.questions >= 2:
        found.append(_reach("set", (supply.questions, 1), pairs, singles, goal, supply))
    if limits.usd is not None or limits.minutes is not None:
        means = [
            _reach("limits", (most, times), pairs, singles, goal, supply)
            for times in repeats
            if (most := _affordable(times, supply, limits)) is not None and most >= 2
        ]
        if means:
            found.append(
                min(means, key=lambda one: (one.precision if one.detectable is None else one.detectable, one.repeats))
            )
    return tuple(found)


def _affordable(repeats: int, supply: Supply, limits: Limits) -> int | None:
    """The most questions that dollars, minutes and the set allow; None where nothing limits them."""
    most: list[int] = [] if supply.questions is None else [supply.questions]
    one = supply.dollars(1, repeats)
    if limits.usd is not None and one:
        most.append(floor(limits.usd / one + 1e-9))
    if limits.minutes is not None and supply.answer_s:
        rounds = floor(limits.minutes * 60 / supply.answer_s + 1e-9)
        most.append(rounds * supply.width // repeats)
    return min(most, default=None)


def _reach(
    what: str, size: tuple[int, int], pairs: Sequence[Spread], singles: Sequence[Spread], goal: Goal, supply: Supply
) -> Reach:
    questions, repeats = size
    return Reach(
        what=what,
        repeats=repeats,
        questions=questions,
        dollars=supply.dollars(questions, repeats),
        minutes=supply.minutes(questions, repeats),
        detectable=max((_seen(one, goal, questions, repeats, supply, len(pairs)) for one in pairs), default=None),
        precision=max(_seen(one, goal, questions, repeats, supply, 0) for one in singles),
    )


def _seen(spread: Spread, goal: Goal, questions: int, repeats: int, supply: Supply, pairs: int) -> float:
    alpha, power = goal.alpha / max(1, pairs), goal.power if pairs else 0.5
    seen = detectable_difference(
        questions,
        spread.variance,
        repeats=(repeats, repeats),
        alpha=alpha,
        power=power,
        design_effect=spread.design_effect(repeats, supply.cluster_size),
    )
    return seen * _widening(questions, supply, alpha, power)
