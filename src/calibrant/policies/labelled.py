"""Scores and labels as the tests want them: checked, answered rows only, from the surest down."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from calibrant.metrics.arrays import Bools, Floats, Ints, cluster_codes, same_length

__all__ = ["Labelled", "checked_share", "correctness", "labelled"]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Rows sorted from the surest down, ties in an order that does not depend on how the rows came.

    Rows that the model did not answer stand last with the score -inf: no threshold but -inf reaches them, and that one
    does not count them.
    """

    score: Floats
    """Of every row, descending; -inf where not answered."""
    wrong: Ints
    """1 where answered and wrong."""
    answered: int
    """How many rows, the first ones, were answered."""
    cluster: Ints | None
    """Codes 0..G-1, or None where every row stands for itself."""
    weight: Floats | None

    @property
    def rows(self) -> int:
        """Number of rows, answered or not."""
        return len(self.score)

    @property
    def groups(self) -> int:
        """G, the number of clusters."""
        return self.rows if self.cluster is None else len(np.unique(self.cluster))

    def part(self, keep: Bools) -> Labelled:
        """These rows only."""
        return replace(
            self,
            score=self.score[keep],
            wrong=self.wrong[keep],
            answered=int(keep[: self.answered].sum()),
            cluster=None if self.cluster is None else self.cluster[keep],
            weight=None if self.weight is None else self.weight[keep],
        )


def checked_share(name: str, value: object) -> float:
    """A number in (0, 1).

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, int | float | np.integer | np.floating) or not 0 < value < 1:
        raise ValueError(f"{name} must lie in (0, 1), not {value!r}")
    return float(value)


def _numbers(values: ArrayLike, name: str) -> Floats:
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"{name} must have one dimension, not {array.ndim}")
    if array.dtype.kind in "USMmcV" or (array.dtype == object and any(isinstance(v, str | bytes) for v in array)):
        raise ValueError(f"{name} must hold numbers, not text or dates")
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must hold numbers") from None


def correctness(values: ArrayLike, name: str = "correct") -> Floats:
    """1 right, 0 wrong, NaN where the model declined (None or NaN).

    Raises:
        ValueError: another value occurs, or not one dimension.
    """
    array = _numbers(values, name)
    other = ~(np.isnan(array) | (array == 0) | (array == 1))
    if other.any():
        at = int(other.argmax())
        raise ValueError(f"{name} must hold 1 (right), 0 (wrong) or None (declined); index {at} holds {array[at]:g}")
    return array


def labelled(
    scores: ArrayLike, correct: ArrayLike, clusters: ArrayLike | None = None, weights: ArrayLike | None = None
) -> Labelled:
    """Check the rows and sort them.

    Args:
        scores: confidence of each row, shape (n,), higher = surer, any scale; may be None or NaN where declined.
        correct: 1, 0, or None/NaN where the model declined, shape (n,).
        clusters: label of each row's cluster, shape (n,).
        weights: of each row, shape (n,), >= 0.

    Raises:
        ValueError: no rows, lengths differ, a score that is not finite on an answered row, labels other than 0, 1 and
            None, negative weights.
    """
    score, truth = _numbers(scores, "scores"), correctness(correct)
    n = same_length(scores=score, correct=truth)
    if not n:
        raise ValueError("no rows: scores and correct are empty")
    answered = ~np.isnan(truth)
    unsound = answered & ~np.isfinite(score)
    if unsound.any():
        raise ValueError(f"scores must be finite where there is an answer; index {int(unsound.argmax())} is not")
    weight = None if weights is None else _weights(weights, n)
    codes: Ints | None = None
    if clusters is not None:
        codes, groups = cluster_codes(clusters, n)
        codes = codes if groups < n else None
    score = np.where(answered, score, -np.inf)
    wrong = (truth == 0).astype(np.int64)
    order = _order(score, wrong, codes, weight)
    return Labelled(
        score=score[order],
        wrong=wrong[order],
        answered=int(answered.sum()),
        cluster=None if codes is None else codes[order],
        weight=None if weight is None else weight[order],
    )


def _order(score: Floats, wrong: Ints, codes: Ints | None, weight: Floats | None) -> Ints:
    """From the surest down; equal scores by label, cluster and weight, so that no result hangs on the order of rows."""
    if codes is None and weight is None:
        order = np.argsort(-score, kind="stable")
        ranked = score[order]
        if (ranked[1:] != ranked[:-1]).all():
            return order.astype(np.int64)
    keys = [key for key in (weight, codes, wrong) if key is not None]
    return np.lexsort((*keys, -score)).astype(np.int64)


def _weights(values: ArrayLike, n: int) -> Floats:
    weight = _numbers(values, "weights")
    if len(weight) != n:
        raise ValueError(f"arrays of different lengths: scores {n}, weights {len(weight)}")
    if not np.isfinite(weight).all() or (weight < 0).any() or not (weight > 0).any():
        raise ValueError("weights must be finite and >= 0, and not all 0")
    return weight
