"""Is a promise kept on fresh data? And what would the alternatives have done there?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betaincinv

from calibrant.metrics.arrays import Bools, Floats
from calibrant.metrics.intervals import Interval, clustered_proportion
from calibrant.metrics.selective import risk_coverage
from calibrant.policies.labelled import labelled
from calibrant.policies.promise import Promise

__all__ = ["Evaluation", "Rule", "evaluate"]

Verdict = Literal["kept", "not contradicted", "broken", "nothing answered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What one rule of answering does on these rows."""

    name: str
    threshold: float | None
    """None where the rule is no threshold, or answers nothing."""
    accepted: int
    errors: int
    risk: float | None
    """Wrong of answered."""
    risk_interval: Interval | None
    coverage: float
    """Answered of all rows."""
    coverage_interval: Interval | None
    index: float
    """100 (right - wrong) / all rows, in [-100, 100]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A promise on fresh rows."""

    verdict: Verdict
    """``kept``: the upper bound of the risk is at most alpha. ``broken``: so many errors are improbable if it were.
    Else these rows are too few to say: ``not contradicted``."""
    alpha: float
    level: float
    """Of the tests behind the verdict and of every interval."""
    p_value: float | None
    """Chance of at least so many errors if the risk were alpha."""
    upper_bound: float | None
    """Of the risk, one-sided at ``level``."""
    rows: int
    clusters: int
    rules: tuple[Rule, ...]
    """The certificate first, then its alternatives."""
    curve: tuple[tuple[float, float], ...]
    """(coverage, risk) at each distinct score, from the strictest."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, None for undefined."""
        return {
            "verdict": self.verdict,
            "alpha": self.alpha,
            "p_value": self.p_value,
            "upper_bound": self.upper_bound,
            "rows": self.rows,
            "clusters": self.clusters,
            "rules": [
                {
                    "rule": rule.name,
                    "threshold": "-inf" if rule.threshold == -np.inf else rule.threshold,
                    "accepted": rule.accepted,
                    "errors": rule.errors,
                    "risk": rule.risk,
                    "coverage": rule.coverage,
                    "omniscience_index": rule.index,
                    "intervals": {
                        name: list(interval)
                        for name, interval in (("risk", rule.risk_interval), ("coverage", rule.coverage_interval))
                        if interval is not None
                    },
                }
                for rule in self.rules
            ],
            "curve": [list(point) for point in self.curve],
        }


def evaluate(
    promise: Promise,
    scores: ArrayLike,
    correct: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    level: float = 0.95,
) -> Evaluation:
    """Apply a promise's threshold to rows that had no part in it.

    Args:
        promise: the certificate and its record.
        scores: of each row, shape (n,); nan where the policy cannot answer.
        correct: 1, 0, or nan where the policy cannot answer, shape (n,).
        clusters: label of each row's cluster.
        groups: label of each row's group, where the promise was made by group.
        level: of the tests and intervals, in (0, 1).

    Returns:
        The verdict, and beside it what answering whatever the model answers, and the naive threshold, would have done.

    Raises:
        ValueError: lengths differ, labels other than 0, 1 and nan, no rows.
    """
    given, right = np.asarray(scores, dtype=np.float64), np.asarray(correct, dtype=np.float64)
    labelled(given, right, clusters)
    names = np.arange(len(given)) if clusters is None else np.unique(np.asarray(clusters), return_inverse=True)[1]
    answerable = np.isfinite(right)
    certificate = promise.certificate
    accepted = answerable & _decided(promise, given, groups)
    naive = promise.naive_threshold
    plain = "always answering" if answerable.all() else "the model's own refusals alone"
    rules = [
        _rule("certificate", certificate.threshold, accepted, right, names, level),
        _rule(plain, None, answerable, right, names, level),
    ]
    if naive is not None:
        rules.append(_rule("naive threshold", naive, answerable & (given >= naive), right, names, level))
    verdict, p_value, bound = _verdict(accepted, right, names, certificate.alpha, level)
    return Evaluation(
        verdict=verdict,
        alpha=certificate.alpha,
        level=level,
        p_value=p_value,
        upper_bound=bound,
        rows=len(given),
        clusters=int(names.max()) + 1,
        rules=tuple(rules),
        curve=_curve(given, right),
    )


def _decided(promise: Promise, scores: Floats, groups: ArrayLike | None) -> Bools:
    certificate = promise.certificate
    if certificate.groups:
        labels = [None] * len(scores) if groups is None else list(np.asarray(groups, dtype=object))
        return np.array([certificate.decide(float(s), group) for s, group in zip(scores, labels, strict=True)])
    if certificate.threshold is None:
        return np.zeros(len(scores), dtype=bool)
    return scores >= certificate.threshold


def _rule(name: str, threshold: float | None, accepted: Bools, right: Floats, clusters: Any, level: float) -> Rule:
    wrong = accepted & ~(right == 1)
    n, k = int(accepted.sum()), int(wrong.sum())
    risk = clustered_proportion(wrong, accepted, clusters, level=level, degrees="effective") if n else None
    return Rule(
        name=name,
        threshold=threshold,
        accepted=n,
        errors=k,
        risk=k / n if n else None,
        risk_interval=risk,
        coverage=n / len(right),
        coverage_interval=clustered_proportion(accepted, clusters=clusters, level=level, degrees="effective"),
        index=100 * (n - 2 * k) / len(right),
    )


def _verdict(
    accepted: Bools, right: Floats, clusters: Any, alpha: float, level: float
) -> tuple[Verdict, float | None, float | None]:
    """Exact binomial test and bound; on counts divided by the design effect where clusters hold several rows."""
    n, k = int(accepted.sum()), int((accepted & (right == 0)).sum())
    if not n:
        return "nothing answered", None, None
    effect = _design_effect(accepted, right, clusters, n, k)
    n_effective, k_effective = n / effect, k / effect
    p_value = float(betainc(k_effective, n_effective - k_effective + 1, alpha)) if k else 1.0
    bound = float(betaincinv(k_effective + 1, n_effective - k_effective, level)) if k < n else 1.0
    if bound <= alpha:
        return "kept", p_value, bound
    return ("broken" if p_value <= 1 - level else "not contradicted"), p_value, bound


def _design_effect(accepted: Bools, right: Floats, clusters: Any, n: int, k: int) -> float:
    rate = k / n
    size = np.bincount(clusters, weights=accepted)
    wrong = np.bincount(clusters, weights=accepted & (right == 0))
    there = int((size > 0).sum())
    if there == n or there < 2 or k in (0, n):
        return 1.0 if there == n else n / there
    robust = there / (there - 1) * float(((wrong - rate * size) ** 2).sum())
    return max(1.0, robust / (n * rate * (1 - rate)))


def _curve(scores: Floats, right: Floats) -> tuple[tuple[float, float], ...]:
    there = np.isfinite(right)
    found = risk_coverage(scores[there], right[there])
    if found is None:
        return ()
    share = float(there.mean())
    return tuple(zip((found.coverage * share).tolist(), found.risk.tolist(), strict=True))
