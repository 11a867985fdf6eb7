"""The one number of a sentence. Where there are several, none is picked: the first is no more the answer than the last."""

from __future__ import annotations

import re
from collections.abc import Container
from fractions import Fraction
from typing import NamedTuple

from calibrant.grading.numbers import english_number, is_number_word, read_numeral, words_to_numbers
from calibrant.grading.quantities import Quantity, read_quantity
from calibrant.grading.texts import denies
from calibrant.grading.wordlists import ALTERNATIVES, COPULAS, STOP, word_set

__all__ = ["Mention", "mentioned"]

_LONGEST = 400
_START = re.compile(
    r"(?<![\w.,'/:-])(?:(?:us|au|ca|a|c)?\$|[€£¥₹~≈]|[-+](?=\d)|\.(?=\d))?\s?\d|(?<!\w)[^\W\d_]{2,40}(?!\w)"
)
_BEFORE = re.compile(
    r"(?:\b(?:about|approximately|approx\.?|around|roughly|some|nearly|almost|circa|ca\.?|just (?:over|under)|rund|etwa|"
    r"ungefähr|environ|unos|unas|aproximadamente|cerca de|ongeveer|over|under|more than|less than|fewer than|at least|"
    r"at most|up to|above|below|mehr als|plus de|más de|minus|negative)|[<>~≈]=?)\s*$"
)
_ARTICLES = word_set("a an one ein eine einen einem einer eines un une una uno um uma een één")
_DOUBT = word_set(
    "but however although though myth wrong false once formerly used previous previously until unless if would could may "
    "might perhaps wait actually correction sorry oops rather instead versus vs aber jedoch obwohl früher falsch doch moment "
    "mais cependant autrefois faux pero aunque antes falso però ma sebbene prima mas embora maar echter ale jednak "
    "но однако хотя раньше"
)
_SAYS = COPULAS | word_set(
    "has had have hat haben beträgt a tiene ha há tem heeft telt bedraagt ma wynosi составляет равен равна equals totals "
    "measures weighs reached costs contains"
)


class Mention(NamedTuple):
    """A number in a text."""

    quantity: Quantity
    start: int
    end: int
    closing: bool
    """Whether it ends a text of one short sentence."""
    told: bool
    """Whether the sentence says that this is it: after 'is', 'has' or '=', or counted in a unit or noun."""


def _unit_after(text: str, start: int, width: int) -> Quantity | None:
    """Read the number at ``start`` with as many following words as make a unit, or the noun that it counts."""
    head, rest = text[start : start + width], text[start + width : start + width + 80]
    glued = rest[:1] not in (" ", "")
    following = re.split(r"\s+", re.split(r"[.,;:!?()\n](?:\s|$)", rest, maxsplit=1)[0].strip())[:4]
    for size in range(len(following), 0, -1):
        phrase = head + ("" if glued else " ") + " ".join(following[:size])
        found = read_quantity(phrase)
        if found is not None and (not found.noun or (size == 1 and found.noun not in STOP | COPULAS)):
            return found
    return read_quantity(head)


def _at(text: str, match: re.Match[str]) -> tuple[Quantity, int, int] | None:
    """Return the quantity that begins with a match, its start and its width without the unit."""
    start = match.start() + len(match[0]) - len(match[0].lstrip())
    before = _BEFORE.search(text[max(0, start - 30) : start])
    word = match[0].strip()
    if any(char.isdigit() for char in word):
        symbol = len(word) - len(word.lstrip("$€£¥₹~≈usacd"))
        numeral = read_numeral(text[start + symbol : start + 60])
        if numeral is None:
            return None
        width = len(text[start : start + 60]) - len(numeral.rest)
    else:
        phrase = re.split(r"[^\w\s'-]", text[start : start + 120], maxsplit=1)[0]
        numeral = english_number(phrase) if is_number_word(word) else None
        if numeral is not None:
            width = _words_width(phrase, numeral.rest)
        elif words_to_numbers(word)[0]:
            width = len(word)
        else:
            return None
    opening = start - (len(before[0]) if before else 0)
    quantity = _unit_after(text, opening, width + start - opening)
    return None if quantity is None else (quantity, start, width)


def _words_width(text: str, rest: str) -> int:
    """Return how many characters the number words that begin a text take, where ``rest`` follows them."""
    tokens = [match.end() for match in re.finditer(r"[^\s-]+", text)]
    left = len(rest.split())
    return tokens[max(0, len(tokens) - left - 1)] if tokens else 0


def _all(text: str) -> list[Mention] | None:
    """Return every number of a case-folded text in order; None where one cannot be read."""
    found: list[Mention] = []
    end = 0
    for match in _START.finditer(text):
        if match.start() < end or (match[0] in STOP or match[0] in _ARTICLES):
            continue
        read = _at(text, match)
        if read is None:
            if any(char.isdigit() for char in match[0]) or is_number_word(match[0]):
                return None
            continue
        quantity, start, width = read
        end = start + width
        if re.match(r"\s?[-/]\s?\d", text[end : end + 4]):  # a range, a score, a date
            return None
        last = re.findall(r"[^\W\d_]+|[=:]", text[max(0, start - 30) : start])
        told = not quantity.bare or bool(last and (last[-1] in _SAYS or last[-1] in "=:"))
        closing = len(text.split()) <= 10 and not text[end:].strip(" .!)*")
        found.append(Mention(quantity, start, end, closing, told))
    return found


def mentioned(text: str, given: Container[Fraction] = ()) -> Mention | str:
    """Return the one number of a sentence, or why there is none to be read.

    Args:
        text: a cleaned answer.
        given: numbers of the question, which a sentence may repeat.

    >>> mentioned("The bridge is 2,737 metres long.").quantity.readings[0]
    Fraction(2737, 1)
    >>> mentioned("Twelve, no, thirteen.")
    'the answer holds a negation'
    >>> mentioned("It has 12 or 13 wheels.")
    'the answer may name alternatives'
    """
    if len(text) > _LONGEST:
        return "a long answer without a marked final answer"
    low = text.casefold()
    tokens = frozenset(re.findall(r"[^\W\d_]+", low))
    if denies(low):
        return "the answer holds a negation"
    if tokens & ALTERNATIVES:
        return "the answer may name alternatives"
    if tokens & _DOUBT or "?" in low:
        return "the answer takes something back, or leaves it open"
    found = _all(low)
    if found is None:
        return "a number that cannot be read"
    told = [mention for mention in found if mention.quantity.readings[0] not in given]
    if not told:
        return "no number in the answer but the question's own" if found else "no number in the answer"
    if any(mention.quantity.readings != told[0].quantity.readings for mention in told):
        return "several numbers in the answer"
    kinds = {
        (one.quantity.unit, one.quantity.currency) for one in told if not one.quantity.bare and not one.quantity.noun
    }
    if len(kinds) > 1:
        return "several units in the answer"
    chosen = next((one for one in told if one.quantity.unit or one.quantity.currency), told[0])
    return chosen._replace(told=any(one.told for one in told))
