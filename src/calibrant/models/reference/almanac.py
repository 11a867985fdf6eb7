"""The almanac: the text that describes the reference world, and the look-up in it by BM25."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Almanac", "Entry"]


class Entry(NamedTuple):
    """One passage."""

    id: str
    title: str
    text: str


class Almanac:
    """Passages to look things up in.

    Args:
        entries: at least one.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        from bm25s import BM25

        self.entries = tuple(entries)
        self._index: Any = BM25()
        self._index.index([_words(f"{entry.title} {entry.text}") for entry in self.entries], show_progress=False)

    @classmethod
    def read(cls, content: bytes) -> Almanac:
        """An almanac from the bytes of an ``almanac.jsonl.gz``.

        Raises:
            ValueError: it is none.
        """
        try:
            rows = [json.loads(line) for line in gzip.decompress(content).splitlines()]
            entries = [Entry(str(row["id"]), str(row["title"]), str(row["text"])) for row in rows]
        except (OSError, EOFError, KeyError, TypeError) as error:
            raise ValueError(f"no almanac: {error}") from None
        if not entries:
            raise ValueError("no almanac: it is empty")
        return cls(entries)

    def look_up(self, question: str, count: int = 1) -> list[Entry]:
        """The passages that fit a question best, best first; fewer where fewer share a word with it."""
        known = self._index.get_tokens_ids(_words(question))
        scores = self._index.get_scores_from_ids(known)
        best = np.argsort(-scores, kind="stable")[:count]
        return [self.entries[place] for place in best if scores[place] > 0]

    def about(self, question: str, among: int = 5) -> Entry | None:
        """The passage to read for a question: the best of the ``among`` best ones whose title the question names.

        A title is named where all its names (words with a capital letter) stand in the question. None where no title
        is, or where the question has a name that stands nowhere in the almanac: then it is about something else.
        """
        if any(name not in self._known for name in _names(question, after=1)):
            return None
        words = set(_words(question))
        return next((entry for entry in self.look_up(question, among) if _named(entry.title, words)), None)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(word for entry in self.entries for word in _words(f"{entry.title} {entry.text}"))


def _named(title: str, words: set[str]) -> bool:
    names = _names(title) - {"the"}
    return bool(names) and names <= words


def _names(text: str, after: int = 0) -> set[str]:
    """Words with a capital letter, in lower case; without the first ``after`` words, which have one anyway."""
    return {word.lower() for word in re.findall(r"\w+", text)[after:] if word[0].isupper()}


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
