"""What a model is shown: templates of a system and a user message, and the identity of what they make of a question.

The built-in ones ask as AA-Omniscience does: the answer only, and a fixed sentence where the model does not know. With
a price t they say what a wrong answer costs (Kalai et al. 2025); on request they ask for a stated confidence in the
same reply.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from calibrant.confidence.stated_words import WORDS
from calibrant.errors import InputError
from calibrant.grading import ABSTENTION_SENTENCE
from calibrant.models import Message
from calibrant.types import Question, StatedAs

__all__ = ["PromptTemplate", "aa_template", "load_template"]

_SYSTEM = """\
You answer questions{% if topic and domain and topic != domain %} about {{ topic }}, in the domain of {{ domain }}\
{% elif topic or domain %} about {{ topic or domain }}{% endif %}. \
Reply with the answer alone, without an explanation. \
If you do not know the answer, or would need more context or tools to find it, \
say exactly: "{{ abstention }}" \
{% if price is none %}It is better to say this than to give a wrong answer.\
{% else %}A right answer earns 1 point and this sentence 0 points; a wrong answer costs {{ penalty }} \
point{{ "" if penalty == "1" else "s" }}. So answer only if you are more than {{ percent }} % sure.{% endif %}\
{% if confidence %} After an answer, write a second line: "Confidence: " and the probability, from 0 % to 100 %, \
that your answer is right.{% endif %}"""

_SYSTEM_WORDS = _SYSTEM.partition("{% if confidence %}")[0] + (
    '{% if confidence %} After an answer, write a second line: "Confidence: " and one of these, for how likely it is '
    "that your answer is right: {{ words | join(', ') }}.{% endif %}"
)
"""The same, asking for the confidence in words. A template of its own, so that the first keeps its identity."""

_USER = """\
{% for passage in passages %}\
Passage{% if passages | length > 1 %} {{ loop.index }}{% endif %}\
{% if passage.source %} ({{ passage.source }}){% endif %}:
{{ passage.text }}

