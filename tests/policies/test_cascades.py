"""Cascades: the value rule against brute force, what a fit finds, what it says, what it refuses."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibrant.errors import InputError
from calibrant.policies.routing import Arm, ArmTable, Cascade, Wishes, cascade_fit, fit_cascade, fit_part, fit_router
from calibrant.policies.routing.design import Design
from calibrant.policies.routing.following import Path, Predicted, Rule, follow


def drawn(n: int, seed: int = 0, *, arms: int = 2, holes: bool = False) -> ArmTable:
    """Arms that are the better the later, each with an agreement of five samples."""
    random = np.random.default_rng(seed)
    ease = random.beta(1.2, 1, n)[:, None]
    chance = 1 / (1 + np.exp(-6 * (ease - np.linspace(0.55, 0.2, arms))))
    right = (random.random((n, arms)) < chance).astype(np.float64)
    agreement = random.binomial(5, chance) / 5
    failed = np.zeros((n, arms), dtype=np.bool_)
    if holes:
        right[random.random((n, arms)) < 0.1] = np.nan
        failed = np.isnan(right) & (random.random((n, arms)) < 0.5)
        agreement[random.random((n, arms)) < 0.1] = np.nan
    return ArmTable(
        arms=tuple(Arm("model", f"e{arm}") for arm in range(arms)),
        right=right,
        failed=failed,
        cost=np.tile(0.001 * 4.0 ** np.arange(arms), (n, 1)),
        clusters=np.arange(n),
        signals={"agreement": agreement},
        domains=[f"domain {one}" for one in random.integers(0, 4, n)],
    )


# The value rule


class Chain:
    """Three arms with signals of two values, each hanging on the one before alone; everything is known exactly."""

    def __init__(self, seed: int, w: float, costs: tuple[float, ...]) -> None:
        random = np.random.default_rng(seed)
        self.w, self.costs = w, costs
        self.first = random.dirichlet([1, 1], 3)
        """Marginal of each arm's signal is made below; this row is that of the first."""
        self.step = random.dirichlet([1, 1], (2, 2))
        """[arm, value] -> law of the next arm's signal."""
        self.right = random.random((3, 2))
        """[arm, value] -> P(right)."""
        self.states = list(itertools.product((0, 1), repeat=3))
        self.weight = np.array([self._weight(state) for state in self.states])

    def _weight(self, state: tuple[int, ...]) -> float:
        return float(self.first[0][state[0]] * self.step[0][state[0]][state[1]] * self.step[1][state[1]][state[2]])

    def stop(self, arm: int, state: tuple[int, ...]) -> float:
        return max(0.0, (1 + self.w) * self.right[arm, state[arm]] - self.w)

    def given(self, seen: dict[int, int], arm: int, value: int) -> float:
        """P(signal of the arm | signals seen)."""
        fits = [all(state[at] == one for at, one in seen.items()) for state in self.states]
        both = [fit and state[arm] == value for fit, state in zip(fits, self.states, strict=True)]
        return float(self.weight[both].sum() / self.weight[fits].sum())

    def brute_force(self) -> float:
        """The best of all plans: whom to begin with, and for everything seen to stop or whom to ask next."""
        best = 0.0
        after_first = list(itertools.product((None, 1, 2), repeat=2))
        after_second = list(itertools.product((False, True), repeat=4))
        alone = list(itertools.product((False, True), repeat=2))
        for plan, then in itertools.product(after_first, after_second):
            best = max(best, self._worth(0, plan, then, None))
        return max(best, *(self._worth(1, None, None, plan) for plan in alone), self._worth(2, None, None, None))

    def _worth(self, entry: int, plan: object, then: object, alone: object) -> float:
        total = 0.0
        for state, weight in zip(self.states, self.weight, strict=True):
            arm, spent = entry, self.costs[entry]
            if entry == 0 and plan[state[0]] is not None:  # type: ignore[index]
                arm = plan[state[0]]  # type: ignore[index]
                spent += self.costs[arm]
                if arm == 1 and then[2 * state[0] + state[1]]:  # type: ignore[index]
                    arm, spent = 2, spent + self.costs[2]
            elif entry == 1 and alone[state[1]]:  # type: ignore[index]
                arm, spent = 2, spent + self.costs[2]
            total += weight * (self.stop(arm, state) - spent)
        return total

    def by_rule(self) -> tuple[float, Path]:
        """What `follow` makes of it, told the exact values."""

        def worth(key: tuple[int, int], seen: dict[int, int]) -> float:
            arm = key[1]
            state = tuple(seen.get(at, 0) for at in range(3))
            onward = [ahead((key[1], k), seen, k) - self.costs[k] for k in range(arm + 1, 3)]
            return max([self.stop(arm, state), *onward])

        def ahead(key: tuple[int, int], seen: dict[int, int], arm: int) -> float:
            return sum(self.given(seen, arm, value) * worth(key, {**seen, arm: value}) for value in (0, 1))

        start = np.array([[ahead((-1, arm), {}, arm) for arm in range(3)]] * len(self.states))

        def predict(key: tuple[int, int], rows: np.ndarray) -> Predicted:
            p, onward = [], {k: [] for k in range(key[1] + 1, 3)}
            for row in rows:
                seen = {at: self.states[row][at] for at in key if at >= 0}
                p.append(self.right[key[1], self.states[row][key[1]]])
                for k, values in onward.items():
                    values.append(ahead((key[1], k), seen, k))
            return Predicted(np.array(p), {k: np.array(values) for k, values in onward.items()})

        path = follow(start, np.ones((8, 3), dtype=bool), predict, Rule(wrong_costs=self.w, call_costs=self.costs))
        total = 0.0
        for row, (state, weight) in enumerate(zip(self.states, self.weight, strict=True)):
            spent = float((path.called[row] * np.array(self.costs)).sum())
            total += weight * ((self.stop(int(path.stopped[row]), state) if path.stopped[row] >= 0 else 0.0) - spent)
        return total, path


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from([0.0, 1.0, 3.0, 9.0]),
    st.tuples(st.floats(0, 0.2), st.floats(0, 0.3), st.floats(0, 0.5)),
)
def test_the_value_rule_reaches_the_best_of_all_plans(seed: int, w: float, costs: tuple[float, ...]) -> None:
    chain = Chain(seed, w, costs)
    assert chain.by_rule()[0] == pytest.approx(chain.brute_force(), abs=1e-6)


