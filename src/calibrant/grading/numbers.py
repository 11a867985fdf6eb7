"""Numbers as people write them: separators of two traditions, fractions, powers of ten, ordinals, number words.

A text can have several readings: '1.234' is a little over one, or in much of Europe a thousand and more. All are
returned, the usual one first; nothing is guessed. Number words come from the library text2num (English, German,
French, Spanish, Italian, Portuguese, Dutch); what it lacks in English (ordinals, fractions, years) is added here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from calibrant.grading.wordlists import word_set

__all__ = ["Numeral", "english_number", "is_number_word", "ordinal_word", "read_numeral", "roman", "words_to_numbers"]

_MAX_DIGITS = 40  # longer runs of digits are serial numbers or noise, not quantities


class Numeral(NamedTuple):
    """A number at the beginning of a text, and what follows it."""

    readings: tuple[Fraction, ...]
    decimals: int
    """Digits after the decimal point in the usual reading."""
    ordinal: bool
    rest: str
    words: bool = False
    """Whether it was written out in words."""
    exponent: int = 0
    """Of scientific notation: -11 in 6.67e-11."""


_NUMERAL = re.compile(
    r"(?P<sign>[+-]|minus |negative )? ?"
    r"(?:(?P<power>10) ?\^ ?[({]?(?P<alone>-?\d{1,3})[)}]?"
    r"|(?P<whole>\d{1,6} (?=\d{1,4}/\d))?(?P<num>\d{1,3}(?: \d{3})+(?:[.,]\d+)?(?![\d])|\d+(?:[.,']\d+)*|[.]\d+)"
    r"(?:/(?P<den>\d+(?![\d/-]))"
    r"|(?: ?[x*·] ?10 ?\^ ?[({]?(?P<exp>[+-]?\d{1,3})[)}]?|e(?P<e>[+-]?\d{1,3})(?!\w)))?)"
    r"(?P<ord>(?:st|nd|rd|th|er|re|e|eme|ème|o|a|º|ª)(?!\w))?"
)
_GROUPED = {sign: re.compile(rf"[1-9]\d{{0,2}}(?:{re.escape(sign)}\d{{3}})+") for sign in (".", ",", "'", " ")}
_INDIAN = re.compile(r"[1-9]\d?(?:,\d\d)+,\d{3}")


def _decimal(text: str) -> tuple[tuple[Fraction, ...], int]:
    """Return every value that a run of digits and separators can have, the usual one first, and its decimals."""
    if text.isdigit():
        return (Fraction(int(text)),), 0
    marks = [sign for sign in ".,' " if sign in text]
    if len(marks) == 1:
        sign = marks[0]
        grouped = bool(_GROUPED[sign].fullmatch(text)) or (sign == "," and bool(_INDIAN.fullmatch(text)))
        once = text.count(sign) == 1 and sign in ".,"
        as_group = Fraction(int(text.replace(sign, "")))
        if grouped and not once:
            return (as_group,), 0
        if not once:
            return (), 0
        decimals = len(text) - text.index(sign) - 1
        as_point = Fraction(text.replace(sign, ".") if text[0] != sign else "0" + text.replace(sign, "."))
        if not grouped:
            return (as_point,), decimals
        return ((as_point, as_group), decimals) if sign == "." else ((as_group, as_point), 0)
    last = max(marks, key=text.rindex)
    head, _, tail = text.rpartition(last)
    others = [sign for sign in marks if sign != last]
    if last in ".," and len(others) == 1 and (_GROUPED[others[0]].fullmatch(head) or _INDIAN.fullmatch(head)):
        return (Fraction(head.replace(others[0], "") + "." + tail),), len(tail)
    return (), 0


def read_numeral(text: str) -> Numeral | None:
    """Return the number that a cleaned, case-folded text begins with; None where it begins with none.

    >>> read_numeral("1,234.5 km").readings == read_numeral("1.234,5 km").readings
    True
    >>> [str(value) for value in read_numeral("1.234").readings]
    ['617/500', '1234']
    """
    match = _NUMERAL.match(text)
    if match is None:
        return None
    if match.end() - match.start() > _MAX_DIGITS:
        return None
    decimals = 0
    if match["power"]:
        values: tuple[Fraction, ...] = (Fraction(10) ** int(match["alone"]),)
    else:
        values, decimals = _decimal(match["num"])
        if match["den"]:
            below = int(match["den"])
            values = tuple(value / below for value in values) if below else ()
            if match["whole"]:
                values = tuple(value + int(match["whole"]) for value in values)
        exponent = match["exp"] or match["e"]
        if exponent and len(values) > 1:  # before a power of ten stands one digit and a decimal sign
            values, decimals = (min(values),), 3
        if exponent:
            values = tuple(value * Fraction(10) ** int(exponent) for value in values)
    if not values:
        return None
    if match["sign"] and match["sign"] != "+":
        values = tuple(-value for value in values)
    power = int(match["exp"] or match["e"] or 0)
    return Numeral(values, decimals, match["ord"] is not None, text[match.end() :], exponent=power)


_CARDINALS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ENGLISH = frozenset([*_CARDINALS, *_TENS, "hundred", "thousand", "million", "billion", "trillion"])
_ORDINALS = dict(
    zip(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
        ],
        _CARDINALS[1:],
        strict=True,
    )
) | {"hundredth": "hundred", "thousandth": "thousand"}
_ORDINALS |= {ten[:-1] + "ieth": ten for ten in _TENS}
_PARTS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourths": 4, "fifth": 5}
_PARTS |= {"fifths": 5, "sixths": 6, "sevenths": 7, "eighth": 8, "eighths": 8, "ninths": 9, "tenth": 10, "tenths": 10}

_OTHER_LANGUAGES = ("de", "fr", "es", "it", "pt", "nl")
# Words of another everyday meaning, in English or across these languages: equality by them alone proves nothing.
_DOUBTFUL = word_set("once elf cent sei sept mil an een onze neuf acht mille tres dix cento")


# How number words of the other languages begin: spares six calls for every text that is none.
_BEGINNINGS = word_set(
    "nul ein zwe zwo dre vie fün sec sie ach neu zeh elf zwö hun tau mil zér un deu tro qua cin six sep hui dix "
    "onz dou tre sei vin cen cer uno dos cua och nue die onc doc cat qui vei ses set nov cie zer due ott und "
    "dod sed dic ven um uma una dua doi oit dez doz cem een twe dri vij zes zev neg tie twa der vee hon dui één "
    "quat"
)


@lru_cache(maxsize=1)
def _text2num() -> Callable[[str, str], int]:
    from text_to_num import text2num  # costs 10 ms: only where a number word has to be read

    read: Callable[[str, str], int] = text2num
    return read


@lru_cache(maxsize=8192)
def _library(text: str, language: str) -> int | None:
    try:
        return int(_text2num()(text, language))
    except (ValueError, OverflowError):
        return None


def _cardinal(tokens: list[str]) -> int | None:
    """Return the value of English cardinal words, years ('nineteen eighty four') included."""
    phrase = " ".join(tokens)
    value = _library(phrase, "en")
    if value is not None:
        return value
    if tokens[-1] == "hundred" and len(tokens) > 1:
        head = _library(" ".join(tokens[:-1]), "en")
        return head * 100 if head is not None and head < 100 else None
    for cut in range(1, len(tokens)):
        high, low = _library(" ".join(tokens[:cut]), "en"), _library(" ".join(tokens[cut:]), "en")
        if high is not None and low is not None and 10 <= high <= 20 and 10 <= low <= 99:
            return high * 100 + low
    return None


def is_number_word(word: str) -> bool:
    """Return whether a case-folded word is an English cardinal or ordinal."""
    return word in _ENGLISH or word in _ORDINALS


def ordinal_word(word: str) -> int | None:
    """Return the value of a case-folded English ordinal of one word; None for any other word."""
    return _library(_ORDINALS[word], "en") if word in _ORDINALS else None


def english_number(text: str) -> Numeral | None:
    """Return the English number word or words that a case-folded text begins with.

    >>> english_number("twenty-first century").readings[0], english_number("two and a half").readings[0]
    (Fraction(21, 1), Fraction(5, 2))
    """
    tokens = text[:120].replace("-", " ").split()
    if tokens and tokens[0] in ("a", "an") and len(tokens) > 1 and (tokens[1] in _ENGLISH or tokens[1] in _PARTS):
        tokens[0] = "one"
    if tokens and tokens[0] == "half":
        tokens.insert(0, "one")
    end = 0
    while end < len(tokens) and (
        tokens[end] in _ENGLISH or (tokens[end] == "and" and 0 < end < len(tokens) - 1 and tokens[end + 1] in _ENGLISH)
    ):
        end += 1
    rest_after = tokens[end] if end < len(tokens) else ""
    if rest_after in _PARTS and end and (rest_after.endswith("s") or tokens[:end] == ["one"]):
        top = _cardinal(tokens[:end])
        return _written(top, tokens[end + 1 :], Fraction(1, _PARTS[rest_after]))
    if tokens[end : end + 3] in (["and", "a", "half"], ["and", "one", "half"]) and end:
        top = _cardinal(tokens[:end])
        return _written(top * 2 + 1, tokens[end + 3 :], Fraction(1, 2)) if top is not None else None
    if rest_after in _ORDINALS:
        value = _cardinal([*tokens[:end], _ORDINALS[rest_after]])
        return _written(value, tokens[end + 1 :], Fraction(1), ordinal=True)
    if not end:
        return None
    return _written(_cardinal(tokens[:end]), tokens[end:], Fraction(1))


def _written(value: int | None, rest: list[str], part: Fraction, *, ordinal: bool = False) -> Numeral | None:
    if value is None:
        return None
    return Numeral((value * part,), 0, ordinal, " ".join(rest), words=True)


@lru_cache(maxsize=4096)
def words_to_numbers(text: str) -> tuple[tuple[int, ...], bool]:
    """Return the values of a text that is a number word in one of six other languages, and whether that is certain.

    >>> words_to_numbers("einundzwanzig"), words_to_numbers("quatre-vingt-dix-sept")
    (((21,), True), ((97,), True))
    >>> words_to_numbers("once")  # Spanish eleven, or an English adverb
    ((11,), False)
    """
    if len(text) > 60 or text[:3].rstrip() not in _BEGINNINGS:
        return (), False
    found = {value for language in _OTHER_LANGUAGES if (value := _library(text, language)) is not None}
    return tuple(sorted(found)), len(found) == 1 and text not in _DOUBTFUL


_ROMAN = re.compile(r"(?=[MDCLXVI])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


def roman(text: str) -> int | None:
    """Return the value of an upper-case Roman numeral; None for any other text.

    >>> roman("XLIV"), roman("IIII"), roman("mix")
    (44, None, None)
    """
    if len(text) > 15 or not _ROMAN.fullmatch(text):
        return None
    values = [_ROMAN_VALUES[sign] for sign in text]
    return sum(
        -value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True)
    )
