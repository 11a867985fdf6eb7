"""Who graded, how far the graders agree, and what judging cost."""

from __future__ import annotations

from calibrant.reports.html.blocks import Block, Cell, Prose, Section, Table
from calibrant.reports.html.numbers import Numbers, label
from calibrant.reports.html.sections.context import Context

__all__ = ["grading"]


def grading(context: Context) -> Section | None:
    """The gradings side by side; None where one grader alone, by code, has graded everything."""
    rows = context.document["gradings"]
    if len(rows) < 2 and not any(row["judges"] or row["ungraded"] for row in rows):
        return None
    blocks: list[Block] = [
        Prose("Every grading of these answers. This page is about the one that counts; --grader NAME makes another."),
        _gradings(context),
    ]
    if context.document["agreements"]:
        blocks.append(_agreements(context))
    return Section(id="grading", short="Grading", title="Who graded", blocks=blocks)


def _gradings(context: Context) -> Table:
    numbers, rows = Numbers(context.document, "gradings"), context.document["gradings"]
    return Table(
        caption="Gradings of this run",
        columns=["grader", "counts", "graded", "ungraded", "unreadable", "not looked at", "agrees", "cost of judging"],
        rows=[
            [
                label(row["grader"]),
                label("yes" if row["counts"] else ""),
                numbers.count(at, "graded"),
                numbers.count(at, "ungraded"),
                numbers.count(at, "unreadable"),
                numbers.count(at, "missing"),
                label("") if row["counts"] else numbers.rate(at, "agreed"),
                _cost(context, at),
            ]
            for at, row in enumerate(rows)
        ],
        csv="gradings",
        note=(
            "ungraded: looked at without a verdict. unreadable: of these, a judge replied and none could be read. "
            "agrees: with the grading that counts, where both have a verdict."
        ),
    )


def _cost(context: Context, at: int) -> Cell:
    judging = context.document["gradings"][at]["judging"]
    if judging is None:
        return label("no judge")
    return Numbers({"judging": [judging]}, "judging").dollars(0, "cost_usd").at(f"gradings/{at}/judging/cost_usd")


def _agreements(context: Context) -> Table:
    numbers, rows = Numbers(context.document, "agreements"), context.document["agreements"]
    return Table(
        caption="How far the graders agree, two by two",
        columns=["graders", "answers", "agree", "alpha"],
        rows=[
            [
                label(" and ".join(row["graders"])),
                numbers.count(at, "answers"),
                numbers.rate(at, "agreed"),
                numbers.decimal(at, "alpha"),
            ]
            for at, row in enumerate(rows)
        ],
        note="alpha (Krippendorff): 1 where they always agree, 0 where they agree as by chance.",
    )
