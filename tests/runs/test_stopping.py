"""A run that is to end once something is settled: it ends then, keeps what it saw, and goes on with the same looks."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from calibrant.analysis.stopping import StopRule
from calibrant.errors import InputError
from calibrant.grading import EQUAL
from calibrant.models import Failure, Price, Prompt, Reply
from calibrant.runs import Plan, RunOptions, RunSummary, Stop, StopOptions, execute
from calibrant.store import Store
from calibrant.types import Question, Stratum
from tests.runs.conftest import USAGE, ScriptedModel, ask_about


@pytest.fixture(autouse=True)
def answers_are_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look waits for its answers to be on disk, which a run gathers for a while to write them together."""
    monkeypatch.setattr("calibrant.runs.recording._WAIT_S", 0.002)


def knowing(share: float, name: str) -> ScriptedModel:
    """A model that is right on about this share of questions, always the same ones."""

    def reply(prompt: Prompt) -> Reply:
        chance = int(hashlib.sha256(f"{name} {prompt.text}".encode()).hexdigest()[:8], 16) / 16**8
        return Reply(text="Paris" if chance < share else "London", usage=USAGE)

    return ScriptedModel(reply=reply, name=name)


def questions(count: int) -> list[Question]:
    return [replace(one, domain="law" if at % 3 else "arts") for at, one in enumerate(ask_about(count))]


def stop(*models: str, **rule: Any) -> StopOptions:
    return StopOptions(rule=StopRule(models=models or ("good", "bad"), **rule), condition="as written")


def go(
    store: Store, asked: list[Question], models: list[ScriptedModel], when: StopOptions | None = None, **options: Any
) -> RunSummary:
    plan = Plan(asked, models, RunOptions(**options))
    return asyncio.run(execute(plan, store, grader=EQUAL, stop=when or stop()))


def looks(summary: RunSummary) -> list[Any]:
    assert summary.stopping is not None
    return list(summary.stopping["looks"])


def pair() -> list[ScriptedModel]:
    return [knowing(0.9, "good"), knowing(0.3, "bad")]


def near() -> list[ScriptedModel]:
    return [knowing(0.65, "good"), knowing(0.4, "bad")]


def test_asking_ends_once_it_is_decided_and_both_were_asked_alike(store: Store) -> None:
    models = pair()
    summary = go(store, questions(600), models)
    assert summary.stopped_by is Stop.ENOUGH
    assert summary.stopping is not None
    assert (summary.stopping["ending"], summary.stopping["better"]) == ("decided", "good")
    assert "decided: good > bad, index" in summary.stopping["sentence"]
    decided_after = looks(summary)[-1]["questions"]
    for model in models:
        # What was under way when it was decided is kept: at most a block beyond.
        assert decided_after <= len(model.asked) <= decided_after + 2 * looks(summary)[0]["questions"] < 200
    assert len(list(store.outcomes(summary.run))) == sum(len(model.asked) for model in models)
    assert not summary.complete
    assert summary.ok


def test_it_decides_for_the_other_where_that_one_is_better(store: Store) -> None:
    summary = go(store, questions(300), pair(), stop("bad", "good"))
    assert summary.stopping is not None
    assert summary.stopping["better"] == "good"


def test_the_same_again_asks_nothing_and_says_the_same(store: Store) -> None:
    first = go(store, questions(300), pair())
    models = pair()
    again = go(store, questions(300), models, seed=99)
    assert not any(model.asked for model in models)
    assert again.stopping == first.stopping


def test_a_run_cut_off_goes_on_with_the_same_looks(store: Store) -> None:
    """Also under another seed: the order is the run's."""

    async def cut_off() -> None:
        models = near()
        for model in models:
            model.delay_s = 0.01
        plan = Plan(questions(300), models, RunOptions())
        task = asyncio.create_task(execute(plan, store, grader=EQUAL, stop=stop(smallest_gap=0.0)))
        while sum(len(model.asked) for model in models) < 40 and not task.done():
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cut_off())
    (kept,) = store.courses(store.find_run())
    resumed = go(store, questions(300), near(), stop(smallest_gap=0.0), seed=7)
    assert [one.blocks[: len(kept.blocks)] for one in store.courses(resumed.run)] == [kept.blocks]
    with_another_store = looks(resumed)
    assert [look["block"] for look in with_another_store] == list(range(len(with_another_store)))
    assert resumed.stopping is not None
    assert resumed.stopping["ending"] == "decided"


