"""Published capability beside what was measured: one picture, and a table with all numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from calibrant.reports.html.blocks import Block, Cell, Figure, Key, Prose, Section, Table
from calibrant.reports.html.drawing import Axis, Drawing, share_axis
from calibrant.reports.html.numbers import Numbers, label, model_cell
from calibrant.reports.html.sections.context import Context

__all__ = ["capability", "capability_section"]

_WORDS = {
    "hallucination_rate": ("Made up of what it missed", "lower, it makes up less of what it misses"),
    "auroc": ("AUROC of its confidence", "higher, its confidence tells right answers from wrong ones better"),
}
_ALWAYS = 0.99
"""A hallucination rate of models that never decline, which tells nothing apart."""


def capability(context: Context) -> Section | None:
    """Both axes, where a table of published scores was handed in."""
    document = context.document.get("capability")
    return None if document is None else capability_section(document, context.keys)


def capability_section(document: Mapping[str, Any], keys: Mapping[str, Key], *, file: str = "capability") -> Section:
    """Both axes: the first benchmark across, what was measured upwards.

    Args:
        document: ``Capability.to_dict()``, which stands under ``capability`` in the page's JSON.
        keys: model -> its mark.
        file: name under which the picture is saved; empty where the page has no script for it.
    """
    benchmark, rows = document["benchmarks"][0], document["rows"]
    upwards = _upwards(rows)
    drawn = [row for row in rows if row[f"score:{benchmark}"] is not None and row[upwards] is not None]
    made: list[Block] = [
        Prose(
            "What a model can do and whether it knows when it cannot are two things: to the right it scores higher on "
            f"{benchmark}, as published; {_WORDS[upwards][1]}, as measured here."
        )
    ]
    if drawn:
        made.append(_figure(benchmark, upwards, drawn, keys, file))
    made.append(_table(document, keys))
    return Section(id="capability", title="Capability beside calibration", blocks=made)


def _upwards(rows: Sequence[Mapping[str, Any]]) -> str:
    """The hallucination rate; where nobody ever declines, and all have a confidence, whether that knows."""
    rates = [row["hallucination_rate"] for row in rows]
    always = all(rate is None or rate >= _ALWAYS for rate in rates)
    return "auroc" if always and all(row["auroc"] is not None for row in rows) else "hallucination_rate"


def _figure(
    benchmark: str, upwards: str, rows: Sequence[Mapping[str, Any]], keys: Mapping[str, Key], file: str
) -> Figure:
    scores = [row[f"score:{benchmark}"] for row in rows]
    low, high = min(scores), max(scores)
    room = 0.12 * (high - low) or max(1.0, abs(high)) * 0.1
    low, high = low - room, high + room
    ticks = [(low + step * (high - low) / 4, f"{low + step * (high - low) / 4:.3g}") for step in range(5)]
    words = _WORDS[upwards][0]
    plane = Drawing(x=Axis(low=low, high=high, ticks=ticks, title=benchmark), y=_axis(words))
    for row, score in zip(rows, scores, strict=True):
        key, pair = keys[row["model"]], row["intervals"].get(upwards)
        if pair is not None:
            plane.rule((score, pair[0]), (score, pair[1]), f"whisk m{key.style}")
        plane.dot((score, row[upwards]), key.style, text=str(key.number))
    described = f"{len(rows)} models; whiskers are intervals of what was measured. Published scores have none."
    title = f"{benchmark} beside: {words[0].lower()}{words[1:]}" if upwards != "auroc" else f"{benchmark} and AUROC"
    return Figure(
        id="capability-picture",
        title=title,
        description=described,
        svg=plane.svg("capability-picture", title, described),
        keys=[keys[row["model"]] for row in rows],
        file=file,
    )


def _axis(title: str) -> Axis:
    """0 to 1, with room for marks at the ends; AUROC is no share of anything, so in decimals."""
    plain = replace(share_axis(title), low=-0.04, high=1.08)
    return plain if title != _WORDS["auroc"][0] else replace(plain, ticks=[(at / 4, f"{at / 4:g}") for at in range(5)])


def _table(document: Mapping[str, Any], keys: Mapping[str, Key]) -> Table:
    numbers = Numbers(document, "rows")
    rows = []
    for at, row in enumerate(document["rows"]):
        cells = [model_cell(row["model"], keys[row["model"]]), label(row["called"])]
        cells += [numbers.significant(at, f"score:{name}") for name in document["benchmarks"]]
        cells += [
            numbers.rate(at, "hallucination_rate"),
            numbers.rate(at, "accuracy"),
            numbers.index(at),
            numbers.decimal(at, "auroc"),
        ]
        rows.append([_within(cell) for cell in cells])
    return Table(
        caption="Both axes",
        columns=["model", "scores of", *document["benchmarks"], "made up of missed", "right", "Index", "AUROC"],
        rows=rows,
        note=f"Scores: {document['source']}. The rest was measured on the questions of this page.",
    )


def _within(cell: Cell) -> Cell:
    return cell if cell.path is None else cell.at(f"capability/{cell.path}")
