"""An endpoint as a model: a wire, a connection, limits and retries put together."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import Random
from typing import Any

import aiohttp
import msgspec

from calibrant.errors import CalibrantError, InputError, ModelError
from calibrant.models.connection import BodyTooLargeError, Connection, Received, StalledError
from calibrant.models.limits import Limits
from calibrant.models.prices import Price
from calibrant.models.protocol import Failure, Prompt, Reply
from calibrant.models.retry import Retries, RetryPolicy
from calibrant.models.secrets import Redactor
from calibrant.models.trouble import Trouble, trouble_of_body, trouble_of_status
from calibrant.models.wire import Billed, Wire, WireError, error_of, fitted, short
from calibrant.types import ModelRef

__all__ = ["HttpModel", "ModelTraits"]

_LOG = logging.getLogger(__name__)
_CHARACTERS_PER_TOKEN = 3.5
_FIRST_GUESS = 300.0
"""Output tokens of a reply, until the first has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTraits:
    """What every model tells about itself."""

    ref: ModelRef
    identity: str
    price: Price | None = None
    concurrency: int = 100
    max_samples: int = 1
    destination: str | None = None
    """Where prompts go; None = they stay on this machine."""


@dataclass(slots=True)
class _Sent:
    """One prompt on its way: how often it was sent, and what decides the next try."""

    retries: Retries
    requests: int = 0
    estimate: float = 0.0
    billed: Billed = Billed()  # noqa: RUF009 - frozen
    """Of bodies that came with a 200 and held no answer."""


