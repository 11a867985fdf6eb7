"""Certificates that judge answers they have not seen."""

from __future__ import annotations

import numpy as np
import pytest

from calibrant.policies import answered_under, certify, cross_fitted


def rows(seed: int, count: int = 1000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    score = random.beta(1.3, 1, count)
    right = (random.random(count) < np.minimum(0.99, 1 / (1 + np.exp(-(5.2 * score - 1.6))))).astype(float)
    return score, right, np.arange(count)


def test_no_answer_is_judged_by_a_certificate_that_has_seen_it() -> None:
    score, right, clusters = rows(1)
    found = cross_fitted(score, right, clusters, alpha=0.15, delta=0.1, seed=3)
    assert found.promised == 2
    first = np.zeros(1000, dtype=bool)
    first[np.random.default_rng(3).permutation(1000)[:500]] = True
    for certificate, judged in zip(found.halves, (~first, first), strict=True):
        assert certificate.threshold is not None
        assert (found.accepted[judged] == (score[judged] >= certificate.threshold)).all()
        own = certify(score[~judged], right[~judged], alpha=0.15, delta=0.1, look=1, seed=3)
        assert own.threshold == certificate.threshold


def test_clusters_are_never_cut_in_two() -> None:
    score, right, _ = rows(2)
    documents = np.arange(1000) // 10
    # Labels of one half decide only about the other: turning all of a document's labels changes no answer in it alone.
    found = cross_fitted(score, right, documents, alpha=0.2, delta=0.1)
    turned = right.copy()
    turned[:10] = 1 - turned[:10]
    again = cross_fitted(score, turned, documents, alpha=0.2, delta=0.1)
    assert (found.accepted[:10] == again.accepted[:10]).all()


def test_a_model_that_is_mostly_wrong_answers_nothing() -> None:
    score, right, clusters = rows(3)
    found = cross_fitted(score, right * 0, clusters, alpha=0.1, delta=0.1)
    assert found.promised == 0
    assert not found.accepted.any()


def test_constant_scores_let_through_all_or_nothing() -> None:
    score, right, clusters = rows(4)
    half = cross_fitted(score * 0 + 0.5, right, clusters, alpha=0.5, delta=0.1)
    none = cross_fitted(score * 0 + 0.5, right, clusters, alpha=0.1, delta=0.1)
    assert half.accepted.all()
    assert not none.accepted.any()


def test_what_is_declined_is_never_answered() -> None:
    score, right, clusters = rows(5)
    score[::3], right[::3] = np.nan, np.nan
    found = cross_fitted(score, right, clusters, alpha=0.2, delta=0.1)
    assert found.accepted.any()
    assert not found.accepted[::3].any()


def test_the_error_rate_of_what_is_let_through_is_as_asked_in_most_draws() -> None:
    over = 0
    for seed in range(40):
        score, right, clusters = rows(100 + seed, 600)
        found = cross_fitted(score, right, clusters, alpha=0.15, delta=0.1, seed=seed)
        if found.accepted.any():
            over += (right[found.accepted] == 0).mean() > 0.15
    assert over <= 8


def test_one_document_has_no_halves() -> None:
    with pytest.raises(ValueError, match="two clusters"):
        cross_fitted([0.1, 0.9], [0, 1], [7, 7], alpha=0.1, delta=0.1)


def test_a_certificate_is_applied_as_it_decides() -> None:
    score, right, _ = rows(6)
    groups = np.where(np.arange(1000) % 2, "law", "art")
    made = certify(score, right, groups=groups, alpha=0.2, delta=0.1, look=1)
    asked = [*score[:50], float("nan")]
    named = [*groups[:50], "art"]
    expected = [made.decide(one, name) for one, name in zip(asked, named, strict=True)]
    assert answered_under(made, asked, named).tolist() == expected
    plain = certify(score, right, alpha=0.2, delta=0.1, look=1)
    assert answered_under(plain, asked).tolist() == [plain.decide(one) for one in asked]
