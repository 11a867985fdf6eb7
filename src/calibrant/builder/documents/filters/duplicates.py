"""Step 6: the same thing is asked once, and no sentence or chunk is asked about too often."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from calibrant.builder.documents.alike import Likeness, Vectors
from calibrant.builder.documents.asking import Asker, Request
from calibrant.builder.documents.facts.fact import folded
from calibrant.builder.documents.filters.filter import Sifted, Surroundings, sift
from calibrant.builder.item import Item
from calibrant.errors import InputError
from calibrant.grading import matches
from calibrant.models.embeddings import vector_of
from calibrant.questions.suspicion import fold_text
from calibrant.runs import PromptTemplate

__all__ = ["Distinct"]

_LEAST = 0.3
"""Cosine of TF-IDF from which two questions that name the same and have the same answer are the same.

Names are rare and weigh most, so that little more than the names need be shared: *Where was Ada born* and *What is the
birthplace of Ada*.
"""
_LEAST_EMBEDDED = 0.77
"""Cosine of embeddings from which they are. The scale is each model's own: ``--alike`` sets it."""
_EMBED = PromptTemplate(name="builder-embed-1", user="{{ question }}")
_NAME = re.compile(r"(?<!^)\b[A-Z]\w+|\w*[._\d]\w*|\w+\(\)|\w+[a-z][A-Z]\w*")


class Distinct:
    """Near-duplicates by TF-IDF: questions much alike that name the same things and have the same answer.

    With ``--embeddings`` the cosine of embeddings tells instead, and one of two questions may name more than the other:
    *Jena* and *the town of Jena on the Saale*. Of two questions read by rules, the fact itself tells: subject and
    relation. The first one stays.
    """

    name = "distinct"
    needs = None

    def __call__(self, items: Sequence[Item], around: Surroundings) -> Sifted:
        """Drop what repeats another item."""
        remarks: list[str] = []
        if around.embeddings is not None and around.asker is not None and items:
            repeats = self._embedded(items, around.asker, around.embeddings, around.alike, remarks)
        else:
            repeats = self._repeats(items, _LEAST if around.alike is None else around.alike)
        spans: Counter[tuple[str, int]] = Counter()
        chunks: Counter[str] = Counter()
        places = {id(item): place for place, item in enumerate(items)}

        def verdict(item: Item) -> tuple[str | None, str]:
            place = places[id(item)]
            if place in repeats:
                return f"asks the same as: {items[repeats[place]].question.text}", ""
            source = item.source
            if source is not None and source.start is not None:
                span = (source.document, source.start)
                if spans[span] >= around.per_span:
                    return f"there are {around.per_span} questions about this sentence already", ""
                if around.per_chunk is not None and source.chunk and chunks[source.chunk] >= around.per_chunk:
                    return f"there are {around.per_chunk} questions about this piece already", ""
                spans[span] += 1
                chunks[source.chunk or ""] += 1
            return None, ""

        sifted = sift(self.name, items, verdict)
        sifted.remarks += remarks
        return sifted

    def _embedded(
        self, items: Sequence[Item], asker: Asker, model: str, alike: float | None, remarks: list[str]
    ) -> dict[int, int]:
        """The same by embeddings: only questions with the same answer are compared, so that much costs little."""
        asked = [replace(item.question, passages=()) for item in items]
        request = Request(what="embeddings", questions=asked, models=[model], template=_EMBED)
        (answers,) = asker.ask(request).values()
        texts = [answers[item.question.id][0].text for item in items]
        vectors = Vectors(_vectors(texts, model))
        lacking = sum(text is None for text in texts)
        if lacking:
            remarks.append(f"{lacking:,} questions have no embedding and were compared with no other.")
        same_gold: dict[str, list[int]] = defaultdict(list)
        for place, item in enumerate(items):
            for gold in {fold_text(gold) for gold in item.question.golds}:
                same_gold[gold].append(place)
        least = _LEAST_EMBEDDED if alike is None else alike
        found: dict[int, int] = {}
        for places in same_gold.values():
            for first, second in vectors.pairs(places, least):
                if second not in found and first not in found and _same(items[first], items[second], nested=True):
                    found[second] = first
        return found

    def _repeats(self, items: Sequence[Item], least: float) -> dict[int, int]:
        """Place -> place of the earlier item that it repeats.

        Only questions that name the same things are compared, so that many questions cost little.
        """
        named: dict[object, list[int]] = defaultdict(list)
        for place, item in enumerate(items):
            named[_names(item.question.text)].append(place)
            key = _key(item)
            if key is not None:
                named[key].append(place)
        likeness = Likeness([item.question.text for item in items])
        found: dict[int, int] = {}
        for places in named.values():
            for first, second in likeness.pairs(places, least):
                if second not in found and first not in found and _same(items[first], items[second]):
                    found[second] = first
        return found


def _vectors(texts: Sequence[str | None], model: str) -> list[Sequence[float] | None]:
    try:
        found = [None if text is None else vector_of(text) for text in texts]
    except ValueError:
        raise InputError(
            f"{model} gives no embeddings", place="--embeddings", remedy='Its entry needs wire = "embeddings".'
        ) from None
    if len({len(one) for one in found if one is not None}) > 1:
        raise InputError(f"{model} gives embeddings of several lengths", place="--embeddings")
    return found


def _same(one: Item, other: Item, *, nested: bool = False) -> bool:
    golds = {fold_text(gold) for gold in one.question.golds}
    if not any(fold_text(gold) in golds or matches(gold, one.question.golds) for gold in other.question.golds):
        return False
    keys = [_key(item) for item in (one, other)]
    if keys[0] is not None and keys[1] is not None:
        return keys[0] == keys[1]
    first, second = _names(one.question.text), _names(other.question.text)
    return first == second or (nested and (first < second or second < first))


def _key(item: Item) -> tuple[str, str] | None:
    extra = item.question.extra
    return (folded(str(extra["subject"])), str(extra["relation"])) if "relation" in extra else None


def _names(question: str) -> frozenset[str]:
    return frozenset(_NAME.findall(question))
