"""A run asks what is missing, once, keeps it, and can be left at any moment."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from calibrant.errors import InputError, StoreError
from calibrant.models import Price, Prompt, Reply
from calibrant.runs import Plan, Progress, RunOptions, RunSummary, Stop, aa_template, afresh, execute, run_async
from calibrant.store import Store
from calibrant.types import Confidence, ConfidenceSource, OutcomeState, Question, Usage
from tests.runs.conftest import USAGE, ScriptedModel, ask_about, failing, right


def go(store: Store, questions: list[Question], *models: ScriptedModel, **options: object) -> RunSummary:
    return asyncio.run(execute(Plan(questions, models, RunOptions(**options)), store))  # type: ignore[arg-type]


def states(store: Store, summary: RunSummary) -> Counter[OutcomeState]:
    return Counter(outcome.state for outcome in store.outcomes(summary.run))


def test_every_question_is_asked_once_and_its_answer_graded(store: Store) -> None:
    model = ScriptedModel()
    summary = go(store, ask_about(30), model)
    assert (summary.asked, summary.reused, summary.errors, summary.complete, summary.ok) == (30, 0, 0, True, True)
    assert set(model.asked.values()) == {1}
    assert states(store, summary) == {OutcomeState.CORRECT: 30}


def test_the_same_again_asks_nothing(store: Store) -> None:
    first = go(store, ask_about(30), ScriptedModel())
    model = ScriptedModel()
    again = go(store, ask_about(30), model)
    assert not model.asked
    assert (again.run.id, again.asked, again.reused, again.complete) == (first.run.id, 0, 30, True)


def test_more_questions_models_or_repeats_ask_only_what_is_new(store: Store) -> None:
    go(store, ask_about(10), ScriptedModel())
    model, other = ScriptedModel(), ScriptedModel(name="other")
    summary = go(store, ask_about(15), model, other, repeats=2)
    assert (summary.reused, summary.asked) == (10, 50)
    assert sorted(model.asked.values()) == [1] * 10 + [2] * 5
    assert states(store, summary) == {OutcomeState.CORRECT: 60}
    assert [tally.reused for tally in summary.models] == [10, 0]


def test_afresh_asks_everything_anew_and_keeps_the_old_answers(store: Store) -> None:
    plan = Plan(ask_about(5), [ScriptedModel()], RunOptions())
    first = asyncio.run(execute(plan, store))
    second = asyncio.run(execute(afresh(plan, store), store))
    assert first.run.id != second.run.id
    assert (second.asked, second.reused) == (5, 0)
    assert states(store, first) == states(store, second) == {OutcomeState.CORRECT: 5}


def test_an_unfinished_fresh_run_is_taken_up_instead_of_begun_again(store: Store) -> None:
    cheap = Price(input=1, output=1)
    plan = Plan(ask_about(20), [ScriptedModel(price=cheap, concurrency=1)], RunOptions(budget_usd=0.0105))
    begun = asyncio.run(execute(afresh(plan, store), store))
    assert begun.stopped_by is Stop.BUDGET
    free = plan.with_options(replace(plan.options, budget_usd=None))
    finished = asyncio.run(execute(afresh(free, store), store))
    assert (finished.run.id, finished.complete) == (begun.run.id, True)
    assert finished.asked == 20 - begun.asked


def test_questions_that_are_alike_share_one_answer(store: Store) -> None:
    model = ScriptedModel()
    twins = [replace(question, id=f"{question.id}-{copy}") for question in ask_about(3) for copy in "ab"]
    summary = go(store, twins, model)
    assert set(model.asked.values()) == {1}
    assert (summary.complete, summary.run.responses) == (True, 3)
    assert states(store, summary) == {OutcomeState.CORRECT: 6}


def test_a_failure_fails_its_question_and_is_asked_again_next_time(store: Store) -> None:
    def two_fail(prompt: Prompt) -> Reply:
        return failing(prompt) if prompt.text in {"Capital 3?", "Capital 7?"} else right(prompt)

    summary = go(store, ask_about(40), ScriptedModel(two_fail), max_errors=0.1)
    assert (summary.complete, summary.errors, summary.ok) == (True, 2, True)
    assert summary.models[0].causes == {"timeout": 2}
    assert states(store, summary) == {OutcomeState.CORRECT: 38, OutcomeState.ERROR: 2}
    model = ScriptedModel()
    mended = go(store, ask_about(40), model, max_errors=0.1)
    assert set(model.asked) == {"Capital 3?", "Capital 7?"}
    assert states(store, mended) == {OutcomeState.CORRECT: 40}


def test_more_failures_than_allowed_are_not_fine(store: Store) -> None:
    summary = go(store, ask_about(10), ScriptedModel(failing))
    assert (summary.complete, summary.ok, summary.errors) == (True, False, 10)


def test_a_run_that_only_fails_stops_before_it_has_asked_all(store: Store) -> None:
    model = ScriptedModel(failing, concurrency=4)
    summary = go(store, ask_about(500), model)
    assert (summary.complete, summary.ok, summary.stopped_by) == (False, False, Stop.ERRORS)
    assert model.asked.total() <= 21 + 2 * 4


def test_a_model_that_cannot_be_asked_stops_itself_and_not_the_others(store: Store) -> None:
    summary = go(store, ask_about(50), ScriptedModel(hopeless=True, name="broken"), ScriptedModel())
    broken, sound = summary.models
    assert broken.failed is not None
    assert "key is refused" in broken.failed
    assert (sound.replies, summary.complete, summary.ok, summary.stopped_by) == (50, False, False, Stop.MODEL)


@pytest.mark.parametrize("limit", [0.02, 0.05, 0.123])
def test_a_budget_is_never_exceeded_and_ends_the_run_cleanly(store: Store, limit: float) -> None:
    model = ScriptedModel(price=Price(input=1.0, output=10.0), concurrency=5)  # 0.002 dollars an answer
    summary = go(store, ask_about(200), model, budget_usd=limit)
    assert summary.cost_usd is not None
    assert limit - 0.004 <= summary.cost_usd <= limit + 1e-9
    assert (summary.complete, summary.ok, summary.stopped_by) == (False, True, Stop.BUDGET)
    rest = go(store, ask_about(200), model, budget_usd=10)
    assert (rest.complete, rest.asked) == (True, 200 - summary.asked)


def test_a_dear_model_shows_itself_before_much_of_it_is_under_way(store: Store) -> None:
    dear = Usage(input_tokens=0, output_tokens=50_000)
    model = ScriptedModel(lambda _: Reply(text="Paris", usage=dear), price=Price(input=0, output=10.0), concurrency=100)
    summary = go(store, ask_about(200), model, budget_usd=1.0)  # half a dollar an answer, and nothing limits it
    assert summary.asked == 2
    assert summary.cost_usd == pytest.approx(1.0)


def test_a_limit_of_the_model_bounds_the_budget_from_the_first_answer_on(store: Store) -> None:
    dear = Usage(input_tokens=0, output_tokens=50_000)
    model = ScriptedModel(
        lambda _: Reply(text="Paris", usage=dear), price=Price(input=0, output=10.0), concurrency=100, limit=50_000
    )
    summary = go(store, ask_about(200), model, budget_usd=5.2)
    assert summary.cost_usd == pytest.approx(5.0)


def test_failures_that_may_have_been_billed_use_the_budget_up(store: Store) -> None:
    model = ScriptedModel(failing, price=Price(input=0, output=10.0), limit=10_000)
    summary = go(store, ask_about(200), model, budget_usd=0.55, max_errors=1.0)
    assert (summary.asked, summary.stopped_by) == (5, Stop.BUDGET)
    assert (summary.cost_usd, summary.cost_known_usd, summary.cost_unknown) == (None, 0.0, 5)


def test_what_looks_like_a_confidence_is_the_answer_where_none_was_asked_for(store: Store) -> None:
    question = Question(id="q", text="Probability of heads?", golds=("Probability: 0.5",))
    summary = go(store, [question], ScriptedModel(lambda _: Reply(text="Probability: 0.5", usage=USAGE)))
    (item,) = store.items(summary.run)
    assert (item.state, item.response.confidences) == (OutcomeState.CORRECT, ())


def test_a_template_that_fails_for_one_question_fails_before_anything_is_paid(store: Store) -> None:
    from calibrant.runs import PromptTemplate

    questions = [replace(question, extra={"team": "Tax"}) for question in ask_about(300)]
    questions[250] = replace(questions[250], extra={})
    model = ScriptedModel()
    with pytest.raises(InputError, match="question 'q250'"):
        go(store, questions, model, templates=(PromptTemplate(name="mine", user="{{ question }} {{ extra.team }}"),))
    assert not model.asked


def test_a_second_process_on_the_same_run_is_refused(store: Store) -> None:
    plan = Plan(ask_about(5), [ScriptedModel()], RunOptions())
    run = asyncio.run(execute(plan, store)).run
    with store.claimed(run), pytest.raises(InputError, match="being asked already"):
        asyncio.run(execute(plan, store))


def test_after_a_model_that_could_not_be_asked_nothing_counts_as_lost(store: Store) -> None:
    for _ in range(2):
        assert go(store, ask_about(30), ScriptedModel(hopeless=True)).lost == 0


def test_a_budget_needs_a_price(store: Store) -> None:
    with pytest.raises(InputError, match=r"no price is known for scripted.*prices import"):
        asyncio.run(run_async(ask_about(1), ScriptedModel(), store=store, options=RunOptions(budget_usd=1)))


def test_costs_are_split_and_what_the_endpoint_bills_goes_first(store: Store) -> None:
    price = Price(input=1.0, cached_input=0.1, output=10.0, reasoning=20.0)
    usage = Usage(input_tokens=1000, cached_input_tokens=400, output_tokens=100, reasoning_tokens=60)
    summary = go(store, ask_about(2), ScriptedModel(lambda _: Reply(text="Paris", usage=usage), price=price))
    (model,) = summary.to_dict()["models"]
    assert model["cost_split_usd"] == pytest.approx(
        {"input": 2 * 600e-6, "cached_input": 2 * 40e-6, "reasoning": 2 * 1200e-6, "output": 2 * 400e-6}
    )
    assert model["cost_usd"] == pytest.approx(2 * 2240e-6)
    billed = ScriptedModel(lambda _: Reply(text="Paris", usage=usage, cost_usd=0.5), price=price, name="billed")
    assert go(store, ask_about(2), billed).cost_usd == 1.0


def test_an_unknown_cost_is_unknown_and_not_nothing(store: Store) -> None:
    summary = go(store, ask_about(2), ScriptedModel())
    assert summary.cost_usd is None
    assert summary.to_dict()["models"][0]["cost_split_usd"] is None


def test_repeats_are_one_request_where_the_model_gives_several_replies(store: Store) -> None:
    model = ScriptedModel(max_samples=4)
    summary = go(store, ask_about(3), model, repeats=6)
    assert sorted(model.samples) == [2, 2, 2, 4, 4, 4]
    assert (summary.asked, summary.run.responses) == (18, 18)


def test_each_price_is_asked_with_its_own_prompt(store: Store) -> None:
    model = ScriptedModel()
    templates = tuple(aa_template(price=price) for price in (0.0, 0.75))
    summary = go(store, ask_about(4), model, templates=templates)
    assert Counter(outcome.price for outcome in store.outcomes(summary.run)) == {0.0: 4, 0.75: 4}
    told = {prompt.messages[0].content.partition("costs")[2][:9] for prompt in model.prompts}
    assert told == {" 0 points", " 3 points"}


def test_a_stated_confidence_is_kept_apart_from_the_answer(store: Store) -> None:
    sure = ScriptedModel(lambda _: Reply(text="Paris\nConfidence: 85%", usage=USAGE))
    summary = go(store, ask_about(2), sure, templates=(aa_template(confidence=True),))
    for item in store.items(summary.run):
        assert item.state is OutcomeState.CORRECT
        assert item.response.text == "Paris\nConfidence: 85%"
        assert item.response.confidences == (Confidence(source=ConfidenceSource.STATED, value=0.85),)


def test_a_service_may_give_its_confidence_beside_the_answer(store: Store) -> None:
    summary = go(store, ask_about(1), ScriptedModel(lambda _: Reply(text="Paris", extra={"confidence": 0.4})))
    (item,) = store.items(summary.run)
    assert item.response.confidences == (Confidence(source=ConfidenceSource.OTHER, value=0.4, name="reported"),)


def test_an_interrupted_run_keeps_what_came_back_and_says_what_was_under_way(store: Store) -> None:
    model = ScriptedModel(concurrency=4, delay_s=0.01)
    plan = Plan(ask_about(100), [model], RunOptions())

    async def interrupted() -> None:
        task = asyncio.create_task(execute(plan, store))
        while model.asked.total() < 40:
            await asyncio.sleep(0.005)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(interrupted())
    left = store.find_run()
    assert not left.complete
    assert left.responses >= 40 - 8
    assert 0 < left.in_flight <= 2 * 4  # under way, or back and not yet handed over
    before = model.asked.total()
    rest = asyncio.run(execute(plan, store))
    assert (rest.complete, rest.lost) == (True, left.in_flight)
    assert model.asked.total() - before == 100 - left.responses
    assert store.find_run().in_flight == 0


def test_every_answer_is_committed_before_it_is_graded(store: Store) -> None:
    seen: list[bool] = []

    class Suspicious:
        name = "exact"

        def __call__(self, question: Question, answer: str) -> object:
            from calibrant.grading import EXACT

            run = store.find_run()
            seen.append(any(item.question.id == question.id for item in store.items(run)))
            return EXACT(question, answer)

    asyncio.run(execute(Plan(ask_about(20), [ScriptedModel()], RunOptions()), store, grader=Suspicious()))  # type: ignore[arg-type]
    assert seen == [True] * 20


def test_a_store_that_cannot_be_written_ends_the_run_with_its_cause(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from calibrant.store import RunWriter

    def full(self: object) -> None:
        raise StoreError("the disk is full")

    plan = Plan(ask_about(2000), [ScriptedModel()], RunOptions())
    with monkeypatch.context() as patch:
        patch.setattr(RunWriter, "flush", full)
        with pytest.raises(StoreError, match="disk is full"):
            asyncio.run(execute(plan, store))
    assert asyncio.run(execute(plan, store)).complete


def test_progress_only_ever_grows_and_ends_at_the_whole(store: Store) -> None:
    seen: list[Progress] = []
    asyncio.run(execute(Plan(ask_about(30), [ScriptedModel()], RunOptions()), store, progress=seen.append))
    assert [progress.done for progress in seen] == sorted(progress.done for progress in seen)
    assert (seen[-1].done, seen[-1].total, seen[-1].in_flight) == (30, 30, 0)


def test_models_are_closed_at_the_end(tmp_path: Path) -> None:
    model = ScriptedModel()
    asyncio.run(run_async(ask_about(1), model, store=tmp_path))
    assert model.closed


def test_nothing_to_ask_or_nobody_to_ask_is_refused() -> None:
    with pytest.raises(InputError, match="no question"):
        Plan([], [ScriptedModel()], RunOptions())
    with pytest.raises(InputError, match="no model"):
        Plan(ask_about(1), [], RunOptions())
    with pytest.raises(InputError, match="twice"):
        Plan(ask_about(1), [ScriptedModel(), ScriptedModel()], RunOptions())
