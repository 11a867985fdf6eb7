"""Some wrong answers word for word: the surest ones of each side, since these are what a certificate lets through."""

from __future__ import annotations

import random
from dataclasses import dataclass

from calibrant.reports.decision.sides import Side
from calibrant.store import Store
from calibrant.types import OutcomeState, Stratum

__all__ = ["WrongAnswer", "wrong_answers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongAnswer:
    """One wrong answer."""

    model: str
    question_id: str
    question: str
    golds: tuple[str, ...]
    """Empty where the question has no answer, and where answers were graded elsewhere."""
    has_answer: bool
    """Whether the question has one; else declining is right."""
    answer: str
    confidence: float | None
    """By the signal of its model."""
    reason: str | None
    """What its grader said."""


def wrong_answers(
    store: Store, sides: tuple[Side, Side], signals: dict[str, str | None], *, most: int, grader: str | None, seed: int
) -> list[WrongAnswer]:
    """Up to ``most`` wrong answers, half of each side where there are as many: the surest first, of equals any.

    Args:
        store: where the runs are.
        sides: the two.
        signals: side's name -> name of its confidence, None where it has none.
        most: so many together.
        grader: whose grades count.
        seed: of the choice among equals.
    """
    ranked = [_ranked(side, signals[side.name], seed) for side in sides]
    halves = most - most // 2, most // 2
    taken = [min(len(one), half) for one, half in zip(ranked, halves, strict=True)]
    for at, other in ((0, 1), (1, 0)):
        taken[at] = min(len(ranked[at]), most - taken[other])
    found = []
    for side, places, count in zip(sides, ranked, taken, strict=True):
        chosen = dict(places[:count])
        wanted = sorted(chosen)
        read = store.items(side.run, grader=grader, places=wanted, bodies=False) if wanted else iter(())
        items = dict(zip(wanted, read, strict=True))
        for place, _ in places[:count]:
            item = items[place]
            found.append(
                WrongAnswer(
                    model=side.name,
                    question_id=item.question.id,
                    question=item.question.text,
                    golds=item.question.golds,
                    has_answer=item.question.stratum is Stratum.ANSWERABLE,
                    answer=item.response.text or "",
                    confidence=chosen[place],
                    reason=item.grade.reason if item.grade else None,
                )
            )
    return found


def _ranked(side: Side, signal: str | None, seed: int) -> list[tuple[int, float | None]]:
    """(place, confidence) of its wrong answers, one of each question, the surest first."""
    rows: dict[str, tuple[int, float | None]] = {}
    for place, outcome in zip(side.places, side.outcomes, strict=True):
        if outcome.state is OutcomeState.INCORRECT:
            sure = next((one.value for one in outcome.confidences if one.name == signal), None)
            rows.setdefault(outcome.question_id, (place, sure))
    found = list(rows.values())
    random.Random(seed).shuffle(found)  # noqa: S311 - a sample, no secret
    return sorted(found, key=lambda row: -float("inf") if row[1] is None else row[1], reverse=True)
