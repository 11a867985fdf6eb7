"""BLAS has one thread while somebody needs it so, and what it had before when the last one is done."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

from calibrant.models.reference.blas import OneThread


def threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_the_last_one_out_sets_it_back() -> None:
    _ = np.ones((2, 2)) @ np.ones((2, 2))
    limit = OneThread()
    with threadpool_limits(limits=3, user_api="blas"):
        before = threads()
        first, second = limit(), limit()
        first.__enter__()
        assert threads() == {1}
        second.__enter__()
        first.__exit__(None, None, None)
        assert threads() == {1}
        second.__exit__(None, None, None)
        assert threads() == before
        with limit():
            assert threads() == {1}
        assert threads() == before
