"""What the question gives: an answer that adds or leaves out only the question's own words is still the same answer.

Here too is read what kind of thing a question asks for.
"""

from __future__ import annotations

import re

from calibrant.grading.normalise import key, unaccented, words
from calibrant.grading.numbers import is_number_word
from calibrant.grading.phrase import SHORT, Phrase, stem
from calibrant.grading.wordlists import (
    ALTERNATIVES,
    ARTICLES,
    CLUB_FORMS,
    CLUBS,
    COPULAS,
    FIRMS,
    FUNCTION,
    LEGAL_FORMS,
    PHRASE_END,
    PREPOSITIONS,
    WH_WORDS,
)

__all__ = ["asked_for", "equal_given", "find", "restates", "without_asides"]

_DIGITS = re.compile(r"\d+")
_ASIDE = re.compile(r"\s*\(([^()]{1,60})\)$")


def find(needle: list[str], hay: list[str]) -> int:
    """Return where ``needle`` stands in ``hay``; -1 where it does not, -2 where it stands more than once."""
    places = [at for at in range(len(hay) - len(needle) + 1) if hay[at : at + len(needle)] == needle]
    return places[0] if len(places) == 1 else -2 if places else -1


def restates(gold: Phrase, answer: Phrase, question: list[str]) -> bool:
    """Return whether the answer is the gold inside words that only repeat the question."""
    needle = [word for word in gold.tokens if word not in ARTICLES] or gold.tokens
    hay = [word for word in answer.tokens if word not in ARTICLES]
    at = find(needle, hay)
    if at < 0 or len(hay) > 40 or len(hay) == len(needle):
        return False
    before, after = hay[:at], hay[at + len(needle) :]
    asked = [word for word in question if word not in ARTICLES]
    if len(before) > 1 and not after and asked[: len(before)] == before:
        return not WH_WORDS.isdisjoint(asked[len(before) : len(before) + 2])
    known = FUNCTION.union(question)
    if before and not (before[-1] in COPULAS or before[-1] in PREPOSITIONS):
        return False
    if before and len(before) > 1 and not any(word in COPULAS for word in before[-2:]):
        return False
    if not known.union(PREPOSITIONS).issuperset(before):
        return False
    if not after:
        return True
    start = asked[: -len(after)]
    return (
        not before
        and len(after) > 1
        and asked[-len(after) :] == after
        and start[:1] != []
        and start[0] in WH_WORDS
        and len(start) <= 4
        and COPULAS.isdisjoint(start)
    )


def equal_given(gold: Phrase, answer: Phrase, question: list[str]) -> bool:
    """Return whether gold and answer differ by question words only: 'Severn', 'River Severn' to 'Which river ...?'."""
    if len(answer.words) > SHORT or len(gold.words) > SHORT or not ALTERNATIVES.isdisjoint(question):
        return False
    if gold.content == answer.content or not gold.content & answer.content:
        return False
    given = asked_for(question)
    if not given.isdisjoint(CLUBS):
        given |= CLUB_FORMS
    if not given.isdisjoint(FIRMS):
        given |= LEGAL_FORMS
    one, other = gold.content - given, answer.content - given
    if one != other or not one or any(map(is_number_word, one)) or _DIGITS.search(gold.text + answer.text):
        return False
    return max(map(len, one)) >= 2


def asked_for(question: list[str]) -> set[str]:
    """Return the words that say what kind of thing is asked for: those of the phrase that begins with which or what."""
    found: set[str] = set()
    for at, word in enumerate(question):
        if word not in ("which", "what"):
            continue
        start = at + 1
        while start < len(question) and (question[start] in COPULAS or question[start] in ARTICLES):
            start += 1
        for following in question[start : start + 5]:
            if following in PHRASE_END:
                break
            found.add(stem(unaccented(following).removesuffix("'s")))
    return found


def without_asides(phrase: Phrase, question: list[str]) -> str:
    """Return the key of a text without a closing parenthesis that only repeats the question: 'Wildcats (1986)'."""
    aside = _ASIDE.search(phrase.text)
    if aside is None or not aside.start() or not set(words(aside[1])) <= {*question, "film", "series", "tv"}:
        return phrase.key
    return key(phrase.text[: aside.start()])
