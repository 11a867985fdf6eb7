"""What a model knows of what it declined: answers that were demanded in a second pass (definitions, section 1).

Missed knowledge is the share of declined questions that are answered right once an answer is demanded. At a stated
price t a model is behaviourally calibrated when it is right at least as often as t where it answers, and at most as
often as t where it declined; where the second fails it is merely timid.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from calibrant.analysis.table import Asked
from calibrant.metrics.intervals import Interval, clustered_proportion
from calibrant.types import Outcome, OutcomeState, Stratum

__all__ = ["ForcedRow", "PriceCheck", "Told", "forced_rows"]

_ANSWERED = (OutcomeState.CORRECT, OutcomeState.PARTIAL, OutcomeState.INCORRECT)
_GRADED = (*_ANSWERED, OutcomeState.ABSTAINED)


class Told(StrEnum):
    """What the data say of a condition, by its interval."""

    YES = "yes"
    NO = "no"
    OPEN = "open"
    """It cannot be told from these data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceCheck:
    """Whether a model answers when it should, at the price that its prompt stated. Of questions that have an answer."""

    price: float
    """t."""
    accuracy_answered: float | None
    """Right among answered (partly right ones are not right); None where it answered nothing."""
    answered: int
    interval_answered: Interval | None
    accuracy_forced: float | None
    """Right among demanded answers to what it had declined, where it gave one; None where it gave none."""
    forced: int
    interval_forced: Interval | None
    answers_are_worth_it: Told
    """Whether accuracy among answered is at least t."""
    refusals_are_right: Told
    """Whether accuracy of the demanded answers is at most t. ``no`` = the model is merely timid."""

    @property
    def calibrated(self) -> Told:
        """Behaviourally calibrated at t: both."""
        both = (self.answers_are_worth_it, self.refusals_are_right)
        if Told.NO in both:
            return Told.NO
        return Told.OPEN if Told.OPEN in both else Told.YES


@dataclass(frozen=True, slots=True, kw_only=True)
class ForcedRow:
    """One model at one price on one stratum: what it declined, and what came of asking again."""

    model: str
    """How the row is called: ``model@effort``, with the price where there is one."""
    asked: Asked
    stratum: Stratum
    declined: int
    """Answers that declined."""
    demanded: int
    """Of these, those whose answer was demanded."""
    errors: int
    """Of these, without a usable reply."""
    ungraded: int
    declined_again: int
    right: int
    partial: int
    wrong: int
    missed_knowledge: float | None
    """Right among the demanded that have a grade, declining again among them; None on questions without an answer, and
    where nothing has a grade."""
    interval: Interval | None
    check: PriceCheck | None
    """None where the prompt stated no price, and on questions without an answer."""

    @property
    def graded(self) -> int:
        """Demanded answers with a grade, declining again among them."""
        return self.right + self.partial + self.wrong + self.declined_again


@dataclass(slots=True)
class _Sample:
    """Attempts of one row: right or not, and their clusters."""

    right: list[float] = field(default_factory=list)
    clusters: list[str] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        self.right.append(float(outcome.state is OutcomeState.CORRECT))
        self.clusters.append(outcome.cluster)

    @property
    def rate(self) -> float | None:
        return sum(self.right) / len(self.right) if self.right else None

    def interval(self, level: float) -> Interval | None:
        if not self.right:
            return None
        return clustered_proportion(np.array(self.right), clusters=self.clusters, level=level, degrees="effective")


@dataclass(slots=True)
class _Found:
    """What is gathered of one row."""

    answered: _Sample = field(default_factory=_Sample)
    declined: set[Hashable] = field(default_factory=set)
    states: Counter[OutcomeState] = field(default_factory=Counter)
    graded: _Sample = field(default_factory=_Sample)
    forced: _Sample = field(default_factory=_Sample)


def forced_rows(answers: Iterable[Outcome], demanded: Iterable[Outcome], *, level: float) -> tuple[ForcedRow, ...]:
    """What became of the questions that were declined.

    Args:
        answers: the run's attempts, in the states that count.
        demanded: the answers of the second pass, graded alike; those to attempts that do not decline are left out.
        level: of every interval.

    Returns:
        Rows by stratum and model, of models that declined anything.
    """
    found: dict[tuple[Stratum, Asked], _Found] = defaultdict(_Found)
    for outcome in answers:
        row = found[_row(outcome)]
        if outcome.state is OutcomeState.ABSTAINED:
            row.declined.add(_attempt(outcome))
        elif outcome.state in _ANSWERED:
            row.answered.add(outcome)
    for outcome in demanded:
        row = found[_row(outcome)]
        if _attempt(outcome) not in row.declined:
            continue
        row.states[outcome.state] += 1
        if outcome.state in _GRADED:
            row.graded.add(outcome)
        if outcome.state in _ANSWERED:
            row.forced.add(outcome)
    order: Sequence[tuple[Stratum, Asked]] = sorted(found, key=lambda key: (key[0].value, str(key[1])))
    return tuple(_forced_row(key, found[key], level) for key in order if found[key].declined)


def _row(outcome: Outcome) -> tuple[Stratum, Asked]:
    return outcome.stratum, Asked(str(outcome.model), outcome.price)


def _attempt(outcome: Outcome) -> Hashable:
    return outcome.question_id, outcome.question_hash, outcome.condition, outcome.repeat


def _forced_row(key: tuple[Stratum, Asked], found: _Found, level: float) -> ForcedRow:
    stratum, asked = key
    answerable = stratum is Stratum.ANSWERABLE
    states = found.states
    return ForcedRow(
        model=str(asked),
        asked=asked,
        stratum=stratum,
        declined=len(found.declined),
        demanded=states.total(),
        errors=states[OutcomeState.ERROR],
        ungraded=states[OutcomeState.UNGRADED],
        declined_again=states[OutcomeState.ABSTAINED],
        right=states[OutcomeState.CORRECT],
        partial=states[OutcomeState.PARTIAL],
        wrong=states[OutcomeState.INCORRECT],
        missed_knowledge=found.graded.rate if answerable else None,
        interval=found.graded.interval(level) if answerable else None,
        check=_check(asked.price, found, level) if answerable and asked.price is not None else None,
    )


def _check(price: float, found: _Found, level: float) -> PriceCheck:
    answered, forced = found.answered.interval(level), found.forced.interval(level)
    return PriceCheck(
        price=price,
        accuracy_answered=found.answered.rate,
        answered=len(found.answered.right),
        interval_answered=answered,
        accuracy_forced=found.forced.rate,
        forced=len(found.forced.right),
        interval_forced=forced,
        answers_are_worth_it=_at_least(answered, price),
        refusals_are_right=_at_most(forced, price),
    )


def _at_least(interval: Interval | None, bound: float) -> Told:
    if interval is None:
        return Told.OPEN
    return Told.YES if interval.low >= bound else Told.NO if interval.high < bound else Told.OPEN


def _at_most(interval: Interval | None, bound: float) -> Told:
    if interval is None:
        return Told.OPEN
    return Told.YES if interval.high <= bound else Told.NO if interval.low > bound else Told.OPEN
