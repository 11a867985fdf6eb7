"""A second model's agreement: does another model answer the same? It catches mistakes that a model repeats."""

from __future__ import annotations

from dataclasses import dataclass

from calibrant.confidence.ask import Ask
from calibrant.confidence.equivalence import comparable
from calibrant.confidence.signal import Evidence, Needs
from calibrant.types import ConfidenceSource, Purpose

__all__ = ["SecondModel"]

_ASK = Ask(name="second_model", purpose=Purpose.SECOND, how="again", second=True)


@dataclass(frozen=True, slots=True)
class SecondModel:
    """1 where the other model gives the same answer to the same prompt, else 0 (definitions, section 4)."""

    name: str = "second_model"
    source: ConfidenceSource = ConfidenceSource.AGREEMENT
    bounds: tuple[float, float] = (0.0, 1.0)
    needs: Needs = Needs(ask=_ASK)  # noqa: RUF009 - frozen

    def score(self, evidence: Evidence) -> float | None:
        """1 or 0; None where either answer is missing or cannot be compared. One that declines does not agree."""
        said = evidence.replies.get(_ASK.name)
        answer, other = comparable(evidence.answer.text), comparable(said.text) if said is not None else None
        return None if answer is None or other is None else float(evidence.same(answer, other))
