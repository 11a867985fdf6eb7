"""Metrics against scikit-learn, with and without ties."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from calibrant import metrics

pytest.importorskip("sklearn")

Pair = tuple[NDArray[np.float64], NDArray[np.int64]]


@pytest.fixture(params=["continuous", "stated", "certain"])
def pair(request: pytest.FixtureRequest) -> Pair:
    """Probabilities, overconfident by a little, and what happened."""
    random = np.random.default_rng(20)
    p = random.beta(2, 1, 3000)
    if request.param == "stated":
        p = np.round(p, 1)
    if request.param == "certain":
        p = np.where(p > 0.8, 1.0, np.round(p, 2))
    return p, (random.random(3000) < 0.1 + 0.7 * p).astype(np.int64)


def test_auroc_agrees_with_scikit_learn(pair: Pair) -> None:
    from sklearn.metrics import roc_auc_score

    p, y = pair
    assert metrics.auroc(p, y) == pytest.approx(roc_auc_score(y, p), abs=1e-12)


def test_the_brier_score_agrees_with_scikit_learn(pair: Pair) -> None:
    from sklearn.metrics import brier_score_loss

    p, y = pair
    assert metrics.brier_score(p, y) == pytest.approx(brier_score_loss(y, p), abs=1e-12)


def test_the_log_score_agrees_with_scikit_learn_at_the_same_clip(pair: Pair) -> None:
    from sklearn.metrics import log_loss

    p, y = pair
    assert metrics.log_score(p, y) == pytest.approx(log_loss(y, np.clip(p, 1e-12, 1 - 1e-12)), abs=1e-9)


def test_corp_agrees_with_isotonic_regression_of_scikit_learn(pair: Pair) -> None:
    from sklearn.isotonic import IsotonicRegression

    p, y = pair
    recalibrated = IsotonicRegression(y_min=0, y_max=1).fit(p, y).predict(p)
    best = np.square(recalibrated - y).mean()
    parts = metrics.brier_decomposition(p, y)
    assert parts is not None
    assert parts.miscalibration == pytest.approx(parts.brier - best, abs=1e-9)
    assert parts.discrimination == pytest.approx(parts.uncertainty - best, abs=1e-9)


@pytest.mark.parametrize("bins", [7, 10, 15])
def test_the_reliability_table_agrees_with_the_calibration_curve(pair: Pair, bins: int) -> None:
    from sklearn.calibration import calibration_curve

    # Scikit-learn's bins are closed above, ours below: scores on an edge would fall apart. Move them off it.
    p, y = pair
    p = np.clip(p * 0.98 + 0.003, 0, 1)
    inside = np.abs(p * bins - np.round(p * bins)) > 1e-9
    rates, means = calibration_curve(y[inside], p[inside], n_bins=bins)
    rows = metrics.reliability_table(p[inside], y[inside], bins=bins)
    assert [row.mean_y for row in rows] == pytest.approx(rates, abs=1e-12)
    assert [row.mean_p for row in rows] == pytest.approx(means, abs=1e-12)
