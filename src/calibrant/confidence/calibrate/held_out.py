"""Before and after: what a calibrator does to answers that it has not seen.

On the rows it was fitted on every calibrator looks good, and the more so the more it can bend. So the numbers here come
from other rows: fresh ones (`reliability`), or each cluster in turn left out of the fit (`cross_fit`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import ArrayLike

from calibrant import metrics
from calibrant.confidence.calibrate.rows import FittedOn
from calibrant.metrics.arrays import Floats, Ints, cluster_codes, labels, same_length
from calibrant.metrics.calibration import ReliabilityRow

__all__ = ["BINS", "BeforeAfter", "Calibrator", "CrossFit", "Reliability", "cluster_folds", "cross_fit", "reliability"]

BINS = 15

Scores = ArrayLike | Mapping[str, ArrayLike]
"""One score for each row, or for a stack the signals by name."""


class Calibrator(Protocol):
    """What every fitted calibrator offers."""

    @property
    def method(self) -> str:
        """Its name, as ``to_dict`` writes it."""
        ...

    @property
    def monotone(self) -> bool:
        """Whether the probability never falls as the score rises."""
        ...

    @property
    def fitted_on(self) -> FittedOn:
        """The rows it has seen."""
        ...

    def predict(self, given: Any, /) -> Floats:
        """Probabilities of being right, shape (n,)."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        ...


Fit = Callable[..., Calibrator]
"""``fit_platt`` and its kin: called as ``fit(scores, correct, clusters=..., seed=...)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """A reliability diagram and the numbers beside it."""

    n: int
    rows: tuple[ReliabilityRow, ...]
    """Equal-width bins that hold anything; ``BINS`` of them."""
    values: Mapping[str, float | None]
    """``ece`` (15 equal-width bins), ``smooth_ece``, ``brier``, ``log_score``, ``auroc``."""

    @classmethod
    def of(cls, chances: Floats, correct: Floats) -> Reliability:
        """The diagram of probabilities and what happened, both of shape (n,)."""
        return cls(
            n=len(chances),
            rows=tuple(metrics.reliability_table(chances, correct, bins=BINS)),
            values={
                "ece": metrics.ece(chances, correct, bins=BINS),
                "smooth_ece": metrics.smooth_ece(chances, correct),
                "brier": metrics.brier_score(chances, correct),
                "log_score": metrics.log_score(chances, correct),
                "auroc": metrics.auroc(chances, correct),
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeAfter:
    """The same rows by their score and by the calibrator's probability."""

    before: Reliability | None
    """None where the score is no probability, or there are several."""
    after: Reliability


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossFit(BeforeAfter):
    """A calibrator fitted on all rows, and for each row what one fitted without its cluster says of it."""

    calibrator: Calibrator
    """Fitted on all rows: what a policy freezes."""
    probabilities: Floats
    """Out of fold, shape (n,)."""
    fold: Ints
    """Which part each row was left out with, shape (n,)."""


def cluster_folds(clusters: ArrayLike | None, n: int, *, folds: int = 5, seed: int = 0) -> Ints:
    """Deal clusters into parts of about equal numbers of rows, whole clusters only.

    Args:
        clusters: label of each row's cluster, shape (n,); by default each row is its own.
        n: rows.
        folds: parts; no more than there are clusters.
        seed: of the order in which clusters are dealt.

    Returns:
        The part of each row, 0 .. folds - 1, shape (n,).

    Raises:
        ValueError: fewer than two clusters or folds, or not one label for each row.
    """
    codes, groups = cluster_codes(clusters, n)
    if groups < 2 or folds < 2:
        raise ValueError(f"cross-fitting needs two clusters and two folds at least, not {groups} and {folds}")
    sizes = np.bincount(codes, minlength=groups)
    shuffled = np.random.default_rng(seed).permutation(groups)
    largest_first = shuffled[np.argsort(-sizes[shuffled], kind="stable")]
    filled = np.zeros(min(folds, groups), dtype=np.int64)
    part = np.empty(groups, dtype=np.int64)
    for cluster in largest_first:
        part[cluster] = filled.argmin()
        filled[part[cluster]] += sizes[cluster]
    return part[codes]


def cross_fit(
    fit: Fit,
    given: Scores,
    correct: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    folds: int = 5,
    seed: int = 0,
) -> CrossFit:
    """Fit a calibrator on all rows, and judge it by fits that each leave out a part of the clusters.

    The out-of-fold probabilities say how such a calibrator does on answers it has not seen. A promise is about the one
    calibrator that is put to use, so it is certified on clusters outside this call (definitions, 6.1): certifying a
    calibrator, a stack above all, on the rows it was fitted on is the classic false promise. Certifying the out-of-fold
    probabilities is better than that and still not the promise's own proof: they come from ``folds`` calibrators, none
    of which serves.

    Args:
        fit: ``fit_platt``, ``fit_beta``, ``fit_isotonic``, ``fit_venn_abers`` or ``fit_stack``.
        given: scores of shape (n,), or for a stack signals by name.
        correct: 1 where the answer was right, else 0, shape (n,).
        clusters: label of each row's document, or of its question where there are repeats; by default each row is its
            own.
        folds: parts.
        seed: of the parts.

    Raises:
        ValueError: as ``fit`` does; fewer than two clusters or folds.
    """
    calibrator = fit(given, correct, clusters=clusters, seed=seed)
    truth = labels(correct, "correct")
    fold = cluster_folds(clusters, truth.size, folds=folds, seed=seed)
    chances = np.empty(truth.size)
    for part in range(int(fold.max()) + 1):
        out = fold == part
        kept = np.flatnonzero(~out)
        chances[out] = fit(_take(given, kept), truth[kept], seed=seed).predict(_take(given, np.flatnonzero(out)))
    return CrossFit(
        calibrator=calibrator,
        probabilities=chances,
        fold=fold,
        before=_before(given, truth),
        after=Reliability.of(chances, truth),
    )


def reliability(
    calibrator: Calibrator, given: Scores, correct: ArrayLike, *, clusters: ArrayLike | None = None
) -> BeforeAfter:
    """The reliability diagram of fresh rows, before and after.

    Args:
        calibrator: a fitted one.
        given: scores of shape (n,), or for a stack signals by name.
        correct: 1 where the answer was right, else 0, shape (n,).
        clusters: label of each row's cluster, as they were labelled in the fit.

    Raises:
        ValueError: lengths differ, a score is none, or the calibrator was fitted on these rows or clusters.
    """
    truth = labels(correct, "correct")
    chances = calibrator.predict(given)
    same_length(scores=chances, correct=truth)
    calibrator.fitted_on.refuse_overlap(given, truth, clusters)
    return BeforeAfter(before=_before(given, truth), after=Reliability.of(chances, truth))


def _take(given: Scores, rows: Ints) -> Scores:
    if isinstance(given, Mapping):
        return {name: np.asarray(values)[rows] for name, values in given.items()}
    return cast("ArrayLike", np.asarray(given)[rows])


def _before(given: Scores, truth: Floats) -> Reliability | None:
    if isinstance(given, Mapping):
        return None
    score = np.asarray(given, dtype=np.float64)
    inside = bool(((score >= 0) & (score <= 1)).all())
    return Reliability.of(score, truth) if inside else None
