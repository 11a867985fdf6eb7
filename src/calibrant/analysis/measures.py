"""One group of attempts, measured: counts, every metric of definitions 1, an interval for each, and cautions.

The leaderboard, the domains and the conditions are all rows of this one shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from calibrant.analysis.table import Codes, OutcomeTable
from calibrant.metrics.intervals import (
    Evidence,
    Interval,
    clustered_interval,
    clustered_proportion,
    evidence,
    ratio_interval,
    variance_events,
)
from calibrant.metrics.outcomes import GuessThresholds, error_rates, guess_thresholds, outcome_metrics, stratum_metrics
from calibrant.types import COUNTED_STATES, OutcomeState, Stratum

__all__ = ["Counts", "Measured", "Settings", "count", "measure"]

_C, _P, _I, _A = COUNTED_STATES
_ANSWERED = (_C, _P, _I)
_MISSED = (_P, _I, _A)
_Share = tuple[tuple[OutcomeState, ...], tuple[OutcomeState, ...]]

_SHARES: Mapping[str, _Share] = {
    "accuracy": ((_C,), COUNTED_STATES),
    "hallucination_rate": ((_I,), _MISSED),
    "attempt_rate": (_ANSWERED, COUNTED_STATES),
    "accuracy_given_attempted": ((_C,), (_C, _I)),
    "wrong_of_all": ((_I,), COUNTED_STATES),
    "selective_risk": ((_P, _I), _ANSWERED),
    "incorrect_of_answered": ((_I,), _ANSWERED),
}
"""Which states are counted, among which: the rows from which a rate's interval is made (definitions, 1 and 5)."""

