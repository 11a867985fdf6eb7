"""A decision model's probability that the answer is right: ``POST /v1/decisions``, or ``/v1/systemone``.

These services generate nothing: they take a state and a condition and return how probable the condition is. The wires
``decisions`` and ``systemone`` of ``calibrant.models`` make a `Model` of one, whose reply is that probability.
"""

from __future__ import annotations

from dataclasses import dataclass

from calibrant.confidence.ask import Ask
from calibrant.confidence.number import read_percentage
from calibrant.confidence.signal import Evidence, Needs
from calibrant.models import Sampling
from calibrant.types import ConfidenceSource, Purpose

__all__ = ["Decision"]

_ASK = Ask(
    name="decision",
    purpose=Purpose.PROBABILITY,
    how="alone",
    second=True,
    system="The answer given to the question is correct.",
    user="Question: {question}\n\nAnswer, between two lines that mark its beginning and end:\n{answer}",
    sampling=Sampling(),
)


@dataclass(frozen=True, slots=True)
class Decision:
    """The probability that a decision model gives the condition 'the answer is correct'; in [0, 1]."""

    name: str = "decision"
    source: ConfidenceSource = ConfidenceSource.JUDGE
    bounds: tuple[float, float] = (0.0, 1.0)
    needs: Needs = Needs(ask=_ASK)  # noqa: RUF009 - frozen

    def score(self, evidence: Evidence) -> float | None:
        """The probability; None where the service declined to decide."""
        said = evidence.replies.get(_ASK.name)
        return None if said is None else read_percentage(said.text)
