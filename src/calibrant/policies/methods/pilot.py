"""Fixed-sequence testing from a start that other rows have chosen: for any law, at the price of those rows."""

from __future__ import annotations

import numpy as np

from calibrant.policies.methods.trial import Step, Trial, walk

__all__ = ["run"]


def run(trial: Trial, level: float) -> list[Step]:
    """Walk from the coverage at which the pilot rows speak most clearly for a risk below alpha."""
    pilot = trial.pilot
    if pilot is None or not len(pilot):
        return []
    n, k = pilot.accepted.astype(np.float64), pilot.errors
    # Slack of the errors in standard deviations, one error added so that a few right answers do not decide.
    slack = (n * trial.alpha - k - 1) / np.sqrt(n * trial.alpha * (1 - trial.alpha))
    start = trial.ladder.at(float(pilot.coverage[int(slack.argmax())]) + 1 / max(trial.ladder.rows, 1))
    return [] if start is None else walk(trial, start, len(trial.ladder), level)
