"""Candidate thresholds, fixed without looking at a label: definitions, section 6.3.

A candidate that comes from the scores is 'strictly above the score of the k-th surest row', as threshold
nextafter(score, +inf). The row it stands on, and whatever ties with it, is not accepted: what lies strictly above is,
given that score and its number, a sample of what will lie above it. Equal scores so enter together, and where the
scores are few levels the candidates are the cuts between all of them and nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibrant.metrics.arrays import Floats, Ints
from calibrant.policies.labelled import Labelled

__all__ = ["Ladder", "ladder"]

GRID = np.arange(1, 100) / 100
_LEVELS = 101
"""So many distinct scores, each held by five rows on average, count as levels: per cent has 101."""
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Ladder:
    """Candidates from the fewest answers to the most; the last one accepts all that was answered."""

    thresholds: Floats
    accepted: Ints
    errors: Ints
    rows: int
    from_scores: bool
    """Whether the candidates come from the scores, rather than having been declared."""

    def __len__(self) -> int:
        return len(self.accepted)

    @property
    def coverage(self) -> Floats:
        """Share of the rows that each candidate answers."""
        return self.accepted / max(self.rows, 1)

    def at(self, coverage: float) -> int | None:
        """The candidate of the largest coverage below this one; the first where all are above. None without any.

        The row of rank k = coverage x rows lies at or below its cut, so that whether a cut is chosen depends on labels
        neither above it nor below.
        """
        if not len(self):
            return None
        k = int(np.ceil(coverage * self.rows - _SLACK))
        return max(0, int(np.searchsorted(self.accepted, k)) - 1)


def ladder(data: Labelled, levels: tuple[float, ...] | None = None) -> Ladder:
    """All candidates: the declared levels, all cuts between few levels, or cuts near coverages 1 %, 2 %, ... 99 %."""
    score = data.score[: data.answered]
    if levels is not None:
        thresholds = np.array(sorted(set(levels), reverse=True), dtype=np.float64)
        accepted = np.searchsorted(-score, -thresholds, side="right")
        first = np.append(True, accepted[1:] != accepted[:-1])
        thresholds, accepted = thresholds[first], accepted[first]
    else:
        thresholds, accepted = _cuts(score, data.rows)
    inside = (accepted > 0) & (accepted < data.answered)
    accepted = np.append(accepted[inside], data.answered or [])
    thresholds = np.append(thresholds[inside], -np.inf if data.answered else [])
    errors = np.concatenate([[0], np.cumsum(data.wrong)])[accepted.astype(np.int64)]
    return Ladder(
        thresholds=thresholds,
        accepted=accepted.astype(np.int64),
        errors=errors.astype(np.int64),
        rows=data.rows,
        from_scores=levels is None,
    )


def _cuts(score: Floats, rows: int) -> tuple[Floats, Ints]:
    """Thresholds just above a score, from the surest down, and how many scores lie above each."""
    new = np.append(False, score[1:] != score[:-1]) if score.size else np.zeros(0, dtype=np.bool_)
    starts = np.flatnonzero(new)
    distinct = starts.size + 1
    if distinct <= _LEVELS and 5 * distinct <= score.size:
        chosen = starts
    else:
        ranks = np.ceil(GRID * rows - _SLACK).astype(np.int64)
        ranks = ranks[(ranks >= 1) & (ranks <= score.size)]
        # The start of the tie block that each rank falls into is how many scores lie strictly above.
        above = np.searchsorted(-score, -score[ranks - 1], side="left")
        heavy = starts[:1][starts[:1] >= max(2, 0.01 * rows)]
        chosen = np.unique(np.concatenate([heavy, above[above > 0]])).astype(np.int64)
    return np.nextafter(score[chosen], np.inf), chosen.astype(np.int64)
