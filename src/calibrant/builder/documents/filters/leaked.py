"""Step 5: the question does not give its answer away."""

from __future__ import annotations

from collections.abc import Sequence

from calibrant.builder.documents.filters.filter import Sifted, Surroundings, sift
from calibrant.builder.item import Item
from calibrant.questions.suspicion import fold_text, leaked_gold

__all__ = ["NotLeaked"]


class NotLeaked:
    """Looks for each accepted answer among the words of the question."""

    name = "not-leaked"
    needs = None

    def __call__(self, items: Sequence[Item], around: Surroundings) -> Sifted:
        """Drop questions that hold their answer."""
        return sift(self.name, items, _leak)


def _leak(item: Item) -> tuple[str | None, str]:
    gold = leaked_gold(fold_text(item.question.text), item.question.golds)
    return (None if gold is None else f"the question holds the answer: {gold}"), ""
