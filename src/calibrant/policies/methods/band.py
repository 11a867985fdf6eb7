"""A band for all candidates at once, exact where risk never falls as confidence falls.

Where risk R(t) does not fall again once it is above alpha, every further answer is wrong with probability alpha at
least, and the errors at the false candidates lie above a random walk with steps Binomial(n_j - n_{j-1}, alpha). One
pointwise level is chosen so that this walk ever falls to a count that passes with probability ``level``, computed
exactly by dynamic programming. Then step-down: what has passed is true, so the band is made anew for the candidates
beyond it, with a larger pointwise level.
"""

from __future__ import annotations

import numpy as np

from calibrant.policies.crossing import pointwise_level
from calibrant.policies.methods.trial import Step, Trial

__all__ = ["run"]


def run(trial: Trial, level: float) -> list[Step]:
    """Test all candidates, and those beyond the last one passed again until none is added."""
    sizes = tuple(int(n) for n in trial.ladder.accepted)
    steps: dict[int, Step] = {}
    first = 0
    while first < len(sizes):
        pointwise = pointwise_level(sizes[first:], trial.alpha, level)
        passes = trial.evidence.p[first:] <= pointwise
        for j, passed in enumerate(passes, start=first):
            steps[j] = Step(candidate=j, level=pointwise, passed=bool(passed))
        if not passes.any():
            break
        first += int(np.flatnonzero(passes)[-1]) + 1
    return [steps[j] for j in sorted(steps)]
