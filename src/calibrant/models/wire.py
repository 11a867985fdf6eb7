"""What a wire is: how one kind of endpoint is asked and how its body is read. Protocol logic without I/O."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, NamedTuple, Protocol

import msgspec

from calibrant.models.protocol import Failure, Prompt, Reply, Sampling
from calibrant.types import Usage

__all__ = [
    "Billed",
    "ErrorBody",
    "Wire",
    "WireError",
    "decoded",
    "error_of",
    "fitted",
    "limit_of",
    "merged",
    "number_at",
    "read_by",
    "shared_output",
    "short",
    "tokens_at",
    "with_defaults",
]

_TITLE = re.compile(rb"(?is)<title[^>]*>(.*?)</title>")
_BOM = b"\xef\xbb\xbf"
_MOST_TOKENS = 2**53
"""A count above it is a fault of whoever counted, and no column holds it."""
_LONE_SURROGATE = re.compile(
    rb"(?i)\\ud[89ab][0-9a-f]{2}(?!\\ud[c-f][0-9a-f]{2})|(?<!\\ud[89ab][0-9a-f]{2})\\ud[c-f][0-9a-f]{2}"
)
_DEPTH = "JSON that is nested too deep"
_NOT_UTF8 = "text that is not UTF-8"
_ANYTHING: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


class Billed(NamedTuple):
    """What a request was charged, as far as its body tells."""

    usage: Usage = Usage()
    cost_usd: float | None = None

    def plus(self, other: Billed) -> Billed:
        """Both together. What one does not tell counts as nothing; but no cost where one has tokens without a cost."""
        first, second = self.cost_usd, other.cost_usd
        if Usage() in (self.usage, other.usage):
            cost = (first or 0.0) + (second or 0.0) if (first, second) != (None, None) else None
        else:
            cost = None if first is None or second is None else first + second
        counts = {}
        for part in fields(Usage):
            one, two = getattr(self.usage, part.name), getattr(other.usage, part.name)
            counts[part.name] = two if one is None else one if two is None else one + two
        return Billed(Usage(**counts), cost)


class WireError(Exception):
    """A body that is no answer.

    Args:
        failure: its kind.
        message: one line, in the endpoint's own words where it has any; not yet without secrets.
        status: the HTTP status that an error inside a 200 claims, where it names one.
        code: the endpoint's word for the error, such as ``insufficient_quota``.

    Attributes:
        billed: what the body says it cost all the same; nothing where this cannot be read.
    """

    def __init__(self, failure: Failure, message: str, *, status: int | None = None, code: str = "") -> None:
        super().__init__(message)
        self.failure = failure
        self.message = message
        self.status = status
        self.code = code
        self.billed = Billed()


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

    def output_limit(self, prompt: Prompt) -> int | None:
        """The most output tokens of one reply, by what is sent; None = no limit, or unknown."""
        ...

    def read(self, payload: bytes, prompt: Prompt) -> list[Reply]:
        """The replies in a body that came with a status of 2xx.

        Raises:
            WireError: it holds none. Nothing else, whatever the bytes are.
        """
        ...


class ErrorBody(NamedTuple):
    """What a body says about a failure."""

    message: str
    code: str = ""
    status: int | None = None


def error_of(payload: bytes) -> ErrorBody:
    """The endpoint's own words in a body of any shape: OpenAI's, Anthropic's, Google's, FastAPI's, HTML, plain text."""
    payload = payload.removeprefix(_BOM)
    try:
        found = _ANYTHING.decode(payload)
        if isinstance(found, list) and found:
            found = found[0]
        return _told(found) or ErrorBody(_words(payload))
    except Exception:  # no JSON, or one that is nested too deep to be read or shown
        return ErrorBody(_words(payload))


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
    return short(start.decode(errors="replace")) or "a body without a printable character"


def short(text: str, width: int = 300) -> str:
    """One printable line of at most so many characters."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text[: 4 * width]).split())
    return line if len(line) <= width else f"{line[: width - 3]}..."


def decoded(payload: bytes, decoder: msgspec.json.Decoder[Any]) -> Any:
    """Decode a body.

    Raises:
        WireError: it is not JSON, or JSON of another shape.
    """
    payload = payload.removeprefix(_BOM)
    try:
        return decoder.decode(payload)
    except RecursionError:
        raise WireError(Failure.MALFORMED, _DEPTH) from None
    except UnicodeDecodeError:
        raise WireError(Failure.MALFORMED, _NOT_UTF8) from None
    except msgspec.ValidationError as error:
        told = error_of(payload)
        if b'"error"' in payload[:2000]:
            raise WireError(Failure.MALFORMED, told.message, status=told.status, code=told.code) from None
        raise WireError(Failure.MALFORMED, f"JSON of another shape: {error}") from None
    except msgspec.DecodeError as error:
        if payload[:4000].lstrip()[:1] in (b"{", b"["):
            raise WireError(Failure.MALFORMED, _brokenness(payload, error)) from None
        raise WireError(Failure.MALFORMED, f"no JSON but {_words(payload)}") from None


def _brokenness(payload: bytes, error: msgspec.DecodeError) -> str:
    if "UTF-8" in str(error):  # msgspec >= 0.23; before, a UnicodeDecodeError
        return _NOT_UTF8
    if _LONE_SURROGATE.search(payload):
        return "JSON with half a surrogate pair, which is no character"
    if "truncated" in str(error):
        return f"half a JSON: {len(payload)} bytes that end too early"
    return str(error)


def read_by(read: Callable[[bytes], list[Reply]], bill: Callable[[Any], Billed], payload: bytes) -> list[Reply]:
    """Read a body; what is no answer tells at least what it cost.

    Args:
        read: reads the replies; may raise whatever it likes.
        bill: what a decoded body says it cost.
        payload: the body.

    Raises:
        WireError: it holds no reply. Nothing else.
    """
    try:
        return read(payload)
    except WireError as error:
        failed = error
    except RecursionError:
        failed = WireError(Failure.MALFORMED, _DEPTH)
    except Exception as error:
        failed = WireError(Failure.MALFORMED, f"a body that cannot be read: {type(error).__name__}")
    try:
        failed.billed = bill(_ANYTHING.decode(payload.removeprefix(_BOM)))
    except Exception:
        failed.billed = Billed()
    raise failed


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


def limit_of(fields: Mapping[str, Any], names: Sequence[str], sampling: int | None) -> int | None:
    """The most output tokens, by what is sent.

    Args:
        fields: what has the last word: extra body and effort.
        names: the fields in which the wire sends a limit.
        sampling: the limit of prompt or entry, which holds where `fields` names none.

    Returns:
        The limit; the larger one where there are two; None = no limit, or one that is no whole number >= 1.
    """
    told = [fields[name] for name in names if name in fields] or [sampling]
    sure = [limit for limit in told if isinstance(limit, int) and not isinstance(limit, bool) and limit >= 1]
    return max(sure) if len(sure) == len(told) else None


def number_at(found: Any, *path: str) -> float | None:
    """A finite number >= 0 inside nested tables; None where there is none."""
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    try:
        number = float(found)
    except OverflowError:
        return None
    return found if math.isfinite(number) and number >= 0 else None


def tokens_at(found: Any, *path: str) -> int | None:
    """A count of tokens inside nested tables; None where there is none, or one that cannot be."""
    number = number_at(found, *path)
    return None if number is None or number > _MOST_TOKENS else int(number)


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
