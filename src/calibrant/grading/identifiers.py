"""Identifiers: versions, sections, rules, standards, serial numbers. They must match exactly, or they name another thing.

1.5 is not 1.5.0, and 1.10 is not 1.1: what would be rounding in a quantity is another release or paragraph here.
"""

from __future__ import annotations

import re

from calibrant.grading.normalise import key
from calibrant.grading.quantities import IDENTIFIED, MEASURED, read_quantity
from calibrant.grading.verdict import Comparison, different, same, unsure
from calibrant.grading.wordlists import word_set

__all__ = ["compare_identifiers", "identifiers_in", "is_identifier"]

_NAMING = IDENTIFIED | word_set(
    "versión versione versão wersja versie abschnitt artikel paragraf paragraph kapitel regel norm artículo articolo "
    "artigo artykuł capítulo capitolo chapitre règle regla norma версия версии версию статья раздел глава пункт "
    "hoofdstuk code identifier id isbn rfc revision subsection flight"
)
_LABEL = re.compile(
    r"^(?:version|versión|versione|versão|release|section|sec|abschnitt|article|artikel|artículo|articolo|art|rule|regel|"
    r"paragraph|paragraf|para|chapter|kapitel|chapitre|capítulo|clause|number|no|nr|part|версия|статья|раздел|§|v)"
    r"(?:\.\s?|\s|(?<=[v§])(?=\d))(?=[^\W_]*[\d(])|^版本\s?",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\d+(?:\.\d+){2,}|\d+(?:[-.:/]\d+){2,}|\d+(?:\.\d+)*[-.]?(?:rc|alpha|beta|b|a|post|dev)\d*")
_TOKEN = re.compile(r"(?<![^\W_])(?:[^\W\d_]{0,5}[-.]?)?\d+(?:[-.:/()]{1,2}[0-9A-Za-z]+)*\)?(?![^\W_])")


_PREFIXED = re.compile(r"[A-Za-z]{1,6}[ -]?\d+(?:[-.:/]\d+)*")
_SPACED = re.compile(r"(?<=^[A-Za-z]{2}) (?=\d)|(?<=^[A-Za-z]{3}) (?=\d)|(?<=^[A-Za-z]{4}) (?=\d)")


def _bare(text: str) -> str:
    return _LABEL.sub("", text.strip()).strip()


def is_identifier(gold: str, question_words: frozenset[str]) -> bool:
    """Return whether a cleaned gold names rather than counts: by its shape, or because the question asks for a name.

    >>> is_identifier("1.5.0", frozenset()), is_identifier("1.5", frozenset()), is_identifier("1.5", frozenset({"version"}))
    (True, False, True)
    """
    text = _bare(gold)
    if not any(char.isdigit() for char in text) or len(text) > 60:
        return False
    if text != gold.strip() or _DOTTED.fullmatch(text.casefold()):
        return True
    if re.fullmatch(r"0\d+", text):
        return True
    if _PREFIXED.fullmatch(text) and read_quantity(text) is None:
        return True
    named = not _NAMING.isdisjoint(question_words) and MEASURED.isdisjoint(question_words)
    return named and _TOKEN.fullmatch(text) is not None


def identifiers_in(text: str) -> list[str]:
    """Return what may be an identifier in a text, each once, labels taken off.

    >>> identifiers_in("It came with version 1.5.0, after 1.4.")
    ['1.5.0', '1.4']
    """
    return list(dict.fromkeys(match[0].rstrip(".") for match in _TOKEN.finditer(text)))


def _shape(text: str) -> str:
    """Return the letters of an identifier: those of 'AS 2401' are 'as'."""
    return re.sub(r"[\W\d_]+", "", text.casefold())


def compare_identifiers(gold: str, answer: str, question_words: frozenset[str]) -> Comparison:
    """Compare a gold identifier with a whole cleaned answer.

    >>> compare_identifiers("1.5.0", "v1.5", frozenset()).reason
    'another identifier'
    >>> compare_identifiers("1.5.0", "NumPy 1.5.0", frozenset({"numpy"})).reason
    'equal identifier'
    """
    asked = [word for word in answer.split() if word.casefold().strip(",.:") not in question_words]
    right, given = _bare(gold), _bare(" ".join(asked) or answer)
    if key(right) == key(given):
        return same("equal identifier")
    wanted = [word for word in right.split() if word.casefold() not in question_words]
    if key(right) == key(_bare(answer)) or (wanted and key(" ".join(wanted)) == key(given)):
        return same("equal identifier")
    if not _TOKEN.fullmatch(_SPACED.sub("-", given)):
        return unsure("the answer is no identifier that can be read")
    one, other = _shape(right), _shape(given)
    if re.sub(r"\D", "", right) == re.sub(r"\D", "", given):
        return unsure("the same digits, written or labelled in another way")
    if one and other and one != other:
        return unsure("an identifier of another kind")
    return different("another identifier")
