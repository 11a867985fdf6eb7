"""The wire of OpenAI's chat completions, which most servers and proxies speak: ``POST /chat/completions``.

Source: the OpenAI API reference, "Create chat completion"; the lenient reading is for vLLM, llama.cpp, Azure,
OpenRouter, Mistral and others that differ in details.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec

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
    shared_output,
    short,
    tokens_at,
    with_defaults,
)
from calibrant.types import Usage

__all__ = ["ChatWire", "logprobs_of"]


class _Message(msgspec.Struct):
    content: Any = None
    refusal: Any = None
    tool_calls: Any = None


class _Choice(msgspec.Struct):
    message: _Message | None = None
    finish_reason: str | None = None
    logprobs: Any = None


class _Completion(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: Any = None
    error: Any = None


_DECODER = msgspec.json.Decoder(_Completion, strict=False)
_ENCODER = msgspec.json.Encoder()


class ChatWire:
    """Chat completions.

    Args:
        model: name of the model as the endpoint knows it.
        fields: extra body and effort, merged into every request; they have the last word.
        defaults: sampling where the prompt leaves it open.
        max_tokens_field: ``max_completion_tokens`` or ``max_tokens``.
        logprobs: whether the endpoint gives them; where not, they are not asked for.
    """

    method = "POST"
    path = "/chat/completions"
    headers: Mapping[str, str] = {}

    def __init__(
        self,
        model: str,
        *,
        fields: Mapping[str, Any] | None = None,
        defaults: Sampling = Sampling(),  # noqa: B008 - frozen
        max_tokens_field: str = "max_tokens",
        logprobs: bool = True,
    ) -> None:
        self._model = model
        self._fields = dict(fields or {})
        self._defaults = defaults
        self._max_tokens_field = max_tokens_field
        self._logprobs = logprobs

    def body(self, prompt: Prompt, samples: int) -> bytes:
        """The request as JSON."""
        asked: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": message.role, "content": message.content} for message in prompt.messages],
        }
        sampling = with_defaults(prompt.sampling, self._defaults)
        if samples > 1:
            asked["n"] = samples
        for name in ("temperature", "top_p", "seed"):
            value = getattr(sampling, name)
            if value is not None:
                asked[name] = value
        if sampling.max_tokens is not None:
            asked[self._max_tokens_field] = sampling.max_tokens
        if sampling.stop:
            asked["stop"] = sampling.stop
        if sampling.logprobs and self._logprobs:
            asked["logprobs"] = True
            if sampling.top_logprobs:
                asked["top_logprobs"] = sampling.top_logprobs
        if prompt.schema is not None:
            held = {"name": "reply", "strict": True, "schema": prompt.schema}
            asked["response_format"] = {"type": "json_schema", "json_schema": held}
        return _ENCODER.encode(merged(asked, self._fields) if self._fields else asked)

    def output_limit(self, prompt: Prompt) -> int | None:
        """By ``max_tokens`` or ``max_completion_tokens``."""
        limit = with_defaults(prompt.sampling, self._defaults).max_tokens
        return limit_of(self._fields, ("max_tokens", "max_completion_tokens"), limit)

    def read(self, payload: bytes, prompt: Prompt) -> list[Reply]:  # noqa: ARG002 - the wires share one shape
        """One reply for each choice.

        Raises:
            WireError: no JSON, another shape, an error inside, no choices.
        """
        return read_by(self._read, _billed, payload)

    def _read(self, payload: bytes) -> list[Reply]:
        found: _Completion = decoded(payload, _DECODER)
        if found.error and not found.choices:
            raise _inner_error(payload)
        if not found.choices:
            raise WireError(Failure.MALFORMED, "no choices in the body")
        lengths = [len(_text_of(choice) or "") for choice in found.choices]
        usages = shared_output(_usage(found.usage), lengths)
        cost = number_at(found.usage, "cost")
        replies = []
        for place, (choice, usage) in enumerate(zip(found.choices, usages, strict=True)):
            replies.append(_reply(choice, usage, cost if place == 0 or cost is None else 0.0))
        return replies


def _inner_error(payload: bytes) -> WireError:
    told = error_of(payload)
    return WireError(Failure.MALFORMED, told.message, status=told.status, code=told.code)


def _text_of(choice: _Choice) -> str | None:
    content = choice.message.content if choice.message else None
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict) and part.get("type") == "text"]
        return "".join(part for part in parts if isinstance(part, str)) or None
    return None


def _reply(choice: _Choice, usage: Usage, cost: float | None) -> Reply:
    text, reason = _text_of(choice), choice.finish_reason
    logprobs = logprobs_of(choice.logprobs.get("content")) if isinstance(choice.logprobs, dict) else ()
    refusal = choice.message.refusal if choice.message else None
    failure: Failure | None = None
    error: str | None = None
    extra: dict[str, Any] = {}
    if reason == "length":
        failure, error = Failure.TRUNCATED, "cut off at the token limit"
    elif reason == "content_filter":
        failure, error = Failure.FILTERED, "a filter of the provider kept the answer back"
    elif not text and isinstance(refusal, str) and refusal:
        text, extra = refusal, {"refusal": True}
    elif not text:
        failure, error = Failure.MALFORMED, _emptiness(choice)
    return Reply(
        text=text or None if error else text,
        error=error,
        failure=failure,
        finish_reason=reason,
        logprobs=logprobs,
        usage=usage,
        cost_usd=cost,
        extra=extra,
    )


def _emptiness(choice: _Choice) -> str:
    if choice.message is None:
        return "a choice without a message"
    if choice.message.tool_calls:
        return "a call of a tool in place of an answer"
    if choice.message.content is None:
        return "the content is null"
    return "an empty answer" if choice.message.content == "" else f"no text: {short(str(choice.message.content), 80)}"


def _billed(found: Any) -> Billed:
    return Billed(_usage(found["usage"]), number_at(found, "usage", "cost"))


def _usage(found: Any) -> Usage:
    return Usage(
        input_tokens=tokens_at(found, "prompt_tokens"),
        cached_input_tokens=tokens_at(found, "prompt_tokens_details", "cached_tokens"),
        output_tokens=tokens_at(found, "completion_tokens"),
        reasoning_tokens=tokens_at(found, "completion_tokens_details", "reasoning_tokens"),
    )


def logprobs_of(content: Any) -> tuple[TokenLogprob, ...]:
    """Tokens with their logarithms, as chat completions and responses give them; what is no number is left out."""
    if not isinstance(content, list):
        return ()
    tokens = []
    for entry in content:
        logprob = _logprob(entry)
        if logprob is None:
            continue
        others = entry.get("top_logprobs")
        top = tuple(
            (str(other.get("token", "")), value)
            for other in (others if isinstance(others, list) else ())
            if (value := _logprob(other)) is not None
        )
        tokens.append(TokenLogprob(str(entry.get("token", "")), logprob, top))
    return tuple(tokens)


def _logprob(entry: Any) -> float | None:
    value = entry.get("logprob") if isinstance(entry, dict) else None
    if not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
