"""Step 3: the question can be understood by somebody who does not know from which document it comes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from calibrant.builder.documents.filters.filter import Sifted, Surroundings, sift
from calibrant.builder.item import Item

__all__ = ["SelfContained", "leans_on_context"]

_QUOTED = re.compile(r"[\"\u201c\u201e\u00ab].{3,}?[\"\u201d\u201c\u00bb]")
_POINTING = re.compile(
    r"\b(?:(?:the|this|that|these|those|given|provided|same|above|following|previous|preceding|next|present|said) "
    r"(?:\w+ )?(?:text|passage|document|documentation|section|chapter|article|page|paragraph|excerpt|context|author|authors"
    r"|speaker|table|figure|list|example|sentence|snippet|module|function|method|class|script|tool|library|program|option"
    r"|parameter|argument|company|person|book|town|river|law|study|report|paper|guide|tutorial|quote)"
    r"|according to (?:the|this)|mentioned|described (?:here|above|below)|as (?:stated|noted|discussed)|above|below"
    r"|the (?:former|latter|aforementioned)|hereby|herein)\b(?! of\b)",
    re.IGNORECASE,
)
_NAMED_AFTER = re.compile(r"^ (?:[`'\"\u201c]|[\w.]*(?:[A-Z_]|\.\w)[\w.]*|\w+ (?:of|in) [\w.]*(?:[A-Z_.]|\(\)))")
"""*the function json.dumps* and *the class Foo* are named, so they point nowhere."""
_PRONOUN = re.compile(
    r"\b(?:it|its|itself|they|them|their|theirs|he|him|his|she|her|hers|this|these|those|here|there|you|your|we|our|us|i|my)\b",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"\b[A-Z\u00c0-\u00de][\w'\u2019-]*|\b\w+(?:[._/]\w+)+|\w+\(\)|\b[a-z]+[A-Z]\w*|\b\w*_\w+|`[^`]+`|\b\w*\d\w*"
)


class SelfContained:
    """By rules: no pointing at a text, no pronoun without what it stands for, at least one thing named."""

    name = "self-contained"
    needs = None

    def __call__(self, items: Sequence[Item], around: Surroundings) -> Sifted:
        """Drop questions that need their document beside them."""
        return sift(self.name, items, lambda item: (leans_on_context(item.question.text), ""))


def leans_on_context(question: str) -> str | None:
    """Why a question does not stand alone; None where it does.

    >>> leans_on_context("According to the text, who founded the company?")
    "it points at its context: 'According to the'"
    >>> leans_on_context("When did she die?"), leans_on_context("When did Ada Lovelace die?")
    ("'she' stands for nobody who is named", None)
    """
    quoted = _QUOTED.search(question) is not None
    bare = _QUOTED.sub("\u201c\u201d", question)
    for found in _POINTING.finditer(bare):
        if not _NAMED_AFTER.match(bare[found.end() :]):
            return f"it points at its context: '{found[0]}'"
    first = bare.split(" ", 1)
    names = [found.start() for found in _NAME.finditer(bare) if found.start() > 0 or _is_code(first[0])]
    for pronoun in _PRONOUN.finditer(bare):
        before = bare[: pronoun.start()]
        if pronoun[0].lower() in ("this", "these", "those"):
            return f"'{pronoun[0]}' points at its context"
        if pronoun[0] == "I" and re.match(r"[/.]|\s[A-Z]", bare[pronoun.end() :]):
            continue
        if not any(place < pronoun.start() for place in names) and not re.search(r"\b(?:is|was) $", before):
            return f"'{pronoun[0]}' stands for nobody who is named"
    if not names and not quoted:
        return "it names nothing"
    return None


def _is_code(word: str) -> bool:
    return bool(re.search(r"[._()]|[a-z][A-Z]", word))
