"""Semantic entropy: how far the meanings of k samples are spread, by counts or by their probabilities.

It is a property of the question and the model, not of the answer at hand: all answers to one question share it, up to
chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from calibrant.confidence.equivalence import clusters, sizes
from calibrant.confidence.sampled import compared, enough
from calibrant.confidence.signal import Evidence, Needs
from calibrant.types import ConfidenceSource

__all__ = ["DiscreteSemanticEntropy", "SemanticEntropy", "entropy"]


def entropy(weights: Sequence[float]) -> float:
    """Entropy in nats of weights >= 0, scaled to sum to 1; 0 log 0 = 0.

    >>> round(entropy([1, 1]), 4), entropy([3])
    (0.6931, 0.0)
    """
    total = math.fsum(weights)
    shares = [weight / total for weight in weights if weight > 0]
    return abs(math.fsum(-share * math.log(share) for share in shares))


@dataclass(frozen=True, slots=True)
class DiscreteSemanticEntropy:
    """Minus the entropy of the clusters' shares of the samples (Farquhar et al. 2024, discrete).

    ``sum over clusters of (n_c/k) log(n_c/k)``, in [-log k, 0] nats.
    """

    k: int = 5
    name: str = "discrete_semantic_entropy"
    source: ConfidenceSource = ConfidenceSource.OTHER

    @property
    def bounds(self) -> tuple[float, float]:
        """From k different answers to one."""
        return -math.log(self.k), 0.0

    @property
    def needs(self) -> Needs:
        """K samples."""
        return Needs(samples=self.k)

    def score(self, evidence: Evidence) -> float | None:
        """Minus the entropy; None with fewer than half of the samples, or fewer than two."""
        samples = compared(evidence, self.k)
        if not enough(len(samples), self.k, least=2):
            return None
        return -entropy(sizes(clusters([part for part, _ in samples], evidence.same)))


@dataclass(frozen=True, slots=True)
class SemanticEntropy:
    """Minus the entropy of the clusters' probabilities (Farquhar et al. 2024, Nature 630).

    ``P(c)`` is the sum of the samples' probabilities in cluster c over that of all, each sample's being the geometric
    mean of its tokens' (length-normalised), as in the paper. In [-log k, 0] nats.
    """

    k: int = 5
    name: str = "semantic_entropy"
    source: ConfidenceSource = ConfidenceSource.OTHER

    @property
    def bounds(self) -> tuple[float, float]:
        """From k different answers, equally likely, to one."""
        return -math.log(self.k), 0.0

    @property
    def needs(self) -> Needs:
        """K samples with their tokens' log-probabilities."""
        return Needs(samples=self.k, logprobs=True)

    def score(self, evidence: Evidence) -> float | None:
        """Minus the entropy; None with fewer than half of the samples, or where one has no log-probabilities."""
        samples = compared(evidence, self.k)
        if not enough(len(samples), self.k, least=2) or not all(said.logprobs for _, said in samples):
            return None
        means = [math.fsum(token.logprob for token in said.logprobs) / len(said.logprobs) for _, said in samples]
        if not all(map(math.isfinite, means)):
            return None
        # Only ratios count, so the largest becomes 1 and none vanishes beside it.
        weights = [math.exp(mean - max(means)) for mean in means]
        found = clusters([part for part, _ in samples], evidence.same)
        sums = [math.fsum(w for w, c in zip(weights, found, strict=True) if c == n) for n in range(max(found) + 1)]
        return -entropy(sums)
