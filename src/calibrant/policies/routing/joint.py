"""P(this arm right, the next one right | what is known once this arm has answered): boosted trees over signals.

Of two arms there are four outcomes; one model gives all four chances, so that gain (the next is right where this is
not, less the reverse), confidence (this one is right) and the worth of abstaining early come from one place. Boosted
trees take signals as they are (NaN, any scale) and see that agreement means one thing in law and another in physics. A
linear model of the same signals is fitted beside them, and the one that predicts folds left out better is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from calibrant.confidence.calibrate import cluster_folds
from calibrant.metrics.arrays import Floats, Ints, same_length
from calibrant.policies.routing.arms import ArmTable

__all__ = [
    "BOTH",
    "NEITHER",
    "OUTCOMES",
    "STRONG_ONLY",
    "WEAK_ONLY",
    "Columns",
    "Joint",
    "Tree",
    "columns_of",
    "fit_joint",
]

NEITHER, STRONG_ONLY, WEAK_ONLY, BOTH = range(4)
"""Places of the four outcomes: of this (weak) arm and the next (strong) one, which is right."""
OUTCOMES = ("neither", "strong only", "weak only", "both")

FOLDS = 3
SMALLEST_LEAF = 60
MOST_COMPARED = 6_000
"""Rows on which the two kinds are compared."""
MOST_FITTED = 30_000
"""Rows that trees are fitted on: they are small, and learn nothing more from the next hundred thousand."""
_UNKNOWN = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What a question looks like after an arm's answer: the category, then one column for each signal."""

    categories: tuple[str, ...]
    """Empty: the category is no column."""
    signals: tuple[str, ...]
    """Of this arm, in the order of the columns."""
    prior: bool
    """Whether the gain expected from the question alone is the last column."""

    def matrix(self, table: ArmTable, arm: int, prior: Floats | None = None) -> Floats:
        """Shape (n, columns). A category not seen in the fit, and a signal that the table lacks, are NaN.

        Args:
            table: the questions.
            arm: whose signals.
            prior: gain expected beforehand, shape (n,), where it is a column.
        """
        parts = []
        if self.categories:
            place = {name: float(i) for i, name in enumerate(self.categories)}
            names = table.domains if table.domains is not None else [""] * len(table)
            parts.append(np.array([place.get(str(name), np.nan) for name in names]))
        missing = np.full(len(table), np.nan)
        parts += [table.signals[name][:, arm] if name in table.signals else missing for name in self.signals]
        parts.append(table.failed[:, arm].astype(np.float64))
        if self.prior:
            parts.append(missing if prior is None else prior)
        return np.stack(parts, axis=1)


def columns_of(table: ArmTable, arm: int, *, prior: bool = False) -> Columns:
    """The columns that a table has for an arm: categories where there are 2 to 254, every signal with two values."""
    names = tuple(sorted(set(map(str, table.domains)))) if table.domains is not None else ()
    kept = tuple(name for name, values in table.signals.items() if _varies(values[:, arm]))
    return Columns(categories=names if 2 <= len(names) <= 254 else (), signals=kept, prior=prior)


