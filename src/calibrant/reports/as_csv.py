"""Every table of a report as a file that a spreadsheet opens."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.reports.model import Report

__all__ = ["write_csv"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(report: Report, folder: Path) -> list[Path]:
    """Write every table of the report, each into a file of its own and only if it has rows.

    ``about.csv`` says what the numbers were made from (seed, level, set_hash, run ...); ``models.csv`` and
    ``breakdowns.csv`` hold the metrics, ``calibration.csv`` what confidence is worth, ``ranks.csv`` the rank intervals,
    ``strata.csv`` the shares of the set, ``errors.csv`` the causes of failures, ``gradings.csv`` who graded how much,
    ``forced.csv`` what came of demanding answers, ``warnings.csv`` what to know first.
    An interval becomes two columns, ``METRIC_low`` and ``METRIC_high``; bounds under any verdict on the ungraded are
    ``METRIC_if_ungraded_low`` and ``..._high``, thresholds ``METRIC_guess_threshold``. Text that a spreadsheet would
    run as a formula is preceded by an apostrophe. A file appears whole or not at all.

    Returns:
        The files written.

    Raises:
        InputError: the folder cannot be written.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in _tables(report.to_dict()).items():
            if rows:
                written.append(_write(rows, folder / f"{name}.csv"))
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", place=str(folder)) from None
    return written


def _tables(report: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    about = {name: value for name, value in report.items() if not isinstance(value, list | dict)}
    about |= {f"run_{name}": value for name, value in report["run"].items() if not isinstance(value, dict)}
    return {
        "about": [_flat({"name": name, "value": value}) for name, value in about.items()],
        "warnings": [_flat({"warning": warning}) for warning in report["warnings"]],
        "strata": [_flat(row) for row in report["strata"]],
        "models": [_flat(row) for row in report["models"]],
        "ranks": [_flat(row) for table in report["ranks"] for row in _ranked(table)],
        "breakdowns": [_flat(row) for row in report["breakdowns"]],
        "calibration": [_flat(row) for row in report["calibration"]],
        "errors": [
            _flat({name: one[name] for name in ("model", "price", "stratum")} | {"cause": cause, "answers": count})
            for one in report["errors"]
            for cause, count in one["causes"].items()
        ],
        "gradings": [_flat(_grading(row)) for row in report["gradings"]],
        "forced": [_flat(_forced(row)) for row in report["forced"]],
    }


def _grading(row: Mapping[str, Any]) -> dict[str, Any]:
    """A grading with its states, and what its judges cost, as columns."""
    plain = {name: value for name, value in row.items() if name not in ("states", "judging")}
    plain |= {state: row["states"].get(state, 0) for state in ("correct", "partial", "incorrect", "abstained")}
    judging = row["judging"] or {}
    return plain | {"judge_replies": judging.get("responses"), "judge_cost_usd": judging.get("cost_usd")}


def _forced(row: Mapping[str, Any]) -> dict[str, Any]:
    """What came of demanding answers, with the check at a price as columns."""
    plain = {name: value for name, value in row.items() if name != "check"}
    check = row["check"] or {}
    intervals = {**plain["intervals"], **check.get("intervals", {})}
    return plain | {name: value for name, value in check.items() if name != "intervals"} | {"intervals": intervals}


def _ranked(table: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    shared = {name: value for name, value in table.items() if not isinstance(value, dict)}
    for model, missing in table["missing"].items():
        best, worst = table["ranks"].get(model, (None, None))
        yield {"model": model, "best": best, "worst": worst, "missing_questions": missing, **shared}


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if name in ("intervals", "if_ungraded"):
            suffix = "" if name == "intervals" else "_if_ungraded"
            for metric, (low, high) in value.items():
                flat[f"{metric}{suffix}_low"], flat[f"{metric}{suffix}_high"] = low, high
        elif name == "guess_thresholds":
            flat |= {f"{metric}_guess_threshold": threshold for metric, threshold in value.items()}
        elif name == "usage":
            flat |= value
        else:
            text = " ".join(value) if isinstance(value, list) else value
            flat[name] = f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA) else text
    return flat


def _write(rows: Sequence[Mapping[str, Any]], path: Path) -> Path:
    columns = dict.fromkeys(name for row in rows for name in row)
    partial = path.with_name(path.name + ".part")
    with partial.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(columns))
        writer.writeheader()
        writer.writerows(rows)
    os.replace(partial, path)  # noqa: PTH105 - the atomic one
    return path
