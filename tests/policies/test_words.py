"""What is printed is what is decided: the rule in words, group names, the naive rule beside it."""

from __future__ import annotations

import re

import numpy as np
import pytest

from calibrant.policies import Declared, certify, judge_audit, judged_threshold, naive_threshold
from calibrant.policies.certificate import rule_in_words
from calibrant.policies.groups import merge_small


def levels(n: int = 600) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(3)
    score = random.integers(0, 11, n) / 10
    return score, random.random(n) < 0.5 + 0.5 * score


@pytest.mark.parametrize("continuous", [False, True])
def test_whoever_applies_the_sentence_decides_as_the_policy_does(continuous: bool) -> None:
    score, right = levels()
    if continuous:
        score = score + np.random.default_rng(0).random(600) / 20
    certificate = certify(score, right, alpha=0.15, delta=0.1)
    sign, bound = re.search(r"score (>=?) (\S+) are", certificate.sentence()).groups()
    read = score > float(bound) if sign == ">" else score >= float(bound)
    assert [certificate.decide(one) for one in score] == read.tolist()
    assert int(read.sum()) == certificate.accepted


def test_a_declared_level_reads_as_declared() -> None:
    assert rule_in_words(90.0) == "score >= 90.0"
    assert rule_in_words(0.1) == "score >= 0.1"
    assert rule_in_words(float(np.nextafter(0.0, 1))) == "score > 0.0"


def test_a_merged_group_never_takes_the_name_of_another() -> None:
    sizes = {"a": 5, "b": 5, "a + b": 500}
    pools = merge_small(sizes, 10)
    assert sorted(pools.values()) == [("a", "b"), ("a + b",)]
    groups = np.repeat(list(sizes), list(sizes.values()))
    right = np.arange(510) % 30 > 0
    certificate = certify(np.ones(510), right, alpha=0.2, delta=0.2, groups=groups)
    assert sum(group.rows for group in certificate.groups.values()) == 510


def test_the_name_of_a_merged_group_is_no_group() -> None:
    certificate = certify(np.ones(500), np.ones(500), alpha=0.2, delta=0.2, groups=["a"] * 10 + ["b"] * 490)
    assert certificate.decide(1.0, "a")
    assert not certificate.decide(1.0, "a + b")


def test_the_naive_rule_counts_no_declined_row_as_right() -> None:
    scores = [0.9] * 10 + [0.1] * 10 + [None] * 200
    correct = [1] * 10 + [0] * 10 + [None] * 200
    assert naive_threshold(scores, correct, alpha=0.1) == 0.9


def test_an_audited_promise_of_everything_says_so() -> None:
    chosen = judged_threshold(np.ones(500), np.ones(500), alpha=0.1, delta=0.1, unseen=0.05, look=None)
    audit = judge_audit(chosen, np.ones(100), np.ones(100), np.ones(100))
    assert "of all answers are wrong" in audit.promise


def test_weights_without_a_bound_leave_what_was_not_drawn_outside() -> None:
    # One row in a hundred has weight 10 and is wrong: the weighted risk is .1, and most draws of 60 hold no such row.
    weight, right = np.full(60, 0.9), np.ones(60)
    open_ended = certify(np.ones(60), right, alpha=0.1, delta=0.1, weights=weight, look=None)
    assert open_ended.promised
    assert any("above 0.9, the largest one here, is outside the promise" in one for one in open_ended.assumptions)
    bounded = Declared(weight_bound=10)
    declared = certify(np.ones(60), right, alpha=0.1, delta=0.1, weights=weight, look=None, declared=bounded)
    assert not declared.promised
    assert not any("outside the promise" in one for one in declared.assumptions)
