"""Smooth calibration error against relplot, the authors' own (in tests only: its licence is not an open-source one)."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from calibrant import metrics

relplot = pytest.importorskip("relplot", reason="relplot is not installed (extra: oracles)")

Pair = tuple[NDArray[np.float64], NDArray[np.int64]]

STEP = 1 / 1024
"""Relplot halves the bandwidth's interval ten times and returns its upper end."""


def assert_smooth_errors_agree(p: NDArray[np.float64], y: NDArray[np.int64]) -> None:
    ours = metrics.smooth_ece(p, y)
    error, width = relplot.smECE(p, y.astype(np.float64), return_width=True)
    assert ours is not None
    # The error falls as the bandwidth grows, and ours is where the two meet.
    assert error - 2e-4 <= ours <= width + 2e-4
    assert ours == pytest.approx(error, abs=STEP + 2e-4)


@pytest.fixture(autouse=True)
def fine_mesh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their integral over 4,001 points and not 200, whose own error is about 4e-4."""
    monkeypatch.setattr(relplot.config, "smECE_mesh_pts", 4001)


def test_smooth_ece_agrees_with_relplot(continuous: Pair) -> None:
    assert_smooth_errors_agree(*continuous)


def test_smooth_ece_of_stated_confidences_agrees_with_relplot_inside_the_unit_interval(stated: Pair) -> None:
    p, y = stated
    assert_smooth_errors_agree(np.clip(p, 0.01, 0.99), y)


def test_relplot_counts_half_of_the_rows_at_the_very_edge() -> None:
    # Reflected at 1, what is smoothed past 1 comes back. Relplot's grid has a point on 1 that its mirror leaves out.
    y = np.array([1, 0] * 50)
    certain, nearly = np.repeat([1.0, 0.5], 50), np.repeat([0.998, 0.5], 50)
    assert metrics.smooth_ece(certain, y) == pytest.approx(0.25, abs=1e-4)
    assert metrics.smooth_ece(nearly, y) == pytest.approx(0.249, abs=1e-4)
    assert relplot.smECE(nearly, y.astype(np.float64)) == pytest.approx(0.249, abs=STEP)
    assert relplot.smECE(certain, y.astype(np.float64)) == pytest.approx(0.25 / 2 / 0.75, abs=STEP)
