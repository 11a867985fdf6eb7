"""The published numbers that every implementation must reproduce."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from calibrant import metrics

VECTORS = json.loads((Path(__file__).parent / "conformance.json").read_text(encoding="utf-8"))


def close(expected: float | None) -> Any:
    return expected if expected is None else pytest.approx(expected, abs=1e-9, rel=1e-9)


@pytest.mark.parametrize("case", VECTORS["outcomes"])
def test_outcome_metrics(case: dict[str, Any]) -> None:
    given = {name: case[name] for name in ("correct", "partial", "incorrect", "abstained", "price")}
    found = metrics.outcome_metrics(**given)
    for name in set(case) - set(given):
        assert getattr(found, name) == close(case[name]), name


@pytest.mark.parametrize("case", VECTORS["wilson"])
def test_wilson_interval(case: dict[str, Any]) -> None:
    found = metrics.wilson_interval(case["successes"], case["n"])
    if case["wilson95"] is None:
        assert found is None
    else:
        assert found is not None
        assert list(found) == [close(bound) for bound in case["wilson95"]]


@pytest.mark.parametrize("case", VECTORS["calibration"], ids=lambda case: case["kind"])
def test_calibration_and_selection(case: dict[str, Any]) -> None:
    p, y = case["p"], case["y"]
    parts = metrics.brier_decomposition(p, y)
    assert parts is not None
    found = {
        "level_ece": metrics.level_ece(p, y),
        "ece_15_equal_width": metrics.ece(p, y, bins=15),
        "auroc": metrics.auroc(p, y),
        "aurc": metrics.aurc(p, y),
        "augrc": metrics.augrc(p, y),
        "prr_50": metrics.prr(p, y, rho=0.5),
        "log_score": metrics.log_score(p, y),
        "coverage_at_risk_10": metrics.coverage_at_risk(p, y, 0.1),
        "coverage_at_risk_20": metrics.coverage_at_risk(p, y, 0.2),
        "brier": metrics.brier_score(p, y),
        "reliability": parts.reliability,
        "resolution": parts.resolution,
        "uncertainty": parts.uncertainty,
    }
    expected = {name: value for name, value in case.items() if name not in {"kind", "p", "y"}}
    assert set(expected) <= set(found)
    for name, value in expected.items():
        assert found[name] == close(value), name


@pytest.mark.parametrize("case", VECTORS["binomial"])
def test_binomial(case: dict[str, Any]) -> None:
    assert metrics.binomial_p_value(case["errors"], case["n"], case["alpha"]) == close(case["p_value"])
    assert metrics.clopper_pearson_upper(case["errors"], case["n"], 0.95) == close(case["clopper_pearson_upper_95"])
