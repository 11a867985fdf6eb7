"""What a confidence score is worth for choosing which answers to give: definitions, section 5.

Everywhere ``s`` is the score, shape (n,), higher = surer, of any scale; ``y`` is 1 where the answer was correct and 0
where not. Items of equal score enter together; where an order is needed, the expectation over random order within
ties is taken, so that no result depends on the order of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from calibrant.metrics.arrays import Floats, counted_levels, labels, same_length, scores

__all__ = ["RiskCoverage", "augrc", "aurc", "auroc", "coverage_at_risk", "e_aurc", "prr", "risk_coverage"]

_SLACK = 1e-9
"""So that floor(rho n) and 'risk <= r' do not turn on the last bit of a decimal fraction."""

_ROUNDING = 1e-12
"""An excess area below it is the last bits of two sums of a perfect order."""


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """The risk-coverage curve: one point for each distinct score, from the surest down."""

    thresholds: Floats
    """Answer iff score >= threshold."""
    coverage: Floats
    """Share answered, in (0, 1]."""
    risk: Floats
    """Share wrong of what is answered."""


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Distinct scores from the surest down, with counts and errors of each block and up to its end."""

    values: Floats
    size: Floats
    wrong: Floats
    answered: Floats
    errors: Floats
    n: int

    @property
    def right(self) -> float:
        return float(self.n - self.errors[-1])


def _blocks(s: ArrayLike, y: ArrayLike) -> _Blocks:
    score, truth = scores(s), labels(y)
    n = same_length(s=score, y=truth)
    levels, counts, right = counted_levels(score, truth)
    size = counts[::-1].astype(np.float64)
    wrong = size - right[::-1]
    return _Blocks(values=levels[::-1], size=size, wrong=wrong, answered=np.cumsum(size), errors=np.cumsum(wrong), n=n)


def _harmonic(n: int) -> Floats:
    """H(0..n), the sums of 1/k."""
    return np.concatenate([[0.0], np.cumsum(1.0 / np.arange(1, n + 1))])


def auroc(s: ArrayLike, y: ArrayLike) -> float | None:
    """P(score of a right answer > score of a wrong one), ties counting half. None with one class only.

    Raises:
        ValueError: lengths differ, a score is not finite, y not 0 or 1.

    >>> auroc([0.9, 0.8, 0.8, 0.1], [1, 1, 0, 0])
    0.875
    """
    blocks = _blocks(s, y)
    if not blocks.n or blocks.errors[-1] in (0.0, float(blocks.n)):
        return None
    right = blocks.size - blocks.wrong
    below = blocks.errors[-1] - blocks.errors
    return float((right * (below + blocks.wrong / 2)).sum() / (blocks.right * blocks.errors[-1]))


def risk_coverage(s: ArrayLike, y: ArrayLike) -> RiskCoverage:
    """For each distinct score: the share answered at it or above, and the share of these that is wrong.

    Raises:
        ValueError: lengths differ, a score is not finite, y not 0 or 1.
    """
    blocks = _blocks(s, y)
    return RiskCoverage(
        thresholds=blocks.values, coverage=blocks.answered / max(blocks.n, 1), risk=blocks.errors / blocks.answered
    )


def aurc(s: ArrayLike, y: ArrayLike) -> float | None:
    """Area under the risk-coverage curve: mean over k of the expected risk of the k surest (Geifman et al. 2019).

    In a tie block of m rows, w of them wrong, after n0 rows with w0 wrong, the expected risk of the first n0 + j is
    (w0 + w j/m) / (n0 + j); its sum over j has a closed form with harmonic numbers.

    Raises:
        ValueError: lengths differ, a score is not finite, y not 0 or 1.
    """
    blocks = _blocks(s, y)
    if not blocks.n:
        return None
    before = blocks.answered - blocks.size
    slope = blocks.wrong / blocks.size
    harmonic = _harmonic(blocks.n)
    steps = harmonic[blocks.answered.astype(np.int64)] - harmonic[before.astype(np.int64)]
    start = blocks.errors - blocks.wrong
    return float((blocks.wrong + (start - slope * before) * steps).sum() / blocks.n)