def test_nobody_is_asked_where_every_arm_costs_more_than_it_brings() -> None:
    _, path = Chain(1, 9.0, (2.0, 2.0, 2.0)).by_rule()
    assert not path.called.any()
    assert (path.stopped == -1).all()


# What a fit finds


def test_left_out_probabilities_are_calibrated() -> None:
    fit = cascade_fit(drawn(4000, seed=3))
    p, right = fit.p[-1, 0].held_out, fit.table.right[:, 0]
    for low, high in itertools.pairwise(np.quantile(p, [0, 0.25, 0.5, 0.75, 1])):
        inside = (p >= low) & (p <= high)
        assert right[inside].mean() == pytest.approx(p[inside].mean(), abs=0.05)


def test_the_joint_of_right_now_and_right_with_more_adds_up() -> None:
    table = drawn(4000, seed=4)
    stage = fit_cascade(table, wrong_costs=1.0, lam=1.0).stages[-1, 0]
    columns = {"model@e0:agreement": table.signals["agreement"][:, 0]} | {
        f"prior:model@e{arm}": np.full(len(table), table.right[:, arm].mean()) for arm in (0, 1)
    }
    now, more, both = (model.values(columns, len(table)) for model in (stage.p, stage.more[1], stage.both[1]))
    assert more.mean() == pytest.approx(table.right[:, 1].mean(), abs=0.02)
    assert both.mean() == pytest.approx(table.right.prod(axis=1).mean(), abs=0.02)
    assert (both <= np.minimum(now, more) + 0.05).all()


