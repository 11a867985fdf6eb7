"""Binned errors, debiased and not, against uncertainty-calibration, the library of Kumar, Liang & Ma."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from calibrant import metrics

calibration = pytest.importorskip("calibration", reason="uncertainty-calibration is not installed (extra: oracles)")

Pair = tuple[NDArray[np.float64], NDArray[np.int64]]


@pytest.mark.parametrize("bins", [1, 5, 15, 75])
def test_debiased_l2_agrees_with_the_library_of_its_authors(continuous: Pair, bins: int) -> None:
    p, y = continuous
    # A bin of one row has no variance: they count it as no error, we make no such bin.
    bins = min(bins, p.size // 2)
    theirs = calibration.lower_bound_scaling_ce(p, y, p=2, debias=True, num_bins=bins)
    assert metrics.debiased_l2(p, y, bins=bins) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("bins", [1, 7, 10, 15])
def test_ece_agrees_with_theirs(continuous: Pair, bins: int) -> None:
    p, y = continuous
    assert metrics.ece(p, y, bins=bins) == pytest.approx(calibration.get_ece(p, y, num_bins=bins), abs=1e-12)


@pytest.mark.parametrize("bins", [1, 7, 15, 100])
def test_equal_mass_ece_agrees_with_theirs_whether_or_not_the_rows_divide_evenly(continuous: Pair, bins: int) -> None:
    p, y = continuous
    assert metrics.equal_mass_ece(p, y, bins=bins) == pytest.approx(
        calibration.get_ece_em(p, y, num_bins=bins), abs=1e-12
    )


def test_the_error_by_levels_agrees_with_theirs_of_a_binned_model(stated: Pair) -> None:
    p, y = stated
    assert metrics.level_ece(p, y) == pytest.approx(calibration.get_binning_ce(p, y, p=1, debias=False), abs=1e-12)


def test_aurc_is_one_less_their_area_under_coverage_and_accuracy(continuous: Pair) -> None:
    p, y = continuous
    assert metrics.aurc(p, y) == pytest.approx(1 - calibration.utils.get_selective_stats(p, y)[0], abs=1e-12)
