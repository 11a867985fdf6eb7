"""A cleaned text in every form in which it is compared: words, keys, content without function words.

Two phrases that share one of their ``keys`` surely name the same thing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from calibrant.grading.normalise import key, unaccented, words
from calibrant.grading.numbers import ordinal_word, roman
from calibrant.grading.wordlists import SPELLINGS, STOP, TITLES

__all__ = ["SHORT", "Phrase", "initials", "stem"]

SHORT = 5
"""Most words that an answer or a gold may have for anything to be said of it but *same* or *unsure*."""

_ABBREVIATIONS = (
    SPELLINGS
    | {"saint": "st", "mount": "mt", "doctor": "dr", "junior": "jr", "senior": "sr", "versus": "vs"}
    | {
        "&": "and",
        "v": "vs",
        "mister": "mr",
    }
)
_ALIASES = {
    "usa": "unitedstates",
    "us": "unitedstates",
    "unitedstatesofamerica": "unitedstates",
    "uk": "unitedkingdom",
    "ussr": "sovietunion",
    "uae": "unitedarabemirates",
}
_PARENTHESIS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*")
_ENDS = ".,;:!?\"'()[]"
_LABEL = re.compile(
    r"^(section|sec|§|article|art|rule|paragraph|para|version|v|chapter|page|number|no|nr|figure|table|part|clause|item)"
    r"(?:\.\s?|\s|(?<=[v§])(?=\d))(?=\(?[^\W_]*\d)"
)


@dataclass(frozen=True)
class Phrase:
    """A cleaned text and, when asked for, the forms in which it is compared."""

    text: str
    key: str = field(default="")

    @classmethod
    def of(cls, text: str) -> Phrase:
        """Return the phrase of a cleaned text."""
        return cls(text, key(text))

    @cached_property
    def words(self) -> list[str]:
        """Case-folded words."""
        return words(self.text)

    @cached_property
    def tokens(self) -> list[str]:
        """Case-folded words with the signs that mean something ('c#')."""
        return _tokens(self.text.casefold())

    @cached_property
    def numbered(self) -> list[str]:
        """Words with Roman numerals as digits."""
        return _with_numerals(self.text)

    @cached_property
    def plain_key(self) -> str:
        """The key without accents."""
        return key(unaccented(self.text))

    @cached_property
    def keys(self) -> frozenset[str]:
        """Every key under which the text is surely the same thing."""
        found = set()
        for tokens in (self.tokens, self.numbered):
            found.add(_canonical(tokens))
            if len(tokens) > 2 and tokens[0] in TITLES:
                found.add(_canonical(tokens[1:]))
        bare = _PARENTHESIS.sub(" ", self.text).strip()
        inside = _PARENTHESIS.search(self.text)
        if inside and bare and (inside.start() == 0 or initials(words(bare)) == inside[1].casefold()):
            found |= {_canonical(words(bare)), key(bare)}
            if inside.start():  # 'European Economic Community (EEC)' is both
                found.add(key(inside[1]))
        alias = _ALIASES.get(self.key)
        if alias and (len(self.key) > 2 or self.text.replace(".", "").isupper()):
            found.add(alias)
        return frozenset(form for form in found if form)

    @cached_property
    def unlabelled(self) -> tuple[str, str]:
        """The label before a number ('section', 'version') and the key of what follows; two empty texts without one."""
        low = self.text.casefold()
        match = _LABEL.match(low)
        return (match[1], key(low[match.end() :])) if match else ("", "")

    @cached_property
    def content(self) -> frozenset[str]:
        """Words that can tell one thing from another, without accents and plural endings."""
        plain = words(unaccented(self.text))
        found = {stem(word.replace("'s", "").replace("'", "")) for word in plain if word not in STOP}
        return frozenset(found or plain)


def stem(word: str) -> str:
    """Return a word without its plural s."""
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def _canonical(tokens: list[str]) -> str:
    if not tokens:
        return ""
    kept = [_ABBREVIATIONS.get(word, word) for word in tokens]
    return key(" ".join(kept))


def _tokens(text: str) -> list[str]:
    """Return what stands between spaces, without punctuation at its ends; signs that mean something stay ('C#', 'A-')."""
    return [word for part in text.split() if (word := part.strip(_ENDS))]


def _with_numerals(text: str) -> list[str]:
    """Return the words with Roman numerals and, in names like 'Henry the Sixth', ordinals as digits."""
    found: list[str] = []
    for number, word in enumerate(_tokens(text)):
        value = roman(word) if number and (len(word) > 1 or word in "VIX") and not text.isupper() else None
        if value is None and number > 1 and found[-1] == "the" and (ordinal := ordinal_word(word.casefold())):
            value = ordinal
            found.pop()
        found.append(str(value) if value else word.casefold())
    return found


def initials(tokens: list[str]) -> str:
    """Return the first letters of words as one word."""
    return "".join(word[0] for word in tokens)
