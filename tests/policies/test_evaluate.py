"""A promise on fresh rows: kept, broken, or too few to say."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

from calibrant.policies import Promise, certify, evaluate, evidence_digest, naive_threshold


def promise(alpha: float = 0.1, threshold: float = 0.5) -> Promise:
    scores = np.repeat([0.9, 0.1], 100)
    made = certify(scores, scores > 0.5, alpha=alpha, delta=0.1)
    return Promise(
        certificate=replace(made, threshold=threshold),
        model="m",
        signal="stated",
        grader="exact",
        by=None,
        set_hash="s",
        labels=("0123456789abcdef",),
        naive_threshold=0.4,
    )


def rows(accepted: int, errors: int, rejected: int = 50) -> tuple[np.ndarray, np.ndarray]:
    scores = np.concatenate([np.full(accepted, 0.9), np.full(rejected, 0.1)])
    correct = np.concatenate([np.ones(accepted - errors), np.zeros(errors), np.zeros(rejected)])
    return scores, correct


@pytest.mark.parametrize(
    ("errors", "verdict"), [(10, "kept"), (24, "not contradicted"), (36, "not contradicted"), (50, "broken")]
)
def test_the_verdict_is_that_of_the_exact_test(errors: int, verdict: str) -> None:
    found = evaluate(promise(), *rows(300, errors))
    assert found.verdict == verdict
    assert found.p_value == pytest.approx(binom.sf(errors - 1, 300, 0.1))
    assert found.upper_bound is not None
    assert binom.cdf(errors, 300, found.upper_bound) == pytest.approx(0.05)
    assert (found.rules[0].accepted, found.rules[0].errors) == (300, errors)
    assert found.rules[0].coverage == pytest.approx(300 / 350)


def test_a_kept_promise_is_rarely_called_broken_and_a_broken_one_rarely_kept() -> None:
    random = np.random.default_rng(1)
    made = promise()
    called = {0.1: 0, 0.2: 0}
    for _ in range(300):
        for risk in called:
            scores = np.full(400, 0.9)
            verdict = evaluate(made, scores, random.random(400) >= risk).verdict
            called[risk] += verdict == ("broken" if risk == 0.1 else "kept")
    assert called[0.1] / 300 <= 0.08
    assert called[0.2] == 0


def test_repeats_of_one_question_count_for_little_more_than_one() -> None:
    random = np.random.default_rng(2)
    right = np.repeat(random.random(60) < 0.85, 10)
    alone, together = (
        evaluate(promise(), np.full(600, 0.9), right, clusters=clusters)
        for clusters in (None, np.repeat(range(60), 10))
    )
    assert alone.upper_bound is not None
    assert together.upper_bound is not None
    assert together.upper_bound > alone.upper_bound + 0.03
    assert (alone.clusters, together.clusters) == (600, 60)


def test_what_the_model_declines_counts_in_the_coverage_alone() -> None:
    scores, correct = rows(100, 5, rejected=0)
    scores = np.concatenate([scores, np.full(100, np.nan)])
    correct = np.concatenate([correct, np.full(100, np.nan)])
    found = evaluate(promise(), scores, correct)
    assert [rule.name for rule in found.rules] == ["certificate", "the model's own refusals alone", "naive threshold"]
    assert [rule.coverage for rule in found.rules] == [0.5, 0.5, 0.5]
    assert found.rules[0].index == pytest.approx(100 * (95 - 5) / 200)
    assert found.curve == ((0.5, 0.05),)


def test_a_promise_that_answers_nothing_has_nothing_to_keep() -> None:
    made = promise()
    none = replace(made, certificate=replace(made.certificate, threshold=None))
    found = evaluate(none, *rows(10, 1))
    assert (found.verdict, found.rules[0].accepted, found.p_value) == ("nothing answered", 0, None)


def test_a_promise_survives_json_and_knows_its_own_questions() -> None:
    made = replace(promise(), naive_threshold=-np.inf)
    assert Promise.from_dict(json.loads(json.dumps(made.to_dict(), allow_nan=False))) == made
    assert made.shared_with(["0123456789abcdef" + "0" * 48, "f" * 64]) == 1


@pytest.mark.parametrize(
    "broken", [{}, {"kind": "calibrant promise"}, {"kind": "calibrant promise", "schema_version": 1}]
)
def test_what_is_no_promise_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"promise|schema_version"):
        Promise.from_dict(broken)


def test_the_naive_threshold_is_the_lowest_with_few_enough_errors_seen() -> None:
    scores = [0.9, 0.8, 0.7, 0.6, 0.5]
    assert naive_threshold(scores, [1, 1, 0, 1, 0], alpha=0.25) == 0.6
    assert naive_threshold(scores, [1, 1, 1, 1, 1], alpha=0.1) == -np.inf
    assert naive_threshold(scores, [0, 0, 0, 0, 0], alpha=0.1) is None


def test_evidence_is_the_same_in_any_order_and_another_with_another_label() -> None:
    one = evidence_digest([0.1, 0.2], [1, np.nan], ["a", "b"])
    assert one == evidence_digest([0.2, 0.1], [np.nan, 1], ["b", "a"])
    assert one != evidence_digest([0.1, 0.2], [0, np.nan], ["a", "b"])


def by_group(rates: dict[str, float]) -> Promise:
    made = promise()
    groups = {name: replace(made.certificate, threshold=0.5) for name in rates}
    return replace(made, by="domain", certificate=replace(made.certificate, threshold=None, groups=groups))


def test_one_broken_group_breaks_a_promise_that_looks_kept_over_all() -> None:
    names = np.repeat(["law", "tax"], [900, 100])
    correct = np.concatenate([np.ones(900), np.repeat([1.0, 0.0], 50)])
    made = by_group({"law": 0.1, "tax": 0.1})
    found = evaluate(made, np.full(1000, 0.9), correct, groups=names)
    assert found.verdict == "broken"
    assert {one.name: one.verdict for one in found.groups} == {"law": "kept", "tax": "broken"}
    assert found.upper_bound == max(one.upper_bound for one in found.groups)
    assert [group["group"] for group in found.to_dict()["groups"]] == ["law", "tax"]
    with pytest.raises(ValueError, match="which group"):
        evaluate(made, np.full(1000, 0.9), correct)


def test_a_group_without_answers_leaves_the_whole_unshown() -> None:
    found = evaluate(by_group({"law": 0.1, "tax": 0.1}), np.full(300, 0.9), np.ones(300), groups=["law"] * 300)
    assert found.verdict == "not contradicted"


def test_few_documents_do_not_show_a_promise_kept() -> None:
    called = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        rate = random.beta(0.4, 3.6, 5)
        cluster = np.repeat(np.arange(5), 40)
        called += (
            evaluate(promise(), np.full(200, 0.9), random.random(200) >= rate[cluster], clusters=cluster).verdict
            == "kept"
        )
    assert called / 200 <= 0.05


def test_the_index_is_that_of_the_report() -> None:
    scores = np.full(10, 0.9)
    correct = np.array([1, 1, 1, 1, 1, 0, 0, 0, np.nan, np.nan])
    partial = np.arange(10) == 7
    failed = np.arange(10) == 9
    rule = evaluate(promise(), scores, correct, partial=partial, failed=failed).rules[1]
    assert rule.errors == 3
    assert rule.index == pytest.approx(100 * (5 - 2) / 9)
