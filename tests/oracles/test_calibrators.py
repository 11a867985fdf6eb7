"""Calibrators against scikit-learn's own, and Venn-Abers against the package of its authors' school."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression

from calibrant.confidence.calibrate import fit_beta, fit_isotonic, fit_platt, fit_stack, fit_venn_abers

Floats = NDArray[np.float64]
Pair = tuple[Floats, NDArray[np.int64]]


@pytest.fixture(params=["continuous", "stated", "few"])
def pair(request: pytest.FixtureRequest) -> Pair:
    """Probabilities, overconfident, and what happened."""
    n = 40 if request.param == "few" else 2000
    random = np.random.default_rng(n)
    s = random.beta(2, 1, n)
    s = s if request.param == "continuous" else np.round(s, 1)
    return s, (random.random(n) < 0.1 + 0.7 * s).astype(np.int64)


class Scorer(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier whose decision is its only column: the score itself."""

    def fit(self, x: Any, y: Any) -> Scorer:
        self.classes_ = np.unique(y)
        return self

    def decision_function(self, x: Any) -> Any:
        return np.asarray(x)[:, 0]


def calibrated_by_scikit_learn(method: str, s: Floats, y: Any, at: Floats) -> Floats:
    frozen = pytest.importorskip("sklearn.frozen", reason="scikit-learn before 1.6")
    scorer = frozen.FrozenEstimator(Scorer().fit(s[:, None], y))
    # With a frozen scorer each part is calibrated on its own; two parts of the same rows are all rows, twice.
    everything = np.arange(len(y))
    model = CalibratedClassifierCV(scorer, method=method, cv=[(everything, everything)], ensemble=True)
    found: Floats = model.fit(s[:, None], y).predict_proba(at[:, None])[:, 1]
    return found


def test_platt_agrees_with_scikit_learn(pair: Pair) -> None:
    s, y = pair
    theirs = calibrated_by_scikit_learn("sigmoid", s, y, s)
    assert fit_platt(s, y).predict(s) == pytest.approx(theirs, abs=2e-4)


def test_isotonic_agrees_with_scikit_learn(pair: Pair) -> None:
    s, y = pair
    at = np.concatenate([s, np.linspace(-0.5, 1.5, 50)])
    assert fit_isotonic(s, y).predict(at) == pytest.approx(calibrated_by_scikit_learn("isotonic", s, y, at), abs=1e-12)


def test_beta_agrees_with_a_logistic_regression_on_two_logarithms() -> None:
    random = np.random.default_rng(0)
    s = random.beta(2, 1, 20_000)
    y = (random.random(20_000) < s**1.5).astype(int)
    x = np.column_stack([np.log(s), -np.log1p(-s)])
    theirs = LogisticRegression(C=np.inf, tol=1e-8, max_iter=1000).fit(x, y).predict_proba(x)[:, 1]
    # Their targets are 0 and 1, ours Platt's: alike up to 1/n. We clip the last ten-thousandth.
    assert np.abs(fit_beta(s, y).predict(s) - theirs).max() < 2e-3


def test_the_stack_agrees_with_scikit_learn_on_standardised_signals() -> None:
    random = np.random.default_rng(0)
    x = random.normal(size=(800, 3)) * [1, 10, 100]
    y = (random.random(800) < 1 / (1 + np.exp(-x[:, 0] - x[:, 1] / 10))).astype(int)
    scaled = (x - x.mean(axis=0)) / x.std(axis=0)
    theirs = LogisticRegression(C=0.5, tol=1e-8).fit(scaled, y).predict_proba(scaled)[:, 1]
    signals = {name: x[:, at] for at, name in enumerate("abc")}
    assert fit_stack(signals, y, penalty=2.0).predict(signals) == pytest.approx(theirs, abs=1e-5)


def test_venn_abers_agrees_with_the_package(pair: Pair) -> None:
    package = pytest.importorskip("venn_abers", reason="venn-abers is not installed (extra: oracles)")
    s, y = pair
    at = np.concatenate([s[:200], np.random.default_rng(0).random(200)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = package.VennAbers()
        model.fit(np.column_stack([1 - s, s]), y)
        chances, both = model.predict_proba(np.column_stack([1 - at, at]))
    ours = fit_venn_abers(s, y)
    assert ours.predict_pair(at).if_wrong == pytest.approx(both[:, 0], abs=1e-9)
    assert ours.predict_pair(at).if_right == pytest.approx(both[:, 1], abs=1e-9)
    assert ours.predict(at) == pytest.approx(chances[:, 1], abs=1e-9)
