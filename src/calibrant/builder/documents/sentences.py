"""Sentences with their place in the document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from calibrant.builder.documents.document import Block, Document

__all__ = ["Sentence", "is_sound", "of_block", "sentences", "why_not"]

_END = re.compile(r"[.!?][\"'\u201d\u2019)\]]*(?=\s+[\"'\u201c\u2018(\[]?[A-Z0-9\u00c0-\u00de_@`*]|\s*$)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|etc|e\.g|i\.e|cf|al|approx|No|Nos|Vol|Fig|Figs|Eq|Sec|Ch|pp|p|ca|c"
    r"|Inc|Ltd|Co|Corp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Gen|Col|Lt|Capt|Rev|Hon|Gov|Sen|Rep|Mt|Ft))\.$"
)
_READ = frozenset({"text", "item"})

_PRONOUN = re.compile(
    r"^(?:and |but |so |or |then |also,? |however,? |thus,? |therefore,? |here,? )?"
    r"(?:it|this|that|these|those|they|he|she|we|you|i|its|their|his|her|our|my|your|there|here|such|one|both|all|some|any"
    r"|each|every|either|neither|none|many|most|several|few|others?|another|the (?:former|latter|same|other|following|above"
    r"|previous|next|first|second|third|last))\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:perhaps|maybe|probably|possibly|presumably|likely|unlikely|might|may|could|would|should|seems?|appears?|apparently"
    r"|reportedly|allegedly|supposedly|said to|believed|thought to|claimed|rumou?red|disputed|uncertain|unclear|unknown"
    r"|approximately|roughly|about \d|around \d|circa|almost|nearly|usually|often|sometimes|typically|generally|normally"
    r"|mostly|mainly|occasionally|rarely|some sources|according to|estimated?|planned|proposed to|expected to|will be)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|never|no longer|nor|neither|without|cannot|except|unless|rather than|instead of|other than)\b|n't\b|n\u2019t\b",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?:above|below|following|previous(?:ly)? (?:mentioned|described|section|example)|this (?:section|chapter|page|document"
    r"|example|table|figure|module|function|method|class|article|book|guide|tutorial)|see also|the (?:same|former|latter|example))\b",
    re.IGNORECASE,
)


class Sentence(NamedTuple):
    """A sentence and its place in the document's text."""

    text: str
    start: int
    end: int
    is_first: bool
    """Whether its block begins with it."""


def sentences(document: Document) -> Iterator[Sentence]:
    """The sentences of a document's paragraphs and list entries."""
    for block in document.blocks:
        if block.kind in _READ:
            yield from of_block(document.text, block)


def of_block(text: str, block: Block) -> Iterator[Sentence]:
    """The sentences of one block."""
    begin = block.start
    for found in _END.finditer(text, block.start, block.end):
        if _ABBREVIATION.search(text, max(begin, found.start() - 12), found.start() + 1):
            continue
        yield Sentence(text[begin : found.end()], begin, found.end(), begin == block.start)
        begin = found.end()
        while begin < block.end and text[begin].isspace():
            begin += 1
    if begin < block.end:
        yield Sentence(text[begin : block.end], begin, block.end, begin == block.start)


def why_not(sentence: str) -> str | None:
    """Why no question is to be made from a sentence; None where nothing speaks against it."""
    if _PRONOUN.match(sentence):
        return "a pronoun is its subject"
    if _HEDGE.search(sentence):
        return "it is hedged"
    if _NEGATION.search(sentence):
        return "it denies something"
    if _POINTING.search(sentence):
        return "it points elsewhere in the text"
    if sentence.endswith(("?", "!", ":")):
        return "it is no statement"
    return None


def is_sound(sentence: str) -> bool:
    """Whether a question may be made from a sentence.

    >>> [is_sound(text) for text in ("Ada was born in Jena.", "She was born in Jena.", "Ada was probably born in Jena.")]
    [True, False, False]
    """
    return why_not(sentence) is None
