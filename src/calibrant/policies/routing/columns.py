"""What a stage of a cascade looks at: the question, the arm just asked, and the one before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from calibrant.metrics.arrays import Floats, Ints
from calibrant.policies.routing.arms import ArmTable

__all__ = ["ANSWERED", "DECLINED", "FAILED", "Key", "prior_columns", "stage_columns", "stage_keys"]

Key = tuple[int, int]
"""(arm before, arm just asked); -1 = none."""
ANSWERED, DECLINED, FAILED = 0.0, 1.0, 2.0
"""What came of an arm, as its column ``arm:state`` holds it."""


def stage_keys(arms: int) -> list[Key]:
    """Every stage, the last arm first: what a stage leads to is known before it."""
    return [(before, arm) for arm in range(arms - 1, -1, -1) for before in range(-1, arm)]


def prior_columns(names: Sequence[str], priors: Floats, first: int) -> dict[str, Floats]:
    """What the question says of arm ``first`` and those after it."""
    return {f"prior:{names[arm]}": priors[:, arm] for arm in range(first, len(names))}


def stage_columns(
    table: ArmTable, names: Sequence[str], signals: Sequence[str], priors: Floats, key: Key, rows: Ints
) -> Mapping[str, Floats]:
    """The columns of a stage, name -> shape (rows,); NaN = missing."""
    before, arm = key
    columns = prior_columns(names, priors[rows], max(arm, 0))
    for at in (before, arm):
        if at < 0:
            continue
        state = np.where(np.isnan(table.right[rows, at]), np.where(table.failed[rows, at], FAILED, DECLINED), ANSWERED)
        columns[f"{names[at]}:state"] = state
        for signal in signals:
            values = table.signals[signal][rows, at] if signal in table.signals else np.full(len(rows), np.nan)
            # Of an arm that gave no answer nothing is known but that.
            columns[f"{names[at]}:{signal}"] = np.where(state == ANSWERED, values, np.nan)
    return columns
