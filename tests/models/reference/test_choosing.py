"""Drawing tokens: greedy, by temperature, by the nucleus."""

from __future__ import annotations

import numpy as np
import pytest

from calibrant.models import Sampling
from calibrant.models.reference.choosing import draw, likeliest, log_total

LOGITS = np.log(np.array([0.1, 0.5, 0.15, 0.25], np.float32))


def shares(sampling: Sampling) -> list[float]:
    draws = [draw(LOGITS, sampling, chance) for chance in np.arange(1000) / 1000]
    return [draws.count(token) / 1000 for token in range(4)]


@pytest.mark.parametrize("temperature", [None, 0.0, 1e-300])
def test_without_temperature_the_likeliest_is_taken(temperature: float | None) -> None:
    assert shares(Sampling(temperature=temperature)) == [0, 1, 0, 0]


def test_at_temperature_1_each_token_has_its_share() -> None:
    assert shares(Sampling(temperature=1.0)) == pytest.approx([0.1, 0.5, 0.15, 0.25], abs=0.002)


def test_temperature_is_the_exponent_of_the_shares() -> None:
    raised = np.array([0.1, 0.5, 0.15, 0.25]) ** 2
    assert shares(Sampling(temperature=0.5)) == pytest.approx(list(raised / raised.sum()), abs=0.002)
    assert shares(Sampling(temperature=1e300)) == pytest.approx([0.25] * 4, abs=0.002)


@pytest.mark.parametrize(
    ("top_p", "kept"),
    [(0.0, [1]), (0.4, [1]), (0.6, [1, 3]), (0.8, [1, 3, 2]), (0.95, [1, 3, 2, 0]), (1.0, [0, 1, 2, 3])],
)
def test_top_p_keeps_the_fewest_that_fill_the_share(top_p: float, kept: list[int]) -> None:
    found = shares(Sampling(temperature=1.0, top_p=top_p))
    assert [token for token in range(4) if found[token] > 0] == sorted(kept)
    if kept == [1, 3]:
        assert found == pytest.approx([0, 2 / 3, 0, 1 / 3], abs=0.002)


def test_the_likeliest_come_in_their_order() -> None:
    assert likeliest(LOGITS, 3) == [1, 3, 2]
    assert likeliest(LOGITS, 10) == [1, 3, 2, 0]


def test_the_total_tells_how_sure_a_sure_model_is() -> None:
    logits = np.array([[0.0, -25.0, -26.0], [3.0, 3.0, 3.0]], np.float32)
    sure, even = logits[:, 0] - log_total(logits)
    assert sure == pytest.approx(-(np.exp(-25) + np.exp(-26)), rel=1e-4)  # float32 alone would say 0
    assert even == pytest.approx(-np.log(3))
