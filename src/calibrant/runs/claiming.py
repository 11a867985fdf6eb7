"""Having a run for this process alone, with a sign of life now and then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from calibrant.store import RunInfo, Store

__all__ = ["claimed"]

_SIGN_OF_LIFE_S = 10.0


@asynccontextmanager
async def claimed(store: Store, run: RunInfo) -> AsyncIterator[None]:
    """Have the run while the block lasts.

    Raises:
        InputError: another process asks this run.
    """
    with store.claimed(run) as alive:
        heart = asyncio.create_task(_beat(alive))
        try:
            yield
        finally:
            heart.cancel()


async def _beat(alive: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(_SIGN_OF_LIFE_S)
        await asyncio.to_thread(alive)
