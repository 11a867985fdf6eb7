"""Calibration error, AUROC and Brier score against torchmetrics, which needs torch (CONTRIBUTING: its CPU build)."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from calibrant import metrics

torch = pytest.importorskip("torch", reason="torch is not installed (extra: oracles)")
theirs = pytest.importorskip(
    "torchmetrics.functional.classification", reason="torchmetrics is not installed (extra: oracles)"
)

Pair = tuple[NDArray[np.float64], NDArray[np.int64]]


def calibration_error(p: NDArray[np.float64], y: NDArray[np.int64], bins: int) -> float:
    return float(theirs.binary_calibration_error(torch.tensor(p), torch.tensor(y), n_bins=bins))


@pytest.mark.parametrize("bins", [1, 7, 10, 15, 100])
def test_ece_agrees_with_torchmetrics(continuous: Pair, bins: int) -> None:
    p, y = continuous
    assert metrics.ece(p, y, bins=bins) == pytest.approx(calibration_error(p, y, bins), abs=1e-12)


@pytest.mark.parametrize("bins", [2, 8, 16])
def test_torchmetrics_sets_the_certain_apart_in_a_bin_more(stated: Pair, bins: int) -> None:
    p, y = stated
    certain = p == 1
    below = metrics.ece(p[~certain], y[~certain], bins=bins)
    at_one = metrics.level_ece(p[certain], y[certain])
    parts = (0.0 if below is None else below * (~certain).sum()) + (0.0 if at_one is None else at_one * certain.sum())
    assert parts / p.size == pytest.approx(calibration_error(p, y, bins), abs=1e-12)


def test_auroc_agrees_with_torchmetrics(continuous: Pair) -> None:
    p, y = continuous
    assert metrics.auroc(p, y) == pytest.approx(float(theirs.binary_auroc(torch.tensor(p), torch.tensor(y))), abs=1e-6)


def test_auroc_agrees_with_torchmetrics_under_ties(stated: Pair) -> None:
    p, y = stated
    assert metrics.auroc(p, y) == pytest.approx(float(theirs.binary_auroc(torch.tensor(p), torch.tensor(y))), abs=1e-6)


def test_the_brier_score_is_their_mean_squared_error(stated: Pair) -> None:
    from torchmetrics.functional import mean_squared_error

    p, y = stated
    error = mean_squared_error(torch.tensor(p), torch.tensor(y, dtype=torch.float64))
    assert metrics.brier_score(p, y) == pytest.approx(float(error), abs=1e-12)
