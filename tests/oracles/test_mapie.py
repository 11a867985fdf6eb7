"""ECE, AUROC, AURC and the binomial test against MAPIE."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from calibrant import metrics

pytest.importorskip("mapie.metrics.uncertainty", reason="MAPIE 1.6 or later is not installed (extra: oracles)")

Pair = tuple[NDArray[np.float64], NDArray[np.int64]]


@pytest.mark.parametrize("bins", [1, 7, 10, 15, 100])
def test_ece_agrees_with_mapie_asked_for_a_bin_more(continuous: Pair, bins: int) -> None:
    from mapie.metrics.calibration import expected_calibration_error

    # They count edges: b + 1 of them make b bins.
    p, y = continuous
    theirs = expected_calibration_error(y, p, num_bins=bins + 1, split_strategy="uniform")
    assert metrics.ece(p, y, bins=bins) == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("bins", [2, 8, 16])
def test_the_bins_of_mapie_are_closed_above_so_that_its_ece_is_ours_of_the_complement(stated: Pair, bins: int) -> None:
    from mapie.metrics.calibration import expected_calibration_error

    p, y = stated
    p, y = p[p > 0], y[p > 0]  # a probability of 0 has a bin of its own there
    p = np.round(p * 16) / 16  # exact, and so is 1 - p
    theirs = expected_calibration_error(y, p, num_bins=bins + 1, split_strategy="uniform")
    assert metrics.ece(1 - p, 1 - y, bins=bins) == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("bins", [1, 7, 10, 15, 100])
def test_equal_mass_ece_agrees_with_mapie_given_the_rows_in_order(continuous: Pair, bins: int) -> None:
    from mapie.metrics.calibration import expected_calibration_error

    # It splits the rows as they come, so they must come in order; and it cannot make more bins than rows.
    p, y = continuous
    order = np.argsort(p)
    theirs = expected_calibration_error(y[order], p[order], num_bins=min(bins, p.size), split_strategy="array split")
    assert metrics.equal_mass_ece(p, y, bins=bins) == pytest.approx(theirs, abs=1e-12)


def test_aurc_is_one_less_their_area_under_the_accuracy_rejection_curve(continuous: Pair) -> None:
    from mapie.metrics.uncertainty import auarc

    p, y = continuous
    assert metrics.aurc(p, y) == pytest.approx(1 - auarc(y, p), abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_aurc_under_ties_is_the_mean_of_theirs_over_every_order_of_the_rows(seed: int) -> None:
    from mapie.metrics.uncertainty import auarc

    random = np.random.default_rng(seed)
    p, y = random.choice([0.5, 0.8, 0.9], 6), random.integers(0, 2, 6)
    areas = [auarc(y[list(order)], p[list(order)]) for order in permutations(range(6))]
    assert metrics.aurc(p, y) == pytest.approx(1 - np.mean(areas), abs=1e-12)


def test_auroc_agrees_with_mapie_under_ties(stated: Pair) -> None:
    from mapie.metrics.uncertainty import auroc

    p, y = stated
    assert metrics.auroc(p, y) == pytest.approx(auroc(y, p), abs=1e-12)


@pytest.mark.parametrize(("errors", "n", "alpha"), [(3, 80, 0.1), (5, 100, 0.15), (20, 400, 0.1), (48, 60, 0.9)])
def test_their_bentkus_p_value_is_e_times_ours(errors: int, n: int, alpha: float) -> None:
    from mapie.risk_control.methods import compute_hoeffding_bentkus_p_value

    # They take the smaller of two bounds, and these are cases where it is the binomial one.
    theirs = compute_hoeffding_bentkus_p_value(np.array([errors / n]), np.array([n]), np.array([alpha]))
    assert np.e * metrics.binomial_p_value(errors, n, alpha) == pytest.approx(theirs.item(), rel=1e-9)
