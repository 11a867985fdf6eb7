"""Reading by extraction: an answer is a span of the passages, or the admission not to know.

At every step the model may only take a token with which a span of the passages (or the admission) goes on that begins
as the answer so far does. Small models find the right place long before they copy many tokens without a slip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["Spans"]

_AFTER_A_SPAN = ("Ġ", ".", ",")


class Spans:
    """The answers that may be given, as states to walk through; pure, one walk for each question.

    Args:
        passages: token ids of each passage, encoded with a space before its text so that its first word is a word.
        admission: token ids of `` I do not know the answer.`` with its leading space.
        end: id of ``<eos>``.
        pieces: id -> token as the tokenizer writes it (``Ġ`` for a space): a span begins with a word and ends before
            the next word or a stop.

    >>> spans = Spans([[5, 6, 7, 8]], [9], 2, {5: "Ġborn", 6: "Ġin", 7: "ĠKar", 8: "dov"})
    >>> spans.allowed(), spans.walk(7).allowed(), spans.walk(7).walk(8).allowed()
    ([5, 6, 7, 9], [8], [2])
    """

    def __init__(
        self, passages: Sequence[Sequence[int]], admission: Sequence[int], end: int, pieces: Mapping[int, str]
    ) -> None:
        self._texts = (*(tuple(passage) for passage in passages), tuple(admission))
        self._end = end
        self._pieces = pieces
        self._begun = False
        last = len(self._texts) - 1
        self._places = [
            (number, at)
            for number, text in enumerate(self._texts)
            for at, token in enumerate(text)
            if (at == 0 if number == last else pieces[token].startswith("Ġ"))
        ]

    def allowed(self) -> list[int]:
        """Ids that may come next, in ascending order."""
        found = {self._texts[number][at] for number, at in self._places if at < len(self._texts[number])}
        if any(self._may_end(number, at) for number, at in self._places):
            found.add(self._end)
        return sorted(found)

    def walk(self, token: int) -> Spans:
        """The state after a token that was allowed."""
        after = object.__new__(Spans)
        after._texts, after._end, after._pieces, after._begun = self._texts, self._end, self._pieces, True
        after._places = [
            (number, at + 1)
            for number, at in self._places
            if at < len(self._texts[number]) and self._texts[number][at] == token
        ]
        return after

    def _may_end(self, number: int, at: int) -> bool:
        text = self._texts[number]
        if number == len(self._texts) - 1:
            return at == len(text)
        return self._begun and (at == len(text) or self._pieces[text[at]].startswith(_AFTER_A_SPAN))
