import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant.metrics import confidence_sequence


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_bounds_only_ever_close_in_and_stay_in_range(values: list[float]) -> None:
    found = confidence_sequence(values)
    assert (np.diff(found.low) >= 0).all()
    assert (np.diff(found.high) <= 0).all()
    assert found.low[0] >= 0
    assert found.high[0] <= 1


def test_looking_after_every_observation_misses_the_mean_in_at_most_the_stated_share() -> None:
    rng = np.random.default_rng(1)
    missed = 0
    for _ in range(300):
        found = confidence_sequence(rng.random(300) < 0.3)
        missed += bool(found.low[-1] > 0.3 or found.high[-1] < 0.3)
    # .05 plus three standard errors of 300 draws.
    assert missed / 300 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)


def test_a_mean_is_pinned_down_with_many_observations() -> None:
    values = np.random.default_rng(2).choice([-1.0, 0.0, 1.0], p=[0.1, 0.5, 0.4], size=4000)
    found = confidence_sequence(values, bounds=(-1, 1))
    assert 0.1 < found.low[-1] < 0.3 < found.high[-1] < 0.5


def test_complete_blocks_count_as_one_observation_and_a_torn_one_is_left_out() -> None:
    values = [0.0, 1.0, 1.0, 1.0, 0.0]
    blocked = confidence_sequence(values, block=2)
    assert blocked.low.tolist() == confidence_sequence([0.5, 1.0]).low.tolist()


def test_a_value_out_of_bounds_is_refused() -> None:
    with pytest.raises(ValueError, match="within"):
        confidence_sequence([0.5, 1.5])
