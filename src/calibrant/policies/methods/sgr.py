"""Selection with guaranteed risk (Geifman & El-Yaniv 2017): a binary search over coverage, for monotone risk.

Each of the ceil(log2 L) steps gets an equal share of the level. With risk that never falls as confidence falls, a
failure before the crossing leads away from every false candidate, so the false ones that can be met lie on one path,
and the shares add up to the level. For other laws there is no such argument. Counts stay integers.
"""

from __future__ import annotations

from math import ceil, log2

from calibrant.policies.methods.trial import Step, Trial

__all__ = ["run", "steps_of"]


def steps_of(candidates: int) -> int:
    """Tests in a binary search among so many."""
    return max(1, ceil(log2(candidates + 1)))


def run(trial: Trial, level: float) -> list[Step]:
    """Search for the largest coverage that passes, halving from the middle."""
    low, high = 0, len(trial.ladder) - 1
    share = level / steps_of(len(trial.ladder))
    steps = []
    while low <= high:
        middle = (low + high) // 2
        passed = bool(trial.evidence.p[middle] <= share)
        steps.append(Step(candidate=middle, level=share, passed=passed))
        low, high = (middle + 1, high) if passed else (low, middle - 1)
    return steps
