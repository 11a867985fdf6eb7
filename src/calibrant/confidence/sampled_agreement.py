"""Agreement: the share of k further samples that are the same answer (definitions, section 4)."""

from __future__ import annotations

from dataclasses import dataclass

from calibrant.confidence.equivalence import comparable
from calibrant.confidence.sampled import compared, enough
from calibrant.confidence.signal import Evidence, Needs
from calibrant.types import ConfidenceSource

__all__ = ["SampledAgreement"]


@dataclass(frozen=True, slots=True)
class SampledAgreement:
    """Self-consistency of an answer (Wang et al. 2023; Manakul et al. 2023), the answer itself not counted.

    ``(1/k) sum of [y_i is y]`` over the samples y_i of the answer y, in [0, 1].
    """

    k: int = 5
    name: str = "agreement"
    source: ConfidenceSource = ConfidenceSource.AGREEMENT
    bounds: tuple[float, float] = (0.0, 1.0)

    @property
    def needs(self) -> Needs:
        """K samples."""
        return Needs(samples=self.k)

    def score(self, evidence: Evidence) -> float | None:
        """The share of samples that agree; None with fewer than half of them, or an answer that cannot be compared."""
        answer, samples = comparable(evidence.answer.text), compared(evidence, self.k)
        if answer is None or not enough(len(samples), self.k):
            return None
        return sum(evidence.same(answer, part) for part, _ in samples) / len(samples)
