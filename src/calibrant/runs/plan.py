"""What a run needs: a response for every question, model, prompt and repeat, each with its key.

A plan does nothing. It says what is to be asked, in which order, and under which identity, so that what the store has
already is never asked again.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from calibrant.errors import InputError
from calibrant.models import Model, Sampling
from calibrant.questions import QuestionSet, question_hash
from calibrant.questions.identity import set_hash_of
from calibrant.runs.prompts import PromptTemplate, aa_template
from calibrant.types import Question, ResponseKey

__all__ = ["Item", "Plan", "RunOptions", "pages", "stratified_order"]

_RULES = "ask-1"
"""Version of how a run is made; part of its identity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How to ask.

    Raises:
        ValueError: repeats below 1, max_errors outside [0, 1], a budget that is not positive, no template, or two
            templates of one price.
    """

    templates: tuple[PromptTemplate, ...] = field(default_factory=lambda: (aa_template(),))
    """One for each price asked at; one without a price."""
    sampling: Sampling = field(default_factory=Sampling)
    repeats: int = 1
    seed: int = 0
    """Of the order of questions."""
    budget_usd: float | None = None
    """No prompt is sent that could lead past it."""
    max_errors: float = 0.01
    """Share of responses that may fail before the run stops."""
    concurrency: int | None = None
    """Most prompts in flight to a model. None = what the model says."""
    fresh: str | None = None
    """Not None: ask anew, under this name, whatever the store has."""
    name: str | None = None
    """What to call the run; None = the source's name."""
    kind: str = "ask"
    """``ask``; or ``build``, of what is asked to make questions: such a run is never the *latest* one."""

    def __post_init__(self) -> None:
        if self.repeats < 1:
            raise ValueError(f"repeats must be at least 1, not {self.repeats}")
        if not 0 <= self.max_errors <= 1:
            raise ValueError(f"max_errors must lie in [0, 1], not {self.max_errors}")
        if self.budget_usd is not None and not 0 < self.budget_usd < float("inf"):
            raise ValueError(f"a budget must be a positive number of dollars, not {self.budget_usd}")
        prices = [template.price for template in self.templates]
        if not prices or len(set(prices)) < len(prices):
            raise ValueError(f"need templates of different prices, not {prices}")


@dataclass(frozen=True, slots=True)
class Item:
    """One response that a run needs, by its places in the plan."""

    question: int
    model: int
    template: int
    repeat: int