def test_a_linear_fit_is_the_penalised_least_squares_of_its_left_in_rows() -> None:
    random = np.random.default_rng(0)
    x, y, folds = random.choice([0.0, 1.0, 2.0], 300), random.random(300), random.integers(0, 5, 300)
    fitted = Design({"x": x}, folds).linear(y)
    hats = np.column_stack([np.ones(300), x == 0, x == 1, x == 2]).astype(float)
    penalty = 0.01 * np.eye(4)
    penalty[0, 0] = 1e-9
    penalty[1:, 1:] += [[1, -1, 0], [-1, 2, -1], [0, -1, 1]]
    kept = folds != 2
    weights = np.linalg.solve(hats[kept].T @ hats[kept] + penalty, hats[kept].T @ y[kept])
    np.testing.assert_allclose(fitted.held_out[~kept], hats[~kept] @ weights)


def test_a_higher_price_of_a_dollar_never_costs_more() -> None:
    fit = cascade_fit(drawn(1500, seed=5))
    costs = [
        fit.solve(wrong_costs=1.0, lam=lam).cascade.play(fit.table).cost.mean() for lam in (0.0, 5.0, 20.0, 80.0, 1e4)
    ]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] == 0


def test_a_budget_is_kept_on_fresh_questions() -> None:
    cascade = fit_cascade(drawn(3000, seed=6), budget=0.0025, wrong_costs=1.0)
    assert cascade.play(drawn(3000, seed=7)).cost.mean() < 0.0025 * 1.1


def test_looking_at_the_cheap_answer_beats_either_arm_at_its_cost() -> None:
    fit, fresh = (
        replace(drawn(n, seed=seed), cost=np.tile([0.001, 0.03], (n, 1))) for n, seed in ((2000, 8), (4000, 9))
    )
    played = fit_cascade(fit, budget=0.016).play(fresh)
    share = (played.cost.mean() - 0.001) / (0.03 - 0.001)
    mixed = (1 - share) * fresh.right[:, 0].mean() + share * fresh.right[:, 1].mean()
    assert np.nan_to_num(played.right).mean() > mixed + 0.02


def test_an_arm_that_is_never_better_and_dearer_is_never_asked_and_said() -> None:
    table = drawn(1500, seed=10)
    worse = replace(
        table,
        right=np.column_stack([table.right[:, 1], table.right[:, 0] * table.right[:, 1]]),
        signals={"agreement": table.signals["agreement"][:, ::-1]},
    )
    cascade = fit_cascade(worse, error=0.1, wrong_costs=3.0, lam=20.0)
    assert not cascade.play(worse).called[:, 1].any()
    assert "model@e1 is never asked: model@e0 is right as often and costs no more" in cascade.notes


def test_an_effort_that_is_better_and_cheaper_is_begun_with() -> None:
    table = drawn(1500, seed=11, arms=3)
    order = [0, 2, 1]
    mixed = replace(table, right=table.right[:, order], signals={"agreement": table.signals["agreement"][:, order]})
    played = fit_cascade(mixed, lam=10.0).play(mixed)
    assert played.called[:, 1].mean() > 0.3
    assert played.called[:, 2].mean() < 0.1


def test_failed_and_declined_calls_are_paid_for_and_never_answered() -> None:
    table = drawn(1500, seed=12, holes=True)
    played = fit_cascade(table, wrong_costs=1.0, lam=20.0).play(table)
    np.testing.assert_allclose(played.cost, (played.called * table.cost).sum(axis=1))
    nothing = np.isnan(table.right[:, 0]) & played.called[:, 0] & ~played.called[:, 1]
    assert (played.arm[nothing] == -1).all()
    assert not np.isnan(played.right[played.arm >= 0]).any()


