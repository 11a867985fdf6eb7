"""Persons: whether a question wants one, whether a text has the shape of a name, and when two names surely differ.

Two names of one person (a stage name, a title, a role and its actor) are never called different.
"""

from __future__ import annotations

from calibrant.grading.phrase import Phrase
from calibrant.grading.wordlists import ALIAS_CUES, RANKS, ROLES, WHO

__all__ = ["is_person", "wants_person"]


def is_person(phrase: Phrase) -> bool:
    """Return whether a text has the shape of a first name and surname, as far as spelling shows."""
    return (
        2 <= len(phrase.words) <= 3
        and RANKS.isdisjoint(phrase.words)
        and all(word[0].isupper() and (len(word) > 1 or number == 1) for number, word in enumerate(phrase.text.split()))
        and len(phrase.words[0]) > 1
    )


def wants_person(question: list[str]) -> bool:
    words_asked = set(question)
    return bool(words_asked & WHO or words_asked & ROLES) and not words_asked & ALIAS_CUES
