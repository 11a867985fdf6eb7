"""Names, titles and phrases: when two texts surely name the same thing, surely do not, or may.

Same: equal up to case, accents typed on one side only, articles, honorifics, a few fixed abbreviations, Roman
numerals, words that the question gives; or the gold inside a sentence that only repeats the question. Different: equal
words with different numbers, two members of a closed class, two unlike names where a person is asked for. Everything
else is *unsure*: a part of a name, a longer answer, other words (of 220 unlike short answers to trivia questions, about
one in twelve was a synonym of the gold: aubergine and eggplant, sofa and couch), a possible abbreviation or slip.
"""

from __future__ import annotations

import re

from calibrant.grading.classes import membership
from calibrant.grading.given import equal_given, find, restates, without_asides
from calibrant.grading.normalise import key, words
from calibrant.grading.numbers import is_number_word
from calibrant.grading.persons import are_one_misspelt, are_two_persons, spells_out_initials
from calibrant.grading.phrase import SHORT, Phrase, initials
from calibrant.grading.verdict import Comparison, Verdict, different, same, unsure
from calibrant.grading.wordlists import (
    ALTERNATIVES,
    ARTICLES,
    CHANGED_BY_PLURAL,
    COUNTED_TWICE,
    NEGATION_SIGNS,
    NEGATIONS,
    STOP,
    TITLED,
    WHO,
)

__all__ = ["compare_texts", "denies"]

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})
_OF_CLASS = {
    Verdict.SAME: unsure("another name of the same thing"),
    Verdict.UNSURE: unsure("a whole and a part of it"),
    Verdict.DIFFERENT: different("two members of a closed class"),
}
_LONE_LETTER = re.compile(r"(?<=[\d(])[A-RT-Za-rt-z](?![^\W_])")
_DIGITS = re.compile(r"\d+")
_VERSION = re.compile(r"v?\d+(?:\.\d+){2,}")
# Vowel signs that Arabic and Hebrew writers add or leave out at will.
_VOWELS = re.compile("[\u0591-\u05c7\u0610-\u061a\u064b-\u0652\u0670\u0640]")


def denies(text: str) -> bool:
    """Return whether a text holds a negation in one of the languages we know."""
    return not NEGATIONS.isdisjoint(words(text)) or (not text.isascii() and NEGATION_SIGNS.search(text) is not None)


def _alike(left: str, right: str) -> bool:
    """Return whether two words may be one word misspelt, inflected or shortened."""
    if left == right:
        return True
    short, long = sorted((left, right), key=len)
    if len(short) < 3:
        return False
    if len(short) >= 4 and (short in long or short[:4] == long[:4]):
        return True
    if long.startswith(short):
        return True
    if len(long) - len(short) > 2 or len(short) < 4:
        return False
    pairs = {long[at : at + 2] for at in range(len(long) - 1)}
    shared = sum(short[at : at + 2] in pairs for at in range(len(short) - 1))
    return shared * 2 >= len(long) - 1


def _acronym(left: Phrase, right: Phrase) -> bool:
    """Return whether one text may be the initials of the other, or is too short to tell."""
    for short, long in ((left, right), (right, left)):
        letters = short.key
        if len(letters) <= 2 and letters.isalpha():
            return True
        if len(short.words) == 1 or len(letters) <= 5:
            whole = initials(long.words)
            content = "".join(word[0] for word in long.words if word not in STOP)
            if len(long.words) > 1 and (letters in (whole, content) or (len(letters) > 2 and letters in whole)):
                return True
        if short.text.isupper() and not long.text.isupper() and len(letters) <= 4 and len(long.words) > 1:
            return True
    return False


def _script(text: str) -> str:
    if text.isascii():
        return "latin"
    for char in text:
        if char.isalpha():
            return "latin" if ord(char) < 0x250 or 0x1E00 <= ord(char) < 0x1F00 else hex(ord(char) >> 8)
    return "latin"


def _same_label(gold: Phrase, answer: Phrase, question: list[str]) -> bool:
    """Return whether one side leaves out a label like 'section' before a number that is telling by itself."""
    for labelled, other in ((gold, answer), (answer, gold)):
        label, rest = labelled.unlabelled
        if label and rest == other.key and not other.unlabelled[0]:
            return not rest.isdigit() or label in question
    return False


def _same_text(gold: Phrase, answer: Phrase, question: list[str]) -> Comparison | None:
    if gold.key == answer.key:
        if gold.text != answer.text and _LONE_LETTER.findall(gold.text) != _LONE_LETTER.findall(answer.text):
            return unsure("a letter beside a number differs in case")
        return same("equal text")
    if gold.keys & answer.keys:
        return same("equal but for title, abbreviation or numeral style")
    if _same_label(gold, answer, question):
        return same("equal but for the label before the number")
    if gold.text.isascii() and answer.text.isascii():
        return None
    plain = gold.plain_key == answer.plain_key
    spelt_out = key(gold.text.casefold().translate(_UMLAUTS)) == key(answer.text.casefold().translate(_UMLAUTS))
    if not (plain or spelt_out):
        return None
    if gold.text.isascii() or answer.text.isascii():
        return same("equal but for accents")
    if key(_VOWELS.sub("", gold.text)) == key(_VOWELS.sub("", answer.text)):
        return same("equal but for vowel signs")
    return unsure("differs in accents")


