"""The decision for programs: schema version 1; the page takes its numbers from here by their path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING, Any

from calibrant.analysis.deciding import BreakEven, WayRow
from calibrant.metrics.intervals import Interval
from calibrant.types import Stratum

if TYPE_CHECKING:
    from calibrant.reports.decision.model import Decision

__all__ = ["as_dict"]


def as_dict(decision: Decision) -> dict[str, Any]:
    """Rates in 0..1, values in right answers a question, an infinite end of an interval null."""
    options, analysis = decision.options, decision.analysis
    return {
        "schema_version": 1,
        "seed": options.seed,
        "set_hash": analysis.set_hash,
        "level": options.level,
        "models": [
            {"model": side.name, "run": side.run.id, "run_name": side.run.name, "answers": len(side.outcomes)}
            for side in decision.sides
        ],
        "wrong_costs": options.wrong_costs,
        "price": options.price,
        "right_worth_usd": options.worth,
        "volume": options.volume,
        "error": options.alpha,
        "confidence": 1 - options.delta,
        "shared_questions": decision.shared,
        "clusters": decision.clusters,
        "recommendation": list(decision.recommendation),
        "settled": decision.choice.settled,
        "leader": decision.choice.leader,
        "open": list(decision.choice.open),
        "questions_needed": decision.choice.needed,
        "reversals": list(decision.reversals),
        "gaps": [
            {
                "first": gap.first,
                "second": gap.second,
                "difference": gap.difference,
                "intervals": _intervals({"difference": gap.interval}),
            }
            for gap in decision.choice.gaps
        ],
        "break_even": [_break_even(one) for one in (decision.break_even, *decision.against_silence)],
        "worth_needed": [
            {
                "dear": one.dear,
                "cheap": one.cheap,
                "dollars": one.worth.value,
                "intervals": _intervals({"dollars": one.worth.interval}),
            }
            for one in decision.worth_needed
        ],
        "unanswerable_share": None if decision.unanswerable_share is None else decision.unanswerable_share[1],
        "ways": [_way(row) for row in decision.ways],
        "certificates": [asdict(one) for one in decision.certificates],
        "monthly": [
            {"model": one.model, "dollars": one.dollars, "intervals": _intervals({"dollars": one.interval})}
            for one in decision.monthly
        ],
        "without_an_answer": [
            {
                "model": row.model,
                "questions": row.measured.questions,
                "false_acceptance": row.measured.values["false_acceptance"],
                "intervals": _intervals({"false_acceptance": row.measured.intervals.get("false_acceptance")}),
            }
            for row in analysis.models
            if row.stratum is Stratum.UNANSWERABLE
        ],
        "topics_by": decision.topics_by,
        "topics_of": decision.topics_of,
        "topics": [
            {
                "model": row.model,
                "topic": row.topic,
                "answers": row.answers,
                "index_at_price": row.index_at_price,
                "wrong_of_all": row.wrong_of_all,
                "thin": ["wrong_of_all"] if row.thin else [],
                "intervals": _intervals(row.intervals),
            }
            for row in decision.topics
        ],
        "errors": [asdict(one) for one in decision.errors],
        "untested": [{"kind": kind, "text": text} for kind, text in decision.untested],
        "price_curve": [
            {
                "model": curve.name,
                "price": price,
                "index_at_price": index,
                "intervals": _intervals({"index_at_price": interval}),
            }
            for curve in decision.curves
            for price, index, interval in zip(curve.prices, curve.index, curve.intervals, strict=True)
        ],
        "capability": None if decision.capability is None else decision.capability.to_dict(),
    }


def _way(row: WayRow) -> dict[str, Any]:
    found = asdict(row)
    return {**found, "intervals": _intervals(row.intervals)}


def _break_even(found: BreakEven) -> dict[str, Any]:
    return {
        "below": found.below,
        "above": found.above,
        "wrong_costs": found.wrong_costs,
        "intervals": _intervals({"wrong_costs": found.interval}),
    }


def _intervals(found: Mapping[str, Interval | None]) -> dict[str, list[float | None]]:
    return {
        name: [end if isfinite(end) else None for end in interval]
        for name, interval in found.items()
        if interval is not None
    }
