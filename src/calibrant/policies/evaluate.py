"""Is a promise kept on fresh data? And what would the alternatives have done there?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from calibrant.metrics.arrays import Bools, Floats, Ints, cluster_codes, same_length
from calibrant.metrics.intervals import Interval, clustered_proportion
from calibrant.metrics.selective import risk_coverage
from calibrant.policies.labelled import labelled
from calibrant.policies.promise import Promise
from calibrant.policies.verdict import Check, Verdict, check, together

__all__ = ["Evaluation", "Rule", "evaluate"]


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
    index: float | None
    """100 (right - wrong) / N, in [-100, 100]: partly right counts 0, failed rows are not in N (definitions, 1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A promise on fresh rows."""

    verdict: Verdict
    """``kept``: the upper bound of the risk is at most alpha. ``broken``: so many errors are improbable if it were.
    Else these rows are too few to say: ``not contradicted``. Of a promise by group: kept where every group's is shown
    to be, broken where one is, its errors being improbable at (1 - level) / groups."""
    alpha: float
    level: float
    """Of the tests behind the verdict and of every interval."""
    p_value: float | None
    """Chance of at least so many errors if the risk were alpha; over groups, of the worst one, times their number."""
    upper_bound: float | None
    """Of the risk, one-sided at ``level``; over groups, the largest."""
    rows: int
    clusters: int
    groups: tuple[Check, ...]
    """One for each group that was promised something."""
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
            "groups": [group.to_dict() for group in self.groups],
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
    partial: ArrayLike | None = None,
    failed: ArrayLike | None = None,
    level: float = 0.95,
) -> Evaluation:
    """Apply a promise's threshold to rows that had no part in it.

    Args:
        promise: the certificate and its record.
        scores: of each row, shape (n,); nan where the policy cannot answer.
        correct: 1, 0, or nan where the policy cannot answer, shape (n,).
        clusters: label of each row's cluster.
        groups: label of each row's group, where the promise was made by group.
        partial: whether the answer is partly right, shape (n,): wrong for the promise, 0 for the Index.
        failed: whether there is no usable answer, shape (n,): not in the Index's N.
        level: of the tests and intervals, in (0, 1).

    Returns:
        The verdict, and beside it what answering whatever the model answers, and the naive threshold, would have done.

    Raises:
        ValueError: lengths differ, labels other than 0, 1 and nan, no rows.
    """
    given, right = np.asarray(scores, dtype=np.float64), np.asarray(correct, dtype=np.float64)
    labelled(given, right, clusters)
    names = cluster_codes(clusters, len(given))[0]
    answerable = np.isfinite(right)
    certificate = promise.certificate
    pool = _pools(promise, groups, len(given))
    accepted = answerable & _decided(promise, given, pool)
    rows = _Rows(right, names, _flags(partial, given), _flags(failed, given), level)
    plain = "always answering" if answerable.all() else "the model's own refusals alone"
    rules = [_rule("certificate", certificate.threshold, accepted, rows), _rule(plain, None, answerable, rows)]
    if promise.naive_threshold is not None:
        naive = promise.naive_threshold
        rules.append(_rule("naive threshold", naive, answerable & (given >= naive), rows))
    by_group = _by_group(promise, accepted, pool, rows)
    found = together(by_group) if certificate.groups else check(accepted, right, names, certificate.alpha, level)
    return Evaluation(
        verdict=found.verdict,
        alpha=certificate.alpha,
        level=level,
        p_value=found.p_value,
        upper_bound=found.upper_bound,
        rows=len(given),
        clusters=int(names.max()) + 1,
        groups=by_group,
        rules=tuple(rules),
        curve=_curve(given, right),
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    right: Floats
    clusters: Ints
    partial: Bools
    failed: Bools
    level: float


def _flags(values: ArrayLike | None, like: Floats) -> Bools:
    flags = np.zeros(len(like), dtype=np.bool_) if values is None else np.asarray(values, dtype=np.bool_)
    same_length(scores=like, flags=flags)
    return flags


def _decided(promise: Promise, scores: Floats, pool: Ints | None) -> Bools:
    """Which rows the policy answers; ``pool`` holds the place of each row's certificate, -1 for a group unknown."""
    certificate = promise.certificate
    if pool is None:
        threshold = certificate.threshold
        return np.zeros(len(scores), dtype=np.bool_) if threshold is None else scores >= threshold
    thresholds = [one.threshold for one in certificate.groups.values()]
    needed = np.array([np.inf if one is None else one for one in (*thresholds, None)])
    return (scores >= needed[pool]) & np.isfinite(scores)


def _pools(promise: Promise, groups: ArrayLike | None, n: int) -> Ints | None:
    certificate = promise.certificate
    if not certificate.groups:
        return None
    if groups is None:
        raise ValueError("the promise was made by group: say which group each row is of")
    known = {
        member: number
        for number, name in enumerate(certificate.groups)
        for member in certificate.merged.get(name, (name,))
    }
    names, codes = np.unique(np.asarray(groups).astype(str), return_inverse=True)
    same_length(scores=np.empty(n), groups=codes)
    return np.array([known.get(name, -1) for name in names.tolist()], dtype=np.int64)[codes]


def _by_group(promise: Promise, accepted: Bools, pool: Ints | None, rows: _Rows) -> tuple[Check, ...]:
    certificate = promise.certificate
    promised = [(number, name) for number, (name, one) in enumerate(certificate.groups.items()) if one.promised]
    if pool is None:
        return ()
    alpha, tests = certificate.alpha, len(promised)
    return tuple(
        check(accepted & (pool == number), rows.right, rows.clusters, alpha, rows.level, name=name, tests=tests)
        for number, name in promised
    )


def _rule(name: str, threshold: float | None, accepted: Bools, rows: _Rows) -> Rule:
    wrong = accepted & (rows.right == 0)
    n, k = int(accepted.sum()), int(wrong.sum())
    given: dict[str, Any] = {"clusters": rows.clusters, "level": rows.level, "degrees": "effective"}
    counted = int((~rows.failed).sum())
    return Rule(
        name=name,
        threshold=threshold,
        accepted=n,
        errors=k,
        risk=k / n if n else None,
        risk_interval=clustered_proportion(wrong, accepted, **given) if n else None,
        coverage=n / len(rows.right),
        coverage_interval=clustered_proportion(accepted, **given),
        index=100 * (n - k - int((wrong & ~rows.partial).sum())) / counted if counted else None,
    )


def _curve(scores: Floats, right: Floats) -> tuple[tuple[float, float], ...]:
    there = np.isfinite(right)
    found = risk_coverage(scores[there], right[there])
    if found is None:
        return ()
    share = float(there.mean())
    return tuple(zip((found.coverage * share).tolist(), found.risk.tolist(), strict=True))
