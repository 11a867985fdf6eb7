"""The second pass asks the same models the same way, with a demand, only what was declined, and once."""

from __future__ import annotations

import asyncio
import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from calibrant.errors import InputError
from calibrant.grading import ABSTENTION_SENTENCE, EXACT
from calibrant.models import Model, Price, Prompt, Reply, Sampling, load_model
from calibrant.models.reference import DATA
from calibrant.questions import load_questions
from calibrant.reports import build_report, write_csv
from calibrant.runs import Plan, RunOptions, RunSummary, Stop, aa_template, execute
from calibrant.runs.forcing import estimate_forcing, force_run, prepare_forcing
from calibrant.store import NewRun, RunInfo, Store
from calibrant.types import OutcomeState, Purpose, Question
from tests.runs.conftest import USAGE, ScriptedModel, failing

DEMAND = "an answer is required"


def timid(prompt: Prompt) -> Reply:
    """Declines the even questions; when an answer is demanded it knows those below 10."""
    number = int(prompt.text.split()[1].strip("?"))
    if number % 2:
        return Reply(text="Paris", usage=USAGE)
    if not any(DEMAND in message.content for message in prompt.messages):
        return Reply(text=ABSTENTION_SENTENCE, usage=USAGE)
    return Reply(text="Paris" if number < 10 else "Lyon", usage=USAGE)


def questions(count: int = 20) -> list[Question]:
    return [Question(id=f"q{n}", text=f"Capital {n} ?", golds=("Paris",)) for n in range(count)]


def asked(store: Store, model: Model, asking: list[Question] | None = None, **options: object) -> RunInfo:
    plan = Plan(asking or questions(), [model], RunOptions(**options))  # type: ignore[arg-type]
    return asyncio.run(execute(plan, store)).run


def force(store: Store, run: RunInfo, models: Sequence[Model], **more: object) -> RunSummary:
    forcing = prepare_forcing(store, run, EXACT, models=models, **more)  # type: ignore[arg-type]
    return asyncio.run(force_run(store, forcing))


def test_only_what_was_declined_is_asked_again_and_once(store: Store) -> None:
    model = ScriptedModel(reply=timid)
    run = asked(store, model)
    before = len(model.prompts)
    summary = force(store, run, [model])
    assert (summary.total, summary.asked, summary.complete, summary.ok) == (10, 10, True, True)
    assert len(model.prompts) == before + 10
    again = force(store, run, [model])
    assert (again.asked, again.reused, again.complete) == (0, 10, True)
    assert len(model.prompts) == before + 10


def test_the_answers_demanded_are_graded_and_are_no_attempts(store: Store, tmp_path: Path) -> None:
    model = ScriptedModel(reply=timid)
    run = asked(store, model)
    before = build_report(store, run)
    force(store, run, [model])
    after = build_report(store, store.find_run(run.id))
    assert after.analysis.models == before.analysis.models
    assert (after.run.responses, after.run.counts) == (before.run.responses, before.run.counts)
    states = Counter(outcome.state for outcome in store.outcomes(run, purpose=Purpose.FORCED))
    assert states == {OutcomeState.CORRECT: 5, OutcomeState.INCORRECT: 5}
    (row,) = after.forced
    assert (row.declined, row.demanded, row.missed_knowledge) == (10, 10, 0.5)
    assert after.to_dict()["forced"][0]["missed_knowledge"] == 0.5
    assert "missed knowledge" in str(after)
    names = {path.name for path in write_csv(after, tmp_path / "tables")}
    assert {"forced.csv", "gradings.csv"} <= names
    with (tmp_path / "tables" / "forced.csv").open(newline="") as file:
        (line,) = csv.DictReader(file)
    assert (line["missed_knowledge"], line["declined"]) == ("0.5", "10")
    assert before.forced == ()


def test_the_same_prompt_price_and_sampling_are_used_with_the_demand_added(store: Store) -> None:
    model = ScriptedModel(reply=timid)
    run = asked(store, model, templates=(aa_template(price=0.75),), sampling=Sampling(temperature=0.3, max_tokens=50))
    first = {prompt.text: prompt for prompt in model.prompts}
    force(store, run, [model])
    for prompt in model.prompts[20:]:
        original = first[prompt.text]
        assert prompt.sampling == original.sampling
        assert prompt.demands
        system, user = prompt.messages
        assert user == original.messages[1]
        assert system.content.startswith(original.messages[0].content)
        assert DEMAND in system.content
        assert "costs 3 points" in system.content
    (row,) = build_report(store, run).forced
    assert (row.asked.price, row.model) == (0.75, "scripted t=0.75")
    assert row.check is not None


