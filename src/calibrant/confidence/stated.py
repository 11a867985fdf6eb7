"""The confidence that a reply states: ``Confidence: 85 %`` on its last line (definitions, section 4)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from calibrant.confidence.signal import Evidence, Needs
from calibrant.types import Confidence, ConfidenceSource

__all__ = ["Stated", "read_stated", "split_stated"]

_TAIL = 200
_STATED = re.compile(
    r"(?:^|\n|[.;,!?)]\s|\s[-–—]\s)[ \t>*_#(\[-]*"
    r"(?:my )?(?:confidence|probability|certainty)(?: level| score)?[ \t*_]*(?:[:=]|is)[ \t*_]*"
    r"(?P<value>\d{1,3}(?:[.,]\d{1,6})?|[.]\d{1,6})[ \t]*(?P<unit>%|percent|/[ \t]*100|/[ \t]*10|/[ \t]*1)?"
    r"[ \t.)\]*_]*$",
    re.IGNORECASE,
)
_SCALES = {"%": 100.0, "percent": 100.0, "/100": 100.0, "/10": 10.0, "/1": 1.0}


def split_stated(text: str) -> tuple[str, float | None]:
    r"""Part a reply into its answer and the confidence stated at its end.

    A number without a unit is a share up to 1, else per cent: ``1`` is read as certain. Only the reply's end is read.

    Args:
        text: the whole reply.

    Returns:
        The answer without the statement, and the confidence in [0, 1]; the text as it is and None where none is stated,
        the number lies outside its range, or nothing else is there.

    >>> split_stated("Paris\nConfidence: 85%")
    ('Paris', 0.85)
    >>> split_stated("Paris")
    ('Paris', None)
    """
    end = text.rstrip()
    start = max(0, len(end) - _TAIL)
    found = _STATED.search(end, start)
    if found is None:
        return text, None
    value = float(found["value"].replace(",", "."))
    unit = "".join((found["unit"] or "").split()).lower()
    scale = _SCALES.get(unit, 1.0 if value <= 1 else 100.0)
    if value > scale:
        return text, None
    # What separates the statement from the answer may end a sentence, which stays with the answer.
    kept = end[: found.start()] + (found[0][0] if found[0][0] in ".!?)" else "")
    answer = kept.rstrip(" \t\n,;-–—*_#>([")
    return (answer, value / scale) if answer.strip() else (text, None)


def read_stated(text: str) -> tuple[Confidence, ...]:
    """The stated confidence of a reply, as it is kept; empty where none is stated."""
    value = split_stated(text)[1]
    return () if value is None else (Confidence(source=ConfidenceSource.STATED, value=value),)


@dataclass(frozen=True, slots=True)
class Stated:
    """The number that the reply states after its answer, in [0, 1] (Tian et al. 2023, 'Verb. 1S')."""

    name: str = "stated"
    source: ConfidenceSource = ConfidenceSource.STATED
    bounds: tuple[float, float] = (0.0, 1.0)
    needs: Needs = Needs(stated="number")  # noqa: RUF009 - frozen

    def score(self, evidence: Evidence) -> float | None:
        """The confidence; None where none is stated."""
        return evidence.answer.stated
