"""What the confidence that came with the answers is worth, as a table in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from calibrant.analysis import ConfidenceRow
from calibrant.reports.cells import Cell, interval_of_number, number, rate
from calibrant.reports.columns import Column, fitted
from calibrant.reports.names import Names

__all__ = ["confidence_table", "legend"]

_MEANINGS = {
    "sure": "sure: mean confidence.",
    "off by": "off by: level-ECE.",
    "AUROC": "AUROC: chance that a right answer is surer than a wrong one.",
    "PRR": "PRR: share of a perfect rejection's gain, rejecting up to half.",
    "10% wrong": "10% wrong: largest share answered with at most so much wrong, here.",
}


def confidence_table(rows: Sequence[ConfidenceRow], models: Names, signals: Names, width: int) -> Table:
    """Calibration and ranking by each signal of each model.

    A score that is no probability has no calibration: its cells are blank.
    """
    several = len({row.name for row in rows}) > 1
    before = [None, *rows[:-1]]
    columns = [
        Column(
            "model",
            [
                Cell("" if last is not None and last.model == row.model else models[row.model])
                for last, row in zip(before, rows, strict=True)
            ],
            words=True,
        )
    ]
    if several:
        columns.append(Column("signal", [Cell(signals[row.name]) for row in rows], words=True))
    probable = [row.values["level_ece"] is not None for row in rows]
    if any(probable):
        sure = [Cell(rate(row.mean) if yes else "") for row, yes in zip(rows, probable, strict=True)]
        off = [Cell(rate(row.values["level_ece"]) if yes else "") for row, yes in zip(rows, probable, strict=True)]
    columns.append(Column("n", [Cell(f"{row.n:,}") for row in rows], drop_at=3))
    columns += [Column("sure", sure, drop_at=5)] if any(probable) else []
    columns.append(Column("right", [Cell(rate(row.accuracy)) for row in rows], drop_at=4))
    columns += [Column("off by", off)] if any(probable) else []
    auroc = [Cell(number(row.values["auroc"]), interval_of_number(row.intervals.get("auroc"))) for row in rows]
    columns += [
        Column("AUROC", auroc, brief_at=1),
        Column("PRR", [Cell(number(row.values["prr"])) for row in rows], drop_at=6),
        Column("10% wrong", [Cell(rate(row.values["coverage_at_risk_10"])) for row in rows], drop_at=2),
    ]
    return fitted(columns, width)


def legend(table: Table) -> Text:
    """What the columns of the table mean, those that it has."""
    said = [_MEANINGS[str(column.header)] for column in table.columns if str(column.header) in _MEANINGS]
    return Text(" ".join(said), style="dim")
