"""What a whole build will ask of models and roughly cost, before the first question is sent.

Every figure is the most that can be: items fall out on the way, and answers that are kept already cost nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from calibrant.builder.documents.corpus import Corpus
from calibrant.models import Model, cost_of
from calibrant.store import Store
from calibrant.types import Usage

__all__ = ["Foretold", "Wanted", "foretell"]

_CHARACTERS_PER_TOKEN = 4
_OF_TEMPLATE = 500
"""Characters of the instructions that stand before a question."""
_OF_GENERATOR = 1500
"""Characters of the instructions of a generating model."""
_OF_QUESTION = 90
_ASSUMED_OUTPUT = 200
"""Output tokens of a short answer, with some reasoning, where nothing is known of a model."""
_PER_WRITTEN = 120
"""Output tokens of a question as a generating model writes it, with its quote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which models a build asks, and for what."""

    model: str | None
    verifier: str | None
    embeddings: str | None
    measure_on: tuple[str, ...]
    samples: int
    per_chunk: int
    filters: Collection[str]
    """Names of the filters that run."""
    items: int | None
    """Questions that rules made; None = a model makes them."""
    count: int | None
    """Most questions that reach the filters that ask."""

    @property
    def models(self) -> list[str]:
        """Every model that is asked, each once."""
        asked = [self.model] if self.items is None else []
        asked += [self.embeddings] if "distinct" in self.filters else []
        asked += [self.verifier] if {"verified", "agreed", "stands-alone"} & set(self.filters) else []
        asked += list(self.measure_on) if "difficulty" in self.filters else []
        return list(dict.fromkeys(one for one in asked if one is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """One step of a build, for one model."""

    what: str
    model: str
    destination: str | None
    """Where prompts go; None = they stay on this machine."""
    answers: int
    """At most."""
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    """None = its price is not known."""


def foretell(wanted: Wanted, corpus: Corpus, models: Sequence[Model], store: Store) -> list[Foretold]:
    """The steps of a build in their order.

    Args:
        wanted: what is asked for.
        corpus: what it is asked about.
        models: those of ``wanted.models``, in their order.
        store: knows how long a model's answers were.

    Raises:
        StoreError: the store cannot be read.
    """
    of_name = dict(zip(wanted.models, models, strict=True))
    return [
        _step(what, name, of_name[name], answers, characters, output, store)
        for what, name, answers, characters, output in _steps(wanted, corpus)
        if answers
    ]


def _steps(wanted: Wanted, corpus: Corpus) -> Iterator[tuple[str, str, int, int, int | None]]:
    """(What, model, answers, characters of all prompts, output tokens of one answer where it is known)."""
    skipped = corpus.copied_chunks if "repeated" in wanted.filters else {}
    chunks = [chunk for chunk in corpus.chunks if chunk.name not in skipped]
    characters = sum(len(chunk.text) for chunk in chunks)
    passage = characters // max(1, len(chunks))
    items = wanted.items
    if items is None and wanted.model is not None:
        yield "questions", wanted.model, len(chunks), characters + _OF_GENERATOR * len(chunks), (
            _PER_WRITTEN * wanted.per_chunk
        )  # fmt: skip
        items = len(chunks) * wanted.per_chunk
    items = items or 0
    if wanted.embeddings is not None and "distinct" in wanted.filters:
        yield "embeddings", wanted.embeddings, items, items * _OF_QUESTION, 0
    most = items if wanted.count is None else min(items, wanted.count)
    open_book = _OF_TEMPLATE + _OF_QUESTION + passage
    if wanted.verifier is not None:
        if "verified" in wanted.filters:
            yield "answers with the passage", wanted.verifier, most, most * open_book, None
        if "agreed" in wanted.filters:
            drawn = most * wanted.samples
            yield "samples with the passage", wanted.verifier, drawn, drawn * open_book, None
        if "stands-alone" in wanted.filters:
            yield "answers by looking up", wanted.verifier, most, most * open_book, None
    if "difficulty" in wanted.filters:
        for name in wanted.measure_on:
            yield "answers without the passage", name, most, most * (_OF_TEMPLATE + _OF_QUESTION), None


def _step(
    what: str, name: str, model: Model, answers: int, characters: int, output: int | None, store: Store
) -> Foretold:
    if output is None:
        measured = store.mean_output_tokens(model.ref)
        output = _ASSUMED_OUTPUT if measured is None else round(measured)
    usage = Usage(input_tokens=characters // _CHARACTERS_PER_TOKEN, output_tokens=output * answers)
    cost = cost_of(usage, model.price)
    return Foretold(
        what=what,
        model=name,
        destination=model.destination,
        answers=answers,
        input_tokens=usage.input_tokens or 0,
        output_tokens=usage.output_tokens or 0,
        cost_usd=None if cost is None else cost.total,
    )
