"""A service of one's own over HTTP: a template makes its JSON, dotted paths find the answer. For RAG and agents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from calibrant.errors import InputError
from calibrant.models.protocol import Failure, Message, Prompt, Reply
from calibrant.models.wire import WireError, decoded, error_of, number_at, short, tokens_at
from calibrant.types import Usage

__all__ = ["HttpWire", "value_at"]

_DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
_KNOWN = "question, prompt, system, passages, id, samples, and the fields of the effort"
_TRIAL = Prompt(messages=(Message("system", 'a "system"'), Message("user", 'a "question"\nof two lines')))


class HttpWire:
    """A template and paths.

    Args:
        body: what to send: a text that renders to JSON (values by ``| tojson``), or a table whose texts are templates.
        answer: dotted path of the answer in the reply's JSON; an empty path takes the whole body.
        confidence: dotted path of a confidence, kept as ``extra["confidence"]``.
        usage: dotted paths of ``input_tokens``, ``cached_input_tokens``, ``output_tokens``, ``reasoning_tokens``.
        cost: dotted path of the cost in dollars.
        method: HTTP method; ``GET`` sends the fields as the query.
        fields: variables that the effort sets.
        place: file and field, for errors.

    Raises:
        InputError: the template is none, asks for an unknown variable, or does not render to JSON.
    """

    path = ""
    headers: Mapping[str, str] = {}

    def __init__(
        self,
        body: str | Mapping[str, Any],
        *,
        answer: str,
        confidence: str | None = None,
        usage: Mapping[str, str] | None = None,
        cost: str | None = None,
        method: str = "POST",
        fields: Mapping[str, Any] | None = None,
        place: str = "body",
    ) -> None:
        self.method = method
        self._answer = answer
        self._confidence = confidence
        self._usage = dict(usage or {})
        self._cost = cost
        self._fields = dict(fields or {})
        self._place = place
        environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
        try:
            self._template = _compiled(environment, body)
            unknown = sorted(_wanted(environment, body) - set(self._variables(_TRIAL, 1)))
        except TemplateError as error:
            raise InputError(f"is not a template: {error}", place=place) from None
        if unknown:
            raise InputError(f"asks for {', '.join(unknown)}", place=place, remedy=f"Known: {_KNOWN}.")
        self.body(_TRIAL, 1)

    def body(self, prompt: Prompt, samples: int) -> bytes:
        """The rendered JSON.

        Raises:
            InputError: the template asks for an unknown variable or does not render to JSON.
        """
        try:
            rendered = _rendered(self._template, self._variables(prompt, samples))
        except (TemplateError, TypeError, ValueError) as error:
            raise InputError(f"cannot be filled in: {error}", place=self._place, remedy=f"Known: {_KNOWN}.") from None
        if not isinstance(rendered, str):
            return msgspec.json.encode(rendered)
        try:
            json.loads(rendered)
        except ValueError as error:
            remedy = "Write values as {{ question | tojson }}, without quotes around them."
            raise InputError(f"does not render to JSON: {error}", place=self._place, remedy=remedy) from None
        return rendered.encode()

    def _variables(self, prompt: Prompt, samples: int) -> dict[str, Any]:
        asked = prompt.question
        return {
            "question": asked.text if asked else prompt.text,
            "prompt": prompt.text,
            "system": "\n\n".join(message.content for message in prompt.messages if message.role == "system"),
            "passages": [passage.text for passage in asked.passages] if asked else [],
            "id": asked.id if asked else "",
            "samples": samples,
            **self._fields,
        }

    def read(self, payload: bytes, prompt: Prompt) -> list[Reply]:  # noqa: ARG002 - the wires share one shape
        """The one reply.

        Raises:
            WireError: no JSON, or nothing at the path of the answer.
        """
        found = decoded(payload, _DECODER)
        answer = value_at(found, self._answer)
        if answer is None:
            told = error_of(payload) if isinstance(found, dict) and found.get("error") else None
            message = told.message if told else f"nothing at '{self._answer}' in {short(str(found), 120)}"
            raise WireError(Failure.MALFORMED, message, status=told.status if told else None)
        if isinstance(answer, dict | list):
            raise WireError(Failure.MALFORMED, f"what stands at '{self._answer}' is no text")
        text = answer if isinstance(answer, str) else json.dumps(answer)
        if not text:
            raise WireError(Failure.MALFORMED, "an empty answer")
        confidence = value_at(found, self._confidence) if self._confidence else None
        return [
            Reply(
                text=text,
                usage=Usage(**{name: tokens_at({"": value_at(found, path)}, "") for name, path in self._usage.items()}),
                cost_usd=number_at({"": value_at(found, self._cost)}, "") if self._cost else None,
                extra={} if confidence is None else {"confidence": confidence},
            )
        ]


def value_at(found: Any, path: str) -> Any:
    """What stands at a dotted path, such as ``choices.0.message.content``; None where nothing does."""
    for name in path.split(".") if path else ():
        if isinstance(found, dict):
            found = found.get(name)
        elif isinstance(found, list) and name.lstrip("-").isdigit() and -len(found) <= int(name) < len(found):
            found = found[int(name)]
        else:
            return None
    return found


def _compiled(environment: ImmutableSandboxedEnvironment, body: Any) -> Any:
    if isinstance(body, str):
        return environment.from_string(body)
    if isinstance(body, Mapping):
        return {name: _compiled(environment, value) for name, value in body.items()}
    if isinstance(body, list | tuple):
        return [_compiled(environment, value) for value in body]
    return body


def _wanted(environment: ImmutableSandboxedEnvironment, body: Any) -> set[str]:
    if isinstance(body, str):
        return meta.find_undeclared_variables(environment.parse(body))
    inner = body.values() if isinstance(body, Mapping) else body if isinstance(body, list | tuple) else ()
    return {name for value in inner for name in _wanted(environment, value)}


def _rendered(template: Any, variables: Mapping[str, Any]) -> Any:
    if isinstance(template, dict):
        return {name: _rendered(value, variables) for name, value in template.items()}
    if isinstance(template, list):
        return [_rendered(value, variables) for value in template]
    return template.render(variables) if hasattr(template, "render") else template