def _varies(values: Floats) -> bool:
    there = values[np.isfinite(values)]
    return bool(there.size) and (there.size < values.size or there.min() < there.max())


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """One regression tree in arrays; node 0 is the root, ``feature`` -1 marks a leaf."""

    feature: Ints
    threshold: Floats
    """Left where value <= threshold."""
    members: tuple[frozenset[int] | None, ...]
    """Of a split on the category: those that go left."""
    missing_left: Ints
    left: Ints
    right: Ints
    value: Floats

    def predict(self, x: Floats) -> Floats:
        """Shape (n,)."""
        at = np.zeros(len(x), dtype=np.int64)
        open_rows = np.flatnonzero(self.feature[at] >= 0)
        while len(open_rows):
            node = at[open_rows]
            given = x[open_rows, self.feature[node]]
            goes = given <= self.threshold[node]
            for split in {int(one) for one in node}:
                if (members := self.members[split]) is not None:
                    here = node == split
                    goes[here] = np.isin(given[here], list(members))
            unknown = np.isnan(given)
            goes[unknown] = self.missing_left[node[unknown]] == 1
            at[open_rows] = np.where(goes, self.left[node], self.right[node])
            open_rows = open_rows[self.feature[at[open_rows]] >= 0]
        return self.value[at]

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "feature": self.feature.tolist(),
            "threshold": [None if not np.isfinite(one) else float(one) for one in self.threshold],
            "members": [None if one is None else sorted(one) for one in self.members],
            "missing_left": self.missing_left.tolist(),
            "left": self.left.tolist(),
            "right": self.right.tolist(),
            "value": self.value.tolist(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Tree:
        """What ``to_dict`` gave.

        Raises:
            ValueError: the parts are of different lengths, or a branch leads nowhere or back.
        """
        whole = {name: np.array(data[name], dtype=np.int64) for name in ("feature", "missing_left", "left", "right")}
        made = cls(
            threshold=np.array([np.inf if one is None else one for one in data["threshold"]], dtype=np.float64),
            members=tuple(None if one is None else frozenset(one) for one in data["members"]),
            value=np.array(data["value"], dtype=np.float64),
            **whole,
        )
        n = same_length(threshold=made.threshold, members=made.members, value=made.value, **whole)
        inner = made.feature >= 0
        for branch in (made.left[inner], made.right[inner]):
            if (branch <= np.flatnonzero(inner)).any() or (branch >= n).any():
                raise ValueError("a tree's branch leads nowhere")
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """Chances of the four outcomes from what is known after an arm's answer."""

    kind: Literal["trees", "linear", "constant"]
    columns: Columns
    outcomes: tuple[int, ...]
    """Those that occurred in the fit; the others have chance 0."""
    start: Floats
    """Shape (outcomes,): scores before any column."""
    trees: tuple[tuple[Tree, ...], ...] = ()
    """For each round, a tree for each outcome."""
    linear: tuple[Floats, Floats, Floats] | None = None
    """Means and scales of the expanded columns, and weights of shape (outcomes, expanded)."""

    def predict(self, x: Floats) -> Floats:
        """Shape (n, 4), rows add up to 1: chances in the order of ``OUTCOMES``."""
        scores = np.tile(self.start, (len(x), 1))
        for one_round in self.trees:
            for place, tree in enumerate(one_round):
                scores[:, place] += tree.predict(x)
        if self.linear is not None:
            mean, scale, weights = self.linear
            scores += ((_expanded(x, self.columns) - mean) / scale) @ weights.T
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        chances /= chances.sum(axis=1, keepdims=True)
        found = np.zeros((len(x), 4))
        found[:, list(self.outcomes)] = chances
        return found

    @staticmethod
    def gain(chances: Floats) -> Floats:
        """Shape (n,): how much more often the next arm is right."""
        return np.asarray(chances[:, STRONG_ONLY] - chances[:, WEAK_ONLY])

    @staticmethod
    def confidence(chances: Floats) -> Floats:
        """Shape (n,): how likely this arm is right."""
        return np.asarray(chances[:, WEAK_ONLY] + chances[:, BOTH])

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "kind": self.kind,
            "columns": {
                "categories": list(self.columns.categories),
                "signals": list(self.columns.signals),
                "prior": self.columns.prior,
            },
            "outcomes": list(self.outcomes),
            "start": self.start.tolist(),
            "trees": [[tree.to_dict() for tree in one_round] for one_round in self.trees],
            "linear": None if self.linear is None else [part.tolist() for part in self.linear],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Joint:
        """What ``to_dict`` gave.

        Raises:
            ValueError: the parts do not belong together.
        """
        given = data["columns"]
        columns = Columns(
            categories=tuple(given["categories"]), signals=tuple(given["signals"]), prior=bool(given["prior"])
        )
        outcomes = tuple(int(one) for one in data["outcomes"])
        start = np.array(data["start"], dtype=np.float64)
        trees = tuple(tuple(Tree.from_dict(tree) for tree in one_round) for one_round in data["trees"])
        if data["kind"] not in ("trees", "linear", "constant") or not set(outcomes) <= set(range(4)):
            raise ValueError("this is no model of two arms' outcomes")
        if len(start) != len(outcomes) or any(len(one_round) != len(outcomes) for one_round in trees):
            raise ValueError("a score for each outcome is needed")
        width = len(columns.signals) + 1 + bool(columns.categories) + columns.prior
        if any((tree.feature >= width).any() for one_round in trees for tree in one_round):
            raise ValueError("a tree asks for a column that there is not")
        linear = None
        if data["linear"] is not None:
            mean, scale, weights = (np.array(part, dtype=np.float64) for part in data["linear"])
            linear = (mean, scale, weights)
        return cls(kind=data["kind"], columns=columns, outcomes=outcomes, start=start, trees=trees, linear=linear)


def fit_joint(
    x: Floats, weak: Floats, strong: Floats, columns: Columns, *, clusters: Ints | None = None, seed: int = 0
) -> Joint:
    """Fit trees and a linear model; keep the one whose chances of the outcomes are better on folds left out.

    Args:
        x: what ``columns.matrix`` gives, shape (n, columns).
        weak: 1 where this arm is right, else 0, shape (n,).
        strong: the same of the next arm.
        columns: what x consists of.
        clusters: of the rows; folds keep them whole.
        seed: of the folds.

    Raises:
        ValueError: no rows.
    """
    outcome = np.nan_to_num(weak).astype(np.int64) * 2 + np.nan_to_num(strong).astype(np.int64)
    if not len(outcome):
        raise ValueError("there are no labelled questions to fit on")
    codes = np.arange(len(x)) if clusters is None else clusters
    if len(np.unique(outcome)) == 1 or len(np.unique(codes)) < 2 * FOLDS:
        return _constant(outcome, columns)
    drawn = np.random.default_rng(seed).permutation(len(x))
    some, most = drawn[:MOST_COMPARED], drawn[:MOST_FITTED]
    folds = cluster_folds(codes[some], len(some), folds=FOLDS, seed=seed)
    kinds = {"trees": _fit_trees, "linear": _fit_linear}
    loss = dict.fromkeys(kinds, 0.0)
    for fold in range(FOLDS):
        inside, outside = some[folds != fold], some[folds == fold]
        for name, fit in kinds.items():
            chances = fit(x[inside], outcome[inside], columns).predict(x[outside])
            given = chances[np.arange(len(outside)), outcome[outside]]
            loss[name] -= float(np.log(np.maximum(given, 1e-6)).sum())
    return kinds[min(loss, key=lambda name: loss[name])](x[most], outcome[most], columns)


def _constant(outcome: Ints, columns: Columns) -> Joint:
    there, counts = np.unique(outcome, return_counts=True)
    return Joint(
        kind="constant",
        columns=columns,
        outcomes=tuple(int(one) for one in there),
        start=np.log(counts / counts.sum()),
    )


def _fit_trees(x: Floats, outcome: Ints, columns: Columns) -> Joint:
    from sklearn.ensemble import HistGradientBoostingClassifier

    if len(np.unique(outcome)) == 1:
        return _constant(outcome, columns)
    there, codes = np.unique(outcome, return_inverse=True)
    known = np.zeros(0, dtype=np.int64)
    if columns.categories:
        # scikit-learn numbers the categories that occur; numbered so beforehand, its numbers are places in ``known``.
        known = np.unique(x[~np.isnan(x[:, 0]), 0]).astype(np.int64)
        x = x.copy()
        x[:, 0] = np.where(np.isnan(x[:, 0]), np.nan, np.searchsorted(known, np.nan_to_num(x[:, 0])))
    fitted = HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_iter=100,
        max_leaf_nodes=8,
        min_samples_leaf=max(5, min(SMALLEST_LEAF, len(x) // 20)),
        l2_regularization=20.0,
        categorical_features=[0] if columns.categories else None,
        early_stopping=False,
        random_state=0,
    ).fit(x, codes)
    # The public interface has no trees; converters to other formats read these two attributes too, and a test compares.
    rounds, baseline = fitted._predictors, fitted._baseline_prediction  # noqa: SLF001
    trees = tuple(tuple(_tree(one, known) for one in one_round) for one_round in rounds)
    start = np.asarray(baseline, dtype=np.float64).reshape(-1)
    if len(there) == 2:  # one tree a round, for the log-odds of the second outcome
        trees = tuple((_silent(), one_round[0]) for one_round in trees)
        start = np.array([0.0, float(start[0])])
    return Joint(kind="trees", columns=columns, outcomes=tuple(int(o) for o in there), start=start, trees=trees)


def _silent() -> Tree:
    nothing = np.zeros(1)
    leaf = np.full(1, _UNKNOWN, dtype=np.int64)
    return Tree(
        feature=leaf, threshold=nothing, members=(None,), missing_left=leaf, left=leaf, right=leaf, value=nothing
    )


def _tree(fitted: Any, known: Ints) -> Tree:
    """scikit-learn's predictor as plain arrays."""
    nodes = fitted.nodes
    leaf = nodes["is_leaf"].astype(bool)
    sets = fitted.raw_left_cat_bitsets
    members: list[frozenset[int] | None] = []
    for node in nodes:
        if not len(known) or node["is_leaf"] or not node["is_categorical"]:
            members.append(None)
            continue
        bits = sets[node["bitset_idx"]]
        members.append(frozenset(int(known[i]) for i in range(len(known)) if int(bits[i // 32]) >> (i % 32) & 1))
    return Tree(
        feature=np.where(leaf, _UNKNOWN, nodes["feature_idx"]).astype(np.int64),
        threshold=nodes["num_threshold"].astype(np.float64),
        members=tuple(members),
        missing_left=nodes["missing_go_to_left"].astype(np.int64),
        left=nodes["left"].astype(np.int64),
        right=nodes["right"].astype(np.int64),
        value=nodes["value"].astype(np.float64),
    )


def _expanded(x: Floats, columns: Columns) -> Floats:
    """Categories one column each, signals with a column that says where they are missing."""
    numbers = x[:, 1:] if columns.categories else x
    unknown = np.isnan(numbers)
    parts = [np.where(unknown, 0.0, numbers), unknown.astype(np.float64)]
    if columns.categories:
        parts.append((x[:, :1] == np.arange(len(columns.categories))).astype(np.float64))
    return np.concatenate(parts, axis=1)


def _fit_linear(x: Floats, outcome: Ints, columns: Columns) -> Joint:
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(outcome)) == 1:
        return _constant(outcome, columns)
    wide = _expanded(x, columns)
    mean = wide.mean(axis=0)
    spread = wide.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    fitted = LogisticRegression(C=0.1, max_iter=500).fit((wide - mean) / scale, outcome)
    weights, start = np.asarray(fitted.coef_), np.asarray(fitted.intercept_)
    there = tuple(int(one) for one in fitted.classes_)
    if len(there) == 2:
        weights, start = np.stack([np.zeros_like(weights[0]), weights[0]]), np.array([0.0, float(start[0])])
    return Joint(kind="linear", columns=columns, outcomes=there, start=start, linear=(mean, scale, weights))
