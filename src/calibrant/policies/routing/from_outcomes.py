"""From graded answers of several models and efforts to one table of arms."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import isnan, nan
from typing import Any

import numpy as np

from calibrant.errors import InputError
from calibrant.metrics.arrays import Floats
from calibrant.policies.routing.arms import Arm, ArmTable
from calibrant.types import Outcome, OutcomeState

__all__ = ["LENGTH", "arm_table", "question_key"]

LENGTH = "output_tokens"
"""The signal that every answer has whose usage is known."""
_OF_REPEATS = "agreement_of_repeats"
_RIGHT = {OutcomeState.CORRECT: 1.0, OutcomeState.PARTIAL: 0.0, OutcomeState.INCORRECT: 0.0}
_SHOWN = 20
CATEGORIES = ("domain", "topic", "language", "condition")

_Key = tuple[str, float | None, str | None]


@dataclass(slots=True)
class _Asked:
    """One arm's attempts."""

    arm: Arm
    attempts: dict[str, list[Outcome]] = field(default_factory=lambda: defaultdict(list))
    beside: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Dollars of samples and other calls made for a signal, by question."""
    ungraded: int = 0

    @property
    def mean_cost(self) -> float:
        costs = [one.cost_usd for tried in self.attempts.values() for one in tried if one.cost_usd is not None]
        return sum(costs) / len(costs) if costs else nan

    @property
    def mean_tokens(self) -> float:
        """Read and written; what nobody counted is 0."""
        tokens = [
            (one.usage.input_tokens or 0) + (one.usage.output_tokens or 0)
            for tried in self.attempts.values()
            for one in tried
        ]
        return sum(tokens) / len(tokens)


def question_key(outcome: Outcome) -> str:
    """Digest of a question as it was shown, hexadecimal; its id stands for it where that is unknown."""
    if outcome.question_hash:
        return outcome.question_hash
    named = f"{outcome.question_id}\n{outcome.condition}\n{outcome.stratum}"
    return _digest(named)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def arm_table(
    outcomes: Iterable[Outcome],
    *,
    beside: Iterable[Outcome] = (),
    order: Sequence[str] | None = None,
    by: str = "domain",
    texts: Mapping[str, str] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> ArmTable:
    """Every arm on the questions that all of them answered, declined or failed at.

    A call without a usable answer is ``failed`` and paid for; where its dollars are unknown and the arm's others are
    not, it is taken to have cost their mean. Repeats of a question are samples of one arm where their agreement is
    among the confidences: the first one is the answer, all are paid for.

    Args:
        outcomes: graded attempts of one run or several.
        beside: calls of the arms' own models made for a signal of these answers, such as samples: paid for with the
            answer, each once. What another model was asked is in the confidences' own costs.
        order: the arms to use, as they are written (``model@effort``), in the order in which they are tried; by default
            all, the cheapest first; where a cost is unknown or costs are equal, the one of the fewest tokens.
        by: what a question's category is: ``domain``, ``topic``, ``language`` or ``condition``.
        texts: digest of a question -> its text.
        facts: kept with the table.

    Raises:
        InputError: fewer than two arms, an arm of ``order`` that is not there, or no question that all arms share.
    """
    if by not in CATEGORIES:
        raise InputError(f"a run is not split by '{by}'", place="--by", remedy=f"Use one of: {', '.join(CATEGORIES)}.")
    asked = _collect(outcomes, beside)
    arms = _ordered(asked, order)
    shared = _shared(arms)
    known = set().union(*(one.attempts for one in arms))
    first = arms[0].attempts
    columns = [_column(one, shared) for one in arms]
    names = sorted({name for column in columns for name in column.signals})
    domains = [getattr(first[key][0], by) for key in shared]
    clusters = [first[key][0].cluster for key in shared]
    said = dict(facts or {}) | {
        "questions_left_out": len(known) - len(shared),
        "answers_ungraded": sum(one.ungraded for one in arms),
    }
    documents = {one.cluster for one in (first[key][0] for key in shared) if one.cluster != one.question_id}
    said["documents"] = sorted(_digest(name)[:16] for name in documents)
    guessed = {str(column.arm): column.guessed for column in columns if column.guessed}
    if guessed:
        said["failed_calls_at_the_mean_cost"] = guessed
    return ArmTable(
        arms=tuple(column.arm for column in columns),
        right=np.stack([column.right for column in columns], axis=1),
        failed=np.stack([column.failed for column in columns], axis=1),
        cost=np.stack([column.cost for column in columns], axis=1),
        clusters=np.unique(clusters, return_inverse=True)[1].astype(np.int64),
        signals={
            name: np.stack([column.signals.get(name, np.full(len(shared), nan)) for column in columns], axis=1)
            for name in names
        },
        texts=None if texts is None else [texts.get(key, "") for key in shared],
        domains=None if not any(domains) else [str(domain or "") for domain in domains],
        questions=shared,
        facts=said,
    )


def _collect(outcomes: Iterable[Outcome], beside: Iterable[Outcome]) -> dict[_Key, _Asked]:
    asked: dict[_Key, _Asked] = {}
    for outcome in outcomes:
        one = asked.setdefault(_key(outcome), _Asked(_arm(outcome)))
        if outcome.state is OutcomeState.UNGRADED:
            one.ungraded += 1
            continue
        tried = one.attempts[question_key(outcome)]
        # The same attempt may be in two runs; the first one named counts.
        if all(attempt.repeat != outcome.repeat for attempt in tried):
            tried.append(outcome)
    for outcome in beside:
        if _key(outcome) in asked:
            asked[_key(outcome)].beside[question_key(outcome)] += nan if outcome.cost_usd is None else outcome.cost_usd
    # An arm without any grade is none.
    return {key: one for key, one in asked.items() if one.attempts}


def _of_others(outcome: Outcome) -> float:
    """Dollars of what other models were asked about an answer: paid for by the arm that gave it."""
    dollars = 0.0
    for one in outcome.confidences:
        beyond = one.name.partition(":")[2]
        # NAME:MODEL asks that model; NAME:10 takes ten samples of the arm's own.
        if one.extra_calls and beyond and not beyond.isdigit():
            dollars += nan if one.extra_cost_usd is None else one.extra_cost_usd
    return dollars


def _key(outcome: Outcome) -> _Key:
    return outcome.model.model, outcome.price, outcome.model.effort


def _arm(outcome: Outcome) -> Arm:
    priced = "" if outcome.price is None else f" t={outcome.price:g}"
    return Arm(model=outcome.model.model + priced, effort=outcome.model.effort)


def _ordered(asked: Mapping[_Key, _Asked], order: Sequence[str] | None) -> list[_Asked]:
    named = {str(one.arm): one for one in asked.values()}
    if order is not None:
        unknown = [name for name in order if name not in named]
        if unknown or len(set(order)) < len(order):
            what = f"there is no arm '{unknown[0]}'" if unknown else "an arm is named twice"
            raise InputError(what, place="--arms", remedy=f"There are: {', '.join(sorted(named)[:_SHOWN])}.")
        arms = [named[name] for name in order]
    else:
        known = not any(isnan(one.mean_cost) for one in named.values())
        arms = sorted(named.values(), key=lambda one: (one.mean_cost if known else 0.0, one.mean_tokens, str(one.arm)))
    if len(arms) < 2:
        there = f"only {arms[0].arm}" if arms else "none with a graded answer"
        raise InputError(
            f"a policy needs two arms at least, and there is {there}",
            remedy="Ask another model or effort the same questions: calibrant run questions.csv --model NAME@high.",
        )
    return arms


def _shared(arms: Sequence[_Asked]) -> list[str]:
    shared = set(arms[0].attempts).intersection(*(one.attempts for one in arms[1:]))
    if not shared:
        for one, other in combinations(arms, 2):
            if not set(one.attempts) & set(other.attempts):
                raise InputError(
                    f"{one.arm} and {other.arm} have no question in common",
                    remedy="A policy is fitted on questions that every arm was asked; name the arms: --arms A,B.",
                )
        raise InputError("no question was asked of all arms", remedy="Name the arms to use: --arms A,B.")
    return sorted(shared)


@dataclass(frozen=True, slots=True)
class _Column:
    """One arm, question by question."""

    arm: Arm
    right: Floats
    failed: Any
    cost: Floats
    signals: Mapping[str, Floats]
    guessed: int


def _column(one: _Asked, shared: Sequence[str]) -> _Column:
    tried = [sorted(one.attempts[key], key=lambda attempt: attempt.repeat) for key in shared]
    first = [attempts[0] for attempts in tried]
    sampled = any(confidence.name == _OF_REPEATS for outcome in first for confidence in outcome.confidences)
    samples = max(Counter(map(len, tried)), default=1) if sampled else 1
    paid = [attempts if sampled else attempts[:1] for attempts in tried]
    cost, guessed = _costs(paid)
    extra = np.array([one.beside.get(key, 0.0) + _of_others(tried[at][0]) for at, key in enumerate(shared)])
    right = np.array([_RIGHT.get(outcome.state, nan) for outcome in first])
    signals: dict[str, Floats] = {}
    for at, outcome in enumerate(first):
        for confidence in outcome.confidences:
            signals.setdefault(confidence.name, np.full(len(shared), nan))[at] = confidence.value
        if outcome.usage.output_tokens is not None:
            signals.setdefault(LENGTH, np.full(len(shared), nan))[at] = outcome.usage.output_tokens
    return _Column(
        arm=Arm(model=one.arm.model, effort=one.arm.effort, samples=samples),
        right=right,
        failed=np.array([outcome.state is OutcomeState.ERROR for outcome in first]),
        cost=cost + extra,
        signals=signals,
        guessed=guessed,
    )


def _costs(paid: Sequence[Sequence[Outcome]]) -> tuple[Floats, int]:
    """Dollars of each question's calls, and how many failed ones count at the mean of the others."""
    known = [attempt.cost_usd for attempts in paid for attempt in attempts if attempt.cost_usd is not None]
    mean = sum(known) / len(known) if known else nan
    guessed = 0
    total = np.zeros(len(paid))
    for at, attempts in enumerate(paid):
        for attempt in attempts:
            if attempt.cost_usd is not None:
                total[at] += attempt.cost_usd
            elif attempt.state is OutcomeState.ERROR:
                total[at] += mean
                guessed += 1
            else:
                total[at] = nan
    return total, guessed if known else 0
