"""Controls of routing against brute force, on tables small enough to think through."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibrant.policies.routing import Arm, ArmTable, Played, categories, controls
from calibrant.policies.routing.points import point_of

ARMS = (Arm("small"), Arm("middle"), Arm("large"))


def table(right: list[list[float]], cost: tuple[float, ...] = (1.0, 2.0, 10.0), domains: list[str] | None = None):
    answers = np.array(right, dtype=float)
    return ArmTable(
        arms=ARMS[: answers.shape[1]],
        right=answers,
        failed=np.zeros(answers.shape, dtype=bool),
        cost=np.tile(np.array(cost), (len(answers), 1)),
        clusters=np.arange(len(answers)),
        domains=domains,
    )


outcomes = st.lists(st.tuples(*[st.integers(0, 1)] * 3).map(list), min_size=1, max_size=6)


def test_the_best_single_model_is_the_cheapest_of_equals() -> None:
    found = controls.best_single(table([[0, 1, 1], [1, 1, 1]]))
    assert (found.name, found.quality, found.mean_cost) == ("middle", 1.0, 2.0)


def test_the_zero_router_leaves_out_what_a_mix_of_two_others_beats() -> None:
    rows = [[0, 0, 1], [0, 0, 1], [1, 1, 1], [0, 0, 1]]
    found = controls.zero_router(table(rows, cost=(1.0, 9.0, 10.0)))
    assert found is not None
    assert [one.name for one in found.points] == ["small", "large"]
    halfway = found.at(5.5)
    assert halfway is not None
    assert halfway.quality == pytest.approx(0.625)
    assert halfway.mean_cost == pytest.approx(5.5)
    assert halfway.calls.tolist() == pytest.approx([0.5, 0, 0.5])
    assert found.at(0.5) is None
    beyond = found.at(99.0)
    assert beyond is not None
    assert beyond.name == "large"


def test_the_mid_size_model_lies_between_the_cheapest_and_the_dearest() -> None:
    found = controls.mid_size(table([[1, 0, 1]]))
    assert found is not None
    assert found.name == "middle"
    assert controls.mid_size(table([[1, 0]], cost=(1.0, 2.0))) is None


def test_a_random_mix_goes_from_the_cheapest_to_the_best_in_a_straight_line() -> None:
    found = controls.random_mix(table([[0, 0, 1], [0, 1, 1]]), steps=3)
    assert found.qualities.tolist() == pytest.approx([0, 0.5, 1])
    assert found.costs.tolist() == pytest.approx([1, 1.5, 2] if found.points[-1].name == "middle" else [1, 5.5, 10])


@given(rows=outcomes)
@settings(max_examples=60, deadline=None)
def test_no_way_of_choosing_arms_beats_the_oracle_s_hull(rows: list[list[int]]) -> None:
    """Every one of the 3^n ways, against the hull of the oracle's points."""
    asked = table([[float(one) for one in row] for row in rows])
    found = controls.oracle(asked).hull()
    assert found is not None
    index = np.arange(len(rows))
    for way in list(product(range(3), repeat=len(rows)))[:243]:
        arm = np.array(way)
        cost, quality = asked.cost[index, arm].mean(), asked.right[index, arm].mean()
        reached = found.at(float(cost))
        assert reached is not None
        assert quality <= reached + 1e-9


def test_the_oracle_s_last_point_is_right_wherever_any_arm_is_and_pays_no_more_than_it_must() -> None:
    found = controls.oracle(table([[0, 1, 1], [1, 1, 1], [0, 0, 0], [0, 0, 1]])).points[-1]
    assert found.right.tolist() == [1, 1, 0, 1]
    assert found.cost.tolist() == [2, 1, 1, 10]


def test_category_means_learn_from_the_fit_questions_alone() -> None:
    fit = table([[0, 0, 1]] * 50 + [[1, 1, 1]] * 50, domains=["law"] * 50 + ["art"] * 50)
    fresh = table([[1, 1, 0], [0, 0, 0]], domains=["law", "art"])
    swept = categories.category_router(fit, fresh)
    one_dear = next(one for one in swept.points if one.calls.tolist() == [0.5, 0, 0.5])
    assert one_dear.cost.tolist() == [10, 1]
    assert one_dear.right.tolist() == [0, 0]
    assert swept.points[0].calls.tolist() == [1, 0, 0]
    assert swept.points[-1].quality == 0


def test_a_category_never_seen_is_judged_by_the_mean_of_all() -> None:
    fit = table([[0, 1, 1]] * 30, domains=["law"] * 30)
    found = categories.category_router(fit, table([[0, 1, 1]], domains=["chess"]))
    assert found.points[-1].calls.tolist() == [0, 1, 0]


def test_category_means_need_categories_and_the_same_arms() -> None:
    with pytest.raises(ValueError, match="no categories"):
        categories.category_router(table([[0, 0, 1]]), table([[0, 0, 1]]))
    with pytest.raises(ValueError, match="different arms"):
        categories.category_router(table([[0, 1]], cost=(1.0, 2.0), domains=["a"]), table([[0, 0, 1]], domains=["a"]))


def test_shuffled_is_the_mean_over_all_deals_of_the_policy_s_decisions() -> None:
    random = np.random.default_rng(5)
    asked = table(random.integers(0, 2, (6, 2)).astype(float).tolist(), cost=(1.0, 4.0))
    called = np.array([[1, 0], [1, 1], [1, 1], [1, 0], [1, 1], [1, 0]], dtype=bool)
    arm = np.array([0, 1, 1, -1, 1, 0])
    right = np.array([np.nan if a < 0 else asked.right[i, a] for i, a in enumerate(arm)])
    played = Played(arm=arm, right=right, cost=(asked.cost * called).sum(axis=1), called=called, score=np.ones(6))
    found = controls.shuffled(asked, played)
    rights, costs = [], []
    for _ in range(4000):
        deal = random.permutation(6)
        chosen = arm[deal]
        rights.append(np.mean([0 if a < 0 else asked.right[i, a] for i, a in enumerate(chosen)]))
        costs.append((asked.cost * called[deal]).sum(axis=1).mean())
    assert found.quality == pytest.approx(np.mean(rights), abs=0.01)
    assert found.mean_cost == pytest.approx(np.mean(costs))
    assert found.coverage == pytest.approx(5 / 6)
    assert point_of(asked, played).mean_cost == pytest.approx(found.mean_cost)


def test_without_dollars_controls_still_say_what_is_right() -> None:
    asked = table([[0, 1, 1], [1, 0, 1]], cost=(np.nan, np.nan, np.nan), domains=["a", "b"])
    assert controls.zero_router(asked) is None
    assert controls.best_single(asked).name == "large"
    assert controls.best_single(asked).mean_cost is None
    assert controls.oracle(asked).points[-1].quality == 1
    assert categories.category_router(asked, asked).points[-1].mean_cost is None
    assert controls.random_mix(asked).points[0].name == "random mix"


def test_a_point_counts_what_is_declined_as_neither_right_nor_wrong() -> None:
    asked = table([[1, np.nan, 0], [0, 1, 1]])
    point = controls.single_arms(asked).points[1]
    assert (point.name, point.quality, point.coverage, point.risk) == ("middle", 0.5, 0.5, 0.0)
    assert point.utility(9, dollar=0.1) == pytest.approx(0.5 - 0.2)
