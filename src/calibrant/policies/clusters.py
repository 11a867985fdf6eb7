"""Rows that stand or fall together: definitions, section 6.2."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, ndtri, stdtrit

from calibrant.metrics.arrays import Bools, Floats, Ints
from calibrant.policies.candidates import Ladder
from calibrant.policies.evidence import Evidence
from calibrant.policies.labelled import Labelled

__all__ = ["FEWEST_EFFECTIVE", "FEWEST_FOR_A_PROMISE", "Effective", "effective_counts", "one_of_each", "split_clusters"]

FEWEST_FOR_A_PROMISE = 10
FEWEST_EFFECTIVE = 30


@dataclass(frozen=True, slots=True)
class Effective:
    """Evidence from effective counts, with what they were divided by at each candidate."""

    evidence: Evidence
    icc: float
    design_effect: Floats


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums over the clusters that have an accepted row, for each candidate."""

    n: Floats
    k: Floats
    clusters: Floats
    squares: Floats
    """Sum of (wrong - rate x accepted)^2."""
    sizes_squared: Floats
    """Sum of accepted^2."""


def _sums(data: Labelled, ladder: Ladder) -> _Sums:
    assert data.cluster is not None  # noqa: S101 - the caller's branch
    groups = int(data.cluster.max()) + 1
    size, wrong = np.zeros(groups), np.zeros(groups)
    rows = np.empty((5, len(ladder)))
    start = 0
    for j, end in enumerate(ladder.accepted):
        part = data.cluster[start:end]
        size += np.bincount(part, minlength=groups)
        wrong += np.bincount(part, weights=data.wrong[start:end], minlength=groups)
        n, k = size.sum(), wrong.sum()
        rows[:, j] = n, k, (size > 0).sum(), ((wrong - k / n * size) ** 2).sum(), (size**2).sum()
        start = int(end)
    return _Sums(*rows)


def effective_counts(data: Labelled, ladder: Ladder, alpha: float, finest: float) -> Effective:
    """The binomial tail on effective counts k/d, n/d in its beta form.

    d = max(1, cluster-robust variance / binomial variance, 1 + (m - 1) ICC), m the mean size of an accepted row's
    cluster; both counts also times (z/t)^2, Student's t with G - 1 degrees at the finest level that will be tested.

    Args:
        data: rows with clusters.
        ladder: candidates.
        alpha: error rate to be promised.
        finest: the smallest level at which a candidate may be tested.
    """
    if not len(ladder):
        return Effective(evidence=Evidence(p=np.empty(0), best=np.empty(0)), icc=0.0, design_effect=np.empty(0))
    sums = _sums(data, ladder)
    rate = sums.k / sums.n
    scale = sums.clusters / np.maximum(sums.clusters - 1, 1)
    variance = sums.n * rate * (1 - rate)
    # Moment estimate: pairs in one cluster, over all candidates together; single candidates are too noisy.
    pairs = float(((sums.sizes_squared / sums.n - 1) * variance).sum())
    icc = min(1.0, max(0.0, float((scale * sums.squares - variance).sum()) / pairs)) if pairs > 0 else 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        robust = np.where(variance > 0, scale * sums.squares / variance, 1.0)
    mean_size = sums.sizes_squared / sums.n
    effect = np.maximum(np.maximum(1.0, robust), 1 + (mean_size - 1) * icc)
    factor = (ndtri(1 - finest) / stdtrit(np.maximum(sums.clusters - 1, 1), 1 - finest)) ** 2 / effect
    n, k = sums.n * factor, sums.k * factor
    p = np.where(n > k, betainc(np.maximum(n - k, 1e-12), k + 1, 1 - alpha), 1.0)
    p = np.where(sums.clusters < FEWEST_FOR_A_PROMISE, 1.0, p)
    best = np.where(sums.clusters < FEWEST_FOR_A_PROMISE, 1.0, (1 - alpha) ** sums.n)
    return Effective(evidence=Evidence(p=p, best=best, counts=(n, k)), icc=icc, design_effect=effect)


def one_of_each(codes: Ints | None, seed: int) -> Bools:
    """One random row of each cluster, shape (n,). Rows must be in an order that does not depend on how they came."""
    assert codes is not None  # noqa: S101 - the caller's branch
    random = np.random.default_rng([seed, 1])
    place = random.permutation(len(codes))
    order = np.lexsort((place, codes))
    first = np.append(True, codes[order][1:] != codes[order][:-1])
    keep = np.zeros(len(codes), dtype=np.bool_)
    keep[order[first]] = True
    return keep


def split_clusters(data: Labelled, share: float, seed: int) -> Bools:
    """Rows of a random part of the clusters (of the rows where there are none), shape (n,)."""
    codes = np.arange(data.rows) if data.cluster is None else np.unique(data.cluster, return_inverse=True)[1]
    groups = int(codes.max()) + 1
    chosen = np.zeros(groups, dtype=np.bool_)
    chosen[np.random.default_rng([seed, 2]).permutation(groups)[: round(share * groups)]] = True
    return np.asarray(chosen[codes], dtype=np.bool_)
