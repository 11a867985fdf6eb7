"""When a request is tried again, and what its failure means; no clock but a fake one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from calibrant.models import Failure
from calibrant.models.retry import Retries, RetryPolicy
from calibrant.models.trouble import Trouble, retry_after_s, trouble_of_body, trouble_of_status
from calibrant.models.wire import ErrorBody, WireError

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def retries(clock: Clock | None = None, random: float = 1.0, **policy: float) -> Retries:
    return Retries(RetryPolicy(**policy), clock or Clock(), lambda: random)  # type: ignore[arg-type]


def server(status: int = 500, message: str = "broke", **rest: float) -> Trouble:
    return Trouble(failure=Failure.SERVER, message=f"{status}: {message}", status=status, **rest)  # type: ignore[arg-type]


def test_waits_double_up_to_a_ceiling_and_jitter_at_most_halves_them() -> None:
    most = retries(random=1.0, cap_s=3.0, max_tries=9)
    assert [most.wait_after(server(503)) for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    least = retries(random=0.0)
    assert [least.wait_after(server(503)) for _ in range(3)] == [0.25, 0.5, 1.0]


def test_tries_are_bounded() -> None:
    one = retries(max_tries=3)
    assert [one.wait_after(server(503)) is None for _ in range(3)] == [False, False, True]


def test_time_is_bounded_whatever_the_tries() -> None:
    clock = Clock()
    one = retries(clock, total_s=10.0, max_tries=100)
    assert one.wait_after(server(503)) is not None
    clock.now += 9.9
    assert one.wait_after(server(503)) is None


def test_the_same_failure_thrice_is_deterministic_even_with_other_request_ids() -> None:
    one = retries()
    waits = [one.wait_after(server(500, f"broke in req_{number:012x}")) for number in (11, 222, 3333)]
    assert [wait is None for wait in waits] == [False, False, True]


def test_different_failures_are_not_deterministic() -> None:
    one = retries()
    assert all(one.wait_after(server(500, message)) is not None for message in ("first", "second", "third"))


def test_what_the_endpoint_asks_for_is_obeyed_up_to_a_cap() -> None:
    assert retries(random=0.0).wait_after(server(503, after_s=7.0)) == 7.0
    assert retries(random=0.0).wait_after(server(503, after_s=86_400.0)) == 120.0
    assert 7.0 < (retries(random=1.0).wait_after(server(503, after_s=7.0)) or 0) < 8.0


@pytest.mark.parametrize("failure", [Failure.TIMEOUT, Failure.MALFORMED])
def test_what_was_perhaps_paid_for_is_tried_twice_at_most(failure: Failure) -> None:
    one = retries()
    waits = [one.wait_after(Trouble(failure=failure, message="x")) for _ in range(2)]
    assert [wait is None for wait in waits] == [False, True]


@pytest.mark.parametrize(
    ("status", "failure", "retry"),
    [
        (400, Failure.REJECTED, False),
        (408, Failure.TIMEOUT, True),
        (409, Failure.SERVER, True),
        (413, Failure.REJECTED, False),
        (422, Failure.REJECTED, False),
        (429, Failure.RATE_LIMITED, True),
        (500, Failure.SERVER, True),
        (502, Failure.SERVER, True),
        (529, Failure.SERVER, True),
    ],
)
def test_what_a_status_means_for_its_question(status: int, failure: Failure, retry: bool) -> None:
    trouble = trouble_of_status(status, {}, ErrorBody("words"), NOW)
    assert (trouble.failure, trouble.retry, trouble.hopeless) == (failure, retry, None)
    assert trouble.message == f"{status}: words"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, ErrorBody("Incorrect API key", "invalid_api_key")),
        (402, ErrorBody("Insufficient credits")),
        (403, ErrorBody("Country not supported")),
        (404, ErrorBody("The model `x` does not exist", "model_not_found")),
        (404, ErrorBody("an HTML page ('404')")),
        (400, ErrorBody("vendor/none is not a valid model ID")),
        (400, ErrorBody("Invalid model name passed in model=none")),
        (405, ErrorBody("Method Not Allowed")),
        (307, ErrorBody("an empty body")),
        (429, ErrorBody("You exceeded your current quota", "insufficient_quota")),
    ],
)
def test_what_concerns_every_question_is_hopeless(status: int, told: ErrorBody) -> None:
    trouble = trouble_of_status(status, {}, told, NOW)
    assert trouble.hopeless
    assert not trouble.retry


def test_a_filter_concerns_one_question_only() -> None:
    moderated = trouble_of_status(403, {}, ErrorBody("Your input was flagged by moderation"), NOW)
    assert (moderated.failure, moderated.hopeless, moderated.retry) == (Failure.FILTERED, None, False)
    azure = trouble_of_status(400, {}, ErrorBody("The response was filtered", "content_filter"), NOW)
    assert azure.failure is Failure.FILTERED


def test_the_endpoint_may_forbid_or_want_another_try() -> None:
    assert not trouble_of_status(500, {"x-should-retry": "false"}, ErrorBody("x"), NOW).retry
    assert trouble_of_status(400, {"x-should-retry": "true"}, ErrorBody("x"), NOW).retry


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"retry-after-ms": "250", "Retry-After": "7"}, 0.25),
        ({"Retry-After": "Tue, 24 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"Retry-After": "Tue, 24 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "nan"}, None),
    ],
)
def test_every_form_of_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers, NOW) == seconds
    assert retry_after_s({"Retry-After": "x"}, NOW + timedelta(days=1)) is None


def test_an_error_inside_a_200_counts_like_its_status() -> None:
    passing = trouble_of_body(WireError(Failure.MALFORMED, "Provider returned error", status=502), NOW)
    assert (passing.failure, passing.retry, passing.status) == (Failure.MALFORMED, True, 502)
    final = trouble_of_body(WireError(Failure.MALFORMED, "No auth", status=401), NOW)
    assert final.hopeless
