"""What a comparison says: for every metric and pair the difference on the same questions, with its interval.

First less second throughout: a difference above 0 says that the first has more of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from calibrant.analysis.cautions import Caution
from calibrant.analysis.compared import RANKABLE, Unit
from calibrant.analysis.measures import Counts, Settings
from calibrant.errors import InputError
from calibrant.metrics.comparisons import PairedDifference, RankInterval
from calibrant.metrics.intervals import Interval
from calibrant.types import Stratum

__all__ = [
    "GROUPS",
    "CompareOptions",
    "Comparison",
    "ContenderFacts",
    "Difference",
    "How",
    "MarginVerdict",
    "StratumComparison",
    "Verdict",
    "turned",
]

Verdict = Literal["first better", "second better", "first higher", "second higher", "not settled"]
How = Literal["paired t", "paired cluster resampling", "all pairs at once", "all groups at once", "none"]

GROUPS = ("domain", "topic", "language", "condition")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareOptions:
    """What a comparison may choose.

    Raises:
        InputError: an unknown metric or column, a margin that is not above 0.
    """

    settings: Settings = field(default_factory=Settings)
    metric: str = "omniscience_index"
    """What ranks, margins and the table of groups are about; correct refusal where there is no answer."""
    by: tuple[str, ...] = ("domain",)
    margin: float | None = None
    """Difference of ``metric``, in its unit, up to which two are as good as equal."""
    declared: tuple[str, str] | None = None
    """A pair named before the data were seen: its intervals need not hold together with those of the others."""
    by_id: bool = False
    """Pair questions by their ids, though what was shown may differ."""

    def __post_init__(self) -> None:
        if self.metric not in RANKABLE:
            known = ", ".join(RANKABLE)
            raise InputError(f"'{self.metric}' is no metric to rank by", place="--metric", remedy=f"Metrics: {known}.")
        unknown = [name for name in self.by if name not in GROUPS]
        if unknown:
            raise InputError(f"cannot break down by '{unknown[0]}'", remedy=f"Choose among {', '.join(GROUPS)}.")
        if self.margin is not None and not self.margin > 0:
            raise InputError(f"a margin must be above 0, not {self.margin}", place="--margin")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContenderFacts:
    """What a contender brought."""

    name: str
    counts: Counts
    """Of all its attempts, shared or not."""
    questions: int
    repeats: tuple[int, int]
    """Fewest and most attempts at a question."""
    only_here: int
    """Questions that not every other contender was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One metric of two contenders on the same questions."""

    metric: str
    unit: Unit
    stratum: Stratum
    first: str
    second: str
    first_value: float | None
    second_value: float | None
    difference: float | None
    """First less second."""
    interval: Interval | None
    how: How
    """How the interval was made, and what it holds together with."""
    verdict: Verdict
    questions: int
    clusters: int
    signal: str | None = None
    by: str | None = None
    """Column of the group that this is about; None = all questions."""
    value: str | None = None
    """The group."""
    on_shared: PairedDifference | None = None
    """Of a ratio: on questions that count for both, because the denominators of the two differ."""
    if_errors_wrong: float | None = None
    """The difference if every attempt without a usable answer were wrong; None where there is none such."""
    if_ungraded: Interval | None = None
    """Least and greatest difference under any verdict on what nobody graded; None where all is graded."""
    thin: bool = False
    """Rests on fewer than 20 clusters, or on fewer than 5 questions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginVerdict:
    """Two one-sided tests against a margin, read from the interval of the difference."""

    metric: str
    first: str
    second: str
    margin: float
    interval: Interval | None
    first_not_worse: bool
    """By the margin or more; shown at (1 - level)/2."""
    second_not_worse: bool
    equivalent: bool
    """Both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumComparison:
    """All comparisons on one stratum."""

    stratum: Stratum
    asked: int
    """Questions that any contender was asked."""
    shared: int
    """That all were asked."""
    graded: int
    """That all have a grade for: what metrics of outcomes are compared on."""
    clusters: int
    """Different documents (or questions, where none are known) among these."""
    differences: tuple[Difference, ...]
    groups: tuple[Difference, ...]
    wins: Mapping[tuple[str, str], tuple[int, int, int]]
    """Pair -> questions on which the first, the second, or neither has the better score."""
    ranked_by: str
    ranks: Mapping[str, RankInterval]
    """Empty with two contenders."""
    margins: tuple[MarginVerdict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Contenders compared on the questions that they share."""

    options: CompareOptions
    contenders: tuple[ContenderFacts, ...]
    """In the order given: of a pair, the earlier is the first."""
    strata: tuple[StratumComparison, ...]
    cautions: tuple[Caution, ...]

    def find(
        self,
        metric: str,
        *,
        pair: tuple[str, str] | None = None,
        by: str | None = None,
        value: str | None = None,
        signal: str | None = None,
    ) -> list[Difference]:
        """The differences of a metric that answer a question, the first contender's where no pair is named.

        Args:
            metric: its name, see ``METRICS``.
            pair: two names; turned round where the comparison has them the other way.
            by: column of a group.
            value: the group.
            signal: of which confidence.
        """
        rows: Iterator[Difference] = (
            row for stratum in self.strata for row in (stratum.groups if by else stratum.differences)
        )
        first = self.contenders[0].name
        found = []
        for row in rows:
            if row.metric != metric or (row.by, row.value) != (by, value):
                continue
            if signal is not None and row.signal != signal:
                continue
            if (pair is None and row.first == first) or pair == (row.first, row.second):
                found.append(row)
            elif pair == (row.second, row.first):
                found.append(turned(row))
        return found


_TURNED: Mapping[Verdict, Verdict] = {
    "first better": "second better",
    "second better": "first better",
    "first higher": "second higher",
    "second higher": "first higher",
    "not settled": "not settled",
}


def turned(row: Difference) -> Difference:
    """The same difference as second less first."""
    shared = row.on_shared
    return replace(
        row,
        first=row.second,
        second=row.first,
        first_value=row.second_value,
        second_value=row.first_value,
        difference=None if row.difference is None else -row.difference,
        interval=_mirrored(row.interval),
        verdict=_TURNED[row.verdict],
        on_shared=shared and replace(shared, difference=-shared.difference, interval=_mirrored(shared.interval)),
        if_errors_wrong=None if row.if_errors_wrong is None else -row.if_errors_wrong,
        if_ungraded=_mirrored(row.if_ungraded),
    )


def _mirrored(interval: Interval | None) -> Interval | None:
    return None if interval is None else Interval(-interval.high, -interval.low)
