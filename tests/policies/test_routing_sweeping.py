"""A fitted cascade at other prices of a dollar, in order of escalation, and without a domain."""

from __future__ import annotations

import numpy as np
import pytest

from calibrant.policies.routing import Arm, ArmTable, Cascade, Played, fit_cascade
from calibrant.policies.routing.sweeping import escalation, leave_one_domain_out, swept

FIELDS = np.array(["law", "maths", "art"])


def asked(n: int, seed: int) -> ArmTable:
    random = np.random.default_rng(seed)
    field = random.integers(0, 3, n)
    hard = np.clip(random.beta(2, 3, n) + np.array([0, 0.25, -0.1])[field], 0, 1)
    right = np.stack([random.random(n) > hard, random.random(n) > 0.4 * hard], axis=1).astype(float)
    sure = np.clip(0.5 + 0.4 * (right - 0.5) + random.normal(0, 0.15, (n, 2)), 0, 1)
    return ArmTable(
        arms=(Arm("m", "low"), Arm("m", "high")),
        right=right,
        failed=np.zeros((n, 2), dtype=bool),
        cost=np.tile([0.001, 0.01], (n, 1)),
        clusters=np.arange(n),
        signals={"stated": sure},
        domains=FIELDS[field].tolist(),
    )


@pytest.fixture(scope="module")
def cascade() -> Cascade:
    return fit_cascade(asked(500, 1), wrong_costs=1.0, lam=5.0, escalate="gain")


def test_the_order_of_escalation_is_the_one_in_which_a_dearer_dollar_keeps_questions_back(cascade: Cascade) -> None:
    fresh = asked(400, 2)
    order = escalation(cascade, fresh)
    for lam in (1.0, 5.0, 20.0):
        played = cascade.at(lam).play(fresh)
        begun = played.called[:, 0]
        gain = order[begun] - lam * cascade.costs[1]
        assert (played.called[begun, 1] == (gain > 0)).mean() > 0.995  # but for the last of nine decimals


def test_a_sweep_goes_from_hardly_any_spending_to_all_that_helps(cascade: Cascade) -> None:
    fresh = asked(400, 2)
    found = swept(cascade, fresh)
    costs = [float(one.cost.mean()) for one in found]
    assert costs == sorted(costs)
    assert found[0].called[:, 1].mean() < 0.02
    assert found[-1].called[:, 1].mean() > 0.2


def test_without_costs_there_is_nothing_to_sweep() -> None:
    table = asked(300, 3)
    free = ArmTable(
        arms=table.arms,
        right=table.right,
        failed=table.failed,
        cost=np.full((300, 2), np.nan),
        clusters=table.clusters,
        signals=table.signals,
    )
    assert swept(fit_cascade(free, wrong_costs=1.0), free) == []


def test_each_domain_is_played_by_what_never_saw_it() -> None:
    fresh, seen = asked(300, 4), []

    def fit(others: ArmTable):
        def play(left: ArmTable) -> Played:
            seen.append((set(others.domains or ()), set(left.domains or ())))
            n = len(left)
            called = np.tile([True, False], (n, 1))
            return Played(
                arm=np.zeros(n, dtype=int),
                right=left.right[:, 0],
                cost=left.cost[:, 0],
                called=called,
                score=np.ones(n),
            )

        return play

    home = Played(
        arm=np.ones(300, dtype=int),
        right=fresh.right[:, 1],
        cost=fresh.cost.sum(axis=1),
        called=np.ones((300, 2), dtype=bool),
        score=np.ones(300),
    )
    found = leave_one_domain_out(fresh, home, fit)
    assert [one.domain for one in found] == sorted(FIELDS.tolist())
    assert all(not others & left and len(left) == 1 for others, left in seen)
    maths = found[2]
    rows = np.array(fresh.domains) == "maths"
    assert maths.risk == pytest.approx(1 - fresh.right[rows, 0].mean())
    assert maths.home_risk == pytest.approx(1 - fresh.right[rows, 1].mean())
    assert maths.difference == pytest.approx(2 * (fresh.right[rows, 1] - fresh.right[rows, 0]).mean())


def test_one_domain_is_not_left_out() -> None:
    table = asked(100, 5)
    alone = ArmTable(
        arms=table.arms,
        right=table.right,
        failed=table.failed,
        cost=table.cost,
        clusters=table.clusters,
        domains=["law"] * 100,
    )
    nothing = np.zeros(100)
    home = Played(arm=nothing.astype(int), right=nothing, cost=nothing, called=alone.failed, score=nothing)
    assert leave_one_domain_out(alone, home, lambda _: lambda _: home) == ()
