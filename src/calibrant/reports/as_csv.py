"""Every table of a report as a file that a spreadsheet opens."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.reports.model import Report

__all__ = ["write_csv"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LEFT_OUT = {"if_ungraded", "guess_thresholds", "usage", "thin"}


def write_csv(report: Report, folder: Path) -> list[Path]:
    """Write ``models.csv``, ``breakdowns.csv`` and ``calibration.csv``, each only if it has rows.

    An interval becomes two columns, ``METRIC_low`` and ``METRIC_high``. Text that a spreadsheet would run as a formula
    is preceded by an apostrophe. A file appears whole or not at all.

    Returns:
        The files written.

    Raises:
        InputError: the folder cannot be written.
    """
    tables = report.to_dict()
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("models", "breakdowns", "calibration"):
            rows = [_flat(row) for row in tables[name]]
            if rows:
                written.append(_write(rows, folder / f"{name}.csv"))
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", place=str(folder)) from None
    return written


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    flat = {}
    for name, value in row.items():
        if name == "intervals":
            for metric, (low, high) in value.items():
                flat[f"{metric}_low"], flat[f"{metric}_high"] = low, high
        elif name not in _LEFT_OUT:
            flat[name] = f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
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
