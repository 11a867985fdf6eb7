"""A decision between two models: everything that its page says, as numbers first and in sentences from these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from calibrant.analysis import Analysis, Settings, analyse
from calibrant.analysis.deciding import (
    BreakEven,
    Choice,
    ValueCurve,
    WayRow,
    WayValues,
    break_even,
    choose,
    measured_way,
    right_answer_worth,
    value_curve,
)
from calibrant.analysis.table import build_table
from calibrant.errors import InputError
from calibrant.metrics.intervals import Interval
from calibrant.metrics.unit_cost import UnitCost
from calibrant.policies import Promise
from calibrant.reports.capability import Capability
from calibrant.reports.decision.sides import Side, read_sides
from calibrant.reports.decision.untested import untested
from calibrant.reports.decision.ways import (
    Certified,
    Shared,
    certified_way,
    chosen_signal,
    nothing,
    plain_way,
    shared_questions,
)
from calibrant.reports.decision.wrong_answers import WrongAnswer, wrong_answers
from calibrant.store import Store
from calibrant.types import Stratum

__all__ = ["Decision", "DecisionOptions", "Monthly", "TopicRow", "WorthNeeded", "build_decision"]

_TOPICS_EACH = 5
_FEWEST_OF_TOPIC = 5
_ERRORS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionOptions:
    """What the decision is for.

    Raises:
        InputError: a number out of range.
    """

    wrong_costs: float
    """w: right answers that a wrong one costs."""
    volume: int = 100_000
    """Questions a month."""
    promise: Promise | None = None
    """Of one of the two."""
    error: float | None = None
    """Error rate of certificates; None = the promise's, else 1/(1 + w), at which answers are worth nothing."""
    confidence: float = 0.9
    """Of certificates."""
    worth: float | None = None
    """Dollars that a right answer is worth; None = dollars stand beside the value."""
    signal: str | None = None
    grader: str | None = None
    level: float = 0.95
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.wrong_costs <= 1000:
            raise InputError("a wrong answer costs 0 to 1,000 right ones", place="--wrong-costs")
        if self.volume < 1:
            raise InputError("there is nothing to decide for 0 questions a month", place="--volume")
        if self.worth is not None and not self.worth > 0:
            raise InputError("a right answer is worth a positive number of dollars", place="--right-worth")
        if self.error is not None and not 0 < self.error < 1:
            raise InputError(f"an error rate lies in (0, 1), not {self.error:g}", place="--error")
        if self.error is not None and self.promise is not None:
            raise InputError("the policy states the error rate", place="--error", remedy="Say one of the two.")

    @property
    def price(self) -> float:
        """T = w/(1 + w): answering pays above this chance of being right."""
        return self.wrong_costs / (1 + self.wrong_costs)

    @property
    def alpha(self) -> float:
        """Error rate at which ways are compared."""
        if self.promise is not None:
            return self.promise.certificate.alpha
        return min(0.5, 1 / (1 + self.wrong_costs)) if self.error is None else self.error

    @property
    def delta(self) -> float:
        """Chance that a certificate is false."""
        return self.promise.certificate.delta if self.promise is not None else round(1 - self.confidence, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Monthly:
    """What one side costs at the volume."""

    model: str
    dollars: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorthNeeded:
    """What a right answer must be worth, in dollars, for the dearer of two ways to pay."""

    dear: str
    cheap: str
    worth: UnitCost


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRow:
    """One of a model's worst topics."""

    model: str
    topic: str
    answers: int
    index_at_price: float | None
    wrong_of_all: float | None
    intervals: dict[str, Interval]
    thin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The page."""

    options: DecisionOptions
    sides: tuple[Side, Side]
    analysis: Analysis
    shared: int
    """Questions with an answer that both have a grade for: all of the comparison rests on these."""
    clusters: int
    ways: tuple[WayRow, ...]
    """Matched-risk rows: each as it is, then the same under a certificate."""
    certificates: tuple[Certified, ...]
    choice: Choice
    break_even: BreakEven
    """Between the two as they are."""
    curves: tuple[ValueCurve, ...]
    """Of the two as they are."""
    against_silence: tuple[BreakEven, ...]
    """Of each with answering nothing."""
    worth_needed: tuple[WorthNeeded, ...]
    """Of the two as they are, and of the first of each that may be worth most; without what does not come up."""
    monthly: tuple[Monthly, ...]
    unanswerable_share: tuple[str, float] | None
    """Who would lead instead, and the share of questions without an answer from which on it would, as measured."""
    topics: tuple[TopicRow, ...]
    topics_by: str
    topics_of: int
    errors: tuple[WrongAnswer, ...]
    untested: tuple[tuple[str, str], ...]
    capability: Capability | None = None

    @property
    def recommendation(self) -> tuple[str, ...]:
        """A headline, then what it rests on."""
        from calibrant.reports.decision.sentences import recommendation

        return recommendation(self)

    @property
    def reversals(self) -> tuple[str, ...]:
        """What would turn it round."""
        from calibrant.reports.decision.sentences import reversals

        return reversals(self)

    def to_dict(self) -> dict[str, Any]:
        """The decision for programs."""
        from calibrant.reports.decision.as_json import as_dict

        return as_dict(self)


def build_decision(
    store: Store, first: str, second: str, options: DecisionOptions, runs: Sequence[str] = ()
) -> Decision:
    """Compare two models as ways to answer, where a wrong answer costs w right ones.

    Args:
        store: where the runs are.
        first: a model, or a run with one model.
        second: likewise.
        options: what it is for.
        runs: as for `read_sides`.

    Raises:
        InputError: they cannot be found or have no common questions, or the promise is about neither.
        StoreError: the store cannot be read.
    """
    sides = read_sides(store, first, second, runs, grader=options.grader)
    signals = _signals(sides, options)
    every = [outcome for side in sides for outcome in side.outcomes]
    settings = Settings(level=options.level, seed=options.seed, price=options.price)
    hashes = {side.run.set_hash for side in sides}
    analysis = analyse(every, settings, by=("domain", "topic"), set_hash=hashes.pop() if len(hashes) == 1 else None)
    table = build_table(every)
    shared = shared_questions(table, sides)
    plain = [plain_way(table, side, shared) for side in sides]
    certified = [
        certified_way(
            table,
            side,
            shared,
            signal=signal,
            alpha=options.alpha,
            delta=options.delta,
            promise=options.promise if _is_about(options.promise, side) else None,
            seed=options.seed,
        )
        for side in sides
        if (signal := signals[side.name]) is not None
    ]
    silent = nothing(shared)
    rival = [way for way, made in certified if made.promised and not _same(way, plain)]
    choice = choose(
        [*plain, *rival, silent],
        shared.clusters,
        wrong_costs=options.wrong_costs,
        worth=options.worth,
        level=options.level,
        seed=options.seed,
    )
    topics, by, count = _topics(analysis)
    return Decision(
        options=options,
        sides=sides,
        analysis=analysis,
        shared=len(shared.cells),
        clusters=choice.clusters,
        ways=tuple(_row(way, shared, options) for way in _in_pairs(plain, [way for way, _ in certified])),
        certificates=tuple(made for _, made in certified),
        choice=choice,
        break_even=break_even(plain[0], plain[1], shared.clusters, options.level),
        curves=tuple(value_curve(way, shared.clusters, options.level) for way in plain),
        against_silence=tuple(break_even(way, silent, shared.clusters, options.level) for way in plain),
        worth_needed=_worth_needed(plain, rival, choice, shared, options),
        monthly=tuple(_monthly(way, shared, options) for way in plain),
        unanswerable_share=_unanswerable_share(analysis, plain, options),
        topics=topics,
        topics_by=by,
        topics_of=count,
        errors=tuple(wrong_answers(store, sides, signals, most=_ERRORS, grader=options.grader, seed=options.seed)),
        untested=tuple(untested(store, sides, analysis, price=options.price, grader=options.grader)),
    )


def _signals(sides: tuple[Side, Side], options: DecisionOptions) -> dict[str, str | None]:
    promise = options.promise
    found = {side.name: chosen_signal(side, options.signal) for side in sides}
    if promise is None:
        return found
    about = [side for side in sides if _is_about(promise, side)]
    if not about:
        names = " and ".join(side.model for side in sides)
        raise InputError(
            f"the certificate is for {promise.model}, not for {names}",
            place="--policy",
            remedy="Make one with: calibrant certify RUN --model NAME.",
        )
    return {**found, **{side.name: promise.signal for side in about}}


def _in_pairs(plain: Sequence[WayValues], certified: Sequence[WayValues]) -> list[WayValues]:
    return [way for one in plain for way in (one, *(other for other in certified if other.model == one.model))]


def _is_about(promise: Promise | None, side: Side) -> bool:
    return promise is not None and promise.model == side.model


def _same(way: WayValues, others: Sequence[WayValues]) -> bool:
    """Whether a certificate lets everything through, so that it is the model as it is."""
    return any(other.model == way.model and bool((other.answered == way.answered).all()) for other in others)


def _row(way: WayValues, shared: Shared, options: DecisionOptions) -> WayRow:
    return measured_way(
        way,
        shared.clusters,
        wrong_costs=options.wrong_costs,
        worth=options.worth,
        level=options.level,
        delta=options.delta,
    )


def _monthly(way: WayValues, shared: Shared, options: DecisionOptions) -> Monthly:
    row = _row(way, shared, options)
    interval = row.intervals.get("dollars")
    times = options.volume
    return Monthly(
        model=way.name,
        dollars=None if row.dollars is None else times * row.dollars,
        interval=None if interval is None else Interval(max(0.0, times * interval.low), times * interval.high),
    )


def _worth_needed(
    plain: Sequence[WayValues], rival: Sequence[WayValues], choice: Choice, shared: Shared, options: DecisionOptions
) -> tuple[WorthNeeded, ...]:
    """Of the two as they are; and of the first way of either model among those that may be worth most."""
    by_name = {way.name: way for way in (*plain, *rival)}
    first: dict[str | None, WayValues] = {}
    for name in choice.open:
        if name in by_name:
            first.setdefault(by_name[name].model, by_name[name])
    pairs = [tuple(plain)]
    if len(first) > 1 and {way.name for way in first.values()} != {way.name for way in plain}:
        pairs.append(tuple(first.values()))
    found = []
    for one, other in pairs:
        if one.cost is None or other.cost is None:
            continue
        dear, cheap = (one, other) if one.cost.mean() > other.cost.mean() else (other, one)
        worth = right_answer_worth(dear, cheap, shared.clusters, wrong_costs=options.wrong_costs, level=options.level)
        if worth is not None:
            found.append(WorthNeeded(dear=dear.name, cheap=cheap.name, worth=worth))
    return tuple(found)


def _unanswerable_share(
    analysis: Analysis, plain: Sequence[WayValues], options: DecisionOptions
) -> tuple[str, float] | None:
    """P at which (1 - p) V - p w (false acceptance) is the same for both, where the leader answers more of these."""
    accepted = {
        row.model: row.measured.values.get("false_acceptance")
        for row in analysis.models
        if row.stratum is Stratum.UNANSWERABLE
    }
    by_value = sorted(plain, key=lambda way: -float(way.value(options.wrong_costs, options.worth).mean()))
    leader, other = by_value
    ahead, behind = accepted.get(leader.name), accepted.get(other.name)
    if ahead is None or behind is None or ahead <= behind or not options.wrong_costs:
        return None
    worth = [float(way.value(options.wrong_costs, options.worth).mean()) for way in by_value]
    gap = worth[0] - worth[1]
    return other.name, gap / (gap + options.wrong_costs * (ahead - behind))


def _topics(analysis: Analysis) -> tuple[tuple[TopicRow, ...], str, int]:
    """The worst of each model by the index at the price; by topic, or by domain where there are no two topics."""
    for by in ("topic", "domain"):
        rows = [
            row
            for row in analysis.breakdowns
            if row.by == by and row.stratum is Stratum.ANSWERABLE and row.measured.counts.n >= _FEWEST_OF_TOPIC
        ]
        values = {row.value for row in rows if row.value is not None}
        if len(values) > 1:
            break
    else:
        return (), "topic", 0
    found = []
    for model in dict.fromkeys(row.model for row in analysis.models):
        own = [row for row in rows if row.model == model and row.value is not None]
        own.sort(key=lambda row: (row.measured.values["index_at_price"] or 0.0, row.value or ""))
        for row in own[:_TOPICS_EACH]:
            measured = row.measured
            spans = {name: measured.intervals.get(name) for name in ("index_at_price", "wrong_of_all")}
            found.append(
                TopicRow(
                    model=model,
                    topic=row.value or "",
                    answers=measured.counts.n,
                    index_at_price=measured.values["index_at_price"],
                    wrong_of_all=measured.values["wrong_of_all"],
                    intervals={name: one for name, one in spans.items() if one is not None},
                    thin="wrong_of_all" in measured.thin,
                )
            )
    return tuple(found), by, len(values)
