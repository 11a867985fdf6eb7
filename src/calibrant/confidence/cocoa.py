"""CoCoA: the answer's improbability times its dissimilarity to k samples (Vashurin et al. 2025, arXiv 2502.04964)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from calibrant.confidence.equivalence import comparable
from calibrant.confidence.sampled import compared, enough
from calibrant.confidence.signal import Evidence, Needs
from calibrant.types import ConfidenceSource

__all__ = ["Cocoa"]


@dataclass(frozen=True, slots=True)
class Cocoa:
    """Minus ``u(y) (1/k) sum of (1 - sim(y, y_i))``, at most 0.

    ``u(y) = -log p(y)`` of the answer's tokens (the paper's CoCoA_MSP). Of short answers the similarity is 1 where they
    are the same answer, else 0, in place of the paper's cross-encoder: so it is 0 wherever all samples agree.
    """

    k: int = 5
    name: str = "cocoa"
    source: ConfidenceSource = ConfidenceSource.OTHER
    bounds: tuple[float, float] = (-math.inf, 0.0)

    @property
    def needs(self) -> Needs:
        """K samples, and the log-probabilities of the answer's tokens."""
        return Needs(samples=self.k, logprobs=True)

    def score(self, evidence: Evidence) -> float | None:
        """The score; None with fewer than half of the samples or without log-probabilities."""
        answer, samples = comparable(evidence.answer.text), compared(evidence, self.k)
        if answer is None or not evidence.answer.logprobs or not enough(len(samples), self.k):
            return None
        logprob = min(0.0, math.fsum(token.logprob for token in evidence.answer.logprobs))
        different = sum(not evidence.same(answer, part) for part, _ in samples)
        return logprob * (different / len(samples)) if math.isfinite(logprob) else None
