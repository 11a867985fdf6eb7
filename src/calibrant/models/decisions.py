"""Decision models: services that generate nothing, and say how probable a condition is.

``POST /decisions`` is OpenAI's (API reference, "Create a decision", public beta of October 2026; gateways offer the
same); ``POST /systemone`` is TypeSafe's, which several open models and servers speak. Of either only the yes-or-no
question is asked. The system message is the condition, the last user message what it is about; the reply's text is the
probability, as a number in [0, 1].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from calibrant.models.protocol import Failure, Prompt, Reply
from calibrant.models.wire import Billed, WireError, decoded, error_of, merged, number_at, read_by, short, tokens_at
from calibrant.types import Usage

__all__ = ["DecisionsWire", "SystemOneWire"]

_DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
_ENCODER = msgspec.json.Encoder()
_NAME = "condition"
_NO_CONDITION = "The statement is true."


class DecisionsWire:
    """``POST /decisions``: a list of questions, of which ours is a predicate.

    Args:
        model: name of the model as the endpoint knows it.
        fields: extra body, merged into every request; it has the last word.
    """

    method = "POST"
    path = "/decisions"
    headers: Mapping[str, str] = {}

    def __init__(self, model: str, *, fields: Mapping[str, Any] | None = None) -> None:
        self._model = model
        self._fields = dict(fields or {})

    def body(self, prompt: Prompt, samples: int) -> bytes:  # noqa: ARG002 - nothing is drawn
        """The request as JSON."""
        return _ENCODER.encode(merged({"model": self._model, **self._asked(prompt)}, self._fields))

    def _asked(self, prompt: Prompt) -> dict[str, Any]:
        question = {"type": "predicate", "name": _NAME, "instructions": _condition(prompt)}
        return {"input": prompt.text, "questions": [question]}

    def output_limit(self, prompt: Prompt) -> int | None:  # noqa: ARG002 - the wires share one shape
        """A token: nothing is generated."""
        return 1

    def read(self, payload: bytes, prompt: Prompt) -> list[Reply]:  # noqa: ARG002 - the wires share one shape
        """The one reply: a probability, or why there is none.

        Raises:
            WireError: no JSON, another shape, an error inside.
        """
        return read_by(self._read, _billed, payload)

    def _read(self, payload: bytes) -> list[Reply]:
        found = decoded(payload, _DECODER)
        answer = self._answer(found)
        if not isinstance(answer, dict):
            told = error_of(payload) if isinstance(found, dict) and found.get("error") else None
            message = told.message if told else f"no answer to the one question in {short(str(found), 120)}"
            raise WireError(Failure.MALFORMED, message, status=told.status if told else None)
        billed = _billed(found)
        if answer.get("type") == "refusal":
            failed = Reply(
                error="it declined to decide", failure=Failure.FILTERED, usage=billed.usage, cost_usd=billed.cost_usd
            )
            return [failed]
        probability = self._probability(answer)
        if probability is None or probability > 1:
            raise WireError(Failure.MALFORMED, f"no probability in {short(str(answer), 120)}")
        return [Reply(text=f"{probability:.6g}", usage=billed.usage, cost_usd=billed.cost_usd)]

    def _answer(self, found: Any) -> Any:
        answers = found.get("answers") if isinstance(found, dict) else None
        return answers[0] if isinstance(answers, list) and len(answers) == 1 else None

    def _probability(self, answer: Any) -> float | None:
        return number_at(answer, "probability")


class SystemOneWire(DecisionsWire):
    """``POST /systemone``: a table of questions by name, of which ours is a ``noul``."""

    path = "/systemone"

    def _asked(self, prompt: Prompt) -> dict[str, Any]:
        return {"state": prompt.text, "questions": {_NAME: {"type": "noul", "instructions": _condition(prompt)}}}

    def _answer(self, found: Any) -> Any:
        answers = found.get("answers") if isinstance(found, dict) else None
        return answers.get(_NAME) if isinstance(answers, dict) else None

    def _probability(self, answer: Any) -> float | None:
        return number_at(answer, "noul")


def _condition(prompt: Prompt) -> str:
    parts = [message.content for message in prompt.messages if message.role == "system"]
    return "\n\n".join(parts) or _NO_CONDITION


def _billed(found: Any) -> Billed:
    usage = found.get("usage") if isinstance(found, dict) else None
    told = Usage(
        input_tokens=tokens_at(usage, "input_tokens"),
        cached_input_tokens=tokens_at(usage, "input_tokens_details", "cached_tokens"),
        output_tokens=tokens_at(usage, "output_tokens"),
    )
    return Billed(told, number_at(usage, "cost"))
