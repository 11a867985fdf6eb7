"""Context conditions: the same question with nothing, its passage, a similar passage, the document without the answer.

Definitions, section 1. All conditions of a question stand in one cluster, as they share their document.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from calibrant.builder.documents.alike import Index
from calibrant.builder.documents.chunks import Chunk, blocks_within
from calibrant.builder.documents.corpus import Corpus
from calibrant.builder.documents.filters.quoted import occurs
from calibrant.builder.documents.sentences import of_block
from calibrant.builder.item import Check, Item
from calibrant.questions.suspicion import fold_text
from calibrant.types import Condition, Passage, Stratum

__all__ = ["Conditions"]

_LOOKED_AT = 12
"""Most similar pieces that are tried before an item has no near miss."""
_LONGEST = 6000
"""Most characters of a document that are shown without the answer, around where it stood."""
_LEAST_LEFT = 40
"""Characters below which a document without the answer is nothing to read."""


class Conditions:
    """Makes the variants of items.

    Args:
        corpus: where passages come from.
        wanted: which conditions, each once.
        seed: of the order in which equally similar passages are taken.
    """

    def __init__(self, corpus: Corpus, wanted: Sequence[Condition], seed: int = 0) -> None:
        self._corpus = corpus
        self._wanted = tuple(dict.fromkeys(wanted))
        self._chance = random.Random(f"conditions {seed}")  # noqa: S311 - an order, no secret
        self.lacking: Counter[str] = Counter()
        """Condition -> items for which it could not be made."""

    @cached_property
    def _chunks(self) -> Sequence[Chunk]:
        return self._corpus.chunks

    @cached_property
    def _index(self) -> Index:
        return Index([f"{' '.join(chunk.headings)} {chunk.text}" for chunk in self._chunks])

    @cached_property
    def _folded(self) -> Sequence[str]:
        return [fold_text(chunk.text) for chunk in self._chunks]

    def of(self, items: Sequence[Item]) -> list[Item]:
        """Every item under every condition that can be made for it, the conditions of one item side by side."""
        return [variant for item in items for variant in self._variants(item)]

    def _variants(self, item: Item) -> list[Item]:
        found = []
        for condition in self._wanted:
            variant = self._under(item, condition)
            if variant is None:
                self.lacking[str(condition)] += 1
            else:
                found.append(variant)
        return found

    def _under(self, item: Item, condition: Condition) -> Item | None:
        if condition is Condition.NONE:
            return item
        if condition is Condition.NEAR_MISS:
            return self._near_miss(item)
        source = item.source
        chunk = None if source is None or source.start is None else self._corpus.chunk_at(source.document, source.start)
        if chunk is None or item.question.stratum is Stratum.UNANSWERABLE:
            return None
        if condition is Condition.GOLD:
            return _with(item, condition, chunk.text, chunk.document, f"holds the quote: {chunk.name}")
        left = self._without(item, chunk)
        if left is None:
            return None
        return _with(item, condition, left, chunk.document, "every sentence with the answer is taken out")

    def _near_miss(self, item: Item) -> Item | None:
        """The most similar piece in which the answer does not occur; of an unanswerable question, the most similar one."""
        own = item.source.chunk if item.source else None
        for place in self._index.nearest(item.question.text, _LOOKED_AT):
            chunk = self._chunks[place]
            if chunk.name != own and not any(occurs(gold, self._folded[place]) for gold in item.question.golds):
                detail = f"{chunk.name}, in which the answer does not occur"
                return _with(item, Condition.NEAR_MISS, chunk.text, chunk.document, detail)
        return None

    def _without(self, item: Item, chunk: Chunk) -> str | None:
        """The document around the answer, without any sentence or other block in which an accepted answer occurs."""
        document = self._corpus.documents[chunk.document]
        golds = item.question.golds
        room = max(0, _LONGEST - len(chunk.text)) // 2
        start, end = max(0, chunk.start - room), min(len(document.text), chunk.end + room)
        kept = []
        for block in blocks_within(document, start, end):
            if block.end > end:
                break
            if block.kind in ("text", "item"):
                left = [one.text for one in of_block(document.text, block) if not _tells(one.text, golds)]
                kept.append(" ".join(left))
            elif not _tells(document.text[block.start : block.end], golds):
                kept.append(document.text[block.start : block.end])
        text = "\n\n".join(part for part in kept if part.strip())
        if len(text) < _LEAST_LEFT or _tells(text, golds):
            return None
        return text


def _tells(text: str, golds: Sequence[str]) -> bool:
    folded = fold_text(text)
    return any(occurs(gold, folded) for gold in golds)


def _with(item: Item, condition: Condition, text: str, document: str, detail: str) -> Item:
    question = replace(
        item.question,
        id=f"{item.question.id}-{condition}",
        condition=condition,
        passages=(Passage(text=text, source=document),),
    )
    return replace(item, question=question, checks=(*item.checks, Check(f"condition {condition}", True, detail)))
