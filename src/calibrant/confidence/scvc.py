"""SCVC: half self-consistency, half verbalised confidence, from two answers (Del et al. 2026, arXiv 2603.19118)."""

from __future__ import annotations

from dataclasses import dataclass

from calibrant.confidence.equivalence import comparable
from calibrant.confidence.sampled import compared, enough
from calibrant.confidence.signal import Evidence, Needs
from calibrant.types import ConfidenceSource

__all__ = ["Scvc"]


@dataclass(frozen=True, slots=True)
class Scvc:
    """``(1/2) SC + (1/2) VC``, in [0, 1].

    SC is the share of the m = k + 1 answers (the one at hand and k samples) that are the same as the one at hand, VC
    the mean confidence that these state. The paper scores the majority answer; here that is the answer at hand, the one
    that is given. With m = 2 both are the same: of two different answers either is a majority.
    """

    k: int = 1
    name: str = "scvc"
    source: ConfidenceSource = ConfidenceSource.AGREEMENT
    bounds: tuple[float, float] = (0.0, 1.0)

    @property
    def needs(self) -> Needs:
        """K samples, and a confidence stated in every reply."""
        return Needs(stated="number", samples=self.k)

    def score(self, evidence: Evidence) -> float | None:
        """The score; None where a sample is missing, or the answer and those like it state no confidence."""
        answer, samples = comparable(evidence.answer.text), compared(evidence, self.k)
        if answer is None or not enough(len(samples), self.k):
            return None
        alike = [evidence.answer, *(said for part, said in samples if evidence.same(answer, part))]
        stated = [said.stated for said in alike if said.stated is not None]
        if not stated:
            return None
        return 0.5 * len(alike) / (len(samples) + 1) + 0.5 * sum(stated) / len(stated)
