import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant.metrics import confidence_sequence

GRID = [round(k / 1000, 3) for k in range(1, 1000)]
METHODS = ("betting", "empirical_bernstein")


@pytest.mark.parametrize("method", METHODS)
@given(values=st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_bounds_only_ever_close_in_and_stay_in_range(method: str, values: list[float]) -> None:
    found = confidence_sequence(values, method=method)
    assert (np.diff(found.low) >= 0).all()
    assert (np.diff(found.high) <= 0).all()
    assert found.low[0] >= 0
    assert found.high[0] <= 1


@pytest.mark.parametrize("method", METHODS)
def test_looking_after_every_observation_misses_the_mean_in_at_most_the_stated_share(method: str) -> None:
    rng = np.random.default_rng(1)
    missed = 0
    for _ in range(300):
        found = confidence_sequence(rng.random(300) < 0.3, method=method)
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


def test_betting_is_the_narrower_of_the_two_where_values_hardly_vary() -> None:
    values = np.random.default_rng(3).beta(2, 60, size=200)
    betting, bernstein = (confidence_sequence(values, method=method) for method in METHODS)
    assert betting.high[-1] - betting.low[-1] < bernstein.high[-1] - bernstein.low[-1]


def test_betting_agrees_with_the_product_written_out() -> None:
    values = np.random.default_rng(4).random(40)
    found = confidence_sequence(values, level=0.8)
    mean, variance, rich = 0.5, 0.25, np.log(2 / 0.2)
    rising, falling = dict.fromkeys(GRID, 0.0), dict.fromkeys(GRID, 0.0)
    out: set[float] = set()
    for t, x in enumerate(values, start=1):
        bet = np.sqrt(2 * rich / (variance * t * np.log1p(t)))
        for m in GRID:
            rising[m] += np.log(1 + min(bet, 0.5 / m) * (x - m))
            falling[m] += np.log(1 - min(bet, 0.5 / (1 - m)) * (x - m))
            if max(rising[m], falling[m]) >= rich:
                out.add(m)
        seen = values[:t]
        means = (0.5 + np.cumsum(seen)) / (np.arange(1, t + 1) + 1)
        mean = means[-1]
        variance = (0.25 + ((seen - means) ** 2).sum()) / (t + 1)
    left = [m for m in GRID if m not in out]
    assert found.low[-1] < min(left) <= mean <= max(left) < found.high[-1]
    assert min(left) - found.low[-1] <= 0.001 + 1e-9
    assert found.high[-1] - max(left) <= 0.001 + 1e-9


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(ValueError, match="method"):
        confidence_sequence([0.5], method="hoping")  # type: ignore[arg-type]
