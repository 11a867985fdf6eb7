"""Bounds on the mean of a table of units while it is being asked, valid at every look: betting without replacement.

A unit is a cluster of questions; its value is bounded. Units come in blocks, a random one of each cell (see
`blocks_of`), and bets are fixed inside a block. For a candidate mean m of the whole table, the mean of what is left is
known to be ``m_b = (N m - sum of what was drawn) / (N - number drawn)``, and each gambler's capital is multiplied by
``1 + bet (x - f - m_b + mean of f over what is left)`` for each unit of the block (Waudby-Smith & Ramdas 2020 and 2024,
section 5.2). ``f`` is a guess of the value made before the block is drawn: a control variate. As a block holds one unit
of each of k cells of one size, the product's expectation under the candidate is at most 1 by the inequality of the
arithmetic and the geometric mean: stratification costs no validity, and its gain is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log

import numpy as np
from numpy.typing import ArrayLike

from calibrant.metrics.arrays import Floats, Ints

__all__ = ["MeanSequence", "SequenceOptions", "blocks_of"]

_STAKES = np.geomspace(0.05, 0.9, 6)
"""Constant bets that each gambler's capital is spread over, in parts of the greatest one at the start."""
_SPREAD = _STAKES / _STAKES.sum()
"""Parts of the capital: more on large bets, which decide early."""
_LARGEST = 0.98
"""Of the bet at which the worst possible value would leave nothing."""
_RIDGE = 20.0
"""Weight of the belief that covariates say nothing, in units."""
_NO_ROOM = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceOptions:
    """How to bet.

    Raises:
        ValueError: level outside (0, 1), bounds not low < high, fewer than 3 points.
    """

    bounds: tuple[float, float] = (-1.0, 1.0)
    """Least and greatest value of a unit of weight 1."""
    level: float = 0.95
    whole: bool = True
    """About the mean of this table, whose units are drawn without replacement. Otherwise about the source it is a
    random sample of; control variates, whose mean there nobody knows, are not used then."""
    points: int = 401
    """Candidate means; with an odd number the middle of the bounds is among them."""
    crowding: float = 1.0
    """Power by which candidates crowd around the middle: 1 = they are even, 2 = close where a gap is near 0."""

    def __post_init__(self) -> None:
        if not 0 < self.level < 1 or not self.bounds[0] < self.bounds[1] or self.points < 3:
            raise ValueError("need level in (0, 1), bounds low < high and at least 3 points")


def blocks_of(strata: Sequence[str | None], *, cells: int, seed: int) -> list[list[int]]:
    """A random order of units in blocks that each hold every stratum in exactly its share.

    Units, sorted by stratum and in random order inside, are cut into ``cells`` cells of one size, and every block takes
    a random unit of each. Blanks fill up what is missing to equal sizes; a block that drew one is shorter.

    Args:
        strata: of each unit; None is a stratum as well.
        cells: units in a block. 1 = a plain random order.
        seed: of the order.

    Returns:
        Places 0 .. n-1, block by block. ``ceil(n / cells)`` blocks.

    Raises:
        ValueError: no cell.
    """
    if cells < 1:
        raise ValueError(f"need at least one cell, not {cells}")
    random = np.random.default_rng(seed)
    size = ceil(len(strata) / cells)
    names = [str(name) for name in strata]
    chance = random.random(len(names))
    places = sorted(range(len(names)), key=lambda place: (names[place], chance[place]))
    # A blank has a random place too: always at the end, the last stratum would come thinner.
    filled: list[int] = [-1] * (size * cells)
    kept = np.sort(random.permutation(size * cells)[: len(places)])
    for slot, place in zip(kept.tolist(), places, strict=True):
        filled[slot] = place
    table = np.array(filled, dtype=np.int64).reshape(cells, size)
    blocks = []
    for column in random.permuted(table, axis=1).T:
        real = column[column >= 0]
        blocks.append([int(place) for place in random.permutation(real)])
    return blocks


