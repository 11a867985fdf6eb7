"""What came of demanding answers to what was declined, in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from calibrant.analysis import ForcedRow, Told, percent
from calibrant.reports.cells import UNDEFINED, Cell, interval_of_share, rate
from calibrant.reports.columns import Column, fitted
from calibrant.reports.names import Names
from calibrant.types import Stratum

__all__ = ["check_lines", "forced_legend", "forced_table"]

_OF = {Stratum.ANSWERABLE: "answerable", Stratum.UNANSWERABLE: "unanswerable", Stratum.ACTION: "tasks"}
"""What a row is about."""


def forced_table(rows: Sequence[ForcedRow], names: Names, width: int) -> Table:
    """Of each model what it declined, and how often it knew the answer all the same."""
    both = len({row.stratum for row in rows}) > 1
    columns = [
        Column("model", [Cell(names[row.model]) for row in rows], words=True),
        Column("declined", [Cell(f"{row.declined:,}") for row in rows]),
        Column("demanded", [Cell(f"{row.demanded:,}") for row in rows], drop_at=2),
        Column("missed knowledge", [_missed(row) for row in rows], brief_at=6),
        Column("right", [Cell(f"{row.right:,}") for row in rows], drop_at=4),
        Column("not right", [Cell(f"{row.partial + row.wrong:,}") for row in rows], drop_at=5),
        Column("declined again", [Cell(f"{row.declined_again:,}") for row in rows], drop_at=3),
    ]
    if both:
        columns.insert(1, Column("of", [Cell(_OF[row.stratum]) for row in rows], words=True))
    if any(row.errors or row.ungraded for row in rows):
        columns.append(Column("no grade", [Cell(f"{row.errors + row.ungraded:,}") for row in rows], drop_at=1))
    return fitted(columns, width)


def _missed(row: ForcedRow) -> Cell:
    return Cell(rate(row.missed_knowledge), interval_of_share(row.interval))


def forced_legend() -> Text:
    """What the columns of :func:`forced_table` mean."""
    return Text(
        "missed knowledge: of the declined questions that have an answer, those it answers right when an answer is "
        "demanded.",
        style="dim",
    )


def check_lines(rows: Sequence[ForcedRow], names: Names) -> Iterator[str]:
    """In words, for each model and stated price: does it answer when it should?"""
    for row in rows:
        if row.check is None:
            continue
        check = row.check
        answered = UNDEFINED if check.accuracy_answered is None else percent(check.accuracy_answered)
        forced = UNDEFINED if check.accuracy_forced is None else percent(check.accuracy_forced)
        verdict = {Told.YES: "yes", Told.NO: "no", Told.OPEN: "cannot be told from these data"}[check.calibrated]
        why = []
        if check.answers_are_worth_it is Told.NO:
            why.append("it answers too much")
        if check.refusals_are_right is Told.NO:
            why.append("it is merely timid")
        because = f": {' and '.join(why)}" if why else ""
        yield (
            f"{names[row.model]}: behaviourally calibrated at t = {check.price:g}? {verdict}{because} "
            f"(right where it answered {answered} of {check.answered:,}, where it had declined {forced} of "
            f"{check.forced:,})."
        )
