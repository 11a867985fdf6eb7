"""What a policy computes when it decides: a sum of piecewise linear curves, one for each thing it looks at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import exp, isnan, nan
from typing import Any

import numpy as np

from calibrant.metrics.arrays import Floats

__all__ = ["Additive", "Curve", "MissingError"]


class MissingError(ValueError):
    """Something that was never missing in the fit is missing now, so that nothing is known of such cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """What one column adds: linear between knots, level beyond the first and the last."""

    column: str
    knots: tuple[float, ...]
    """Ascending; one knot or more."""
    adds: tuple[float, ...]
    """What the column adds at each knot."""
    missing: float | None
    """What it adds where it is missing; None where it never was in the fit."""

    def at(self, value: float) -> float:
        """What one value adds; NaN = missing.

        Raises:
            MissingError: it is missing, and never was in the fit.
        """
        if isnan(value):
            if self.missing is None:
                raise MissingError(self.column)
            return self.missing
        knots, adds = self.knots, self.adds
        if value >= knots[-1]:
            return adds[-1]
        place = bisect_right(knots, value)
        if not place:
            return adds[0]
        low, high = knots[place - 1], knots[place]
        slope = (adds[place] - adds[place - 1]) / (high - low)
        return slope * (value - low) + adds[place - 1]

    def values(self, column: Floats) -> Floats:
        """The same of many, shape (n,); NaN where it is missing and never was in the fit."""
        absent = np.isnan(column)
        added: Floats = np.interp(np.where(absent, self.knots[0], column), self.knots, self.adds)
        return np.where(absent, nan if self.missing is None else self.missing, added)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "column": self.column,
            "knots": list(self.knots),
            "adds": list(self.adds),
            "missing": self.missing,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Curve:
        """The curve that `to_dict` wrote.

        Raises:
            ValueError: knots that do not ascend, or not one number for each.
        """
        knots, adds = tuple(map(float, data["knots"])), tuple(map(float, data["adds"]))
        if not knots or len(knots) != len(adds) or any(a >= b for a, b in pairwise(knots)):
            raise ValueError(f"the curve of '{data['column']}' needs ascending knots and a number for each")
        missing = data["missing"]
        return cls(
            column=str(data["column"]), knots=knots, adds=adds, missing=None if missing is None else float(missing)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Additive:
    """intercept + sum of curves; the logit of a probability, or a value in [0, 1]."""

    intercept: float
    curves: tuple[Curve, ...]
    logistic: bool
    """True: the sum is a logit. False: it is the value itself, clipped to [0, 1]."""

    def at(self, columns: Mapping[str, float]) -> float:
        """The prediction for one case.

        Raises:
            MissingError: a column is missing that never was in the fit.
        """
        total = self.intercept
        for curve in self.curves:
            total += curve.at(columns.get(curve.column, nan))
        if self.logistic:
            return 1 / (1 + exp(-total)) if total > -700 else 0.0
        return min(1.0, max(0.0, total))

    def values(self, columns: Mapping[str, Floats], n: int) -> Floats:
        """The same of many, shape (n,); NaN where something is missing that never was in the fit."""
        total = np.full(n, self.intercept)
        nothing = np.full(n, nan)
        for curve in self.curves:
            total = total + curve.values(columns.get(curve.column, nothing))
        if self.logistic:
            chances: Floats = 1 / (1 + np.exp(-np.maximum(total, -700)))
            return chances
        value: Floats = np.clip(total, 0.0, 1.0)
        return value

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "intercept": self.intercept,
            "scale": "logit" if self.logistic else "value",
            "curves": [curve.to_dict() for curve in self.curves],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Additive:
        """The model that `to_dict` wrote."""
        if data["scale"] not in ("logit", "value"):
            raise ValueError(f"'{data['scale']}' is no scale of a model: logit or value")
        return cls(
            intercept=float(data["intercept"]),
            curves=tuple(Curve.from_dict(one) for one in data["curves"]),
            logistic=data["scale"] == "logit",
        )
