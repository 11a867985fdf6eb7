"""From replies to responses, and which part of a response is its answer."""

from __future__ import annotations

from contextlib import suppress

from calibrant.confidence import read_logprobs, read_stated, split_stated
from calibrant.models import Model, Reply
from calibrant.types import Confidence, ConfidenceSource, Response, ResponseKey

__all__ = ["answer_part", "response_of"]

_LONGEST_CAUSE = 300


def response_of(
    reply: Reply, *, key: ResponseKey, model: Model, cost_usd: float | None, states_confidence: bool
) -> Response:
    """What is kept of a reply: its text whole, its cause of failure by kind, and the confidence that came with it."""
    error = None
    if reply.error is not None:
        cause = " ".join(reply.error.split())
        error = f"{reply.failure}: {cause}"[:_LONGEST_CAUSE]
    return Response(
        key=key,
        model=model.ref,
        text=reply.text,
        error=error,
        finish_reason=reply.finish_reason,
        confidences=() if error else _confidences(reply, states_confidence),
        usage=reply.usage,
        cost_usd=cost_usd,
        latency_s=reply.latency_s,
        logprobs=reply.logprobs,
        raw=reply.raw,
    )


def answer_part(response: Response, *, states_confidence: bool) -> str:
    """The answer, without the confidence that the reply states after it where the prompt asked for one."""
    text = response.text or ""
    return split_stated(text)[0] if states_confidence else text


def _confidences(reply: Reply, states_confidence: bool) -> tuple[Confidence, ...]:
    found = read_stated(reply.text or "") if states_confidence else ()
    given = reply.extra.get("confidence")
    if isinstance(given, int | float) and not isinstance(given, bool):
        with suppress(ValueError):
            found += (Confidence(source=ConfidenceSource.OTHER, value=float(given), name="reported"),)
    if reply.logprobs:
        answer = split_stated(reply.text or "")[0] if states_confidence else None
        found += read_logprobs(reply.logprobs, answer=answer)
    return found
