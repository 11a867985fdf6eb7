import numpy as np
import pytest

from calibrant.metrics import cost_per_success


def test_every_cost_counts_and_only_successes_divide() -> None:
    found = cost_per_success([1.0, 2.0, 3.0, 2.0], [1, 0, 1, 0])
    assert found is not None
    assert found.value == 4.0


def test_equal_costs_give_the_interval_of_the_success_rate() -> None:
    success = np.array([1.0] * 60 + [0.0] * 40)
    found = cost_per_success(np.full(100, 0.5), success)
    assert found is not None
    assert found.interval is not None
    # With constant cost the relative error is that of the mean of successes: sqrt(p (1 - p)/(n - 1))/p.
    error = np.sqrt(0.6 * 0.4 / 99) / 0.6
    assert np.log(found.interval.high / found.value) == pytest.approx(1.984217 * error, rel=1e-5)


def test_a_cost_without_a_success_is_undefined_and_free_ones_have_no_interval() -> None:
    assert cost_per_success([1.0, 1.0], [0, 0]) is None
    free = cost_per_success([0.0, 0.0], [1, 0])
    assert free is not None
    assert (free.value, free.interval) == (0.0, None)
    alone = cost_per_success([1.0, 2.0], [1, 1], ["a", "a"])
    assert alone is not None
    assert alone.interval is None
    with pytest.raises(ValueError, match="negative"):
        cost_per_success([-1.0], [1])


@pytest.mark.parametrize("size", [1, 5])
def test_the_interval_holds_the_true_cost_in_about_its_share_of_draws(size: int) -> None:
    random = np.random.default_rng(size)
    held = 0
    for _ in range(600):
        documents = np.repeat(np.arange(80), size)
        chance = random.beta(3, 2, 80)[documents]
        right = (random.random(len(documents)) < chance).astype(float)
        cost = random.gamma(2.0, 0.5, len(documents)) * (1 + (1 - right))  # mean 1 where right, 2 where not
        found = cost_per_success(cost, right, documents)
        assert found is not None
        assert found.interval is not None
        held += found.interval.low <= (0.6 * 1 + 0.4 * 2) / 0.6 <= found.interval.high
    assert 0.92 <= held / 600 <= 0.98
