"""Judging calibrators by rows that they have not seen, and refusing those that they have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant import metrics
from calibrant.confidence.calibrate import (
    CALIBRATORS,
    Fit,
    cluster_folds,
    cross_fit,
    fit_isotonic,
    fit_platt,
    fit_stack,
    from_dict,
    reliability,
)

every_calibrator = pytest.mark.parametrize("fit", CALIBRATORS.values(), ids=CALIBRATORS)


def noise(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random.random(n), (random.random(n) < 0.7).astype(float)


@given(st.lists(st.integers(0, 30), min_size=2), st.integers(2, 9), st.integers(0, 5))
def test_clusters_stay_together_and_parts_are_even(clusters: list[int], folds: int, seed: int) -> None:
    groups = len(set(clusters))
    if groups < 2:
        return
    fold = cluster_folds(clusters, len(clusters), folds=folds, seed=seed)
    for label in set(clusters):
        assert len({int(part) for part, own in zip(fold, clusters, strict=True) if own == label}) == 1
    sizes = np.bincount(fold)
    assert len(sizes) == min(folds, groups)
    assert sizes.min() >= 1
    assert sizes.max() - sizes.min() <= max(np.bincount(clusters))


@pytest.mark.parametrize(("clusters", "folds"), [(["a", "a"], 5), (["a", "b"], 1)])
def test_a_single_cluster_cannot_be_cross_fitted(clusters: list[str], folds: int) -> None:
    with pytest.raises(ValueError, match="two clusters and two folds"):
        cluster_folds(clusters, 2, folds=folds)


def test_left_out_rows_show_what_fitted_rows_hide() -> None:
    s, y = noise(200)
    seen = metrics.auroc(fit_isotonic(s, y).predict(s), y)
    unseen = cross_fit(fit_isotonic, s, y).after.values["auroc"]
    assert seen is not None
    assert unseen is not None
    assert seen > 0.53
    assert abs(unseen - 0.5) < 0.07


@every_calibrator
def test_a_row_never_meets_a_fit_that_saw_its_cluster(fit: Fit) -> None:
    """Turning the labels of one cluster around changes nothing in what is said of this cluster."""
    s, y = noise(120)
    clusters = np.arange(120) // 4
    inside = clusters == 7
    found = cross_fit(fit, s, y, clusters=clusters, seed=5)
    turned = cross_fit(fit, s, np.where(inside, 1 - y, y), clusters=clusters, seed=5)
    assert (found.probabilities[inside] == turned.probabilities[inside]).all()
    assert (found.probabilities != turned.probabilities).any()


@every_calibrator
def test_the_calibrator_that_serves_is_fitted_on_all_rows(fit: Fit) -> None:
    s, y = noise(90)
    found = cross_fit(fit, s, y)
    assert found.calibrator == fit(s, y)
    assert found.calibrator.fitted_on.n == 90
    assert found.before is not None
    assert found.before.n == found.after.n == 90
    assert sum(row.n for row in found.after.rows) == 90


def test_a_score_that_is_no_probability_has_no_before() -> None:
    s, y = noise(90)
    assert cross_fit(fit_platt, s - 3, y).before is None


def test_a_part_whose_others_are_all_right_is_no_error() -> None:
    s, y = noise(50)
    only = np.ones(50)
    only[13] = 0
    found = cross_fit(fit_isotonic, s, only)
    assert ((found.probabilities > 0) & (found.probabilities <= 1)).all()


@pytest.mark.parametrize("clusters", [np.arange(60) // 3, [f"doc {number // 3}" for number in range(60)]])
def test_clusters_of_the_fit_are_refused(clusters: object) -> None:
    s, y = noise(60)
    fitted = from_dict(fit_platt(s, y, clusters=clusters).to_dict())  # type: ignore[arg-type]
    labels = np.asarray(clusters)
    assert fitted.fitted_on.overlap(labels[:6]) == tuple(sorted({str(label) for label in labels[:6].tolist()}))
    assert fitted.fitted_on.overlap(["other", "documents"]) == ()
    with pytest.raises(ValueError, match=r"fitted on 2 clusters of these rows"):
        reliability(fitted, s[:6] / 2, y[:6], clusters=labels[:6])
    fresh, right = noise(6, seed=9)
    assert reliability(fitted, fresh, right, clusters=list("abcdef")).after.n == 6


def test_the_very_same_rows_are_refused_in_any_order_even_without_clusters() -> None:
    s, y = noise(60)
    fitted = fit_platt(s, y)
    assert fitted.fitted_on.overlap(["a"]) is None
    turned = np.random.default_rng(1).permutation(60)
    with pytest.raises(ValueError, match="these very rows"):
        reliability(fitted, s[turned], y[turned])
    assert reliability(fitted, *noise(60, seed=2)).after.n == 60


def test_no_document_is_named_in_what_is_written_down() -> None:
    s, y = noise(4)
    written = str(fit_platt(s, y, clusters=["merger.pdf", "layoffs.docx", "x", "y"]).to_dict())
    assert "merger" not in written
    assert "layoffs" not in written


def test_a_stack_certified_on_its_own_rows_would_flatter() -> None:
    random = np.random.default_rng(3)
    y = (random.random(60) < 0.6).astype(float)
    signals = {f"noise {number}": random.normal(size=60) for number in range(20)}
    found = cross_fit(fit_stack, signals, y)
    inside = metrics.auroc(found.calibrator.predict(signals), y)
    outside = found.after.values["auroc"]
    assert inside is not None
    assert outside is not None
    assert inside > 0.85
    assert outside < 0.65
    assert found.before is None
