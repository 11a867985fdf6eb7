"""Gather what is asked at about the same time, and work it off in batches in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

__all__ = ["Batches", "FullError"]

A = TypeVar("A")
R = TypeVar("R")
_IDLE_S = 1.0
"""The thread ends when there was nothing to do for so long."""


class FullError(RuntimeError):
    """More is waiting than there is room for."""


class Batches(Generic[A, R]):
    """Works off what is handed in from any thread or event loop.

    While a batch is under way the next one gathers by itself; only the first after a pause waits a moment for others.

    Args:
        work: what to do with a batch; gives a result, or the exception to raise, for each.
        size: how large a piece of work is.
        most: largest batch, in sizes; a single piece may be larger.
        waiting: most pieces that wait.
        gather_s: seconds for which the first of a batch waits for others.
    """

    def __init__(
        self,
        work: Callable[[Sequence[A]], Sequence[R | Exception]],
        *,
        size: Callable[[A], int] = lambda _: 1,
        most: int = 64,
        waiting: int = 10_000,
        gather_s: float = 0.002,
    ) -> None:
        self._work = work
        self._size = size
        self._most = most
        self._waiting = waiting
        self._gather_s = gather_s
        self._queue: deque[tuple[A, Future[R]]] = deque()
        self._news = threading.Condition()
        self._is_running = False

    def hand_in(self, piece: A) -> Future[R]:
        """Have a piece worked off. A future that is cancelled before its batch begins is left out.

        Raises:
            FullError: too many are waiting.
        """
        future: Future[R] = Future()
        with self._news:
            if len(self._queue) >= self._waiting:
                raise FullError(f"{len(self._queue)} requests are waiting already")
            self._queue.append((piece, future))
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name="calibrant reference", daemon=True).start()
            self._news.notify()
        return future

    def _run(self) -> None:
        while batch := self._next():
            pieces = [piece for piece, _ in batch]
            try:
                results = self._work(pieces)
            except Exception as error:
                results = [error] * len(batch)
            for (_, future), result in zip(batch, results, strict=True):
                if isinstance(result, Exception):
                    future.set_exception(result)
                else:
                    future.set_result(result)

    def _next(self) -> list[tuple[A, Future[R]]]:
        """The next batch; none where the thread is to end."""
        while True:
            with self._news:
                if not self._news.wait_for(lambda: self._queue, timeout=_IDLE_S):
                    self._is_running = False
                    return []
                is_small = len(self._queue) < self._most
            if is_small:
                time.sleep(self._gather_s)
            if batch := self._taken():
                return batch

    def _taken(self) -> list[tuple[A, Future[R]]]:
        batch: list[tuple[A, Future[R]]] = []
        total = 0
        with self._news:
            while self._queue:
                size = self._size(self._queue[0][0])
                if batch and total + size > self._most:
                    break
                piece, future = self._queue.popleft()
                if future.set_running_or_notify_cancel():
                    batch.append((piece, future))
                    total += size
        return batch
