"""How far a run is: a bar where a person watches, a line now and then where a log does. Always on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from calibrant.runs import Progress

__all__ = ["watching"]

_LINE_EVERY_S = 10.0


@contextmanager
def watching(monotonic: Callable[[], float] = time.monotonic) -> Iterator[Callable[[Progress], None]]:
    """Show a run's progress while the block lasts."""
    pace = _Pace(monotonic)
    if not sys.stderr.isatty():
        yield _Lines(pace, monotonic).show
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(bar_width=24), TextColumn("{task.description}"))
    with Bar(*columns, console=Console(stderr=True), transient=True, refresh_per_second=5) as bar:
        task = bar.add_task("asking", total=None)

        def show(progress: Progress) -> None:
            bar.update(task, total=progress.total, completed=progress.done, description=pace.tell(progress))

        yield show


class _Pace:
    """Rate and time left, of what is asked now; what the store had already took no time."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._began: float | None = None
        self._before = 0

    def tell(self, progress: Progress) -> str:
        now = self._monotonic()
        fresh = progress.done - progress.reused
        if self._began is None:
            self._began, self._before = now, fresh
        parts = [f"{progress.done:,} of {progress.total:,}"]
        elapsed = now - self._began
        if elapsed > 1 and fresh > self._before:
            rate = (fresh - self._before) / elapsed
            parts.append(f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s")
            parts.append(f"{_span((progress.total - progress.done) / rate)} left")
        if progress.errors:
            parts.append(f"{progress.errors:,} errors")
        if progress.cost_known and progress.spent_usd:
            parts.append(f"${progress.spent_usd:,.2f}" if progress.spent_usd >= 0.1 else f"${progress.spent_usd:.4f}")
        return ", ".join(parts)


class _Lines:
    def __init__(self, pace: _Pace, monotonic: Callable[[], float]) -> None:
        self._pace = pace
        self._monotonic = monotonic
        self._last = monotonic()

    def show(self, progress: Progress) -> None:
        now = self._monotonic()
        told = self._pace.tell(progress) if progress.done == 0 or now - self._last >= _LINE_EVERY_S else None
        if told is not None and progress.done:
            self._last = now
            print(told, file=sys.stderr, flush=True)


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"
