"""The almanac: the text that describes the reference world, and the look-up in it by BM25."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
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


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
