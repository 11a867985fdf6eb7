"""Clusters that show few errors: what has not been seen is not taken for independence (definitions, section 6.2)."""

from __future__ import annotations

import numpy as np
import pytest

from calibrant.policies import certify

DRAWS = 150
MARGIN = 0.1 + 4 * (0.1 * 0.9 / DRAWS) ** 0.5


def made(groups: int, size: int, icc: float, alpha: float, method: str = "multistart") -> float:
    """Share of draws with a promise where the true error rate is alpha at every threshold."""
    count = 0
    for draw in range(DRAWS):
        random = np.random.default_rng([draw, groups, size])
        if icc == 1:
            rate = (random.random(groups) < alpha).astype(float)
        else:
            rate = random.beta(alpha * (1 - icc) / icc, (1 - alpha) * (1 - icc) / icc, groups)
        cluster = np.repeat(np.arange(groups), size)
        right = random.random(groups * size) >= rate[cluster]
        score = random.random(groups * size)
        count += certify(score, right, alpha=alpha, delta=0.1, clusters=cluster, method=method, look=None).promised
    return count / DRAWS


@pytest.mark.parametrize(
    ("groups", "size", "icc", "alpha"),
    [(100, 10, 1, 0.01), (30, 20, 1, 0.05), (30, 30, 0.2, 0.01), (46, 20, 0.8, 0.05)],
)
def test_repeats_and_documents_without_an_error_are_not_taken_for_many_rows(groups, size, icc, alpha) -> None:
    assert made(groups, size, icc, alpha) <= MARGIN


def test_five_hundred_rows_of_thirty_documents_without_an_error_promise_no_one_per_cent() -> None:
    certificate = certify(
        np.linspace(0, 1, 600), np.ones(600), alpha=0.01, delta=0.1, clusters=np.arange(600) % 30, look=None
    )
    assert certificate.threshold is None
    assert "30 clusters hold an answer, fewer than" in certificate.reason


def test_where_errors_are_seen_apart_all_rows_count() -> None:
    random = np.random.default_rng(0)
    right = random.random(1000) >= 0.05
    certificate = certify(random.random(1000), right, alpha=0.1, delta=0.1, clusters=np.arange(1000) % 100)
    assert certificate.threshold == -np.inf
    assert certificate.clusters.design_effect < 1.5
