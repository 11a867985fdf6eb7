"""A stack: several signals of one answer weighed into one probability, by regularised logistic regression."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from calibrant.confidence.calibrate.logistic import fit_logistic
from calibrant.confidence.calibrate.rows import (
    FittedOn,
    Rows,
    fitted_on,
    laplace,
    read_field,
    read_finite,
    read_numbers,
)
from calibrant.metrics.arrays import Floats, labels, same_length

__all__ = ["Signals", "Stack", "fit_stack"]

Signals = Mapping[str, ArrayLike]
"""Name of a signal -> its scores, shape (n,); NaN where an answer has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """logit P(right) = intercept + sum of weight x signal, with a weight for "missing" where a signal may be.

    In its own rows it is surer than it may be: certify on others, see `calibrant.confidence.calibrate.cross_fit`.
    It need not rise with each signal.
    """

    method: ClassVar[str] = "stack"
    monotone: ClassVar[bool] = False
    names: tuple[str, ...]
    weights: tuple[float, ...]
    """One for each name, in the signal's own units."""
    missing: tuple[float | None, ...]
    """What a missing signal adds instead of weight x signal; None where it never was missing in the fit."""
    intercept: float
    fitted_on: FittedOn

    def predict(self, given: Signals) -> Floats:
        """Probabilities of being right.

        Args:
            given: the same signals as in the fit, each of shape (n,); others are refused.

        Raises:
            ValueError: a signal is left out, unknown, not finite, of another length, or missing (NaN) where it never
                was in the fit, so that nothing is known of answers without it.
        """
        if set(given) != set(self.names):
            raise ValueError(f"the stack weighs the signals {', '.join(self.names)}, not {', '.join(given) or 'none'}")
        columns = _columns({name: given[name] for name in self.names})
        total = np.full(len(columns[self.names[0]]), self.intercept)
        for name, weight, otherwise in zip(self.names, self.weights, self.missing, strict=True):
            values = columns[name]
            absent = np.isnan(values)
            if otherwise is None and absent.any():
                raise ValueError(
                    f"signal {name} is missing at index {int(absent.argmax())}, and never was where the stack was fit"
                )
            total += np.where(absent, otherwise or 0.0, weight * np.where(absent, 0.0, values))
        chances: Floats = expit(total)
        return chances

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "method": self.method,
            "names": list(self.names),
            "weights": list(self.weights),
            "missing": list(self.missing),
            "intercept": self.intercept,
            "fitted_on": self.fitted_on.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Stack:
        """The calibrator that ``to_dict`` wrote.

        Raises:
            ValueError: a field is missing, or there is not one weight for each name.
        """
        names = tuple(map(str, read_field(data, "names")))
        weights = read_numbers(data, "weights")
        given = read_field(data, "missing")
        if not names or not len(names) == len(set(names)) == len(weights) == len(given):
            raise ValueError("a stack needs one weight and one entry under 'missing' for each of its names")
        missing = tuple(None if one is None else read_finite({"missing": one}, "missing") for one in given)
        return cls(
            names=names,
            weights=tuple(weights.tolist()),
            missing=missing,
            intercept=read_finite(data, "intercept"),
            fitted_on=FittedOn.from_dict(read_field(data, "fitted_on")),
        )


def fit_stack(
    given: Signals,
    correct: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    seed: int = 0,
    penalty: float = 1.0,
) -> Stack:
    """Fit a stack of signals, by logistic regression with a penalty on the squares of its weights.

    Each signal is measured in standard deviations of its present values. A missing one counts as the mean, and whether
    it is missing is a signal of its own; a signal without any present value is refused. Wants about 30 labels for each
    signal.

    Args:
        given: name -> scores of any scale, shape (n,), NaN where an answer has none.
        correct: 1 where the answer was right, else 0, shape (n,).
        clusters: label of each row's document, or of its question; kept, as digests, in ``fitted_on``.
        seed: kept in ``fitted_on``; the fit itself draws nothing.
        penalty: half of it times the squared weights is added to the summed log loss; > 0.

    Raises:
        ValueError: no signals or no rows, lengths differ, a score is infinite, a signal is missing everywhere,
            ``correct`` holds other than 0 and 1, penalty not above 0.
    """
    if not 0 < penalty < np.inf:
        raise ValueError(f"penalty must be above 0, not {penalty}")
    columns, truth = _columns(given), labels(correct, "correct")
    same_length(**{f"signal {name}": column for name, column in columns.items()}, correct=truth)
    seen = fitted_on(columns, truth, clusters, seed)
    empty = [name for name, column in columns.items() if np.isnan(column).all()]
    if empty:
        raise ValueError(f"signal {empty[0]} is missing in every row")
    rows = Rows(truth, truth, seen)
    absent = {name: np.isnan(column) for name, column in columns.items() if np.isnan(column).any()}
    if rows.one_class:
        missing = tuple(0.0 if name in absent else None for name in columns)
        intercept = float(logit(laplace(seen.right, seen.n)))
        return Stack(
            names=tuple(columns), weights=(0.0,) * len(columns), missing=missing, intercept=intercept, fitted_on=seen
        )
    means = {name: float(np.nanmean(column)) for name, column in columns.items()}
    filled = [np.where(np.isnan(column), means[name], column) for name, column in columns.items()]
    flags = [flag.astype(np.float64) for flag in absent.values()]
    weights, intercept = fit_logistic(np.column_stack([*filled, *flags]), truth, penalty=penalty)
    of_signal = dict(zip(columns, weights.tolist(), strict=False))
    of_flag = dict(zip(absent, weights[len(columns) :].tolist(), strict=True))
    return Stack(
        names=tuple(columns),
        weights=tuple(of_signal.values()),
        missing=tuple(of_signal[name] * means[name] + of_flag[name] if name in absent else None for name in columns),
        intercept=intercept,
        fitted_on=seen,
    )


def _columns(given: Signals) -> dict[str, Floats]:
    if not given:
        raise ValueError("there are no signals to stack")
    columns = {}
    for name, values in given.items():
        column = np.asarray(values, dtype=np.float64)
        if column.ndim != 1:
            raise ValueError(f"signal {name} must have one dimension, not {column.ndim}")
        if np.isinf(column).any():
            raise ValueError(f"signal {name} holds an infinite value, first at index {int(np.isinf(column).argmax())}")
        columns[name] = column
    lengths = {f"signal {name}": column for name, column in columns.items()}
    same_length(**lengths)
    return columns
