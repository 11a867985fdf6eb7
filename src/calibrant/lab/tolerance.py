"""How far the figures of a model trained anew may be from the card's, and whether they are.

Another processor or PyTorch adds in another order, and training carries that on until the model is another draw: as far
from the card's as another training seed. A figure is a mean over n questions, and the difference of two draws has a
standard deviation of at most sqrt(2) times the larger of

- the standard deviation of the figure between the training seeds at hand, and
- sqrt(p (1 - p) / n), that of a mean of n independent values in [0, 1] with the mean p.

(For n small trials p is taken as (p n + 1) / (n + 2), so that a figure of 0 or 1 may move, too.) The tolerance is three
of these: of twenty figures that only chance moves, all are within it in about nineteen trainings of twenty.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from calibrant.lab.questions import ANSWERABLE, UNKNOWNS, Asked

__all__ = ["DEVIATIONS", "Compared", "compare", "figures", "tolerances"]

DEVIATIONS = 3.0
_TOLD, _UNTOLD = 321, 79
"""Passages that reading is measured on: that hold the answer, and that do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One figure of the card, and of a model trained anew."""

    figure: str
    card: float
    here: float
    tolerance: float

    @property
    def is_within(self) -> bool:
        """Whether they agree."""
        return abs(self.here - self.card) <= self.tolerance


def figures(card: Mapping[str, Any]) -> dict[str, float]:
    """The figures of a card by name; undefined ones are left out."""
    return {
        name: float(value) for name, value in {**card["closed_book"], **card["reading"]}.items() if value is not None
    }


def tolerances(cards: Sequence[Mapping[str, Any]], asked: Sequence[Asked]) -> dict[str, float]:
    """The tolerance of every figure of the first card.

    Args:
        cards: of the same model, one for each training seed; the first is the one that ships. One alone gives a
            tolerance by the number of questions only.
        asked: the questions that the figures are of.
    """
    found = [figures(card) for card in cards]
    behind = _questions_behind(found[0], asked)
    allowed = {}
    for name, value in found[0].items():
        n = behind[name]
        p = (value * n + 1) / (n + 2)
        of_seeds = [one[name] for one in found if name in one]
        between = statistics.stdev(of_seeds) if len(of_seeds) > 1 else 0.0
        allowed[name] = round(DEVIATIONS * math.sqrt(2) * max(between, math.sqrt(p * (1 - p) / n)), 4)
    return allowed


def compare(card: Mapping[str, Any], here: Mapping[str, Any], tolerance: Mapping[str, float]) -> list[Compared]:
    """Every figure of the card beside the one measured here; one that is undefined here is NaN, and not within."""
    measured = figures(here)
    return [
        Compared(figure=name, card=value, here=measured.get(name, math.nan), tolerance=tolerance[name])
        for name, value in figures(card).items()
    ]


def _questions_behind(found: Mapping[str, float], asked: Sequence[Asked]) -> dict[str, float]:
    """How many questions each figure is a mean over."""
    of_band = Counter(question.band for question in asked)
    answerable = sum(of_band[band] for band in ANSWERABLE)
    known = of_band["known"]
    made_up = sum(found[f"made_up_{_plain(band)}"] * of_band[band] for band in UNKNOWNS)
    counts: dict[str, float] = {
        "accuracy": answerable,
        "hallucination_rate": len(asked) - found["accuracy"] * answerable,
        "false_refusals": answerable,
        "false_refusals_known": known,
        "confidence_known": known * (1 - found["false_refusals_known"]),
        "confidence_unknown": made_up,
        "read": _TOLD,
        "read_refused": _TOLD,
        "not_in_passage_refused": _UNTOLD,
        **{f"accuracy_{band}": of_band[band] for band in ANSWERABLE},
        **{f"made_up_{_plain(band)}": of_band[band] for band in UNKNOWNS},
    }
    return {name: max(1.0, counts[name]) for name in found}


def _plain(band: str) -> str:
    return band.replace(" ", "_")
