"""From logits to the next token: the likeliest one, or one drawn; and how likely it was."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from calibrant.models.protocol import Sampling
from calibrant.models.reference.weights import Floats

__all__ = ["draw", "likeliest", "log_total"]


def log_total(logits: Floats) -> NDArray[np.float64]:
    """The logarithm of the sum of exponentials of each row [B, V] -> [B]; the sum is taken in float64, as the
    probabilities of a sure model lie closer to 1 than float32 can tell.
    """
    top = logits.max(axis=1, keepdims=True)
    total: NDArray[np.float64] = np.log(np.exp(logits - top).sum(axis=1, dtype=np.float64)) + top[:, 0]
    return total


def draw(logits: Floats, sampling: Sampling, chance: float) -> int:
    """A token from one row of logits [V].

    Args:
        logits: as the model gives them.
        sampling: temperature (0 = the likeliest token) and top_p.
        chance: uniform in [0, 1).
    """
    if not sampling.temperature:
        return int(logits.argmax())
    with np.errstate(over="ignore"):  # close to no temperature at all the others get a weight of 0
        weights = np.exp((logits.astype(np.float64) - logits.max()) / sampling.temperature)
    if sampling.top_p is not None and sampling.top_p < 1:
        order = np.argsort(-weights, kind="stable")
        share = np.cumsum(weights[order]) / weights.sum()
        weights[order[1 + int(np.searchsorted(share, sampling.top_p)) :]] = 0  # the one that fills the share stays
    total = np.cumsum(weights)
    return min(int(np.searchsorted(total, chance * total[-1], side="right")), int(weights.nonzero()[0][-1]))


def likeliest(logits: Floats, count: int) -> Sequence[int]:
    """The tokens with the highest logits of one row [V], highest first."""
    count = min(count, len(logits))
    some = np.argpartition(-logits, count - 1)[:count]
    return [int(token) for token in some[np.argsort(-logits[some], kind="stable")]]
