"""What is compared: every metric of definitions 1 as a mean, or a ratio of means, over questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from calibrant.analysis.pairing import Pairing
from calibrant.analysis.table import Codes, Floats, Mask, Signal
from calibrant.metrics.calibration import level_ece
from calibrant.metrics.placements import auroc_placements
from calibrant.metrics.ratios import ratio_values
from calibrant.types import PROBABILITY_SOURCES, OutcomeState, Stratum

__all__ = [
    "METRICS",
    "RANKABLE",
    "Compared",
    "Metric",
    "Unit",
    "confidence_metrics",
    "measured_metrics",
    "metric_values",
    "state_metrics",
]

Unit = Literal["share", "points", "dollars", "seconds", "number"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric that contenders are compared by."""

    name: str
    title: str
    unit: Unit
    higher_is_better: bool | None
    """None where neither is better by itself, such as answering more often."""
    bounded: bool = False
    """Whether it is a mean over questions whose values have bounds: 0 and 1, or those of the index."""


METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("omniscience_index", "Index", "points", True, bounded=True),
        Metric("accuracy", "accuracy", "share", True, bounded=True),
        Metric("hallucination_rate", "hallucination rate", "share", False),
        Metric("wrong_of_all", "wrong of all", "share", False, bounded=True),
        Metric("attempt_rate", "attempt rate", "share", None, bounded=True),
        Metric("accuracy_given_attempted", "accuracy given attempted", "share", True),
        Metric("selective_risk", "selective risk", "share", False),
        Metric("f1", "F1", "share", True),
        Metric("index_at_price", "index at price", "points", True, bounded=True),
        Metric("correct_refusal", "correct refusal", "share", True, bounded=True),
        Metric("false_acceptance", "false acceptance", "share", False, bounded=True),
        Metric("hallucinated_action", "hallucinated action", "share", False, bounded=True),
        Metric("cost_usd", "cost", "dollars", False),
        Metric("latency_s", "latency", "seconds", False),
        Metric("auroc", "AUROC", "number", True),
        Metric("brier", "Brier score", "number", False),
        Metric("overconfidence", "overconfidence", "share", None),
        Metric("level_ece", "level-ECE", "number", False),
    )
}
"""By name. ``overconfidence`` is mean confidence less accuracy of the answered (``gap`` in the report)."""

RANKABLE = tuple(
    name for name, metric in METRICS.items() if metric.unit in ("share", "points") and name != "overconfidence"
)
"""Metrics of outcomes: what ranks, margins and groups may be about."""

_Weights = tuple[float, float, float, float]
_ALL: _Weights = (1, 1, 1, 1)


