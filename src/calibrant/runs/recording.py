"""Keeping what comes back: committed first, graded after, at most 50 ms or one batch behind.

Every batch is one transaction: new responses, and the grades of the responses committed before them. So a response is
safe before anybody judges it, and one sync of the disk serves both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from calibrant.grading import Grader
from calibrant.runs.answers import answer_part
from calibrant.store import RunWriter
from calibrant.types import Grade, Question, Response, StatedAs

__all__ = ["Received", "Recorder"]

_BATCH = 500
_WAIT_S = 0.05
_BEHIND = 4 * _BATCH


class Received(NamedTuple):
    """A response to keep with a question of the run."""

    question: Question
    question_hash: str
    response: Response
    states_confidence: StatedAs = False
    """Whether the prompt asked for a confidence in the reply, which is then no part of the answer."""
    verdicts: tuple[tuple[int, Grade], ...] = ()
    """Grades of other items that this response gives, each with its item's number: of a judge's reply."""


class Recorder:
    """Takes responses and writes them in the background. An async context manager; leaving it writes everything.

    Args:
        writer: of the run. Only this object uses it from now on.
        grader: judges what is committed; an error is not judged. None = nothing is.
        in_flight: how many prompts are under way, asked at each commit. None = not to be noted with the run.
        graded: told what was committed, with its grade: None where it has none. Nothing is written while it waits.
    """

    def __init__(
        self,
        writer: RunWriter,
        grader: Grader | None = None,
        in_flight: Callable[[], int] | None = None,
        graded: Callable[[Sequence[tuple[Received, Grade | None]]], Awaitable[None]] | None = None,
    ) -> None:
        self._writer = writer
        self._grader = grader
        self._in_flight = in_flight
        self._graded = graded
        self._waiting: list[Received] = []
        self._verdicts: list[tuple[int, Grade]] = []
        self._news = asyncio.Event()
        self._caught_up = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None
        # One thread of its own: a commit waits for the disk, the event loop must not.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="calibrant-store")

    async def __aenter__(self) -> Recorder:
        self._task = asyncio.create_task(self._record())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        self._news.set()
        try:
            if self._task is not None:
                await asyncio.shield(self._task)
        finally:
            self._thread.shutdown(wait=True)

    async def keep(self, received: Sequence[Received]) -> None:
        """Hand responses over; waits while the store is far behind.

        Raises:
            StoreError: an earlier batch could not be written.
        """
        self._waiting.extend(received)
        self._news.set()
        if len(self._waiting) > _BEHIND:
            self._caught_up.clear()
            await self._caught_up.wait()
        if self._task is not None and self._task.done():
            self._task.result()

    def grade(self, verdicts: Sequence[tuple[int, Grade]]) -> None:
        """Hand over grades of items that are in the store; each with its item's number."""
        self._verdicts.extend(verdicts)
        self._news.set()

    async def _record(self) -> None:
        loop = asyncio.get_running_loop()
        graded: list[tuple[int, Grade]] = []
        try:
            while self._waiting or self._verdicts or graded or not self._closing:
                await self._something_to_do(bool(graded))
                graded, self._verdicts = [*graded, *self._verdicts], []
                batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
                if len(self._waiting) <= _BEHIND:
                    self._caught_up.set()
                # What has come back and is not committed would be lost with the process, like what is under way.
                at_risk = self._under_way(len(self._waiting))
                verdicts = await loop.run_in_executor(self._thread, self._commit, batch, graded, at_risk)
                graded = [(item, grade) for item, grade in verdicts if item is not None and grade is not None]
                if self._graded is not None and verdicts:
                    known = [grade for _, grade in verdicts]
                    await self._graded(list(zip(batch, known, strict=True)))
            await loop.run_in_executor(self._thread, self._commit, [], [], self._under_way(0))
        finally:
            self._caught_up.set()

    async def _something_to_do(self, at_once: bool) -> None:
        """Wait for work, then until there is a batch of it or 50 ms have passed."""
        if not self._waiting and not self._verdicts and not at_once and not self._closing:
            self._news.clear()
            await self._news.wait()
        if len(self._waiting) < _BATCH and not self._closing:
            await asyncio.sleep(_WAIT_S)

    def _under_way(self, waiting: int) -> int:
        return 0 if self._in_flight is None else self._in_flight() + waiting

    def _commit(
        self, batch: Sequence[Received], graded: Sequence[tuple[int, Grade]], in_flight: int
    ) -> list[tuple[int | None, Grade | None]]:
        for item, grade in graded:
            self._writer.grade(item, grade)
        for one in batch:
            self._writer.add(one.question, one.question_hash, one.response)
            for item, grade in one.verdicts:
                self._writer.grade(item, grade)
        self._writer.in_flight(in_flight)
        self._writer.flush()
        written = self._writer.written()
        return [(item, self._verdict(item, one)) for item, one in zip(written, batch, strict=True)]

    def _verdict(self, item: int | None, one: Received) -> Grade | None:
        if self._grader is None or item is None or one.response.error is not None:
            return None
        return self._grader(one.question, answer_part(one.response, states_confidence=one.states_confidence))
