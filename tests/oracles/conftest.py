"""Answers to measure: scores without ties and scores as models state them, from a dozen rows to thousands."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

Pair = tuple[NDArray[np.float64], NDArray[np.int64]]

SIZES = [12, 150, 1501, 6000]


def _answers(n: int, calibrated: bool) -> Pair:
    random = np.random.default_rng(n)
    p = random.beta(2, 1, n)
    chance = p if calibrated else 0.1 + 0.7 * p
    return p, (random.random(n) < chance).astype(np.int64)


@pytest.fixture(params=[(n, calibrated) for n in SIZES for calibrated in (False, True)], ids=str)
def continuous(request: pytest.FixtureRequest) -> Pair:
    """Probabilities that all differ, overconfident or calibrated, and what happened."""
    return _answers(*request.param)


@pytest.fixture(params=[(n, steps) for n in SIZES for steps in (4, 16, 10)], ids=str)
def stated(request: pytest.FixtureRequest) -> Pair:
    """Probabilities of few levels, mostly with 0 and 1 among them: quarters, sixteenths, tenths."""
    n, steps = request.param
    p, y = _answers(n, calibrated=False)
    return np.round(p * steps) / steps, y
