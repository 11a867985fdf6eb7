"""A promise on a judge's labels, made true by an audit: definitions, section 6.8.

What is wrong among answers is what the judge called wrong, and what it called right and is wrong. The first share is
certified on judged rows at alpha - u0; the second is bounded by u0 on fresh answers above that very threshold, which a
human labels. Half of delta goes to each.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import ArrayLike

from calibrant.metrics.arrays import same_length
from calibrant.metrics.binomial import clopper_pearson_upper
from calibrant.policies.certificate import Certificate, rule_in_words
from calibrant.policies.certify import certify
from calibrant.policies.declared import Declared, Method
from calibrant.policies.labelled import checked_share, correctness
from calibrant.policies.sizes import accepted_needed, zero_error_minimum

__all__ = ["AuditedPromise", "JudgedThreshold", "judge_audit", "judged_threshold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedThreshold:
    """A threshold chosen on a judge's labels. It promises nothing before the audit."""

    certificate: Certificate
    """At alpha - u0 and delta / 2, about the judge's verdicts."""
    alpha: float
    delta: float
    unseen: float
    """u0: the share of answers, wrong but judged right, that the audit must show not to be exceeded."""
    audits_needed: int | None
    """Fresh answers to audit, if the true share is a quarter of u0: they pass with a chance of 80 %."""
    fewest_audits: int
    """With fewer, the audit cannot pass even if the judge is always right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedPromise:
    """What the audit made of it."""

    threshold: float | None
    """Answer iff score >= threshold; None: nothing is promised."""
    alpha: float
    delta: float
    unseen: float
    audited: int
    wrong_but_judged_right: int
    upper_bound: float
    """Of that share, at half of the level."""
    promise: str

    def decide(self, score: float) -> bool:
        """Whether to answer."""
        return self.threshold is not None and bool(score >= self.threshold)


def judged_threshold(
    scores: ArrayLike,
    judged: ArrayLike,
    *,
    alpha: float,
    delta: float,
    unseen: float,
    method: Method = "multistart",
    clusters: ArrayLike | None = None,
    look: int | None = 1,
    seed: int = 0,
    declared: Declared | None = None,
) -> JudgedThreshold:
    """Choose a threshold on a judge's labels, at alpha - u0 and delta / 2.

    Args:
        scores: shape (n,), higher = surer.
        judged: the judge's verdict, shape (n,): 1 right, 0 wrong, None/NaN where the model declined.
        alpha: share of wrong answers to be promised in the end, in (0, 1).
        delta: chance that the promise is false, in (0, 1).
        unseen: u0, declared before any audit: share of answers wrong but judged right to allow for, in (0, alpha).
        method: as in :func:`calibrant.policies.certify`.
        clusters: as there.
        look: as there.
        seed: as there.
        declared: as there.

    Raises:
        ValueError: u0 not in (0, alpha), or as :func:`calibrant.policies.certify`.
    """
    alpha, delta, unseen = checked_share("alpha", alpha), checked_share("delta", delta), checked_share("unseen", unseen)
    if unseen >= alpha:
        raise ValueError(f"unseen must lie in (0, alpha) = (0, {alpha:g}), not {unseen:g}")
    certificate = certify(
        scores,
        judged,
        alpha=alpha - unseen,
        delta=delta / 2,
        method=method,
        clusters=clusters,
        look=look,
        seed=seed,
        declared=declared,
    )
    return JudgedThreshold(
        certificate=certificate,
        alpha=alpha,
        delta=delta,
        unseen=unseen,
        audits_needed=accepted_needed(unseen, certificate.level, unseen / 4),
        fewest_audits=zero_error_minimum(unseen, certificate.level),
    )


def judge_audit(chosen: JudgedThreshold, scores: ArrayLike, judged: ArrayLike, correct: ArrayLike) -> AuditedPromise:
    """Bound what the judge missed, on fresh random answers above the chosen threshold, and promise if it is small.

    P(wrong | answered) <= P(judged wrong | answered) + P(wrong and judged right | answered) <= (alpha - u0) + u0.
    One audit of a size fixed beforehand: auditing on until it passes breaks the promise.

    Args:
        chosen: what :func:`judged_threshold` found, before the audited rows were looked at.
        scores: of the audited answers, shape (m,), drawn at random above the threshold, none of them used to choose it,
            one of a document where documents hold several.
        judged: the judge's verdicts, shape (m,), 1 or 0. Answers judged wrong belong to the audit and count in m.
        correct: a human's verdicts, shape (m,), 1 or 0.

    Raises:
        ValueError: lengths differ, verdicts other than 0 and 1, no rows, an answer below the threshold.
    """
    verdict, truth = correctness(judged, "judged"), correctness(correct)
    score = np.asarray(scores, dtype=np.float64)
    audited = same_length(scores=score, judged=verdict, correct=truth)
    if not audited or np.isnan(verdict).any() or np.isnan(truth).any():
        raise ValueError("an audit takes at least one answer, each with the judge's verdict and a human's")
    threshold = chosen.certificate.threshold
    if threshold is not None and not (score >= threshold).all():
        raise ValueError(f"audited answers must have scores at or above the threshold {threshold:g}")
    missed = int(((verdict == 1) & (truth == 0)).sum())
    upper = clopper_pearson_upper(missed, audited, 1 - chosen.certificate.level)
    kept = threshold if upper <= chosen.unseen else None
    return AuditedPromise(
        threshold=kept,
        alpha=chosen.alpha,
        delta=chosen.delta,
        unseen=chosen.unseen,
        audited=audited,
        wrong_but_judged_right=missed,
        upper_bound=upper,
        promise=_sentence(chosen, kept, upper),
    )


def _sentence(chosen: JudgedThreshold, kept: float | None, upper: float) -> str:
    if chosen.certificate.threshold is None:
        return "No promise possible: no threshold passed on the judge's labels."
    if kept is None:
        return (
            f"No promise possible: up to {100 * upper:.3g} % of the answers may be wrong though judged right, "
            f"more than the {100 * chosen.unseen:g} % allowed for."
        )
    rule = "all answers" if kept == -inf else f"answers with {rule_in_words(kept)}"
    return (
        f"With {100 * (1 - chosen.delta):g} % confidence, at most {100 * chosen.alpha:g} % of {rule} are wrong, "
        "as humans judge."
    )
