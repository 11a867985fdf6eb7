"""Multi-start fixed-sequence testing with fallback (Wiens 2003; Angelopoulos et al. 2021), the default: for any law.

Each start gets level / J and walks to larger coverage until its first failure. A chain that passes every step up to the
next start hands its level on to it; the level of a failed chain is lost. Starts that could not pass even without an
error, and starts that fall on one cut, are dropped before the level is divided: both are known without labels.

Why candidates taken from the scores do no harm. Let R(t) be the risk above t, and condition on how many rows fall
between the points where R crosses alpha. The first candidate of a chain whose risk is above alpha is then known.
Between two crossings errors have mean alpha exactly, and between the last crossing and the candidate, given its
score, a mean above alpha; so its errors are stochastically more than Binomial(n, alpha), and it passes with at most
its level's probability. (For scores without ties; with few levels every cut is a candidate, and a start is chosen by
counts that say nothing in its favour.)
"""

from __future__ import annotations

from calibrant.policies.methods.trial import Step, Trial, walk

__all__ = ["run", "usable_starts"]


def usable_starts(trial: Trial, level: float, coverages: tuple[float, ...]) -> list[int]:
    """Distinct cuts near these coverages at which a test at level / J can pass, J being how many there are."""
    cuts = sorted({at for at in (trial.ladder.at(coverage) for coverage in coverages) if at is not None})
    best = trial.evidence.best
    while len(cuts) > 1 and best[cuts[0]] > level / len(cuts):
        cuts.pop(0)
    if cuts and best[cuts[0]] > level:
        cuts = [j for j in range(cuts[0], len(trial.ladder)) if best[j] <= level][:1]
    return cuts


def run(trial: Trial, level: float) -> list[Step]:
    """Test the ladder from several starts."""
    starts = usable_starts(trial, level, trial.declared.starts)
    steps: list[Step] = []
    handed = 0.0
    for i, start in enumerate(starts):
        end = starts[i + 1] if i + 1 < len(starts) else len(trial.ladder)
        mine = level / len(starts) + handed
        chain = walk(trial, start, end, mine)
        steps += chain
        handed = mine if all(step.passed for step in chain) else 0.0
    return steps
