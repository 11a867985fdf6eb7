"""Step 1: the quote stands in the document to the letter, and the answer in the quote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from calibrant.builder.documents.filters.filter import Sifted, Surroundings, marked
from calibrant.builder.item import Dropped, Item
from calibrant.grading import matches
from calibrant.questions.suspicion import fold_text

__all__ = ["Quoted", "find_quote", "holds", "occurs"]

_LONGEST_GRAM = 6
_MOST_WORDS = 80


class Quoted:
    """Finds the quote whatever its white space, and notes where it stands."""

    name = "quoted"
    needs = None

    def __call__(self, items: Sequence[Item], around: Surroundings) -> Sifted:
        """Drop items whose quote or answer is not there."""
        sifted = Sifted()
        for item in items:
            found = self._look(item, around)
            if isinstance(found, str):
                failed = marked(item, self.name, found, passed=False)
                sifted.dropped.append(Dropped(item=failed, filter=self.name, reason=found))
            else:
                sifted.kept.append(found)
        return sifted

    def _look(self, item: Item, around: Surroundings) -> Item | str:
        source = item.source
        if source is None or source.document not in around.corpus.documents:
            return "it names no document"
        text = around.corpus.documents[source.document].text
        place = find_quote(source.quote, text, near=source.start or 0)
        if place is None:
            return "the quote does not stand in the document"
        start, end = place
        quote = text[start:end]
        gold = next((gold for gold in item.question.golds if holds(quote, gold)), None)
        if gold is None:
            return "the answer is not in the quote"
        chunk = around.corpus.chunk_at(source.document, start)
        exact = replace(source, quote=quote, start=start, end=end, chunk=chunk.name if chunk else source.chunk)
        return marked(replace(item, source=exact), self.name, f"characters {start}-{end}")


def find_quote(quote: str, text: str, *, near: int = 0) -> tuple[int, int] | None:
    r"""Where a quote stands, white space aside; the first place from ``near`` on, else the first of all.

    >>> find_quote("to  be", "or not to be, to\nbe"), find_quote("to be", "or not to be, to\nbe", near=9)
    ((7, 12), (14, 19))
    """
    words = quote.split()
    if not words:
        return None
    wanted = re.compile(r"\s+".join(map(re.escape, words)))
    found = wanted.search(text, near) or wanted.search(text)
    return None if found is None else found.span()


def occurs(gold: str, folded: str) -> bool:
    """Whether an answer stands in a text (by ``fold_text``) as words of its own.

    >>> occurs("The Grey Sea", "it flows into the grey sea"), occurs("14", "1914")
    (True, False)
    """
    return f" {fold_text(gold)} " in f" {folded} "


def holds(quote: str, gold: str) -> bool:
    """Whether a quote holds an answer: in its words, or in another spelling of its number or date."""
    if occurs(gold, fold_text(quote)):
        return True
    if gold.strip() and gold.strip() in quote and not fold_text(gold)[:1].isalnum():
        return True
    words = quote.split()[:_MOST_WORDS]
    if not any(map(str.isdigit, gold)):
        return False
    grams = (
        " ".join(words[start : start + length])
        for length in range(1, _LONGEST_GRAM + 1)
        for start in range(len(words) - length + 1)
    )
    return any(matches(gram.strip(".,;:()"), [gold]) for gram in grams)
