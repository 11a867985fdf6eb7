"""The OpenAI-compatible wire seen from the server: a request body read and checked, replies and errors in its shapes.

Source: the OpenAI API reference, "Create chat completion". What would change a reply and cannot be done is refused by
name; other unknown fields are ignored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import msgspec

from calibrant.errors import ModelError
from calibrant.models.protocol import Sampling
from calibrant.models.reference.batching import FullError
from calibrant.models.reference.decoding import Written
from calibrant.models.reference.engine import TooLongError
from calibrant.types import TokenLogprob

__all__ = ["ApiError", "ChatRequest", "choice", "encoded", "logprobs", "read_request", "refusals", "usage"]

MOST_SAMPLES = 64
_REFUSED = ("tools", "functions", "response_format", "logit_bias", "presence_penalty", "frequency_penalty", "audio")
_HARMLESS: tuple[Any, ...] = (None, 0, [], {}, {"type": "text"})


class ApiError(Exception):
    """What is answered in place of a completion.

    Args:
        message: what is wrong and what to do.
        status: of HTTP.
        code: for programs.
        param: the field that is at fault.
        kind: the error's ``type``.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


class _Part(msgspec.Struct):
    type: str
    text: str | None = None


class _Message(msgspec.Struct):
    role: str
    content: str | list[_Part] | None = None


class _StreamOptions(msgspec.Struct):
    include_usage: bool | None = None


_Positive = Annotated[int, msgspec.Meta(ge=1)]


class ChatRequest(msgspec.Struct, kw_only=True):
    """The body of ``POST /v1/chat/completions``."""

    model: str
    messages: list[_Message]
    temperature: Annotated[float, msgspec.Meta(ge=0, le=10)] | None = None
    top_p: Annotated[float, msgspec.Meta(gt=0, le=1)] | None = None
    seed: int | None = None
    stop: str | list[str] | None = None
    n: Annotated[int, msgspec.Meta(ge=1, le=MOST_SAMPLES)] | None = None
    max_tokens: _Positive | None = None
    max_completion_tokens: _Positive | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, msgspec.Meta(ge=0, le=20)] | None = None
    reasoning_effort: str | None = None
    stream: bool | None = None
    stream_options: _StreamOptions | None = None

    @property
    def text(self) -> str:
        """The last user message.

        Raises:
            ApiError: there is none, or it is not text alone.
        """
        content = next((one.content for one in reversed(self.messages) if one.role == "user"), None)
        if isinstance(content, list):
            other = next((part.type for part in content if part.type != "text"), None)
            if other is not None:
                raise ApiError(f"a reference model reads text, not {other}", param="messages")
            content = "".join(part.text or "" for part in content)
        if not content or not content.strip():
            raise ApiError("there is no user message with a text", param="messages")
        return content

    @property
    def samples(self) -> int:
        """Replies that are wanted."""
        return self.n or 1

    @property
    def sampling(self) -> Sampling:
        """How they are drawn; the likeliest answer where no temperature is given."""
        limits = [limit for limit in (self.max_tokens, self.max_completion_tokens) if limit is not None]
        return Sampling(
            temperature=self.temperature,
            top_p=self.top_p,
            seed=self.seed,
            max_tokens=min(limits, default=None),
            stop=(self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ()),
            logprobs=bool(self.logprobs),
            top_logprobs=self.top_logprobs or 0,
        )


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(ChatRequest)


def read_request(body: bytes) -> ChatRequest:
    """A request from its body.

    Raises:
        ApiError: it is no JSON, a field is missing or wrong, or asks for what there is not.
    """
    try:
        request = _DECODER.decode(body)
        everything: Mapping[str, Any] = msgspec.json.decode(body)
    except msgspec.ValidationError as error:
        place = str(error).partition(" - at ")[2].strip("`$.")
        raise ApiError(str(error), param=place or None) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ApiError(f"the body is no JSON: {error}", code="invalid_json") from None
    for name in _REFUSED:
        if everything.get(name) not in _HARMLESS:
            raise ApiError(f"a reference model has no {name}", param=name, code="unsupported_parameter")
    if request.top_logprobs and not request.logprobs:
        raise ApiError("top_logprobs needs logprobs = true", param="top_logprobs")
    return request


@contextmanager
def refusals() -> Iterator[None]:
    """Says in the API's words why a model did not answer.

    Raises:
        ApiError: the prompt is too long, too much is waiting, or a file of the model is damaged.
    """
    try:
        yield
    except TooLongError as error:
        raise ApiError(str(error), code="context_length_exceeded", param="messages") from None
    except FullError as error:
        raise ApiError(str(error), status=429, code="rate_limit_exceeded", kind="requests") from None
    except ModelError as error:
        raise ApiError(str(error), status=500, kind="server_error") from None


def encoded(content: object) -> bytes:
    """A body as JSON."""
    return _ENCODER.encode(content)


def choice(place: int, written: Written, *, with_logprobs: bool) -> dict[str, Any]:
    """One choice of a completion."""
    return {
        "index": place,
        "message": {"role": "assistant", "content": written.text, "refusal": None},
        "logprobs": logprobs(written.logprobs) if with_logprobs else None,
        "finish_reason": written.finish_reason,
    }


def logprobs(entries: Sequence[TokenLogprob]) -> dict[str, Any]:
    """The ``logprobs`` of a choice."""
    content = [
        _token(entry.token, entry.logprob) | {"top_logprobs": [_token(*other) for other in entry.top]}
        for entry in entries
    ]
    return {"content": content, "refusal": None}


def _token(text: str, logprob: float) -> dict[str, Any]:
    return {"token": text, "logprob": logprob, "bytes": list(text.encode("utf-8", "replace"))}


def usage(prompt_tokens: int, completion_tokens: int) -> dict[str, Any]:
    """The ``usage`` of a completion."""
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }
