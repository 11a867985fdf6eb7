"""A certificate: invariances, hand-computed cases, the promise's arithmetic."""

from __future__ import annotations

import json
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from calibrant.metrics import clopper_pearson_upper
from calibrant.policies import Certificate, Declared, certify, level_at_look

METHODS = ("multistart", "band", "single", "pilot", "sgr", "bonferroni", "betting")


def good(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    score = random.beta(1.3, 1, n)
    return score, random.random(n) < np.minimum(0.99, 1 / (1 + np.exp(1.6 - 5.2 * score)))


def same(a: Certificate, b: Certificate) -> bool:
    return (a.accepted, a.errors, a.coverage, a.upper_bound) == (b.accepted, b.errors, b.coverage, b.upper_bound)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 1000), levels=st.sampled_from([5, 11, 40, 10_000]), clustered=st.sampled_from([0, 12, 60]))
def test_the_order_of_rows_does_not_matter(method, seed, levels, clustered) -> None:
    random = np.random.default_rng(seed)
    score, right = good(300, seed)
    score = np.round(score * levels) / levels
    cluster = random.integers(0, clustered, 300) if clustered else None
    order = random.permutation(300)
    there = certify(score, right, alpha=0.2, delta=0.2, method=method, clusters=cluster, look=None)
    back = certify(
        score[order],
        right[order],
        alpha=0.2,
        delta=0.2,
        method=method,
        clusters=None if cluster is None else cluster[order],
        look=None,
    )
    assert there == back


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1000), digits=st.integers(1, 6))
def test_only_the_order_of_scores_matters_not_their_scale(method, seed, digits) -> None:
    score, right = good(400, seed)
    score = np.round(score, digits)
    plain = certify(score, right, alpha=0.15, delta=0.1, method=method)
    for transformed in (3 * score - 7, np.exp(score), 100 * score):
        other = certify(transformed, right, alpha=0.15, delta=0.1, method=method)
        assert same(plain, other)
        assert [other.decide(s) for s in transformed] == [plain.decide(s) for s in score]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), levels=st.integers(2, 30), method=st.sampled_from(METHODS))
def test_equal_scores_are_decided_alike_and_counts_are_those_of_the_rule(seed, levels, method) -> None:
    score, right = good(250, seed)
    score = np.round(score * levels)
    certificate = certify(score, right, alpha=0.2, delta=0.2, method=method, look=None)
    if certificate.threshold is None:
        assert (certificate.accepted, certificate.coverage) == (0, 0.0)
    elif method != "pilot":
        above = score >= certificate.threshold
        assert certificate.accepted == above.sum()
        assert certificate.errors == (above & ~right).sum()
    for row in certificate.levels:
        assert row.passed == (row.p_value <= row.level)


@pytest.mark.parametrize("method", ["multistart", "band", "single", "sgr", "bonferroni"])
def test_p_values_are_the_binomial_tail(method) -> None:
    certificate = certify(*good(700), alpha=0.12, delta=0.1, method=method)
    assert certificate.levels
    for row in certificate.levels:
        assert row.p_value == pytest.approx(binom.cdf(row.errors, row.accepted, 0.12), rel=1e-9)


def test_the_bound_is_clopper_and_pearsons_at_the_level_tested() -> None:
    certificate = certify(*good(1000), alpha=0.1, delta=0.1)
    row = max((row for row in certificate.levels if row.passed), key=lambda row: row.accepted)
    assert row.threshold == certificate.threshold
    assert certificate.upper_bound == clopper_pearson_upper(row.errors, row.accepted, 1 - row.level)
    assert certificate.upper_bound <= 0.1


def test_forty_right_answers_of_one_score_certify_ten_per_cent_and_twenty_six_do_not() -> None:
    # 0.9^27 = .0581 <= 6 x .1 / pi^2 = .0608 < 0.9^26 = .0646.
    assert certify([1.0] * 27, [1] * 27, alpha=0.1, delta=0.1).threshold == -inf
    assert certify([1.0] * 26, [1] * 26, alpha=0.1, delta=0.1).threshold is None
    assert certify([1.0] * 22, [1] * 22, alpha=0.1, delta=0.1, look=None).threshold == -inf
    assert certify([1.0] * 21, [1] * 21, alpha=0.1, delta=0.1, look=None).threshold is None


