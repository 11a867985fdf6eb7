"""Step 8: how many of some models answer without the passage; what all of them know is left out, but for a share."""

from __future__ import annotations

import random
from collections.abc import Sequence

from calibrant.builder.documents.asking import Request
from calibrant.builder.documents.filters.filter import NOT_CHECKED, Sifted, Surroundings, marked
from calibrant.builder.documents.filters.verified import no_verdict
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
        """Drop what every model knows, outside the unfiltered share; a failed answer says nothing of difficulty."""
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
            given = [of[item.question.id][0] for of in answers.values()]
            right = sum(one.state is OutcomeState.CORRECT for one in given)
            without = sum(no_verdict(one, item.question.golds) is not None for one in given)
            detail = f"{right} of {len(given)} models right without the passage"
            detail += f", {without} without a verdict" if without else ""
            if place in whole:
                sifted.kept.append(
                    marked(marked(item, self.name, detail), UNFILTERED, "drawn before difficulty counted")
                )
            elif without and right + without == len(given):
                failed = marked(item, self.name, f"{NOT_CHECKED}: {detail}", passed=False)
                sifted.unchecked.append(Dropped(item=failed, filter=f"{self.name} ({NOT_CHECKED})", reason=detail))
            elif right == len(given):
                failed = marked(item, self.name, detail, passed=False)
                sifted.dropped.append(Dropped(item=failed, filter=self.name, reason=detail))
            else:
                sifted.kept.append(marked(item, self.name, detail))
        return sifted