{% endfor %}\
{% if passages %}Question: {% endif %}{{ question }}\
{% for choice in choices %}
{{ letters[loop.index0] }}) {{ choice }}{% endfor %}"""

_REMEMBERED = 4096
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_IN_QUESTION_HASH = frozenset({"question", "choices", "passages", "condition", "letters"})
_OF_TEMPLATE = frozenset({"abstention", "price", "penalty", "percent", "confidence", "words"})
_SHARED = frozenset({"domain", "topic", "subtopic"})
_OF_QUESTION = _SHARED | {"id", "extra"}
_KNOWN = _IN_QUESTION_HASH | _OF_TEMPLATE | _OF_QUESTION


@dataclass(frozen=True, kw_only=True)
class PromptTemplate:
    """Templates (jinja2) of the two messages.

    They may use ``question`` (its text), ``choices``, ``passages`` (each with ``text`` and ``source``), ``condition``,
    ``domain``, ``topic``, ``subtopic``, ``id``, ``extra``; and ``abstention`` (the sentence by which a model declines),
    ``price``, ``penalty`` (points that a wrong answer costs), ``percent`` (the price in per cent), ``confidence``
    (true, or "words") and ``words`` (those in which a confidence is stated).

    Raises:
        InputError: a template is no jinja2, or uses another name.
    """

    name: str
    user: str
    system: str | None = None
    price: float | None = None
    """t in [0, 1): a wrong answer costs t/(1-t) right ones."""
    confidence: StatedAs = False
    """Whether the reply is to state a confidence, and in which form."""

    def __post_init__(self) -> None:
        if self.price is not None and not 0 <= self.price < 1:
            raise InputError(f"a price lies in [0, 1), not {self.price:g}")
        unknown = sorted(self.names - _KNOWN)
        if unknown:
            raise InputError(
                f"the template uses '{unknown[0]}', which is not known",
                place=self.name,
                remedy=f"It may use: {', '.join(sorted(_KNOWN - {'letters'}))}.",
            )

    @property
    def content(self) -> Mapping[str, Any]:
        """Everything that decides what a model is shown, as plain values."""
        return {"system": self.system, "user": self.user, "price": self.price, "confidence": self.confidence}

    @cached_property
    def digest(self) -> str:
        """Identity of the template, 32 hexadecimal characters; its name does not count."""
        return _digest(self.content)

    def prompt_hash(self, question: Question) -> str:
        """The prompt's part of a response key: the template, and what it shows of the question beyond its text.

        Text, choices, passages and condition are in the question's own hash.
        """
        shown = tuple(getattr(question, name) for name in self._shown)
        if not shown:
            return self.digest
        if "extra" in self._shown:
            return self._hash_of(shown)
        if shown not in self._hashes:
            self._hashes[shown] = self._hash_of(shown)
        return self._hashes[shown]

    def _hash_of(self, shown: tuple[Any, ...]) -> str:
        return _digest({"template": self.digest, "shown": dict(zip(self._shown, shown, strict=True))})

    def messages(self, question: Question) -> tuple[Message, ...]:
        """The messages for a question.

        Raises:
            InputError: the template cannot be filled in for this question.
        """
        from jinja2 import TemplateError

        try:
            made = [(part.role, part.fill(question, self._constants)) for part in self._parts]
        except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
            raise InputError(f"question '{question.id}': {error}", place=self.name) from None
        return tuple(Message(role, text) for role, text in made if text.strip())

    @property
    def can_fail(self) -> bool:
        """Whether some question may lack what the template shows; the built-in one needs nothing but a text."""
        return self.user is not _USER

    @cached_property
    def _constants(self) -> dict[str, Any]:
        price = self.price
        return {
            "abstention": ABSTENTION_SENTENCE,
            "price": price,
            "penalty": None if price is None else f"{price / (1 - price):.3g}",
            "percent": None if price is None else f"{100 * price:.4g}",
            "confidence": self.confidence,
            "words": tuple(WORDS),
        }

    @cached_property
    def _shown(self) -> tuple[str, ...]:
        return tuple(sorted(self.names & _OF_QUESTION))

    @cached_property
    def _hashes(self) -> dict[tuple[Any, ...], str]:
        return _Remembered()

    @cached_property
    def names(self) -> frozenset[str]:
        """What the template uses of the question and of the settings."""
        return frozenset().union(*(part.names for part in self._parts))

    @cached_property
    def _parts(self) -> tuple[_Part, ...]:
        sources: tuple[tuple[Literal["system", "user"], str | None], ...] = (
            ("system", self.system),
            ("user", self.user),
        )
        return tuple(_Part(role, source, self.name) for role, source in sources if source is not None)


class _Remembered(dict[Any, str]):
    """A few thousand texts that come again and again, such as one for each topic."""

    def __setitem__(self, key: Any, text: str) -> None:
        if len(self) >= _REMEMBERED:
            self.clear()
        super().__setitem__(key, text)


class _Part:
    """The template of one message."""

    def __init__(self, role: Literal["system", "user"], source: str, place: str) -> None:
        from jinja2 import TemplateSyntaxError, meta

        from calibrant.models.templates import environment as sandbox

        environment = sandbox()
        try:
            self.names = frozenset(meta.find_undeclared_variables(environment.parse(source)))
            self._template = environment.from_string(source)
        except TemplateSyntaxError as error:
            raise InputError(f"is no jinja2 template: {error.message}", place=f"{place}:{error.lineno}") from None
        self.role: Literal["system", "user"] = role
        # Filled in once for each topic where it shows nothing of the single question.
        self._shared = not self.names - _OF_TEMPLATE - _SHARED
        self._made = _Remembered()
        # Of the built-in message only the text is left where there are no passages and no choices.
        self._often_plain = source is _USER

    def fill(self, question: Question, constants: Mapping[str, Any]) -> str:
        if self._often_plain and not question.passages and not question.choices:
            return question.text
        if not self._shared:
            return str(self._template.render(_values(question), **constants))
        key = (question.domain, question.topic, question.subtopic)
        if key not in self._made:
            self._made[key] = self._template.render(_values(question), **constants)
        return self._made[key]


def _values(question: Question) -> dict[str, Any]:
    return {
        "question": question.text,
        "choices": question.choices,
        "passages": question.passages,
        "condition": question.condition.value,
        "domain": question.domain,
        "topic": question.topic,
        "subtopic": question.subtopic,
        "id": question.id,
        "extra": question.extra,
        "letters": _LETTERS,
    }


def _digest(content: Mapping[str, Any]) -> str:
    told = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def aa_template(*, price: float | None = None, confidence: StatedAs = False) -> PromptTemplate:
    """The built-in template, comparable with AA-Omniscience where neither a price nor a confidence is asked for.

    Args:
        price: t in [0, 1), which the prompt then states with the penalty that follows from it.
        confidence: ask for a stated confidence in the same reply: a number, or ``"words"``.

    Raises:
        InputError: the price lies outside [0, 1).
    """
    name = "aa" if price is None else f"price-{price:g}"
    system = _SYSTEM_WORDS if confidence == "words" else _SYSTEM
    return PromptTemplate(name=name, system=system, user=_USER, price=price, confidence=confidence)


def load_template(path: str | Path, *, price: float | None = None, confidence: StatedAs = False) -> PromptTemplate:
    """A template of the user's: a ``.toml`` file with ``user`` and, if wanted, ``system``; any other file is the user
    message as it stands.

    Raises:
        InputError: the file cannot be read, is no template, or asks for a price or a confidence of which it says
            nothing.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else "is not UTF-8"
        raise InputError(f"cannot be read: {cause}", place=str(path)) from None
    parts = _toml_parts(text, path) if path.suffix == ".toml" else {"user": text}
    template = PromptTemplate(name=str(path), price=price, confidence=confidence, **parts)
    names = template.names
    if "question" not in names:
        raise InputError(
            "the template does not show the question", place=str(path), remedy="Put {{ question }} where it belongs."
        )
    if confidence and "confidence" not in names:
        raise InputError(
            "the template does not ask for a confidence", place=str(path), remedy="Use {% if confidence %} in it."
        )
    if confidence == "words" and "words" not in names:
        raise InputError(
            "the template does not offer the words in which a confidence is stated",
            place=str(path),
            remedy="Use {{ words | join(', ') }} in it.",
        )
    if price is not None and not names & {"price", "penalty", "percent"}:
        raise InputError(
            "the template says nothing of a price", place=str(path), remedy="Use {{ percent }} or {{ penalty }} in it."
        )
    return template


def _toml_parts(text: str, path: Path) -> dict[str, str]:
    import tomllib

    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"is not valid TOML: {error}", place=str(path)) from None
    wrong = [name for name, value in found.items() if name not in {"system", "user"} or not isinstance(value, str)]
    if wrong or "user" not in found:
        what = f"'{wrong[0]}' does not belong there" if wrong else "'user' is missing"
        raise InputError(what, place=str(path), remedy="A template has the texts 'user' and, if wanted, 'system'.")
    return found
