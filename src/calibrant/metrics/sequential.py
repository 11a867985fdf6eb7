"""An interval that may be looked at after every answer: definitions, section 2, early stopping."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from calibrant.metrics.arrays import Floats, scores

__all__ = ["ConfidenceSequence", "confidence_sequence"]

_LARGEST_BET = 0.5
_GRID = 1000
"""Means that the betting sequence can rule out lie this finely; bounds are rounded outwards to them."""
_PORTION = 2000


@dataclass(frozen=True, slots=True)
class ConfidenceSequence:
    """Bounds after 1, 2, ... observations; with probability ``level`` all of them hold at once."""

    low: Floats
    high: Floats


def confidence_sequence(
    values: ArrayLike,
    *,
    level: float = 0.95,
    bounds: tuple[float, float] = (0.0, 1.0),
    block: int = 1,
    method: Literal["betting", "empirical_bernstein"] = "betting",
) -> ConfidenceSequence:
    """Bounds on a mean that may be looked at after every value (Waudby-Smith & Ramdas 2024).

    Valid at every stopping time if the values come one for each cluster (for two models: the cluster's mean paired
    difference) and the clusters in random order. In document order or sorted by domain it is not valid.

    ``betting`` is their hedged capital process (theorem 3): two gamblers bet against every candidate mean, and one that
    has made either rich is ruled out. ``empirical_bernstein`` is their predictable plug-in sequence (theorem 2), wider
    and with a closed form.

    Args:
        values: one for each cluster, in the order drawn, shape (n,).
        level: confidence, in (0, 1).
        bounds: least and greatest possible value.
        block: where strata come in complete blocks of so many clusters, this number: a block counts as one observation,
            its mean, so that the bet is the same for all of it. An incomplete last block is not used.
        method: which sequence.

    Returns:
        Bounds after each observation, running intersections, within ``bounds``.

    Raises:
        ValueError: a value out of bounds, block < 1, level outside (0, 1), an unknown method.
    """
    low, high = bounds
    value = scores(values, "values")
    if not low < high or not 0 < level < 1 or block < 1:
        raise ValueError("need bounds low < high, level in (0, 1) and block >= 1")
    if method not in {"betting", "empirical_bernstein"}:
        raise ValueError(f"method must be 'betting' or 'empirical_bernstein', not {method!r}")
    if value.size and (value.min() < low or value.max() > high):
        raise ValueError(f"values must lie within {bounds}")
    whole = value.size // block * block
    x = ((value[:whole] - low) / (high - low)).reshape(-1, block).mean(axis=1)
    if not x.size:
        return ConfidenceSequence(low=np.empty(0), high=np.empty(0))
    found = _by_betting if method == "betting" else _by_empirical_bernstein
    lower, upper = found(x, 1 - level)
    return ConfidenceSequence(
        low=low + (high - low) * np.maximum.accumulate(lower), high=low + (high - low) * np.minimum.accumulate(upper)
    )


def _bets(x: Floats, alpha: float) -> tuple[Floats, Floats]:
    """The predictable plug-in bet on each value, made before it is seen, and the mean known by then."""
    time = np.arange(1, x.size + 1)
    mean = (0.5 + np.cumsum(x)) / (time + 1)
    variance = (0.25 + np.cumsum((x - mean) ** 2)) / (time + 1)
    known = np.concatenate([[0.25], variance[:-1]])
    before = np.concatenate([[0.5], mean[:-1]])
    return np.sqrt(2 * log(2 / alpha) / (known * time * np.log1p(time))), before


def _by_betting(x: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Hedged capital over a grid of means. Each gambler's capital is monotone in the mean, so what it rules out is an
    interval from one end, and its last grid point a safe bound.
    """
    bets, _ = _bets(x, alpha)
    grid = np.arange(1, _GRID) / _GRID
    rich = log(2 / alpha)
    capital = np.zeros((2, grid.size))
    lower, upper = np.empty(x.size), np.empty(x.size)
    for start in range(0, x.size, _PORTION):
        part = slice(start, start + _PORTION)
        gap = x[part, None] - grid
        up = np.minimum(bets[part, None], _LARGEST_BET / grid)
        down = np.minimum(bets[part, None], _LARGEST_BET / (1 - grid))
        rising = capital[0] + np.cumsum(np.log1p(up * gap), axis=0)
        falling = capital[1] + np.cumsum(np.log1p(-down * gap), axis=0)
        capital = np.stack([rising[-1], falling[-1]])
        lower[part] = (rising >= rich).sum(axis=1) / _GRID
        upper[part] = 1 - (falling >= rich).sum(axis=1) / _GRID
    return lower, upper


def _by_empirical_bernstein(x: Floats, alpha: float) -> tuple[Floats, Floats]:
    bets, before = _bets(x, alpha)
    bet = np.minimum(bets, _LARGEST_BET)
    cost = (x - before) ** 2 * (-np.log1p(-bet) - bet)
    staked = np.cumsum(bet)
    centre = np.cumsum(bet * x) / staked
    half = (log(2 / alpha) + np.cumsum(cost)) / staked
    return np.maximum(0.0, centre - half), np.minimum(1.0, centre + half)
