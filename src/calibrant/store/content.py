"""Records to rows and back: what a question, a setup and a response look like in the tables.

Text that a database cannot hold is mended on the way in, alike on both backends: PostgreSQL refuses NUL and neither
can encode half a surrogate pair, so each becomes U+FFFD (two halves that belong together become their character).
A number that is not finite is stored as unknown.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Row

from calibrant.store.keys import content_digest
from calibrant.types import (
    Condition,
    Confidence,
    ConfidenceSource,
    ModelRef,
    Passage,
    Purpose,
    Question,
    Response,
    ResponseKey,
    Stratum,
    TokenLogprob,
    Usage,
)

__all__ = [
    "body_row",
    "compact_json",
    "question_from_row",
    "question_row",
    "read_confidence",
    "read_usage",
    "response_from_row",
    "response_row",
    "setup_row",
    "storable",
]

Values = dict[str, Any]
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str)
_NO_USAGE: Final = Usage()
_SHORT: Final = 2048
"""Bytes below which a body is not compressed."""
_SOURCES: Final = {source.value: source for source in ConfidenceSource}


def storable(text: str) -> str:
    """Mend a text so that every database takes it.

    >>> storable("a" + chr(0) + "b" + chr(0xD800))
    'a\ufffdb\ufffd'
    """
    if (text.isascii() and "\0" not in text) or _UNSTORABLE.search(text) is None:  # the first tells most, and faster
        return text
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return joined.replace("\0", "\ufffd")


def compact_json(value: Any) -> str:
    """JSON without blanks; what JSON has no word for (dates, decimals) is written as its text."""
    encoded = _ENCODER.encode(value)
    if "\\u0000" in encoded or _UNSTORABLE.search(encoded):
        return _ENCODER.encode(_mended(value))
    return encoded


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {_mended(name): _mended(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_mended(part) for part in value]
    return value


def _optional(text: str | None) -> str | None:
    return storable(text) if text else text


def question_row(question: Question, question_hash: str) -> Values:
    """A row of ``questions``, all but its number."""
    content: Values = {
        "golds": question.golds,
        "wrong": question.wrong,
        "choices": question.choices,
        "passages": [(passage.text, passage.source) for passage in question.passages],
        "evidence": question.evidence,
        "extra": dict(question.extra),
    }
    content = {name: part for name, part in content.items() if part}
    row: dict[str, str | None] = {
        "id": storable(question.id),
        "hash": question_hash,
        "text": storable(question.text),
        "stratum": str(question.stratum),
        "condition": str(question.condition),
        "domain": _optional(question.domain),
        "topic": _optional(question.topic),
        "subtopic": _optional(question.subtopic),
        "cluster": _optional(question.cluster),
        "content": compact_json(content) if content else None,
    }
    # What has no language keeps the digest that it had before there were any.
    language = _optional(question.language)
    row["digest"] = content_digest((*row.values(), *((language,) if language else ())))
    row["language"] = language
    return row


def question_from_row(row: Row[Any]) -> Question:
    """The question in a row that has the columns of ``questions``."""
    content = json.loads(row.content) if row.content else {}
    return Question(
        id=row.id,
        text=row.text,
        golds=tuple(content.get("golds", ())),
        wrong=tuple(content.get("wrong", ())),
        choices=tuple(content.get("choices", ())),
        stratum=Stratum(row.stratum),
        domain=row.domain,
        topic=row.topic,
        subtopic=row.subtopic,
        cluster=row.cluster,
        condition=Condition(row.condition),
        passages=tuple(Passage(text=text, source=source) for text, source in content.get("passages", ())),
        evidence=tuple(content.get("evidence", ())),
        language=row.language,
        extra=content.get("extra", {}),
    )


def setup_row(response: Response) -> Values:
    """A row of ``setups``, all but its number."""
    row: Values = {
        "model": storable(response.model.model),
        "effort": _optional(response.model.effort),
        "model_hash": response.key.model,
        "prompt_hash": response.key.prompt,
        "sampling_hash": response.key.sampling,
    }
    row["digest"] = content_digest(tuple(row.values()))
    return row


def response_row(response: Response, *, digest: str, setup: int) -> Values:
    """A row of ``responses``, all but its number."""
    usage = response.usage
    key = response.key
    return {
        "digest": digest,
        "setup": setup,
        "question_hash": key.question,
        "purpose": str(key.purpose),
        "repeat": key.repeat,
        "sample": key.sample,
        "text": _optional(response.text),
        "error": _optional(response.error),
        "finish_reason": _optional(response.finish_reason),
        "input_tokens": usage.input_tokens,
        "cached_input_tokens": usage.cached_input_tokens,
        "output_tokens": usage.output_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "cost_usd": response.cost_usd,
        "latency_s": _finite(response.latency_s),
    }


def body_row(response: Response) -> Values | None:
    """A row of ``bodies``, all but its number; None where there is nothing to keep."""
    if response.raw is None and not response.logprobs:
        return None
    tokens = [(token, logprob, top) for token, logprob, top in response.logprobs]
    return {
        "raw": None if response.raw is None else _packed(response.raw),
        "logprobs": _packed(compact_json(tokens).encode()) if tokens else None,
    }


def _packed(content: bytes) -> bytes:
    """Compressed, or after a zero byte as it is where it is short: setting up zlib costs more than storing 2 KB."""
    return b"\0" + content if len(content) < _SHORT else zlib.compress(content, 1)


def _unpacked(packed: bytes) -> bytes:
    return packed[1:] if packed.startswith(b"\0") else zlib.decompress(packed)


def _logprobs(packed: bytes | None) -> tuple[TokenLogprob, ...]:
    if packed is None:
        return ()
    tokens = json.loads(_unpacked(packed))
    return tuple(
        TokenLogprob(token, logprob, tuple((other, value) for other, value in top)) for token, logprob, top in tokens
    )


def response_from_row(row: Row[Any], confidences: tuple[Confidence, ...]) -> Response:
    """The response in a row that has the columns of ``responses``, ``setups`` and ``bodies``, the text being called
    ``answer``.
    """
    return Response(
        key=ResponseKey(
            question=row.question_hash,
            model=row.model_hash,
            prompt=row.prompt_hash,
            sampling=row.sampling_hash,
            purpose=Purpose(row.purpose),
            repeat=row.repeat,
            sample=row.sample,
        ),
        model=ModelRef(model=row.model, effort=row.effort),
        text=row.answer,
        error=row.error,
        finish_reason=row.finish_reason,
        confidences=confidences,
        usage=read_usage(row.input_tokens, row.cached_input_tokens, row.output_tokens, row.reasoning_tokens),
        cost_usd=row.cost_usd,
        latency_s=row.latency_s,
        logprobs=_logprobs(row.logprobs),
        raw=None if row.raw is None else _unpacked(row.raw),
    )


def read_usage(given: int | None, cached: int | None, made: int | None, reasoning: int | None) -> Usage:
    """The four columns of tokens in ``responses``, in their order."""
    if given is None and cached is None and made is None and reasoning is None:
        return _NO_USAGE
    return Usage(input_tokens=given, cached_input_tokens=cached, output_tokens=made, reasoning_tokens=reasoning)


def read_confidence(
    source: str, name: str, value: float, calls: int | None = None, cost_usd: float | None = None
) -> Confidence:
    """One row of ``confidences``, or of ``signals`` with its last two columns."""
    return Confidence(source=_SOURCES[source], value=value, name=name, extra_calls=calls, extra_cost_usd=cost_usd)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