@dataclass
class HttpModel:
    """A model behind HTTP.

    Args:
        traits: name, identity, price, concurrency, samples.
        wire: how it is asked and read.
        connection: where it is.
        limits: how much of it to use; may be shared with other models of the same endpoint.
        redactor: knows the secrets in use.
        policy: bounds of trying again.
        random: the source of jitter; it decides waiting times only, never a result.
    """

    traits: ModelTraits
    wire: Wire
    connection: Connection
    limits: Limits
    redactor: Redactor = field(default_factory=Redactor)
    policy: RetryPolicy = RetryPolicy()  # noqa: RUF009 - frozen
    random: Random = field(default_factory=Random)
    _worked: bool = False
    _output_guess: float = _FIRST_GUESS
    _unsupported: set[str] = field(default_factory=set)
    """What of a prompt with a schema the endpoint has refused: ``schema``, ``temperature``."""

    @property
    def ref(self) -> ModelRef:
        """Name and effort."""
        return self.traits.ref

    @property
    def identity(self) -> str:
        """Hash of everything that decides its replies."""
        return self.traits.identity

    @property
    def price(self) -> Price | None:
        """What tokens cost."""
        return self.traits.price

    @property
    def concurrency(self) -> int:
        """Most prompts at once."""
        return self.traits.concurrency

    @property
    def max_samples(self) -> int:
        """Most replies of one request."""
        return self.traits.max_samples

    @property
    def destination(self) -> str | None:
        """Where prompts go; None = they stay on this machine."""
        return self.traits.destination

    async def close(self) -> None:
        """Let the connections of this event loop go."""
        await self.connection.close()

    @contextmanager
    def widened(self, concurrency: int) -> Iterator[None]:
        """Allow so many prompts at once for a while, where it is more than usual; see `ask_many`."""
        with self.limits.widened(concurrency):
            yield

    def output_limit(self, prompt: Prompt) -> int | None:
        """The most output tokens of one reply; see `Model.output_limit`."""
        return self.wire.output_limit(prompt)

    async def ask(self, prompt: Prompt) -> Sequence[Reply]:
        """Answer a prompt; see `Model.ask`. Samples beyond what one request gives are asked for one after another.

        Raises:
            ModelError: no prompt can succeed.
        """
        if not prompt.messages:
            return _all_rejected("the prompt is empty", prompt.samples)
        replies: list[Reply] = []
        while len(replies) < prompt.samples:
            replies += await self._yielding(prompt, min(self.max_samples, prompt.samples - len(replies)))
        return replies

    async def _yielding(self, prompt: Prompt, samples: int) -> list[Reply]:
        """Ask; a prompt with a schema is asked again without what the endpoint refuses, and it is remembered."""
        if prompt.schema is None:
            return await self._ask(prompt, samples)
        known = frozenset(self._unsupported)
        replies = await self._ask(_without(prompt, known), samples)
        without, requests = known, 0
        while replies[0].failure is Failure.REJECTED and (more := _refusal_of(replies[0], prompt, without)):
            without |= {more}
            requests += replies[0].requests
            replies = await self._ask(_without(prompt, without), samples)
        if replies[0].failure is not Failure.REJECTED:
            self._unsupported |= without
        return [replace(replies[0], requests=replies[0].requests + requests), *replies[1:]]

    async def _ask(self, prompt: Prompt, samples: int) -> list[Reply]:
        sent = _Sent(Retries(self.policy, time.monotonic, self.random.random))
        try:
            body = self.wire.body(prompt, samples)
        except InputError as error:  # a template that does not fit this question
            return _all_rejected(short(self.redactor.text(str(error))), samples)
        except Exception as error:
            return _all_rejected(f"the prompt cannot be sent: {type(error).__name__}", samples)
        try:
            return await self._until_answered(body, prompt, samples, sent)
        except CalibrantError:
            raise
        except Exception as error:  # nothing foreseen: it fails its question, and not the run
            _LOG.debug("%s: unforeseen %s", self.ref, type(error).__name__)
            message = f"something unforeseen happened: {type(error).__name__}"
            return self._failed(Trouble(failure=Failure.RAISED, message=message), None, samples, sent)

    async def _until_answered(self, body: bytes, prompt: Prompt, samples: int, sent: _Sent) -> list[Reply]:
        if self.limits.counts_tokens:
            sent.estimate = len(body) / _CHARACTERS_PER_TOKEN + samples * self._output_guess
        while True:
            outcome, payload = await self._try(body, prompt, samples, sent)
            if not isinstance(outcome, Trouble):
                return outcome
            wait = self._wait_after(outcome, sent)
            if wait is None:
                return self._failed(outcome, payload, samples, sent)
            _LOG.debug("%s: %s; again in %.2f s", self.ref, outcome.message, wait)
            await asyncio.sleep(wait)

    async def _try(
        self, body: bytes, prompt: Prompt, samples: int, sent: _Sent
    ) -> tuple[list[Reply] | Trouble, bytes | None]:
        await self.limits.enter(sent.estimate)
        sent.requests += 1
        at = time.monotonic()
        try:
            got = await self.connection.send(body, self._query(body))
        except (aiohttp.ClientError, OSError, BodyTooLargeError, StalledError) as error:
            return self._lost(error), None
        finally:
            self.limits.leave()
        if not 200 <= got.status < 300:
            return self._refused(got, at)
        payload = self.redactor.answer(got.payload)
        try:
            replies = self.wire.read(payload, prompt)
        except WireError as error:
            sent.billed = sent.billed.plus(error.billed)
            trouble = trouble_of_body(error, datetime.now(UTC))
            return self._clean(trouble), self.redactor.body(payload)
        self._worked = True
        self.limits.succeeded()
        return self._stamped(replies, samples, payload, time.monotonic() - at, sent), None

    def _query(self, body: bytes) -> Mapping[str, str] | None:
        if self.wire.method != "GET":
            return None
        fields: Any = msgspec.json.decode(body)
        return {str(name): str(value) for name, value in fields.items()} if isinstance(fields, dict) else None

    def _stamped(
        self, replies: list[Reply], samples: int, payload: bytes, latency_s: float, sent: _Sent
    ) -> list[Reply]:
        if self.limits.counts_tokens:
            self._learn(replies, sent.estimate)
        if sent.billed != Billed():
            first = replies[0]
            billed = sent.billed.plus(Billed(first.usage, first.cost_usd))
            replies = [replace(first, usage=billed.usage, cost_usd=billed.cost_usd), *replies[1:]]
        stamped = [
            replace(
                reply,
                latency_s=latency_s,
                requests=sent.requests if place == 0 else 0,
                raw=payload if place == 0 else None,
                error=self.redactor.text(reply.error) if reply.error else None,
            )
            for place, reply in enumerate(replies)
        ]
        return stamped if len(stamped) == samples else fitted(stamped, samples)

    def _learn(self, replies: list[Reply], estimate: float) -> None:
        output = sum(reply.usage.output_tokens or 0 for reply in replies)
        if output:
            self.limits.settle(estimate, output + (replies[0].usage.input_tokens or 0))
            self._output_guess += 0.1 * (output / len(replies) - self._output_guess)

    def _lost(self, error: Exception) -> Trouble:
        match error:
            case BodyTooLargeError():
                return Trouble(failure=Failure.TOO_LARGE, message="the body is longer than max_body_mb", retry=False)
            case StalledError():
                return Trouble(failure=Failure.TIMEOUT, message="the body stopped coming")
            case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
                message = self.redactor.text(f"no secure connection: {error}")
                why = "Set ca_file if it has a certificate of your own authority."
                return Trouble(failure=Failure.CONNECTION, message=message, retry=False, hopeless=why)
            case (
                aiohttp.ConnectionTimeoutError() | aiohttp.ClientConnectorError() | aiohttp.ClientProxyConnectionError()
            ):
                message = self.redactor.text(f"no connection: {error}")
                return Trouble(failure=Failure.CONNECTION, message=message, unreachable=True)
            case aiohttp.InvalidURL():
                message = self.redactor.text(f"no such address: {error}")
                return Trouble(failure=Failure.CONNECTION, message=message, retry=False, hopeless="Check base_url.")
            case TimeoutError():
                return Trouble(failure=Failure.TIMEOUT, message="no answer within timeout_s")
        words = self.redactor.text(str(error)) or type(error).__name__
        return Trouble(failure=Failure.CONNECTION, message=f"the connection was lost: {words}")

    def _refused(self, got: Received, sent_at: float) -> tuple[Trouble, bytes]:
        trouble = trouble_of_status(got.status, got.headers, error_of(got.payload), datetime.now(UTC))
        if got.status == 429 or (trouble.retry and trouble.after_s is not None and got.status == 503):
            after_s = None if trouble.after_s is None else min(trouble.after_s, self.policy.after_cap_s)
            self.limits.congested(sent_at, after_s)
        return self._clean(trouble), self.redactor.body(got.payload)

    def _clean(self, trouble: Trouble) -> Trouble:
        return replace(trouble, message=self.redactor.text(trouble.message))

    def _wait_after(self, trouble: Trouble, sent: _Sent) -> float | None:
        """Seconds until the next try; None = this prompt fails.

        Raises:
            ModelError: no prompt can succeed.
        """
        wait = sent.retries.wait_after(trouble)
        if trouble.hopeless and not (trouble.status in (400, 404) and self._worked):
            raise ModelError(trouble.message, place=str(self.ref), remedy=trouble.hopeless)
        if trouble.unreachable and not self._worked and sent.requests >= self.policy.unreachable_tries:
            raise ModelError(
                trouble.message, place=str(self.ref), remedy="Check base_url, and that the server is running."
            )
        return wait

    def _failed(self, trouble: Trouble, payload: bytes | None, samples: int, sent: _Sent) -> list[Reply]:
        first = Reply(
            error=trouble.message,
            failure=trouble.failure,
            usage=sent.billed.usage,
            cost_usd=sent.billed.cost_usd,
            requests=sent.requests,
            raw=payload,
        )
        others = Reply(error=trouble.message, failure=trouble.failure, requests=0)
        return [first, *(others for _ in range(samples - 1))]


def _without(prompt: Prompt, refused: frozenset[str]) -> Prompt:
    schema = None if "schema" in refused else prompt.schema
    sampling = replace(prompt.sampling, temperature=None) if "temperature" in refused else prompt.sampling
    return prompt if not refused else replace(prompt, schema=schema, sampling=sampling)


def _refusal_of(reply: Reply, prompt: Prompt, without: frozenset[str]) -> str | None:
    """Which part of the prompt to leave out next; None = all that can be."""
    tries = ["schema"] if prompt.sampling.temperature is None else ["schema", "temperature"]
    if "temperature" in (reply.error or "").lower():
        tries.reverse()
    return next((name for name in tries if name not in without), None)


def _all_rejected(message: str, samples: int) -> list[Reply]:
    return [Reply(error=message, failure=Failure.REJECTED, requests=0) for _ in range(samples)]
