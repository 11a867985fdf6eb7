"""AUROC as a mean over rows: the same number, and an interval that covers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant import metrics

answers = st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.5, 0.9]) | st.floats(-9, 9), st.booleans()), min_size=2)


@given(answers)
def test_the_mean_of_placements_is_the_auroc(rows: list[tuple[float, bool]]) -> None:
    s, y = [s for s, _ in rows], [float(y) for _, y in rows]
    values = metrics.auroc_placements(s, y)
    if values is None:
        assert len(set(y)) == 1
    else:
        assert values.mean() == pytest.approx(metrics.auroc(s, y), abs=1e-12)


def test_their_error_is_that_of_delong() -> None:
    random = np.random.default_rng(0)
    y = (random.random(2000) < 0.3).astype(float)
    s = np.round(random.normal(size=2000) + y, 1)
    values = metrics.auroc_placements(s, y)
    assert values is not None
    right, wrong = s[y == 1], s[y == 0]
    wins = (right[:, None] > wrong).astype(float) + 0.5 * (right[:, None] == wrong)
    delong = wins.mean(axis=1).var(ddof=1) / len(right) + wins.mean(axis=0).var(ddof=1) / len(wrong)
    assert values.var(ddof=1) / 2000 == pytest.approx(delong, rel=5e-3)


@pytest.mark.parametrize(("size", "groups"), [(1, 150), (5, 60)])
def test_the_interval_covers_as_often_as_it_says(size: int, groups: int) -> None:
    """Answers of one document share its difficulty and its score's shift; truth by a very large draw."""

    def draw(random: np.random.Generator, documents: int) -> tuple[Any, Any, Any]:
        labels = np.repeat(np.arange(documents), size)
        shift = random.normal(size=documents)[labels]
        s = random.normal(size=len(labels)) + 0.7 * shift
        y = (random.random(len(labels)) < 1 / (1 + np.exp(-0.8 * s - shift))).astype(float)
        return s, y, labels

    s, y, _ = draw(np.random.default_rng(99), 60_000)
    truth = metrics.auroc(s, y)
    assert truth is not None
    covered = 0
    for seed in range(400):
        interval = metrics.auroc_interval(*draw(np.random.default_rng(seed), groups))
        assert interval is not None
        covered += interval.low <= truth <= interval.high
    assert 0.92 <= covered / 400 <= 0.98


def test_a_perfect_score_is_not_certain() -> None:
    interval = metrics.auroc_interval([0.9] * 20 + [0.1] * 20, [1] * 20 + [0] * 20)
    assert interval is not None
    assert 0.8 < interval.low < 0.95
    assert interval.high == 1.0


def test_without_two_classes_or_two_clusters_there_is_no_interval() -> None:
    assert metrics.auroc_interval([0.1, 0.9], [1, 1]) is None
    assert metrics.auroc_interval([], []) is None
    assert metrics.auroc_interval([0.1, 0.9, 0.5], [0, 1, 1], ["a", "a", "a"]) is None


def test_bad_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="different lengths"):
        metrics.auroc_placements([0.1], [1, 0])
    with pytest.raises(ValueError, match="not finite"):
        metrics.auroc_interval([0.1, float("nan")], [1, 0])