def _formulas(stratum: Stratum, price: float) -> dict[str, tuple[_Weights, _Weights]]:
    """Metric -> weights of right, partly right, wrong and declined above and below the line."""
    declined = {"correct_refusal": ((0.0, 0.0, 0.0, 1.0), _ALL)}
    if stratum is Stratum.UNANSWERABLE:
        return {**declined, "false_acceptance": ((0, 0, 1, 0), _ALL)}
    if stratum is Stratum.ACTION:
        return {**declined, "hallucinated_action": ((0, 0, 1, 0), _ALL)}
    return {
        "omniscience_index": ((100, 0, -100, 0), _ALL),
        "accuracy": ((1, 0, 0, 0), _ALL),
        "hallucination_rate": ((0, 0, 1, 0), (0, 1, 1, 1)),
        "wrong_of_all": ((0, 0, 1, 0), _ALL),
        "attempt_rate": ((1, 1, 1, 0), _ALL),
        "accuracy_given_attempted": ((1, 0, 0, 0), (1, 0, 1, 0)),
        "selective_risk": ((0, 1, 1, 0), (1, 1, 1, 0)),
        "f1": ((2, 0, 0, 0), (2, 1, 2, 1)),
        "index_at_price": ((100, 0, -100 * price / (1 - price), 0), _ALL),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One metric of all contenders, question by question; ``None`` in ``values`` = undefined."""

    metric: Metric
    values: tuple[float | None, ...]
    """Of each contender."""
    rows: Floats | None
    """Shape (questions, contenders): columns whose means are the values. None where one is undefined, or where there
    is no formula for the error."""
    clusters: Codes
    """Shape (questions,)."""
    places: Codes
    """Which questions of the pairing these are."""
    ratio: tuple[Floats, Floats] | None = None
    """What is above and below the line, each shape (questions, contenders); None for a mean."""
    span: float | None = None
    """How far apart two values of one question can lie, where that has a bound."""
    signal: str | None = None
    """Of which confidence it is."""


def state_metrics(pairing: Pairing, places: Codes, price: float) -> Iterable[Compared]:
    """The metrics of outcomes, on some questions of a pairing that all have a grade for."""
    shares = pairing.shares()[places]
    for name, (above, below) in _formulas(pairing.stratum, price).items():
        metric = METRICS[name]
        span = float(max(above) - min(above)) if metric.bounded else None
        yield _compared(metric, (shares @ np.array(above), shares @ np.array(below)), pairing, places, span)


def _compared(
    metric: Metric,
    ratio: tuple[Floats, Floats],
    pairing: Pairing,
    places: Codes,
    span: float | None = None,
    signal: str | None = None,
) -> Compared:
    above, below = ratio
    simple = bool((below == 1).all())
    columns = [ratio_values(a, b) for a, b in zip(above.T, below.T, strict=True)]
    # Where nothing is right F1 is undefined, not 0 (definitions, section 1).
    undefined = [column is None or (metric.name == "f1" and not column.any()) for column in columns]
    found = [None if bad or column is None else column for bad, column in zip(undefined, columns, strict=True)]
    known = [column for column in found if column is not None]
    return Compared(
        metric=metric,
        values=tuple(None if column is None else float(column.mean()) for column in found),
        rows=np.stack(known, axis=1) if len(known) == len(found) else None,
        clusters=pairing.cluster[places],
        places=places,
        ratio=None if simple else ratio,
        span=span,
        signal=signal,
    )


def metric_values(pairing: Pairing, counts: Floats, price: float) -> dict[str, tuple[float | None, ...]]:
    """Metric -> value of each contender, for counts that may differ from those of the pairing (see `Pairing.filled`).

    On questions that every contender has a grade for by these counts.
    """
    shares = pairing.shares(counts)
    totals = shares[np.isfinite(shares).all(axis=(1, 2))].sum(axis=0)
    found = {}
    for name, (above, below) in _formulas(pairing.stratum, price).items():
        parts = zip(totals @ np.array(above), totals @ np.array(below), strict=True)
        values = [float(top / bottom) if bottom else None for top, bottom in parts]
        found[name] = tuple(None if name == "f1" and not value else value for value in values)
    return found


def measured_metrics(pairing: Pairing) -> Iterable[Compared]:
    """Dollars and seconds a question, over the attempts that say so, on questions where every contender's do."""
    for name, column in (("cost_usd", pairing.table.cost), ("latency_s", pairing.table.latency)):
        means = pairing.means(column)
        places = np.flatnonzero(np.isfinite(means).all(axis=1))
        if means[places].any():
            yield _compared(METRICS[name], (means[places], np.ones_like(means[places])), pairing, places)


def confidence_metrics(pairing: Pairing, partial: Literal["wrong", "drop"]) -> Iterable[Compared]:
    """AUROC, Brier score, overconfidence and level-ECE of every signal that all contenders have (definitions, 5).

    Of answered attempts with the signal, on answerable questions that every contender has a grade for.
    """
    if pairing.stratum is not Stratum.ANSWERABLE:  # where no answer is right, confidence ranks nothing
        return
    answered = [OutcomeState.CORRECT, OutcomeState.INCORRECT, *([OutcomeState.PARTIAL] if partial == "wrong" else [])]
    right = pairing.table.is_state(OutcomeState.CORRECT, rows=pairing.rows).astype(np.float64)
    usable = pairing.table.is_state(*answered, rows=pairing.rows) & pairing.graded[pairing.row_place]
    for signal in pairing.table.signals:
        sure = signal.values[pairing.rows]
        having = usable & np.isfinite(sure)
        if len(np.unique(pairing.row_contender[having])) == len(pairing.names):
            yield from _of_signal(pairing, signal, sure, right, having)


def _of_signal(pairing: Pairing, signal: Signal, sure: Floats, right: Floats, having: Mask) -> Iterable[Compared]:
    places = np.flatnonzero(pairing.graded)
    who, question = pairing.row_contender[having], pairing.row_place[having]
    s, y = sure[having], right[having]
    name = signal.name
    yield _auroc(pairing, places, (who, question), (s, y), name)
    if signal.source not in PROBABILITY_SOURCES:
        return
    ones = _sums(pairing, who, question, np.ones_like(s))[places]
    for metric, value in (("brier", (s - y) ** 2), ("overconfidence", s - y)):
        above = _sums(pairing, who, question, value)[places]
        yield _compared(METRICS[metric], (above, ones), pairing, places, signal=name)
    each = [level_ece(s[who == one], y[who == one]) for one in range(len(pairing.names))]
    yield Compared(
        metric=METRICS["level_ece"],
        values=tuple(each),
        rows=None,
        clusters=pairing.cluster[places],
        places=places,
        signal=name,
    )


def _auroc(
    pairing: Pairing, places: Codes, at: tuple[Codes, Codes], scored: tuple[Floats, Floats], signal: str
) -> Compared:
    """Placements (`auroc_placements`) spread over all questions, so that models with other answers can be paired."""
    (who, question), (s, y) = at, scored
    columns: list[Floats | None] = []
    for one in range(len(pairing.names)):
        mine = who == one
        placed = auroc_placements(s[mine], y[mine])
        if placed is None:
            columns.append(None)
            continue
        area = float(placed.mean())
        moved = np.bincount(question[mine], weights=placed - area, minlength=len(pairing))[places]
        columns.append(np.asarray(area + len(places) / len(placed) * moved, dtype=np.float64))
    known = [column for column in columns if column is not None]
    return Compared(
        metric=METRICS["auroc"],
        values=tuple(None if column is None else float(column.mean()) for column in columns),
        rows=np.stack(known, axis=1) if len(known) == len(columns) else None,
        clusters=pairing.cluster[places],
        places=places,
        signal=signal,
    )


def _sums(pairing: Pairing, who: Codes, question: Codes, values: Floats) -> Floats:
    """Sum over a question's attempts: (questions, contenders)."""
    shape = len(pairing), len(pairing.names)
    flat = np.bincount(question * shape[1] + who, weights=values, minlength=shape[0] * shape[1])
    return np.asarray(flat, dtype=np.float64).reshape(shape)
