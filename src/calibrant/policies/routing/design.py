"""Fitting sums of piecewise linear curves, with every part of the rows left out in turn.

Each column becomes hat functions at a few of its quantiles; neighbouring knots are drawn together, so that a curve
bends only where the data say so (a ridge penalty on first differences, as in P-splines: Eilers & Marx 1996).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from calibrant.metrics.arrays import Bools, Floats, Ints
from calibrant.policies.routing.additive import Additive, Curve

__all__ = ["Design", "Fitted"]

_QUANTILES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
_FEW = 7
"""So many distinct values have a knot each."""
_SMOOTH = 1.0
_RIDGE = 0.01
_STEPS = 12
_ENOUGH = 1e-6


@dataclass(frozen=True, slots=True)
class _Block:
    """Where a column's hats stand in the matrix."""

    column: str
    knots: Floats
    start: int
    missing: bool

    @property
    def stop(self) -> int:
        return self.start + len(self.knots) + self.missing


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model of all rows, and what models that did not see a row say of it."""

    model: Additive
    held_out: Floats
    """Shape (n,)."""


class Design:
    """The columns of some rows as hat functions, ready for several fits.

    Args:
        columns: name -> shape (n,), NaN = missing; a column that never varies is left out.
        folds: the part of each row, shape (n,), 0 .. parts - 1.
    """

    def __init__(self, columns: Mapping[str, Floats], folds: Ints) -> None:
        self.n = len(folds)
        self._folds = folds
        self._parts = int(folds.max()) + 1 if self.n else 0
        self._blocks: list[_Block] = []
        pieces = [np.ones((self.n, 1))]
        width = 1
        for name, values in columns.items():
            absent = np.isnan(values)
            knots = _knots(values[~absent])
            if not len(knots) or (len(knots) == 1 and not absent.any()):
                continue
            block = _Block(name, knots, width, bool(absent.any()))
            self._blocks.append(block)
            pieces.append(_hats(values, absent, knots, block.missing))
            width = block.stop
        self._matrix = np.hstack(pieces)
        self._penalty = self._penalties(width)

    def _penalties(self, width: int) -> Floats:
        penalty = np.eye(width) * _RIDGE
        penalty[0, 0] = 1e-9
        for block in self._blocks:
            for at in range(block.start, block.start + len(block.knots) - 1):
                penalty[at : at + 2, at : at + 2] += _SMOOTH * np.array([[1.0, -1.0], [-1.0, 1.0]])
            if block.missing:
                penalty[block.stop - 1, block.stop - 1] += _SMOOTH
        return penalty

    @cached_property
    def _factors(self) -> list[tuple[Floats, bool]]:
        """Of the linear problem: all rows first, then each part left out."""
        parts = [self._matrix[self._folds == part] for part in range(self._parts)]
        grams = [part.T @ part for part in parts]
        whole = np.sum(grams, axis=0) + self._penalty
        return [cho_factor(whole), *(cho_factor(whole - gram) for gram in grams)]

    def linear(self, target: Floats) -> Fitted:
        """Ridge regression of values in [0, 1]."""
        matrix = self._matrix
        sums = [matrix[self._folds == part].T @ target[self._folds == part] for part in range(self._parts)]
        whole = np.sum(sums, axis=0)
        weights = cho_solve(self._factors[0], whole)
        held_out = np.empty(self.n)
        for part in range(self._parts):
            out = self._folds == part
            held_out[out] = matrix[out] @ cho_solve(self._factors[part + 1], whole - sums[part])
        return Fitted(self._written(weights, logistic=False), np.clip(held_out, 0, 1))

    def logistic(self, target: Floats, used: Bools) -> Fitted:
        """Penalised logistic regression of 0 and 1, on the rows used; said of all rows."""
        start = np.zeros(self._matrix.shape[1])
        share = (float(target[used].sum()) + 1) / (int(used.sum()) + 2)
        start[0] = np.log(share / (1 - share))
        weights = self._newton(start, target, used)
        held_out = np.empty(self.n)
        for part in range(self._parts):
            out = self._folds == part
            held_out[out] = _expit(self._matrix[out] @ self._newton(weights, target, used & ~out))
        return Fitted(self._written(weights, logistic=True, used=used), held_out)

    def _newton(self, start: Floats, target: Floats, used: Bools) -> Floats:
        matrix, truth = self._matrix[used], target[used]
        weights = start
        for _ in range(_STEPS):
            chance = _expit(matrix @ weights)
            slope = matrix.T @ (chance - truth) + self._penalty @ weights
            bend = (matrix * np.maximum(chance * (1 - chance), 1e-6)[:, None]).T @ matrix + self._penalty
            step = cho_solve(cho_factor(bend), slope)
            # A step as long as this is beyond where the curvature is known.
            step *= min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
            weights = weights - step
            if float(np.abs(step).max()) < _ENOUGH:
                break
        return weights

    def _written(self, weights: Floats, *, logistic: bool, used: Bools | None = None) -> Additive:
        """The model in plain numbers; each curve is 0 on average over its knots, and the rest is the intercept."""
        intercept = float(weights[0])
        curves = []
        for block in self._blocks:
            adds = weights[block.start : block.start + len(block.knots)]
            level = float(adds.mean())
            intercept += level
            # What is absent where an arm declined says nothing of an answer that lacks it: only the rows used count.
            seen = block.missing and (used is None or bool(self._matrix[used, block.stop - 1].any()))
            missing = float(weights[block.stop - 1]) - level if seen else None
            curves.append(
                Curve(
                    column=block.column,
                    knots=tuple(block.knots.tolist()),
                    adds=tuple((adds - level).tolist()),
                    missing=missing,
                )
            )
        return Additive(intercept=intercept, curves=tuple(curves), logistic=logistic)


def _knots(values: Floats) -> Floats:
    if not values.size:
        return values
    distinct = np.unique(values)
    return distinct if len(distinct) <= _FEW else np.unique(np.quantile(values, _QUANTILES))


def _hats(values: Floats, absent: Bools, knots: Floats, missing: bool) -> Floats:
    """One hat for each knot, level beyond the ends, and a flag for what is missing."""
    hats = np.zeros((len(values), len(knots) + missing))
    there = np.flatnonzero(~absent)
    given = np.clip(values[there], knots[0], knots[-1])
    right = np.clip(np.searchsorted(knots, given, side="right"), 1, max(len(knots) - 1, 1))
    if len(knots) == 1:
        hats[there, 0] = 1
    else:
        share = (given - knots[right - 1]) / (knots[right] - knots[right - 1])
        hats[there, right - 1] = 1 - share
        hats[there, right] = share
    if missing:
        hats[absent, -1] = 1
    return hats


def _expit(logits: Floats) -> Floats:
    chances: Floats = 1 / (1 + np.exp(-np.clip(logits, -700, 700)))
    return chances