def test_cut_off_or_not_the_looks_are_the_same(store: Store, tmp_path: Any) -> None:
    from calibrant.store import open_store

    models = near()
    price = Price(input=1.0, output=1.0)
    for model in models:
        model.price = price
        model.limit = 100
    budgeted = go(store, questions(300), models, budget_usd=0.05)
    assert budgeted.stopped_by is Stop.BUDGET
    assert budgeted.stopping is not None
    assert budgeted.stopping["ending"] == "budget"
    assert "not decided: the budget ended" in budgeted.stopping["sentence"]
    resumed = go(store, questions(300), near())
    with open_store(tmp_path / "other") as other:
        at_once = go(other, questions(300), near())
    assert looks(resumed) == looks(at_once)


def test_two_alike_end_as_not_decided(store: Store) -> None:
    summary = go(store, questions(240), [knowing(0.6, "good"), knowing(0.6, "bad")])
    assert summary.stopping is not None
    assert summary.stopping["ending"] in {"futile", "too close"}
    assert summary.stopping["better"] is None
    assert summary.stopping["sentence"].startswith("not decided: ")
    assert summary.stopped_by is Stop.ENOUGH


def test_failed_questions_are_left_out_and_do_not_hold_it_up(store: Store) -> None:
    def flaky(reply: Callable[[Prompt], Reply]) -> Callable[[Prompt], Reply]:
        lost = Reply(error="no answer in time", failure=Failure.TIMEOUT)
        return lambda prompt: lost if prompt.text.endswith("7?") and "17" in prompt.text else reply(prompt)

    models = pair()
    models[0].reply = flaky(models[0].reply)
    summary = go(store, questions(300), models, stop(smallest_gap=0.0, half_width=None), max_errors=0.5)
    assert summary.stopping is not None
    assert summary.stopping["ending"] == "decided"


def test_nothing_is_called_decided_where_many_failed(store: Store) -> None:
    models = pair()
    right = models[1].reply
    models[1].reply = lambda prompt: (
        Reply(error="no", failure=Failure.TIMEOUT) if prompt.text.endswith(("1?", "2?", "3?")) else right(prompt)
    )
    summary = go(store, questions(120), models, max_errors=1.0)
    assert summary.stopping is not None
    assert summary.stopping["ending"] == "left out"
    assert looks(summary)[-1]["left_out"] == 36


def test_a_model_that_cannot_be_asked_ends_it(store: Store) -> None:
    models = pair()
    models[1].hopeless = True
    summary = go(store, questions(300), models)
    assert summary.stopping is not None
    assert summary.stopping["ending"] == "stopped"
    assert len(models[0].asked) < 100


def test_precision_of_one_model(store: Store) -> None:
    model = knowing(0.7, "good")
    summary = go(store, questions(400), [model], stop("good", metric="accuracy", half_width=12.0))
    assert summary.stopping is not None
    assert summary.stopping["ending"] == "precise"
    ((low, high),) = looks(summary)[-1]["bounds"]
    assert high - low <= 24
    assert len(model.asked) < 300


def test_questions_without_an_answer_are_asked_but_decide_nothing(store: Store) -> None:
    without = [
        replace(one, id=f"u{at}", text=f"No {at}?", golds=(), stratum=Stratum.UNANSWERABLE)
        for at, one in enumerate(ask_about(100))
    ]
    models = pair()
    summary = go(store, [*questions(200), *without], models)
    assert summary.stopping is not None
    assert summary.stopping["ending"] == "decided"
    assert any(text.startswith("No ") for text in models[0].asked)
    with pytest.raises(InputError, match="nothing to decide"):
        go(store, without, pair())


def test_documents_are_asked_as_a_whole(store: Store) -> None:
    asked = [replace(one, cluster=f"document {at // 10}") for at, one in enumerate(ask_about(400))]
    summary = go(store, asked, pair())
    assert all(look["questions"] == 10 * look["units"] for look in looks(summary))


def test_control_runs_that_change_afterwards_are_refused(store: Store) -> None:
    other = go(store, questions(120), [knowing(0.5, "third"), knowing(0.2, "fourth")], stop("third", "fourth"))
    controls = replace(stop(), controls=(store.find_run(other.run.id),))
    summary = go(store, questions(120), pair(), controls)
    assert summary.stopping is not None
    assert [name.split()[0] for name in summary.stopping["controlled_by"]] == ["fourth", "third"]
    whole = Plan(questions(120), [knowing(0.5, "third"), knowing(0.2, "fourth")], RunOptions())
    asyncio.run(execute(whole, store, grader=EQUAL))
    with pytest.raises(InputError, match="changed since"):
        go(store, questions(120), pair(), controls)


def test_a_model_that_is_not_asked_is_refused(store: Store) -> None:
    with pytest.raises(InputError, match="'other' is not asked"):
        go(store, questions(20), pair(), stop("good", "other"))


def test_looks_go_with_their_run(store: Store) -> None:
    summary = go(store, questions(100), pair())
    store.delete_run(summary.run)
    assert store.list_runs() == []
