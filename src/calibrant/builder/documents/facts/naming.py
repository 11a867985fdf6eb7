"""Which words are a name in a document, so that a question with them stands alone; and which words can be an answer."""

from __future__ import annotations

import re
from functools import cached_property

from calibrant.builder.documents.document import Document
from calibrant.builder.documents.facts.fact import folded

__all__ = ["Names", "answer_kind", "is_answer", "is_proper"]

_MID_SENTENCE = re.compile(r"(?<=[a-z,;] )[A-Z][\w\u00c0-\u024f'-]+")
_CODE = re.compile(r"^[\w.\-/@<>:$%]*(?:[._/<>@$%]|[a-z][A-Z]|\d)[\w.\-/@<>:$%]*(?:\(\))?$")
_CLAUSE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|which|that|who|whom|whose|where|when|if|because|while|although|and|or|but|to|than"
    r"|this|these|those|it|its|they|their|them|he|she|his|her|him|you|your|we|our|us|such|other|another|same)\b"
)
_MOST_WORDS = 8
_LONGEST = 60
_VAGUE = frozenset(
    "following above below same latter former various several many few some different important used available"
    " possible necessary similar following: simple easy required optional deprecated unchanged empty true false".split()
)
_YEAR = re.compile(r"^(?:1[0-9]{3}|20[0-9]{2})$")
_NUMBER = re.compile(r"^[-+]?\d[\d,. ]*(?:\s?(?:%|\u00b0[CF]?|[A-Za-z\u00b5]+\d?(?:/[a-z]+)?))?(?: [a-z]+)?$")
_PROPER = re.compile(
    r"^(?:[Tt]he )?[A-Z\u00c0-\u00de][\w'\u2019.-]*(?: (?:of|de|van|von|der|la|le|du|al|the)| [A-Z\u00c0-\u00de][\w'\u2019.-]*| \d+)*$"
)


class Names:
    """What a document uses as names."""

    def __init__(self, document: Document) -> None:
        self._document = document

    @cached_property
    def _inside(self) -> frozenset[str]:
        """Words with a capital in the middle of sentences."""
        return frozenset(_MID_SENTENCE.findall(self._document.text))

    @cached_property
    def _marked(self) -> frozenset[str]:
        """Titles of headings, and what is marked as code."""
        literals = (self._document.text[start:end] for start, end in self._document.literals)
        return frozenset(folded(one) for one in (*(heading.title for heading in self._document.headings), *literals))

    def is_name(self, words: str) -> bool:
        """Whether words name one thing, so that a question about it needs no context."""
        parts = words.split()
        if not parts or len(parts) > _MOST_WORDS or _CLAUSE.search(words) or parts[0].lower() in {"a", "an"}:
            return False
        rest = parts[1:] if parts[0].lower() == "the" else parts
        if not rest or not any(character.isalpha() for character in words):
            return False
        if folded(words) in self._marked and (len(rest) > 1 or _looks_like_name(rest[0]) or _CODE.match(rest[0])):
            return True
        if _CODE.match(rest[0]) and len(rest) == 1:
            return True
        if any(_looks_like_name(part) for part in rest[1:]):
            return True
        return _looks_like_name(rest[0]) and (rest[0] in self._inside or parts is not rest or not rest[0][1:].islower())


def _looks_like_name(word: str) -> bool:
    return len(word) > 1 and word[0].isupper()


def is_proper(words: str) -> bool:
    """Whether all its words are those of a proper name: *Ada Lovelace*, *the Grey Sea*, *United States of America*."""
    return bool(_PROPER.match(words)) and len(words.split()) <= _MOST_WORDS


def is_answer(words: str) -> bool:
    """Whether words are short and definite enough to be the answer to a question.

    >>> [is_answer(words) for words in ("Jena", "1789", "black honey", "salt and honey", "the following", "what it does")]
    [True, True, True, False, False, False]
    """
    parts = words.split()
    if not parts or len(parts) > _MOST_WORDS - 2 or len(words) > _LONGEST or re.search(r"[,;:?!()\[\]\u2026]", words):
        return False
    if (
        parts[-1].lower() in _VAGUE
        or parts[0].lower() in _VAGUE
        or parts[-1].lower() in {"of", "in", "for", "by", "as"}
    ):
        return False
    return bool(re.search(r"[^\W_]", words)) and not _CLAUSE.search(words.lower())


def answer_kind(words: str) -> str:
    """What kind of answer words are.

    >>> [answer_kind(words) for words in ("1789", "12 km", "Ada Lovelace", "os.path", "black honey")]
    ['year', 'number', 'name', 'literal', 'text']
    """
    if _YEAR.match(words):
        return "year"
    if _NUMBER.match(words):
        return "number"
    if is_proper(words):
        return "name"
    return "literal" if _CODE.match(words) else "text"
