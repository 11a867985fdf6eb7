"""Which signal of confidence is worth its cost: each one measured, all compared on the same answers.

A signal is called the best only where the data establish it, against all others at once; else the cheapest of those
that may be the best is named.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from calibrant import metrics
from calibrant.analysis.cautions import FEW_CLUSTERS, Caution
from calibrant.analysis.confidence import BINS, RHO, ConfidenceRow, Floats, confidence_rows, draws_for
from calibrant.analysis.measures import Settings
from calibrant.analysis.table import Asked, Codes, OutcomeTable, Signal, build_table
from calibrant.errors import InputError
from calibrant.metrics.intervals import Interval
from calibrant.types import ConfidenceSource, Outcome, OutcomeState, Stratum

__all__ = ["SignalAnalysis", "SignalChoice", "SignalDifference", "SignalRow", "compare_signals"]

_EXTRA_CALLS: Mapping[ConfidenceSource, float] = {
    ConfidenceSource.STATED: 0.0,
    ConfidenceSource.LOGPROB: 0.0,
    ConfidenceSource.PTRUE: 1.0,
    ConfidenceSource.JUDGE: 1.0,
}
"""Calls beyond the answer's own (definitions, section 4), where they were not counted. Agreement takes as many as there
are other repeats."""
_COMPARED: Mapping[str, Callable[[Floats, Floats], float | None]] = {
    "prr": lambda s, y: metrics.prr(s, y, rho=RHO),
    "aurc": metrics.aurc,
}
_FEW_LEVELS = 10
"""From so many answers a level on, on average, calibration is judged level by level, else in bins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalRow:
    """One signal of one model on one stratum: what it tells and what it costs."""

    measured: ConfidenceRow
    calibration: str | None
    """The calibration error that suits it: ``level_ece`` where it has few levels, else ``ece``; None for a score."""
    intervals: Mapping[str, Interval]
    """Of ``auroc``, ``prr``, ``aurc``, and for a probability ``ece`` and ``level_ece``."""
    informative: bool | None
    """Whether it tells right from wrong better than chance, by the interval of its AUROC; None = not known."""
    extra_calls: float | None
    """Calls beyond the answer's own, for each answer; None = unknown."""
    extra_cost_usd: float | None
    """Dollars of these for each answer; None = unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalDifference:
    """Two signals of one model on the answers that have both. Positive = the first is higher."""

    model: str
    asked: Asked
    stratum: Stratum
    first: str
    second: str
    n: int
    clusters: int
    values: Mapping[str, float | None]
    """``auroc``, ``prr``, ``aurc`` of the first less that of the second."""
    intervals: Mapping[str, Interval]
    """Each for itself; the choice below is about all pairs together."""
    p_value: float | None
    """Two-sided, of equal AUROC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalChoice:
    """What can be said about the best signal of one model, on the answers that have all of them, by AUROC."""

    model: str
    asked: Asked
    stratum: Stratum
    n: int
    clusters: int
    best: str | None
    """The one that is surely better than all others; None = not told apart."""
    may_be_best: tuple[str, ...]
    """Signals that none is surely better than, by AUROC."""
    cheapest: tuple[str, ...]
    """Of these, the ones with the fewest extra calls; empty where no cost is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalAnalysis:
    """All tables about the signals of one run."""

    settings: Settings
    set_hash: str | None
    outcomes: int
    questions: int
    rows: tuple[SignalRow, ...]
    differences: tuple[SignalDifference, ...]
    choices: tuple[SignalChoice, ...]
    cautions: tuple[Caution, ...]


def compare_signals(
    outcomes: Iterable[Outcome],
    settings: Settings | None = None,
    *,
    repeated: Collection[str] = (),
    set_hash: str | None = None,
) -> SignalAnalysis:
    """Measure and compare every signal of confidence, for each model and stratum.

    Args:
        outcomes: of one or several models on one question set.
        settings: level, seed, and how partly right answers count.
        repeated: names of signals that were computed from the other attempts at a question, which are what they cost.
        set_hash: identity of the question set, kept for the report.

    Raises:
        InputError: there are no outcomes, or no answered question has a signal.
    """
    settings = settings or Settings()
    table = build_table(outcomes)
    measured = confidence_rows(table, settings)
    if not measured:
        raise InputError(
            "no graded answer of this run has a confidence",
            remedy="Ask with --confidence or --logprobs, import a confidence column, or give --agreement where there "
            "are 3 repeats.",
        )
    by_name = {(signal.source, signal.name): signal for signal in table.signals}
    rows = [_row(table, one, by_name[one.source, one.name], settings, one.name in repeated) for one in measured]
    groups: dict[tuple[str, Stratum], list[SignalRow]] = {}
    for row in rows:
        groups.setdefault((row.measured.model, row.measured.stratum), []).append(row)
    differences: list[SignalDifference] = []
    choices: list[SignalChoice] = []
    for group in groups.values():
        signals = [by_name[row.measured.source, row.measured.name] for row in group]
        differences += _differences(table, group, signals, settings)
        choices += _choices(table, group, signals, settings)
    return SignalAnalysis(
        settings=settings,
        set_hash=set_hash,
        outcomes=len(table),
        questions=len(np.unique(table.question.codes)),
        rows=tuple(rows),
        differences=tuple(differences),
        choices=tuple(choices),
        cautions=tuple(_cautions(table, rows, settings)),
    )


def _answered(table: OutcomeTable, row: ConfidenceRow, signals: Sequence[Signal], settings: Settings) -> Codes:
    """The answered attempts of a row's model and stratum that have all these signals."""
    states = [OutcomeState.CORRECT, OutcomeState.INCORRECT]
    states += [OutcomeState.PARTIAL] if settings.partial == "wrong" else []
    model, stratum = table.model.values.index(row.model), table.stratum.values.index(str(row.stratum))
    chosen = table.is_state(*states) & (table.model.codes == model) & (table.stratum.codes == stratum)
    for signal in signals:
        chosen &= np.isfinite(signal.values)
    return np.flatnonzero(chosen)


