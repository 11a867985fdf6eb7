"""An interval that may be looked at after every answer: definitions, section 2, early stopping."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import ArrayLike

from calibrant.metrics.arrays import Floats, scores

__all__ = ["ConfidenceSequence", "confidence_sequence"]

_LARGEST_BET = 0.5


@dataclass(frozen=True, slots=True)
class ConfidenceSequence:
    """Bounds after 1, 2, ... observations; with probability ``level`` all of them hold at once."""

    low: Floats
    high: Floats


def confidence_sequence(
    values: ArrayLike, *, level: float = 0.95, bounds: tuple[float, float] = (0.0, 1.0), block: int = 1
) -> ConfidenceSequence:
    """Predictable plug-in empirical-Bernstein confidence sequence (Waudby-Smith & Ramdas 2024, theorem 2).

    Valid at every stopping time if the values come one for each cluster (for two models: the cluster's mean paired
    difference) and the clusters in random order. In document order or sorted by domain it is not valid.

    Args:
        values: one for each cluster, in the order drawn, shape (n,).
        level: confidence, in (0, 1).
        bounds: least and greatest possible value.
        block: where strata come in complete blocks of so many clusters, this number: a block counts as one observation,
            its mean, so that the bet is the same for all of it. An incomplete last block is not used.

    Returns:
        Bounds after each observation, running intersections, within ``bounds``.

    Raises:
        ValueError: a value out of bounds, block < 1, level outside (0, 1).
    """
    low, high = bounds
    value = scores(values, "values")
    if not low < high or not 0 < level < 1 or block < 1:
        raise ValueError("need bounds low < high, level in (0, 1) and block >= 1")
    if value.size and (value.min() < low or value.max() > high):
        raise ValueError(f"values must lie within {bounds}")
    whole = value.size // block * block
    x = ((value[:whole] - low) / (high - low)).reshape(-1, block).mean(axis=1)
    if not x.size:
        return ConfidenceSequence(low=np.empty(0), high=np.empty(0))
    time = np.arange(1, x.size + 1)
    mean = (0.5 + np.cumsum(x)) / (time + 1)
    before = np.concatenate([[0.5], mean[:-1]])
    variance = (0.25 + np.cumsum((x - mean) ** 2)) / (time + 1)
    known = np.concatenate([[0.25], variance[:-1]])
    alpha = 1 - level
    bet = np.minimum(np.sqrt(2 * log(2 / alpha) / (known * time * np.log1p(time))), _LARGEST_BET)
    cost = (x - before) ** 2 * (-np.log1p(-bet) - bet)
    staked = np.cumsum(bet)
    centre = np.cumsum(bet * x) / staked
    half = (log(2 / alpha) + np.cumsum(cost)) / staked
    lower = np.maximum.accumulate(np.maximum(0.0, centre - half))
    upper = np.minimum.accumulate(np.minimum(1.0, centre + half))
    return ConfidenceSequence(low=low + (high - low) * lower, high=low + (high - low) * upper)
