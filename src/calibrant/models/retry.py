"""When to try again, and when to give up. Pure: it decides, others wait.

Full jitter as in "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015), bounded by tries and by time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from calibrant.models.protocol import Failure
from calibrant.models.trouble import Trouble

__all__ = ["Retries", "RetryPolicy"]

_PASSING_SERVER = frozenset({502, 503, 504, 529})
"""A proxy without its server, or one too busy: the same words each time, and yet it passes."""
_FEW = {Failure.TIMEOUT: 2, Failure.MALFORMED: 2}
"""Failures that were perhaps paid for, or will come again: most tries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Bounds of trying again. Times in seconds."""

    max_tries: int = 8
    total_s: float = 900.0
    """No try begins later than this after the first."""
    base_s: float = 0.5
    cap_s: float = 60.0
    after_cap_s: float = 120.0
    """The longest Retry-After that is obeyed as it stands."""
    same_failures: int = 3
    """So many 5xx with the same words are deterministic."""
    unreachable_tries: int = 3
    """So many tries without any connection, where none was ever made, and the endpoint counts as not there."""


@dataclass(slots=True)
class Retries:
    """The tries of one request.

    Args:
        policy: the bounds.
        clock: a monotonic clock, seconds.
        random: draws from [0, 1).
    """

    policy: RetryPolicy
    clock: Callable[[], float]
    random: Callable[[], float]
    started: float = 0.0
    tries: int = 0
    _seen: dict[tuple[int | None, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.started = self.clock()

    def wait_after(self, trouble: Trouble) -> float | None:
        """Seconds to wait before the next try; None = give up.

        Args:
            trouble: what the try that has just ended came to.
        """
        self.tries += 1
        if not trouble.retry or trouble.hopeless or self.tries >= self.policy.max_tries:
            return None
        if self.tries >= _FEW.get(trouble.failure, self.policy.max_tries):
            return None
        if self._is_deterministic(trouble):
            return None
        wait = self._wait(trouble.after_s)
        if self.clock() - self.started + wait > self.policy.total_s:
            return None
        return wait

    def _wait(self, after_s: float | None) -> float:
        ceiling = min(self.policy.cap_s, self.policy.base_s * 2.0 ** (self.tries - 1))
        if after_s is not None:
            # Spread a little, so that all who were told the same do not come back at the same moment.
            return min(after_s, self.policy.after_cap_s) + self.random() * min(1.0, 0.1 * ceiling + 0.1 * after_s)
        return ceiling * (0.5 + 0.5 * self.random())

    def _is_deterministic(self, trouble: Trouble) -> bool:
        if trouble.status is None or trouble.status < 500 or trouble.status in _PASSING_SERVER:
            return False
        count = self._seen[trouble.fingerprint] = self._seen.get(trouble.fingerprint, 0) + 1
        return count >= self.policy.same_failures
