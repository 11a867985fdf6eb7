"""Step 8: how many of some models answer without the passage; what all of them know is left out, but for a share."""

from __future__ import annotations

import random
from collections.abc import Sequence

from calibrant.builder.documents.asking import Request
from calibrant.builder.documents.filters.filter import Sifted, Surroundings, marked
from calibrant.builder.item import Dropped, Item
from calibrant.types import OutcomeState

__all__ = ["UNFILTERED", "Difficulty"]

UNFILTERED = "unfiltered"
"""Name of the mark of items that stay whatever their difficulty: on them accuracy is not selected."""


class Difficulty:
    """Asks each model closed-book, as a run would, so that a run finds these answers in the store."""

    name = "difficulty"
    needs = "--measure-on"

    def __call__(self, items: Sequence[Item], around: Surroundings) -> Sifted:
        """Drop what every model knows, outside the unfiltered share."""
        if around.asker is None or not around.measured_on or not items:
            return Sifted(kept=list(items))
        request = Request(
            what="answers without the passage",
            questions=[item.question for item in items],
            models=list(around.measured_on),
        )
        answers = around.asker.ask(request)
        chance = random.Random(f"unfiltered {around.seed}")  # noqa: S311 - a draw, no secret
        whole = set(chance.sample(range(len(items)), round(around.unfiltered * len(items))))
        sifted = Sifted()
        for place, item in enumerate(items):
            right = sum(of[item.question.id][0].state is OutcomeState.CORRECT for of in answers.values())
            detail = f"{right} of {len(answers)} models right without the passage"
            if place in whole:
                sifted.kept.append(
                    marked(marked(item, self.name, detail), UNFILTERED, "drawn before difficulty counted")
                )
            elif right == len(answers):
                failed = marked(item, self.name, detail, passed=False)
                sifted.dropped.append(Dropped(item=failed, filter=self.name, reason=detail))
            else:
                sifted.kept.append(marked(item, self.name, detail))
        return sifted