def e_aurc(s: ArrayLike, y: ArrayLike) -> float | None:
    """AURC less the AURC of the perfect order of the same n rows: a perfect ranking gives exactly 0.

    Raises:
        ValueError: lengths differ, a score is not finite, y not 0 or 1.
    """
    area = aurc(s, y)
    if area is None:
        return None
    truth = labels(y)
    wrong = int(truth.size - truth.sum())
    # In the perfect order the wrong ones come last: j of them among the first right + j.
    order = np.arange(1, wrong + 1)
    best = float((order / (truth.size - wrong + order)).sum() / truth.size)
    excess = area - best
    return excess if excess > _ROUNDING else 0.0


def augrc(s: ArrayLike, y: ArrayLike) -> float | None:
    """Area under the generalised risk-coverage curve: (1 - AUROC) acc err + err^2 / 2 (Traub et al. 2024).

    0 where everything is right, 1/2 where everything is wrong.

    Raises:
        ValueError: lengths differ, a score is not finite, y not 0 or 1.
    """
    truth = labels(y)
    if not truth.size:
        return None
    accuracy = float(truth.mean())
    error = 1.0 - accuracy
    ranking = auroc(s, y)
    return error**2 / 2 + (0.0 if ranking is None else (1.0 - ranking) * accuracy * error)


def prr(s: ArrayLike, y: ArrayLike, rho: float = 0.5) -> float | None:
    """Prediction rejection ratio (Malinin & Gales 2021): how much of a perfect rejection's gain the score brings.

    (A_s - mean y) / (A_oracle - mean y), where A is the mean, over j = 0 .. floor(rho n) - 1 rows rejected, of the
    share right among those kept.

    Args:
        s: scores.
        y: outcomes.
        rho: largest share rejected, in (0, 1]; always to be printed beside the number.

    Returns:
        1 for a perfect score, about 0 for a random one; None where everything is right or
        wrong, or rho n < 2, when there is nothing to reject.

    Raises:
        ValueError: lengths differ, a score is not finite, y not 0 or 1, rho outside (0, 1].
    """
    if not 0 < rho <= 1:
        raise ValueError(f"rho must lie in (0, 1], not {rho}")
    blocks = _blocks(s, y)
    rejected = int(np.floor(rho * blocks.n + _SLACK))
    if not rejected or blocks.errors[-1] in (0.0, float(blocks.n)):
        return None
    kept = blocks.n - np.arange(rejected)
    position = np.concatenate([[0.0], blocks.answered])
    right = np.interp(kept, position, np.concatenate([[0.0], blocks.answered - blocks.errors]))
    base = blocks.right / blocks.n
    gained = float((right / kept).mean()) - base
    possible = float((np.minimum(blocks.right, kept) / kept).mean()) - base
    return gained / possible if possible > 0 else None


def coverage_at_risk(s: ArrayLike, y: ArrayLike, risk: float) -> float | None:
    """The largest share that can be answered, by a threshold on the score, with at most this share of it wrong.

    Risk is not monotone in coverage: this is the largest such coverage, not the first crossing.

    Returns:
        The coverage; 0 where no threshold reaches the risk, None for n = 0.

    Raises:
        ValueError: lengths differ, a score is not finite, y not 0 or 1, risk outside [0, 1].
    """
    if not 0 <= risk <= 1:
        raise ValueError(f"risk must lie in [0, 1], not {risk}")
    blocks = _blocks(s, y)
    if not blocks.n:
        return None
    fine = blocks.answered[blocks.errors <= risk * blocks.answered + _SLACK]
    return float(fine.max() / blocks.n) if fine.size else 0.0
