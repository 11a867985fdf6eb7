"""Did the model decline to answer? A reply is read sentence by sentence against the phrasebooks.

A hedge with one committed answer ('not sure, but I think it is Paris') is an attempt; a list of candidates after 'I do
not know' is not (AA-Omniscience's rule, restated). Statements about what the world does not know are answers.
Linear in the length of the reply: only its beginning and end are read.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from calibrant.grading.normalise import spoken, unaccented, without_lead_ins
from calibrant.grading.phrasebooks import BOOKS

__all__ = ["ABSTENTION_SENTENCE", "is_abstention"]

ABSTENTION_SENTENCE = "I do not know the answer."
"""What the AA-compatible prompt asks a model to say when it does not know. Recognised to the letter, first of all."""

_WINDOW = 1500
_SENTENCES = 40
_MARKUP = re.compile(r"[*`#>|]+|^\s*[-•]\s+|_{2,}", re.MULTILINE)
_QUOTED = re.compile(r'"[^"]{0,300}"')
_BREAK = re.compile(r"[.!?;:]+(?=\s|$)|\n+|[。!?।؟]+|\s-+\s")
_EDGE = " \t\n\r.,;:!()[]{}\"'-"
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_CONCESSION = re.compile(
    r"^(?:although|though|even though|while|whilst|despite|obwohl|auch wenn|bien que|meme si|quoique|aunque|si bien|sebbene|"
    r"anche se|embora|ainda que|hoewel|ook al|chociaz|choc|хотя|رغم)\b"
)


class _Reader(NamedTuple):
    """A phrasebook with its patterns compiled."""

    declines: re.Pattern[str]
    commits: re.Pattern[str]
    contrasts: re.Pattern[str]
    preambles: re.Pattern[str]
    fillers: re.Pattern[str]
    alternatives: re.Pattern[str]
    spaced: bool


@lru_cache(maxsize=len(BOOKS))
def _reader(number: int) -> _Reader:
    book = BOOKS[number]
    return _Reader(
        re.compile("|".join(f"(?:{pattern})" for pattern in book.declines)),
        re.compile(book.commits),
        re.compile(book.contrasts),
        re.compile(book.preambles),
        re.compile(book.fillers),
        re.compile(book.alternatives),
        book.spaced,
    )


def _folded(text: str) -> str:
    return unaccented(text.casefold())


@lru_cache(maxsize=1)
def _bare() -> frozenset[str]:
    return frozenset(_folded(form) for book in BOOKS for form in book.bare.split("|"))


@lru_cache(maxsize=1)
def _triggers() -> dict[str, tuple[int, ...]]:
    """Return the languages that a word may announce."""
    by_word: dict[str, list[int]] = {}
    for number, book in enumerate(BOOKS):
        for word in _folded(book.triggers).split():
            by_word.setdefault(word, []).append(number)
    return {word: tuple(numbers) for word, numbers in by_word.items()}


@lru_cache(maxsize=1)
def _scripts() -> tuple[tuple[re.Pattern[str], int], ...]:
    return tuple((re.compile(book.script), number) for number, book in enumerate(BOOKS) if book.script)


def _languages(text: str) -> list[int]:
    by_word = _triggers()
    tokens = set(_TOKEN.findall(text))
    if "'" in text:
        tokens |= {token.rpartition("'")[2] for token in tokens}  # 'je l'ignore'
    found = {number for word in by_word.keys() & tokens for number in by_word[word]}
    if not text.isascii():
        found.update(number for script, number in _scripts() if script.search(text))
    return sorted(found)


def _prepared(text: str) -> str:
    """Return the text as the phrasebooks are written, its quotations blanked out."""
    if len(text) > 2 * _WINDOW:
        text = text[:_WINDOW] + "\n" + text[-_WINDOW:]
    low = _folded(_MARKUP.sub(" ", spoken(text)))
    return _QUOTED.sub(" «» ", low) if '"' in low else low


def is_abstention(text: str) -> bool:
    """Return whether a reply declines to answer.

    >>> is_abstention("I'm sorry, but the document does not say."), is_abstention("Das weiß ich leider nicht.")
    (True, True)
    >>> is_abstention("I'm not sure, but I think it is Paris."), is_abstention("No one knows.")
    (False, False)
    """
    stripped = text.strip()
    if not stripped:
        return False
    if stripped == ABSTENTION_SENTENCE:
        return True
    low = _prepared(stripped)
    core = low.strip(_EDGE)
    if not core or not core.strip("?"):
        return bool(core) and not stripped.strip("?")
    if len(core) <= 60 and stripped[0] not in "\"'" and core.strip("? ") in _bare():
        return True
    if _is_title(stripped):
        return False
    numbers = _languages(low)
    if not numbers and ":" not in core:
        return False
    if len(core) <= 200:
        core = without_lead_ins(core)[-1]
        if core.strip(_EDGE) in _bare():
            return True
    return any(
        _declines(_sentences(form), _reader(number)) for number in numbers for form in dict.fromkeys((low, core))
    )


def _is_title(text: str) -> bool:
    """Return whether a reply is written as titles are in English: 'I Don't Know How to Love Him'."""
    if text[-1] in ".!?" or not text.isascii() or len(text) > 100:
        return False
    long_words = [word for word in text.split()[1:] if len(word) > 3]
    return (
        len(long_words) > 2
        and "\n" not in text
        and all(word[0].isupper() and word[1:].islower() for word in long_words)
    )


