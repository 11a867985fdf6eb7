"""Clusters, groups and weights: definitions, sections 6.2 and 6.7."""

from __future__ import annotations

import time

import numpy as np
import pytest

from calibrant.policies import Declared, certify
from calibrant.policies.candidates import ladder
from calibrant.policies.clusters import effective_counts
from calibrant.policies.groups import merge_small
from calibrant.policies.labelled import labelled


def rows(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    score = random.random(n)
    return score, random.random(n) < 0.85 + 0.15 * score


def test_identical_repeats_count_once() -> None:
    score, right = rows(200)
    five = certify(np.repeat(score, 5), np.repeat(right, 5), alpha=0.2, delta=0.1, clusters=np.repeat(range(200), 5))
    assert five.clusters.clusters == 200
    assert five.clusters.icc == pytest.approx(1.0, abs=0.05)
    assert five.clusters.design_effect == pytest.approx(5.0, rel=0.05)
    assert five.clusters.approximate
    assert five.coverage <= certify(score, right, alpha=0.2, delta=0.1).coverage


def test_clusters_of_one_row_are_no_clusters() -> None:
    score, right = rows(300)
    assert certify(score, right, alpha=0.2, delta=0.1, clusters=np.arange(300)[::-1]) == certify(
        score, right, alpha=0.2, delta=0.1
    )


def test_below_thirty_clusters_one_row_of_each_is_used() -> None:
    certificate = certify(*rows(500), alpha=0.3, delta=0.2, clusters=np.arange(500) % 20)
    assert certificate.clusters.handling == "one random item of each"
    assert certificate.clusters.left_out == 480
    assert all(row.accepted <= 20 for row in certificate.levels)
    exact = certify(*rows(500), alpha=0.3, delta=0.2, clusters=np.arange(500) % 100, exact=True)
    assert exact.clusters.left_out == 400
    assert "480" not in str(exact.left_out)


def test_below_ten_clusters_nothing_is_promised() -> None:
    certificate = certify(*rows(500), alpha=0.3, delta=0.2, clusters=np.arange(500) % 9)
    assert certificate.threshold is None
    assert "fewer than 10 clusters" in certificate.reason


def test_another_seed_draws_other_rows_of_the_clusters() -> None:
    score, right = rows(1000)
    cluster = np.arange(1000) % 25
    found = {
        certify(score, right, alpha=0.3, delta=0.2, clusters=cluster, seed=seed, look=None).levels for seed in range(5)
    }
    assert len(found) > 1


def test_fixed_documents_need_no_allowance_and_say_so() -> None:
    score, right = rows(600)
    cluster = np.arange(600) % 20
    certificate = certify(
        score, right, alpha=0.2, delta=0.1, clusters=cluster, declared=Declared(population="these documents")
    )
    assert certificate.clusters.handling.startswith("ignored")
    assert certificate.population == "these documents"
    assert "these very documents" in certificate.assumptions[0]
    assert certificate.accepted == certify(score, right, alpha=0.2, delta=0.1).accepted


def test_effective_counts_by_hand() -> None:
    # 40 clusters of 2 equal outcomes, 6 wrong pairs: robust variance over binomial variance = 40/39 x 2.
    right = np.repeat(np.arange(40) >= 6, 2)
    data = labelled(np.ones(80), right, np.repeat(np.arange(40), 2))
    found = effective_counts(data, ladder(data), 0.2, 0.05, 0.1)
    assert found.design_effect == pytest.approx([40 / 39 * 2])
    from scipy.stats import beta, norm, t

    shrink = (norm.ppf(0.95) / t.ppf(0.95, 39)) ** 2 / (80 / 39)
    n, k = 80 * shrink, 12 * shrink
    assert found.evidence.p == pytest.approx([beta.cdf(0.8, n - k, k + 1)])


def test_betting_uses_all_rows_of_few_clusters() -> None:
    right = np.arange(500) % 20 > 0
    cluster = np.repeat(np.arange(20), 25)

    def covered(method: str, seed: int) -> float:
        return certify(
            np.ones(500), right, alpha=0.2, delta=0.1, clusters=cluster, method=method, look=None, seed=seed
        ).coverage

    assert {covered("betting", seed) for seed in range(20)} == {1.0}
    assert 0 < np.mean([covered("multistart", seed) for seed in range(20)]) < 1


def test_groups_hold_together_at_a_share_of_the_level() -> None:
    score, right = rows(900)
    names = np.array(["law", "tax", "art"])[np.arange(900) % 3]
    certificate = certify(score, right, alpha=0.2, delta=0.1, groups=names)
    assert set(certificate.groups) == {"art", "law", "tax"}
    assert certificate.threshold is None
    assert certificate.promised
    for name, group in certificate.groups.items():
        assert group.level == pytest.approx(certificate.level / 3)
        mine = names == name
        alone = certify(score[mine], right[mine], alpha=0.2, delta=0.1 / 3)
        assert (group.threshold, group.accepted, group.errors) == (alone.threshold, alone.accepted, alone.errors)
        assert certificate.decide(1.0, name) == group.decide(1.0)
    assert not certificate.decide(1.0, "cooking")
    assert not certificate.decide(1.0)
    assert certificate.accepted == sum(group.accepted for group in certificate.groups.values())


def test_small_groups_are_merged_by_size_alone() -> None:
    score, right = rows(500)
    names = np.where(np.arange(500) < 480, "big", np.where(np.arange(500) < 490, "small", "tiny"))
    one = certify(score, right, alpha=0.2, delta=0.1, groups=names)
    other = certify(score, ~right, alpha=0.2, delta=0.1, groups=names)
    assert one.merged == other.merged
    assert list(one.groups) == ["big + small + tiny"]
    assert one.decide(1.0, "tiny") == one.groups["big + small + tiny"].decide(1.0)
    assert merge_small({"a": 5, "b": 5, "c": 9, "d": 100}, 8) == {"a + b": ("a", "b"), "c": ("c",), "d": ("d",)}
    assert merge_small({"a": 1}, 100) == {"a": ("a",)}


def test_equal_weights_change_nothing_but_the_test() -> None:
    score, right = rows(800)
    ones = certify(score, right, alpha=0.2, delta=0.1, weights=np.ones(800))
    assert ones.accepted == certify(score, right, alpha=0.2, delta=0.1, method="betting").accepted
    doubled = certify(score, right, alpha=0.2, delta=0.1, weights=np.full(800, 2.0))
    assert doubled.accepted == ones.accepted
    assert ones.upper_bound is None
    assert any("largest one here" in sentence for sentence in ones.assumptions)


def test_the_bound_of_effective_counts_stands_at_alpha_exactly_where_the_test_does() -> None:
    score, right = rows(1500)
    certificate = certify(score, right, alpha=0.2, delta=0.1, clusters=np.arange(1500) // 10)
    row = max((row for row in certificate.levels if row.passed), key=lambda row: row.accepted)
    assert certificate.upper_bound <= 0.2
    assert certificate.upper_bound > row.errors / row.accepted
    assert (row.p_value <= row.level) == (certificate.upper_bound <= 0.2)


def test_a_promise_by_group_says_what_every_group_rests_on() -> None:
    score, right = rows(600)
    certificate = certify(score, right, alpha=0.2, delta=0.1, groups=np.arange(600) % 2, method="band", look=3)
    assert any("random draw" in sentence for sentence in certificate.assumptions)
    assert any("look number 3" in sentence for sentence in certificate.assumptions)
    assert any("never falls" in sentence for sentence in certificate.assumptions)
    assert not any("merged groups" in sentence for sentence in certificate.assumptions)
    merged = certify(score, right, alpha=0.2, delta=0.1, groups=np.arange(600) < 10)
    assert any("in the proportions they have here" in sentence for sentence in merged.assumptions)


def test_thousands_of_groups_take_about_a_second() -> None:
    random = np.random.default_rng(0)
    groups, right = random.integers(0, 10_000, 100_000), random.random(100_000) < 0.95
    start = time.perf_counter()
    assert certify(random.random(100_000), right, alpha=0.1, delta=0.1, groups=groups).promised
    assert time.perf_counter() - start < 5
