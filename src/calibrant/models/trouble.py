"""What a failed request means: for this try, for its question, or for the whole run. No I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from calibrant.models.protocol import Failure
from calibrant.models.wire import ErrorBody, WireError

__all__ = ["Trouble", "retry_after_s", "trouble_of_body", "trouble_of_status"]

_PASSING = frozenset({408, 409, 425, 429})
_MODERATED = re.compile(r"(?i)moderat|flagged|content.?(?:policy|filter)|safety|responsibleai")
_NO_MONEY = re.compile(r"(?i)insufficient_quota|insufficient.credit|billing|credit balance")
_NO_MODEL = re.compile(
    r"(?i)model_not_found|(?:invalid|unknown|not a valid) model|model\b.{0,80}(?:not found|does not exist)"
)
_VARYING = re.compile(r"[0-9a-fA-F-]{8,}|\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A try that gave no answer."""

    failure: Failure
    message: str
    status: int | None = None
    retry: bool = True
    """Whether another try may help."""
    hopeless: str | None = None
    """Why no other prompt can succeed either, with what to do; None = only this one is concerned."""
    after_s: float | None = None
    """The wait that the endpoint asks for, seconds."""
    unreachable: bool = False
    """No connection could be made at all."""

    @property
    def fingerprint(self) -> tuple[int | None, str]:
        """What stays the same where a failure is deterministic: request ids and times are left out."""
        return self.status, _VARYING.sub("#", self.message)


def trouble_of_status(status: int, headers: Mapping[str, str], told: ErrorBody, now: datetime) -> Trouble:
    """What a response with a status outside 2xx means.

    Args:
        status: HTTP status.
        headers: of the response; names in any case if the mapping does not mind.
        told: what its body says.
        now: present time, for a Retry-After that is a date.
    """
    said = f"{status}: {told.message}"
    words = f"{told.code} {told.message}"
    asked = headers.get("x-should-retry", "").strip().lower()
    if status == 401:
        return _final(Failure.REJECTED, said, status, "The key was refused.")
    if status == 402 or (status == 429 and _NO_MONEY.search(words)):
        return _final(Failure.REJECTED, said, status, "The account has no quota left.")
    if status == 403:
        if _MODERATED.search(words):
            return Trouble(failure=Failure.FILTERED, message=said, status=status, retry=False)
        return _final(Failure.REJECTED, said, status, "The key may not do this.")
    if status in (404, 405) or 300 <= status < 400 or (status == 400 and _NO_MODEL.search(words)):
        return _final(Failure.REJECTED, said, status, "Check base_url and the model's name.")
    if status == 413:
        return Trouble(failure=Failure.REJECTED, message=said, status=status, retry=False)
    passing = status in _PASSING or status >= 500
    retry = passing if asked not in ("true", "false") else asked == "true"
    if not passing:
        filtered = _MODERATED.search(told.code) is not None
        failure = Failure.FILTERED if filtered else Failure.REJECTED
    else:
        failure = {408: Failure.TIMEOUT, 429: Failure.RATE_LIMITED, 504: Failure.TIMEOUT}.get(status, Failure.SERVER)
    return Trouble(
        failure=failure,
        message=said,
        status=status,
        retry=retry,
        after_s=retry_after_s(headers, now) if retry else None,
    )


def trouble_of_body(error: WireError, now: datetime) -> Trouble:
    """What a 2xx without an answer means; an error inside that names a status counts like that status."""
    if error.status is not None:
        inner = trouble_of_status(error.status, {}, ErrorBody(error.message, error.code), now)
        return Trouble(
            failure=error.failure,
            message=f"an error inside a 200: {inner.message}",
            status=error.status,
            retry=inner.retry,
            hopeless=inner.hopeless,
        )
    return Trouble(failure=error.failure, message=error.message, status=200)


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait: ``retry-after-ms``, or ``Retry-After`` in seconds or as an HTTP date (RFC 9110, 10.2.3)."""
    for name, unit in (("retry-after-ms", 1e-3), ("Retry-After", 1.0)):
        given = headers.get(name)
        if given is None:
            continue
        try:
            seconds = float(given) * unit
        except ValueError:
            continue
        if 0 <= seconds < float("inf"):
            return seconds
    try:
        then = parsedate_to_datetime(headers.get("Retry-After", ""))
        if then.tzinfo is None:
            then = then.replace(tzinfo=UTC)
        return max(0.0, (then - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def _final(failure: Failure, message: str, status: int, why: str) -> Trouble:
    return Trouble(failure=failure, message=message, status=status, retry=False, hopeless=why)
