"""The text of a reply as its tokens come: what each token spells, where a stop ends it, what may be told already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from calibrant.models.reference.tokens import Tokens
from calibrant.types import TokenLogprob

__all__ = ["News", "Transcript"]


class News(NamedTuple):
    """What came since the last time."""

    text: str
    entries: tuple[TokenLogprob, ...]


class Transcript:
    """A reply under way.

    Args:
        tokens: the tokenizer.
        stop: texts that end the reply and are no part of it.
    """

    def __init__(self, tokens: Tokens, stop: Sequence[str]) -> None:
        self.text = ""
        self.entries: list[TokenLogprob] = []
        self.is_stopped = False
        self._tokens = tokens
        self._stop = tuple(word for word in stop if word)
        self._ids: list[int] = []
        self._told = (0, 0)
        """Characters and tokens that were told already."""

    def add(self, token: int, logprob: float, top: Sequence[tuple[int, float]]) -> None:
        """Add a token with its log-probability, and those of the likeliest tokens at its place."""
        known = len(self._tokens.decode(self._ids))
        others = tuple((self._tokens.decode([*self._ids, one])[known:], value) for one, value in top)
        self._ids.append(token)
        piece = self._tokens.decode(self._ids)[known:]
        self.entries.append(TokenLogprob(piece, logprob, others))
        self.text += piece
        ends = [place for word in self._stop if (place := self.text.find(word)) >= 0]
        if ends:
            self.is_stopped = True
            self.text = self.text[: min(ends)]
            del self.entries[self._spelling(len(self.text)) :]

    def news(self, *, is_over: bool) -> News:
        """What was not told yet and will not be taken back: not what may turn out to be the beginning of a stop."""
        characters, entries = self._told
        end = len(self.text) if is_over else len(self.text) - self._held()
        spelled = len(self.entries) if is_over else max(entries, self._spelling(end + 1) - 1)
        self._told = (end, spelled)
        return News(self.text[characters:end], tuple(self.entries[entries:spelled]))

    def _spelling(self, end: int) -> int:
        """How many tokens begin before a place in the text."""
        start = 0
        for count, entry in enumerate(self.entries):
            if start >= end:
                return count
            start += len(entry.token)
        return len(self.entries)

    def _held(self) -> int:
        """Characters at the end that may be the beginning of a stop."""
        sizes = [size for word in self._stop for size in range(1, len(word)) if self.text.endswith(word[:size])]
        return max(sizes, default=0)
