"""Intervals cover what they promise, also with clusters, and say nothing where nothing can be said."""

from __future__ import annotations

import numpy as np
import pytest

from calibrant import metrics


def test_without_repeats_a_proportion_is_plain_wilson() -> None:
    y = np.arange(50) < 12
    assert metrics.clustered_proportion(y) == metrics.wilson_interval(12, 50)


def test_identical_repeats_do_not_narrow_the_interval() -> None:
    y = np.arange(60) % 3 == 0
    once = metrics.clustered_proportion(y)
    five = metrics.clustered_proportion(np.repeat(y, 5), clusters=np.repeat(np.arange(60), 5))
    assert once is not None
    assert five is not None
    assert five.high - five.low >= once.high - once.low - 1e-9


def test_an_event_that_never_happened_is_bounded_by_the_number_of_clusters() -> None:
    never = metrics.clustered_proportion(np.zeros(500), clusters=np.repeat(np.arange(20), 25))
    assert never is not None
    assert never.low == 0
    plain = metrics.wilson_interval(0, 20)
    assert plain is not None
    assert never.high >= plain.high


def test_the_same_outcome_everywhere_is_no_certainty() -> None:
    found = metrics.clustered_interval(np.full(40, 100.0), bounds=(-100, 100))
    assert found is not None
    assert found.high == 100
    assert found.low < 90
    assert metrics.clustered_interval(np.full(40, 100.0)) is None


def test_one_cluster_says_nothing() -> None:
    clusters = ["only"] * 10
    y = np.arange(10) % 2
    assert metrics.clustered_proportion(y, clusters=clusters) is None
    assert metrics.clustered_interval(y, clusters) is None
    assert metrics.ratio_interval(y, np.ones(10), clusters) is None
    assert metrics.wilson_interval(0, 0) is None


def test_few_clusters_or_events_are_called_thin() -> None:
    y = np.arange(100) < 50
    assert not metrics.evidence(y).thin
    assert metrics.evidence(np.arange(100) < 4).thin
    assert metrics.evidence(y, clusters=np.arange(100) % 19).thin


def test_a_bootstrap_agrees_with_the_formula_and_repeats_itself() -> None:
    values = np.random.default_rng(0).normal(size=400)
    clusters = np.repeat(np.arange(80), 5)
    formula = metrics.clustered_interval(values, clusters)
    drawn = [metrics.cluster_bootstrap(lambda rows: float(values[rows].mean()), 400, clusters) for _ in range(2)]
    assert formula is not None
    assert drawn[0] is not None
    assert drawn[0] == drawn[1]
    assert drawn[0].interval == pytest.approx(formula, abs=0.02)


def test_coverage_holds_with_clusters() -> None:
    random = np.random.default_rng(7)
    covered, naive, draws = 0, 0, 400
    clusters = np.repeat(np.arange(30), 10)
    for _ in range(draws):
        rates = random.beta(0.6 * 4, 0.4 * 4, 30)
        y = random.random(300) < np.repeat(rates, 10)
        found, plain = metrics.clustered_proportion(y, clusters=clusters), metrics.clustered_proportion(y)
        assert found is not None
        assert plain is not None
        covered += found.low <= 0.6 <= found.high
        naive += plain.low <= 0.6 <= plain.high
    assert covered / draws >= 0.92
    assert naive / draws < 0.85


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.int32, np.float32])
def test_counts_of_any_kind_give_the_same_interval_in_pythons_own_numbers(kind: type) -> None:
    found = metrics.wilson_interval(kind(100), kind(120))
    assert found == metrics.wilson_interval(100, 120)
    assert found is not None
    assert [type(end) for end in found] == [float, float]


def test_effective_counts_may_be_tiny_or_huge() -> None:
    tiny = metrics.wilson_interval(5e-301, 1e-300)
    assert tiny == pytest.approx((0, 1), abs=1e-9)
    huge = metrics.wilson_interval(10**20, 2 * 10**20)
    assert huge == pytest.approx((0.5, 0.5), abs=1e-9)


@pytest.mark.parametrize("labels", [["a", None, "b"], [None, None, None], [0.0, float("nan"), 1.0]])
def test_a_row_without_a_cluster_is_named(labels: list[object]) -> None:
    with pytest.raises(ValueError, match=r"the one at index [01] has none"):
        metrics.clustered_interval([0.0, 1.0, 2.0], np.array(labels))


def test_clusters_of_two_kinds_are_refused() -> None:
    with pytest.raises(ValueError, match="labels of one kind"):
        metrics.clustered_interval([0.0, 1.0], np.array(["a", 1], dtype=object))


@pytest.mark.parametrize("arguments", [(-1, 5), (6, 5), (1, float("inf")), (1, 10**400)])
def test_counts_that_do_not_fit_are_refused(arguments: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="successes"):
        metrics.wilson_interval(*arguments)
