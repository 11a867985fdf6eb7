"""What is asked at about the same time is worked off together, and nothing is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import pytest

from calibrant.models.reference.batching import Batches, FullError


class Work:
    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, pieces: Sequence[int]) -> list[int | Exception]:
        self.batches.append(list(pieces))
        assert self.gate.wait(10)
        if 13 in pieces:
            raise RuntimeError("thirteen")
        return [ValueError(f"{piece} is odd") if piece % 2 else piece * 10 for piece in pieces]


def test_results_and_errors_go_to_whoever_asked() -> None:
    batches: Batches[int, int] = Batches(Work())
    futures = [batches.hand_in(piece) for piece in range(4)]
    assert [futures[0].result(10), futures[2].result(10)] == [0, 20]
    for piece in (1, 3):
        with pytest.raises(ValueError, match=f"{piece} is odd"):
            futures[piece].result(10)


def test_what_breaks_a_batch_breaks_no_later_one() -> None:
    batches: Batches[int, int] = Batches(Work())
    with pytest.raises(RuntimeError, match="thirteen"):
        batches.hand_in(13).result(10)
    assert batches.hand_in(2).result(10) == 20


def test_what_comes_while_a_batch_is_under_way_is_the_next_and_sizes_count() -> None:
    work = Work()
    batches: Batches[int, int] = Batches(work, most=10, size=lambda piece: piece)
    work.gate.clear()
    first = batches.hand_in(2)
    while not work.batches:
        time.sleep(0.001)
    later = [batches.hand_in(piece) for piece in (4, 6, 8, 40, 2)]
    work.gate.set()
    assert [future.result(10) for future in [first, *later]] == [20, 40, 60, 80, 400, 20]
    assert work.batches == [[2], [4, 6], [8], [40], [2]]


def test_the_first_waits_a_moment_for_others() -> None:
    work = Work()
    batches: Batches[int, int] = Batches(work, gather_s=0.2)
    futures = [batches.hand_in(piece) for piece in (2, 4, 6)]
    assert [future.result(10) for future in futures] == [20, 40, 60]
    assert work.batches == [[2, 4, 6]]


def test_what_was_given_up_before_its_turn_is_left_out() -> None:
    work = Work()
    batches: Batches[int, int] = Batches(work, most=1)
    work.gate.clear()
    first = batches.hand_in(2)
    while not work.batches:
        time.sleep(0.001)
    given_up, other = batches.hand_in(4), batches.hand_in(6)
    assert given_up.cancel()
    work.gate.set()
    assert (first.result(10), other.result(10)) == (20, 60)
    assert work.batches == [[2], [6]]


def test_too_many_that_wait_are_refused() -> None:
    work = Work()
    batches: Batches[int, int] = Batches(work, waiting=2)
    work.gate.clear()
    batches.hand_in(2)
    while not work.batches:
        time.sleep(0.001)
    waiting = [batches.hand_in(4), batches.hand_in(6)]
    with pytest.raises(FullError):
        batches.hand_in(8)
    work.gate.set()
    assert [future.result(10) for future in waiting] == [40, 60]


def test_its_thread_ends_when_idle_and_another_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calibrant.models.reference.batching._IDLE_S", 0.02)
    batches: Batches[int, int] = Batches(lambda pieces: [threading.get_ident() for _ in pieces])
    ident = batches.hand_in(0).result(10)
    deadline = time.monotonic() + 10
    while any(thread.ident == ident for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert batches.hand_in(0).result(10) in {thread.ident for thread in threading.enumerate()} | {ident}
