"""Where clusters do not differ, an interval is wide or absent, never of width zero."""

import numpy as np
import pytest

from calibrant.metrics import (
    cluster_bootstrap,
    clustered_interval,
    clustered_proportion,
    paired_difference,
    paired_ratio_difference,
    ratio_interval,
)

HALVES = [0, 1] * 3
PAIRS = [0, 0, 1, 1, 2, 2]


def test_a_proportion_equal_in_every_cluster_still_has_a_wide_interval() -> None:
    interval = clustered_proportion(HALVES, [1] * 6, PAIRS)
    assert interval is not None
    assert interval.high - interval.low > 0.5


def test_a_mean_equal_in_every_cluster_has_an_interval_only_with_bounds() -> None:
    interval = clustered_interval(HALVES, PAIRS, bounds=(0, 1))
    assert interval is not None
    assert interval.high - interval.low > 0.5
    assert clustered_interval(HALVES, PAIRS) is None


def test_a_ratio_equal_up_to_rounding_has_a_wide_interval() -> None:
    interval = ratio_interval([0.1] * 6, [0.3] * 6)
    assert interval is not None
    assert interval.high - interval.low > 0.3


def test_a_paired_difference_equal_in_every_cluster_has_no_interval() -> None:
    found = paired_difference(HALVES, [0] * 6, PAIRS)
    assert found is not None
    assert (found.difference, found.interval, found.p_value) == (0.5, None, None)


def test_identical_models_have_no_bootstrap_interval_of_their_ratio_difference() -> None:
    found = paired_ratio_difference((HALVES, HALVES), ([1] * 6, [1] * 6), PAIRS)
    assert found is not None
    assert found.interval is None


@pytest.mark.parametrize("value", [0.0, float("nan")])
def test_a_bootstrap_whose_draws_never_differ_or_are_nan_has_no_interval(value: float) -> None:
    assert cluster_bootstrap(lambda _: value, 6, np.array(PAIRS), draws=20) is None
