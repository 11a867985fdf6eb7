"""A plan orders questions so that every beginning is a fair sample, and gives each response one identity."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant.models import Sampling
from calibrant.runs import Plan, RunOptions, aa_template
from calibrant.runs.plan import stratified_order
from tests.runs.conftest import ScriptedModel, ask_about


@given(st.lists(st.sampled_from(["law", "tax", None]), max_size=60), st.integers(0, 5))
def test_the_order_holds_every_question_once_and_hangs_on_the_seed_alone(domains: list[str | None], seed: int) -> None:
    order = stratified_order(domains, seed=seed)
    assert sorted(order) == list(range(len(domains)))
    assert order == stratified_order(domains, seed=seed)


def test_every_beginning_holds_each_domain_in_its_share() -> None:
    domains = ["law"] * 600 + ["tax"] * 300 + ["art"] * 100
    order = stratified_order(domains, seed=1)
    for size in (20, 100, 500):
        counted = Counter(domains[place] for place in order[:size])
        for domain, share in (("law", 0.6), ("tax", 0.3), ("art", 0.1)):
            assert abs(counted[domain] - share * size) <= 2
    assert [place for place in order if place < 600] != sorted(place for place in order if place < 600)


def test_keys_differ_in_whatever_is_asked_differently() -> None:
    questions = ask_about(2)
    models = [ScriptedModel(), ScriptedModel(name="other")]
    options = RunOptions(templates=(aa_template(price=0.0), aa_template(price=0.5)), repeats=2)
    plans = [
        Plan(questions, models, options),
        Plan(questions, models, replace(options, sampling=Sampling(temperature=0.0))),
        Plan(questions, models, replace(options, fresh="anew")),
    ]
    keys = [plan.key(item) for plan in plans for number in range(2) for item in plan.items(number)]
    assert len(set(keys)) == len(keys) == sum(plan.total for plan in plans) == 48
    assert len({plan.digest for plan in plans}) == 3
    assert len({plan.base for plan in plans}) == 2


@pytest.mark.parametrize("wrong", [{"temperature": float("nan")}, {"temperature": -1.0}, {"top_p": float("inf")}])
def test_sampling_that_is_no_number_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be a number"):
        Sampling(**wrong)  # type: ignore[arg-type]


def test_seed_name_and_limits_change_no_identity() -> None:
    plan = Plan(ask_about(3), [ScriptedModel()], RunOptions())
    other = plan.with_options(RunOptions(seed=7, name="mine", max_errors=0.5, concurrency=3))
    assert plan.digest == other.digest
    assert {plan.key(item) for item in plan.items(0)} == {other.key(item) for item in other.items(0)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"repeats": 0},
        {"max_errors": 2.0},
        {"budget_usd": 0.0},
        {"budget_usd": float("nan")},
        {"templates": ()},
        {"templates": (aa_template(), aa_template(confidence=True))},
    ],
)
def test_options_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"repeats|max_errors|budget|templates"):
        RunOptions(**wrong)  # type: ignore[arg-type]
