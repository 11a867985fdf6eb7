"""What a model does under a certificate, on answers that had no part in it: rows to be compared at equal risk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from calibrant.metrics.arrays import Bools, cluster_codes, same_length
from calibrant.policies.certificate import Certificate
from calibrant.policies.certify import certify

__all__ = ["CrossFitted", "answered_under", "cross_fitted"]


@dataclass(frozen=True, slots=True)
class CrossFitted:
    """Decisions of two certificates, each made on one half of the documents and applied to the other."""

    accepted: Bools
    """Which rows are answered, shape (n,)."""
    halves: tuple[Certificate, Certificate]

    @property
    def promised(self) -> int:
        """How many of the two certificates promise anything."""
        return sum(one.promised for one in self.halves)


def cross_fitted(
    scores: ArrayLike, correct: ArrayLike, clusters: ArrayLike, *, alpha: float, delta: float, seed: int = 0
) -> CrossFitted:
    """Which answers a certificate of this model would let through, each judged by one that has not seen it.

    Two halves of the documents, drawn by the seed; the certificate of the first decides on the second and the other way
    round. A half that can promise nothing answers nothing in the other. This tells what a certificate is likely to do;
    it is no promise itself, and no look at the labels is spent: `certify` makes promises.

    Args:
        scores: confidence of each row, shape (n,); nan where there is no answer or no confidence.
        correct: 1, 0, or nan where there is no answer, shape (n,).
        clusters: label of each row's cluster, shape (n,).
        alpha: error rate, in (0, 1).
        delta: chance that a certificate is false, in (0, 1).
        seed: of the halves.

    Raises:
        ValueError: lengths differ, fewer than two clusters, or an argument out of range.
    """
    score, truth = np.asarray(scores, dtype=np.float64), np.asarray(correct, dtype=np.float64)
    n = same_length(scores=score, correct=truth)
    codes, groups = cluster_codes(clusters, n)
    if groups < 2:
        raise ValueError("two halves take two clusters")
    first = np.zeros(groups, dtype=np.bool_)
    first[np.random.default_rng(seed).permutation(groups)[: groups // 2]] = True
    half = first[codes]
    accepted = np.zeros(n, dtype=np.bool_)
    made = []
    for fitted in (half, ~half):
        certificate = certify(
            score[fitted], truth[fitted], clusters=codes[fitted], alpha=alpha, delta=delta, look=1, seed=seed
        )
        made.append(certificate)
        if certificate.threshold is not None:
            accepted |= ~fitted & np.isfinite(truth) & (score >= certificate.threshold)
    return CrossFitted(accepted, (made[0], made[1]))


def answered_under(certificate: Certificate, scores: ArrayLike, groups: Sequence[object] | None = None) -> Bools:
    """Which rows a certificate answers, shape (n,).

    Args:
        certificate: what was promised.
        scores: confidence of each row, shape (n,); nan where there is none.
        groups: of each row, where the promise was made by group.
    """
    given = np.asarray(scores, dtype=np.float64)
    if not certificate.groups:
        none = np.zeros(len(given), dtype=np.bool_)
        return none if certificate.threshold is None else np.isfinite(given) & (given >= certificate.threshold)
    names = [None] * len(given) if groups is None else groups
    return np.array([certificate.decide(float(one), name) for one, name in zip(given, names, strict=True)], dtype=bool)