def _sentences(text: str) -> list[str]:
    return [part for sentence in _BREAK.split(text)[:_SENTENCES] if (part := sentence.strip(_EDGE))]


def _declines(sentences: list[str], reader: _Reader) -> bool:
    """Return whether the sentences decline and never commit, by the phrases of one language."""
    for at, sentence in enumerate(sentences):
        match = reader.declines.search(sentence)
        if match is None:
            if not _is_preamble(sentence, reader):
                return False
            continue
        return _stands(sentence, match, reader) and _followed_well(sentences[at + 1 :], reader)
    return False


def _is_preamble(sentence: str, reader: _Reader) -> bool:
    if reader.commits.search(sentence):
        return False
    return reader.preambles.search(sentence) is not None and (not reader.spaced or len(sentence.split()) > 1)


def _stands(sentence: str, match: re.Match[str], reader: _Reader) -> bool:
    """Return whether the declining words are the point of their sentence, not a concession in it."""
    before, after = sentence[: match.start()].strip(_EDGE), sentence[match.end() :]
    if before and reader.spaced and not reader.preambles.search(before):
        return False
    if reader.commits.search(before):
        return False
    if _CONCESSION.match(sentence):
        _, comma, main = (sentence if before == "" else sentence[match.start() :]).partition(",")
        return bool(comma) and reader.declines.search(main) is not None
    if reader.alternatives.search(after):
        return True
    if reader.commits.search(after) and not reader.declines.search(after):
        return False
    contrast = reader.contrasts.search(after)
    if contrast is None:
        return True
    rest = after[contrast.end() :].strip(_EDGE)
    if reader.alternatives.search(rest) or reader.declines.search(rest):
        return True
    return not rest or reader.fillers.search(rest) is not None


def _followed_well(sentences: list[str], reader: _Reader) -> bool:
    """Return whether nothing after the decline answers after all."""
    for number, sentence in enumerate(sentences):
        if reader.declines.search(sentence) or reader.alternatives.search(sentence):
            continue
        if reader.commits.search(sentence):
            return False
        if number == 0 and len(sentence.split()) <= 6 and len(sentence) <= 40 and not reader.fillers.search(sentence):
            return False
        contrast = reader.contrasts.match(sentence)
        if contrast and not reader.fillers.search(sentence):
            return False
    return True
