"""What every method is handed and gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from calibrant.policies.candidates import Ladder
from calibrant.policies.declared import Declared
from calibrant.policies.evidence import Evidence

__all__ = ["Run", "Step", "Trial"]


@dataclass(frozen=True, slots=True)
class Trial:
    """Candidates with the evidence against each."""

    ladder: Ladder
    evidence: Evidence
    alpha: float
    declared: Declared
    pilot: Ladder | None = None
    """Candidates of the rows set aside to choose a start."""


@dataclass(frozen=True, slots=True)
class Step:
    """One candidate tested."""

    candidate: int
    """Its place in the ladder."""
    level: float
    passed: bool


Run = Callable[[Trial, float], list[Step]]
"""Tests candidates so that the chance of passing any whose error rate is above alpha is at most the level given."""


def walk(trial: Trial, first: int, end: int, level: float) -> list[Step]:
    """Test candidates first, first + 1, ... before ``end`` at one level, up to the first failure."""
    steps = []
    for j in range(first, end):
        passed = bool(trial.evidence.p[j] <= level)
        steps.append(Step(candidate=j, level=level, passed=passed))
        if not passed:
            break
    return steps
