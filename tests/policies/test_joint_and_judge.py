"""Joint risk and the judge's audit, by hand."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from scipy.stats import binom

from calibrant.metrics import clopper_pearson_upper
from calibrant.policies import binomial_joint_risk, certify, conformal_joint_risk, judge_audit, judged_threshold


def test_conformal_risk_control_by_hand() -> None:
    # n = 9, alpha = .2: (k + 1) / 10 <= .2 allows one error, so the threshold lies above the second surest error.
    score = [9, 8, 7, 6, 5, 4, 3, 2, 1]
    right = [1, 0, 1, 1, 0, 1, 0, 1, 1]
    found = conformal_joint_risk(score, right, alpha=0.2)
    assert 5 < found.threshold < 5.0001
    assert (found.accepted, found.errors, found.rows) == (4, 1, 9)
    assert "not of the answers" in found.promise
    assert conformal_joint_risk(score, right, alpha=0.05).threshold is None
    assert conformal_joint_risk(score, [1] * 9, alpha=0.1).threshold == -inf


def test_the_exact_joint_bound_allows_the_largest_passing_count() -> None:
    random = np.random.default_rng(0)
    score, right = random.random(200), random.random(200) < 0.7
    found = binomial_joint_risk(score, right, alpha=0.1, delta=0.05)
    assert binom.cdf(found.errors, 200, 0.1) <= 0.05 < binom.cdf(found.errors + 1, 200, 0.1)
    assert found.upper_bound == clopper_pearson_upper(found.errors, 200, 0.95)
    assert found.errors == ((score >= found.threshold) & ~right).sum()


def test_equal_scores_enter_together() -> None:
    found = conformal_joint_risk([2] * 10 + [1] * 10, [1] * 8 + [0] * 2 + [1] * 10, alpha=0.1)
    assert (found.accepted, found.errors) == (0, 0)


def test_declined_rows_count_among_all_questions() -> None:
    score, right = [3, 2, 1, None, None, None, None, None, None], [1, 0, 1, *[None] * 6]
    assert conformal_joint_risk(score, right, alpha=0.2).threshold == -inf
    assert conformal_joint_risk(score[:3], right[:3], alpha=0.2).threshold is None


def test_joint_risk_takes_one_row_of_each_cluster() -> None:
    found = binomial_joint_risk(
        np.arange(100.0), np.ones(100), alpha=0.2, delta=0.1, clusters=np.repeat(np.arange(20), 5)
    )
    assert found.rows == 20


def test_bad_joint_and_judge_input() -> None:
    with pytest.raises(ValueError, match="alpha"):
        conformal_joint_risk([1.0], [1], alpha=1.5)
    with pytest.raises(ValueError, match="delta"):
        binomial_joint_risk([1.0], [1], alpha=0.1, delta=0)
    with pytest.raises(ValueError, match="unseen must lie in .0, alpha."):
        judged_threshold([1.0], [1], alpha=0.1, delta=0.1, unseen=0.1)
    chosen = judged_threshold(np.arange(400.0), np.ones(400), alpha=0.1, delta=0.1, unseen=0.05)
    with pytest.raises(ValueError, match="at least one answer"):
        judge_audit(chosen, [], [], [])
    with pytest.raises(ValueError, match="at least one answer"):
        judge_audit(chosen, [1.0], [1], [None])
    with pytest.raises(ValueError, match="different lengths"):
        judge_audit(chosen, [1.0, 2.0], [1], [1])


def test_the_audit_splits_alpha_and_delta_and_bounds_what_the_judge_missed() -> None:
    score = np.arange(600.0)
    judged = np.arange(600) > 100
    chosen = judged_threshold(score, judged, alpha=0.1, delta=0.1, unseen=0.04)
    assert chosen.certificate == certify(score, judged, alpha=0.1 - 0.04, delta=0.05)
    threshold = chosen.certificate.threshold
    above = np.full(300, threshold + 1)
    truth = np.arange(300) > 3
    good = judge_audit(chosen, above, np.ones(300), truth)
    assert good.wrong_but_judged_right == 4
    assert good.upper_bound == clopper_pearson_upper(4, 300, 1 - chosen.certificate.level)
    assert good.threshold == threshold
    assert good.decide(threshold)
    assert "as humans judge" in good.promise
    # What the judge called wrong itself is already counted.
    assert judge_audit(chosen, above, truth, truth).wrong_but_judged_right == 0
    bad = judge_audit(chosen, above, np.ones(300), np.arange(300) > 12)
    assert bad.threshold is None
    assert not bad.decide(1e9)
    assert bad.promise.startswith("No promise possible")
    few = judge_audit(chosen, above[: chosen.fewest_audits - 1], *[np.ones(chosen.fewest_audits - 1)] * 2)
    assert few.threshold is None
    with pytest.raises(ValueError, match="at or above the threshold"):
        judge_audit(chosen, [threshold - 1], [1], [1])
