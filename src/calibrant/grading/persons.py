"""Persons: whether a question wants one, whether a text has the shape of a name, and when two names surely differ.

Two names of one person (a stage name, a title, a role and its actor) are never called different.
"""

from __future__ import annotations

from calibrant.grading.phrase import Phrase
from calibrant.grading.wordlists import ALIAS_CUES, BEARERS, CASTING, QUOTING, RANKS, ROLES, SECOND_NAMES, STOP, WHO

__all__ = ["are_one_misspelt", "are_two_persons", "spells_out_initials"]

_KNIGHTS = ("sir", "dame")


def are_two_persons(gold: Phrase, answer: Phrase, question: list[str]) -> bool:
    """Return whether a person is asked for, and two unlike texts have the shape of two persons' own names."""
    return _wants_person(question) and _is_person(gold) and _is_person(answer)


def _is_person(phrase: Phrase) -> bool:
    """Return whether a text has the shape of a first name and surname, as far as spelling shows."""
    found, written = phrase.words, phrase.text.split()
    if found and found[0] in _KNIGHTS:
        found, written = found[1:], written[1:]
    return (
        2 <= len(found) <= 3
        and RANKS.isdisjoint(found)
        and found[0] not in BEARERS
        and all(word[0].isupper() and (len(word) > 1 or number == 1) for number, word in enumerate(written))
        and len(found[0]) > 1
        and " ".join(found) not in SECOND_NAMES
    )


def _wants_person(question: list[str]) -> bool:
    """Return whether a person is asked for and nothing hints at a second name of the same one."""
    asked = set(question)
    cues = ALIAS_CUES - CASTING if question[:1] == ["who"] and question[1:2] and question[1] in CASTING else ALIAS_CUES
    if not asked.isdisjoint(cues):
        return False
    return not asked.isdisjoint(ROLES) or (not asked.isdisjoint(WHO) and asked.isdisjoint(QUOTING))


def spells_out_initials(gold: Phrase, answer: Phrase) -> bool:
    """Return whether one text is the other with two given names, or one of them, cut to initials: 'G. B. Shaw'.

    A single initial is too little to tell brothers apart, and a name left out may tell father and son apart.
    """
    left, right = gold.words, answer.words
    if len(left) != len(right) or not 3 <= len(left) <= 4 or left[-1] != right[-1] or len(left[-1]) < 3:
        return False
    return all(
        one == other or (1 in (len(one), len(other)) and one[0] == other[0] and STOP.isdisjoint((one, other)))
        for one, other in zip(left[:-1], right[:-1], strict=True)
    )


def are_one_misspelt(gold: Phrase, answer: Phrase, question: list[str]) -> bool:
    """Return whether a person is asked for and two full names differ by one letter of a long word: 'Clement Atlee'.

    Two persons whose names differ so little are hardly ever both an answer to one question.
    """
    left, right = gold.words, answer.words
    if len(left) != len(right) or not are_two_persons(gold, answer, question):
        return False
    apart = [pair for pair in zip(left, right, strict=True) if pair[0] != pair[1]]
    return len(apart) == 1 and _one_letter_apart(*apart[0])


def _one_letter_apart(left: str, right: str) -> bool:
    """Return whether two words of six letters or more differ by a letter changed, added, lost or exchanged inside."""
    short, long = sorted((left, right), key=len)
    if len(short) < 6 or short[0] != long[0] or len(long) - len(short) > 1:
        return False
    at = next((at for at, (one, other) in enumerate(zip(short, long, strict=False)) if one != other), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    return short[at + 1 :] == long[at + 1 :] or (
        short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
    )
