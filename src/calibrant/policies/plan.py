"""What a promise will take before anything is labelled: labels, likely coverage, or that it is out of reach."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from calibrant.metrics.arrays import Bools, Floats
from calibrant.metrics.selective import auroc as measured_auroc
from calibrant.policies.certify import certify
from calibrant.policies.declared import Method
from calibrant.policies.labelled import checked_share, correctness

__all__ = ["PlanRow", "PromisePlan", "plan_promise"]

SIZES = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)
CONFIDENT_ERRORS = 0.07
"""With it, 2.7 % of the surest answers are wrong at an accuracy of .72."""
_TINY = 0.02
"""A coverage below it is not worth a promise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """What so many labelled rows bring, by simulation."""

    labels: int
    chance: float
    """Of any promise."""
    coverage: float
    """Mean share answered, no promise counting 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisePlan:
    """A plan for a promise."""

    alpha: float
    delta: float
    auroc: float
    accuracy: float
    possible_coverage: float
    """What endless labels would let one answer."""
    rows: tuple[PlanRow, ...]
    labels_needed: int | None
    """The smallest size tried that promises with a chance of 80 % and reaches half of the possible coverage."""
    reachable: bool
    sentence: str
    assumptions: tuple[str, ...]


def _assumptions(ranking: float, right: float, alike: float, measured: bool) -> tuple[str, ...]:
    source = "as measured on the pilot" if measured else "as assumed"
    return (
        "Scores of right and of wrong answers are normal with one variance (binormal); real ones differ.",
        f"{100 * alike:g} % of the wrong answers score like right ones.",
        f"AUROC {ranking:.3f} and accuracy {right:.3f} are {source}.",
        "Rows are independent; clusters of m rows take up to m times as many.",
    )


def _quality(
    auroc: float | None, accuracy: float | None, pilot: tuple[ArrayLike, ArrayLike] | None
) -> tuple[float, float]:
    if pilot is not None:
        if auroc is not None or accuracy is not None:
            raise ValueError("give either a pilot or an assumed auroc and accuracy, not both")
        truth = correctness(pilot[1])
        score = np.asarray(pilot[0], dtype=np.float64)[: len(truth)]
        there = ~np.isnan(truth)
        found = measured_auroc(score[there], truth[there])
        if found is None:
            raise ValueError("a pilot needs right and wrong answers")
        return found, float(truth[there].mean())
    if auroc is None or accuracy is None:
        raise ValueError("give an assumed auroc and accuracy, or a pilot of scores and labels")
    return checked_share("auroc", auroc), checked_share("accuracy", accuracy)


@dataclass(frozen=True, slots=True)
class _Law:
    """Right answers score Normal(separation, 1), wrong ones Normal(0, 1) but for a share that score like right ones."""

    separation: float
    accuracy: float
    alike: float

    @classmethod
    def of(cls, auroc: float, accuracy: float, alike: float) -> _Law:
        """The law with this AUROC: (1 - alike) x the AUROC of the others + alike / 2."""
        others = (auroc - alike / 2) / (1 - alike)
        return cls(sqrt(2) * float(ndtri(min(max(others, 1e-6), 1 - 1e-6))), accuracy, alike)

    def draw(self, random: np.random.Generator, n: int) -> tuple[Floats, Bools]:
        right = random.random(n) < self.accuracy
        high = right | (random.random(n) < self.alike)
        return random.normal(size=n) + self.separation * high, right

    def possible(self, alpha: float) -> float:
        """The largest coverage with a true risk of alpha at most."""
        threshold = np.linspace(-8, abs(self.separation) + 8, 4001)
        low, high = ndtr(-threshold), ndtr(self.separation - threshold)
        wrong = (1 - self.accuracy) * ((1 - self.alike) * low + self.alike * high)
        share = wrong + self.accuracy * high
        fine = wrong <= alpha * share
        return float(share[fine].max()) if fine.any() else 0.0


def _row(labels: int, law: _Law, ask: tuple[float, float, Method, int | None], draws: int, seed: int) -> PlanRow:
    alpha, delta, method, look = ask
    covered: Floats = np.zeros(draws)
    for draw in range(draws):
        score, right = law.draw(np.random.default_rng([seed, labels, draw]), labels)
        covered[draw] = certify(score, right, alpha=alpha, delta=delta, method=method, look=look, seed=draw).coverage
    return PlanRow(labels=labels, chance=float((covered > 0).mean()), coverage=float(covered.mean()))


def plan_promise(
    alpha: float,
    delta: float,
    *,
    auroc: float | None = None,
    accuracy: float | None = None,
    pilot: tuple[ArrayLike, ArrayLike] | None = None,
    confident_errors: float = CONFIDENT_ERRORS,
    sizes: tuple[int, ...] = SIZES,
    method: Method = "multistart",
    look: int | None = 1,
    draws: int = 60,
    seed: int = 0,
) -> PromisePlan:
    """Labels needed and likely coverage of a promise, from how well scores tell right from wrong.

    Scores of right and wrong answers are taken to be normal with one variance (the binormal law), moved apart by
    sqrt(2) x the normal quantile of the AUROC, but for a share of confident errors. The certificate itself is
    simulated.

    Args:
        alpha: error rate to be promised, in (0, 1).
        delta: chance that the promise is false, in (0, 1).
        auroc: P(score of a right answer > score of a wrong one), assumed, in (0, 1).
        accuracy: share of answers that are right, assumed, in (0, 1).
        pilot: scores and labels of a few rows instead, from which both are measured.
        confident_errors: share of wrong answers whose scores look just like those of right ones, in [0, 1). 0 is the
            plain binormal law, which is too hopeful about the surest answers.
        sizes: numbers of labelled rows to try.
        method: as in :func:`calibrant.policies.certify`.
        look: as there.
        draws: simulated data sets for each size.
        seed: of the simulation.

    Raises:
        ValueError: a number outside its range, neither or both of pilot and assumption, a pilot of one class.
    """
    checked_share("alpha", alpha)
    checked_share("delta", delta)
    if draws < 1 or not sizes or min(sizes) < 1:
        raise ValueError("need draws >= 1 and sizes >= 1")
    ranking, right = _quality(auroc, accuracy, pilot)
    if not 0 <= confident_errors < 1:
        raise ValueError(f"confident_errors must lie in [0, 1), not {confident_errors}")
    law = _Law.of(ranking, right, confident_errors)
    possible = law.possible(alpha)
    ask = (alpha, delta, method, look)
    rows = tuple(_row(size, law, ask, draws, seed) for size in sorted(set(sizes)))
    enough = [row.labels for row in rows if row.chance >= 0.8 and row.coverage >= 0.5 * possible]
    needed = min(enough, default=None)
    reachable = possible >= _TINY and needed is not None
    return PromisePlan(
        alpha=alpha,
        delta=delta,
        auroc=ranking,
        accuracy=right,
        possible_coverage=possible,
        rows=rows,
        labels_needed=needed,
        reachable=reachable,
        sentence=_sentence(alpha, possible, rows, needed),
        assumptions=_assumptions(ranking, right, confident_errors, pilot is not None),
    )


def _sentence(alpha: float, possible: float, rows: tuple[PlanRow, ...], needed: int | None) -> str:
    risk, best = f"{100 * alpha:g} %", f"{100 * possible:.2g} %"
    if possible < _TINY:
        return (
            f"Out of reach: endless labels would let one answer {best} of the questions with at most {risk} errors. "
            "It takes a better confidence, or a larger alpha."
        )
    if needed is None:
        last = rows[-1]
        return (
            f"Out of reach with {last.labels:,} labels: they let one answer {100 * last.coverage:.2g} % on average, "
            f"of {best} possible with endless labels."
        )
    row = next(one for one in rows if one.labels == needed)
    return (
        f"{needed:,} labels promise at most {risk} errors with a chance of {100 * row.chance:.0f} %, "
        f"and let one answer {100 * row.coverage:.2g} % of the questions on average, of {best} possible."
    )
