"""Risk-coverage curves and their areas against fd-shifts, which multiplies areas by 1000.

It is in no package index, and pins numpy below 2 and pydantic below 2 for a training stack that these tests do not
need. Beside the other oracles: ``python -m pip install --no-deps git+https://github.com/IML-DKFZ/fd-shifts``.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from calibrant import metrics

pytest.importorskip("matplotlib", reason="matplotlib, which fd-shifts imports, is not installed (extra: oracles)")
FOUND = importlib.util.find_spec("fd_shifts")
if FOUND is None or not FOUND.submodule_search_locations:
    pytest.skip("fd-shifts is not installed (see this module's docstring)", allow_module_level=True)
FOLDER = Path(FOUND.submodule_search_locations[0]) / "analysis"

Pair = tuple[NDArray[np.float64], NDArray[np.int64]]


@pytest.fixture(scope="module")
def rc_stats() -> ModuleType:
    """Their module of risk-coverage statistics alone: its package's own import wants the training stack."""
    package = ModuleType("fd_shifts_analysis")
    package.__path__ = [str(FOLDER)]
    sys.modules[package.__name__] = package
    return importlib.import_module("fd_shifts_analysis.rc_stats")


@pytest.fixture(autouse=True)
def names_of_numpy_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """They call two functions by names that numpy 2 has given up."""
    if hasattr(np, "trapezoid"):
        monkeypatch.setattr(np, "trapz", np.trapezoid, raising=False)
    monkeypatch.setattr(np, "infty", np.inf, raising=False)


def statistics(rc_stats: ModuleType, p: NDArray[np.float64], y: NDArray[np.int64]) -> Any:
    return rc_stats.RiskCoverageStats(confids=p, residuals=1 - y)


def test_augrc_agrees_with_fd_shifts(rc_stats: ModuleType, continuous: Pair) -> None:
    p, y = continuous
    assert metrics.augrc(p, y) == pytest.approx(statistics(rc_stats, p, y).augrc / 1000, abs=1e-12)


def test_augrc_agrees_with_fd_shifts_under_ties(rc_stats: ModuleType, stated: Pair) -> None:
    p, y = stated
    assert metrics.augrc(p, y) == pytest.approx(statistics(rc_stats, p, y).augrc / 1000, abs=1e-12)


@pytest.mark.parametrize("truth", [0, 1])
def test_augrc_of_one_class_agrees_with_fd_shifts(rc_stats: ModuleType, stated: Pair, truth: int) -> None:
    p, y = stated[0], np.full(stated[0].size, truth)
    assert metrics.augrc(p, y) == pytest.approx(statistics(rc_stats, p, y).augrc / 1000, abs=1e-12)


def test_the_risk_coverage_curve_agrees_with_fd_shifts(rc_stats: ModuleType, stated: Pair) -> None:
    p, y = stated
    theirs, curve = statistics(rc_stats, p, y), metrics.risk_coverage(p, y)
    # Theirs runs from the least sure up, and has a last point at coverage 0.
    assert theirs.thresholds[::-1].tolist() == curve.thresholds.tolist()
    assert theirs.coverages[-2::-1] == pytest.approx(curve.coverage, abs=1e-12)
    assert theirs.selective_risks[-2::-1] == pytest.approx(curve.risk, abs=1e-12)


@pytest.mark.parametrize("risk", [0.05, 0.2, 0.3, 0.4, 0.5])
def test_coverage_at_risk_agrees_with_their_working_point(rc_stats: ModuleType, stated: Pair, risk: float) -> None:
    p, y = stated
    theirs, curve = statistics(rc_stats, p, y), metrics.risk_coverage(p, y)
    if not (curve.risk <= risk).any():
        assert metrics.coverage_at_risk(p, y, risk) == 0
        return  # they have no working point to give
    coverage, _, threshold = theirs.get_working_point(risk="selective-risk", target_risk=risk)
    assert metrics.coverage_at_risk(p, y, risk) == pytest.approx(coverage, abs=1e-12)
    assert (p >= threshold).mean() == pytest.approx(coverage, abs=1e-12)


def test_their_aurc_is_a_trapezoid_and_ours_a_mean_over_the_rows(rc_stats: ModuleType, continuous: Pair) -> None:
    p, y = continuous
    risks = metrics.risk_coverage(p, y).risk
    # Their curve goes on flat from the surest row to coverage 0.
    trapezoid = statistics(rc_stats, p, y).aurc / 1000
    assert metrics.aurc(p, y) == pytest.approx(trapezoid - (risks[0] - risks[-1]) / (2 * p.size), abs=1e-12)


def test_under_ties_aurc_of_many_copies_tends_to_theirs_without_straight_lines(
    rc_stats: ModuleType, stated: Pair
) -> None:
    # Between two levels risk is a hyperbola, as rows of a tie block enter in random order.
    p, y = stated
    limit = statistics(rc_stats, p, y).evaluate_auc(risk="selective-risk", interpolation="non-linear") / 1000
    copies = 120_000 // p.size
    assert metrics.aurc(np.tile(p, copies), np.tile(y, copies)) == pytest.approx(limit, abs=1e-5)


def test_the_perfect_order_of_fd_shifts_is_that_of_infinitely_many_rows(rc_stats: ModuleType, stated: Pair) -> None:
    _, y = stated
    # Scores that rank perfectly: nothing in excess of the best order of these rows, a little of the best order of all.
    s = y + np.linspace(0, 0.5, y.size)
    assert metrics.e_aurc(s, y) == 0
    assert statistics(rc_stats, s, y).eaurc / 1000 == pytest.approx(0, abs=2 / y.size)
    assert statistics(rc_stats, s, y).eaurc != 0
