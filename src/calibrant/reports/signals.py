"""Which signal of confidence is worth its cost: the report behind ``calibrant confidence``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from calibrant.analysis.measures import Settings
from calibrant.analysis.signals import SignalAnalysis, SignalChoice, SignalDifference, SignalRow, compare_signals
from calibrant.confidence import AGREEMENT_OF_REPEATS, with_agreement
from calibrant.errors import InputError
from calibrant.reports.as_json import SCHEMA_VERSION, confidence_dict
from calibrant.store import RunInfo, RunItem, Store
from calibrant.types import Outcome

__all__ = ["SignalReport", "build_signal_report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalReport:
    """What each signal of a run's models tells, and what it costs."""

    run: RunInfo
    grader: str | None
    analysis: SignalAnalysis

    def to_dict(self) -> dict[str, Any]:
        """The report for programs: plain values, finite numbers, None for undefined or unknown."""
        analysis = self.analysis
        return {
            "schema_version": SCHEMA_VERSION,
            "seed": analysis.settings.seed,
            "set_hash": analysis.set_hash,
            "level": analysis.settings.level,
            "run": {"id": self.run.id, "name": self.run.name, "source": self.run.source, "grader": self.grader},
            "partial": analysis.settings.partial,
            "outcomes": analysis.outcomes,
            "questions": analysis.questions,
            "warnings": [caution.text for caution in analysis.cautions],
            "signals": [_signal(row) for row in analysis.rows],
            "differences": [_difference(one) for one in analysis.differences],
            "choices": [_choice(one) for one in analysis.choices],
        }


def build_signal_report(
    store: Store,
    run: RunInfo,
    *,
    agreement: bool = False,
    grader: str | None = None,
    level: float = 0.95,
    seed: int = 0,
    partial: Literal["wrong", "drop"] = "wrong",
) -> SignalReport:
    """Measure and compare the signals of a run.

    Args:
        store: where it is kept.
        run: which.
        agreement: also compute the agreement among repeats, where a question has three or more; holds the answers in
            memory.
        grader: whose grades count; by default the file's own where it has them, else the exact grader's.
        level: of every interval, in (0, 1).
        seed: of every resampling.
        partial: what a partly right answer is: wrong, or left out.

    Raises:
        InputError: no answer has a signal, the run is empty, or an argument is out of range.
        StoreError: the run cannot be read.
    """
    try:
        settings = Settings(level=level, seed=seed, partial=partial)
    except ValueError as error:
        raise InputError(str(error)) from None
    outcomes: Iterator[Outcome] = store.outcomes(run, grader)
    if agreement:
        # Both list the same attempts in the order of writing; of a run that just grows, one may see a few more.
        answered = zip(outcomes, store.items(run, grader=grader), strict=False)
        outcomes = with_agreement((one, item.question.text, _answer(item)) for one, item in answered)
    analysis = compare_signals(outcomes, settings, repeated={AGREEMENT_OF_REPEATS}, set_hash=run.set_hash)
    return SignalReport(run=run, grader=grader, analysis=analysis)


def _answer(item: RunItem) -> str | None:
    return None if item.response.error is not None else item.response.text


def _asked(row: SignalDifference | SignalChoice) -> dict[str, Any]:
    return {"model": row.asked.model, "price": row.asked.price, "stratum": str(row.stratum)}


def _signal(row: SignalRow) -> dict[str, Any]:
    return {
        **confidence_dict(row.measured),
        "intervals": {name: list(one) for name, one in {**row.measured.intervals, **row.intervals}.items()},
        "calibration": row.calibration,
        "informative": row.informative,
        "extra_calls": row.extra_calls,
        "extra_cost_usd": row.extra_cost_usd,
    }


def _difference(one: SignalDifference) -> dict[str, Any]:
    return {
        **_asked(one),
        "first": one.first,
        "second": one.second,
        "n": one.n,
        "clusters": one.clusters,
        **one.values,
        "intervals": {name: list(interval) for name, interval in one.intervals.items()},
        "p_value": one.p_value,
    }


def _choice(one: SignalChoice) -> dict[str, Any]:
    return {
        **_asked(one),
        "n": one.n,
        "clusters": one.clusters,
        "best": one.best,
        "may_be_best": list(one.may_be_best),
        "cheapest": list(one.cheapest),
    }
