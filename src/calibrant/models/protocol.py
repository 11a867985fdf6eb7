"""What a model is: something that takes a prompt and gives replies. No grading, no store, no question of policy.

Whatever answers questions is measured alike: an endpoint, a whole agent behind HTTP, a Python function, a recording.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Literal, NamedTuple, Protocol, runtime_checkable

from calibrant.models.prices import Price
from calibrant.types import ModelRef, Question, TokenLogprob, Usage

__all__ = ["Failure", "Message", "Model", "Prompt", "Reply", "Sampling", "TokenLogprob"]


class Failure(StrEnum):
    """Why there is no usable answer."""

    TIMEOUT = "timeout"
    CONNECTION = "connection"
    RATE_LIMITED = "rate_limited"
    SERVER = "server"
    REJECTED = "rejected"
    """The endpoint refuses this request (400, 404, 422); asking again will not help."""
    MALFORMED = "malformed"
    """No JSON, half of it, or JSON of another shape: HTML of a proxy, an empty list of choices, a 200 with an error."""
    FILTERED = "filtered"
    """A provider's filter kept the answer back."""
    TRUNCATED = "truncated"
    """Cut off at the token limit."""
    TOO_LARGE = "too_large"
    RAISED = "raised"
    """A Python function raised, or something happened that nobody foresaw."""
    NOT_RECORDED = "not_recorded"


class Message(NamedTuple):
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How replies are drawn. None = the endpoint's default, and not sent.

    Raises:
        ValueError: temperature or top_p is negative or not finite.
    """

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    """Most output tokens, reasoning included where the endpoint counts so."""
    seed: int | None = None
    stop: tuple[str, ...] = ()
    logprobs: bool = False
    top_logprobs: int = 0

    def __post_init__(self) -> None:
        for name in ("temperature", "top_p"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{name} must be a number >= 0, not {value}")

    @property
    def digest(self) -> str:
        """Identity of these settings, 32 hexadecimal characters; part of response keys.

        Only what is set counts, so that a setting invented later changes no key.
        """
        return hashlib.sha256(json.dumps(self.chosen, sort_keys=True).encode()).hexdigest()[:32]

    @property
    def chosen(self) -> dict[str, Any]:
        """What is set, as plain values."""
        return {part.name: value for part in fields(self) if (value := getattr(self, part.name)) != part.default}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What is asked, how, and how often."""

    messages: tuple[Message, ...]
    sampling: Sampling = Sampling()
    samples: int = 1
    """Independent replies wanted, all to this one prompt."""
    repeats: tuple[int, ...] = ()
    """Which repeats of the question the samples are, from 0; empty = 0 .. samples - 1. For what replays them."""
    question: Question | None = None
    """What the messages were made from; for models that are no chat: recordings, functions, services with fields."""
    demands: bool = False
    """Whether declining is ruled out. The messages say so; this is for models that read no instructions."""
    schema: Mapping[str, Any] | None = None
    """JSON schema that the reply is to follow, where the endpoint can hold it to one; the messages ask for the same.
    An endpoint that refuses it, or the temperature of such a prompt, is asked without.
    """

    @property
    def text(self) -> str:
        """The last user message."""
        return next((message.content for message in reversed(self.messages) if message.role == "user"), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer, or the reason why there is none.

    Raises:
        ValueError: neither text nor error is given, or an error without its kind.
    """

    text: str | None = None
    error: str | None = None
    """The cause in one line, without secrets."""
    failure: Failure | None = None
    finish_reason: str | None = None
    logprobs: tuple[TokenLogprob, ...] = ()
    usage: Usage = Usage()  # noqa: RUF009 - frozen
    """Of this reply alone; where one request gave several, the input is counted with the first. What earlier tries were
    billed is counted with the first as well.
    """
    cost_usd: float | None = None
    """What the endpoint itself says it cost. None = to be worked out from tokens and price."""
    latency_s: float | None = None
    """From sending the request that succeeded to its last byte."""
    requests: int = 1
    """HTTP requests sent for it; of replies to one request, counted with the first."""
    raw: bytes | None = None
    """The body as it came, without secrets; of replies to one request, with the first."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What a function or a service gives beside the answer, such as ``confidence``."""

    def __post_init__(self) -> None:
        if self.text is None and self.error is None:
            raise ValueError("a reply needs a text or an error")
        if (self.error is None) != (self.failure is None):
            raise ValueError("an error needs its kind, and a kind its error")


@runtime_checkable
class Model(Protocol):
    """Anything that answers prompts."""

    @property
    def ref(self) -> ModelRef:
        """Name and effort: its row in the leaderboard."""
        ...

    @property
    def identity(self) -> str:
        """32 hexadecimal characters over everything that decides its replies (endpoint, model, effort's fields, extra
        body; never a key): part of response keys.
        """
        ...

    @property
    def price(self) -> Price | None:
        """What tokens cost; None = unknown."""
        ...

    @property
    def concurrency(self) -> int:
        """How many prompts it is worth handing in at once."""
        ...

    @property
    def max_samples(self) -> int:
        """How many replies one request can give; a prompt with more samples is split by whoever asks."""
        ...

    @property
    def destination(self) -> str | None:
        """Where prompts go, for people: a host, or what decides it. None = they stay on this machine."""
        ...

    def output_limit(self, prompt: Prompt) -> int | None:
        """The most output tokens that one reply to a prompt can have, by what is really sent: the fields of the effort
        and the extra body go before the prompt's sampling, and that before the entry's. None = no limit, or unknown.
        """
        ...

    async def ask(self, prompt: Prompt) -> Sequence[Reply]:
        """Answer a prompt, as many times as it wants samples.

        A failure of this prompt is a `Reply` with an error. Retries, rate limits and time-outs are the model's affair.

        Returns:
            ``prompt.samples`` replies, each with a text or an error.

        Raises:
            ModelError: no prompt can succeed: no such host, key refused, unknown model.
        """
        ...

    async def close(self) -> None:
        """Let connections go."""
        ...
