"""Routing metrics against closed forms, brute force, and the formulas that RouteLLM and RouterBench publish."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibrant import metrics

Rows = list[tuple[float, int, int]]
asked = st.lists(
    st.tuples(st.sampled_from([0.1, 0.4, 0.7, 0.9]), st.integers(0, 1), st.integers(0, 1)), min_size=2, max_size=40
)
plane = st.lists(
    st.tuples(st.integers(0, 20).map(float), st.integers(0, 20).map(lambda q: q / 20)), min_size=1, max_size=9
)


def columns(rows: Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    s, weak, strong = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return s, weak, strong


@given(rows=asked, seed=st.integers(0, 9))
@settings(max_examples=80, deadline=None)
def test_no_deferral_metric_depends_on_the_order_of_questions(rows: Rows, seed: int) -> None:
    s, weak, strong = columns(rows)
    order = np.random.default_rng(seed).permutation(len(s))
    for metric in (metrics.apgr, lambda *three: metrics.cpt(*three, 0.5)):
        first, second = metric(s, weak, strong), metric(s[order], weak[order], strong[order])
        assert first == second or first == pytest.approx(second, abs=1e-12)


@given(rows=asked, seed=st.integers(0, 9))
@settings(max_examples=30, deadline=None)
def test_apgr_is_the_mean_over_random_orders_within_ties(rows: Rows, seed: int) -> None:
    s, weak, strong = columns(rows)
    found = metrics.apgr(s, weak, strong)
    if found is None:
        assert strong.mean() <= weak.mean() + 1e-9
        return
    random, areas = np.random.default_rng(seed), []
    for _ in range(400):
        order = np.lexsort((random.random(len(s)), -s))
        quality = np.append(weak.mean(), weak.mean() + np.cumsum((strong - weak)[order]) / len(s))
        areas.append(((quality[1:] + quality[:-1]).mean() / 2 - weak.mean()) / (strong.mean() - weak.mean()))
    error = np.std(areas) / 20
    assert found == pytest.approx(np.mean(areas), abs=5 * error + 1e-9)


def test_a_score_that_tells_nothing_has_an_apgr_of_one_half_whatever_the_arms() -> None:
    weak, strong = np.array([0, 0, 1, 1, 0]), np.array([1, 0, 1, 1, 1])
    assert metrics.apgr(np.zeros(5), weak, strong) == pytest.approx(0.5)
    assert metrics.cpt(np.zeros(5), weak, strong, 0.8) == pytest.approx(0.8)


def test_the_oracle_s_apgr_has_its_closed_form() -> None:
    """Gains first, losses last: 1 - g/2 up to the gap's share of what is won, and the same of what is lost."""
    weak, strong = np.repeat([0, 1, 1], [3, 5, 2]), np.repeat([1, 1, 0], [3, 5, 2])
    won, lost = 0.3, 0.2
    area = won * (1 - won / 2) - lost * lost / 2
    assert metrics.apgr(strong - weak, weak, strong) == pytest.approx(area / (won - lost))
    assert metrics.apgr(weak - strong, weak, strong) == pytest.approx(1 - area / (won - lost))


@pytest.mark.parametrize("strong", [[1, 0, 0], [0, 1, 0]])
def test_without_a_gap_nothing_can_be_recovered(strong: list[int]) -> None:
    weak = [1, 0, 1]
    assert metrics.apgr([0.1, 0.2, 0.3], weak, strong) is None
    assert metrics.cpt([0.1, 0.2, 0.3], weak, strong, 0.5) is None
    assert metrics.pgr(0.5, 0.6, 0.6) is None


def as_routellm_computes(s: np.ndarray, weak: np.ndarray, strong: np.ndarray) -> float:
    """Their evaluate.py step by step: eleven thresholds of ten bins, accuracy and share in per cent, three areas."""
    thresholds = np.quantile(s, np.linspace(0, 1, 11))
    points = []
    for i, threshold in enumerate(thresholds):
        selected = s >= threshold if i != len(thresholds) - 1 else s > threshold
        points.append((selected.mean() * 100, np.where(selected, strong, weak).sum() / len(s) * 100))
    share, accuracy = np.array(sorted(points)).T
    x = share / 100

    def area(y: np.ndarray) -> float:
        return float(np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2))

    low, high = area(np.full(11, weak.mean() * 100)), area(np.full(11, strong.mean() * 100))
    return (area(accuracy) - low) / (high - low)


@pytest.mark.parametrize("seed", range(5))
def test_apgr_of_quantiles_is_what_routellm_s_code_gives_and_near_the_exact_area(seed: int) -> None:
    random = np.random.default_rng(seed)
    ease = random.normal(size=1000)
    weak, strong = (ease + random.normal(size=1000) > 0.4).astype(float), (ease + 1.2 > 0.5).astype(float)
    s = -ease + random.normal(size=1000)
    theirs = metrics.apgr_of_quantiles(s, weak, strong)
    assert theirs == pytest.approx(as_routellm_computes(s, weak, strong), abs=1e-12)
    assert theirs == pytest.approx(metrics.apgr(s, weak, strong), abs=0.015)


def test_apgr_of_quantiles_is_undefined_where_ties_leave_no_ten_bins() -> None:
    assert metrics.apgr_of_quantiles([0.1, 0.1, 0.9], [0, 0, 1], [1, 1, 1]) is None


@given(rows=asked, share=st.sampled_from([0.0, 0.2, 0.5, 0.8, 1.0]))
@settings(max_examples=80, deadline=None)
def test_cpt_is_the_first_point_of_the_curve_that_recovers_the_share(rows: Rows, share: float) -> None:
    s, weak, strong = columns(rows)
    found = metrics.cpt(s, weak, strong, share)
    if found is None:
        assert strong.mean() <= weak.mean() + 1e-9
        return
    curve = metrics.deferral_curve(s, weak, strong)
    fine = np.unique(np.concatenate([np.linspace(0, 1, 2001), curve.calls, [found]]))
    recovered = (np.interp(fine, curve.calls, curve.quality) - weak.mean()) / (strong.mean() - weak.mean())
    assert recovered[fine == found][0] >= share - 1e-9
    assert (recovered[fine < found - 1e-9] < share).all()


def mixed(points: list[tuple[float, float]], cost: float) -> float:
    """Best of all mixtures of one or two points that cost no more than this: what the hull claims to be."""
    best = max((q for c, q in points if c <= cost), default=-np.inf)
    for (c, q), (d, r) in combinations(points, 2):
        (c, q), (d, r) = sorted([(c, q), (d, r)])
        if c <= cost < d:
            best = max(best, q + (r - q) * (cost - c) / (d - c))
    return best


@given(points=plane, seed=st.integers(0, 9))
@settings(max_examples=100, deadline=None)
def test_the_hull_is_the_best_mixture_of_two_points_at_every_cost(points: list[tuple[float, float]], seed: int) -> None:
    cost, quality = np.array(points).T
    order = np.random.default_rng(seed).permutation(len(points))
    found, again = metrics.hull(cost, quality), metrics.hull(cost[order], quality[order])
    assert found.cost.tolist() == again.cost.tolist()
    assert found.quality.tolist() == again.quality.tolist()
    assert (np.diff(found.cost) > 0).all()
    assert (np.diff(found.quality) > 0).all()
    for at in np.linspace(cost.min(), cost.max() + 1, 23):
        assert found.at(float(at)) == pytest.approx(mixed(points, float(at)), abs=1e-9)
    assert found.at(float(cost.min()) - 1) is None


@given(points=plane)
@settings(max_examples=60, deadline=None)
def test_aiq_is_the_mean_height_of_the_hull(points: list[tuple[float, float]]) -> None:
    cost, quality = np.array(points).T
    found = metrics.aiq(cost, quality)
    if cost.min() == cost.max():
        assert found is None
        return
    middles = (np.arange(4000) + 0.5) / 4000 * (cost.max() - cost.min()) + cost.min()
    hull = metrics.hull(cost, quality)
    assert found == pytest.approx(np.mean([hull.at(float(one)) for one in middles]), abs=1e-3)


def test_over_one_range_a_hull_goes_on_level_and_answers_nothing_for_less_than_its_cheapest_point() -> None:
    cost, quality = [1.0, 3.0], [0.4, 0.8]
    assert metrics.aiq(cost, quality) == pytest.approx(0.6)
    assert metrics.aiq(cost, quality, between=(1, 5)) == pytest.approx((2 * 0.6 + 2 * 0.8) / 4)
    assert metrics.aiq(cost, quality, between=(0, 3)) == pytest.approx(2 * 0.6 / 3)
    assert metrics.aiq(cost, quality, between=(0, 1)) == 0
    assert metrics.aiq(cost, quality, between=(2, 2)) is None


