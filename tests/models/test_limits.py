"""Rates and concurrency, with a clock that stands still until told otherwise."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant.models.limits import Allowance, Limits, Rate


class Clock:
    """A clock whose sleepers make the time pass."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def test_a_rate_spaces_what_comes_at_once() -> None:
    rate = Rate(60, burst_s=0)
    assert [rate.reserve(1, 0.0) for _ in range(4)] == [0.0, 1.0, 2.0, 3.0]
    assert rate.reserve(1, 10.0) == 0.0


@given(
    per_minute=st.floats(1, 10_000),
    gaps=st.lists(st.floats(0, 5), min_size=1, max_size=60),
)
def test_no_minute_ever_holds_more_than_the_rate_and_its_burst(per_minute: float, gaps: list[float]) -> None:
    rate, now, starts = Rate(per_minute), 0.0, []
    for gap in gaps:
        now += gap
        starts.append(now + rate.reserve(1, now))
    for start in starts:
        assert sum(start <= other < start + 60 for other in starts) <= per_minute + per_minute / 60 + 2
    assert starts == sorted(starts)


def test_an_estimate_is_settled_once_the_truth_is_known() -> None:
    rate = Rate(600, burst_s=0)
    rate.reserve(100, 0.0)
    rate.settle(-50)
    assert rate.reserve(1, 0.0) == pytest.approx(5.0)


def test_requests_a_minute_are_waited_for() -> None:
    clock = Clock()
    limits = Limits(10, rpm=60, clock=clock, sleep=clock.sleep)

    async def main() -> None:
        for _ in range(5):
            await limits.enter()
            limits.leave()

    asyncio.run(main())
    assert clock.now == pytest.approx(3.0, abs=1.0)


def test_no_more_are_under_way_than_the_width_and_all_get_a_turn() -> None:
    clock = Clock()
    limits = Limits(3, clock=clock)
    under_way, peak, done = 0, 0, 0

    async def one() -> None:
        nonlocal under_way, peak, done
        await limits.enter()
        under_way += 1
        peak = max(peak, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        limits.leave()
        done += 1

    async def main() -> None:
        await asyncio.gather(*(one() for _ in range(20)))

    asyncio.run(main())
    assert (peak, done) == (3, 20)


def test_a_cancelled_wait_loses_no_place() -> None:
    limits = Limits(1, clock=Clock())

    async def main() -> None:
        await limits.enter()
        waiting = [asyncio.create_task(limits.enter()) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        limits.leave()
        waiting[1].cancel()  # its place has just been given to it
        await asyncio.sleep(0)
        await asyncio.wait_for(waiting[2], 1)
        limits.leave()
        await asyncio.wait_for(limits.enter(), 1)

    asyncio.run(main())


def test_the_width_halves_once_for_all_that_were_under_way_together_and_climbs_again() -> None:
    clock = Clock()
    limits = Limits(64, clock=clock)
    clock.now = 10.0
    for _ in range(30):
        limits.congested(sent_at=9.0, after_s=None)
    assert limits.width == 32
    limits.congested(sent_at=10.5, after_s=None)
    assert limits.width == 16
    for _ in range(17):
        limits.succeeded()
    assert limits.width == 17
    for _ in range(5000):
        limits.succeeded()
    assert limits.width == 64


def test_a_pause_holds_for_everyone() -> None:
    clock = Clock()
    limits = Limits(4, clock=clock, sleep=clock.sleep)
    limits.congested(sent_at=0.0, after_s=5.0)

    async def main() -> None:
        await limits.enter()

    asyncio.run(main())
    assert clock.now == pytest.approx(5.0)


def test_more_may_be_allowed_for_a_while() -> None:
    limits = Limits(4, clock=Clock())
    with limits.widened(10), limits.widened(7):
        assert limits.width == 10
    assert limits.width == 4
    with limits.widened(2):
        assert limits.width == 4


def test_what_congestion_has_taught_stays_when_more_is_allowed() -> None:
    limits = Limits(8, clock=Clock())
    limits.congested(0.0, None)
    with limits.widened(100):
        assert limits.width == 4
        for _ in range(10_000):
            limits.succeeded()
        assert limits.width == 100
    assert limits.width == 8


@given(st.lists(st.integers(1, 150), max_size=30), st.sets(st.integers(0, 29)))
def test_never_more_bytes_are_taken_than_there_are_and_all_come_to_an_end(
    amounts: list[int], impatient: set[int]
) -> None:
    taken = 0

    async def main() -> None:
        allowance = Allowance(100)

        async def one(amount: int) -> None:
            nonlocal taken
            got = await allowance.take(amount)
            taken += got
            assert taken <= 100
            try:
                await asyncio.sleep(0)
            finally:
                taken -= got
                allowance.give(got)

        tasks = [asyncio.create_task(one(amount)) for amount in amounts]
        await asyncio.sleep(0)
        for place in impatient:
            if place < len(tasks):
                tasks[place].cancel()
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
        assert await allowance.take(100) == 100

    asyncio.run(main())
