"""What a run will ask and cost is told beforehand, from what is known."""

from __future__ import annotations

import asyncio

import pytest

from calibrant.models import Price, Sampling
from calibrant.runs import Plan, RunOptions, estimate, execute
from calibrant.store import Store
from tests.runs.conftest import ScriptedModel, ask_about

PRICE = Price(input=1.0, output=10.0)


def test_before_the_first_answer_the_output_is_assumed_and_the_input_counted(store: Store) -> None:
    plan = Plan(ask_about(10), [ScriptedModel(price=PRICE)], RunOptions())
    found = estimate(plan, store)
    (model,) = found.models
    characters = sum(len(message.content) for message in plan.options.templates[0].messages(plan.questions[0]))
    assert model.input_tokens == pytest.approx(10 * characters / 4, rel=0.05)
    assert (model.output_tokens, model.output_from) == (2000, "assumed")
    assert found.cost_usd == pytest.approx((model.input_tokens * 1 + 2000 * 10) / 1e6)


def test_a_limit_below_the_assumption_bounds_it(store: Store) -> None:
    plan = Plan(ask_about(10), [ScriptedModel()], RunOptions(sampling=Sampling(max_tokens=20)))
    (model,) = estimate(plan, store).models
    assert (model.output_tokens, model.output_from) == (200, "limit")


def test_earlier_answers_of_the_model_tell_its_output_and_are_not_asked_again(store: Store) -> None:
    asyncio.run(execute(Plan(ask_about(25), [ScriptedModel()], RunOptions()), store))
    found = estimate(Plan(ask_about(40), [ScriptedModel(), ScriptedModel(name="new")], RunOptions()), store)
    known, new = found.models
    assert (known.responses, known.reused, known.output_from, known.output_tokens) == (15, 25, "measured", 1500)
    assert (new.responses, new.reused, new.output_from) == (40, 0, "assumed")
    assert (found.total, found.responses, found.reused) == (80, 55, 25)
    assert found.cost_usd is None
    assert found.to_dict()["models"][0]["model"] == "scripted"


def test_what_is_all_there_costs_nothing(store: Store) -> None:
    plan = Plan(ask_about(5), [ScriptedModel()], RunOptions())
    asyncio.run(execute(plan, store))
    found = estimate(plan, store)
    assert (found.responses, found.cost_usd) == (0, 0)
