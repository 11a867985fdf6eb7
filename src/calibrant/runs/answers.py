"""From replies to responses, and which part of a response is its answer."""

from __future__ import annotations

from contextlib import suppress

from calibrant.confidence import read_logprobs, read_stated, read_words, split_stated, split_words
from calibrant.models import Model, Reply
from calibrant.types import Confidence, ConfidenceSource, Response, ResponseKey, StatedAs

__all__ = ["answer_part", "response_of", "split_answer"]

_LONGEST_CAUSE = 300


def response_of(
    reply: Reply, *, key: ResponseKey, model: Model, cost_usd: float | None, states_confidence: StatedAs
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


def split_answer(text: str, states_confidence: StatedAs) -> tuple[str, float | None]:
    """A reply's answer, and the confidence stated after it where the prompt asked for one."""
    if not states_confidence:
        return text, None
    return split_words(text) if states_confidence == "words" else split_stated(text)


def answer_part(response: Response, *, states_confidence: StatedAs) -> str:
    """The answer, without the confidence that the reply states after it where the prompt asked for one."""
    return split_answer(response.text or "", states_confidence)[0]


def _confidences(reply: Reply, states_confidence: StatedAs) -> tuple[Confidence, ...]:
    text = reply.text or ""
    found: tuple[Confidence, ...] = ()
    if states_confidence:
        found = read_words(text) if states_confidence == "words" else read_stated(text)
    given = reply.extra.get("confidence")
    if isinstance(given, int | float) and not isinstance(given, bool):
        with suppress(ValueError):
            found += (Confidence(source=ConfidenceSource.OTHER, value=float(given), name="reported"),)
    if reply.logprobs:
        found += read_logprobs(reply.logprobs, answer=split_answer(text, states_confidence)[0] or None)
    return found
