"""Venn-Abers calibration: two isotonic fits, as if the new answer were right and as if it were wrong.

The one calibrator here with a validity of its own: for exchangeable rows one of the two probabilities is perfectly
calibrated. How far they lie apart says how much the labels leave open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from calibrant.confidence.calibrate.rows import FittedOn, read_field, read_numbers, read_rows
from calibrant.metrics.arrays import Floats, Ints, counted_levels, probabilities, scores

__all__ = ["VennAbers", "fit_venn_abers"]

Point = tuple[int, int]


class ProbabilityPair(NamedTuple):
    """What an answer's probability of being right would be if it turned out wrong, and if right. Shapes (n,)."""

    if_wrong: Floats
    if_right: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class VennAbers:
    """Inductive Venn-Abers: step functions of the score, P(right) = p1 / (1 - p0 + p1), which never falls."""

    method: ClassVar[str] = "venn_abers"
    monotone: ClassVar[bool] = True
    scores: tuple[float, ...]
    """Where either step function steps, ascending; m of them."""
    if_wrong: tuple[float, ...]
    """p0 below the first score, and from each score on: m + 1."""
    if_right: tuple[float, ...]
    """p1 up to and with each score, and above the last: m + 1."""
    fitted_on: FittedOn
    _steps: tuple[Floats, Floats, Floats] = field(init=False, repr=False, compare=False)
    """The three as arrays."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_steps", tuple(map(np.asarray, (self.scores, self.if_wrong, self.if_right))))

    def predict(self, given: ArrayLike) -> Floats:
        """Probabilities of being right for scores of shape (n,), never 0 or 1 within the scores fitted on.

        p1 / (1 - p0 + p1) loses least, in the worst case, against whichever of the two is the right one under log loss.

        Raises:
            ValueError: a score is not finite.
        """
        p0, p1 = self.predict_pair(given)
        return p1 / (1 - p0 + p1)

    def predict_pair(self, given: ArrayLike) -> ProbabilityPair:
        """Both probabilities, p0 <= p1.

        Raises:
            ValueError: a score is not finite.
        """
        score = scores(given, "scores")
        at, p0, p1 = self._steps
        below, above = (np.searchsorted(at, score, side=side) for side in ("right", "left"))
        return ProbabilityPair(p0[below], p1[above])

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "method": self.method,
            "scores": list(self.scores),
            "if_wrong": list(self.if_wrong),
            "if_right": list(self.if_right),
            "fitted_on": self.fitted_on.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> VennAbers:
        """The calibrator that ``to_dict`` wrote.

        Raises:
            ValueError: a field is missing, scores do not rise, or probabilities fall.
        """
        at = read_numbers(data, "scores")
        p0, p1 = (probabilities(read_numbers(data, name), name) for name in ("if_wrong", "if_right"))
        falls = any((np.diff(steps) < 0).any() for steps in (p0, p1))
        if not len(p0) == len(p1) == len(at) + 1 or (np.diff(at) <= 0).any() or falls or (p0 > p1).any():
            raise ValueError("a Venn-Abers calibrator needs rising scores and one more probability that never falls")
        return cls(
            scores=tuple(at.tolist()),
            if_wrong=tuple(p0.tolist()),
            if_right=tuple(p1.tolist()),
            fitted_on=FittedOn.from_dict(read_field(data, "fitted_on")),
        )


def fit_venn_abers(
    given: ArrayLike, correct: ArrayLike, *, clusters: ArrayLike | None = None, seed: int = 0
) -> VennAbers:
    """Fit an inductive Venn-Abers predictor to scores of any scale (Vovk, Petej & Fedorova 2015, algorithms 1 to 4).

    Shrinks towards 1/2 where labels are few, instead of saying 0 or 1. All right, all wrong and constant scores need no
    exception. n log n.

    Args:
        given: scores, higher = surer, shape (n,).
        correct: 1 where the answer was right, else 0, shape (n,).
        clusters: label of each row's document, or of its question; kept, as digests, in ``fitted_on``.
        seed: kept in ``fitted_on``; the fit itself draws nothing.

    Raises:
        ValueError: no rows, lengths differ, a score is not finite, ``correct`` holds other than 0 and 1.
    """
    rows = read_rows(given, correct, clusters, seed)
    levels, counts, right = counted_levels(rows.scores, rows.correct)
    p1 = np.append(_with_one_right(counts.tolist(), right.tolist()), 1.0)
    # A wrong answer more, seen from the other end and with right and wrong exchanged, is a right one more.
    p0 = 1 - np.append(_with_one_right(counts[::-1].tolist(), (counts - right)[::-1].tolist()), 1.0)[::-1]
    steps = (np.diff(p0) != 0) | (np.diff(p1) != 0)
    return VennAbers(
        scores=tuple(levels[steps].tolist()),
        if_wrong=_kept(p0, steps),
        if_right=_kept(p1, steps),
        fitted_on=rows.fitted_on,
    )


def _kept(values: Floats, steps: Any) -> tuple[float, ...]:
    """The values between the scores that are kept: a score at which nothing steps parts nothing."""
    after: Ints = np.flatnonzero(steps) + 1
    return tuple(values[np.concatenate([[0], after])].tolist())


def _with_one_right(counts: Sequence[int], right: Sequence[int]) -> Floats:
    """For each level, the isotonic fit at it when one right answer of this level is added.

    The fit is a slope of the greatest convex minorant of the points (answers so far, right ones so far). The answer
    that is added begins before all levels, at the point (-1, -1), and moves up level by level; each move changes one
    point, and the corners to the right of it are kept on a stack.
    """
    points: list[Point] = [(0, 0)]
    for count, good in zip(counts, right, strict=True):
        points.append((points[-1][0] + count, points[-1][1] + good))
    before = (-1, -1)
    corners = [before]
    for point in points:
        while len(corners) > 1 and not _turns_left(corners[-2], corners[-1], point):
            corners.pop()
        corners.append(point)
    corners.reverse()
    found = []
    for level in range(1, len(points)):
        top, following = corners[-1], corners[-2]
        found.append((following[1] - top[1]) / (following[0] - top[0]))
        # The level trades places with the added answer: the point between them moves.
        here, there = points[level - 1], points[level]
        before = (before[0] + there[0] - here[0], before[1] + there[1] - here[1])
        if not _turns_left(top, before, following):
            continue
        corners.pop()
        while len(corners) > 1 and not _turns_left(before, corners[-1], corners[-2]):
            corners.pop()
        corners.append(before)
    return np.array(found)


def _turns_left(a: Point, b: Point, c: Point) -> bool:
    """Whether the way from a over b to c turns left: b lies below the line from a to c."""
    return (b[0] - a[0]) * (c[1] - a[1]) > (b[1] - a[1]) * (c[0] - a[0])
