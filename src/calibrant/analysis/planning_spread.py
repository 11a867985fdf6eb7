"""Where a plan's variances come from: measured on a run, or stated. Cost and seconds of an answer likewise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from calibrant.analysis.planning import Spread
from calibrant.analysis.table import Codes, Floats, OutcomeTable
from calibrant.errors import InputError
from calibrant.metrics.power import PairedVariance, attempt_variance, cluster_covariance
from calibrant.types import COUNTED_STATES, OutcomeState, Stratum

__all__ = [
    "ASSUMED_ICC",
    "ASSUMED_SD",
    "AnswerFacts",
    "Measurement",
    "PlanMetric",
    "answer_facts",
    "measured_spreads",
    "stated_spreads",
]

PlanMetric = Literal["index", "accuracy"]

ASSUMED_SD: dict[PlanMetric, float] = {"index": 87.0, "accuracy": 50.0}
"""Points. Of one question's difference where nothing was measured: two models of an accuracy of .5 that answer nearly
everything and agree as two that correlate by .5 do (sqrt(2 x 7,500 x (1 - .5)); half as much for accuracy)."""
ASSUMED_ICC = 0.1
"""Correlation of two questions of one document where it was neither measured nor stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Variances of a run that was made before."""

    pairs: tuple[Spread, ...]
    singles: tuple[Spread, ...]
    questions: int
    """Fewest questions behind any of them."""
    repeats: float
    """Mean attempts at a question, of the model with the fewest."""
    documents_known: bool
    """Whether any document has two questions, so that the correlation was measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFacts:
    """What one answer of a model took on average; None = not known for all of them."""

    model: str
    dollars: float | None
    seconds: float | None
    input_tokens: float | None
    output_tokens: float | None


def stated_spreads(
    models: Sequence[str], *, sd: float, within: float, icc: float
) -> tuple[tuple[Spread, ...], tuple[Spread, ...]]:
    """Spreads of all pairs and of each model from stated numbers.

    Args:
        models: their names.
        sd: of one question's difference, each model asked once, in points; also of one model's own value.
        within: share of that variance which is chance within a question, in [0, 1].
        icc: correlation of two questions of one document, in [0, 1].

    Raises:
        ValueError: a number outside its range.
    """
    if not sd > 0 or not 0 <= within <= 1 or not 0 <= icc <= 1:
        raise ValueError("need sd > 0, and within and icc in [0, 1]")
    whole = sd * sd
    of_pair = PairedVariance(between=whole * (1 - within), within_a=whole * within / 2, within_b=whole * within / 2)
    of_one = PairedVariance(between=whole * (1 - within), within_a=whole * within)
    shared = min(icc * whole, whole * (1 - within))
    pairs = (Spread(name=f"{a} - {b}", variance=of_pair, covariance=shared) for a, b in combinations(models, 2))
    singles = (Spread(name=model, variance=of_one, covariance=shared) for model in models)
    return tuple(pairs), tuple(singles)


def measured_spreads(table: OutcomeTable, models: Sequence[str], metric: PlanMetric, icc: float | None) -> Measurement:
    """Spreads of all pairs and of each model as they were in a run, on questions that have an answer.

    Args:
        table: the run's outcomes.
        models: as the report writes them.
        metric: in whose points.
        icc: stated instead of measured; None = measured where documents have several questions, else assumed.

    Raises:
        InputError: a model has no graded answer there, or two have fewer than two questions in common.
    """
    attempts = {model: _attempts(table, model, metric) for model in models}
    documents = any(cluster_covariance(one.means, one.clusters) is not None for one in attempts.values())
    pairs, common = [], [len(one.names) for one in attempts.values()]
    for a, b in combinations(models, 2):
        first, second = attempts[a], attempts[b]
        shared = np.intersect1d(first.names, second.names)
        common.append(len(shared))
        if len(shared) < 2:
            raise InputError(f"{a} and {b} have {len(shared)} graded questions in common", place="--history")
        variance = attempt_variance(first.values, first.questions, second.values, second.questions)
        gap = first.at(shared) - second.at(shared)
        pairs.append(_spread(f"{a} - {b}", variance, gap, first.documents(shared), icc))
    singles = [
        _spread(model, attempt_variance(one.values, one.questions), one.means, one.clusters, icc)
        for model, one in attempts.items()
    ]
    return Measurement(
        pairs=tuple(pairs),
        singles=tuple(singles),
        questions=min(common),
        repeats=min(len(one.values) / len(one.names) for one in attempts.values()),
        documents_known=documents,
    )


@dataclass(frozen=True, slots=True)
class _Attempts:
    """One model's graded attempts, and its questions in the order of their codes."""

    values: Floats
    questions: Codes
    names: Codes
    means: Floats
    clusters: Codes

    def at(self, names: Codes) -> Floats:
        return self.means[np.searchsorted(self.names, names)]

    def documents(self, names: Codes) -> Codes:
        return self.clusters[np.searchsorted(self.names, names)]


def _attempts(table: OutcomeTable, model: str, metric: PlanMetric) -> _Attempts:
    code = table.model.values.index(model)
    answerable = np.array([value == Stratum.ANSWERABLE.value for value in table.stratum.values])
    rows = np.flatnonzero((table.model.codes == code) & answerable[table.stratum.codes])
    rows = rows[table.is_state(*COUNTED_STATES, rows=rows)]
    names, at, place = np.unique(table.cell[rows], return_index=True, return_inverse=True)
    if len(names) < 2:
        raise InputError(f"{model} has {len(names)} graded questions there: too few to plan by", place="--history")
    values: Floats = 100.0 * table.is_state(OutcomeState.CORRECT, rows=rows).astype(np.float64)
    if metric == "index":
        values -= 100.0 * table.is_state(OutcomeState.INCORRECT, rows=rows)
    return _Attempts(
        values=values,
        questions=table.cell[rows],
        names=names,
        means=np.bincount(place, weights=values) / np.bincount(place),
        clusters=table.cluster.codes[rows[at]],
    )


def _spread(name: str, variance: PairedVariance, means: Floats, clusters: Codes, icc: float | None) -> Spread:
    whole = variance.per_question(1, 1)
    measured = cluster_covariance(means, clusters)
    if icc is not None:
        covariance = icc * whole
    elif measured is not None:
        covariance = max(0.0, measured)
    else:
        covariance = ASSUMED_ICC * whole
    # What documents share cannot be more than what questions differ by.
    return Spread(name=name, variance=variance, covariance=min(covariance, variance.between))


def answer_facts(table: OutcomeTable, models: Sequence[str]) -> list[AnswerFacts]:
    """Mean dollars, seconds and tokens of an answer, over all attempts of a run."""
    found = []
    for model in models:
        rows = np.flatnonzero(table.model.codes == table.model.values.index(model))
        columns = (table.cost, table.latency, table.usage["input_tokens"], table.usage["output_tokens"])
        dollars, seconds, given, made = (_mean(column[rows]) for column in columns)
        found.append(AnswerFacts(model=model, dollars=dollars, seconds=seconds, input_tokens=given, output_tokens=made))
    return found


def _mean(values: Floats) -> float | None:
    return None if not len(values) or np.isnan(values).any() else float(values.mean())
