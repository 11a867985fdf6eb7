"""The wire of OpenAI's Responses API: ``POST /responses``.

Source: the OpenAI API reference, "Create a model response". Replies are not stored at the endpoint (``store``: false)
unless ``extra_body`` says so. The API has no seed, no stop sequences and one reply for each request.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from calibrant.models.chat import logprobs_of
from calibrant.models.protocol import Failure, Prompt, Reply, Sampling, TokenLogprob
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

__all__ = ["ResponsesWire"]


class _Item(msgspec.Struct):
    type: str = ""
    content: Any = None


class _Answer(msgspec.Struct):
    output: list[_Item] | None = None
    status: str | None = None
    incomplete_details: Any = None
    usage: Any = None
    error: Any = None


_DECODER = msgspec.json.Decoder(_Answer, strict=False)
_ENCODER = msgspec.json.Encoder()


class ResponsesWire:
    """Responses.

    Args:
        model: name of the model as the endpoint knows it.
        fields: extra body and effort, merged into every request; they have the last word.
        defaults: sampling where the prompt leaves it open.
        logprobs: whether the endpoint gives them; where not, they are not asked for.
    """

    method = "POST"
    path = "/responses"
    headers: Mapping[str, str] = {}

    def __init__(
        self,
        model: str,
        *,
        fields: Mapping[str, Any] | None = None,
        defaults: Sampling = Sampling(),  # noqa: B008 - frozen
        logprobs: bool = True,
    ) -> None:
        self._model = model
        self._fields = dict(fields or {})
        self._defaults = defaults
        self._logprobs = logprobs

    def body(self, prompt: Prompt, samples: int) -> bytes:  # noqa: ARG002 - one reply for each request
        """The request as JSON; system messages become the instructions."""
        system = [message.content for message in prompt.messages if message.role == "system"]
        asked: dict[str, Any] = {
            "model": self._model,
            "input": [
                {"role": message.role, "content": message.content}
                for message in prompt.messages
                if message.role != "system"
            ],
            "store": False,
        }
        if system:
            asked["instructions"] = "\n\n".join(system)
        sampling = with_defaults(prompt.sampling, self._defaults)
        for name in ("temperature", "top_p"):
            value = getattr(sampling, name)
            if value is not None:
                asked[name] = value
        if sampling.max_tokens is not None:
            asked["max_output_tokens"] = sampling.max_tokens
        if sampling.logprobs and self._logprobs:
            asked["include"] = ["message.output_text.logprobs"]
            if sampling.top_logprobs:
                asked["top_logprobs"] = sampling.top_logprobs
        if prompt.schema is not None:
            held = {"type": "json_schema", "name": "reply", "strict": True, "schema": prompt.schema}
            asked["text"] = {"format": held}
        return _ENCODER.encode(merged(asked, self._fields) if self._fields else asked)

    def output_limit(self, prompt: Prompt) -> int | None:
        """By ``max_output_tokens``."""
        limit = with_defaults(prompt.sampling, self._defaults).max_tokens
        return limit_of(self._fields, ("max_output_tokens",), limit)

    def read(self, payload: bytes, prompt: Prompt) -> list[Reply]:  # noqa: ARG002 - the wires share one shape
        """The one reply: all text parts of all messages, one after the other.

        Raises:
            WireError: no JSON, another shape, an error inside, no output.
        """
        return read_by(self._read, _billed, payload)

    def _read(self, payload: bytes) -> list[Reply]:
        found: _Answer = decoded(payload, _DECODER)
        if found.error or found.status == "failed":
            told = error_of(payload)
            raise WireError(Failure.MALFORMED, told.message, status=told.status, code=told.code)
        if found.output is None:
            raise WireError(Failure.MALFORMED, "no output in the body")
        text, refusal, logprobs = _contents(found.output)
        failure, error, reason = _ending(found, text or refusal)
        return [
            Reply(
                text=text or refusal or None,
                error=error,
                failure=failure,
                finish_reason=reason,
                logprobs=logprobs,
                usage=_usage(found.usage),
                cost_usd=number_at(found.usage, "cost"),
                extra={"refusal": True} if refusal and not text else {},
            )
        ]


def _billed(found: Any) -> Billed:
    return Billed(_usage(found["usage"]), number_at(found, "usage", "cost"))


def _usage(found: Any) -> Usage:
    return Usage(
        input_tokens=tokens_at(found, "input_tokens"),
        cached_input_tokens=tokens_at(found, "input_tokens_details", "cached_tokens"),
        output_tokens=tokens_at(found, "output_tokens"),
        reasoning_tokens=tokens_at(found, "output_tokens_details", "reasoning_tokens"),
    )


def _contents(output: list[_Item]) -> tuple[str, str, tuple[TokenLogprob, ...]]:
    texts: list[str] = []
    refusals: list[str] = []
    logprobs: list[TokenLogprob] = []
    for item in output:
        if item.type != "message" or not isinstance(item.content, list):
            continue
        for part in item.content:
            if not isinstance(part, dict):
                continue
            if isinstance(part.get("text"), str):
                texts.append(part["text"])
                logprobs.extend(logprobs_of(part.get("logprobs")))
            elif isinstance(part.get("refusal"), str):
                refusals.append(part["refusal"])
    return "".join(texts), "".join(refusals), tuple(logprobs)


def _ending(found: _Answer, text: str) -> tuple[Failure | None, str | None, str | None]:
    details = found.incomplete_details
    reason = details.get("reason") if isinstance(details, dict) else None
    if reason == "content_filter":
        return Failure.FILTERED, "a filter of the provider kept the answer back", "content_filter"
    if found.status == "incomplete":
        return Failure.TRUNCATED, "cut off at the token limit", "length"
    if not text:
        return Failure.MALFORMED, "an empty answer", found.status
    return None, None, "stop" if found.status == "completed" else found.status