class Plan:
    """Questions x models x templates x repeats.

    Args:
        questions: what to ask.
        models: whom.
        options: how.
        order: places of the questions as they are asked. Default: a random order stratified by domain.

    Raises:
        InputError: no question, no model, or two models of one name and effort.
    """

    def __init__(
        self,
        questions: QuestionSet | Iterable[Question],
        models: Sequence[Model],
        options: RunOptions,
        order: Sequence[int] | None = None,
    ) -> None:
        self._asked = questions if isinstance(questions, QuestionSet) else tuple(questions)
        self.questions = tuple(self._asked)
        self.models = tuple(models)
        self.options = options
        self._order = order
        self.source = questions.source if isinstance(questions, QuestionSet) else "questions"
        self.card = questions.card if isinstance(questions, QuestionSet) else None
        self.hashes: Sequence[str] = (
            questions.hashes
            if isinstance(questions, QuestionSet)
            else tuple(question_hash(question) for question in self.questions)
        )
        if not self.questions:
            raise InputError("there is no question to ask", place=self.source)
        if not self.models:
            raise InputError("there is no model to ask", remedy="Name one, as NAME or NAME@EFFORT.")
        names = [str(model.ref) for model in self.models]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise InputError(f"the model '{twice}' is there twice", remedy="Name it once.")
        self._sampling = options.sampling.digest
        if options.fresh is not None:
            self._sampling = _digest([self._sampling, options.fresh])

    def with_options(self, options: RunOptions) -> Plan:
        """The same questions and models, asked in another way."""
        return Plan(self._asked, self.models, options, self._order)

    def in_order(self, order: Sequence[int]) -> Plan:
        """The same, asked in another order: the same run."""
        return Plan(self._asked, self.models, self.options, order)

    def check(self) -> None:
        """Fill in every prompt of a template that could fail, before anything is asked.

        Raises:
            InputError: one cannot be filled in; names the question.
        """
        for template in self.options.templates:
            if template.can_fail:
                for question in self.questions:
                    template.messages(question)

    @cached_property
    def set_hash(self) -> str:
        """Identity of the question set."""
        return set_hash_of(zip(self.questions, self.hashes, strict=True))

    @property
    def per_model(self) -> int:
        """Responses needed of each model."""
        return len(self.questions) * len(self.options.templates) * self.options.repeats

    @property
    def total(self) -> int:
        """Responses needed."""
        return self.per_model * len(self.models)

    @cached_property
    def base(self) -> str:
        """Identity of what is asked, be it anew or not."""
        options = self.options
        templates = [template.digest for template in options.templates]
        models = [[str(model.ref), model.identity] for model in self.models]
        ids = _digest([question.id for question in self.questions])
        return _digest([_RULES, self.set_hash, ids, models, templates, options.sampling.digest, options.repeats])

    @property
    def digest(self) -> str:
        """Identity of the run: the same again goes on with it."""
        return self.base if self.options.fresh is None else _digest([self.base, self.options.fresh])

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What is needed to do it again, as plain values."""
        options = self.options
        return {
            "rules": _RULES,
            "base": self.base,
            "models": [
                {"model": str(model.ref), "identity": model.identity, "price": _price(model)} for model in self.models
            ],
            "templates": [{"name": template.name, **template.content} for template in options.templates],
            "sampling": options.sampling.chosen,
            "repeats": options.repeats,
            "fresh": options.fresh,
            "card": self.card,
        }

    @cached_property
    def order(self) -> Sequence[int]:
        """Places of the questions in the order in which they are asked."""
        if self._order is not None:
            return self._order
        return stratified_order([question.domain for question in self.questions], seed=self.options.seed)

    def items(self, model: int) -> Iterator[Item]:
        """Everything needed of one model, in order."""
        for question in self.order:
            for template in range(len(self.options.templates)):
                for repeat in range(self.options.repeats):
                    yield Item(question, model, template, repeat)

    def key(self, item: Item) -> ResponseKey:
        """The key of a response."""
        question = self.questions[item.question]
        return ResponseKey(
            question=self.hashes[item.question],
            model=self.models[item.model].identity,
            prompt=self.options.templates[item.template].prompt_hash(question),
            sampling=self._sampling,
            repeat=item.repeat,
        )


def pages(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Items in lists of so many; the last may be shorter."""
    left = iter(items)
    while page := list(islice(left, size)):
        yield page


def stratified_order(domains: Sequence[str | None], *, seed: int) -> list[int]:
    """A random order in which every beginning holds each domain in about its share.

    Args:
        domains: of each question.
        seed: of the order.

    Returns:
        Places 0 .. n-1. Within a domain the order is a plain shuffle, so a run that stops early is still a sample.
    """
    chance = random.Random(seed)  # noqa: S311 - an order, no secret
    by_domain: dict[str | None, list[int]] = defaultdict(list)
    for place, domain in enumerate(domains):
        by_domain[domain].append(place)
    position: dict[int, tuple[float, int]] = {}
    for places in by_domain.values():
        chance.shuffle(places)
        offset = chance.random()
        for number, place in enumerate(places):
            position[place] = ((number + offset) / len(places), place)
    return sorted(position, key=position.__getitem__)


def _price(model: Model) -> dict[str, Any] | None:
    price = model.price
    if price is None:
        return None
    parts = {name: getattr(price, name) for name in ("input", "output", "cached_input", "reasoning", "source")}
    return {**parts, "as_of": price.as_of.isoformat() if price.as_of else None}


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()[:32]
