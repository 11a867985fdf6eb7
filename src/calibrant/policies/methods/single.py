"""Fixed-sequence testing from one declared coverage: the whole level, nothing if the guess was wrong. For any law."""

from __future__ import annotations

from calibrant.policies.methods.trial import Step, Trial, walk

__all__ = ["run"]


def run(trial: Trial, level: float) -> list[Step]:
    """Walk from the declared start to larger coverage until the first failure."""
    start = trial.ladder.at(trial.declared.start)
    return [] if start is None else walk(trial, start, len(trial.ladder), level)