_REFUSALS: Mapping[Stratum, Mapping[str, _Share]] = {
    Stratum.ANSWERABLE: {"false_refusal": ((_A,), COUNTED_STATES)},
    Stratum.UNANSWERABLE: {"correct_refusal": ((_A,), COUNTED_STATES), "false_acceptance": ((_I,), COUNTED_STATES)},
    Stratum.ACTION: {"correct_refusal": ((_A,), COUNTED_STATES), "hallucinated_action": ((_I,), COUNTED_STATES)},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an analysis may choose.

    Raises:
        ValueError: level outside (0, 1), price outside [0, 1), or an unknown treatment of partly right answers.
    """

    level: float = 0.95
    """Of every interval."""
    seed: int = 0
    """Of every resampling."""
    price: float = 0.5
    """t of ``index_at_price``: a wrong answer costs t/(1-t) right ones."""
    partial: Literal["wrong", "drop"] = "wrong"
    """What a partly right answer is where confidence is judged: wrong, or left out."""

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise ValueError(f"level must lie in (0, 1), not {self.level}")
        if not 0 <= self.price < 1:
            raise ValueError(f"price must lie in [0, 1), not {self.price}")
        if self.partial not in {"wrong", "drop"}:
            raise ValueError(f"partial must be 'wrong' or 'drop', not {self.partial!r}")

    def at(self, price: float | None) -> Settings:
        """The same, with the price that a prompt stated; as they are where it stated none."""
        return self if price is None else replace(self, price=price)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many attempts ended in each state."""

    correct: int
    partial: int
    incorrect: int
    abstained: int
    errors: int
    ungraded: int

    @property
    def n(self) -> int:
        """N of every metric: attempts with a grade."""
        return self.correct + self.partial + self.incorrect + self.abstained

    @property
    def attempts(self) -> int:
        """N, and beside it what had no usable answer or no grade."""
        return self.n + self.errors + self.ungraded


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One group of attempts, measured. Rates lie in 0..1, the Index in -100..100; None = undefined."""

    counts: Counts
    questions: int
    """Different questions among the graded attempts."""
    clusters: int
    """Documents (or questions, where none are known) among the graded attempts: G of the intervals."""
    values: Mapping[str, float | None]
    """Metric -> value."""
    intervals: Mapping[str, Interval | None]
    """Metric -> interval, of the same metrics."""
    if_ungraded: Mapping[str, Interval]
    """Metric -> lowest and highest value under any verdict on the ungraded. Empty where all are graded."""
    if_errors_wrong: Mapping[str, float | None]
    """Metric -> value if each attempt without a usable answer were a wrong answer."""
    guess_thresholds: GuessThresholds
    """Metric -> chance of being right above which a guess pays."""
    thin: tuple[str, ...]
    """Metrics whose interval rests on fewer than 20 clusters or 5 events, so that it may be too narrow."""


def count(table: OutcomeTable, rows: Codes) -> Counts:
    """How many of these attempts ended in each state."""
    found = table.state_counts(rows)
    return Counts(
        correct=found[_C],
        partial=found[_P],
        incorrect=found[_I],
        abstained=found[_A],
        errors=found[OutcomeState.ERROR],
        ungraded=found[OutcomeState.UNGRADED],
    )


def measure(table: OutcomeTable, rows: Codes, stratum: Stratum, settings: Settings) -> Measured:
    """Measure the attempts in ``rows``.

    Args:
        table: the outcomes.
        rows: positions in the table, of one stratum and, for a result that means something, one model.
        stratum: decides which refusal rates are defined.
        settings: level and price.

    Returns:
        All of definitions 1 for these attempts, with intervals clustered by ``table.cluster``.
    """
    counts = count(table, rows)
    graded = rows[table.is_state(*COUNTED_STATES, rows=rows)]
    clusters = table.cluster.codes[graded]
    values = _values(counts, stratum, settings.price)
    intervals, thin = _share_intervals(table, graded, {**_SHARES, **_REFUSALS[stratum]}, settings.level)
    intervals |= _index_intervals(table, graded, settings)
    groups = len(np.unique(clusters))
    thin |= {
        name
        for name, events in _index_events(counts, values["f1"], settings.price).items()
        if Evidence(clusters=groups, events=events).thin
    }
    return Measured(
        counts=counts,
        questions=len(np.unique(table.question.codes[graded])),
        clusters=groups,
        values=values,
        intervals={name: None if value is None else intervals[name] for name, value in values.items()},
        if_ungraded=_verdict_bounds(counts, stratum, settings.price),
        if_errors_wrong=_values(counts, stratum, settings.price, incorrect=counts.errors),
        guess_thresholds=guess_thresholds(values["f1"], settings.price),
        thin=tuple(name for name, value in values.items() if name in thin and value is not None),
    )


def _values(
    counts: Counts, stratum: Stratum, price: float, *, correct: int = 0, incorrect: int = 0, abstained: int = 0
) -> dict[str, float | None]:
    """Every metric, as if there were so many more attempts of a state."""
    c, i, a = counts.correct + correct, counts.incorrect + incorrect, counts.abstained + abstained
    p = counts.partial
    n = c + p + i + a
    outcome = outcome_metrics(correct=c, partial=p, incorrect=i, abstained=a, price=price)
    errors = error_rates(correct=c, partial=p, incorrect=i, abstained=a)
    values = {
        "accuracy": outcome.accuracy,
        "hallucination_rate": outcome.hallucination_rate,
        "omniscience_index": outcome.omniscience_index,
        "attempt_rate": outcome.attempt_rate,
        "accuracy_given_attempted": outcome.accuracy_given_attempted,
        "f1": outcome.f1,
        "index_at_price": outcome.index_at_price,
        "wrong_of_all": errors.wrong_of_all,
        "selective_risk": errors.selective_risk,
        "incorrect_of_answered": errors.incorrect_of_answered,
    }
    hard = stratum is not Stratum.ANSWERABLE
    refusals = stratum_metrics(
        unanswerable=n if hard else 0,
        declined_unanswerable=a if hard else 0,
        answered_unanswerable=i if hard else 0,
        answerable=0 if hard else n,
        declined_answerable=0 if hard else a,
    )
    named = {
        "correct_refusal": refusals.correct_refusal,
        "false_acceptance": refusals.false_acceptance,
        "hallucinated_action": refusals.false_acceptance,
        "false_refusal": refusals.false_refusal,
    }
    return values | {name: named[name] for name in _REFUSALS[stratum]}


def _share_intervals(
    table: OutcomeTable, graded: Codes, shares: Mapping[str, _Share], level: float
) -> tuple[dict[str, Interval | None], set[str]]:
    """Interval of every share, and the shares that rest on little."""
    intervals: dict[str, Interval | None] = {}
    thin = set()
    for name, (counted, among) in shares.items():
        tried = graded[table.is_state(*among, rows=graded)]
        hits = table.is_state(*counted, rows=tried)
        clusters = table.cluster.codes[tried]
        intervals[name] = clustered_proportion(hits, clusters=clusters, level=level, degrees="effective")
        if evidence(hits, clusters=clusters).thin:
            thin.add(name)
    return intervals, thin


def _index_intervals(table: OutcomeTable, graded: Codes, settings: Settings) -> dict[str, Interval | None]:
    """Intervals of the metrics that are no shares: both indices, and F1 as a ratio of sums."""
    clusters = table.cluster.codes[graded]
    right = table.is_state(_C, rows=graded).astype(np.float64)
    wrong = table.is_state(_I, rows=graded).astype(np.float64)
    penalty = settings.price / (1 - settings.price)
    index, at_price = (
        clustered_interval(
            100 * right - 100 * cost * wrong,
            clusters,
            level=settings.level,
            bounds=(-100 * cost, 100.0),
            degrees="effective",
        )
        for cost in (1.0, penalty)
    )
    return {
        "omniscience_index": index,
        "index_at_price": at_price,
        "f1": ratio_interval(2 * right, 1 + right + wrong, clusters, level=settings.level, degrees="effective"),
    }


def _index_events(counts: Counts, f1: float | None, price: float) -> dict[str, int]:
    """What the intervals of the metrics that are no shares rest on: the attempts that carry their variance."""
    c, i, other = counts.correct, counts.incorrect, counts.partial + counts.abstained
    times = (c, i, other)
    found = {
        "omniscience_index": variance_events((1, -1, 0), times),
        "index_at_price": variance_events((1, -price / (1 - price), 0), times),
    }
    if f1 is not None:
        found["f1"] = variance_events((2 - 2 * f1, -2 * f1, -f1), times)
    return found


def _verdict_bounds(counts: Counts, stratum: Stratum, price: float) -> dict[str, Interval]:
    """What each metric could be, whatever the verdict on the ungraded: all right, all wrong, or all declined.

    These are ratios of sums, whose extremes lie where all verdicts are alike; a partly right answer counts in each
    like one of the three. F1 is left out: it is undefined, not 0, where nothing is right.
    """
    if not counts.ungraded:
        return {}
    extremes = [
        _values(counts, stratum, price, **{state: counts.ungraded}) for state in ("correct", "incorrect", "abstained")
    ]
    bounds = {}
    for name in extremes[0]:
        possible = [value for values in extremes if (value := values[name]) is not None]
        if possible and name != "f1":
            bounds[name] = Interval(min(possible), max(possible))
    return bounds
