"""Ask models the questions of a plan, and keep every answer.

What the store has is taken from there; what is missing is asked, each key once. A run can be left at any moment: by
Ctrl-C, a budget, too many failures, a killed process. The same call goes on where it stopped.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, NamedTuple

from calibrant.analysis.stopping import Ending
from calibrant.errors import ModelError
from calibrant.grading import EXACT, Grader
from calibrant.models import Prompt, Reply, ask_many
from calibrant.runs.answers import response_of
from calibrant.runs.claiming import claimed
from calibrant.runs.plan import Item, Plan, pages
from calibrant.runs.recording import Received, Recorder
from calibrant.runs.spend import Purse, Spend
from calibrant.runs.stopping import StopOptions, Watch
from calibrant.runs.summary import ModelTally, Progress, RunSummary, Stop
from calibrant.store import NewRun, PromptRecord, RunInfo, Store, response_digest
from calibrant.types import Grade, Response, ResponseKey, StatedAs

__all__ = ["execute"]

_PAGE = 500
_ENDINGS = {Stop.BUDGET: Ending.BUDGET, Stop.ERRORS: Ending.STOPPED, Stop.MODEL: Ending.STOPPED}
"""What the looks say where asking ended for another reason."""
_FEW = 20
"""Failures up to this number stop no run, however few the questions: a share of little is no share."""


class _Missing(NamedTuple):
    """A key without a response, and the items that wait for it: several where questions are alike."""

    key: ResponseKey
    items: list[Item]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked(Prompt):
    """A prompt that knows what is missing: one thing for each sample."""

    wanted: tuple[_Missing, ...]
    states_confidence: StatedAs = False


async def execute(
    plan: Plan,
    store: Store,
    *,
    grader: Grader = EXACT,
    progress: Callable[[Progress], None] | None = None,
    monotonic: Callable[[], float] = time.monotonic,
    stop: StopOptions | None = None,
) -> RunSummary:
    """Do what a plan says and the store does not have yet.

    Args:
        plan: what is needed.
        store: where responses are and go.
        grader: judges each answer after it is committed.
        progress: called now and then, and at the end.
        monotonic: seconds that never go back.
        stop: when to end before everything is asked. None = never.

    Returns:
        What was asked, found, spent, and why it ended.

    Raises:
        InputError: another process asks this run, or a template cannot be filled in for a question.
        StoreError: a batch could not be committed; what was committed before stays.
        asyncio.CancelledError: cancelled; what had come back is committed.
    """
    run = store.begin_run(
        NewRun(
            kind=plan.options.kind,
            source=plan.source,
            source_digest=plan.digest,
            name=plan.options.name or plan.source,
            manifest=plan.manifest,
            seed=plan.options.seed,
            set_hash=plan.set_hash,
        )
    )
    plan.check()
    async with claimed(store, run):
        watch = None if stop is None else Watch(plan, stop, store, run, grader.name)
        asked = plan if watch is None else plan.in_order(watch.order)
        execution = _Execution(asked, store, run, grader, progress, monotonic)
        execution.watch = watch
        return await execution.run()


class _Execution:
    """One pass over a plan."""

    def __init__(
        self,
        plan: Plan,
        store: Store,
        run: RunInfo,
        grader: Grader,
        progress: Callable[[Progress], None] | None,
        monotonic: Callable[[], float],
    ) -> None:
        self._plan = plan
        self._store = store
        self._run = run
        self._grader = grader
        self._report = progress
        self._monotonic = monotonic
        self._began = monotonic()
        self._prompts: dict[str, PromptRecord] = {}
        self._tallies = [ModelTally(model=model.ref, spend=Spend(model.price)) for model in plan.models]
        self._purse = Purse(plan.options.budget_usd, [tally.spend for tally in self._tallies])
        self._reserved: dict[int, float] = {}
        self._came_back = asyncio.Event()
        self._stop: Stop | None = None
        self.watch: Watch | None = None

    async def run(self) -> RunSummary:
        writer = self._store.writer(self._run, batch=10**9, max_age_s=float("inf"), prompts=self._prompts)
        graded = None if self.watch is None else self._graded
        async with Recorder(writer, self._grader, self._under_way, graded) as recorder:
            await self._look()
            await _together([self._serve(number, recorder) for number in range(len(self._plan.models))])
        self._tell()
        done = sum(tally.done for tally in self._tallies)
        complete = done == self._plan.total
        if self.watch is not None:
            self.watch.end(_ENDINGS.get(self._stop) if self._stop is not None else None)
        run = self._store.finish_run(self._run, set_hash=self._plan.set_hash) if complete else self._run
        return RunSummary(
            run=self._store.find_run(run.id),
            complete=complete,
            stopped_by=None if complete else self._stop,
            total=self._plan.total,
            models=tuple(self._tallies),
            lost=self._run.in_flight,
            elapsed_s=self._monotonic() - self._began,
            max_errors=self._plan.options.max_errors,
            stopping=None if self.watch is None else self.watch.to_dict(),
        )

    async def _graded(self, graded: Sequence[tuple[Received, Grade | None]]) -> None:
        if self.watch is not None:
            for one, grade in graded:
                key = one.response.key
                self.watch.note(one.question, one.question_hash, str(one.response.model), key.repeat, grade)
            await self._look()

    async def _look(self) -> None:
        """Look at what is complete; end where nothing more is to be found out."""
        if self.watch is not None:
            await self.watch.advance()
            if self.watch.is_over:
                self._stop = self._stop or Stop.ENOUGH

    async def _serve(self, number: int, recorder: Recorder) -> None:
        """Everything that one model has to do: take what is there, ask what is missing."""
        tally = self._tallies[number]
        missing = await self._take_what_is_there(number, recorder)
        tally.missing = sum(len(one.items) for one in missing)
        self._tell()
        await self._look()
        if not missing:
            return
        try:
            await self._ask(number, missing, recorder)
        except ModelError as error:
            tally.failed = str(error)
            tally.under_way = 0
            self._stop = self._stop or Stop.MODEL
            self._came_back.set()
        if self.watch is not None:
            self.watch.wake()

    async def _ask(self, number: int, missing: Sequence[_Missing], recorder: Recorder) -> None:
        """Ask in rounds: a round ends early where a budget leaves no room for more beside what is under way."""
        model, width = self._plan.models[number], self._plan.options.concurrency
        left = _Returning(self._prompts_for(number, missing))
        while True:
            self._came_back.clear()
            async with aclosing(ask_many(model, self._sendable(number, left), concurrency=width)) as answers:
                async for prompt, replies in answers:
                    await recorder.keep(self._received(number, prompt, replies))
                    self._tell()
            if self._is_stopped or left.is_empty:
                return
            if self.watch is not None and not self._may_ask(left.peek()):
                await self.watch.moved()
                await recorder.keep([])  # raises where nothing can be written, and so nothing be looked at
            elif self._under_way():
                await self._came_back.wait()
            else:
                await asyncio.sleep(0)

    async def _take_what_is_there(self, number: int, recorder: Recorder) -> Sequence[_Missing]:
        """Put what the store has into the run; returns what it has not. Questions alike share one response."""
        missing: dict[str, _Missing] = {}
        tally = self._tallies[number]
        for page in pages(self._plan.items(number), _PAGE):
            wanted: dict[str, _Missing] = {}
            for item in page:
                key = self._plan.key(item)
                self._note_prompt(key.prompt, item)
                wanted.setdefault(response_digest(key), _Missing(key, [])).items.append(item)
            settled = self._store.settled(self._run, wanted, self._grader.name)
            found = self._store.responses(wanted.keys() - settled)
            for digest, one in wanted.items():
                if self.watch is not None and digest in settled:
                    for item in one.items:
                        self.watch.settled(item.question, str(tally.model), item.repeat)
                if digest in settled or digest in found:
                    tally.reused += len(one.items)
                else:
                    missing.setdefault(digest, _Missing(one.key, [])).items.extend(one.items)
            await recorder.keep(
                [
                    self._item(item, response, states_confidence=self._asks_confidence(item))
                    for digest, response in found.items()
                    for item in wanted[digest].items
                ]
            )
            await asyncio.sleep(0)
        return list(missing.values())

    def _note_prompt(self, prompt_hash: str, item: Item) -> None:
        if prompt_hash not in self._prompts:
            template = self._plan.options.templates[item.template]
            self._prompts[prompt_hash] = PromptRecord(
                digest=template.digest, name=template.name, price=template.price, content=template.content
            )

    def _prompts_for(self, number: int, missing: Sequence[_Missing]) -> Iterator[_Asked]:
        """A prompt for all that is missing, each made when it is needed."""
        model, options = self._plan.models[number], self._plan.options
        for group in _by_prompt(missing, model.max_samples):
            first = group[0].items[0]
            question = self._plan.questions[first.question]
            yield _Asked(
                messages=options.templates[first.template].messages(question),
                sampling=options.sampling,
                samples=len(group),
                repeats=tuple(one.key.repeat for one in group),
                question=question,
                wanted=tuple(group),
                states_confidence=self._asks_confidence(first),
            )

    def _asks_confidence(self, item: Item) -> StatedAs:
        return self._plan.options.templates[item.template].confidence

    def _sendable(self, number: int, left: _Returning) -> Iterator[_Asked]:
        """The prompts that may be sent now."""
        tally, model = self._tallies[number], self._plan.models[number]
        while not self._is_stopped and (prompt := left.take()) is not None:
            if not self._may_ask(prompt):
                left.give_back(prompt)
                return
            limit = model.output_limit(prompt)
            reserved = prompt.samples * tally.spend.could_cost(sum(len(one.content) for one in prompt.messages), limit)
            limited = limit is not None and not tally.spend.billed
            if not self._purse.lets_out(reserved, limited=limited, spend=tally.spend, under_way=tally.under_way):
                left.give_back(prompt)
                if not self._under_way():
                    self._stop = Stop.BUDGET
                    if self.watch is not None:
                        self.watch.wake()
                return
            tally.under_way += 1
            self._reserved[id(prompt)] = reserved
            self._purse.reserved_usd += reserved
            yield prompt

    def _may_ask(self, prompt: _Asked | None) -> bool:
        return self.watch is None or prompt is None or self.watch.allows(prompt.wanted[0].items[0].question)

    @property
    def _is_stopped(self) -> bool:
        """Whether nothing more is sent. A model that cannot be asked stops the others only where looks need it."""
        return self._stop is not None and (self._stop is not Stop.MODEL or self.watch is not None)

    def _received(self, number: int, prompt: _Asked, replies: Sequence[Reply]) -> list[Received]:
        tally, received = self._tallies[number], []
        tally.under_way -= 1
        unknown = tally.spend.unknown
        for (key, items), reply in zip(prompt.wanted, replies, strict=True):
            cost = tally.spend.add(reply)
            response = response_of(
                reply,
                key=key,
                model=self._plan.models[number],
                cost_usd=cost,
                states_confidence=prompt.states_confidence,
            )
            tally.count(reply, len(items))
            received += [self._item(item, response, states_confidence=prompt.states_confidence) for item in items]
        self._purse.came_back(self._reserved.pop(id(prompt)), cost_known=tally.spend.unknown == unknown)
        self._came_back.set()
        self._stop_at_too_many_errors()
        return received

    def _stop_at_too_many_errors(self) -> None:
        errors = sum(tally.errors for tally in self._tallies)
        if errors > max(_FEW, self._plan.options.max_errors * self._plan.total):
            self._stop = self._stop or Stop.ERRORS

    def _item(self, item: Item, response: Response, *, states_confidence: StatedAs) -> Received:
        question, digest = self._plan.questions[item.question], self._plan.hashes[item.question]
        return Received(question, digest, response, states_confidence)

    def _tell(self) -> None:
        if self._report is not None:
            self._report(Progress.of(self._plan.total, self._tallies, self._under_way()))

    def _under_way(self) -> int:
        return sum(tally.under_way for tally in self._tallies)


class _Returning:
    """An iterator that takes one thing back."""

    def __init__(self, prompts: Iterator[_Asked]) -> None:
        self._prompts = prompts
        self._held: _Asked | None = None

    def take(self) -> _Asked | None:
        held, self._held = self._held, None
        return held if held is not None else next(self._prompts, None)

    def give_back(self, prompt: _Asked) -> None:
        self._held = prompt

    def peek(self) -> _Asked | None:
        if self._held is None:
            self._held = next(self._prompts, None)
        return self._held

    @property
    def is_empty(self) -> bool:
        return self.peek() is None


async def _together(work: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Do all at once; the first error ends the others and is raised as it is."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _by_prompt(missing: Iterable[_Missing], most: int) -> Iterator[list[_Missing]]:
    """What one request can answer: repeats of one question and template, at most so many."""
    group: list[_Missing] = []
    for one in missing:
        if group and (len(group) == most or _prompt_of(group[0]) != _prompt_of(one)):
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _prompt_of(one: _Missing) -> tuple[int, int]:
    return one.items[0].question, one.items[0].template
