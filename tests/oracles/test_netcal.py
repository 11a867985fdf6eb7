"""Binned calibration errors against netcal, which brings torch along (CONTRIBUTING says how to get its CPU build)."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from calibrant import metrics

pytest.importorskip("netcal.metrics", reason="netcal is not installed (extra: oracles)")

Pair = tuple[NDArray[np.float64], NDArray[np.int64]]


@pytest.mark.parametrize("bins", [1, 7, 10, 15, 100])
def test_ece_agrees_with_netcal(continuous: Pair, bins: int) -> None:
    from netcal.metrics import ECE

    p, y = continuous
    assert metrics.ece(p, y, bins=bins) == pytest.approx(ECE(bins=bins).measure(p, y), abs=1e-12)


@pytest.mark.parametrize("bins", [2, 4, 8, 16, 64])
def test_ece_of_stated_confidences_agrees_where_the_edges_have_no_rounding(stated: Pair, bins: int) -> None:
    from netcal.metrics import ECE

    p, y = stated
    assert metrics.ece(p, y, bins=bins) == pytest.approx(ECE(bins=bins).measure(p, y), abs=1e-12)


def test_a_level_on_a_decimal_edge_opens_our_bin_and_may_close_one_of_netcal() -> None:
    from netcal.metrics import ECE

    # The edge is 3/10 here and 3 x 0.1, which is a little more, there: .3 joins .25 there.
    p, y = np.array([0.25, 0.3]), np.array([0, 1])
    assert metrics.ece(p, y, bins=10) == pytest.approx((0.25 + 0.7) / 2)
    assert ECE(bins=10).measure(p, y) == pytest.approx(abs(1 - 0.55) / 2)


@pytest.mark.parametrize(("n", "bins"), [(150, 15), (1500, 15), (1500, 10), (6000, 100)])
def test_equal_mass_ece_agrees_with_netcal_where_the_rows_divide_evenly(n: int, bins: int) -> None:
    from netcal.metrics import ECE

    random = np.random.default_rng(n + bins)
    p = random.beta(2, 1, n)
    y = (random.random(n) < 0.1 + 0.7 * p).astype(np.int64)
    theirs = ECE(bins=bins, equal_intervals=False).measure(p, y)
    assert metrics.equal_mass_ece(p, y, bins=bins) == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("bins", [8, 16])
def test_the_rows_of_the_reliability_table_give_the_other_errors_of_netcal(stated: Pair, bins: int) -> None:
    from netcal.metrics import ACE, MCE

    p, y = stated
    gaps = [abs(row.mean_y - row.mean_p) for row in metrics.reliability_table(p, y, bins=bins)]
    assert np.mean(gaps) == pytest.approx(ACE(bins=bins).measure(p, y), abs=1e-12)
    assert np.max(gaps) == pytest.approx(MCE(bins=bins).measure(p, y), abs=1e-12)