class MeanSequence:
    """Bounds that hold at every look together, with probability ``level``.

    Args:
        weights: of each unit, shape (n,); their mean is made 1. A unit's value lies within ``bounds`` times its weight.
        cells: units in a block, blanks among them.
        options: how to bet.
        covariates: known of every unit beforehand, shape (n, J): scores of other models, strata. None = none.

    Raises:
        ValueError: weights or covariates that are not finite or not positive, or of different lengths.
    """

    def __init__(
        self, weights: ArrayLike, *, cells: int, options: SequenceOptions, covariates: ArrayLike | None = None
    ) -> None:
        weight = np.asarray(weights, dtype=np.float64)
        if weight.ndim != 1 or not weight.size or not np.isfinite(weight).all() or weight.min() <= 0:
            raise ValueError("weights must be positive and finite, at least one")
        self._weight = weight / weight.mean()
        self._options = options
        self._cells = cells
        self._slots = ceil(weight.size / cells) * cells
        self._guess = _Guess(_columns(covariates, self._weight), self._weight, options.bounds)
        low, high = options.bounds
        half = (high - low) / 2
        even = np.linspace(-1, 1, options.points)
        self._means = (low + high) / 2 + half * np.sign(even) * np.abs(even) ** options.crowding
        self._stakes = _STAKES / half
        shape = (self._stakes.size, options.points)
        self._up, self._down = np.zeros(shape), np.zeros(shape)
        self._not_above, self._not_below = np.zeros(options.points, dtype=bool), np.zeros(options.points, dtype=bool)
        self._left = np.ones(weight.size, dtype=bool)
        self._drawn = 0
        self._sum = self._missing = self._counted = 0.0

    @property
    def low(self) -> float:
        """The greatest candidate that the mean is surely greater than; the lower bound where there is none."""
        ruled_out = int(np.flatnonzero(~np.append(self._not_above, False))[0])
        return float(self._means[max(0, ruled_out - 1)])

    @property
    def high(self) -> float:
        """The least candidate that the mean is surely less than; the upper bound where there is none."""
        ruled_out = int(np.flatnonzero(~np.append(self._not_below[::-1], False))[0])
        return float(self._means[min(self._means.size - 1, self._means.size - ruled_out)])

    @property
    def estimate(self) -> float | None:
        """Mean of the values seen, helped by the covariates; None before the first."""
        if self._counted == 0:
            return None
        if not self._options.whole:
            return self._sum / self._counted
        return self._sum / self._counted + self._guess.correction(self._left)

    @property
    def share_drawn(self) -> float:
        """Of the table's units."""
        return float(1 - self._left.mean())

    def is_greater(self, candidate: float) -> bool:
        """Whether the mean is surely greater than a candidate; to the next candidate below the true bound."""
        return bool(self._not_above.any()) and self.low >= candidate

    def is_less(self, candidate: float) -> bool:
        """Whether the mean is surely less than a candidate."""
        return bool(self._not_below.any()) and self.high <= candidate

    def add(self, units: Sequence[int], values: ArrayLike) -> None:
        """Look at a block.

        Args:
            units: places of its units, none of them seen before.
            values: of each, weight included; nan = there will be none: such a unit is taken out of the table.

        Raises:
            ValueError: a unit seen before, more units than cells, or a value out of bounds.
        """
        places = np.asarray(units, dtype=np.int64)
        value = np.asarray(values, dtype=np.float64)
        self._check(places, value)
        if self._options.whole:
            centre, worst_up, worst_down = self._under_each_candidate()
        else:
            centre, worst_up, worst_down = self._means * 0, *self._worst_of_source()
        guessed = self._guess.values
        valued = ~np.isnan(value)
        blanks = min(self._cells, self._slots - self._drawn) - places.size
        weight = np.concatenate([self._weight[places], np.ones(blanks)])[:, None]
        guess = np.concatenate([guessed[places], np.zeros(blanks)])[:, None]
        surprise = np.concatenate([value, np.full(blanks, np.nan)])[:, None]
        # A unit without a value has the candidate's own: taken out of the table, it leaves its mean as it is.
        x = np.where(np.isnan(surprise), self._means * weight, surprise)
        if not self._options.whole:
            x = x - self._means * weight
        self._bet(x - guess - centre, worst_up, worst_down)
        self._note(places, value, valued, blanks)
        rich = log(2 / (1 - self._options.level))
        self._not_above |= _capital(self._up) >= rich
        self._not_below |= _capital(self._down) >= rich
        if self._options.whole:
            self._rule_out_the_impossible()

    def _check(self, places: Ints, value: Floats) -> None:
        if places.size > self._cells or len(set(places.tolist())) < places.size or not self._left[places].all():
            raise ValueError("a block holds at most one new unit for each cell")
        low, high = self._options.bounds
        weight = self._weight[places]
        slack = 1e-9 * (high - low)
        if (value < low * weight - slack).any() or (value > high * weight + slack).any():
            raise ValueError(f"a value lies outside {self._options.bounds} times its unit's weight")

    def _under_each_candidate(self) -> tuple[Floats, Floats, Floats]:
        """Of what is left: its mean less the guess's, and how far below and above it a value can fall, by candidate."""
        low, high = self._options.bounds
        left = self._slots - self._drawn
        mean = (self._slots * self._means - self._sum - self._missing * self._means) / left
        guessed, weight = self._guess.values[self._left], self._weight[self._left]
        centre = mean - float(guessed.sum()) / left
        least = min(low, float((low * weight - guessed).min()))
        greatest = max(high, float((high * weight - guessed).max()))
        return centre, centre - least, greatest - centre

    def _worst_of_source(self) -> tuple[Floats, Floats]:
        """How far below and above the candidate a unit of the source can fall, weight included."""
        (low, high), most = self._options.bounds, float(self._weight.max())
        return most * (self._means - low), most * (high - self._means)

    def _bet(self, gap: Floats, worst_up: Floats, worst_down: Floats) -> None:
        growing = self._slots / (self._slots - self._drawn) if self._options.whole else 1.0
        stakes = self._stakes[:, None] * growing
        up = np.minimum(stakes, _LARGEST / np.maximum(worst_up, _NO_ROOM))
        down = np.minimum(stakes, _LARGEST / np.maximum(worst_down, _NO_ROOM))
        # (stakes, units, candidates); the least factor is reached by rounding alone.
        self._up += np.log1p(np.maximum(up[:, None] * gap, -_LARGEST)).sum(axis=1)
        self._down += np.log1p(np.maximum(-down[:, None] * gap, -_LARGEST)).sum(axis=1)

    def _note(self, places: Ints, value: Floats, valued: np.ndarray, blanks: int) -> None:
        self._left[places] = False
        self._drawn += places.size + blanks
        self._sum += float(value[valued].sum())
        self._counted += float(self._weight[places][valued].sum())
        self._missing += float(self._weight[places][~valued].sum()) + blanks
        if self._options.whole:
            self._guess.learn(places[valued], value[valued])

    def _rule_out_the_impossible(self) -> None:
        """What no values of the units left could make the mean."""
        low, high = self._options.bounds
        weight = float(self._weight[self._left].sum())
        total = self._counted + weight
        if total > 0:
            self._not_above |= self._means < (self._sum + low * weight) / total - _NO_ROOM
            self._not_below |= self._means > (self._sum + high * weight) / total + _NO_ROOM


