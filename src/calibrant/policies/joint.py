"""The joint risk, P(answered and wrong): another quantity than the errors among answers, with promises of its own.

Its denominator is every row, so it is small where little is answered. Definitions, end of section 6: report both, never
mix them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, inf

import numpy as np
from numpy.typing import ArrayLike

from calibrant.metrics.binomial import clopper_pearson_upper
from calibrant.policies.clusters import one_of_each
from calibrant.policies.crossing import largest_passing
from calibrant.policies.labelled import Labelled, checked_share, labelled

__all__ = ["JointRisk", "binomial_joint_risk", "conformal_joint_risk"]

_SLACK = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class JointRisk:
    """A threshold with a bound on the share of all questions that are answered and wrong."""

    threshold: float | None
    """Answer iff score >= threshold; None: nothing can be promised, -inf: answer everything."""
    alpha: float
    delta: float | None
    """None: the promise is about the mean over draws of the labelled rows, not about this draw."""
    rows: int
    """Rows used: one of each cluster where clusters are given."""
    accepted: int
    errors: int
    upper_bound: float | None
    """Clopper-Pearson bound of the joint risk at 1 - delta; None for the promise in the mean."""
    promise: str


def _rows(scores: ArrayLike, correct: ArrayLike, clusters: ArrayLike | None, seed: int) -> Labelled:
    data = labelled(scores, correct, clusters)
    return data if data.cluster is None else data.part(one_of_each(data.cluster, seed))


def _found(data: Labelled, allowed: int) -> tuple[float | None, int, int]:
    """The loosest threshold with at most so many errors above it, and what it accepts."""
    if allowed < 0:
        return None, 0, 0
    wrong = data.score[data.wrong == 1]
    if len(wrong) <= allowed:
        return -inf, data.answered, len(wrong)
    threshold = float(np.nextafter(wrong[allowed], inf))
    return threshold, int((data.score >= threshold).sum()), int((wrong >= threshold).sum())


def conformal_joint_risk(
    scores: ArrayLike, correct: ArrayLike, *, alpha: float, clusters: ArrayLike | None = None, seed: int = 0
) -> JointRisk:
    """Conformal risk control (Angelopoulos et al. 2022): in the mean, at most alpha of all rows are answered wrongly.

    The loosest threshold with (errors + 1)/(n + 1) <= alpha. The promise is an average over many draws of labelled rows
    and one new row each; for the draw at hand the joint risk may be above alpha. At least 1/alpha - 1 rows are needed.

    Args:
        scores: shape (n,), higher = surer.
        correct: shape (n,): 1, 0, or None/NaN where the model declined.
        alpha: share of all rows, in (0, 1).
        clusters: label of each row's cluster, shape (n,); one random row of each is used.
        seed: of that choice.

    Raises:
        ValueError: as :func:`calibrant.policies.certify`.
    """
    alpha = checked_share("alpha", alpha)
    data = _rows(scores, correct, clusters, seed)
    threshold, accepted, errors = _found(data, floor(alpha * (data.rows + 1) + _SLACK) - 1)
    return JointRisk(
        threshold=threshold,
        alpha=alpha,
        delta=None,
        rows=data.rows,
        accepted=accepted,
        errors=errors,
        upper_bound=None,
        promise=f"On average over draws of labelled questions, at most {100 * alpha:g} % of all questions (not of the "
        "answers given) are answered and wrong.",
    )


def binomial_joint_risk(
    scores: ArrayLike,
    correct: ArrayLike,
    *,
    alpha: float,
    delta: float,
    clusters: ArrayLike | None = None,
    seed: int = 0,
) -> JointRisk:
    """With probability 1 - delta over the labelled rows, at most alpha of all rows are answered wrongly.

    The joint risk only grows as the threshold falls, so one exact binomial test serves all thresholds (Bates et al.
    2021): the loosest threshold whose error count c has P(Binomial(n, alpha) <= c) <= delta.

    Args:
        scores: shape (n,), higher = surer.
        correct: shape (n,): 1, 0, or None/NaN where the model declined.
        alpha: share of all rows, in (0, 1).
        delta: chance that the promise is false, in (0, 1).
        clusters: label of each row's cluster, shape (n,); one random row of each is used.
        seed: of that choice.

    Raises:
        ValueError: as :func:`calibrant.policies.certify`.
    """
    alpha, delta = checked_share("alpha", alpha), checked_share("delta", delta)
    data = _rows(scores, correct, clusters, seed)
    allowed = int(largest_passing(np.array([data.rows]), alpha, delta)[0])
    threshold, accepted, errors = _found(data, allowed)
    return JointRisk(
        threshold=threshold,
        alpha=alpha,
        delta=delta,
        rows=data.rows,
        accepted=accepted,
        errors=errors,
        upper_bound=None if threshold is None else clopper_pearson_upper(errors, data.rows, 1 - delta),
        promise=f"With {100 * (1 - delta):g} % confidence, at most {100 * alpha:g} % of all questions "
        "(not of the answers given) are answered and wrong.",
    )
