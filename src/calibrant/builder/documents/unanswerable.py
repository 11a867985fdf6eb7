"""Step 10: questions that the documents cannot answer, each made in a way that is noted, and checked.

Three ways in turn: an *invented entity* takes the place of a real one; a *false premise* takes for granted what another
thing's value is; an attribute that is *never stated* of this thing is asked for, as it is of others of its kind.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from calibrant.builder.documents.corpus import Corpus
from calibrant.builder.documents.facts import Fact
from calibrant.builder.documents.facts.fact import folded
from calibrant.builder.documents.filters.unique import facts_of
from calibrant.builder.documents.generator import identity_of
from calibrant.builder.documents.invented import Inventor
from calibrant.builder.documents.sentences import sentences
from calibrant.builder.item import Check, Item, Source
from calibrant.errors import InputError
from calibrant.questions.suspicion import fold_text
from calibrant.types import Question, Stratum

__all__ = ["WAYS", "Unanswerable", "wanted"]

WAYS = ("invented entity", "false premise", "never stated")
_TRIES = 60
"""Draws for each question before a way is given up."""


def wanted(share: float, answerable: int) -> int:
    """How many unanswerable questions make up a share of the whole set.

    >>> wanted(0.15, 85)
    15

    Raises:
        InputError: the share lies outside [0, 0.9].
    """
    if not 0 <= share <= 0.9:
        raise InputError(f"a share of unanswerable questions lies in [0, 0.9], not {share:g}", place="--unanswerable")
    return round(share / (1 - share) * answerable)


class Unanswerable:
    """Makes such questions from the facts that items ask for.

    Args:
        corpus: against which everything is checked.
        items: answerable ones, whose facts and wording are used.
        seed: of every draw.
        domain: of the questions.
    """

    def __init__(self, corpus: Corpus, items: Sequence[Item], *, seed: int = 0, domain: str | None = None) -> None:
        self._corpus = corpus
        self._domain = domain
        self._chance = random.Random(f"unanswerable {seed}")  # noqa: S311 - a draw, no secret
        found = {id(fact): fact for item in items for fact in facts_of(item, corpus)}
        self._facts = [fact for fact in found.values() if fact.question and fact.subject in fact.question]
        self.made: Counter[str] = Counter()

    def make(self, count: int) -> list[Item]:
        """So many, in turn of each way; fewer where the documents do not give so many."""
        makers: dict[str, Callable[[], Item | None]] = {
            WAYS[0]: self._invented,
            WAYS[1]: self._false_premise,
            WAYS[2]: self._never_stated,
        }
        items: dict[str, Item] = {}
        ways = list(WAYS)
        turn = 0
        while len(items) < count and ways and self._facts:
            way = ways[turn % len(ways)]
            item = self._new(makers[way], items)
            if item is None:
                ways.remove(way)
                continue
            items[item.question.text] = item
            self.made[way] += 1
            turn += 1
        return list(items.values())

    def _new(self, make: Callable[[], Item | None], items: dict[str, Item]) -> Item | None:
        for _ in range(_TRIES):
            item = make()
            if item is not None and item.question.text not in items:
                return item
        return None

    @cached_property
    def _inventor(self) -> Inventor:
        return Inventor(self._corpus, [fact.subject for fact in self._facts], self._chance)

    def _invented(self) -> Item | None:
        fact = self._chance.choice(self._facts)
        name = self._inventor.like(fact.subject)
        if name is None or self._corpus.mentions(name):
            return None
        check = Check("not in the corpus", True, f"'{name}' occurs in none of the documents")
        return self._item(fact, fact.subject, name, WAYS[0], check, source=None)

    @cached_property
    def _values(self) -> dict[str, list[Fact]]:
        """Relation -> facts that can be taken for granted, one for each subject."""
        found: dict[str, dict[str, Fact]] = defaultdict(dict)
        for fact in self._facts:
            if fact.clause is not None:
                found[fact.relation].setdefault(fact.key[0], fact)
        return {relation: list(of.values()) for relation, of in found.items()}

    @cached_property
    def _by_subject(self) -> dict[str, list[Fact]]:
        found: dict[str, list[Fact]] = defaultdict(list)
        for fact in self._facts:
            found[fact.key[0]].append(fact)
        return found

    def _false_premise(self) -> Item | None:
        """Asks for one fact of a thing while taking another thing's value of a second fact for granted."""
        fact = self._chance.choice(self._facts)
        others = [one for one in self._by_subject[fact.key[0]] if one.relation != fact.relation and one.clause]
        if not others:
            return None
        true = self._chance.choice(others)
        wrong = self._chance.choice(self._values[true.relation])
        if wrong.key[0] == true.key[0] or self._is_said(true.subject, wrong.value) or true.clause is None:
            return None
        if set(true.clause.split()[:1]) & set((fact.question or "").rstrip("?").split()):
            return None  # *Where was Ada, born in 1815, born?*
        clause = true.clause.format(v=wrong.value)
        text = (fact.question or "").replace(fact.subject, f"{fact.subject}, {clause},", 1).replace(",?", "?")
        detail = f"the documents say {true.value}, and nowhere {wrong.value} with {true.subject}"
        source = _source(true, self._corpus)
        return self._item(fact, None, text, WAYS[1], Check("premise is false", True, detail), source=source)

    def _never_stated(self) -> Item | None:
        """Asks of a thing what is stated of another of its kind, and of it in no sentence."""
        for fact, model in self._unstated:
            detail = f"every sentence about {fact.subject} was read, and none says this"
            check, source = Check("not stated", True, detail), _source(fact, self._corpus)
            item = self._item(model, model.subject, fact.subject, WAYS[2], check, source=source)
            if item is not None:
                return item
        return None

    @cached_property
    def _unstated(self) -> Iterator[tuple[Fact, Fact]]:
        """Things, and a fact of another of their kind that is never stated of them; each thing once, in random order."""
        subjects = sorted(self._by_subject)
        self._chance.shuffle(subjects)
        by_relation: dict[str, list[Fact]] = defaultdict(list)
        for fact in self._facts:
            if not fact.pattern.startswith("term: raises"):
                by_relation[fact.relation].append(fact)
        for subject in subjects:
            known = self._stated[subject]
            relations = sorted(set().union(*(self._beside[one] for one in known)) - known)
            self._chance.shuffle(relations)
            fact = self._by_subject[subject][0]
            for relation in relations:
                model = self._chance.choice(by_relation[relation]) if by_relation[relation] else None
                if model is not None and self._all_read(fact, model):
                    yield fact, model
                    break

    @cached_property
    def _beside(self) -> dict[str, set[str]]:
        """Relation -> relations that some thing has beside it: what is asked of things of one kind."""
        found: dict[str, set[str]] = defaultdict(set)
        for relations in self._stated.values():
            for one in relations:
                found[one] |= relations
        return found

    @cached_property
    def _stated(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for fact in self._corpus.facts:
            if fact.question is not None:
                found[fact.key[0]].add(fact.relation)
        return found

    @cached_property
    def _sentences(self) -> list[tuple[str, str, int]]:
        """Every sentence, folded, with its document and place."""
        return [
            (f" {fold_text(one.text)} ", path, one.start)
            for path, document in self._corpus.documents.items()
            for one in sentences(document)
        ]

    @cached_property
    def _holding(self) -> dict[str, list[int]]:
        """Word -> numbers of the sentences with it."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, (text, _, _) in enumerate(self._sentences):
            for word in set(text.split()):
                found[word].append(number)
        return found

    def _about(self, subject: str) -> list[tuple[str, str, int]]:
        """The sentences that name a subject."""
        words = fold_text(folded(subject))
        rarest = min(words.split(), key=lambda word: len(self._holding.get(word, ())), default="")
        return [
            self._sentences[one] for one in self._holding.get(rarest, ()) if f" {words} " in self._sentences[one][0]
        ]

    def _is_said(self, subject: str, value: str) -> bool:
        """Whether a value stands in some sentence about a subject."""
        wanted_value = f" {fold_text(folded(value))} "
        return any(wanted_value in text for text, _, _ in self._about(subject))

    def _all_read(self, fact: Fact, model: Fact) -> bool:
        """Whether each sentence about a subject was read as something else, of another kind of answer.

        *When was it founded* and *from which year does it date* have the same kind of answer: neither is asked where
        the other is stated.
        """
        about = self._about(fact.subject)
        for _, path, start in about:
            read = [one for one in self._corpus.facts_at.get((path, start), ()) if one.question is not None]
            if not read or any(_asks(one) == _asks(model) for one in read if one.key[0] == fact.key[0]):
                return False
        return bool(about)

    def _item(
        self, fact: Fact, replaced: str | None, words: str, way: str, check: Check, *, source: Source | None
    ) -> Item | None:
        text = words if replaced is None else _swapped(fact.question or "", replaced, words)
        if text is None:
            return None
        document = self._corpus.documents[source.document if source else fact.document]
        return Item(
            question=Question(
                id=identity_of(document.path, f"{way}: {text}"),
                text=text,
                stratum=Stratum.UNANSWERABLE,
                domain=self._domain,
                topic=document.title or document.path,
                subtopic=way,
                cluster=document.path,
            ),
            source=source,
            made=f"unanswerable: {way}",
            checks=(check,),
        )


def _asks(fact: Fact) -> str:
    """The kind of answer that a fact has: a year, a number, somebody, or something else."""
    if fact.answer in ("year", "number", "version"):
        return fact.answer
    return "who" if re.match(r"(?:Who|By whom)\b", fact.question or "") else "what"


def _swapped(question: str, before: str, after: str) -> str | None:
    """The question about another subject; None where the subject stands in it more than once or inside a word."""
    found = re.findall(rf"(?<![\w.]){re.escape(before)}(?![\w])", question)
    return question.replace(before, after) if len(found) == 1 and question.count(before) == 1 else None


def _source(fact: Fact, corpus: Corpus) -> Source:
    chunk = corpus.chunk_at(fact.document, fact.start)
    quote = corpus.documents[fact.document].text[fact.start : fact.end]
    return Source(
        document=fact.document, quote=quote, start=fact.start, end=fact.end, chunk=chunk.name if chunk else None
    )