def compare_texts(gold: Phrase, answer: Phrase, question: list[str], *, one_line: bool = True) -> Comparison:
    """Compare two texts; ``question`` holds the question's words, ``one_line`` is False for an answer in several lines.

    >>> compare_texts(Phrase.of("Paul Cézanne"), Phrase.of("paul cezanne"), []).reason
    'equal but for accents'
    >>> compare_texts(Phrase.of("Apollo 11"), Phrase.of("Apollo 12"), []).verdict
    <Verdict.DIFFERENT: 'different'>
    """
    found = _same_text(gold, answer, question)
    if found is not None:
        return found
    known = membership(gold.key, answer.key)
    if known is not None:
        return _OF_CLASS[known]
    if denies(answer.text):
        return unsure("the answer holds a negation")
    if not ALTERNATIVES.isdisjoint(answer.words):
        return unsure("the answer may name alternatives")
    if not gold.words or not answer.words:
        return unsure("nothing but signs")
    if one_line and (form := _same_in_other_form(gold, answer, question)):
        return form
    if find(gold.words, answer.words) != -1:
        if one_line and restates(gold, answer, question):
            return same("the gold in a sentence that repeats the question")
        return unsure("the gold among other text")
    if not one_line or len(answer.words) > SHORT or len(gold.words) > SHORT or len(answer.text) > 80:
        return unsure("a long answer or gold, not equal")
    return _compare_short(gold, answer, question)


def _same_in_other_form(gold: Phrase, answer: Phrase, question: list[str]) -> Comparison | None:
    if equal_given(gold, answer, question) or without_asides(gold, question) == without_asides(answer, question):
        return same("equal but for words that the question gives")
    if spells_out_initials(gold, answer):
        return same("equal but for given names cut to initials")
    if are_one_misspelt(gold, answer, question):
        return same("equal but for one letter of a person's name")
    if "whose" in question and _without_s(gold) == _without_s(answer):
        return same("equal but for the possessive")
    if _plural(gold, answer, question):
        return same("equal but for a plural ending")
    return None


def _without_s(phrase: Phrase) -> str:
    return key(phrase.text.removesuffix("'s").removesuffix("'S"))


def _plural_endings(word: str) -> tuple[str, ...]:
    if word.endswith(("s", "x", "ch", "sh")):
        return ("es",)
    return ("s", "es") if word.endswith("o") else ("s",)


def _plural(gold: Phrase, answer: Phrase, question: list[str]) -> bool:
    """Return whether one common noun is the plural of the other: 'bat', 'bats'; never a name or a title."""
    left, right = (phrase.words[phrase.words[0] in ARTICLES :] for phrase in (gold, answer))
    if not left or len(left) != len(right) or len(left) > 3 or left[:-1] != right[:-1]:
        return False
    one, many = sorted((left[-1], right[-1]), key=len)
    if len(one) < 3 or not many.startswith(one) or many.removeprefix(one) not in _plural_endings(one):
        return False
    return one not in CHANGED_BY_PLURAL and TITLED.isdisjoint(question) and WHO.isdisjoint(question)


def _numbered_apart(gold: Phrase, answer: Phrase) -> bool:
    """Return whether two names differ by one numeral only, one of them Roman: 'Rocky II', 'Rocky III'."""
    left, right = gold.numbered, answer.numbered
    if len(left) < 2 or len(left) != len(right) or left[0] in COUNTED_TWICE:
        return False
    if not any(word.isdigit() and word not in gold.tokens for word in left):
        return False
    apart = [pair for pair in zip(left, right, strict=True) if pair[0] != pair[1]]
    return len(apart) == 1 and apart[0][0].isdigit() and apart[0][1].isdigit()


def _compare_short(gold: Phrase, answer: Phrase, question: list[str]) -> Comparison:
    if _numbered_apart(gold, answer):
        return different("equal words, different numbers")
    numbers = _DIGITS.findall(gold.text), _DIGITS.findall(answer.text)
    letters = _DIGITS.sub("", gold.plain_key), _DIGITS.sub("", answer.plain_key)
    if numbers[0] and len(numbers[0]) == len(numbers[1]) and letters[0] == letters[1] and letters[0]:
        if any(
            left.endswith(right) or right.endswith(left) for left, right in zip(*numbers, strict=True) if left != right
        ):
            return unsure("one number may be short for the other")
        if sorted(numbers[0]) == sorted(numbers[1]) and not _VERSION.fullmatch(answer.text):
            return unsure("the same numbers in another order")
        return different("equal words, different numbers")
    if numbers[0] or numbers[1] or any(map(is_number_word, [*gold.words, *answer.words])):
        return unsure("a number on one side only")
    if _script(gold.text) != _script(answer.text) or _script(gold.text) != "latin":
        return unsure("another script")
    if gold.content & answer.content:
        return unsure("part of the words in common")
    if any(_alike(left, right) for left in gold.content for right in answer.content):
        return unsure("words alike: a slip of the pen, an inflection or a short form")
    if _acronym(gold, answer):
        return unsure("a possible abbreviation")
    if are_two_persons(gold, answer, question):
        return different("two persons' names with nothing in common")
    return unsure("other words, which may mean the same")
