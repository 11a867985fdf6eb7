"""Ways to answer, compared where a wrong answer costs w right ones."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from calibrant.analysis.deciding import WayValues, break_even, choose, measured_way, right_answer_worth


def way(name: str, right: np.ndarray, wrong: np.ndarray, cost: float | np.ndarray | None = None) -> WayValues:
    right, wrong = right.astype(float), wrong.astype(float)
    dollars = None if cost is None else np.broadcast_to(np.asarray(cost, dtype=float), right.shape).copy()
    return WayValues(
        name=name, model=name, answered=right + wrong, right=right, wrong=wrong, missed=wrong, cost=dollars
    )


def shares(name: str, right: float, wrong: float, count: int, seed: int, cost: float | None = None) -> WayValues:
    drawn = np.random.default_rng(seed).random(count)
    return way(name, drawn < right, drawn > 1 - wrong, cost)


def test_the_break_even_cost_is_where_both_are_worth_the_same() -> None:
    # 60 right and 40 wrong against 40 right and 10 wrong: 60 - 40 w = 40 - 10 w at w = 2/3.
    bold = way("bold", np.arange(1000) % 10 < 6, np.arange(1000) % 10 >= 6)
    shy = way("shy", np.arange(1000) % 10 < 4, np.arange(1000) % 10 == 9)
    found = break_even(shy, bold, np.arange(1000), 0.95)
    assert (found.below, found.above) == ("bold", "shy")
    assert found.wrong_costs == pytest.approx(20 / 30)
    assert found.interval is not None
    assert 0.3 < found.interval.low < 20 / 30 < found.interval.high < 1.2


def test_who_is_ahead_on_both_counts_never_changes_places() -> None:
    good, bad = shares("good", 0.7, 0.1, 800, 1), shares("bad", 0.5, 0.3, 800, 1)
    found = break_even(good, bad, np.arange(800), 0.95)
    assert found.wrong_costs is None
    assert found.interval is not None
    assert found.interval == (0.0, 0.0)


def test_little_evidence_leaves_every_cost_possible() -> None:
    one, other = shares("one", 0.6, 0.3, 12, 1), shares("other", 0.55, 0.25, 12, 2)
    found = break_even(one, other, np.arange(12), 0.95)
    assert found.interval == (0.0, inf)


def test_the_set_holds_the_true_break_even_cost_in_about_its_share_of_draws() -> None:
    held = 0
    for seed in range(400):
        random = np.random.default_rng(seed)
        documents = np.repeat(np.arange(100), 4)
        push = 0.12 * random.normal(size=100)[documents]
        drawn = random.random(400)
        bold = way("bold", drawn < 0.6 + push, drawn >= 0.6 + push)
        again = random.random(400)
        shy = way("shy", again < 0.45 + push, again > 0.85 + push)
        found = break_even(bold, shy, documents, 0.95)
        # True: 0.6 - 0.4 w = 0.45 - 0.15 w at w = 0.6.
        held += found.interval is not None and found.interval.low <= 0.6 <= found.interval.high
    assert 0.91 <= held / 400 <= 0.985


def test_a_clear_winner_is_settled_and_near_ones_are_open() -> None:
    good, poor = shares("good", 0.8, 0.1, 600, 1), shares("poor", 0.5, 0.4, 600, 2)
    near = shares("near", 0.79, 0.1, 600, 3)
    clear = choose([good, poor], np.arange(600), wrong_costs=1, worth=None, level=0.95, seed=0)
    assert clear.settled
    assert clear.leader == "good"
    assert clear.needed is None
    close = choose([good, near, poor], np.arange(600), wrong_costs=1, worth=None, level=0.95, seed=0)
    assert set(close.open) == {"good", "near"}
    assert close.needed is None or close.needed >= 600


def test_silence_wins_where_errors_cost_much() -> None:
    model = shares("model", 0.6, 0.4, 500, 1)
    silent = way("silent", np.zeros(500), np.zeros(500), 0.0)
    assert choose([model, silent], np.arange(500), wrong_costs=0, worth=None, level=0.95, seed=0).leader == "model"
    found = choose([model, silent], np.arange(500), wrong_costs=9, worth=None, level=0.95, seed=0)
    assert (found.settled, found.leader) == (True, "silent")


def test_one_document_settles_nothing() -> None:
    good, poor = shares("good", 0.9, 0.1, 100, 1), shares("poor", 0.1, 0.9, 100, 2)
    found = choose([good, poor], np.zeros(100, dtype=int), wrong_costs=1, worth=None, level=0.95, seed=0)
    assert not found.settled
    assert found.clusters == 1


def test_a_dearer_way_pays_from_its_extra_dollars_over_its_extra_value_on() -> None:
    drawn = np.random.default_rng(1).random(2000)
    cheap, dear = way("cheap", drawn < 0.6, drawn >= 0.9, 0.001), way("dear", drawn < 0.8, drawn >= 0.9, 0.011)
    found = right_answer_worth(dear, cheap, np.arange(2000), wrong_costs=1, level=0.95)
    assert found is not None
    gained = float((dear.right - cheap.right).mean())
    assert found.value == pytest.approx(0.01 / gained)
    assert found.interval is not None
    assert found.interval.low < found.value < found.interval.high < 1.3 * found.value
    # With dollars counted at that worth, both are worth the same; at more, the dearer one is worth more.
    values = [one.value(1, found.value).mean() for one in (dear, cheap)]
    assert values[0] == pytest.approx(values[1])
    more = choose([dear, cheap], np.arange(2000), wrong_costs=1, worth=10 * found.value, level=0.95, seed=0)
    less = choose([dear, cheap], np.arange(2000), wrong_costs=1, worth=found.value / 10, level=0.95, seed=0)
    assert (more.leader, less.leader) == ("dear", "cheap")


def test_worth_does_not_come_up_without_costs_or_without_more_value() -> None:
    one, other = shares("one", 0.6, 0.3, 200, 1, 0.1), shares("other", 0.7, 0.2, 200, 1)
    assert right_answer_worth(other, one, np.arange(200), wrong_costs=1, level=0.95) is None
    worse = shares("worse", 0.3, 0.6, 200, 1, 0.5)
    assert right_answer_worth(worse, one, np.arange(200), wrong_costs=1, level=0.95) is None


def test_a_row_counts_answers_errors_and_dollars() -> None:
    # Of 100 questions 50 right, 25 wrong, 25 held back, at a cent each.
    at = np.arange(100) % 4
    found = measured_way(
        way("m", at < 2, at == 2, 0.01), np.arange(100), wrong_costs=2, worth=None, level=0.95, delta=0.1
    )
    assert found.coverage == 0.75
    assert found.risk == pytest.approx(1 / 3)
    assert found.risk_bound is not None
    assert found.intervals["risk"].high > found.risk_bound > 1 / 3
    assert found.value == pytest.approx(0.5 - 2 * 0.25)
    assert found.dollars_per_right == pytest.approx(0.02)
    none = measured_way(way("none", at > 9, at > 9), np.arange(100), wrong_costs=2, worth=None, level=0.95, delta=0.1)
    assert (none.coverage, none.risk, none.dollars_per_right, none.value) == (0.0, None, None, 0.0)