def _truth(table: OutcomeTable, rows: Codes) -> Floats:
    return table.is_state(OutcomeState.CORRECT, rows=rows).astype(np.float64)


def _row(table: OutcomeTable, measured: ConfidenceRow, signal: Signal, settings: Settings, repeated: bool) -> SignalRow:
    rows = _answered(table, measured, [signal], settings)
    s, y, clusters = signal.values[rows], _truth(table, rows), table.cluster.codes[rows]
    intervals = {name: measured.intervals[name] for name in ("auroc", "prr", "aurc") if name in measured.intervals}
    calibration = None
    if measured.values["ece"] is not None:
        calibration = "level_ece" if measured.n >= _FEW_LEVELS * measured.levels else "ece"
        intervals |= _calibration_intervals(s, y, clusters, settings)
    calls, cost = _paid(table, rows, signal, repeated=repeated)
    area = intervals.get("auroc")
    return SignalRow(
        measured=measured,
        calibration=calibration,
        intervals=intervals,
        informative=None if area is None else area.low > 0.5,
        extra_calls=calls,
        extra_cost_usd=cost,
    )


def _paid(table: OutcomeTable, rows: Codes, signal: Signal, *, repeated: bool) -> tuple[float | None, float | None]:
    """Extra calls and dollars for one answer: as they were counted, else by the kind of the signal."""
    if len(rows) and np.isfinite(signal.calls[rows]).all():
        cost = signal.cost[rows]
        return float(signal.calls[rows].mean()), float(cost.mean()) if np.isfinite(cost).all() else None
    calls = float(_others(table, rows).mean()) if repeated else _EXTRA_CALLS.get(signal.source)
    return calls, _cost(table, rows, calls, own=repeated)


def _others(table: OutcomeTable, rows: Codes) -> Floats:
    """How many other attempts each row's model made at its question."""
    asked = table.model.codes * (int(table.cell.max()) + 1) + table.cell
    _, place, counts = np.unique(asked, return_inverse=True, return_counts=True)
    others: Floats = counts[place[rows]].astype(np.float64) - 1
    return others


def _cost(table: OutcomeTable, rows: Codes, calls: float | None, *, own: bool) -> float | None:
    """Dollars of the extra calls for one answer: of the model's own calls at their mean price, else unknown."""
    if calls == 0:
        return 0.0
    cost = table.cost[rows]
    if calls is None or not own or not np.isfinite(cost).all():
        return None
    return calls * float(cost.mean())


def _calibration_intervals(s: Floats, y: Floats, clusters: Codes, settings: Settings) -> dict[str, Interval]:
    """Of both calibration errors: value -+ what chance alone adds up to, by the cluster bootstrap.

    Such an error is a sum over levels (or bins) of the mean residual's absolute value, and chance makes it greater:
    percentiles of resamples lie above the truth, and reflected at the value they miss a calibrated model's 0 in a fifth
    of all draws. By the triangle inequality the true error is no further from the value than the sum of absolute errors
    of these means; their quantile gives an interval that holds at least as often as it says.
    """
    draws = draws_for(len(s))
    if not draws:
        return {}
    places = {
        "level_ece": np.unique(s, return_inverse=True)[1],
        "ece": np.searchsorted(np.arange(1, BINS) / BINS, s, side="right"),
    }
    intervals = {}
    for name, place in places.items():
        width = int(place.max()) + 1
        means = np.bincount(place, weights=y - s, minlength=width) / len(s)

        def chance(drawn: Codes, place: Codes = place, means: Floats = means, width: int = width) -> float:
            again = np.bincount(place[drawn], weights=(y - s)[drawn], minlength=width) / len(drawn)
            return float(np.abs(again - means).sum())

        found = metrics.cluster_bootstrap(
            chance, len(s), clusters, level=settings.level, draws=draws, seed=settings.seed
        )
        if found is not None:
            value, reach = float(np.abs(means).sum()), found.interval.high
            intervals[name] = Interval(max(0.0, value - reach), min(1.0, value + reach))
    return intervals


