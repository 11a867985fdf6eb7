"""The wire of Anthropic's Messages API: ``POST /v1/messages``.

Source: the Anthropic API reference, "Create a message" and "Versions". One reply a request; no seed, no logprobs.
The version sent is 2023-06-01, since 2026-10-21 takes no temperature; ``headers`` in ``calibrant.toml`` sets another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from calibrant.models.protocol import Failure, Prompt, Reply, Sampling
from calibrant.models.wire import (
    Billed,
    WireError,
    decoded,
    error_of,
    limit_of,
    merged,
    number_at,
    read_by,
    tokens_at,
    with_defaults,
)
from calibrant.types import Usage

__all__ = ["DEFAULT_MAX_TOKENS", "VERSION", "AnthropicWire"]

VERSION = "2023-06-01"
DEFAULT_MAX_TOKENS = 4096
"""The API wants a limit; this one where nobody sets another."""


class _Block(msgspec.Struct):
    type: str = ""
    text: Any = None


class _Reply(msgspec.Struct):
    content: list[_Block] | None = None
    stop_reason: str | None = None
    usage: Any = None
    error: Any = None


_DECODER = msgspec.json.Decoder(_Reply, strict=False)
_ENCODER = msgspec.json.Encoder()
_ENDINGS: Mapping[str, tuple[Failure, str]] = {
    "max_tokens": (Failure.TRUNCATED, "cut off at the token limit"),
    "model_context_window_exceeded": (Failure.TRUNCATED, "cut off at the end of the context window"),
    "refusal": (Failure.FILTERED, "a classifier of the provider stopped the answer"),
}


class AnthropicWire:
    """Messages.

    Args:
        model: name of the model as the endpoint knows it.
        fields: extra body and effort, merged into every request; they have the last word.
        defaults: sampling where the prompt leaves it open.
    """

    method = "POST"
    path = "/v1/messages"
    headers: Mapping[str, str] = {"anthropic-version": VERSION}

    def __init__(
        self,
        model: str,
        *,
        fields: Mapping[str, Any] | None = None,
        defaults: Sampling = Sampling(),  # noqa: B008 - frozen
    ) -> None:
        self._model = model
        self._fields = dict(fields or {})
        self._defaults = defaults

    def body(self, prompt: Prompt, samples: int) -> bytes:  # noqa: ARG002 - one reply for each request
        """The request as JSON; system messages go to their own field."""
        system = [message.content for message in prompt.messages if message.role == "system"]
        sampling = with_defaults(prompt.sampling, self._defaults)
        asked: dict[str, Any] = {
            "model": self._model,
            "max_tokens": DEFAULT_MAX_TOKENS if sampling.max_tokens is None else sampling.max_tokens,
            "messages": [
                {"role": message.role, "content": message.content}
                for message in prompt.messages
                if message.role != "system"
            ],
        }
        if system:
            asked["system"] = "\n\n".join(system)
        for name in ("temperature", "top_p"):
            value = getattr(sampling, name)
            if value is not None:
                asked[name] = value
        if sampling.stop:
            asked["stop_sequences"] = sampling.stop
        if prompt.schema is not None:
            asked["output_config"] = {"format": {"type": "json_schema", "schema": prompt.schema}}
        return _ENCODER.encode(merged(asked, self._fields) if self._fields else asked)

    def output_limit(self, prompt: Prompt) -> int | None:
        """By ``max_tokens``; the default counts where nobody sets another."""
        limit = with_defaults(prompt.sampling, self._defaults).max_tokens
        return limit_of(self._fields, ("max_tokens",), DEFAULT_MAX_TOKENS if limit is None else limit)

    def read(self, payload: bytes, prompt: Prompt) -> list[Reply]:  # noqa: ARG002 - the wires share one shape
        """The one reply: its text blocks, one after the other; thinking is left out.

        Raises:
            WireError: no JSON, another shape, an error inside, no content.
        """
        return read_by(self._read, _billed, payload)

    def _read(self, payload: bytes) -> list[Reply]:
        found: _Reply = decoded(payload, _DECODER)
        if found.error and not found.content:
            told = error_of(payload)
            raise WireError(Failure.MALFORMED, told.message, status=told.status, code=told.code)
        if found.content is None:
            raise WireError(Failure.MALFORMED, "no content in the body")
        text = "".join(block.text for block in found.content if block.type == "text" and isinstance(block.text, str))
        failure, error = _ENDINGS.get(found.stop_reason or "", (None, None))
        if failure is None and not text:
            failure, error = Failure.MALFORMED, "an empty answer"
        return [
            Reply(
                text=text or None,
                error=error,
                failure=failure,
                finish_reason=found.stop_reason,
                usage=_usage(found.usage),
                cost_usd=number_at(found.usage, "cost"),
            )
        ]


def _billed(found: Any) -> Billed:
    return Billed(_usage(found["usage"]), number_at(found, "usage", "cost"))


def _usage(found: Any) -> Usage:
    """This API counts what was read from or written to the cache beside the input; here it is part of the input."""
    fresh = tokens_at(found, "input_tokens")
    read = tokens_at(found, "cache_read_input_tokens")
    written = tokens_at(found, "cache_creation_input_tokens")
    return Usage(
        input_tokens=None if fresh is None else fresh + (read or 0) + (written or 0),
        cached_input_tokens=read,
        output_tokens=tokens_at(found, "output_tokens"),
        reasoning_tokens=tokens_at(found, "output_tokens_details", "thinking_tokens"),
    )
