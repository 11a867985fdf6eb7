"""Ask many prompts at once: pulled lazily, answered in order of completion, ended cleanly."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Generic, Protocol, TypeVar, runtime_checkable

from calibrant.models.protocol import Model, Prompt, Reply

__all__ = ["Widens", "ask_many"]

P = TypeVar("P", bound=Prompt)


@runtime_checkable
class Widens(Protocol):
    """A model that can be asked more at once than it says, where somebody wants this."""

    def widened(self, concurrency: int) -> AbstractContextManager[None]:
        """Allow so many prompts at once within the context."""
        ...


async def ask_many(
    model: Model, prompts: Iterable[P], *, concurrency: int | None = None
) -> AsyncGenerator[tuple[P, Sequence[Reply]], None]:
    """Ask a model, with as many prompts under way as it is worth.

    Workers share the iterator of prompts; they are started one after another, up to `concurrency`. A prompt is taken
    from it only when a worker is free and the reader is no more than `concurrency` replies behind, so that any number
    of prompts costs the same memory. Close the generator (``contextlib.aclosing``) when leaving early: what is under
    way is cancelled, and can be asked again.

    Args:
        model: whom to ask.
        prompts: what to ask; may be a generator. It runs on the event loop and must not block for long.
        concurrency: most prompts under way. Default: the model's own. More than this raises the model's limits for the
            duration of this call; what an endpoint turns away (429) still lowers them.

    Yields:
        Each prompt with its replies, as soon as they are complete.

    Raises:
        ModelError: no prompt can succeed. What had been answered is yielded first, the rest is cancelled.
    """
    width = max(1, model.concurrency if concurrency is None else concurrency)
    with _room_for(model, width):
        asking = _Asking(model, prompts, width)
        try:
            while True:
                while asking.answered:
                    yield asking.take()
                if asking.is_over:
                    break
                await asking.something_new()
            asking.raise_what_ended_it()
        finally:
            await asking.stop()


def _room_for(model: Model, width: int) -> AbstractContextManager[None]:
    return model.widened(width) if width > model.concurrency and isinstance(model, Widens) else nullcontext()


class _Asking(Generic[P]):
    """The workers of one call, and what they have finished."""

    def __init__(self, model: Model, prompts: Iterable[P], width: int) -> None:
        self._model = model
        self._prompts = iter(prompts)
        self._width = width
        self._room = asyncio.Event()
        self._room.set()
        self._news = asyncio.Event()
        self._ended_by: BaseException | None = None
        self._exhausted = False
        self._working = 0
        self.answered: deque[tuple[P, Sequence[Reply]]] = deque()
        self._workers: list[asyncio.Task[None]] = []
        self._start_another()

    @property
    def is_over(self) -> bool:
        return self._ended_by is not None or self._working == 0

    def take(self) -> tuple[P, Sequence[Reply]]:
        if len(self.answered) <= self._width:
            self._room.set()
        return self.answered.popleft()

    async def something_new(self) -> None:
        self._news.clear()
        await self._news.wait()

    def raise_what_ended_it(self) -> None:
        if self._ended_by is not None:
            raise self._ended_by

    async def stop(self) -> None:
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    def _start_another(self) -> None:
        if len(self._workers) < self._width and not self._exhausted:
            self._working += 1
            self._workers.append(asyncio.create_task(self._work()))

    async def _work(self) -> None:
        is_new = True
        try:
            while (prompt := self._next()) is not None:
                if is_new:  # there was something to do, so there may be more than one can do
                    self._start_another()
                    is_new = False
                replies = await self._model.ask(prompt)
                self.answered.append((prompt, replies))
                self._news.set()
                if len(self.answered) > self._width:
                    self._room.clear()
                    await self._room.wait()
        except BaseException as error:
            task = asyncio.current_task()
            if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
                raise
            self._ended_by = self._ended_by or error
        finally:
            self._working -= 1
            self._news.set()

    def _next(self) -> P | None:
        if self._exhausted or self._ended_by is not None:
            return None
        prompt = next(self._prompts, None)
        self._exhausted = prompt is None
        return prompt