def _differences(
    table: OutcomeTable, group: Sequence[SignalRow], signals: Sequence[Signal], settings: Settings
) -> Iterator[SignalDifference]:
    for i, j in combinations(range(len(group)), 2):
        own = group[i].measured
        rows = _answered(table, own, (signals[i], signals[j]), settings)
        if not len(rows):
            continue
        y, clusters = _truth(table, rows), table.cluster.codes[rows]
        pair = signals[i].values[rows], signals[j].values[rows]
        values: dict[str, float | None] = {"auroc": None}
        intervals: dict[str, Interval] = {}
        first, second = (metrics.auroc_placements(s, y) for s in pair)
        p_value = None
        if first is not None and second is not None:
            found = metrics.paired_difference(first, second, clusters, level=settings.level)
            if found is not None:
                values["auroc"], p_value = found.difference, found.p_value
                intervals |= {} if found.interval is None else {"auroc": found.interval}
        for name in _COMPARED:
            values[name], interval = _resampled_difference(name, pair, y, clusters, settings)
            intervals |= {} if interval is None else {name: interval}
        yield SignalDifference(
            model=own.model,
            asked=own.asked,
            stratum=own.stratum,
            first=own.name,
            second=group[j].measured.name,
            n=len(rows),
            clusters=len(np.unique(clusters)),
            values=values,
            intervals=intervals,
            p_value=p_value,
        )


def _resampled_difference(
    name: str, pair: tuple[Floats, Floats], y: Floats, clusters: Codes, settings: Settings
) -> tuple[float | None, Interval | None]:
    metric = _COMPARED[name]

    def gap(drawn: Codes) -> float | None:
        first, second = (metric(s[drawn], y[drawn]) for s in pair)
        return None if first is None or second is None else first - second

    value, draws = gap(np.arange(len(y))), draws_for(len(y))
    if value is None or not draws:
        return value, None
    found = metrics.cluster_bootstrap(gap, len(y), clusters, level=settings.level, draws=draws, seed=settings.seed)
    return value, None if found is None else found.interval


def _choices(
    table: OutcomeTable, group: Sequence[SignalRow], signals: Sequence[Signal], settings: Settings
) -> Iterator[SignalChoice]:
    """One choice where there are two signals or more, and right and wrong answers that have all of them."""
    own = group[0].measured
    rows = _answered(table, own, signals, settings)
    y, clusters = _truth(table, rows), table.cluster.codes[rows]
    placed = [metrics.auroc_placements(signal.values[rows], y) for signal in signals]
    columns = [one for one in placed if one is not None]
    if len(group) < 2 or len(columns) < len(group):
        return
    ranks = metrics.rank_intervals(np.column_stack(columns), clusters, level=settings.level, seed=settings.seed)
    best = [row for row, rank in zip(group, ranks, strict=True) if rank.best == 1]
    costs = [row.extra_calls for row in best if row.extra_calls is not None]
    yield SignalChoice(
        model=own.model,
        asked=own.asked,
        stratum=own.stratum,
        n=len(rows),
        clusters=len(np.unique(clusters)),
        best=best[0].measured.name if len(best) == 1 else None,
        may_be_best=tuple(row.measured.name for row in best),
        cheapest=tuple(row.measured.name for row in best if costs and row.extra_calls == min(costs)),
    )


def _cautions(table: OutcomeTable, rows: Sequence[SignalRow], settings: Settings) -> Iterator[Caution]:
    few = [
        (len(np.unique(table.cluster.codes[_answered(table, row.measured, (), settings)])), row.measured.model)
        for row in rows
    ]
    least, model = min(few)
    if least < FEW_CLUSTERS:
        what = "document or question" if least == 1 else "documents or questions"
        said = f"{model}: answers to only {least} independent {what}; intervals are rough below {FEW_CLUSTERS}."
        yield Caution("clusters", said)
    if table.duplicates:
        said = f"{table.duplicates:,} outcomes repeat a question, model and repeat that is there already."
        yield Caution("duplicates", said)
