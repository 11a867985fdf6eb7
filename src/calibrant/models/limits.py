"""How much of an endpoint to use at once: requests and tokens a minute, and concurrency that falls on 429.

Rates are spaced by the generic cell rate algorithm (ITU-T I.371): one number of state, no queue, first come first
served. Concurrency rises by one a round trip and halves once a congestion (AIMD, Chiu and Jain 1989).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

__all__ = ["Allowance", "Limits", "Rate"]


class Rate:
    """So much a minute, evenly, with bursts of about a second. Pure.

    Args:
        per_minute: units a minute.
        burst_s: how many seconds' worth may be used at once after a pause.
    """

    def __init__(self, per_minute: float, *, burst_s: float = 1.0) -> None:
        self._unit_s = 60.0 / per_minute
        self._burst_s = burst_s
        self._next = float("-inf")

    def reserve(self, amount: float, now: float) -> float:
        """Take so many units; seconds to wait until they may be used."""
        at = max(self._next, now - self._burst_s)
        self._next = at + amount * self._unit_s
        return max(0.0, at - now)

    def settle(self, difference: float) -> None:
        """Correct what was reserved once the true amount is known: positive = it was more."""
        self._next += difference * self._unit_s


class Allowance:
    """So many bytes for all large bodies under way together; first come, first served. One event loop at a time.

    Whoever needs more than there is at all gets all of it, alone.

    Args:
        total: bytes.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._free = total
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def take(self, amount: int) -> int:
        """Wait for so many bytes.

        Returns:
            How many were taken: to be given back.
        """
        amount = min(amount, self._total)
        if amount <= self._free and not self._waiting:
            self._free -= amount
            return amount
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((amount, place))
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self.give(amount)  # given at the very moment of the cancellation
            else:
                place.cancel()
                self.give(0)
            raise
        return amount

    def give(self, amount: int) -> None:
        """Give bytes back, and to the next in line."""
        self._free += amount
        while self._waiting and (self._waiting[0][1].done() or self._waiting[0][0] <= self._free):
            wanted, place = self._waiting.popleft()
            if not place.done():
                self._free -= wanted
                place.set_result(None)


class Limits:
    """The places of one endpoint, shared by all who ask it. Belongs to one event loop at a time.

    Args:
        concurrency: most requests under way at once.
        rpm: requests a minute; None = no limit.
        tpm: tokens a minute, input and output; None = no limit.
        clock: a monotonic clock, seconds.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        concurrency: int,
        *,
        rpm: float | None = None,
        tpm: float | None = None,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._usual = concurrency
        self._raised: list[int] = []
        self._ceiling = float(concurrency)
        self._requests = Rate(rpm) if rpm else None
        self._tokens = Rate(tpm) if tpm else None
        self._clock = clock
        self._sleep = sleep
        self._width = float(concurrency)
        self._under_way = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._paused_until = float("-inf")
        self._dropped_at = float("-inf")

    @property
    def width(self) -> int:
        """How many requests may be under way now."""
        return max(1, int(self._width))

    @property
    def counts_tokens(self) -> bool:
        """Whether tokens a minute are limited, so that an estimate is wanted."""
        return self._tokens is not None

    @contextmanager
    def widened(self, concurrency: int) -> Iterator[None]:
        """Allow so many at once for a while, where it is more than usual. What congestion has taught stays."""
        self._raised.append(concurrency)
        self._set_ceiling()
        try:
            yield
        finally:
            self._raised.remove(concurrency)
            self._set_ceiling()

    def _set_ceiling(self) -> None:
        uncongested = self._width >= self._ceiling
        self._ceiling = float(max([self._usual, *self._raised]))
        self._width = self._ceiling if uncongested else min(self._width, self._ceiling)

    async def enter(self, tokens: float = 0.0) -> None:
        """Wait for a place. Whoever has entered must `leave`.

        Args:
            tokens: estimated input and output tokens of the request.
        """
        if self._under_way >= self.width or self._waiting:
            await self._queue()
        else:
            self._under_way += 1
        if self._requests is None and self._tokens is None and self._paused_until == float("-inf"):
            return
        try:
            await self._wait_for_rates(tokens)
        except BaseException:
            self.leave()
            raise

    async def _queue(self) -> None:
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self.leave()  # the place was given at the very moment of the cancellation
            else:
                place.cancel()
            raise

    async def _wait_for_rates(self, tokens: float) -> None:
        now = self._clock()
        wait = self._requests.reserve(1.0, now) if self._requests else 0.0
        if self._tokens:
            wait = max(wait, self._tokens.reserve(tokens, now))
        wait = max(wait, self._paused_until - now)
        while wait > 0:
            await self._sleep(wait)
            wait = self._paused_until - self._clock()

    def leave(self) -> None:
        """Give the place back, and to the next in line."""
        self._under_way -= 1
        while self._waiting and self._under_way < self.width:
            place = self._waiting.popleft()
            if not place.done():
                self._under_way += 1
                place.set_result(None)

    def settle(self, estimated: float, used: float) -> None:
        """Correct the tokens of a request once they are known."""
        if self._tokens:
            self._tokens.settle(used - estimated)

    def succeeded(self) -> None:
        """A request went through: the width climbs, by about one in a round trip."""
        if self._width < self._ceiling:
            self._width = min(self._ceiling, self._width + 1.0 / self._width)

    def congested(self, sent_at: float, after_s: float | None) -> None:
        """A request was turned away for being one too many.

        The width halves once for all requests that were under way together. A wait that the endpoint asks for holds
        for every request to it.

        Args:
            sent_at: when the request was sent, by the clock.
            after_s: the wait asked for, seconds.
        """
        now = self._clock()
        if sent_at >= self._dropped_at:
            self._dropped_at = now
            self._width = max(1.0, self._width / 2)
        if after_s is not None:
            self._paused_until = max(self._paused_until, now + after_s)
