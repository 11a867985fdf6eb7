"""What makes questions: a protocol, and the generator that needs no model."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from calibrant.builder.documents.corpus import Corpus
from calibrant.builder.documents.facts import Fact
from calibrant.builder.item import Item, Source
from calibrant.types import Question

__all__ = ["Generated", "Generator", "Rules", "identity_of"]


@dataclass(frozen=True, slots=True)
class Generated:
    """What a generator made of a corpus."""

    items: Sequence[Item]
    unusable: Counter[str] = field(default_factory=Counter)
    """Why something gave no question -> how often."""


class Generator(Protocol):
    """Makes questions from a corpus, each with the quote that holds its answer."""

    @property
    def name(self) -> str:
        """What it is called on the card."""
        ...

    def __call__(self, corpus: Corpus) -> Generated:
        """Make them."""
        ...


def identity_of(document: str, text: str) -> str:
    """The id of a question made from a document: the same whenever it is made."""
    return "d-" + hashlib.sha256(f"{document}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Rules:
    """Questions by patterns over sentences of recognised structure; no model is asked.

    What it cannot read it leaves out: it makes few questions of free prose, many of registers and reference manuals.
    """

    domain: str | None = None
    name: str = "rules"

    def __call__(self, corpus: Corpus) -> Generated:
        """A question for every fact that is stated plainly, about something named in full."""
        items: dict[str, Item] = {}
        unusable: Counter[str] = Counter()
        for fact in corpus.facts:
            if fact.question is None:
                continue
            if corpus.languages.get(fact.document, "en") != "en":
                unusable["its document is evidently not in English"] += 1
                continue
            if fact.doubt is not None:
                unusable[fact.doubt] += 1
                continue
            item = self._item(fact, corpus)
            items.setdefault(item.question.id, item)
        return Generated(tuple(items.values()), unusable)

    def _item(self, fact: Fact, corpus: Corpus) -> Item:
        document = corpus.documents[fact.document]
        chunk = corpus.chunk_at(fact.document, fact.start)
        text = fact.question or ""
        quote = document.text[fact.start : fact.end]
        return Item(
            question=Question(
                id=identity_of(fact.document, text),
                text=text,
                golds=(fact.value, *fact.also),
                domain=self.domain,
                topic=document.title or fact.document,
                cluster=fact.document,
                evidence=(f"{fact.document}: {quote}",),
                extra={"subject": fact.subject, "relation": fact.relation},
            ),
            source=Source(
                document=fact.document,
                quote=quote,
                start=fact.start,
                end=fact.end,
                chunk=chunk.name if chunk else None,
            ),
            made=f"rules: {fact.pattern}",
        )
