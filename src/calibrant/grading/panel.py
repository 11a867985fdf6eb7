"""Several graders: one verdict by majority or in turn, and how far they agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from calibrant.types import COUNTED_STATES, Grade, OutcomeState

if TYPE_CHECKING:
    from calibrant.metrics import Interval

__all__ = ["Agreement", "PairAgreement", "agreement", "cascade", "majority"]


def majority(grades: Sequence[Grade], *, name: str = "panel") -> Grade:
    """Return the verdict that more than half of the readable verdicts share.

    Args:
        grades: of one answer, one for each grader. ``ungraded`` and ``error`` are no readable verdicts.
        name: of the panel, stored with the grade.

    Returns:
        That verdict; ``ungraded`` without a strict majority, or with fewer than two readable verdicts. The reason names
        every vote.

    >>> votes = [Grade(state=OutcomeState(state), grader=f"judge {number}") for number, state in
    ...          enumerate(("correct", "correct", "incorrect", "ungraded"))]
    >>> majority(votes).state.value, majority(votes).reason
    ('correct', '2 of 3: judge 0 correct, judge 1 correct, judge 2 incorrect, judge 3 ungraded')
    """
    votes = ", ".join(f"{grade.grader} {grade.state.value}" for grade in grades) or "no votes"
    readable = Counter(grade.state for grade in grades if grade.state in COUNTED_STATES)
    total = readable.total()
    if total < 2:
        return Grade(state=OutcomeState.UNGRADED, grader=name, reason=f"fewer than two readable verdicts: {votes}")
    state, count = readable.most_common(1)[0]
    if count * 2 <= total:
        return Grade(state=OutcomeState.UNGRADED, grader=name, reason=f"no majority: {votes}")
    return Grade(state=state, grader=name, reason=f"{count} of {total}: {votes}")


def cascade(first: Grade, second: Grade | None, *, name: str) -> Grade:
    """Return the first grade, or the second where the first is ``ungraded``.

    Args:
        first: by the cheaper grader, usually code.
        second: by the dearer one; None where it was not asked or gave nothing.
        name: of the cascade, stored with the grade.

    Returns:
        A grade whose reason says who decided, and where it was the second, why the first did not.
    """
    said = f"{first.grader}: {first.reason or first.state.value}"
    if first.state is not OutcomeState.UNGRADED or second is None:
        return Grade(state=first.state, grader=name, reason=said)
    reason = f"{second.grader}: {second.reason or second.state.value} ({said})"
    return Grade(state=second.state, grader=name, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAgreement:
    """How often two raters agree, by chance or not."""

    first: str
    second: str
    items: int
    """Items on which both gave a readable verdict."""
    agreed: int
    interval: Interval | None
    """Of the share, clustered where clusters are known."""

    @property
    def share(self) -> float | None:
        """Share of the items on which the two agree; None without any."""
        return self.agreed / self.items if self.items else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far raters agree on the same answers."""

    alpha: float | None
    """Krippendorff's, for names without an order: 1 = always, 0 = as by chance. None where all verdicts are alike, or no
    item was judged by two."""
    items: int
    """Items with at least two readable verdicts: what alpha rests on."""
    verdicts: int
    """Readable verdicts on those items."""
    pairs: tuple[PairAgreement, ...]


def agreement(
    ratings: Mapping[str, Sequence[OutcomeState | None]],
    *,
    clusters: Sequence[str] | None = None,
    level: float = 0.95,
) -> Agreement:
    """Measure how far raters agree.

    Args:
        ratings: rater -> verdict on each item, in one order; None, ``ungraded`` and ``error`` are missing.
        clusters: of each item, the document its question was made from; by default each item is its own.
        level: of the intervals, in (0, 1).

    Returns:
        Krippendorff's alpha (nominal) and the raw agreement of each pair; undefined is None.

    Raises:
        ValueError: lengths differ, or level is outside (0, 1).

    >>> c, i = OutcomeState.CORRECT, OutcomeState.INCORRECT
    >>> found = agreement({"exact": [c, i, None, c], "judge": [c, i, c, i]})
    >>> found.items, [(pair.agreed, pair.items) for pair in found.pairs], round(found.alpha, 3)
    (3, [(2, 3)], 0.444)
    """
    from calibrant.metrics import clustered_proportion, krippendorff_alpha

    lengths = {len(row) for row in ratings.values()} | ({len(clusters)} if clusters is not None else set())
    if len(lengths) > 1:
        raise ValueError(f"every rater, and the clusters, need as many entries: {sorted(lengths)}")
    readable = {rater: [state if state in COUNTED_STATES else None for state in row] for rater, row in ratings.items()}
    columns = [[state for state in item if state is not None] for item in zip(*readable.values(), strict=True)]
    judged = [column for column in columns if len(column) > 1]
    pairs = []
    for first, second in combinations(readable, 2):
        both = [
            (left is right, at)
            for at, (left, right) in enumerate(zip(readable[first], readable[second], strict=True))
            if left is not None and right is not None
        ]
        agreed = [int(alike) for alike, _ in both]
        where = None if clusters is None else [clusters[at] for _, at in both]
        interval = clustered_proportion(agreed, clusters=where, level=level)
        pairs.append(PairAgreement(first=first, second=second, items=len(both), agreed=sum(agreed), interval=interval))
    return Agreement(
        alpha=krippendorff_alpha(judged),
        items=len(judged),
        verdicts=sum(map(len, judged)),
        pairs=tuple(pairs),
    )
