"""Threads for functions that block: one that hangs is left behind, and neither end nor interrupt waits for it."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any

__all__ = ["Threads"]

_Job = Callable[[], None] | None


class Threads:
    """Daemon threads, kept for the next call; as many as there are calls at once.

    Whoever stops waiting for a call leaves its thread behind: it ends when the call does, and another takes its place.

    Args:
        name: what they are called.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._idle: list[queue.SimpleQueue[_Job]] = []

    async def run(self, call: Callable[[], Any]) -> Any:
        """Call a function in a thread.

        Raises:
            BaseException: what it raised.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        idle = self._idle
        jobs = idle.pop() if idle else self._started()

        def settle(result: Any, error: BaseException | None) -> None:
            if future.done() or idle is not self._idle:
                jobs.put(None)
            else:
                idle.append(jobs)
            if future.done():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        def job() -> None:
            result, error = _outcome(call)
            try:
                loop.call_soon_threadsafe(settle, result, error)
            except RuntimeError:  # the event loop has ended meanwhile
                jobs.put(None)

        jobs.put(job)
        return await future

    def close(self) -> None:
        """Let the idle ones go; the others go when their calls end."""
        idle, self._idle = self._idle, []
        for jobs in idle:
            jobs.put(None)

    def _started(self) -> queue.SimpleQueue[_Job]:
        jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        threading.Thread(target=_work, args=(jobs,), name=self._name, daemon=True).start()
        return jobs


def _work(jobs: queue.SimpleQueue[_Job]) -> None:
    while (job := jobs.get()) is not None:
        job()


def _outcome(call: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    try:
        return call(), None
    except StopIteration as error:  # a future cannot carry it
        return None, RuntimeError(f"StopIteration: {error}")
    except BaseException as error:  # it is raised again where the call was made
        return None, error
