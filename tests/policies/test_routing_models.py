"""What is expected of two arms jointly, once the first has answered."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from calibrant import metrics
from calibrant.policies.routing import Arm, ArmTable
from calibrant.policies.routing import joint as joints
from calibrant.policies.routing.categories import category_scores
from calibrant.policies.routing.joint import Joint, Tree, columns_of, fit_joint

ARMS = (Arm("small"), Arm("large"))
WORDS = ["tort", "lease", "integral", "matrix", "sonnet", "fresco"]
FIELDS = ["law", "law", "maths", "maths", "art", "art"]


def world(n: int, seed: int) -> ArmTable:
    """Mathematics is where the large arm helps; agreement tells right from wrong in law and nothing in art."""
    random = np.random.default_rng(seed)
    kind = random.integers(0, 6, n)
    field = np.array(FIELDS)[kind]
    hard = np.where(field == "maths", 0.35, 0.75)
    weak = random.random(n) < hard
    strong = random.random(n) < np.where(field == "maths", 0.9, 0.76)
    agree = np.where(field == "art", random.random(n) < 0.5, np.where(random.random(n) < 0.85, weak, ~weak))
    agreement = np.where(random.random(n) < 0.1, np.nan, agree.astype(float))
    signals = {"agreement": np.stack([agreement, np.full(n, np.nan)], axis=1)}
    return ArmTable(
        arms=ARMS,
        right=np.stack([weak, strong], axis=1).astype(float),
        failed=np.zeros((n, 2), dtype=bool),
        cost=np.tile([1.0, 10.0], (n, 1)),
        clusters=np.arange(n),
        signals=signals,
        texts=[f"What is a {WORDS[one]} number {i % 7}?" for i, one in enumerate(kind)],
        domains=field.tolist(),
    )


def fitted(table: ArmTable) -> tuple[Joint, np.ndarray]:
    columns = columns_of(table, 0)
    x = columns.matrix(table, 0)
    return fit_joint(x, table.right[:, 0], table.right[:, 1], columns), x


def test_after_the_answer_one_model_knows_gain_and_confidence() -> None:
    found, _ = fitted(world(1500, 8))
    fresh = world(3000, 9)
    chances = found.predict(found.columns.matrix(fresh, 0))
    assert chances.sum(axis=1) == pytest.approx(1)
    weak, strong = fresh.right.T
    before = category_scores(fresh)
    after = metrics.apgr(Joint.gain(chances), weak, strong)
    assert after > metrics.apgr(before, weak, strong) + 0.1  # type: ignore[operator,arg-type]
    assert metrics.auroc(Joint.confidence(chances), weak) > 0.8  # type: ignore[operator]
    assert metrics.ece(np.clip(Joint.confidence(chances), 0, 1), weak) < 0.05  # type: ignore[operator]


@pytest.mark.parametrize("outcomes", [4, 2])
def test_trees_in_arrays_give_scikit_learn_s_own_chances(outcomes: int) -> None:
    random = np.random.default_rng(10)
    category = random.choice([0, 2, 5], 500).astype(float)
    x = np.column_stack([category, random.normal(size=500), random.normal(size=500)])
    x[random.random(500) < 0.1, 1] = np.nan
    y = (random.normal(size=500) + np.nan_to_num(x[:, 1]) + (category == 2) > 0).astype(int)
    y = y + 2 * (random.random(500) < 0.3) if outcomes == 4 else 3 * y
    columns = joints.Columns(categories=tuple("abcdef"), signals=("one",), prior=False)
    ours = joints._fit_trees(x, y, columns)
    theirs = HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_iter=100,
        max_leaf_nodes=8,
        min_samples_leaf=25,
        l2_regularization=20.0,
        categorical_features=[0],
        early_stopping=False,
        random_state=0,
    ).fit(x, y)
    fresh = x[:200].copy()
    fresh[:5, 0], fresh[5:9, 2] = np.nan, np.nan
    assert ours.predict(fresh)[:, theirs.classes_] == pytest.approx(theirs.predict_proba(fresh), abs=1e-9)


@pytest.mark.parametrize("kind", ["trees", "linear"])
def test_a_joint_model_written_and_read_back_says_the_same(kind: str) -> None:
    table = world(400, 11)
    columns = columns_of(table, 0)
    x = columns.matrix(table, 0)
    outcome = (table.right[:, 0] * 2 + table.right[:, 1]).astype(int)
    found = joints._fit_trees(x, outcome, columns) if kind == "trees" else joints._fit_linear(x, outcome, columns)
    again = Joint.from_dict(json.loads(json.dumps(found.to_dict())))
    assert again.predict(x) == pytest.approx(found.predict(x), abs=1e-12)
    assert again.kind == kind


def test_tampered_trees_are_refused() -> None:
    table = world(400, 11)
    columns = columns_of(table, 0)
    outcome = (table.right[:, 0] * 2 + table.right[:, 1]).astype(int)
    written = joints._fit_trees(columns.matrix(table, 0), outcome, columns).to_dict()
    tree = next(one for one in written["trees"][0] if one["feature"][0] >= 0)
    with pytest.raises(ValueError, match="leads nowhere"):
        Tree.from_dict(tree | {"left": [0] * len(tree["left"])})
    with pytest.raises(ValueError, match="column"):
        Joint.from_dict(written | {"columns": {"categories": [], "signals": [], "prior": False}})


def test_where_every_outcome_is_the_same_its_chance_is_one() -> None:
    table = world(60, 12)
    columns = columns_of(table, 0)
    x = columns.matrix(table, 0)
    found = fit_joint(x, np.zeros(60), np.ones(60), columns)
    assert found.kind == "constant"
    assert found.predict(x)[:, joints.STRONG_ONLY].tolist() == [1] * 60


def test_a_signal_that_never_varies_and_a_single_category_are_no_columns() -> None:
    table = world(60, 13)
    constant = dict(table.signals) | {"always": np.ones((60, 2))}
    one = ArmTable(
        arms=ARMS,
        right=table.right,
        failed=table.failed,
        cost=table.cost,
        clusters=table.clusters,
        signals=constant,
        domains=["law"] * 60,
    )
    found = columns_of(one, 0)
    assert (found.categories, found.signals) == ((), ("agreement",))
