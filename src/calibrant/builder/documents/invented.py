"""Names that do not exist: like those of the corpus in shape, in none of it."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence

from calibrant.builder.documents.corpus import Corpus

__all__ = ["Inventor"]

_PART = re.compile(r"[^\W\d_]+")
_ORDER = 3
_TRIES = 200
_CLOSE = 2
"""Names within so many changed letters of a known word are not taken: they would pass for a slip of the pen."""


class Inventor:
    """Makes names, letter by letter as names of the corpus go (a Markov chain of order three).

    Args:
        corpus: in which no invented word may occur.
        names: real names to imitate.
        chance: draws.
    """

    def __init__(self, corpus: Corpus, names: Sequence[str], chance: random.Random) -> None:
        self._corpus = corpus
        self._chance = chance
        self._known = frozenset(corpus.folded.split())
        self._words = sorted({part.lower() for name in names for part in _PART.findall(name) if len(part) > _ORDER})
        self._next: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            padded = "^" * _ORDER + word + "$"
            for place in range(_ORDER, len(padded)):
                self._next[padded[place - _ORDER : place]].append(padded[place])

    def like(self, name: str) -> str | None:
        """A name of the same shape whose telling parts are invented; None where none is found.

        Parts that begin in upper case are replaced, and of code the part after the last dot.
        """
        shape = list(_PART.finditer(name))
        code = bool(re.search(r"[._]|[a-z][A-Z]|\(\)$", name)) and " " not in name
        telling = shape[-1:] if code else [part for part in shape if part[0][0].isupper() and len(part[0]) > _ORDER]
        if not telling:
            return None
        made = name
        for part in reversed(telling):
            word = self._word(len(part[0]))
            if word is None:
                return None
            shown = word if part[0].islower() else word.upper() if part[0].isupper() else word.capitalize()
            made = made[: part.start()] + shown + made[part.end() :]
        return made

    def _word(self, length: int) -> str | None:
        for _ in range(_TRIES):
            word, state = "", "^" * _ORDER
            while len(word) < length + 4:
                letter = self._chance.choice(self._next[state]) if state in self._next else "$"
                if letter == "$":
                    break
                word += letter
                state = (state + letter)[-_ORDER:]
            if max(4, length - 3) <= len(word) <= length + 3 and self._is_new(word):
                return word
        return None

    def _is_new(self, word: str) -> bool:
        if word in self._known:
            return False
        return not any(abs(len(word) - len(known)) < _CLOSE and _changed(word, known) < _CLOSE for known in self._words)


def _changed(one: str, other: str) -> int:
    """Letters that differ between two words of almost one length: those between their common beginning and end."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return max(len(one), len(other)) - start - end
