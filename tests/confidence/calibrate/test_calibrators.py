"""Calibrators of one score: what each gives, what all keep, and what none takes."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from calibrant import metrics
from calibrant.confidence.calibrate import CALIBRATORS, Fit, VennAbers, fit_beta, fit_platt, fit_venn_abers, from_dict

Floats = NDArray[np.float64]
every_calibrator = pytest.mark.parametrize("fit", CALIBRATORS.values(), ids=CALIBRATORS)

answers = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.8, 1.0]) | st.floats(0, 1), st.booleans()), min_size=1
)


def overconfident(n: int, seed: int = 1) -> tuple[Floats, Floats]:
    random = np.random.default_rng(seed)
    s = random.beta(3, 1, n)
    return s, (random.random(n) < 0.15 + 0.5 * s**2).astype(np.float64)


def columns(rows: list[tuple[float, bool]]) -> tuple[Floats, Floats]:
    return np.array([s for s, _ in rows]), np.array([float(y) for _, y in rows])


@every_calibrator
def test_an_overconfident_score_becomes_a_probability_on_fresh_answers(fit: Fit) -> None:
    fitted = fit(*overconfident(3000))
    s, y = overconfident(20_000, seed=2)
    p = fitted.predict(s)
    before, after = metrics.ece(s, y), metrics.ece(p, y)
    assert before is not None
    assert after is not None
    assert before > 0.2
    assert after < 0.03


@every_calibrator
@settings(deadline=None)
@given(answers)
def test_any_answers_give_probabilities_that_never_fall(fit: Fit, rows: list[tuple[float, bool]]) -> None:
    fitted = fit(*columns(rows))
    assert fitted.monotone
    p = fitted.predict(np.linspace(0, 1, 201))
    assert ((p >= 0) & (p <= 1)).all()
    assert (np.diff(p) >= -1e-12).all()


@every_calibrator
@settings(deadline=None)
@given(answers)
def test_a_calibrator_comes_back_from_json_the_same(fit: Fit, rows: list[tuple[float, bool]]) -> None:
    s, y = columns(rows)
    fitted = fit(s, y, clusters=np.arange(len(s)) // 2, seed=3)
    again = from_dict(json.loads(json.dumps(fitted.to_dict(), allow_nan=False)))
    assert again == fitted
    assert (again.predict(s) == fitted.predict(s)).all()


@every_calibrator
def test_the_order_of_rows_does_not_matter(fit: Fit) -> None:
    s, y = overconfident(400)
    s = np.round(s, 1)
    turned = np.random.default_rng(0).permutation(400)
    one, other = fit(s, y), fit(s[turned], y[turned])
    assert one.predict(s) == pytest.approx(other.predict(s), abs=1e-7)
    assert one.fitted_on == other.fitted_on


@every_calibrator
def test_a_constant_score_gets_about_the_share_right(fit: Fit) -> None:
    p = fit([0.9] * 400, [1] * 300 + [0] * 100).predict([0.9])
    assert p[0] == pytest.approx(0.75, abs=0.01)


@every_calibrator
@pytest.mark.parametrize("right", [0, 1])
def test_all_right_or_all_wrong_is_never_certain(fit: Fit, right: int) -> None:
    p = float(fit([0.5, 0.5, 0.5], [right] * 3).predict([0.5])[0])
    assert p == pytest.approx(0.8 if right else 0.2)


@pytest.mark.parametrize("fit", [fit_platt, fit_beta])
def test_a_score_that_is_surer_of_wrong_answers_gets_the_share_right_for_all(fit: Fit) -> None:
    s = np.linspace(0.01, 0.99, 100)
    assert fit(s, (s < 0.4).astype(float)).predict([0.1, 0.9]) == pytest.approx([0.4, 0.4], abs=0.02)


@pytest.mark.parametrize("fit", [fit_platt, fit_beta])
def test_a_perfect_score_needs_no_infinite_slope(fit: Fit) -> None:
    s = np.linspace(0.01, 0.99, 100)
    p = fit(s, (s > 0.5).astype(float)).predict(s)
    assert 0 < p.min() < 0.05
    assert 0.95 < p.max() < 1


@every_calibrator
@pytest.mark.parametrize(
    ("scores", "correct", "said"),
    [
        ([], [], "no rows"),
        ([0.5, 0.6], [1], "different lengths"),
        ([0.5, float("nan")], [1, 0], "not finite, first at index 1"),
        ([0.5, float("inf")], [1, 0], "not finite"),
        ([0.5, 0.6], [1, 0.5], "only 0 and 1"),
        ([0.5, 0.6], [1, float("nan")], "not finite"),
        ([[0.5, 0.6]], [1, 0], "one dimension"),
    ],
)
def test_bad_rows_are_refused_by_name(fit: Fit, scores: Any, correct: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        fit(scores, correct)


@every_calibrator
def test_bad_clusters_and_bad_scores_to_predict_are_refused(fit: Fit) -> None:
    with pytest.raises(ValueError, match="one label for each of the 2 rows"):
        fit([0.1, 0.9], [0, 1], clusters=["a"])
    with pytest.raises(ValueError, match="index 1 has none"):
        fit([0.1, 0.9], [0, 1], clusters=["a", None])
    with pytest.raises(ValueError, match="not finite"):
        fit([0.1, 0.9], [0, 1]).predict([float("nan")])


def test_beta_calibration_takes_probabilities_alone() -> None:
    with pytest.raises(ValueError, match=r"scores must lie in \[0, 1\]"):
        fit_beta([-0.1, 0.9], [0, 1])
    with pytest.raises(ValueError, match=r"scores must lie in \[0, 1\]"):
        fit_beta([0.1, 0.9], [0, 1]).predict([1.1])


@pytest.mark.parametrize("fit", [fit for name, fit in CALIBRATORS.items() if name != "beta"])
def test_the_others_take_scores_of_any_scale(fit: Fit) -> None:
    s, y = overconfident(500)
    p = fit(1000 * s - 5000, y).predict([-4900.0, -4100.0])
    assert 0 <= p[0] < p[1] <= 1


@given(answers)
def test_venn_abers_brackets_its_probability(rows: list[tuple[float, bool]]) -> None:
    fitted = fit_venn_abers(*columns(rows))
    at = np.concatenate([np.linspace(-1, 2, 50), columns(rows)[0]])
    p0, p1 = fitted.predict_pair(at)
    p = fitted.predict(at)
    assert (p0 < p1).all()
    assert ((p0 <= p) & (p <= p1)).all()


def test_venn_abers_is_calibrated_whatever_the_score() -> None:
    """One of the two probabilities is calibrated: the mean of what happened lies between their means."""
    low, high, happened = [], [], []
    for seed in range(300):
        random = np.random.default_rng(seed)
        s = random.normal(size=60)
        y = (random.random(60) < np.where(s > 0, 0.9, 0.3 + 0.1 * np.sin(9 * s))).astype(float)
        pair = fit_venn_abers(s[:40], y[:40]).predict_pair(s[40:])
        low.append(pair.if_wrong.mean())
        high.append(pair.if_right.mean())
        happened.append(y[40:].mean())
    assert np.mean(low) - 0.01 < np.mean(happened) < np.mean(high) + 0.01


def test_venn_abers_keeps_only_scores_at_which_something_steps() -> None:
    fitted = fit_venn_abers(np.linspace(0, 1, 500), np.arange(500) % 7 < 3)
    assert len(fitted.scores) < 250


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"method": "magic"}, "no calibrator 'magic'"),
        ({"slope": -1.0}, "at least 0"),
        ({"slope": "steep"}, "float"),
        ({"slope": None}, "not finite|must hold numbers"),
        ({"fitted_on": {}}, "'identities' is missing"),
    ],
)
def test_a_damaged_calibrator_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        from_dict(fit_platt([0.1, 0.9], [0, 1]).to_dict() | change)


def test_a_damaged_step_function_is_refused() -> None:
    written = fit_venn_abers([0.1, 0.9], [0, 1]).to_dict()
    with pytest.raises(ValueError, match="one more probability"):
        from_dict(written | {"if_right": [0.5]})
    with pytest.raises(ValueError, match="'scores' is missing"):
        VennAbers.from_dict({name: value for name, value in written.items() if name != "scores"})
    with pytest.raises(ValueError, match="never fall"):
        from_dict({**CALIBRATORS["isotonic"]([0.1, 0.9], [0, 1]).to_dict(), "chances": [0.9, 0.1]})


def test_what_is_no_mapping_is_no_calibrator() -> None:
    with pytest.raises(ValueError, match="'method' is missing"):
        from_dict([])  # type: ignore[arg-type]
