"""What a wire is: how one kind of endpoint is asked and how its body is read. Protocol logic without I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, NamedTuple, Protocol

import msgspec

from calibrant.models.protocol import Failure, Prompt, Reply, Sampling
from calibrant.types import Usage

__all__ = [
    "ErrorBody",
    "Wire",
    "WireError",
    "decoded",
    "error_of",
    "fitted",
    "merged",
    "number_at",
    "shared_output",
    "short",
    "tokens_at",
    "with_defaults",
]

_TITLE = re.compile(rb"(?is)<title[^>]*>(.*?)</title>")


class WireError(Exception):
    """A body that is no answer.

    Args:
        failure: its kind.
        message: one line, in the endpoint's own words where it has any; not yet without secrets.
        status: the HTTP status that an error inside a 200 claims, where it names one.
        code: the endpoint's word for the error, such as ``insufficient_quota``.
    """

    def __init__(self, failure: Failure, message: str, *, status: int | None = None, code: str = "") -> None:
        super().__init__(message)
        self.failure = failure
        self.message = message
        self.status = status
        self.code = code


class Wire(Protocol):
    """One kind of endpoint. Each is one file of the same shape."""

    @property
    def method(self) -> str:
        """``POST`` nearly always; a ``GET`` sends its fields as the query."""
        ...

    @property
    def path(self) -> str:
        """What follows the base URL, beginning with a slash; may be empty."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers that this wire needs, without the key."""
        ...

    def body(self, prompt: Prompt, samples: int) -> bytes:
        """The JSON to send for so many replies to a prompt."""
        ...

    def read(self, payload: bytes, prompt: Prompt) -> list[Reply]:
        """The replies in a body that came with a status of 2xx.

        Raises:
            WireError: it holds none.
        """
        ...


class ErrorBody(NamedTuple):
    """What a body says about a failure."""

    message: str
    code: str = ""
    status: int | None = None


def error_of(payload: bytes) -> ErrorBody:
    """The endpoint's own words in a body of any shape: OpenAI's, Anthropic's, Google's, FastAPI's, HTML, plain text."""
    try:
        found = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ErrorBody(_words(payload))
    if isinstance(found, list) and found:
        found = found[0]
    return _told(found) or ErrorBody(_words(payload))


def _told(found: Any) -> ErrorBody | None:
    if isinstance(found, str):
        return ErrorBody(short(found))
    if not isinstance(found, dict):
        return None
    inner = found.get("error") or found.get("errors") or found.get("detail") or found
    if isinstance(inner, list):
        inner = inner[0] if inner else found
    if isinstance(inner, str):
        inner = {"message": inner}
    if not isinstance(inner, dict):
        return None
    message = inner.get("message") or inner.get("msg") or inner.get("error") or inner.get("detail")
    metadata = inner.get("metadata")
    if isinstance(metadata, dict) and metadata.get("raw"):
        message = f"{message}: {metadata['raw']}"
    code = inner.get("code")
    status = code if isinstance(code, int) and 400 <= code < 600 else None
    words = [str(part) for part in (code if status is None else None, inner.get("type")) if part]
    if not message and not words:
        return None
    return ErrorBody(short(str(message or words[0])), " ".join(words), status)


def _words(payload: bytes) -> str:
    start = payload[:4000].lstrip()
    if not start:
        return "an empty body"
    if start[:1] == b"<":
        title = _TITLE.search(start)
        named = short(title.group(1).decode(errors="replace"), 100) if title else ""
        return f"an HTML page ('{named}')" if named else "an HTML page"
    return short(start.decode(errors="replace"))


def short(text: str, width: int = 300) -> str:
    """One printable line of at most so many characters."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text[: 4 * width]).split())
    return line if len(line) <= width else f"{line[: width - 3]}..."


def decoded(payload: bytes, decoder: msgspec.json.Decoder[Any]) -> Any:
    """Decode a body.

    Raises:
        WireError: it is not JSON, or JSON of another shape.
    """
    try:
        return decoder.decode(payload)
    except msgspec.ValidationError as error:
        told = error_of(payload)
        if b'"error"' in payload[:2000]:
            raise WireError(Failure.MALFORMED, told.message, status=told.status, code=told.code) from None
        raise WireError(Failure.MALFORMED, f"JSON of another shape: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        if payload[:4000].lstrip()[:1] in (b"{", b"["):
            raise WireError(Failure.MALFORMED, f"half a JSON: {len(payload)} bytes that end too early") from None
        raise WireError(Failure.MALFORMED, f"no JSON but {_words(payload)}") from None


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Both, the second one's values first; tables inside are merged likewise."""
    result = dict(base)
    for name, value in over.items():
        before = result.get(name)
        result[name] = merged(before, value) if isinstance(before, dict) and isinstance(value, Mapping) else value
    return result


def with_defaults(sampling: Sampling, defaults: Sampling) -> Sampling:
    """The sampling of a prompt; what it leaves open is taken from the model's own defaults."""
    told = {part.name: value for part in fields(sampling) if (value := getattr(sampling, part.name)) != part.default}
    return replace(defaults, **told) if told else defaults


def number_at(found: Any, *path: str) -> float | None:
    """A finite number >= 0 inside nested tables; None where there is none."""
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found < float("inf"):
        return None
    return found


def tokens_at(found: Any, *path: str) -> int | None:
    """A count of tokens inside nested tables; None where there is none."""
    number = number_at(found, *path)
    return None if number is None else int(number)


def shared_output(usage: Usage, lengths: Sequence[int]) -> list[Usage]:
    """Divide the usage of one request over its replies by their lengths; the input goes to the first.

    An endpoint tells only the sum. The parts add up to it.
    """
    if len(lengths) == 1:
        return [usage]
    output, reasoning = _parts(usage.output_tokens, lengths), _parts(usage.reasoning_tokens, lengths)
    return [
        Usage(
            input_tokens=usage.input_tokens if place == 0 else None if usage.input_tokens is None else 0,
            cached_input_tokens=usage.cached_input_tokens if place == 0 else None,
            output_tokens=output[place],
            reasoning_tokens=reasoning[place],
        )
        for place in range(len(lengths))
    ]


def _parts(total: int | None, lengths: Sequence[int]) -> list[int | None]:
    if total is None:
        return [None] * len(lengths)
    weights = [length + 1 for length in lengths]
    ends = [total * sum(weights[: place + 1]) // sum(weights) for place in range(len(weights))]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def fitted(replies: list[Reply], wanted: int) -> list[Reply]:
    """Exactly as many replies as were wanted; what is missing is an error that says so."""
    if len(replies) >= wanted:
        return replies[:wanted]
    message = f"the endpoint gave {len(replies)} of {wanted} replies; set max_samples = 1 for it"
    missing = Reply(error=message, failure=Failure.MALFORMED, requests=0)
    return [*replies, *(missing for _ in range(wanted - len(replies)))]