def test_over_the_range_from_nothing_aiq_is_routerbench_s_area_over_the_greatest_cost() -> None:
    """Their calc_AIQ pads every hull level to the common greatest cost and divides the area by it."""
    cost, quality, greatest = np.array([0.5, 2.0, 4.0]), np.array([0.3, 0.7, 0.8]), 6.0
    theirs = (1.5 * (0.3 + 0.7) / 2 + 2.0 * (0.7 + 0.8) / 2 + 2.0 * 0.8) / greatest
    assert metrics.aiq(cost, quality, between=(0, greatest)) == pytest.approx(theirs)


def test_cost_at_equal_quality_is_a_share_of_the_best_model_s_cost() -> None:
    cost, quality = [1.0, 3.0], [0.4, 0.8]
    assert metrics.quality_neutral_cost(cost, quality, 0.6, 4.0) == pytest.approx(0.5)
    assert metrics.quality_neutral_cost(cost, quality, 0.9, 4.0) is None
    assert metrics.quality_neutral_cost(cost, quality, 0.2, 4.0) == pytest.approx(0.25)
    assert metrics.quality_neutral_cost(cost, quality, 0.6, 0.0) is None


def test_cost_per_success_is_all_dollars_over_all_right_answers() -> None:
    found = metrics.cost_per_success([1, 2, 3, 2], [1, 0, 1, 0])
    assert found is not None
    assert found.value == 4
    assert found.interval is not None
    assert found.interval.low < 4 < found.interval.high
    assert metrics.cost_per_success([1, 2], [0, 0]) is None
    free = metrics.cost_per_success([0, 0], [1, 0])
    assert free is not None
    assert (free.value, free.interval) == (0, None)


def test_the_interval_of_cost_per_success_covers_the_truth_nineteen_times_in_twenty() -> None:
    random, inside = np.random.default_rng(7), 0
    for _ in range(1000):
        document = random.gamma(4, 0.25, 60)
        chance = np.repeat(random.beta(6, 4, 60), 4)
        cost = np.repeat(document, 4) * random.lognormal(-0.125, 0.5, 240)
        found = metrics.cost_per_success(cost, random.random(240) < chance, np.repeat(np.arange(60), 4))
        assert found is not None
        assert found.interval is not None
        inside += found.interval.low <= 1 / 0.6 <= found.interval.high
    assert 0.93 <= inside / 1000 <= 0.97


def test_the_interval_of_apgr_is_one_of_resampled_clusters() -> None:
    random = np.random.default_rng(3)
    weak, strong = random.integers(0, 2, 60), np.ones(60)
    s, other = random.normal(size=60) - 4 * weak, random.normal(size=60)
    document = np.repeat(np.arange(20), 3)
    found = metrics.apgr_interval(s, weak, strong, document, draws=200, seed=4)
    by_hand = metrics.cluster_bootstrap(
        lambda rows: metrics.apgr(s[rows], weak[rows], strong[rows]), 60, document, draws=200, seed=4
    )
    assert found is not None
    assert by_hand is not None
    assert found.interval == pytest.approx(by_hand.interval, abs=1e-9)
    paired = metrics.apgr_interval(s, weak, strong, document, against=other, draws=200, seed=4)
    assert paired is not None
    assert paired.interval.low > 0
    same = metrics.apgr_interval(s, weak, strong, document, against=s, draws=200)
    assert same is None


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: metrics.apgr([], [], []), "no questions"),
        (lambda: metrics.apgr([0.1, np.nan], [0, 1], [1, 1]), "not finite"),
        (lambda: metrics.apgr([0.1, 0.2], [0, 2], [1, 1]), "weak must lie"),
        (lambda: metrics.apgr([0.1], [0, 1], [1, 1]), "different lengths"),
        (lambda: metrics.hull([], []), "no points"),
        (lambda: metrics.hull([-1.0], [0.5]), "negative"),
        (lambda: metrics.cost_per_success([-1.0], [1]), "negative"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(call, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()
