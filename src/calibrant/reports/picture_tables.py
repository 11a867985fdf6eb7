"""The tables behind the pictures, for programs: prices, efforts, reliability and risk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from calibrant.analysis import Analysis, Crossing
from calibrant.metrics.intervals import Interval
from calibrant.types import Stratum

if TYPE_CHECKING:
    from calibrant.reports.model import Report

__all__ = ["picture_tables"]

_OF_EFFORTS = ("accuracy", "hallucination_rate", "omniscience_index")


def picture_tables(report: Report) -> dict[str, list[dict[str, Any]]]:
    """Rows of plain values; ``low`` and ``high`` are the ends of an interval, None where there is none."""
    analysis = report.analysis
    return {
        "thresholds": list(_thresholds(analysis)),
        "price_curve": [
            {
                "model": curve.model,
                "t": price,
                "cost_of_wrong": price / (1 - price),
                "index_at_price": index,
                **_ends(interval),
            }
            for curve in analysis.prices.curves
            for price, index, interval in zip(curve.prices, curve.index, curve.intervals, strict=True)
        ],
        "price_leaders": [{"model": one.model, "from": one.low, "to": one.high} for one in analysis.prices.leaders],
        "price_crossings": [_crossing(one) for one in analysis.prices.crossings],
        "efforts": _efforts(analysis),
        "reliability": [
            {
                "model": one.model,
                "source": str(one.source),
                "confidence": one.confidence,
                "from": one.low,
                "to": one.high,
                "n": one.n,
                "mean_confidence": one.mean_p,
                "share_right": one.mean_y,
                **_ends(one.interval),
            }
            for one in analysis.reliability
        ],
        "risk_coverage": [
            {
                "model": one.model,
                "source": str(one.source),
                "confidence": one.confidence,
                "threshold": one.threshold,
                "coverage": one.coverage,
                "accepted": one.accepted,
                "errors": one.errors,
                "risk": one.risk,
                **_ends(one.interval),
            }
            for one in analysis.risk
        ],
    }


def _ends(interval: Interval | None) -> dict[str, float | None]:
    return {"low": None, "high": None} if interval is None else {"low": interval.low, "high": interval.high}


def _thresholds(analysis: Analysis) -> Iterator[dict[str, Any]]:
    """The chance of being right above which each metric pays a guess; of several models the lowest and the highest."""
    rows = [row for row in analysis.models if row.stratum is Stratum.ANSWERABLE]
    for metric in ("accuracy", "f1", "omniscience_index", "index_at_price"):
        known = [value for row in rows if (value := getattr(row.measured.guess_thresholds, metric)) is not None]
        if known:
            yield {"metric": metric, "lowest": min(known), "highest": max(known)}


def _crossing(one: Crossing) -> dict[str, Any]:
    return {
        "t": one.price,
        "cost_of_wrong": one.price / (1 - one.price),
        "higher_below": one.below,
        "higher_above": one.above,
        "first_place": one.leads,
        "shared_questions": one.shared,
        "shown_below_until": one.below_until,
        "shown_above_from": one.above_from,
    }


def _efforts(analysis: Analysis) -> list[dict[str, Any]]:
    values = {row.model: row.measured for row in analysis.models if row.stratum is Stratum.ANSWERABLE}
    return [
        {
            "base": one.base,
            "effort": one.effort,
            "price": one.price,
            "model": one.model,
            **{name: values[one.model].values[name] for name in _OF_EFFORTS},
            "cost_per_thousand_usd": one.cost_per_thousand_usd,
            "mean_output_tokens": one.output_tokens,
            "median_latency_s": one.median_latency_s,
            "versus": one.versus,
            "shared_questions": one.shared,
            "differences": dict(one.differences),
            "difference_intervals": {name: [span.low, span.high] for name, span in one.intervals.items()},
            "intervals": {
                name: [span.low, span.high]
                for name in _OF_EFFORTS
                if (span := values[one.model].intervals.get(name)) is not None
            },
        }
        for one in analysis.efforts
    ]
