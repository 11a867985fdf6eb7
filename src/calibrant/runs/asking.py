"""The way in: ``run`` for scripts and notebooks, ``run_async`` where an event loop runs already."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from calibrant.errors import InputError
from calibrant.grading import EXACT, Grader
from calibrant.models import Model, load_model, load_models
from calibrant.questions import QuestionSet, load_questions
from calibrant.runs.engine import execute
from calibrant.runs.plan import Plan, RunOptions
from calibrant.runs.summary import Progress, RunSummary
from calibrant.store import Store, open_store
from calibrant.types import Question

__all__ = ["afresh", "prepare", "run", "run_async"]

Questions = QuestionSet | Iterable[Question] | str | Path
Asked = Model | str | Callable[..., Any]
Models = Sequence[Asked] | Asked


def prepare(questions: Questions, models: Models, store: Store, options: RunOptions | None = None) -> Plan:
    """A plan from what a caller has at hand.

    Args:
        questions: a set, questions, or a file of them.
        models: models, or names or functions as ``load_model`` takes them.
        store: knows prices of models that were loaded by name.
        options: how to ask.

    Raises:
        InputError: the questions or a model cannot be used; or a budget is set and a price unknown.
    """
    options = options or RunOptions()
    if isinstance(questions, str | Path):
        questions = load_questions(questions)
    listed: list[Asked] = list(models) if isinstance(models, Sequence) and not isinstance(models, str) else [models]
    # Names are looked up together: efforts of one endpoint share its limits.
    named = iter(load_models([one for one in listed if isinstance(one, str)], price_of=store.price_of))
    loaded = [next(named) if isinstance(one, str) else _loaded(one, store) for one in listed]
    if options.budget_usd is not None:
        unpriced = next((str(model.ref) for model in loaded if model.price is None), None)
        if unpriced is not None:
            raise InputError(
                f"no price is known for {unpriced}, so no budget can be kept",
                remedy="Say its price in calibrant.toml, or: calibrant prices import FILE.",
            )
    return Plan(questions, loaded, options)


def afresh(plan: Plan, store: Store) -> Plan:
    """The same plan, asking everything anew; or going on with such a run that was not finished."""
    begun = (
        str(run.manifest["fresh"])
        for run in store.list_runs()
        if not run.complete and run.manifest.get("base") == plan.base and run.manifest.get("fresh")
    )
    name = next(begun, None) or uuid.uuid4().hex
    return plan.with_options(replace(plan.options, fresh=name))


def _loaded(one: Model | Callable[..., Any], store: Store) -> Model:
    return one if isinstance(one, Model) else load_model(one, price_of=store.price_of)


async def run_async(
    questions: Questions,
    models: Models,
    *,
    store: Store | str | Path | None = None,
    options: RunOptions | None = None,
    grader: Grader = EXACT,
    progress: Callable[[Progress], None] | None = None,
) -> RunSummary:
    """Ask models questions, and keep every answer. See `run`."""
    if isinstance(store, Store):
        return await _run(questions, models, store, options, grader, progress)
    with open_store(store) as opened:
        return await _run(questions, models, opened, options, grader, progress)


async def _run(
    questions: Questions,
    models: Models,
    store: Store,
    options: RunOptions | None,
    grader: Grader,
    progress: Callable[[Progress], None] | None,
) -> RunSummary:
    plan = prepare(questions, models, store, options)
    try:
        return await execute(plan, store, grader=grader, progress=progress)
    finally:
        await asyncio.gather(*(model.close() for model in plan.models))


def run(
    questions: Questions,
    models: Models,
    *,
    store: Store | str | Path | None = None,
    options: RunOptions | None = None,
    grader: Grader = EXACT,
    progress: Callable[[Progress], None] | None = None,
) -> RunSummary:
    """Ask models questions, and keep every answer.

    What the store has is not asked again. Interrupted (Ctrl-C), it keeps what came back; the same call goes on.

    Args:
        questions: a set, questions, or a file of them.
        models: one or several: loaded, by name (``"gpt-x@low"``), or functions. They are closed at the end.
        store: where to keep the answers; a store, or a place as `open_store` takes it.
        options: how to ask.
        grader: judges each answer; by default only what is surely right or wrong (see `calibrant.grading`).
        progress: called now and then with how far it is.

    Returns:
        What was asked, found and spent. ``calibrant.report`` makes a report of it.

    Raises:
        InputError: the questions, a model or an option cannot be used.
        ModelError: never; a model that cannot be asked is told in the summary.
        StoreError: the store cannot be written.
        RuntimeError: called inside a running event loop; use ``await run_async(...)`` there.
    """
    if not _loop_is_running():
        return asyncio.run(run_async(questions, models, store=store, options=options, grader=grader, progress=progress))
    raise RuntimeError("an event loop is running here: use `await calibrant.run_async(...)` instead of `run`")


def _loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
