"""Is one better than another? Contenders on the same questions, every metric with the interval of its difference.

First less second throughout: a difference above 0 says that the first has more of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from calibrant.analysis.cautions import FEW_CLUSTERS
from calibrant.analysis.compared import Compared, confidence_metrics, measured_metrics, metric_values, state_metrics
from calibrant.analysis.comparison import (
    CompareOptions,
    Comparison,
    ContenderFacts,
    Difference,
    How,
    MarginVerdict,
    StratumComparison,
    Verdict,
)
from calibrant.analysis.comparison_cautions import cautions_of
from calibrant.analysis.measures import count
from calibrant.analysis.pairing import Pairing, merged_table, pair
from calibrant.analysis.table import Codes, OutcomeTable
from calibrant.errors import InputError
from calibrant.metrics.comparisons import (
    PairedDifference,
    RankInterval,
    paired_difference,
    rank_intervals,
    simultaneous_differences,
)
from calibrant.metrics.intervals import Interval, variance_events
from calibrant.metrics.ratios import paired_ratio_intervals, paired_ratio_score_interval
from calibrant.types import Outcome, OutcomeState, Stratum

__all__ = ["compare_outcomes"]

_DRAWS = 2000
_FEWEST_DRAWS = 500
_DRAWN_CLUSTERS = 2_000_000
_FEW_EVENTS = 5
_ALIKE = 1e-12
_MAIN = {Stratum.UNANSWERABLE: "correct_refusal", Stratum.ACTION: "correct_refusal"}
_FILLS = (OutcomeState.CORRECT, OutcomeState.INCORRECT, OutcomeState.ABSTAINED)


def compare_outcomes(
    names: Sequence[str], attempts: Iterable[tuple[str, Outcome]], options: CompareOptions | None = None
) -> Comparison:
    """Compare two contenders or more on the questions that all of them have a grade for.

    Args:
        names: of the contenders, in the order in which they are compared: of a pair, the earlier is the first. Whether
            they may be compared at all (same prompts, same grader) is for the caller to know: see `check_treatments`.
        attempts: everybody's, each with the name of whose it is; read once, in any order.
        options: metric, groups, margin, level.

    Returns:
        Every pair, metric by metric. Two contenders: Student's t on paired differences with clustered error, and for
        ratios the paired cluster resample of definitions, section 2. More than two: intervals that hold for all pairs
        at once, a declared pair excepted.

    Raises:
        InputError: fewer than two contenders, one name twice, no question that all were asked or have a grade for, or
            a declared pair that is not here.
    """
    options = options or CompareOptions()
    if options.declared is not None and not set(options.declared) <= set(names):
        missing = next(name for name in options.declared if name not in names)
        raise InputError(
            f"'{missing}' is not compared here", place="--declared", remedy=f"There are: {', '.join(names)}."
        )
    table = merged_table(names, attempts, by_id=options.by_id)
    pairings = [pair(table, names, Stratum(str(stratum))) for (stratum,), _ in table.groups(table.stratum)]
    facts = _facts(table, names)
    if not any(len(pairing) for pairing in pairings):
        asked = ", ".join(f"{one.name} {one.questions:,}" for one in facts)
        raise InputError(
            f"no question was asked of all: they share none ({asked})",
            remedy="A comparison is made on the same questions: run both on one set.",
        )
    if not any(pairing.graded.any() for pairing in pairings):
        shared = sum(map(len, pairings))
        raise InputError(
            f"of {shared:,} shared questions none has a grade for every model",
            remedy="See calibrant report for what failed; grade with: calibrant grade RUN.",
        )
    lost = sum(len(pairing) - int(pairing.graded.sum()) for pairing in pairings)
    strata = tuple(_stratum(table, pairing, options) for pairing in pairings if pairing.graded.any())
    return Comparison(
        options=options,
        contenders=facts,
        strata=strata,
        cautions=tuple(cautions_of(facts, strata, lost, table.duplicates)),
    )


def _stratum(table: OutcomeTable, pairing: Pairing, options: CompareOptions) -> StratumComparison:
    places = np.flatnonzero(pairing.graded)
    settings = options.settings
    by_state = {one.metric.name: one for one in state_metrics(pairing, places, settings.price)}
    every = [*by_state.values(), *measured_metrics(pairing), *confidence_metrics(pairing, settings.partial)]
    worst = _Worst(pairing, settings.price)
    differences = tuple(row for one in every for row in _differences(one, pairing, options, worst))
    ranked = options.metric if options.metric in by_state else _MAIN.get(pairing.stratum, "omniscience_index")
    of_ranked = [row for row in differences if row.metric == ranked]
    return StratumComparison(
        stratum=pairing.stratum,
        asked=len(np.unique(table.cell[_rows_of(table, pairing.stratum)])),
        shared=len(pairing),
        graded=len(places),
        clusters=len(np.unique(pairing.cluster[places])),
        differences=differences,
        groups=tuple(row for name in options.by for row in _groups(name, pairing, options)),
        wins=_wins(by_state[ranked], pairing.names),
        ranked_by=ranked,
        ranks=_ranks(by_state[ranked], pairing.names, options),
        margins=tuple(_margin(row, options.margin) for row in of_ranked) if options.margin is not None else (),
    )


def _rows_of(table: OutcomeTable, stratum: Stratum) -> Codes:
    return np.flatnonzero(table.stratum.codes == table.stratum.values.index(stratum.value))


class _Worst:
    """What differences would be if errors were wrong, and under any verdict on the ungraded."""

    def __init__(self, pairing: Pairing, price: float) -> None:
        totals = pairing.counts.sum(axis=(0, 1))
        states = list(OutcomeState)
        self._errors: Mapping[str, tuple[float | None, ...]] | None = None
        self._verdicts: list[Mapping[str, tuple[float | None, ...]]] = []
        if totals[states.index(OutcomeState.ERROR)]:
            filled = pairing.filled(errors=OutcomeState.INCORRECT)
            self._errors = metric_values(pairing, filled, price)
        if totals[states.index(OutcomeState.UNGRADED)]:
            self._verdicts = [metric_values(pairing, pairing.filled(ungraded=state), price) for state in _FILLS]

    def errors_wrong(self, metric: str, first: int, second: int) -> float | None:
        if self._errors is None or metric not in self._errors:
            return None
        return _less(self._errors[metric][first], self._errors[metric][second])

    def any_verdict(self, metric: str, first: int, second: int) -> Interval | None:
        # A ratio of sums is extreme where all verdicts on a model's answers are alike; F1 can be undefined there.
        if not self._verdicts or metric == "f1" or metric not in self._verdicts[0]:
            return None
        a, b = ([one[metric][at] for one in self._verdicts] for at in (first, second))
        known_a, known_b = ([value for value in values if value is not None] for values in (a, b))
        if not known_a or not known_b:
            return None
        return Interval(min(known_a) - max(known_b), max(known_a) - min(known_b))


def _less(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first - second


def _differences(one: Compared, pairing: Pairing, options: CompareOptions, worst: _Worst) -> Iterator[Difference]:
    pairs = list(combinations(range(len(pairing.names)), 2))
    intervals = _intervals(one, pairs, options, pairing.names)
    for i, j in pairs:
        interval, how = intervals[i, j]
        gap = _less(one.values[i], one.values[j])
        yield Difference(
            metric=one.metric.name,
            unit=one.metric.unit,
            stratum=pairing.stratum,
            first=pairing.names[i],
            second=pairing.names[j],
            first_value=one.values[i],
            second_value=one.values[j],
            difference=gap,
            interval=interval,
            how=how,
            verdict=verdict_of(one.metric.higher_is_better, interval),
            questions=len(one.places),
            clusters=len(np.unique(one.clusters)),
            signal=one.signal,
            on_shared=_on_shared(one, i, j, options.settings.level),
            if_errors_wrong=worst.errors_wrong(one.metric.name, i, j) if gap is not None else None,
            if_ungraded=worst.any_verdict(one.metric.name, i, j) if gap is not None else None,
            thin=interval is not None and _thin(one, i, j),
        )


def verdict_of(higher_is_better: bool | None, interval: Interval | None) -> Verdict:
    """What an interval of first less second establishes."""
    if interval is None or interval.low <= 0 <= interval.high:
        return "not settled"
    higher = interval.low > 0
    if higher_is_better is None:
        return "first higher" if higher else "second higher"
    return "first better" if higher == higher_is_better else "second better"


_Found = dict[tuple[int, int], tuple[Interval | None, How]]


def _intervals(
    one: Compared, pairs: Sequence[tuple[int, int]], options: CompareOptions, names: Sequence[str]
) -> _Found:
    found: _Found = dict.fromkeys(pairs, (None, "none"))
    declared = None if options.declared is None else {names.index(name) for name in options.declared}
    if len(pairs) > 1 and one.rows is not None:
        settings = options.settings
        draws = _draws(one.clusters)
        together = simultaneous_differences(
            one.rows, one.clusters, level=settings.level, draws=draws, seed=settings.seed
        )
        for row in together:
            interval = _within(row.interval, one.span)
            found[row.first, row.second] = (interval, "all pairs at once") if interval else (None, "none")
    for i, j in pairs:
        if len(pairs) == 1 or declared == {i, j}:
            found[i, j] = _alone(one, i, j, options)
    return found


def _draws(clusters: Codes) -> int:
    return min(_DRAWS, max(_FEWEST_DRAWS, _DRAWN_CLUSTERS // max(1, len(np.unique(clusters)))))


def _alone(one: Compared, i: int, j: int, options: CompareOptions) -> tuple[Interval | None, How]:
    """The interval of a single pair (definitions, section 2)."""
    settings = options.settings
    if one.values[i] is None or one.values[j] is None:
        return None, "none"
    if one.ratio is not None:
        above, below = one.ratio
        interval = paired_ratio_intervals(
            (above[:, [i]], below[:, [i]]),
            (above[:, [j]], below[:, [j]]),
            one.clusters,
            level=settings.level,
            draws=_DRAWS,
            seed=settings.seed,
        )[0]
        if interval is not None:
            return _within(interval, 1.0), "paired cluster resampling"
        return _of_constant(one, i, j, settings.level)
    if one.rows is None:
        return None, "none"
    paired = paired_difference(
        one.rows[:, i], one.rows[:, j], one.clusters, level=settings.level, degrees="effective", span=one.span
    )
    if paired is None or paired.interval is None:
        return None, "none"
    return paired.interval, "paired t"


def _within(interval: Interval | None, span: float | None) -> Interval | None:
    if interval is None or span is None:
        return interval
    return Interval(max(-span, interval.low), min(span, interval.high))


def _of_constant(one: Compared, i: int, j: int, level: float) -> tuple[Interval | None, How]:
    """Two ratios that are the same in every cluster: what clusters not seen could change."""
    if one.ratio is None or one.rows is None or np.ptp(one.rows[:, i] - one.rows[:, j]) > _ALIKE:
        return None, "none"
    both = (one.ratio[1][:, [i, j]] > 0).all(axis=1)
    paired = paired_difference(one.rows[both, i], one.rows[both, j], one.clusters[both], level=level, span=1.0)
    if paired is None or paired.interval is None:
        return None, "none"
    return paired.interval, "paired t"


def _on_shared(one: Compared, i: int, j: int, level: float) -> PairedDifference | None:
    """A ratio on questions that count for both; F1 has none of its own, and confidence is no outcome."""
    if one.ratio is None or one.signal is not None or one.metric.name == "f1":
        return None
    above, below = one.ratio
    both = (below[:, i] > 0) & (below[:, j] > 0)
    a, b = (above[both, at] / below[both, at] for at in (i, j))
    return paired_difference(a, b, one.clusters[both], level=level, degrees="effective", span=1.0)


def _thin(one: Compared, i: int, j: int) -> bool:
    if one.rows is None:
        return False
    if len(np.unique(one.clusters)) < FEW_CLUSTERS:
        return True
    values, times = np.unique(one.rows[:, i] - one.rows[:, j], return_counts=True)
    return 0 < variance_events(values.tolist(), times.tolist()) < _FEW_EVENTS


def _groups(name: str, pairing: Pairing, options: CompareOptions) -> Iterator[Difference]:
    """Differences inside each domain (topic, ...); intervals of one metric hold for all groups and pairs at once.

    By Bonferroni: of two contenders the one pair, of more the first against each other.
    """
    column = getattr(pairing.table, name)
    codes = pairing.labels(column)
    values = np.unique(codes[pairing.graded])
    if len(values) < 2:
        return
    others = range(1, len(pairing.names))
    level = 1 - (1 - options.settings.level) / (len(values) * len(others))
    for code in values:
        places = np.flatnonzero(pairing.graded & (codes == code))
        for one in state_metrics(pairing, places, options.settings.price):
            for j in others:
                yield _group_row(one, j, pairing, (name, column.values[code]), level)


def _group_row(one: Compared, j: int, pairing: Pairing, group: tuple[str, str | None], level: float) -> Difference:
    interval = None
    if one.rows is not None and one.ratio is not None:
        # Linearised, a ratio of a small group is sure too early: far out in the tails it held in .83 of draws.
        above, below = one.ratio
        interval = paired_ratio_score_interval(
            (above[:, 0], below[:, 0]), (above[:, j], below[:, j]), one.clusters, level=level
        )
    elif one.rows is not None:
        paired = paired_difference(
            one.rows[:, 0], one.rows[:, j], one.clusters, level=level, degrees="effective", span=one.span
        )
        interval = paired.interval if paired is not None else None
    return Difference(
        metric=one.metric.name,
        unit=one.metric.unit,
        stratum=pairing.stratum,
        first=pairing.names[0],
        second=pairing.names[j],
        first_value=one.values[0],
        second_value=one.values[j],
        difference=_less(one.values[0], one.values[j]),
        interval=interval,
        how="none" if interval is None else "all groups at once",
        verdict=verdict_of(one.metric.higher_is_better, interval),
        questions=len(one.places),
        clusters=len(np.unique(one.clusters)),
        by=group[0],
        value=group[1],
        thin=interval is not None and _thin(one, 0, j),
    )


def _wins(one: Compared, names: Sequence[str]) -> dict[tuple[str, str], tuple[int, int, int]]:
    if one.rows is None:
        return {}
    sign = -1 if one.metric.higher_is_better is False else 1
    found = {}
    for i, j in combinations(range(len(names)), 2):
        if one.ratio is not None:
            continue
        gap = sign * (one.rows[:, i] - one.rows[:, j])
        first, second = int((gap > 0).sum()), int((gap < 0).sum())
        found[names[i], names[j]] = first, second, len(gap) - first - second
    return found


def _ranks(one: Compared, names: Sequence[str], options: CompareOptions) -> dict[str, RankInterval]:
    if len(names) < 3 or one.rows is None:
        return {}
    ranks = rank_intervals(
        one.rows,
        one.clusters,
        level=options.settings.level,
        draws=_draws(one.clusters),
        seed=options.settings.seed,
        higher_is_better=one.metric.higher_is_better is not False,
    )
    return dict(zip(names, ranks, strict=True))


def _margin(row: Difference, margin: float) -> MarginVerdict:
    """Two one-sided tests at (1 - level)/2 each, which is the interval lying on one side of the margin."""
    low, high = row.interval or (-np.inf, np.inf)
    above, below = low > -margin, high < margin
    first, second = (below, above) if row.metric in _LESS_IS_BETTER else (above, below)
    return MarginVerdict(
        metric=row.metric,
        first=row.first,
        second=row.second,
        margin=margin,
        interval=row.interval,
        first_not_worse=bool(first),
        second_not_worse=bool(second),
        equivalent=bool(above and below),
    )


_LESS_IS_BETTER = ("hallucination_rate", "wrong_of_all", "selective_risk", "false_acceptance", "hallucinated_action")


def _facts(table: OutcomeTable, names: Sequence[str]) -> tuple[ContenderFacts, ...]:
    asked_by = np.zeros(int(table.cell.max()) + 1, dtype=np.intp)
    mine = {}
    for name in names:
        if name not in table.model.values:
            raise InputError(f"{name} has no answers", remedy="See what there is with: calibrant runs show RUN.")
        rows = np.flatnonzero(table.model.codes == table.model.values.index(name))
        cells, times = np.unique(table.cell[rows], return_counts=True)
        asked_by[cells] += 1
        mine[name] = rows, cells, times
    return tuple(
        ContenderFacts(
            name=name,
            counts=count(table, rows),
            questions=len(cells),
            repeats=(int(times.min()), int(times.max())),
            only_here=int((asked_by[cells] < len(names)).sum()),
        )
        for name, (rows, cells, times) in mine.items()
    )
