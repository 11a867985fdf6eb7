"""A stack of signals: better than each, at ease with missing ones where it was told of them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from calibrant import metrics
from calibrant.confidence.calibrate import fit_stack, from_dict


def signals(n: int, seed: int = 0) -> tuple[dict[str, Any], np.ndarray]:
    random = np.random.default_rng(seed)
    hidden = random.normal(size=(2, n))
    y = (random.random(n) < 1 / (1 + np.exp(-1.5 * hidden.sum(axis=0)))).astype(float)
    return {"first": hidden[0] + 0.3 * random.normal(size=n), "second": 100 * hidden[1]}, y


def test_it_is_better_than_each_of_its_signals_on_fresh_answers() -> None:
    fitted = fit_stack(*signals(1000))
    fresh, y = signals(4000, seed=1)
    p = fitted.predict(fresh)
    alone = [metrics.auroc(values, y) for values in fresh.values()]
    together = metrics.auroc(p, y)
    assert together is not None
    assert together > max(value for value in alone if value is not None) + 0.05
    ece = metrics.ece(p, y)
    assert ece is not None
    assert ece < 0.03


def test_units_do_not_matter() -> None:
    given, y = signals(300)
    scaled = {"first": 1000 * given["first"] - 7, "second": given["second"] / 50}
    assert fit_stack(given, y).predict(given) == pytest.approx(fit_stack(scaled, y).predict(scaled), abs=1e-5)


def test_a_missing_signal_has_a_weight_of_its_own() -> None:
    given, y = signals(2000)
    # Only wrong answers lack the second signal: that it is missing says much.
    given["second"] = np.where((y == 0) & (np.arange(2000) % 2 == 0), np.nan, given["second"])
    fitted = fit_stack(given, y)
    assert fitted.missing[0] is None
    p = fitted.predict({"first": [0.0, 0.0], "second": [np.nan, 0.0]})
    assert p[0] < 0.1 < 0.4 < p[1]
    assert from_dict(json.loads(json.dumps(fitted.to_dict(), allow_nan=False))) == fitted


def test_a_signal_missing_for_the_first_time_is_refused() -> None:
    fitted = fit_stack(*signals(100))
    with pytest.raises(ValueError, match="first is missing at index 1"):
        fitted.predict({"first": [0.0, np.nan], "second": [0.0, 0.0]})


@pytest.mark.parametrize("given", [{}, {"first": [0.0]}, {"first": [0.0], "second": [0.0], "third": [0.0]}])
def test_other_signals_than_those_of_the_fit_are_refused(given: dict[str, Any]) -> None:
    fitted = fit_stack(*signals(100))
    with pytest.raises(ValueError, match="weighs the signals first, second"):
        fitted.predict(given)


@pytest.mark.parametrize(
    ("given", "correct", "said"),
    [
        ({}, [1, 0], "no signals"),
        ({"a": []}, [], "no rows"),
        ({"a": [0.1, 0.2]}, [1], "different lengths"),
        ({"a": [0.1, 0.2], "b": [0.1]}, [1, 0], "different lengths"),
        ({"a": [0.1, np.inf]}, [1, 0], "infinite"),
        ({"a": [np.nan, np.nan]}, [1, 0], "missing in every row"),
        ({"a": [[0.1], [0.2]]}, [1, 0], "one dimension"),
        ({"a": [0.1, 0.2]}, [1, 2], "only 0 and 1"),
    ],
)
def test_bad_signals_are_refused_by_name(given: dict[str, Any], correct: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        fit_stack(given, correct)


def test_the_penalty_must_be_above_zero() -> None:
    with pytest.raises(ValueError, match="penalty"):
        fit_stack({"a": [0.1, 0.2]}, [1, 0], penalty=0)


def test_all_right_is_never_certain_and_a_constant_signal_weighs_nothing() -> None:
    fitted = fit_stack({"a": [0.1, np.nan, 0.3]}, [1, 1, 1])
    assert fitted.predict({"a": [0.9, np.nan]}) == pytest.approx([0.8, 0.8])
    assert fit_stack({"a": [0.5] * 4}, [1, 1, 1, 0]).weights == (0.0,)


def test_a_damaged_stack_is_refused() -> None:
    written = fit_stack(*signals(100)).to_dict()
    with pytest.raises(ValueError, match="one weight"):
        from_dict(written | {"weights": [1.0]})
