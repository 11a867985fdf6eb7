"""All the facts that a document states in a structure that is recognised."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from calibrant.builder.documents.document import Document
from calibrant.builder.documents.facts.definitions import read_definition
from calibrant.builder.documents.facts.entries import read_entries
from calibrant.builder.documents.facts.fact import Fact, folded
from calibrant.builder.documents.facts.naming import Names, answer_kind, is_answer, is_proper
from calibrant.builder.documents.facts.prose import PATTERNS, Pattern, Reading
from calibrant.builder.documents.facts.terms import read_terms
from calibrant.builder.documents.sentences import Sentence, sentences, why_not

__all__ = ["read_facts"]

_LONGEST = 300
"""Characters of the longest sentence that is read."""
_ASIDE = re.compile(r"^(?:In (?:addition|fact|particular|short)|Today|Historically|Formally|By default), ")
_HEDGING = re.compile(
    r"\b(?:probably|possibly|perhaps|presumably|reportedly|apparently|allegedly|supposedly|likely|almost certainly) ",
    re.IGNORECASE,
)
"""Left out before a sentence is read: what it hedges is no question, but may contradict one."""


def read_facts(document: Document) -> list[Fact]:
    """Facts in the order in which they stand, those of doubtful sentences among them: they may contradict others."""
    names = Names(document)
    found = [fact for sentence in sentences(document) for fact in _of_sentence(document, sentence, names)]
    defined = Counter((folded(fact.value), fact.pattern) for fact in found if fact.relation == "term for")
    found = [
        replace(fact, doubt="its term is defined twice")
        if fact.relation == "term for" and defined[folded(fact.value), fact.pattern] > 1
        else fact
        for fact in found
    ]
    return sorted(
        [*found, *read_terms(document), *read_entries(document)],
        key=lambda fact: (fact.start, fact.pattern, fact.relation),
    )


def _of_sentence(document: Document, sentence: Sentence, names: Names) -> Iterator[Fact]:
    if len(sentence.text) > _LONGEST:
        return
    yield from read_definition(document, sentence)
    bare = _HEDGING.sub("", _ASIDE.sub("", sentence.text)).rstrip(".!").strip()
    doubt = why_not(sentence.text)
    for pattern in PATTERNS:
        if pattern.whole:
            matched = pattern.regex.match(bare)
            readings = pattern.read(matched) if matched else iter(())
        else:
            readings = (one for matched in pattern.regex.finditer(sentence.text) for one in pattern.read(matched))
        for reading in readings:
            fact = _fact(document, sentence, pattern, reading, doubt=doubt, names=names)
            if fact is not None:
                yield fact


def _fact(
    document: Document, sentence: Sentence, pattern: Pattern, reading: Reading, *, doubt: str | None, names: Names
) -> Fact | None:
    """A reading as a fact; None where it holds nothing that can be asked for."""
    value = reading.value.strip()
    subject = reading.subject.strip()
    if reading.question is not None and not is_answer(value):
        return None
    if not reading.any_subject and not names.is_name(subject):
        doubt = doubt or "its subject is not named in full"
    if reading.relation == "default" and re.fullmatch(r"[A-Za-z]+", subject):
        doubt = doubt or "its subject is one word of many pages"
    if reading.person and not (is_proper(value) and (names.is_name(value) or len(value.split()) > 1)):
        return None
    return Fact(
        document=document.path,
        subject=subject,
        relation=reading.relation,
        value=value,
        start=sentence.start,
        end=sentence.end,
        pattern=pattern.name,
        question=reading.question,
        answer="year" if reading.relation.endswith("in year") else answer_kind(value),
        clause=reading.clause,
        doubt=doubt,
    )