def test_without_costs_there_is_a_cascade_and_it_says_so() -> None:
    table = drawn(800, seed=13)
    unpriced = replace(table, cost=np.full_like(table.cost, np.nan))
    cascade = fit_cascade(unpriced, error=0.1)
    assert "costs are unknown: effort is spent as if it were free" in cascade.notes
    assert np.isnan(cascade.play(unpriced).cost).all()
    with pytest.raises(InputError, match="no costs to keep a budget with"):
        fit_cascade(unpriced, budget=0.01)


def test_a_cascade_outlives_json() -> None:
    table = drawn(600, seed=14, arms=3, holes=True)
    cascade = fit_cascade(table, error=0.1)
    again = Cascade.from_dict(json.loads(json.dumps(cascade.to_dict(), sort_keys=True)))
    one, other = cascade.play(table), again.play(table)
    for name in ("arm", "right", "cost", "called", "score"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_a_table_of_other_arms_is_refused() -> None:
    cascade = fit_cascade(drawn(200))
    with pytest.raises(ValueError, match="was fitted on model@e0, model@e1"):
        cascade.play(drawn(50, arms=3))


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"wrong_costs": -1.0}, "wrong answer must be a number >= 0"),
        ({"lam": float("nan")}, "lambda must be a number >= 0"),
        ({"budget": 0.0}, "above 0"),
        ({"budget": 1.0, "lam": 1.0}, "not both"),
        ({"error": 1.0}, "between 0 and 1"),
    ],
)
def test_wishes_that_cannot_be_granted_are_refused(wishes: dict[str, float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Wishes(**wishes)  # type: ignore[arg-type]


# Routers


def test_a_category_is_drawn_to_the_overall_mean() -> None:
    right = np.array([[1.0], [1.0], [0.0], [0.0], [0.0], [0.0]])
    found = fit_router(right, np.array([0, 1, 0, 1, 0, 1]), ["a", "a", "b", "b", "b", "b"]).router
    assert found.domains["a"][0] == pytest.approx((2 + 10 / 3) / 12)
    assert found.at("never seen", None) == found.overall


def test_words_that_tell_are_used_and_words_that_do_not_are_left_out() -> None:
    random = np.random.default_rng(0)
    hard = random.random(300) < 0.5
    right = (random.random((300, 1)) < np.where(hard, 0.2, 0.9)[:, None]).astype(float)
    folds = random.integers(0, 5, 300)
    telling = [f"{'prove that' if one else 'say whether'} item {n % 7}" for n, one in enumerate(hard)]
    router = fit_router(right, folds, None, telling).router
    assert router.at(None, "say whether item 3")[0] > router.at(None, "prove that item 3")[0] + 0.4
    silent = [f"question about item {n % 7}" for n in range(300)]
    assert fit_router(random.permutation(right), folds, None, silent).router.words == {}


def test_many_questions_and_one_alone_get_the_same_router_value() -> None:
    random = np.random.default_rng(1)
    texts = [" ".join(random.choice(["red", "blue", "green", "tall", "old"], 6)) for _ in range(300)]
    right = np.array([[float("red" in text), float("old" in text)] for text in texts])
    router = fit_router(right, random.integers(0, 5, 300), None, texts).router
    assert router.words
    np.testing.assert_allclose(router.values(None, texts[:20], 20), [router.at(None, text) for text in texts[:20]])


# Parting


def test_more_labels_move_no_question_to_the_other_part() -> None:
    table = drawn(400)
    named = replace(table, questions=[f"{n:064x}" for n in range(400)])
    few = replace(
        named,
        right=named.right[:100],
        clusters=named.clusters[:100],
        questions=named.questions[:100],
        failed=named.failed[:100],
        cost=named.cost[:100],
    )
    np.testing.assert_array_equal(fit_part(named, 0.4)[:100], fit_part(few, 0.4))
    assert 0.3 < fit_part(named, 0.4).mean() < 0.5


def test_no_cluster_is_parted() -> None:
    table = replace(drawn(400), clusters=np.arange(400) // 5)
    inside = fit_part(table, 0.4).reshape(80, 5)
    assert (inside.all(axis=1) | ~inside.any(axis=1)).all()
