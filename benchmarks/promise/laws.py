"""Laws of scores and errors whose true risk above every threshold is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, expit

Floats = NDArray[np.float64]
POINTS = 400_001
UNITS = np.linspace(0.0, 1.0, POINTS)


@dataclass(frozen=True)
class Law:
    """Rank u is uniform, 1 = surest; score(u) never falls, wrong(u) is the chance of an error."""

    name: str
    score: Callable[[Floats], Floats]
    wrong: Callable[[Floats], Floats]

    def draw(self, random: np.random.Generator, n: int) -> tuple[Floats, Floats]:
        """Scores and 1 = right."""
        u = random.random(n)
        return self.score(u), (random.random(n) >= self.wrong(u)).astype(np.float64)

    def curve(self) -> tuple[Floats, Floats, Floats]:
        """Scores ascending, share above or at each, share wrong above or at each."""
        u = (UNITS[1:] + UNITS[:-1]) / 2
        weight = 1.0 / len(u)
        error = np.cumsum(self.wrong(u)[::-1] * weight)[::-1]
        return self.score(u), 1 - UNITS[:-1], error

    def risks(self) -> Callable[[float], float]:
        """The true share wrong among answers with score >= threshold."""
        score, share, error = self.curve()

        def risk(threshold: float) -> float:
            if threshold == -np.inf or threshold <= score[0]:
                return float(error[0] / share[0])
            at = min(int(np.searchsorted(score, threshold, side="left")), len(score) - 1)
            return float(error[at] / share[at])

        return risk

    def oracle(self, alpha: float) -> float:
        """The largest coverage whose true risk is at most alpha."""
        score, share, error = self.curve()
        cut = np.append(True, score[1:] != score[:-1])
        fine = cut & (error <= alpha * share)
        return float(share[fine].max()) if fine.any() else 0.0


def _levels(edges: tuple[float, ...]) -> Callable[[Floats], Floats]:
    inner = np.array(edges)
    return lambda u: np.searchsorted(inner, u, side="right") / (len(inner) + 1)


def _of_score(score: Callable[[Floats], Floats], right: Callable[[Floats], Floats]) -> Callable[[Floats], Floats]:
    table = right(score(UNITS))
    return lambda u: 1 - np.interp(u, UNITS, table)


def _named(name: str, a: float, b: float, right: Callable[[Floats], Floats]) -> Law:
    table = betaincinv(a, b, UNITS)
    score = lambda u: np.interp(u, UNITS, table)  # noqa: E731
    return Law(name, score, _of_score(score, right))


GOOD = _named("good", 1.3, 1.0, lambda s: np.minimum(0.99, expit(5.2 * s - 1.6)))
WEAK = _named("weak", 2.0, 1.2, lambda s: np.minimum(0.97, 0.35 + 0.62 * s))
STRONG = _named("strong", 1.5, 0.6, lambda s: np.minimum(0.995, expit(9 * s - 4)))
TEN = (0.03, 0.06, 0.1, 0.15, 0.22, 0.3, 0.4, 0.55, 0.75)
TEN_RIGHT = np.array([0.3, 0.35, 0.4, 0.5, 0.55, 0.65, 0.72, 0.8, 0.9, 0.97])
STATED = Law("10 levels", _levels(TEN), lambda u: 1 - TEN_RIGHT[np.searchsorted(np.array(TEN), u, side="right")])
_LEAST = 1e-7


def hard_laws(alpha: float) -> list[Law]:
    """Laws built against a promise of alpha: the true risk hovers at it, or crosses it where it hurts."""
    even = lambda u: u  # noqa: E731
    above = alpha * (1 + _LEAST)
    five = (0.2, 0.4, 0.6, 0.8)
    cell = lambda u: np.searchsorted(np.array(five), u, side="right")  # noqa: E731
    uneven = np.minimum(1.0, alpha * np.array([1.0, 0.2, 2.0, 0.2, 1.8]))
    levels = Law("5 levels, non-monotone", _levels(five), lambda u: uneven[cell(u)] + _LEAST)
    return [
        Law("flat at alpha", even, lambda u: np.full_like(u, above)),
        Law("flat at alpha, 5 levels", _levels(five), lambda u: np.full_like(u, above)),
        Law("waves around alpha", even, lambda u: np.minimum(1.0, alpha * (1 + 0.95 * np.cos(2 * np.pi * 7 * u)))),
        Law("surest 12 % worse", even, lambda u: np.where(u > 0.88, min(1.0, 2.5 * alpha), 0.85 * alpha)),
        Law("steep", even, lambda u: np.where(u > 0.55, 0.0, 1.0)),
        Law("rises to alpha at 35 %", even, lambda u: np.where(u > 0.65, above, np.minimum(1.0, 1.2 * alpha))),
        levels,
    ]


NAMED = [STRONG, GOOD, WEAK, STATED]
