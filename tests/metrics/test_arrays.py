"""What the metrics take for scores, outcomes and clusters, and how rows of one score are counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant.metrics import reliability_table, risk_coverage
from calibrant.metrics.arrays import cluster_codes, labels, probabilities, scores

signed = st.sampled_from([-1e300, -2.0, -5e-324, -0.0, 0.0, 5e-324, 0.1, 1e300])
scored = st.lists(st.tuples(signed, st.integers(0, 1)), max_size=30)
stated = st.lists(st.tuples(st.sampled_from([-0.0, 0.0, 0.1, 0.3, 1.0]), st.integers(0, 1)), max_size=30)


@given(rows=scored)
def test_scores_of_either_sign_and_any_size_are_grouped_as_by_hand(rows: list[tuple[float, int]]) -> None:
    curve = risk_coverage([s for s, _ in rows], [y for _, y in rows])
    cuts = sorted({s for s, _ in rows}, reverse=True)
    assert curve.thresholds.tolist() == cuts
    answered = [[y for s, y in rows if s >= cut] for cut in cuts]
    assert curve.coverage.tolist() == pytest.approx([len(ys) / len(rows) for ys in answered])
    assert curve.risk.tolist() == pytest.approx([1 - sum(ys) / len(ys) for ys in answered])


@given(rows=stated)
def test_distinct_levels_are_counted_as_by_hand(rows: list[tuple[float, int]]) -> None:
    table = reliability_table([p for p, _ in rows], [y for _, y in rows], bins=None)
    by_hand = {v: [y for p, y in rows if p == v] for v in sorted({p for p, _ in rows})}
    assert [(row.low, row.n) for row in table] == [(v, len(ys)) for v, ys in by_hand.items()]
    assert [row.mean_y for row in table] == pytest.approx([sum(ys) / len(ys) for ys in by_hand.values()])


@given(
    labels=st.lists(st.integers(-3, 200), max_size=30),
    kind=st.sampled_from([np.int64, np.int16, np.uint64, np.float64, np.str_]),
)
def test_clusters_of_any_kind_are_numbered_in_the_order_of_their_labels(labels: list[int], kind: type) -> None:
    given_labels = np.abs(labels).astype(kind) if kind is np.uint64 else np.array(labels).astype(kind)
    codes, found = cluster_codes(given_labels, len(labels))
    distinct = sorted(set(given_labels.tolist()))
    assert found == len(distinct)
    assert codes.tolist() == [distinct.index(label) for label in given_labels.tolist()]


def test_lists_tuples_and_booleans_are_taken() -> None:
    assert labels([True, False]).tolist() == [1, 0]
    assert probabilities((0, 1)).tolist() == [0, 1]
    assert scores(np.array([1, 2], dtype=np.int8)).dtype == np.float64


def test_a_refusal_names_the_array_and_the_place() -> None:
    with pytest.raises(ValueError, match="weights holds a value that is not finite, first at index 2"):
        scores([0, 1, float("inf")], "weights")
    with pytest.raises(ValueError, match=r"p must lie in \[0, 1\]; the value at index 1"):
        probabilities([0.5, -0.1])
    with pytest.raises(ValueError, match="y must hold only 0 and 1"):
        labels([0.5])


def test_what_is_missing_is_not_taken_for_wrong() -> None:
    with pytest.raises(ValueError, match="^y "):
        labels([1, None])  # type: ignore[list-item]


def test_without_clusters_every_row_is_its_own() -> None:
    codes, found = cluster_codes(None, 3)
    assert (codes.tolist(), found) == ([0, 1, 2], 3)
    codes, found = cluster_codes(["b", "a", "b"], 3)
    assert (codes.tolist(), found) == ([1, 0, 1], 2)
    with pytest.raises(ValueError, match="one label for each of the 3 rows"):
        cluster_codes(["a"], 3)
