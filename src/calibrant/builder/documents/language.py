"""In which language a document evidently is, by its commonest words or its script; for warnings, not for linguists."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping

from calibrant.builder.documents.document import Document

__all__ = ["language_of"]

_WORDS: Mapping[str, frozenset[str]] = {
    "en": frozenset("the of and to in is that for it as with on by this are be from or an not can which".split()),
    "de": frozenset("der die und das ist nicht ein eine den von mit dem zu auf sich des werden wird für auch".split()),
    "fr": frozenset("le la les des est une et dans que pour qui sur pas du au ne avec sont par plus ce".split()),
    "es": frozenset("el los las una que por del con para es se no su como más al lo está fue son".split()),
    "pt": frozenset("os uma que não com para por do da dos das ao mais são foi pela como em é na".split()),
    "it": frozenset("il gli che di una per non del della con sono è nel dei alla più anche come si le".split()),
    "nl": frozenset("het een van en dat is niet op te zijn voor met die aan er door als worden bij ook".split()),
    "pl": frozenset("się nie na jest że do to jak przez dla są od był lub oraz które który po tym z".split()),
}
_SCRIPTS = {"HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh", "CYRILLIC": "ru", "ARABIC": "ar",
            "HEBREW": "he", "GREEK": "el", "THAI": "th", "DEVANAGARI": "hi"}  # fmt: skip
"""Script -> the language most written in it."""
_WORD = re.compile(r"[^\W\d_]+")
_LOOKED_AT = 20_000
"""Characters of prose that are looked at."""
_FEWEST = 12
"""Words below which nothing is evident."""
_LEAST = 0.06
"""Share of a language's commonest words below which a text is in none of those known here; prose has 0.2 and more."""
_IN_SCRIPT = 0.3


def language_of(document: Document) -> str | None:
    """Code of the language (BCP 47) of a document's paragraphs; None where they do not tell.

    >>> from calibrant.builder.documents.plain import read_plain
    >>> text = "Die Stadt liegt an der Saale und ist nicht die größte, auch wenn das Schloss von weitem zu sehen ist."
    >>> language_of(read_plain(text.encode(), "jena.txt"))
    'de'
    """
    prose: list[str] = []
    length = 0
    for block in document.blocks:
        if block.kind in ("text", "item") and length < _LOOKED_AT:
            prose.append(document.text[block.start : block.end])
            length += block.end - block.start
    text = " ".join(prose)[:_LOOKED_AT]
    letters = [character for character in text if character.isalpha()]
    scripts = Counter(_script(character) for character in letters if not character.isascii())
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    for script, count in scripts.most_common():
        if script in _SCRIPTS and count > _IN_SCRIPT * len(letters):
            return "ja" if script == "CJK" and kana > 0.05 * len(letters) else _SCRIPTS[script]
    if kana > _IN_SCRIPT * len(letters):
        return "ja"
    words = _WORD.findall(text.casefold())
    if len(words) < _FEWEST:
        return None
    shares = {code: sum(word in known for word in words) / len(words) for code, known in _WORDS.items()}
    best = max(shares, key=lambda code: shares[code])
    return best if shares[best] >= _LEAST else None


def _script(character: str) -> str:
    return unicodedata.name(character, "").split(" ")[0]
