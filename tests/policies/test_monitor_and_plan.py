"""The monitor's alarm, and the plan before labelling."""

from __future__ import annotations

import json

import numpy as np
import pytest

from calibrant.policies import Monitor, audit_rate_needed, expected_delay, plan_promise
from calibrant.policies.monitor import simulated_delays


def watched(errors: np.ndarray, alpha: float = 0.05) -> Monitor:
    monitor = Monitor.start(alpha)
    for wrong in errors:
        monitor = monitor.update(bool(wrong))
    return monitor


def test_a_fair_stream_raises_few_alarms_and_a_bad_one_soon() -> None:
    fair = simulated_delays(0.05, 0.05, 0.05, before=0, horizon=1000, draws=500, seed=1)
    assert np.isfinite(fair).mean() <= 0.05 + 4 * (0.05 * 0.95 / 500) ** 0.5
    assert expected_delay(0.05, 0.1) <= 150
    assert expected_delay(0.05, 0.2) < expected_delay(0.05, 0.1)
    assert expected_delay(0.05, 0.1, before=500) < 600
    assert expected_delay(0.1, 0.05, horizon=200) is None


def test_capital_is_a_supermartingale_at_alpha() -> None:
    # One step from any state: the mean over a right and a wrong answer does not exceed the capital.
    monitor = Monitor.start(0.05)
    for wrong in (False, True, False, False, True):
        right_next, wrong_next = monitor.update(False), monitor.update(True)
        assert 0.95 * right_next.capital + 0.05 * wrong_next.capital == pytest.approx(monitor.capital)
        monitor = monitor.update(wrong)


def test_the_simulation_is_the_monitor() -> None:
    random = np.random.default_rng([7, 3])
    errors = np.array([random.random(1)[0] < 0.2 for _ in range(300)])
    delay = simulated_delays(0.05, 0.2, 0.05, before=0, horizon=300, draws=1, seed=7)
    assert watched(errors).alarm_at == int(delay[0])


def test_an_alarm_stays_and_a_state_is_left_as_it_was() -> None:
    start = Monitor.start(0.05, 0.01)
    bad = watched(np.ones(30))
    assert bad.alarmed
    assert bad.alarm_at < 10
    later = bad
    for _ in range(500):
        later = later.update(False)
    assert later.alarm_at == bad.alarm_at
    assert (start.seen, start.capital) == (0, 1.0)
    endless = watched(np.ones(2000))
    assert np.isfinite(endless.capital)


def test_a_state_survives_json() -> None:
    monitor = watched(np.arange(100) % 15 == 0)
    again = Monitor.from_dict(json.loads(json.dumps(monitor.to_dict())))
    assert again == monitor
    assert again.update(True) == monitor.update(True)
    with pytest.raises(ValueError, match="schema"):
        Monitor.from_dict({**monitor.to_dict(), "schema_version": 2})


def test_audit_rates() -> None:
    delay = expected_delay(0.05, 0.1)
    assert audit_rate_needed(0.05, 0.1, answers_per_day=1000, days=7) == delay / 7000
    assert audit_rate_needed(0.05, 0.1, answers_per_day=10, days=1) is None
    with pytest.raises(ValueError, match="answers_per_day"):
        audit_rate_needed(0.05, 0.1, answers_per_day=0, days=1)


@pytest.mark.parametrize("alpha", [0.0, 1.0, -1])
def test_bad_monitors_are_refused(alpha) -> None:
    with pytest.raises(ValueError, match="alpha"):
        Monitor.start(alpha)
    with pytest.raises(ValueError, match="true or false"):
        Monitor.start(0.1).update("yes")


def test_a_plan_says_early_what_is_out_of_reach() -> None:
    plan = plan_promise(0.05, 0.1, auroc=0.83, accuracy=0.72, sizes=(2000,))
    assert not plan.reachable
    assert plan.rows[0].coverage < 0.05
    assert plan.sentence.startswith("Out of reach with 2,000 labels")
    hopeless = plan_promise(0.01, 0.1, auroc=0.6, accuracy=0.5, sizes=(200,), draws=5)
    assert hopeless.possible_coverage < 0.02
    assert "better confidence" in hopeless.sentence


def test_a_plan_within_reach_names_the_labels() -> None:
    plan = plan_promise(0.2, 0.1, auroc=0.85, accuracy=0.8, sizes=(100, 500, 1000), draws=20)
    assert plan.reachable
    assert plan.labels_needed in (100, 500, 1000)
    assert [row.coverage for row in plan.rows] == sorted(row.coverage for row in plan.rows)
    assert plan == plan_promise(0.2, 0.1, auroc=0.85, accuracy=0.8, sizes=(1000, 100, 500), draws=20)


def test_a_plan_from_a_pilot() -> None:
    random = np.random.default_rng(0)
    right = random.random(400) < 0.8
    score = random.normal(size=400) + right
    plan = plan_promise(0.1, 0.1, pilot=(score, right), sizes=(500,), draws=5)
    assert plan.auroc == pytest.approx(0.76, abs=0.05)
    assert plan.accuracy == right.mean()
    with pytest.raises(ValueError, match="not both"):
        plan_promise(0.1, 0.1, pilot=(score, right), auroc=0.8)
    with pytest.raises(ValueError, match="right and wrong"):
        plan_promise(0.1, 0.1, pilot=([1.0], [1]))
    with pytest.raises(ValueError, match="assumed auroc and accuracy"):
        plan_promise(0.1, 0.1, auroc=0.8)
    with pytest.raises(ValueError, match="confident_errors"):
        plan_promise(0.1, 0.1, auroc=0.8, accuracy=0.8, confident_errors=1)
