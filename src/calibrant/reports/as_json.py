"""The report for programs: schema version 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from calibrant.analysis.confidence import BINS, RHO, ConfidenceRow
from calibrant.analysis.forced import ForcedRow, PriceCheck
from calibrant.analysis.measures import Measured
from calibrant.analysis.overview import BreakdownRow, ModelRow, Ranking
from calibrant.metrics.intervals import Interval
from calibrant.reports.card import card_dict
from calibrant.reports.picture_tables import picture_tables
from calibrant.reports.provenance import provenance
from calibrant.store import Spending

if TYPE_CHECKING:
    from calibrant.reports.gradings import GradingRow
    from calibrant.reports.model import Report

__all__ = ["SCHEMA_VERSION", "as_dict", "confidence_dict"]

SCHEMA_VERSION = 1


def as_dict(report: Report) -> dict[str, Any]:
    """Rates in 0..1, the Index in -100..100, None for undefined or unknown; one row per model, price and stratum."""
    analysis = report.analysis
    return {
        "schema_version": SCHEMA_VERSION,
        "seed": analysis.settings.seed,
        "set_hash": analysis.set_hash,
        "level": analysis.settings.level,
        "run": {
            "id": report.run.id,
            "name": report.run.name,
            "source": report.run.source,
            "created_at": report.run.created_at.isoformat(),
            "complete": report.run.complete,
            "grader": report.grader,
            "graders": dict(report.graders),
        },
        "partial": analysis.settings.partial,
        "outcomes": analysis.outcomes,
        "questions": analysis.questions,
        "strata": [
            {"stratum": str(one.stratum), "questions": one.questions, "share": one.share} for one in analysis.strata
        ],
        "warnings": list(analysis.warnings),
        "models": [_model(row) for row in analysis.models],
        "ranks": [_ranking(ranking) for ranking in analysis.rankings],
        "breakdowns": [_breakdown(row) for row in analysis.breakdowns],
        "calibration": [confidence_dict(row) for row in analysis.confidence],
        "errors": [{**_asked(row), "causes": dict(row.error_causes)} for row in analysis.models if row.error_causes],
        "index_price": analysis.settings.price,
        "gradings": [_grading(row) for row in report.gradings],
        "agreements": [
            {"graders": [pair.one, pair.other], "answers": pair.answers, "agreed": pair.agreed, "alpha": pair.alpha}
            for pair in report.agreements
        ],
        "forced": [_forced(row) for row in report.forced],
        "spending": {str(purpose): _spending(spent) for purpose, spent in report.spending.items()},
        "findings": [{"about": one.about, "question": one.question, "text": one.text} for one in report.findings],
        "caveats": [{"kind": kind, "text": text} for kind, text in report.caveats],
        **picture_tables(report),
        "card": card_dict(report.card),
        "stopping": [dict(course) for course in report.stopping],
        "promises": [one.to_dict() for one in report.promises],
        **({} if report.capability is None else {"capability": report.capability.to_dict()}),
        "provenance": provenance(report),
    }


def _grading(row: GradingRow) -> dict[str, Any]:
    return {
        "grader": row.grader,
        "counts": row.counts,
        "graded": row.graded,
        "ungraded": row.ungraded,
        "unreadable": row.unreadable,
        "missing": row.missing,
        "states": {str(state): count for state, count in sorted(row.states.items())},
        "agreed": row.agreed,
        "agreed_on": row.agreed_on,
        "judges": list(row.judges),
        "judging": None if row.judging is None else _spending(row.judging),
    }


def _forced(row: ForcedRow) -> dict[str, Any]:
    check = row.check
    return {
        **_asked(row),
        "declined": row.declined,
        "demanded": row.demanded,
        "graded": row.graded,
        "right": row.right,
        "partial": row.partial,
        "wrong": row.wrong,
        "declined_again": row.declined_again,
        "errors": row.errors,
        "ungraded": row.ungraded,
        "missed_knowledge": row.missed_knowledge,
        "intervals": _intervals({"missed_knowledge": row.interval}),
        "check": None if check is None else _check(check),
    }


def _check(check: PriceCheck) -> dict[str, Any]:
    return {
        "t": check.price,
        "calibrated": str(check.calibrated),
        "answers_are_worth_it": str(check.answers_are_worth_it),
        "refusals_are_right": str(check.refusals_are_right),
        "accuracy_answered": check.accuracy_answered,
        "answered": check.answered,
        "accuracy_forced": check.accuracy_forced,
        "forced": check.forced,
        "intervals": _intervals(
            {"accuracy_answered": check.interval_answered, "accuracy_forced": check.interval_forced}
        ),
    }


def _spending(spent: Spending) -> dict[str, Any]:
    return {
        "responses": spent.responses,
        "failed": spent.failed,
        "usage": asdict(spent.usage),
        "cost_usd": spent.cost_usd,
        "cost_known_usd": spent.cost_known_usd,
    }


def _asked(row: ModelRow | BreakdownRow | ConfidenceRow | ForcedRow) -> dict[str, Any]:
    return {"model": row.asked.model, "price": row.asked.price, "stratum": str(row.stratum)}


def _intervals(intervals: Mapping[str, Interval | None]) -> dict[str, list[float]]:
    return {name: [interval.low, interval.high] for name, interval in intervals.items() if interval is not None}


def _measured(measured: Measured) -> dict[str, Any]:
    counts, thresholds = measured.counts, measured.guess_thresholds
    return {
        "n": counts.n,
        "correct": counts.correct,
        "partial": counts.partial,
        "incorrect": counts.incorrect,
        "abstained": counts.abstained,
        "errors": counts.errors,
        "ungraded": counts.ungraded,
        "questions": measured.questions,
        "clusters": measured.clusters,
        **measured.values,
        "intervals": _intervals(measured.intervals),
        "thin": list(measured.thin),
        "if_ungraded": _intervals(measured.if_ungraded),
        "correct_refusal_if_errors_wrong": measured.if_errors_wrong.get("correct_refusal"),
        "accuracy_if_errors_wrong": measured.if_errors_wrong["accuracy"],
        "guess_thresholds": {
            "accuracy": thresholds.accuracy,
            "f1": thresholds.f1,
            "omniscience_index": thresholds.omniscience_index,
            "index_at_price": thresholds.index_at_price,
        },
    }


def _model(row: ModelRow) -> dict[str, Any]:
    return {
        **_asked(row),
        **_measured(row.measured),
        "cost_usd": row.cost_usd,
        "cost_known": row.cost_known,
        "cost_per_thousand_usd": row.cost_per_thousand_usd,
        "mean_output_tokens": row.mean_output_tokens,
        "usage": dict(row.usage),
        "median_latency_s": row.median_latency_s,
    }


def _breakdown(row: BreakdownRow) -> dict[str, Any]:
    return {
        "by": row.by,
        "value": row.value,
        **_asked(row),
        **_measured(row.measured),
    }


def _ranking(ranking: Ranking) -> dict[str, Any]:
    return {
        "metric": ranking.metric,
        "stratum": str(ranking.stratum),
        "shared_questions": ranking.shared,
        "questions": ranking.questions,
        "clusters": ranking.clusters,
        "missing": dict(ranking.missing),
        "ranks": {model: list(rank) for model, rank in ranking.ranks.items()},
    }


def confidence_dict(row: ConfidenceRow) -> dict[str, Any]:
    """One signal of one model on one stratum."""
    return {
        **_asked(row),
        "source": str(row.source),
        "confidence": row.name,
        "n": row.n,
        "without": row.without,
        "levels": row.levels,
        "mean": row.mean,
        "accuracy": row.accuracy,
        **row.values,
        "intervals": _intervals(row.intervals),
        "log_score_clipped": row.log_score_clipped,
        "bins": BINS,
        "rho": RHO,
        "bootstrap_draws": row.draws,
    }
