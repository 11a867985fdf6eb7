"""Stated in two steps: how sure are you of that answer, asked in a turn of its own (Tian et al. 2023, 'Verb. 2S')."""

from __future__ import annotations

from dataclasses import dataclass

from calibrant.confidence.ask import Ask
from calibrant.confidence.number import read_percentage
from calibrant.confidence.signal import Evidence, Needs
from calibrant.types import ConfidenceSource, Purpose

__all__ = ["TwoStep"]

_ASK = Ask(
    name="how_sure",
    purpose=Purpose.STATED,
    how="after",
    user=(
        "How likely is it that your answer is right? Reply with a probability from 0 % to 100 % and nothing else, "
        "for example: 70 %"
    ),
)


@dataclass(frozen=True, slots=True)
class TwoStep:
    """The probability that the model gives its own answer when it is asked afterwards, in [0, 1]."""

    name: str = "stated_two_step"
    source: ConfidenceSource = ConfidenceSource.STATED
    bounds: tuple[float, float] = (0.0, 1.0)
    needs: Needs = Needs(ask=_ASK)  # noqa: RUF009 - frozen

    def score(self, evidence: Evidence) -> float | None:
        """The probability; None where the reply states none."""
        said = evidence.replies.get(_ASK.name)
        return None if said is None else read_percentage(said.text)
