"""Figures of the reference world: from a measurement to a number, from numbers to an interval and a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.stats import t as student

from calibrant.lab.evaluation import Measured, state
from calibrant.lab.questions import ANSWERABLE, UNKNOWNS
from calibrant.metrics import auroc

__all__ = [
    "ACCURACY",
    "FIGURES",
    "RANKINGS",
    "RATE",
    "Figure",
    "attempts",
    "interval",
    "printed_accuracy",
    "ranking",
    "table",
]

Figure = Callable[[Measured], float | None]


def share(outcome: str, *bands: str) -> Figure:
    return lambda measured: measured.share(outcome, *bands)


def attempts(measured: Measured, bands: Sequence[str]) -> list[tuple[float, float, str]]:
    """(confidence, 1 if right, entity) of each attempted answer, of distinct questions in the bands."""
    found = {
        asked.text: (reply.confidence, float(state(asked, reply) == "correct"), asked.entity)
        for asked, reply in zip(measured.asked, measured.replies, strict=True)
        if asked.band in bands and not reply.declined
    }
    return list(found.values())


def ranking(*bands: str) -> Figure:
    """AUROC of the answer's probability against being right, among attempted answers in the bands."""

    def figure(measured: Measured) -> float | None:
        rows = attempts(measured, bands)
        return auroc([row[0] for row in rows], [row[1] for row in rows]) if rows else None

    return figure


def confidence_right(measured: Measured) -> float | None:
    right = [row[0] for row in attempts(measured, ANSWERABLE) if row[1]]
    return float(np.mean(right)) if right else None


ACCURACY, RATE = "accuracy on answerable", "hallucination rate i/(p+i+a)"
FIGURES: dict[str, Figure] = {
    ACCURACY: share("correct", *ANSWERABLE),
    RATE: lambda measured: measured.hallucination_rate,
    "unknowns answered": share("incorrect", *UNKNOWNS),
    "- invented entities answered": share("incorrect", UNKNOWNS[0]),
    "- never stated answered": share("incorrect", UNKNOWNS[1]),
    "- false premises answered": share("incorrect", UNKNOWNS[2]),
    "known facts refused": share("abstained", "known"),
    "confidence when right": confidence_right,
    "confidence on known": lambda measured: measured.confidence("known"),
    "confidence on rare": lambda measured: measured.confidence("rare"),
    "confidence on unknowns": lambda measured: measured.confidence(*UNKNOWNS),
}
RANKINGS: dict[str, tuple[str, ...]] = {
    "known alone": ("known",),
    "seldom alone": ("seldom",),
    "rare alone": ("rare",),
    "answerable": ANSWERABLE,
    "known and unknowns": ("known", *UNKNOWNS),
    "all": (*ANSWERABLE, *UNKNOWNS),
}


def interval(values: Sequence[float | None]) -> str:
    """Mean and 95 % t-interval of the defined values."""
    found = [value for value in values if value is not None]
    if not found:
        return "none"
    mean = float(np.mean(found))
    if len(found) < 2:
        return f"{mean:.3f}"
    half = float(student.ppf(0.975, len(found) - 1) * np.std(found, ddof=1) / len(found) ** 0.5)
    return f"{mean:.3f} ± {half:.3f}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return ["| " + " | ".join(line) + " |" for line in (header, ["---"] * len(header), *rows)] + [""]


def printed_accuracy(found: Measured, there: bool) -> float:
    pairs = zip(found.asked, found.replies, strict=True)
    return float(
        np.mean([state(a, r) == "correct" for a, r in pairs if a.answer is not None and a.in_almanac is there])
    )
