"""Each of up to twenty coverages at its share of the level (Bonferroni): for any law, whatever depends on what."""

from __future__ import annotations

from calibrant.policies.methods.multistart import usable_starts
from calibrant.policies.methods.trial import Step, Trial

__all__ = ["COVERAGES", "run"]

COVERAGES = tuple(k / 20 for k in range(1, 21))


def run(trial: Trial, level: float) -> list[Step]:
    """Test the cuts near 5 %, 10 %, ... and the one that accepts all; those that cannot pass are left out."""
    cuts = usable_starts(trial, level, COVERAGES)
    if cuts and cuts[-1] != len(trial.ladder) - 1:
        cuts[-1] = len(trial.ladder) - 1
    share = level / max(len(cuts), 1)
    return [Step(candidate=j, level=share, passed=bool(trial.evidence.p[j] <= share)) for j in cuts]