def _capital(logs: Floats) -> Floats:
    """Logarithm of what the bets are worth together, by candidate."""
    most = logs.max(axis=0)
    together: Floats = most + np.log(_SPREAD @ np.exp(logs - most))
    return together


class _Guess:
    """What each unit's value will be, by ridge regression on the covariates of those seen; none without covariates."""

    def __init__(self, columns: Floats | None, weight: Floats, bounds: tuple[float, float]) -> None:
        self._columns, self._weight, self._bounds = columns, weight, bounds
        self.values = np.zeros(weight.size)
        width = 0 if columns is None else columns.shape[1]
        self._gram, self._target = np.eye(width) * _RIDGE, np.zeros(width)
        if width:
            self._gram[0, 0] = 1.0
        self._seen: list[Ints] = []

    def learn(self, places: Ints, value: Floats) -> None:
        if self._columns is None or not places.size:
            return
        rows = self._columns[places]
        self._gram += rows.T @ rows
        self._target += rows.T @ value
        self._seen.append(places)
        low, high = self._bounds
        guess = self._columns @ np.linalg.solve(self._gram, self._target)
        self.values = np.clip(guess, low * self._weight, high * self._weight)

    def correction(self, left: np.ndarray) -> float:
        """Mean of the guesses over the table less that over what was seen."""
        if self._columns is None or not self._seen:
            return 0.0
        seen = np.concatenate(self._seen)
        every = np.concatenate([seen, np.flatnonzero(left)])
        return float(
            self.values[every].sum() / self._weight[every].sum() - self.values[seen].sum() / self._weight[seen].sum()
        )


def _columns(covariates: ArrayLike | None, weight: Floats) -> Floats | None:
    """Covariates on one scale, a column of ones before them; all times the weight, as the values are."""
    if covariates is None:
        return None
    table = np.asarray(covariates, dtype=np.float64)
    if table.ndim != 2 or len(table) != weight.size or not np.isfinite(table).all():
        raise ValueError("covariates must be a finite table with a row for each unit")
    spread = table.std(axis=0)
    varying = spread > 0
    table = (table[:, varying] - table[:, varying].mean(axis=0)) / spread[varying]
    return np.column_stack([np.ones(len(table)), table]) * weight[:, None]
