"""Several graders' verdicts on one answer made into one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from calibrant.types import Grade, OutcomeState

__all__ = ["Agreement", "agreement", "cascade", "majority"]


class Agreement(NamedTuple):
    """How far several graders agree."""

    alpha: float | None
    """Krippendorff's alpha, nominal; None where it is undefined."""
    agreed: float | None
    """Share of pairs of verdicts on one answer that are equal."""
    answers: int
    """Answers with at least two verdicts."""


def majority(grades: Sequence[Grade], *, name: str = "panel") -> Grade:
    """The verdict of more than half of those who gave one; ``ungraded`` where there is none."""
    votes = Counter(grade.state for grade in grades if grade.state is not OutcomeState.UNGRADED)
    told = ", ".join(f"{count} {state}" for state, count in votes.most_common()) or "no verdict"
    most = votes.most_common(1)
    if most and 2 * most[0][1] > sum(votes.values()):
        return Grade(state=most[0][0], grader=name, reason=told)
    return Grade(state=OutcomeState.UNGRADED, grader=name, reason=f"no majority: {told}")


def cascade(first: Grade, second: Grade | None, *, name: str) -> Grade:
    """The first grader's verdict where it has one, else the second's."""
    chosen = first if second is None or first.state is not OutcomeState.UNGRADED else second
    return Grade(state=chosen.state, grader=name, reason=chosen.reason)


def agreement(ratings: Mapping[str, Sequence[OutcomeState | None]]) -> Agreement:
    """How far graders agree on the same answers, in one order; None or ``ungraded`` = no verdict.

    Alpha = 1 - observed / expected disagreement of pairable verdicts (Krippendorff 2011, nominal).
    """
    equal = pairs = 0.0
    counts: Counter[OutcomeState] = Counter()
    observed = 0.0
    answers = 0
    for row in zip(*ratings.values(), strict=True):
        given = [state for state in row if state is not None and state is not OutcomeState.UNGRADED]
        if len(given) < 2:
            continue
        answers += 1
        counts.update(given)
        differ = sum(one is not other for one, other in combinations(given, 2))
        several = len(given) * (len(given) - 1) / 2
        pairs += several
        equal += several - differ
        observed += 2 * differ / (len(given) - 1)
    total = sum(counts.values())
    if total < 2:
        return Agreement(None, None, answers)
    expected = sum(count * (total - count) for count in counts.values()) / (total - 1)
    alpha = 1 - observed / expected if expected else None
    return Agreement(alpha, equal / pairs, answers)
