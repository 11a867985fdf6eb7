"""One BLAS thread while a batch is under way.

The matrices are so small that a second thread gains little, and on a busy machine each product waits for it: measured
on two cores with a load of 7, a small model gave 190 answers/s with two threads and 850 with one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import Any

__all__ = ["OneThread", "one_thread"]


class OneThread:
    """Limits BLAS to one thread from the first that enters to the last that leaves; then it is as before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._limit = ExitStack()

    @cached_property
    def _blas(self) -> Any:
        """The BLAS of NumPy, which is loaded by now; finding it takes longer than a product."""
        from threadpoolctl import ThreadpoolController

        return ThreadpoolController()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Within it, BLAS has one thread."""
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._limit.enter_context(self._blas.limit(limits=1, user_api="blas"))
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                if self._inside == 0:
                    self._limit.close()


one_thread = OneThread()
"""The one of this process: BLAS has one number of threads for all of it, so there is one place that changes it."""