def test_repeats_are_asked_again_each_for_itself_and_twins_together(store: Store) -> None:
    model = ScriptedModel(reply=timid)
    twins = [replace(question, id=f"{question.id}-{copy}") for question in questions(4) for copy in "ab"]
    run = asked(store, model, twins, repeats=3)
    before = sum(model.asked.values())
    summary = force(store, run, [model])
    assert (summary.total, summary.complete) == (12, True)
    assert sum(model.asked.values()) - before == 6
    assert len(list(store.outcomes(run, purpose=Purpose.FORCED))) == 12


def test_a_model_that_declines_again_is_counted_as_such(store: Store) -> None:
    model = ScriptedModel(reply=lambda prompt: Reply(text=ABSTENTION_SENTENCE, usage=USAGE))
    run = asked(store, model)
    force(store, run, [model])
    (row,) = build_report(store, run).forced
    assert (row.declined_again, row.graded, row.missed_knowledge) == (20, 20, 0.0)


def test_failures_are_told_and_asked_again_another_day(store: Store) -> None:
    run = asked(store, ScriptedModel(reply=timid))
    summary = force(store, run, [ScriptedModel(reply=failing)])
    assert (summary.errors, summary.ok) == (10, False)
    (row,) = build_report(store, run).forced
    assert (row.errors, row.missed_knowledge) == (10, None)
    summary = force(store, run, [ScriptedModel(reply=timid)])
    assert (summary.asked, summary.errors) == (10, 0)
    assert build_report(store, run).forced[0].missed_knowledge == 0.5


def test_nothing_declined_nothing_asked(store: Store) -> None:
    model = ScriptedModel()
    run = asked(store, model)
    summary = force(store, run, [model])
    assert (summary.total, summary.asked, summary.complete) == (0, 0, True)
    assert build_report(store, run).forced == ()


def test_a_budget_holds_and_the_same_again_goes_on(store: Store) -> None:
    model = ScriptedModel(reply=timid, price=Price(input=1000, output=1000), concurrency=1)
    run = asked(store, model)
    forcing = prepare_forcing(store, run, EXACT, models=[model])
    (part,) = estimate_forcing(store, forcing)
    assert (part.responses, part.reused) == (10, 0)
    assert part.cost_usd is not None
    summary = force(store, run, [model], budget_usd=4.0)
    assert summary.stopped_by is Stop.BUDGET
    assert 0 < summary.cost_known_usd <= 4.0
    rest = force(store, run, [model])
    assert (rest.reused, rest.asked, rest.complete) == (summary.asked, 10 - summary.asked, True)


def test_another_model_of_the_same_name_is_refused(store: Store) -> None:
    class Other(ScriptedModel):
        @property
        def identity(self) -> str:
            return "another endpoint"

    run = asked(store, ScriptedModel(reply=timid))
    with pytest.raises(InputError, match="scripted is not the model that was asked"):
        prepare_forcing(store, run, EXACT, models=[Other(reply=timid)])


def test_imported_answers_have_no_model_to_ask(store: Store) -> None:
    run = store.begin_run(NewRun(kind="import", source="x.csv", source_digest="x"))
    with pytest.raises(InputError, match="were imported, so there is no model to ask again"):
        prepare_forcing(store, run, EXACT)


def test_a_budget_needs_a_price(store: Store) -> None:
    model = ScriptedModel(reply=timid)
    run = asked(store, model)
    with pytest.raises(InputError, match="no price is known for scripted"):
        prepare_forcing(store, run, EXACT, models=[model], budget_usd=1.0)


def test_a_reference_model_that_declines_answers_when_it_must(store: Store) -> None:
    model = load_model("reference-candid")
    asking = list(load_questions(DATA / "questions.jsonl.gz", limit=60))
    run = asked(store, model, asking)
    declined = sum(outcome.state is OutcomeState.ABSTAINED for outcome in store.outcomes(run))
    assert declined > 5
    # Found again by the name that the run remembers.
    forcing = prepare_forcing(store, run, EXACT)
    summary = asyncio.run(force_run(store, forcing))
    assert summary.asked == declined
    states = Counter(outcome.state for outcome in store.outcomes(run, purpose=Purpose.FORCED))
    assert OutcomeState.ABSTAINED not in states
    assert states[OutcomeState.INCORRECT] > 0
