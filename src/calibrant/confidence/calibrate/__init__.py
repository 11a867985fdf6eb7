"""Calibrators: from a score to a probability of being right, frozen once fitted (definitions, 6.1).

One file each, of one shape: ``fit_X(scores, correct, clusters=, seed=)`` gives a frozen ``X`` with ``predict``,
``to_dict`` and ``fitted_on``, the record of the rows it has seen. ``from_dict`` reads any of them back.

>>> fitted = fit_platt([0.2, 0.4, 0.6, 0.8, 0.9, 0.9], [0, 1, 0, 1, 1, 1], clusters=["a", "b", "c", "d", "e", "f"])
>>> fitted.predict([0.5, 0.9]).round(2)
array([0.56, 0.81])
>>> from_dict(fitted.to_dict()) == fitted
True
>>> fitted.fitted_on.overlap(["f", "g"])
('f',)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from calibrant.confidence.calibrate.beta import Beta, fit_beta
from calibrant.confidence.calibrate.held_out import (
    BeforeAfter,
    Calibrator,
    CrossFit,
    Fit,
    Reliability,
    cluster_folds,
    cross_fit,
    reliability,
)
from calibrant.confidence.calibrate.isotonic import Isotonic, fit_isotonic
from calibrant.confidence.calibrate.platt import Platt, fit_platt
from calibrant.confidence.calibrate.rows import FittedOn, read_field
from calibrant.confidence.calibrate.stack import Signals, Stack, fit_stack
from calibrant.confidence.calibrate.venn_abers import ProbabilityPair, VennAbers, fit_venn_abers

__all__ = [
    "CALIBRATORS",
    "BeforeAfter",
    "Beta",
    "Calibrator",
    "CrossFit",
    "Fit",
    "FittedOn",
    "Isotonic",
    "Platt",
    "ProbabilityPair",
    "Reliability",
    "Signals",
    "Stack",
    "VennAbers",
    "cluster_folds",
    "cross_fit",
    "fit_beta",
    "fit_isotonic",
    "fit_platt",
    "fit_stack",
    "fit_venn_abers",
    "from_dict",
    "reliability",
]

CALIBRATORS: Final[Mapping[str, Fit]] = MappingProxyType(
    {"platt": fit_platt, "beta": fit_beta, "isotonic": fit_isotonic, "venn_abers": fit_venn_abers}
)
"""Name -> fit, of the calibrators of one score."""

_READERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Calibrator]]] = MappingProxyType(
    {one.method: one.from_dict for one in (Platt, Beta, Isotonic, VennAbers, Stack)}
)


def from_dict(data: Mapping[str, Any]) -> Calibrator:
    """The calibrator that some ``to_dict`` wrote, perhaps through JSON.

    Raises:
        ValueError: an unknown method, or a field is missing or out of range.
    """
    method = read_field(data, "method")
    if method not in _READERS:
        raise ValueError(f"there is no calibrator '{method}'; known are {', '.join(_READERS)}")
    return _READERS[method](data)
