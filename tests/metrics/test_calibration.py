"""Calibration metrics: order invariance, closed forms, and the faults of others reproduced on request."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibrant import metrics

INVARIANT = [
    metrics.level_ece,
    metrics.ece,
    metrics.equal_mass_ece,
    metrics.debiased_l2,
    metrics.smooth_ece,
    metrics.rms_calibration_error,
    metrics.brier_score,
    metrics.log_score,
]
tied = st.lists(st.tuples(st.sampled_from([0.0, 0.3, 0.5, 0.95, 1.0]), st.integers(0, 1)), min_size=1, max_size=40)


@pytest.mark.parametrize("metric", INVARIANT)
@given(rows=tied, seed=st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_no_calibration_metric_depends_on_the_order_of_rows(metric, rows, seed) -> None:
    p, y = np.array(rows).T
    order = np.random.default_rng(seed).permutation(len(p))
    first, second = metric(p, y), metric(p[order], y[order])
    assert first == second or first == pytest.approx(second, abs=1e-9)


def test_bins_are_closed_below_and_one_belongs_to_the_last() -> None:
    edge = metrics.reliability_table([0.2, 0.2 - 1e-12, 1.0], [1, 0, 1], bins=5)
    assert [(row.low, row.n) for row in edge] == [(0.0, 1), (0.2, 1), (0.8, 1)]


def test_a_tie_block_on_an_equal_mass_edge_is_shared() -> None:
    p, y = [0.5] * 4, [1, 1, 0, 0]
    assert metrics.equal_mass_ece(p, y, bins=2) == pytest.approx(0)
    assert metrics.equal_mass_ece(p, y[::-1], bins=2) == pytest.approx(0)


def test_debiasing_takes_away_what_chance_alone_brings() -> None:
    random = np.random.default_rng(1)
    p = random.random(20_000)
    y = random.random(20_000) < p
    plain = metrics.equal_mass_ece(p, y, bins=200)
    debiased = metrics.debiased_l2(p, y, bins=200)
    assert plain is not None
    assert debiased is not None
    assert debiased < plain / 2


def test_smooth_ece_finds_a_constant_gap() -> None:
    p = np.full(1000, 0.9)
    y = np.arange(1000) % 10 < 6
    assert metrics.smooth_ece(p, y) == pytest.approx(0.3, abs=0.02)


def test_the_published_hle_script_drops_its_most_confident_bin() -> None:
    p, y = np.full(150, 0.9), np.arange(150) % 5 == 0
    assert metrics.rms_calibration_error(p, y, hle_compat=True) == 0
    assert metrics.rms_calibration_error(p, y) == pytest.approx(0.7)


@given(rows=tied)
@settings(max_examples=60, deadline=None)
def test_both_decompositions_add_up_to_the_brier_score(rows) -> None:
    p, y = np.array(rows).T
    parts = metrics.brier_decomposition(p, y)
    assert parts is not None
    assert parts.brier == pytest.approx(parts.reliability - parts.resolution + parts.uncertainty, abs=1e-12)
    assert parts.brier == pytest.approx(parts.miscalibration - parts.discrimination + parts.uncertainty, abs=1e-12)
    assert min(parts.miscalibration, parts.discrimination) >= -1e-12


def test_the_log_score_counts_what_it_clips() -> None:
    assert metrics.log_score_clipped([1.0, 0.0, 0.5], [0, 1, 1]) == 2
    score = metrics.log_score([1.0], [0])
    assert score is not None
    assert 27 < score < 28


@pytest.mark.parametrize("metric", INVARIANT)
def test_what_is_no_probability_is_refused(metric) -> None:
    with pytest.raises(ValueError, match=r"\[0, 1\]; the value at index 1"):
        metric([0.5, 1.5], [0, 1])


@pytest.mark.parametrize("metric", INVARIANT)
def test_of_nothing_everything_is_undefined(metric) -> None:
    assert metric([], []) is None
