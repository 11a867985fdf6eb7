"""How many labels would do, where these did not: definitions, section 6.6."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from calibrant.policies.candidates import Ladder
from calibrant.policies.certificate import ClusterFacts
from calibrant.policies.sizes import accepted_needed, rough_size

__all__ = ["LabelsNeeded", "labels_needed"]

_CANDIDATES = 10
_EXACT = 10_000
"""Beyond so many rows the normal approximation is near enough, rounded up."""

_HARDEST = 0.95
"""A risk nearer to alpha than this share of it is not relied on."""


@dataclass(frozen=True, slots=True)
class LabelsNeeded:
    """Rows to be labelled afresh, and what is assumed of them."""

    labels: int
    assumption: str


def labels_needed(rungs: Ladder, alpha: float, level: float, facts: ClusterFacts | None) -> LabelsNeeded | None:
    """Rows that pass with a chance of 80 % at the level really tested, if the risk is what these labels suggest.

    Args:
        rungs: candidates with their counts.
        alpha: error rate to be promised.
        level: at which one start is tested.
        facts: clusters; their design effect multiplies the rows needed.

    Returns:
        The fewest rows over about ten coverages. Where no candidate's risk (one error added) is below alpha, the
        assumption is half of alpha among the surest 30 %, and the sentence says that these labels do not support it.
        None where there are no candidates.
    """
    effect = (facts.design_effect if facts else None) or 1.0
    found: list[tuple[float, float, float]] = []
    for j in range(0, len(rungs), max(1, len(rungs) // _CANDIDATES)):
        n, k = int(rungs.accepted[j]), int(rungs.errors[j])
        risk, coverage = round((k + 1) / (n + 2), 4), n / rungs.rows
        if risk <= _HARDEST * alpha:
            found.append((rough_size(alpha, level, risk) / coverage, risk, coverage))
    risk, coverage = min(found)[1:] if found else (alpha / 2, 0.3)
    rough = rough_size(alpha, level, risk)
    rows = accepted_needed(alpha, level, risk) if rough < _EXACT else ceil(1.05 * rough)

    if rows is None or not len(rungs):
        return None
    labels = ceil(rows * effect / coverage)
    if found:
        return LabelsNeeded(
            labels,
            f"if {100 * risk:.3g} % of the answers to the surest {100 * coverage:.3g} % of rows are truly wrong, as "
            "these labels suggest, a fresh draw of so many passes with a chance of 80 %",
        )
    return LabelsNeeded(
        labels,
        f"only if no more than {100 * risk:.3g} % of the answers to the surest 30 % of rows are truly wrong, which "
        "these labels do not suggest: a better confidence, or a larger alpha, is more likely to help",
    )
