"""Ratios of sums as means, and their paired resample."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant.metrics import (
    paired_difference,
    paired_ratio_difference,
    paired_ratio_intervals,
    paired_ratio_score_interval,
    ratio_values,
)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_the_mean_of_linearised_values_is_the_ratio(pairs: list[tuple[int, int]]) -> None:
    top, bottom = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    values = ratio_values(top, bottom)
    if bottom.sum() == 0:
        assert values is None
    else:
        assert values is not None
        assert values.mean() == pytest.approx(top.sum() / bottom.sum())


def test_linearised_values_have_the_error_of_the_ratio_to_first_order() -> None:
    random = np.random.default_rng(0)
    ratios, errors = [], []
    for _ in range(400):
        bottom = random.binomial(2, 0.6, 400).astype(float)
        top = random.binomial(bottom.astype(int), 0.3).astype(float)
        values = ratio_values(top, bottom)
        assert values is not None
        ratios.append(top.sum() / bottom.sum())
        errors.append(values.std(ddof=1) / np.sqrt(400))
    assert np.mean(errors) == pytest.approx(np.std(ratios), rel=0.1)


def test_the_shared_resample_agrees_with_one_ratio_at_a_time() -> None:
    random = np.random.default_rng(1)
    clusters = np.repeat(np.arange(150), 4)
    wrong, missed = (random.random((600, 2)) < 0.4).astype(float), np.ones((600, 2))
    wrong[:, 1] *= random.random(600) < 0.8
    first = (wrong[:, [0]], missed[:, [0]])
    second = (wrong[:, [1]], missed[:, [1]])
    (found,) = paired_ratio_intervals(first, second, clusters, draws=8000)
    alone = paired_ratio_difference((wrong[:, 0], wrong[:, 1]), (missed[:, 0], missed[:, 1]), clusters, draws=8000)
    assert alone is not None
    assert found == pytest.approx(alone.interval, abs=0.006)


def test_few_clusters_get_the_small_sample_factor_that_means_have() -> None:
    random = np.random.default_rng(3)
    top, ones = (random.random((12, 2)) < 0.5).astype(float), np.ones((12, 1))
    (found,) = paired_ratio_intervals((top[:, [0]], ones), (top[:, [1]], ones), draws=20_000)
    plain = paired_ratio_difference((top[:, 0], top[:, 1]), (ones[:, 0], ones[:, 0]), draws=20_000)
    assert found is not None
    assert plain is not None
    assert plain.interval is not None
    factor = np.sqrt(12 / 11) * 2.200985 / 1.959964  # Student's t with 11 degrees over z
    expected = [plain.difference + factor * (end - plain.difference) for end in plain.interval]
    assert found == pytest.approx(expected, abs=0.03)


def test_several_ratios_come_from_one_resample_as_they_would_alone() -> None:
    random = np.random.default_rng(2)
    top = (random.random((300, 4)) < 0.5).astype(float)
    ones = np.ones((300, 2))
    both = paired_ratio_intervals((top[:, :2], ones), (top[:, 2:], ones), draws=4000)
    assert len(both) == 2
    for place in (0, 1):
        gap = top[:, place].mean() - top[:, 2 + place].mean()
        interval = both[place]
        assert interval is not None
        assert interval.low < gap < interval.high


@pytest.mark.parametrize(
    ("top", "bottom", "clusters"),
    [
        pytest.param([1.0, 0.0], [1.0, 1.0], [0, 0], id="one cluster"),
        pytest.param([1.0, 1.0], [1.0, 1.0], [0, 1], id="no draw differs"),
        pytest.param([0.0] * 9 + [1.0], [0.0] * 9 + [1.0], list(range(10)), id="often undefined"),
    ],
)
def test_where_resampling_says_nothing_there_is_no_interval(
    top: list[float], bottom: list[float], clusters: list[int]
) -> None:
    a, b = np.array(top)[:, None], np.array(bottom)[:, None]
    assert paired_ratio_intervals((a, b), (a, b), clusters) == [None]


def test_shapes_and_levels_that_make_no_sense_are_refused() -> None:
    one, two = np.ones((3, 1)), np.ones((2, 1))
    with pytest.raises(ValueError, match="one shape"):
        paired_ratio_intervals((one, one), (two, two))
    with pytest.raises(ValueError, match="level"):
        paired_ratio_intervals((one, one), (one, one), level=1)


def test_without_correlation_the_score_interval_is_newcombes() -> None:
    """Newcombe 1998, two unpaired proportions, method 10: 56/70 less 48/80; here by Student's t."""
    ones, trials = np.zeros((2, 150)), np.zeros((2, 150))
    trials[0, :70] = trials[1, 70:] = 1
    ones[0, :56] = ones[1, 70:118] = 1
    found = paired_ratio_score_interval((ones[0], trials[0]), (ones[1], trials[1]))
    assert found == pytest.approx((0.0524, 0.3339), abs=0.004)


def test_turned_round_the_score_interval_changes_its_sign() -> None:
    random = np.random.default_rng(4)
    bottom = (random.random((2, 40)) < 0.6).astype(float)
    top = bottom * (random.random((2, 40)) < 0.5)
    clusters = np.repeat(np.arange(20), 2)
    one, other = (top[0], bottom[0]), (top[1], bottom[1])
    there = paired_ratio_score_interval(one, other, clusters)
    back = paired_ratio_score_interval(other, one, clusters)
    assert there is not None
    assert back is not None
    assert (-back.high, -back.low) == pytest.approx(there)


def test_far_in_the_tails_the_score_interval_of_few_rows_holds_where_the_linearised_does_not() -> None:
    random = np.random.default_rng(5)
    level, draws, rows, missed = 0.995, 2000, 15, [0, 0]
    for _ in range(draws):
        states = random.choice(3, size=(rows, 2), p=(0.85, 0.1, 0.05))
        right, wrong = (states == 0).astype(float), (states == 1).astype(float)
        parts = [(2 * right[:, at], 1 + right[:, at] + wrong[:, at]) for at in (0, 1)]
        found = paired_ratio_score_interval(parts[0], parts[1], level=level)
        assert found is not None
        missed[0] += not found.low <= 0 <= found.high
        columns = [ratio_values(*part) for part in parts]
        assert columns[0] is not None
        assert columns[1] is not None
        plain = paired_difference(columns[0], columns[1], level=level, degrees="effective")
        interval = plain.interval if plain is not None else None
        missed[1] += interval is not None and not interval.low <= 0 <= interval.high
    assert missed[0] / draws <= 1.5 * (1 - level)
    assert missed[1] > missed[0]


def test_a_ratio_of_one_cluster_has_no_score_interval() -> None:
    assert paired_ratio_score_interval(([1, 0], [1, 0]), ([1, 1], [1, 1])) is None
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        paired_ratio_score_interval(([2, 2], [1, 1]), ([1, 1], [1, 1]))
