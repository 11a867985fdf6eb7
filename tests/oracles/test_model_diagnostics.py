"""The CORP decomposition of the Brier score against model-diagnostics."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from calibrant import metrics

scoring = pytest.importorskip("model_diagnostics.scoring", reason="model-diagnostics is not installed (extra: oracles)")

Pair = tuple[NDArray[np.float64], NDArray[np.int64]]


def assert_parts_agree(p: NDArray[np.float64], y: NDArray[np.int64]) -> None:
    parts = metrics.brier_decomposition(p, y)
    assert parts is not None
    theirs = scoring.decompose(y, p, scoring_function=scoring.SquaredError()).row(0, named=True)
    assert parts.miscalibration == pytest.approx(theirs["miscalibration"], abs=1e-9)
    assert parts.discrimination == pytest.approx(theirs["discrimination"], abs=1e-9)
    assert parts.uncertainty == pytest.approx(theirs["uncertainty"], abs=1e-9)
    assert parts.brier == pytest.approx(theirs["score"], abs=1e-9)


def test_corp_agrees_with_model_diagnostics(continuous: Pair) -> None:
    assert_parts_agree(*continuous)


def test_corp_agrees_with_model_diagnostics_under_ties(stated: Pair) -> None:
    assert_parts_agree(*stated)
