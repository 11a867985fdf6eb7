"""Every table of a report as a file that a spreadsheet opens."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calibrant.errors import InputError
from calibrant.reports.card import card_rows

if TYPE_CHECKING:
    from calibrant.reports.model import Report

__all__ = ["csv_texts", "flat_row", "write_csv", "write_rows"]

_PICTURES = (
    "thresholds",
    "price_curve",
    "price_leaders",
    "price_crossings",
    "efforts",
    "reliability",
    "risk_coverage",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(report: Report, folder: Path) -> list[Path]:
    """Write every table of the report, each into a file of its own and only if it has rows.

    ``about.csv`` says what the numbers were made from (seed, level, set_hash, run ...); ``models.csv`` and
    ``breakdowns.csv`` hold the metrics, ``calibration.csv`` what confidence is worth, ``ranks.csv`` the rank intervals,
    ``strata.csv`` the shares of the set, ``errors.csv`` the causes of failures, ``gradings.csv`` who graded how much,
    ``forced.csv`` what came of demanding answers, ``card.csv`` the card of the question set, ``warnings.csv`` and
    ``caveats.csv`` what to know first; the tables behind the pictures are called as in the report's JSON.
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
                written.append(write_rows(rows, folder / f"{name}.csv"))
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", place=str(folder)) from None
    return written


def csv_texts(report: Mapping[str, Any]) -> dict[str, str]:
    """Name -> what the file of that name holds, for ``Report.to_dict()``."""
    return {name: _text(rows) for name, rows in _tables(report).items() if rows}


def _tables(report: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    about = {name: value for name, value in report.items() if not isinstance(value, list | dict)}
    about |= {f"run_{name}": value for name, value in report["run"].items() if not isinstance(value, dict)}
    return {
        "about": [flat_row({"name": name, "value": value}) for name, value in about.items()],
        "warnings": [flat_row({"warning": warning}) for warning in report["warnings"]],
        "strata": [flat_row(row) for row in report["strata"]],
        "models": [flat_row(row) for row in report["models"]],
        "ranks": [flat_row(row) for table in report["ranks"] for row in _ranked(table)],
        "breakdowns": [flat_row(row) for row in report["breakdowns"]],
        "calibration": [flat_row(row) for row in report["calibration"]],
        "errors": [
            flat_row({name: one[name] for name in ("model", "price", "stratum")} | {"cause": cause, "answers": count})
            for one in report["errors"]
            for cause, count in one["causes"].items()
        ],
        "gradings": [flat_row(_grading(row)) for row in report["gradings"]],
        "forced": [flat_row(_forced(row)) for row in report["forced"]],
        "findings": [flat_row(row) for row in report["findings"]],
        "caveats": [flat_row(row) for row in report["caveats"]],
        **{name: [flat_row(row) for row in report[name]] for name in _PICTURES},
        "card": [flat_row(row) for row in card_rows(report["card"] or {})],
        "setups": [flat_row(row) for row in report["provenance"]["setups"]],
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


_SPANS = {"intervals": "", "if_ungraded": "_if_ungraded", "difference_intervals": "_difference"}


def flat_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a table as columns of a spreadsheet; no text in it is run as a formula."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if name in _SPANS:
            suffix = _SPANS[name]
            for metric, (low, high) in value.items():
                flat[f"{metric}{suffix}_low"], flat[f"{metric}{suffix}_high"] = low, high
        elif name == "guess_thresholds":
            flat |= {f"{metric}_guess_threshold": threshold for metric, threshold in value.items()}
        elif name == "usage":
            flat |= value
        elif name == "differences":
            flat |= {f"{metric}_difference": difference for metric, difference in value.items()}
        else:
            text = " ".join(value) if isinstance(value, list) else value
            flat[name] = f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA) else text
    return flat


def write_rows(rows: Sequence[Mapping[str, Any]], path: Path) -> Path:
    """Write a table; the file appears whole or not at all."""
    partial = path.with_name(path.name + ".part")
    partial.write_text(_text(rows), encoding="utf-8", newline="")
    os.replace(partial, path)  # noqa: PTH105 - the atomic one
    return path


def _text(rows: Sequence[Mapping[str, Any]]) -> str:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()
