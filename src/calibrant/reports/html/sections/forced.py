"""What the models knew of what they declined: answers that were demanded in a second pass."""

from __future__ import annotations

from collections.abc import Sequence

from calibrant.reports.html.blocks import Block, Cell, Prose, Section, Table
from calibrant.reports.html.numbers import Numbers, label, model_cell
from calibrant.reports.html.sections.context import Context

__all__ = ["forced"]

_OF = {
    "answerable": "with an answer",
    "unanswerable": "without one",
    "action": "tasks without an argument they need",
}
_TOLD = {"yes": "yes", "no": "no", "open": "cannot be told from these data"}


def forced(context: Context) -> Section | None:
    """Missed knowledge, and the check at the price that a prompt stated; None without a second pass."""
    rows = context.document["forced"]
    if not rows:
        return None
    lead = "What was declined was asked again, and an answer demanded. What is then right was known and held back."
    blocks: list[Block] = [Prose(lead), _missed(context)]
    checked = [at for at, row in enumerate(rows) if row["check"] is not None]
    if checked:
        blocks.append(_checks(context, checked))
    return Section(id="forced", short="Declined", title="What they knew and declined", blocks=blocks)


def _missed(context: Context) -> Table:
    numbers, rows = Numbers(context.document, "forced"), context.document["forced"]
    counts = ("declined", "demanded", "right", "partial", "wrong", "declined_again", "errors", "ungraded")
    return Table(
        caption="Answers demanded to what was declined",
        columns=["model", "questions", *(name.replace("_", " ") for name in counts), "missed knowledge"],
        rows=[
            [
                model_cell(row["model"], context.keys.get(row["model"])),
                label(_OF[row["stratum"]]),
                *(numbers.count(at, name) for name in counts),
                numbers.rate(at, "missed_knowledge"),
            ]
            for at, row in enumerate(rows)
        ],
        csv="forced",
        note="missed knowledge: right among the demanded answers that have a grade, declining again among them.",
    )


def _checks(context: Context, places: Sequence[int]) -> Table:
    rows = context.document["forced"]
    return Table(
        caption="Do they answer when it pays, at the price that the prompt stated?",
        columns=["model", "t", "right where it answered", "right where it had declined", "calibrated at t"],
        rows=[
            [
                model_cell(rows[at]["model"], context.keys.get(rows[at]["model"])),
                Cell(text=f"{rows[at]['check']['t']:g}", raw=rows[at]["check"]["t"], path=f"forced/{at}/check/t"),
                _share(context, at, "accuracy_answered"),
                _share(context, at, "accuracy_forced"),
                label(_verdict(rows[at]["check"])),
            ]
            for at in places
        ],
        note="Calibrated at t: right at least as often as t where it answers, and at most as often where it declined.",
    )


def _share(context: Context, at: int, name: str) -> Cell:
    check = context.document["forced"][at]["check"]
    return Numbers({"check": [check]}, "check").rate(0, name).at(f"forced/{at}/check/{name}")


def _verdict(check: dict[str, str]) -> str:
    if check["calibrated"] == "no" and check["refusals_are_right"] == "no":
        return "no: it declines what it knows"
    if check["calibrated"] == "no":
        return "no: it answers what it does not know"
    return _TOLD[check["calibrated"]]