def test_two_levels_by_hand() -> None:
    # Score 2: 60 rows, 1 error, P(Bin(60, .1) <= 1) = .0138. All: 100 rows, 21 errors, P(Bin(100, .1) <= 21) = .9997.
    score, right = [2] * 60 + [1] * 40, [0] + [1] * 59 + [0] * 20 + [1] * 20
    certificate = certify(score, right, alpha=0.1, delta=0.1)
    assert (certificate.accepted, certificate.errors, certificate.coverage) == (60, 1, 0.6)
    assert 1 < certificate.threshold < 1.0001
    assert [row.passed for row in certificate.levels] == [True, False]
    # 60 rows are within every start, which therefore merge: the whole level is tested at one of two starts at most.
    assert certificate.levels[0].level >= certificate.level / 2


def test_the_row_on_which_a_threshold_stands_is_not_accepted() -> None:
    score, right = good(1000)
    certificate = certify(score, right, alpha=0.1, delta=0.1)
    below = score[score < certificate.threshold].max()
    assert certificate.threshold == np.nextafter(below, inf)
    assert not certificate.decide(below)
    assert certificate.left_out == {"the row on whose score the threshold stands": 1}


def test_declared_levels_are_the_candidates() -> None:
    random = np.random.default_rng(3)
    score = random.choice([50, 80, 90, 95], 800)
    right = random.random(800) < score / 100 + 0.04
    certificate = certify(score, right, alpha=0.1, delta=0.1, declared=Declared(levels=tuple(range(101))))
    assert certificate.threshold in range(101)
    assert certificate.left_out == {}
    assert certify(score, right, alpha=0.1, delta=0.1).accepted == certificate.accepted


def test_a_declined_answer_counts_for_coverage_and_is_never_accepted() -> None:
    score, right = good(1000)
    plain = certify(score, right, alpha=0.1, delta=0.1)
    declined = certify(
        [*score, *[None] * 500, *[1.0] * 500], [*right, *[None] * 1000], alpha=0.1, delta=0.1, method="single"
    )
    assert (declined.rows, declined.answered) == (2000, 1000)
    assert declined.coverage == declined.accepted / 2000
    assert plain.rows == plain.answered == 1000
    # Answering everything never means answering what the model declined.
    everything = certify([0.5] * 100 + [nan] * 100, [1] * 100 + [nan] * 100, alpha=0.1, delta=0.1)
    assert (everything.threshold, everything.accepted, everything.coverage) == (-inf, 100, 0.5)


def test_levels_of_looks_add_up_to_delta() -> None:
    assert sum(level_at_look(0.1, look) for look in range(1, 200_000)) == pytest.approx(0.1, abs=1e-6)
    first, third = (certify(*good(1000), alpha=0.1, delta=0.1, look=look) for look in (1, 3))
    assert third.level == pytest.approx(first.level / 9)
    assert third.coverage <= first.coverage
    assert certify(*good(1000), alpha=0.1, delta=0.1, look=None).level == 0.1


def test_without_a_promise_it_says_why_and_what_would_do() -> None:
    score, right = good(120)
    certificate = certify(score, right, alpha=0.02, delta=0.1)
    assert certificate.threshold is None
    assert not certificate.promised
    assert certificate.sentence().startswith("No promise possible")
    assert certificate.labels_needed > 120
    assert certificate.labels_assumption
    assert not any(certificate.decide(s) for s in score)


@pytest.mark.parametrize("method", METHODS)
def test_a_certificate_survives_json(method) -> None:
    groups = np.arange(600) % 3
    for certificate in (
        certify(*good(600), alpha=0.15, delta=0.1, method=method, clusters=np.arange(600) // 10),
        certify(*good(600), alpha=0.15, delta=0.1, method=method, groups=groups),
        certify([1.0] * 90, [1] * 90, alpha=0.1, delta=0.1, method=method),
        certify([1.0], [1], alpha=0.1, delta=0.1, method=method),
    ):
        text = json.dumps(certificate.to_dict(), allow_nan=False)
        assert Certificate.from_dict(json.loads(text)) == certificate


def test_a_certificate_of_another_schema_is_refused() -> None:
    plain = certify(*good(100), alpha=0.2, delta=0.1).to_dict()
    with pytest.raises(ValueError, match="schema_version"):
        Certificate.from_dict({**plain, "schema_version": 99})
    with pytest.raises(ValueError, match="missing or unknown: wish"):
        Certificate.from_dict({**plain, "wish": 1})


def test_a_score_that_is_no_number_is_not_answered() -> None:
    certificate = certify([1.0] * 50, [1] * 50, alpha=0.1, delta=0.1)
    assert certificate.decide(0.0)
    assert not certificate.decide(nan)


def test_the_default_reaches_further_with_more_labels() -> None:
    coverage = [
        np.mean([certify(*good(n, seed), alpha=0.1, delta=0.1).coverage for seed in range(20)]) for n in (200, 1000)
    ]
    assert coverage[0] < coverage[1] < 0.6
