"""Comparisons on the same questions."""

from __future__ import annotations

import numpy as np
import pytest

from calibrant import metrics
from calibrant.metrics import PairedVariance


def test_pairing_sees_what_two_intervals_hide() -> None:
    random = np.random.default_rng(3)
    difficulty = random.random(400)
    a = (difficulty < 0.60).astype(float)
    b = (difficulty < 0.55).astype(float)
    found = metrics.paired_difference(a, b)
    assert found is not None
    assert found.interval is not None
    assert found.interval.low > 0
    assert found.p_value is not None
    assert found.p_value < 0.001


def test_no_difference_is_found_where_there_is_none() -> None:
    random = np.random.default_rng(4)
    misses = 0
    for _ in range(300):
        a, b = random.random((2, 60)) < 0.5
        found = metrics.paired_difference(a, b)
        assert found is not None
        assert found.interval is not None
        misses += not found.interval.low <= 0 <= found.interval.high
    assert misses / 300 <= 0.08


@pytest.mark.parametrize("clusters", [None, np.arange(40) % 9])
def test_the_p_value_does_not_depend_on_the_level(clusters: np.ndarray | None) -> None:
    a, b = np.random.default_rng(6).random((2, 40))
    found = [metrics.paired_difference(a, b, clusters, level=level) for level in (0.8, 0.99, 0.999999)]
    p_values = [one.p_value for one in found if one is not None]
    assert len(p_values) == 3
    assert p_values[0] == p_values[1] == p_values[2]


def test_hallucination_rates_are_compared_by_resampling_and_on_what_both_missed() -> None:
    random = np.random.default_rng(5)
    missed_a, missed_b = random.random((2, 500)) < 0.5
    wrong_a, wrong_b = missed_a & (random.random(500) < 0.8), missed_b & (random.random(500) < 0.3)
    found = metrics.paired_ratio_difference((wrong_a, wrong_b), (missed_a, missed_b))
    assert found is not None
    assert found.interval is not None
    assert found.interval.low < 0.5 < found.interval.high
    assert found.on_shared is not None
    assert found.on_shared.n == int((missed_a & missed_b).sum())


def test_ranks_of_equal_models_are_left_open() -> None:
    same = np.tile((np.arange(100) % 2)[:, None], (1, 4))
    assert metrics.rank_intervals(same) == [(1, 4)] * 4


def test_clear_differences_give_clear_ranks() -> None:
    random = np.random.default_rng(6)
    table = (random.random((600, 3)) < [0.9, 0.5, 0.1]).astype(float)
    assert metrics.rank_intervals(table) == [(1, 1), (2, 2), (3, 3)]
    assert metrics.rank_intervals(table, higher_is_better=False) == [(3, 3), (2, 2), (1, 1)]


def test_two_questions_prove_nothing_even_if_they_agree() -> None:
    assert metrics.rank_intervals([[1, 0], [1, 0]]) == [(1, 2), (1, 2)]


def test_a_rank_is_rarely_sure_and_wrong() -> None:
    random = np.random.default_rng(8)
    wrong = sum(metrics.rank_intervals(random.normal(size=(40, 6)), draws=300) != [(1, 6)] * 6 for _ in range(120))
    assert wrong / 120 <= 0.10


def test_all_differences_at_once_are_wider_than_one_alone_and_hold_together() -> None:
    random = np.random.default_rng(11)
    broken = 0
    for _ in range(150):
        found = metrics.simultaneous_differences(random.normal(size=(50, 5)), draws=300)
        assert [(one.first, one.second) for one in found][:2] == [(0, 1), (0, 2)]
        broken += any(not one.interval.low <= 0 <= one.interval.high for one in found if one.interval)
    assert broken / 150 <= 0.10


def test_a_pair_declared_beforehand_has_the_interval_of_a_pair_alone() -> None:
    random = np.random.default_rng(12)
    table, clusters = random.normal(size=(60, 4)), np.repeat(np.arange(20), 3)
    found = metrics.simultaneous_differences(table, clusters, declared=(2, 1))
    alone = metrics.paired_difference(table[:, 1], table[:, 2], clusters)
    assert alone is not None
    assert alone.interval is not None
    chosen = next(one for one in found if one.declared)
    assert (chosen.first, chosen.second) == (1, 2)
    assert chosen.interval == alone.interval
    others = [one.interval for one in metrics.simultaneous_differences(table, clusters) if one.interval]
    assert all(one.high - one.low > 0 for one in others)
    with pytest.raises(ValueError, match="two of 4 columns"):
        metrics.simultaneous_differences(table, declared=(1, 1))


def test_a_gap_that_no_question_contradicts_still_has_a_width() -> None:
    (found,) = metrics.simultaneous_differences([[1, 0]] * 30)
    assert found.interval is not None
    assert found.interval.low < found.difference < found.interval.high


def test_a_differences_test_and_interval_agree() -> None:
    random = np.random.default_rng(13)
    for _ in range(200):
        a, b = random.random((2, 25)) < [[0.6], [0.4]]
        found = metrics.paired_difference(a, b)
        assert found is not None
        assert found.interval is not None
        assert found.p_value is not None
        assert (found.p_value < 0.05) == (not found.interval.low <= 0 <= found.interval.high)


def test_millers_example_needs_about_a_thousand_questions() -> None:
    variance = PairedVariance(between=1 / 9, within_a=0.0)
    assert metrics.questions_needed(0.03, variance) == 969
    assert metrics.detectable_difference(969, variance) == pytest.approx(0.03, abs=1e-4)


def test_the_pilots_variance_is_taken_apart() -> None:
    random = np.random.default_rng(9)
    gap = random.normal(0, 1.0, 4000)
    a = gap[:, None] + random.normal(0, 2.0, (4000, 8))
    b = random.normal(0, 1.0, (4000, 4))
    found = metrics.paired_variance(a, b)
    assert found.between == pytest.approx(1, abs=0.15)
    assert found.within_a == pytest.approx(4, abs=0.2)
    assert found.within_b == pytest.approx(1, abs=0.1)


def test_a_confidence_sequence_holds_at_every_look_and_a_fixed_interval_does_not() -> None:
    random = np.random.default_rng(10)
    broken = naive = 0
    for _ in range(200):
        x = (random.random(400) < 0.3).astype(float)
        found = metrics.confidence_sequence(x)
        broken += not ((found.low <= 0.3) & (found.high >= 0.3)).all()
        looks = [metrics.wilson_interval(float(x[:n].sum()), n) for n in range(20, 401, 10)]
        naive += any(look is not None and not look.low <= 0.3 <= look.high for look in looks)
    assert broken / 200 <= 0.05
    assert naive / 200 > 0.15


def test_blocks_of_strata_count_as_one_observation() -> None:
    x = np.tile([0.0, 1.0], 50)
    found = metrics.confidence_sequence(np.append(x, 1.0), block=2)
    assert found.low.size == 50
    assert found.low[-1] <= 0.5 <= found.high[-1]
    assert found.high[-1] - found.low[-1] < 0.3
