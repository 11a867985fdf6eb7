"""Where two models change places as a wrong answer gets dearer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant.metrics import crossing_price, outcome_metrics, paired_difference, settled_prices

COUNTS = st.tuples(*[st.integers(0, 40)] * 4).filter(lambda counts: sum(counts) > 0)


@given(COUNTS, COUNTS)
def test_at_the_crossing_price_both_indices_are_the_same(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    (c, _, i, _), (d, _, j, _) = one, other
    price = crossing_price(c / sum(one), i / sum(one), d / sum(other), j / sum(other))
    if price is None or price > 0.999:
        return
    indices = [
        outcome_metrics(correct=c, partial=p, incorrect=i, abstained=a, price=price).index_at_price
        for c, p, i, a in (one, other)
    ]
    assert indices[0] == pytest.approx(indices[1], rel=1e-6, abs=1e-6)


def test_models_that_are_wrong_equally_often_never_change_places() -> None:
    assert crossing_price(0.6, 0.2, 0.4, 0.2) is None


def test_a_model_better_at_both_is_never_overtaken() -> None:
    assert crossing_price(0.6, 0.1, 0.4, 0.3) is None


def drawn(seed: int, documents: int = 40, each: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    hard = np.repeat(draw.normal(0, 0.15, documents), each)
    both = [draw.random(documents * each) for _ in range(2)]
    right = (both[0] < 0.60 + hard).astype(float) - (both[1] < 0.45 + hard)
    wrong = (both[0] > 0.65 + hard).astype(float) - (both[1] > 0.85 + hard)
    return right, wrong, np.repeat(np.arange(documents), each)


@pytest.mark.parametrize("seed", range(5))
def test_settled_prices_are_those_at_which_the_paired_interval_leaves_zero_out(seed: int) -> None:
    right, wrong, document = drawn(seed)
    found = settled_prices(right, wrong, document)
    for price in np.linspace(0.0, 0.94, 95):
        at_price = paired_difference(right - price / (1 - price) * wrong, np.zeros(len(right)), document)
        assert at_price is not None
        assert at_price.interval is not None
        low, high = at_price.interval
        assert any(a <= price < b for a, b in found.first) == (low > 0)
        assert any(a <= price < b for a, b in found.second) == (high < 0)


def test_the_true_crossing_is_left_open_as_often_as_promised() -> None:
    truth = crossing_price(0.60, 0.35, 0.45, 0.15)
    assert truth is not None
    left_open = []
    for seed in range(400):
        right, wrong, document = drawn(1000 + seed)
        found = settled_prices(right, wrong, document)
        left_open.append(not any(low < truth < high for low, high in (*found.first, *found.second)))
    assert 0.92 <= np.mean(left_open) <= 0.98


def test_models_that_always_differ_alike_are_not_called_settled() -> None:
    found = settled_prices([1, 1, 1], [0, 0, 0])
    assert (found.first, found.second) == ((), ())


@pytest.mark.parametrize("options", [{"level": 1.0}, {"highest": 1.0}, {"level": 0.0}])
def test_a_level_or_a_price_out_of_range_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="level and highest"):
        settled_prices([1, 0], [0, 1], **options)
