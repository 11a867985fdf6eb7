"""Ranking metrics: order invariance, expectation within ties, and known values."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibrant import metrics

RANKING = [metrics.auroc, metrics.aurc, metrics.e_aurc, metrics.augrc, metrics.prr]
tied = st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.integers(0, 1)), min_size=1, max_size=30)
tiny = st.lists(st.tuples(st.sampled_from([0.2, 0.8]), st.integers(0, 1)), min_size=2, max_size=6)


@pytest.mark.parametrize("metric", RANKING)
@given(rows=tied, seed=st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_no_ranking_metric_depends_on_the_order_of_rows(metric, rows, seed) -> None:
    s, y = np.array(rows).T
    order = np.random.default_rng(seed).permutation(len(s))
    first, second = metric(s, y), metric(s[order], y[order])
    assert first == second or first == pytest.approx(second, abs=1e-12)


def orders_within_ties(s: np.ndarray) -> list[np.ndarray]:
    """Every order of the rows, surest first, that the scores allow."""
    found = []
    for order in permutations(range(len(s))):
        ranked = s[list(order)]
        if (np.diff(ranked) <= 0).all():
            found.append(np.array(order))
    return found


@given(rows=tiny)
@settings(max_examples=60, deadline=None)
def test_aurc_is_the_expectation_over_all_orders_within_ties(rows) -> None:
    s, y = np.array(rows).T
    areas = []
    for order in orders_within_ties(s):
        wrong = np.cumsum(1 - y[order])
        areas.append((wrong / np.arange(1, len(s) + 1)).mean())
    assert metrics.aurc(s, y) == pytest.approx(np.mean(areas), abs=1e-12)


@given(rows=tiny)
@settings(max_examples=60, deadline=None)
def test_prr_is_the_expectation_over_all_orders_within_ties(rows) -> None:
    s, y = np.array(rows).T
    found = metrics.prr(s, y, rho=0.5)
    if found is None:
        assert y.mean() in {0, 1} or len(s) < 4
        return

    def gain(order: np.ndarray) -> float:
        kept = [y[order][: len(s) - j].mean() for j in range(len(s) // 2)]
        return float(np.mean(kept) - y.mean())

    best = gain(np.argsort(-y, kind="stable"))
    assert found == pytest.approx(np.mean([gain(order) for order in orders_within_ties(s)]) / best, abs=1e-12)


def test_a_perfect_ranking_has_no_excess_and_a_prr_of_one() -> None:
    y = np.array([1, 1, 1, 0, 0, 1, 0])
    assert metrics.e_aurc(y, y) == 0
    assert metrics.prr(y, y) == pytest.approx(1)
    assert metrics.auroc(y, y) == 1


@pytest.mark.parametrize(("y", "area"), [([1, 1, 1], 0.0), ([0, 0, 0], 0.5)])
def test_with_one_class_auroc_and_prr_are_undefined_and_augrc_is_not(y: list[int], area: float) -> None:
    s = [0.1, 0.2, 0.2]
    assert metrics.auroc(s, y) is None
    assert metrics.prr(s, y) is None
    assert metrics.augrc(s, y) == pytest.approx(area)


def test_coverage_at_risk_is_the_largest_not_the_first_crossing() -> None:
    y = [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]
    s = np.linspace(1, 0, len(y))
    assert metrics.coverage_at_risk(s, y, 0.1) == pytest.approx(10 / 11)
    assert metrics.coverage_at_risk(s, [0] * 11, 0.1) == 0


def test_equal_scores_enter_the_curve_together() -> None:
    curve = metrics.risk_coverage([0.9, 0.5, 0.5, 0.1], [1, 0, 1, 1])
    assert curve.thresholds.tolist() == [0.9, 0.5, 0.1]
    assert curve.coverage.tolist() == [0.25, 0.75, 1.0]
    assert curve.risk.tolist() == pytest.approx([0, 1 / 3, 1 / 4])


def test_a_monotone_change_of_scale_changes_nothing() -> None:
    random = np.random.default_rng(0)
    s, y = random.random(200), random.integers(0, 2, 200)
    for metric in RANKING:
        assert metric(np.exp(5 * s), y) == pytest.approx(metric(s, y), abs=1e-12)


@pytest.mark.parametrize(
    ("s", "y", "message"),
    [
        ([0.1, float("nan")], [0, 1], "not finite, first at index 1"),
        ([0.1], [0, 1], "different lengths"),
        ([0.1, 0.2], [0, 2], "only 0 and 1"),
        ([[0.1]], [1], "one dimension"),
    ],
)
@pytest.mark.parametrize("metric", RANKING)
def test_bad_arrays_are_refused_by_name(metric, s, y, message) -> None:
    with pytest.raises(ValueError, match=message):
        metric(s, y)


@pytest.mark.parametrize("metric", RANKING)
def test_of_nothing_everything_is_undefined(metric) -> None:
    assert metric([], []) is None
