"""The p-value of 'the error rate at this candidate is above alpha', for every candidate of a ladder."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr, logsumexp

from calibrant.metrics.arrays import Floats
from calibrant.policies.candidates import Ladder
from calibrant.policies.labelled import Labelled

__all__ = ["Evidence", "betting", "binomial"]

BETS = np.array([0.03, 0.1, 0.2, 0.35, 0.55, 0.8, 0.97])
"""Shares of the largest bet that can never ruin."""
STAKES = BETS / BETS.sum()
"""Part of the capital on each: large bets pay where rows or clusters are few."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """For every candidate of a ladder, shape (candidates,)."""

    p: Floats
    best: Floats
    """The p-value if nothing accepted were wrong: known without labels, it tells which tests cannot pass."""
    counts: tuple[Floats, Floats] | None = None
    """Answers and errors that the binomial tail was taken of, perhaps effective ones; None for betting."""


def binomial(ladder: Ladder, alpha: float) -> Evidence:
    """Exact binomial tail, equivalently the Clopper-Pearson bound <= alpha (definitions, section 6.4)."""
    n = ladder.accepted
    tail = np.asarray(bdtr(ladder.errors.astype(np.float64), n, alpha), dtype=np.float64)
    counts = n.astype(np.float64), ladder.errors.astype(np.float64)
    return Evidence(p=tail, best=np.exp(np.log1p(-alpha) * n), counts=counts)


def betting(data: Labelled, ladder: Ladder, alpha: float, bound: float = 1.0) -> Evidence:
    """Test by betting against E[w 1{accepted} (wrong - alpha)] >= 0 (Waudby-Smith & Ramdas 2024).

    The mean, weighted by stakes, over bets of prod(1 - bet z) has expectation at most 1 under the hypothesis, whatever
    the law of z, so its inverse is a p-value. With clusters, z is the mean over the cluster's rows, answered or not, so
    that clusters count alike however many rows they have; it lies in [-alpha, 1 - alpha] whatever happens inside.

    Args:
        data: the rows.
        ladder: candidates.
        alpha: error rate to be promised.
        bound: the largest weight that can occur.
    """
    most = BETS / ((1 - alpha) * bound)
    weight = np.ones(data.answered) if data.weight is None else data.weight[: data.answered]
    z = weight * (data.wrong[: data.answered] - alpha)
    if data.cluster is None:
        p, best = _by_rows(z, ladder, most), _by_rows(-alpha * weight, ladder, most)
    else:
        p, best = _by_clusters(data, z, ladder, most), _by_clusters(data, -alpha * weight, ladder, most)
    return Evidence(p=p, best=best)


def _p(capital: Floats) -> Floats:
    """From log capital, shape (candidates, bets)."""
    gain = np.asarray(logsumexp(capital, axis=1, b=STAKES), dtype=np.float64)
    return np.asarray(np.exp(-np.maximum(0.0, gain)), dtype=np.float64)


def _by_rows(z: Floats, ladder: Ladder, bets: Floats) -> Floats:
    capital = np.empty((len(ladder), len(bets)))
    for j, bet in enumerate(bets):
        capital[:, j] = np.cumsum(np.log1p(-bet * z))[ladder.accepted - 1]
    return _p(capital)


def _by_clusters(data: Labelled, z: Floats, ladder: Ladder, bets: Floats) -> Floats:
    assert data.cluster is not None  # noqa: S101 - the caller's branch
    codes = np.unique(data.cluster, return_inverse=True)[1]
    size = np.bincount(codes)
    total = np.zeros(len(size))
    capital = np.empty((len(ladder), len(bets)))
    start = 0
    for i, end in enumerate(ladder.accepted):
        total += np.bincount(codes[start:end], weights=z[start:end], minlength=len(size))
        capital[i] = np.log1p(-bets[:, None] * (total / size)).sum(axis=1)
        start = int(end)
    return _p(capital)
