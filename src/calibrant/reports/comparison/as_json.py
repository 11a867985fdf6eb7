"""A comparison for programs, and as rows of tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calibrant.analysis.comparison import Difference
from calibrant.errors import InputError
from calibrant.metrics.intervals import Interval
from calibrant.reports.as_csv import flat_row, write_rows

if TYPE_CHECKING:
    from calibrant.reports.comparison.model import ComparisonReport

__all__ = ["as_dict", "write_comparison_csv"]


def as_dict(report: ComparisonReport) -> dict[str, Any]:
    """Plain values, finite numbers, None for undefined or unknown. Differences are first less second."""
    comparison, options = report.comparison, report.comparison.options
    return {
        "schema_version": 1,
        "sign": "first minus second",
        "level": options.settings.level,
        "seed": options.settings.seed,
        "price": options.settings.price,
        "metric": options.metric,
        "margin": options.margin,
        "declared": list(options.declared) if options.declared else None,
        "paired_by": "id" if options.by_id else "shown",
        "grader": report.grader,
        "failed": report.failed,
        "warnings": [caution.text for caution in comparison.cautions],
        "contenders": [
            {
                "name": side.name,
                "run": side.run.id,
                "model": side.model,
                "asked": asdict(side.asked),
                "questions": facts.questions,
                "only_here": facts.only_here,
                "repeats": list(facts.repeats),
                **asdict(facts.counts),
            }
            for side, facts in zip(report.sides, comparison.contenders, strict=True)
        ],
        "differing": [asdict(one) for one in report.differing],
        "strata": [
            {
                "stratum": one.stratum.value,
                "asked": one.asked,
                "shared": one.shared,
                "graded": one.graded,
                "clusters": one.clusters,
                "ranked_by": one.ranked_by,
                "ranks": {name: list(rank) for name, rank in one.ranks.items()},
                "wins": [
                    {"first": first, "second": second, "first_better": won, "second_better": lost, "alike": tied}
                    for (first, second), (won, lost, tied) in one.wins.items()
                ],
                "margins": [{**asdict(verdict), "interval": _span(verdict.interval)} for verdict in one.margins],
            }
            for one in comparison.strata
        ],
        "differences": [_row(row) for one in comparison.strata for row in one.differences],
        "groups": [_row(row) for one in comparison.strata for row in one.groups],
        "gates": [
            {
                "kind": one.gate.kind,
                "condition": one.gate.condition.text,
                "failed": one.failed,
                "rows": [{**asdict(row), "interval": _span(row.interval)} for row in one.rows],
            }
            for one in report.gates
        ],
    }


def _span(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


def _row(row: Difference) -> dict[str, Any]:
    shared = row.on_shared
    return {
        "stratum": row.stratum.value,
        "metric": row.metric,
        "unit": row.unit,
        "signal": row.signal,
        "by": row.by,
        "value": row.value,
        "first": row.first,
        "second": row.second,
        "first_value": row.first_value,
        "second_value": row.second_value,
        "difference": row.difference,
        "interval": _span(row.interval),
        "how": row.how,
        "verdict": row.verdict,
        "questions": row.questions,
        "clusters": row.clusters,
        "thin": row.thin,
        "on_shared": None
        if shared is None
        else {"difference": shared.difference, "interval": _span(shared.interval), "questions": shared.n},
        "if_errors_wrong": row.if_errors_wrong,
        "if_ungraded": _span(row.if_ungraded),
    }


def write_comparison_csv(report: ComparisonReport, folder: Path) -> list[Path]:
    """Write ``differences.csv``, ``groups.csv``, ``contenders.csv`` and ``gates.csv``, each only if it has rows.

    Raises:
        InputError: the folder cannot be written.
    """
    document = as_dict(report)
    gates = [
        {"kind": one["kind"], "condition": one["condition"], "failed": one["failed"], **row}
        for one in document["gates"]
        for row in one["rows"]
    ]
    tables = {
        "differences": document["differences"],
        "groups": document["groups"],
        "contenders": document["contenders"],
        "gates": gates,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [
            write_rows([flat_row(_spread(row)) for row in rows], folder / f"{name}.csv")
            for name, rows in tables.items()
            if rows
        ]
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", place=str(folder)) from None


def _spread(row: Mapping[str, Any]) -> dict[str, Any]:
    """Intervals and what is nested as columns of their own."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name in ("interval", "if_ungraded"):
            prefix = "" if name == "interval" else f"{name}_"
            found[f"{prefix}low"], found[f"{prefix}high"] = value or (None, None)
        elif name == "on_shared":
            shared = value or {}
            low, high = shared.get("interval") or (None, None)
            found |= {"on_shared": shared.get("difference"), "on_shared_low": low, "on_shared_high": high}
        elif name == "asked":
            found |= _spread({f"asked_{aspect}": told for aspect, told in value.items()})
        elif isinstance(value, list | tuple):
            found[name] = " ".join(map(str, value))
        else:
            found[name] = value
    return found
