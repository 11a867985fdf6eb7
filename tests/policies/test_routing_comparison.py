"""A policy beside its controls: what the one table says, on questions where the truth is known."""

from __future__ import annotations

import json

import numpy as np
import pytest

from calibrant import metrics
from calibrant.policies.routing import Arm, ArmTable, Played, categories
from calibrant.policies.routing.comparison import compare

N = 400


def asked(*, domains: bool = True, cost: float = 10.0, arms: int = 2) -> tuple[ArmTable, np.ndarray]:
    """Questions and a score that knows, imperfectly, where the second arm is needed."""
    random = np.random.default_rng(17)
    hard = random.random(N)
    right = np.stack([random.random(N) > hard, random.random(N) > hard / 3, random.random(N) > hard / 2], axis=1)
    table = ArmTable(
        arms=(Arm("small"), Arm("large"), Arm("middle"))[:arms],
        right=right[:, :arms].astype(float),
        failed=np.zeros((N, arms), dtype=bool),
        cost=np.tile([1.0, cost, 3.0][:arms], (N, 1)),
        clusters=np.repeat(np.arange(N // 4), 4),
        domains=[f"field {int(4 * one)}" for one in hard] if domains else None,
    )
    return table, hard + random.normal(0, 0.2, N)


def cascade(table: ArmTable, score: np.ndarray, threshold: float, *, decline: float = np.inf) -> Played:
    up = score > threshold
    called = np.zeros(table.right.shape, dtype=bool)
    called[:, 0], called[:, 1] = True, up
    arm = np.where(score > decline, -1, up.astype(int))
    right = np.where(arm < 0, np.nan, table.right[np.arange(N), np.maximum(arm, 0)])
    return Played(arm=arm, right=right, cost=(table.cost * called).sum(axis=1), called=called, score=1 - score)


def swept(table: ArmTable, score: np.ndarray) -> list[Played]:
    return [cascade(table, score, one) for one in np.linspace(1.5, -0.5, 9)]


def test_one_table_has_the_policy_and_every_control() -> None:
    table, score = asked()
    found = compare(table, cascade(table, score, 0.5), swept(table, score), score=score, draws=50)
    names = [one.name for one in found.rules]
    assert names[0] == "policy"
    for control in ("best single: large", "small", "zero router, equal cost", "random mix, equal cost"):
        assert control in names
    assert {"category means, equal cost", "shuffled", "oracle"} <= set(names)
    assert [one.name for one in found.frontiers] == ["policy", "zero router", "category means", "random mix", "oracle"]
    assert [one.name for one in found.deferrals] == ["policy", "category means", "random", "oracle"]
    assert (found.questions, found.clusters, found.notes) == (N, N // 4, ())


def test_the_numbers_of_a_rule_are_those_of_its_answers() -> None:
    table, score = asked()
    played = cascade(table, score, 0.5, decline=0.9)
    policy = compare(table, played, draws=20, wrong_costs=3).rules[0]
    there = ~np.isnan(played.right)
    right, wrong = float((played.right == 1).mean()), float((played.right == 0).mean())
    assert policy.coverage == pytest.approx(there.mean())
    assert policy.right == pytest.approx(right)
    assert policy.risk == pytest.approx(wrong / there.mean())
    assert policy.index == pytest.approx(100 * (right - wrong))
    assert policy.utility == pytest.approx(right - 3 * wrong)
    assert policy.cost == pytest.approx(played.cost.mean())
    assert policy.per_success is not None
    assert policy.per_success.value == pytest.approx(played.cost.mean() / right)
    assert policy.difference == 0
    assert policy.calls == {"small": 1.0, "large": pytest.approx(played.called[:, 1].mean())}


def test_a_difference_is_paired_on_the_same_questions() -> None:
    table, score = asked()
    played = cascade(table, score, 0.5)
    found = compare(table, played, draws=20)
    best = next(one for one in found.rules if one.name.startswith("best single"))
    values = 2 * played.right - 1, 2 * table.right[:, 1] - 1
    expected = metrics.paired_difference(*values, table.clusters)
    assert expected is not None
    assert best.difference == pytest.approx(expected.difference)
    assert best.difference_interval == pytest.approx(expected.interval)


def test_a_score_that_knows_beats_the_blind_controls_and_not_the_oracle() -> None:
    table, score = asked(domains=False)
    found = compare(table, cascade(table, score, 0.5), swept(table, score), score=score, draws=100)
    by_name = {one.name: one for one in found.deferrals}
    assert by_name["random"].apgr == pytest.approx(0.5)
    assert by_name["policy"].apgr == pytest.approx(metrics.apgr(score, *table.right.T))
    assert by_name["random"].gain_interval is not None
    assert by_name["random"].gain_interval.low > 0
    assert by_name["oracle"].gain is not None
    assert by_name["oracle"].gain < 0
    frontier = {one.name: one for one in found.frontiers}
    assert frontier["policy"].aiq_gain is not None
    assert 0 < frontier["policy"].aiq_gain < frontier["oracle"].aiq_gain  # type: ignore[operator]
    assert frontier["oracle"].neutral_cost < 1  # type: ignore[operator]
    assert frontier["zero router"].neutral_cost == pytest.approx(1)
    assert any("no categories" in note for note in found.notes)


def test_shuffled_keeps_the_spending_and_loses_the_aim() -> None:
    table, score = asked()
    found = {one.name: one for one in compare(table, cascade(table, score, 0.5), draws=20).rules}
    assert found["shuffled"].cost == pytest.approx(found["policy"].cost)
    assert found["shuffled"].calls == pytest.approx(found["policy"].calls)
    assert found["shuffled"].difference_interval is not None
    assert found["shuffled"].difference_interval.low > 0


def test_categories_are_learned_on_other_folds_than_they_route() -> None:
    """With labels dealt at random, means of the very questions would beat chance; out of fold they do not."""
    areas = []
    for seed in range(30):
        random = np.random.default_rng(seed)
        right = np.stack([random.random(200) < 0.5, random.random(200) < 0.7], axis=1).astype(float)
        table = ArmTable(
            arms=(Arm("small"), Arm("large")),
            right=right,
            failed=np.zeros((200, 2), dtype=bool),
            cost=np.tile([1.0, 2.0], (200, 1)),
            clusters=np.arange(200),
            domains=[str(i % 40) for i in range(200)],
        )
        areas.append(metrics.apgr(categories.category_scores(table, seed), *right.T))
    assert np.mean(areas) < 0.5 + 2 * np.std(areas) / np.sqrt(30)


def test_without_dollars_there_is_no_frontier_and_it_is_said() -> None:
    table, score = asked(cost=np.nan)
    found = compare(table, cascade(table, score, 0.5), swept(table, score), score=score, draws=20)
    assert found.frontiers == ()
    assert found.rules[0].cost is None
    assert any("costs are unknown" in note for note in found.notes)
    assert {one.name for one in found.deferrals} == {"policy", "category means", "random", "oracle"}


def test_three_arms_have_a_mid_size_control_and_no_deferral_curve() -> None:
    table, score = asked(arms=3)
    found = compare(table, cascade(table, score, 0.5), score=score, draws=20)
    assert "mid-size: middle" in {one.name for one in found.rules}
    assert found.deferrals == ()
    assert any("two arms" in note for note in found.notes)


def test_a_second_arm_that_is_no_better_leaves_no_gap_and_it_is_said() -> None:
    table, score = asked()
    turned = ArmTable(
        arms=table.arms,
        right=table.right[:, ::-1].copy(),
        failed=table.failed,
        cost=table.cost,
        clusters=table.clusters,
    )
    found = compare(turned, cascade(turned, score, 0.5), score=score, draws=20)
    assert found.deferrals[0].apgr is None
    assert any("no gap" in note for note in found.notes)


def test_everything_goes_into_plain_json() -> None:
    table, score = asked()
    found = compare(table, cascade(table, score, 0.5), swept(table, score), score=score, draws=20)
    written = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert written["rules"][0]["rule"] == "policy"
    assert written["deferral"][0]["cpt"].keys() == {"50%", "80%"}
    assert "bootstrap" in written["frontiers"][0]["interval_method"]


def test_no_questions_are_refused() -> None:
    table, score = asked()
    none = np.zeros(0, dtype=int)
    empty = ArmTable(
        arms=table.arms, right=table.right[none], failed=table.failed[none], cost=table.cost[none], clusters=none
    )
    nothing = np.zeros(0)
    with pytest.raises(ValueError, match="no questions"):
        compare(empty, Played(arm=none, right=nothing, cost=nothing, called=empty.failed, score=nothing))
