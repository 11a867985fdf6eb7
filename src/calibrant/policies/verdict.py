"""Is an error rate of alpha refuted, shown, or neither, by answers that had no part in the promise?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.special import betainc, betaincinv, ndtri, stdtrit

from calibrant.metrics.arrays import Bools, Floats, Ints
from calibrant.policies.clusters import FEWEST_EFFECTIVE, FEWEST_WITH_ERRORS

__all__ = ["Check", "Verdict", "check", "together"]

Verdict = Literal["kept", "not contradicted", "broken", "nothing answered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One threshold on fresh rows."""

    name: str
    """Of the group; empty where the promise is about all rows."""
    verdict: Verdict
    accepted: int
    errors: int
    p_value: float | None
    """Chance of at least so many errors if the error rate were alpha."""
    upper_bound: float | None
    """Of the error rate, one-sided."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        names = ("verdict", "accepted", "errors", "p_value", "upper_bound")
        return {"group": self.name, **{name: getattr(self, name) for name in names}}


def check(
    accepted: Bools, right: Floats, clusters: Ints, alpha: float, level: float, *, name: str = "", tests: int = 1
) -> Check:
    """Exact binomial test and bound; on counts divided by the design effect where clusters hold several rows.

    Args:
        accepted: which rows are answered, shape (n,).
        right: 1 right, 0 wrong, shape (n,).
        clusters: codes, shape (n,).
        alpha: the promised error rate.
        level: of the bound; a promise is broken where p is at most (1 - level) / tests.
        name: of the group.
        tests: groups checked at once.
    """
    wrong = accepted & (right == 0)
    n, k = int(accepted.sum()), int(wrong.sum())
    if not n:
        return Check(name=name, verdict="nothing answered", accepted=0, errors=0, p_value=None, upper_bound=None)
    effect = _design_effect(accepted, wrong, clusters, level)
    n_effective, k_effective = n / effect, k / effect
    p_value = float(betainc(k_effective, n_effective - k_effective + 1, alpha)) if k else 1.0
    bound = float(betaincinv(k_effective + 1, n_effective - k_effective, level)) if k < n else 1.0
    verdict: Verdict = "not contradicted"
    if bound <= alpha:
        verdict = "kept"
    elif p_value <= (1 - level) / tests:
        verdict = "broken"
    return Check(name=name, verdict=verdict, accepted=n, errors=k, p_value=p_value, upper_bound=bound)


def together(checks: Sequence[Check]) -> Check:
    """A promise of several groups at once: broken where one is, kept where every one is shown to be.

    p is that of Bonferroni's test, the bound holds for any one group, the largest.
    """
    tested = [one for one in checks if one.accepted]
    if not tested:
        return Check(name="", verdict="nothing answered", accepted=0, errors=0, p_value=None, upper_bound=None)
    verdict: Verdict = "not contradicted"
    if any(one.verdict == "broken" for one in checks):
        verdict = "broken"
    elif all(one.verdict == "kept" for one in checks):
        verdict = "kept"
    return Check(
        name="",
        verdict=verdict,
        accepted=sum(one.accepted for one in checks),
        errors=sum(one.errors for one in checks),
        p_value=min(1.0, len(checks) * min(one.p_value for one in tested if one.p_value is not None)),
        upper_bound=max(one.upper_bound for one in tested if one.upper_bound is not None),
    )


def _design_effect(accepted: Bools, wrong: Bools, clusters: Ints, level: float) -> float:
    """max(1, robust / binomial variance), with Student's t for the clusters that hold an error.

    These tell how rows depend. Where they are few, or the clusters are, the mean cluster: each counts once.
    """
    n, rate = int(accepted.sum()), wrong.sum() / accepted.sum()
    size, errors = np.bincount(clusters, weights=accepted), np.bincount(clusters, weights=wrong)
    there = int((size > 0).sum())
    if there == n:
        return 1.0
    whole = float((size**2).sum()) / n
    telling = int((errors > 0).sum())
    if there < FEWEST_EFFECTIVE or telling < FEWEST_WITH_ERRORS or rate == 1:
        return whole
    robust = there / (there - 1) * float(((errors - rate * size) ** 2).sum())
    student = float(stdtrit(telling - 1, level)) / float(ndtri(level))
    return max(1.0, robust / float(n * rate * (1 - rate))) * student**2
