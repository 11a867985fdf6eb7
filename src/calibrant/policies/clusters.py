"""Rows that stand or fall together: definitions, section 6.2."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, ndtri, stdtrit

from calibrant.metrics.arrays import Bools, Floats, Ints
from calibrant.policies.candidates import Ladder
from calibrant.policies.evidence import Evidence
from calibrant.policies.labelled import Labelled
from calibrant.policies.sizes import zero_error_minimum

__all__ = [
    "FEWEST_EFFECTIVE",
    "FEWEST_FOR_A_PROMISE",
    "FEWEST_WITH_ERRORS",
    "Effective",
    "effective_counts",
    "one_of_each",
    "split_clusters",
]

FEWEST_FOR_A_PROMISE = 10
FEWEST_EFFECTIVE = 30
FEWEST_WITH_ERRORS = 5
"""With errors in fewer clusters nobody can tell how much a cluster's rows depend on each other."""


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
    wrong_clusters: Floats
    """Clusters with an accepted row that is wrong."""


def _sums(data: Labelled, ladder: Ladder) -> _Sums:
    assert data.cluster is not None  # noqa: S101 - the caller's branch
    groups = int(data.cluster.max()) + 1
    size, wrong = np.zeros(groups), np.zeros(groups)
    rows = np.empty((6, len(ladder)))
    start = 0
    for j, end in enumerate(ladder.accepted):
        part = data.cluster[start:end]
        size += np.bincount(part, minlength=groups)
        wrong += np.bincount(part, weights=data.wrong[start:end], minlength=groups)
        n, k = size.sum(), wrong.sum()
        squares = ((wrong - k / n * size) ** 2).sum()
        rows[:, j] = n, k, (size > 0).sum(), squares, (size**2).sum(), (wrong > 0).sum()
        start = int(end)
    return _Sums(*rows)


def effective_counts(data: Labelled, ladder: Ladder, alpha: float, finest: float, level: float) -> Effective:
    """The binomial tail on effective counts k/d, n/d in its beta form.

    d = max(1, cluster-robust variance / binomial variance, 1 + (m - 1) ICC), m the mean size of an accepted row's
    cluster; both counts also times (z/t)^2, Student's t with G - 1 degrees at the finest level that will be tested.
    Where fewer than five clusters hold an error, ICC counts as 1: errors that have not been seen do not show how they
    come, and one document that is wrong throughout must not be taken for many rows that are right. For the same reason
    nothing passes on fewer clusters than rows that one test at the whole level takes without an error.

    Args:
        data: rows with clusters.
        ladder: candidates.
        alpha: error rate to be promised.
        finest: the smallest level at which a candidate may be tested.
        level: of all tests together.
    """
    if not len(ladder):
        return Effective(evidence=Evidence(p=np.empty(0), best=np.empty(0)), icc=0.0, design_effect=np.empty(0))
    sums = _sums(data, ladder)
    mean_size = sums.sizes_squared / sums.n
    icc, effect = _design_effect(sums, mean_size)
    factor = (ndtri(1 - finest) / stdtrit(np.maximum(sums.clusters - 1, 1), 1 - finest)) ** 2 / effect
    n, k = sums.n * factor, sums.k * factor
    few = (sums.clusters < FEWEST_FOR_A_PROMISE) | (sums.clusters < zero_error_minimum(alpha, level))
    p = np.where(n > k, betainc(np.maximum(n - k, 1e-12), k + 1, 1 - alpha), 1.0)
    evidence = Evidence(
        p=np.where(few, 1.0, p), best=np.where(few, 1.0, (1 - alpha) ** (sums.n / mean_size)), counts=(n, k)
    )
    return Effective(evidence=evidence, icc=icc, design_effect=effect)


def _design_effect(sums: _Sums, mean_size: Floats) -> tuple[float, Floats]:
    """ICC pooled over the candidates, and d at each."""
    rate = sums.k / sums.n
    scale = sums.clusters / np.maximum(sums.clusters - 1, 1)
    variance = sums.n * rate * (1 - rate)
    # Moment estimate: pairs in one cluster, over all candidates together; single candidates are too noisy.
    pairs = float(((mean_size - 1) * variance).sum())
    icc = min(1.0, max(0.0, float((scale * sums.squares - variance).sum()) / pairs)) if pairs > 0 else 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        robust = np.where(variance > 0, scale * sums.squares / variance, 1.0)
    here = np.where(sums.wrong_clusters < FEWEST_WITH_ERRORS, 1.0, icc)
    return icc, np.maximum(np.maximum(1.0, robust), 1 + (mean_size - 1) * here)


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
