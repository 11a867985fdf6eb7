"""A service of one's own over HTTP: a template makes its JSON, dotted paths find the answer. For RAG and agents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
from jinja2 import TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from calibrant.errors import InputError
from calibrant.models.config import HttpFields
from calibrant.models.protocol import Failure, Message, Prompt, Reply
from calibrant.models.templates import environment
from calibrant.models.wire import Billed, WireError, decoded, error_of, number_at, read_by, short, tokens_at
from calibrant.types import Passage, Question, Usage

__all__ = ["HttpWire", "value_at"]

_DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
_KNOWN = "question, prompt, system, passages, id, samples, and the fields of the effort"
_TEXT = 'a "question"\nof two lines'
_TRIAL = Prompt(
    messages=(Message("system", 'a "system"'), Message("user", _TEXT)),
    question=Question(id="trial", text=_TEXT, passages=(Passage(text='a "passage"'),) * 100),
)
"""With passages, since a template may ask for the first ones by their numbers."""


class HttpWire:
    """A template and paths.

    Args:
        config: the template, and the paths into the reply.
        fields: variables that the effort sets.
        place: file and field, for errors.

    Raises:
        InputError: the template is none, asks for an unknown variable, or does not render to JSON.
    """

    path = ""
    headers: Mapping[str, str] = {}

    def __init__(
        self,
        config: HttpFields,
        *,
        fields: Mapping[str, Any] | None = None,
        place: str = "body",
    ) -> None:
        self.method: str = config.method
        self._config = config
        self._fields = dict(fields or {})
        self._place = place
        sandbox = environment()
        try:
            self._template = _compiled(sandbox, config.body)
            unknown = sorted(_wanted(sandbox, config.body) - set(self._variables(_TRIAL, 1)))
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

    def output_limit(self, prompt: Prompt) -> int | None:  # noqa: ARG002 - the wires share one shape
        """Unknown: a service says nothing of this."""
        return None

    def read(self, payload: bytes, prompt: Prompt) -> list[Reply]:  # noqa: ARG002 - the wires share one shape
        """The one reply.

        Raises:
            WireError: no JSON, or nothing at the path of the answer.
        """
        return read_by(self._read, self._billed, payload)

    def _billed(self, found: Any) -> Billed:
        paths = self._config.usage.items()
        usage = Usage(**{name: tokens_at({"": value_at(found, path)}, "") for name, path in paths})
        cost = self._config.cost
        return Billed(usage, number_at({"": value_at(found, cost)}, "") if cost else None)

    def _read(self, payload: bytes) -> list[Reply]:
        found = decoded(payload, _DECODER)
        path = self._config.answer
        answer = value_at(found, path)
        if answer is None:
            told = error_of(payload) if isinstance(found, dict) and found.get("error") else None
            message = told.message if told else f"nothing at '{path}' in {short(str(found), 120)}"
            raise WireError(Failure.MALFORMED, message, status=told.status if told else None)
        if isinstance(answer, dict | list):
            raise WireError(Failure.MALFORMED, f"what stands at '{path}' is no text")
        text = answer if isinstance(answer, str) else json.dumps(answer)
        if not text:
            raise WireError(Failure.MALFORMED, "an empty answer")
        confidence = value_at(found, self._config.confidence) if self._config.confidence else None
        billed = self._billed(found)
        return [
            Reply(
                text=text,
                usage=billed.usage,
                cost_usd=billed.cost_usd,
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
