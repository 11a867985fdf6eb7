"""Step 4: the documents give one answer: no other sentence says another, and no other thing has the same name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from calibrant.builder.documents.corpus import Corpus
from calibrant.builder.documents.facts import Fact
from calibrant.builder.documents.filters.filter import Sifted, Surroundings, sift
from calibrant.builder.item import Item
from calibrant.grading import matches
from calibrant.questions.suspicion import fold_text

__all__ = ["Unique"]


class Unique:
    """By rules over every fact that is recognised in the corpus, the hedged ones among them.

    It looks for another value of the same subject and relation, for a subject that is said to be two kinds of thing, and
    for questions alike with different answers.
    """

    name = "unique"
    needs = None

    def __call__(self, items: Sequence[Item], around: Surroundings) -> Sifted:
        """Drop questions with a second answer."""
        golds: dict[str, list[Item]] = defaultdict(list)
        for item in items:
            golds[fold_text(item.question.text)].append(item)
        return sift(self.name, items, lambda item: (self._second(item, golds, around.corpus), "by rules"))

    def _second(self, item: Item, alike: dict[str, list[Item]], corpus: Corpus) -> str | None:
        for other in alike[fold_text(item.question.text)]:
            if not _same(item.question.golds, other.question.golds[0]):
                return f"the same question has another answer: {other.question.golds[0]}"
        for fact in facts_of(item, corpus):
            for other_fact in corpus.facts_by_key[fact.key]:
                if other_fact.question is not None and not _same(item.question.golds, other_fact.value):
                    return f"{other_fact.document} says {other_fact.value}"
            kinds = corpus.facts_by_key.get((fact.key[0], "is a"), ())
            heads = {(one.document, one.value.split()[-1]) for one in kinds}
            if len({document for document, _ in heads}) > 1 and len({head for _, head in heads}) > 1:
                shown = " and ".join(sorted({head for _, head in heads}))
                return f"the name is that of several things: {shown}"
        return None


def facts_of(item: Item, corpus: Corpus) -> list[Fact]:
    """The facts that an item asks for, as far as they are recognised."""
    source = item.source
    if source is None or source.start is None:
        return []
    facts = [fact for fact in corpus.facts_at.get((source.document, source.start), ()) if fact.question is not None]
    relation = item.question.extra.get("relation")
    if relation is not None:
        return [fact for fact in facts if fact.relation == relation and fact.subject == item.question.extra["subject"]]
    return [fact for fact in facts if _same(item.question.golds, fact.value)]


def _same(golds: Sequence[str], value: str) -> bool:
    return (
        fold_text(value) in {fold_text(gold) for gold in golds}
        and (
            value.strip().strip("'\"") in {gold.strip().strip("'\"") for gold in golds} or any(map(str.isalnum, value))
        )
    ) or matches(value, golds)
