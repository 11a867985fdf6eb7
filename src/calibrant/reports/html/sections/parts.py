"""Where the models are good and bad: domains, topics, what they were given to read."""

from __future__ import annotations

from collections.abc import Sequence

from calibrant.reports.html.blocks import Block, Cell, Fold, Prose, Section, Table
from calibrant.reports.html.numbers import Numbers, label, model_cell
from calibrant.reports.html.sections.context import MOST_DRAWN, Context
from calibrant.types import Stratum

__all__ = ["parts"]

_TITLES = {"domain": "By domain", "topic": "By topic", "condition": "By what was given to read"}
_SHADES = 4


def parts(context: Context) -> Section | None:
    """A heat table and the full table for each way of breaking down."""
    blocks: list[Block] = []
    for by in dict.fromkeys(row["by"] for row in context.document["breakdowns"]):
        for stratum in Stratum:
            rows = context.places("breakdowns", by=by, stratum=stratum.value)
            if len({context.document["breakdowns"][at]["value"] for at in rows}) > 1:
                blocks += _broken_down(context, by, stratum, rows)
    if not blocks:
        return None
    lead = Prose(
        "Cells of few questions have wide intervals; of many cells some are extreme by chance. "
        "The ground only repeats the number: blue above the middle, orange below."
    )
    return Section(id="parts", short="Domains", title="Where they are good and bad", blocks=[lead, *blocks])


_OF_STRATUM = {
    Stratum.ANSWERABLE: "",
    Stratum.UNANSWERABLE: ", questions without an answer",
    Stratum.ACTION: ", tasks without an argument they need",
}
_REFUSING = {
    Stratum.UNANSWERABLE: ("declined", "answered all the same", "false_acceptance"),
    Stratum.ACTION: ("asked", "made an argument up", "hallucinated_action"),
}
"""What declining and answering are called where nothing can be answered, and the metric of the latter."""


def _broken_down(context: Context, by: str, stratum: Stratum, rows: Sequence[int]) -> list[Block]:
    title = _TITLES[by] + _OF_STRATUM[stratum]
    place = {name: key.number for name, key in context.keys.items()}
    found = context.document["breakdowns"]
    ordered = sorted(rows, key=lambda at: place[found[at]["model"]])
    models = list(dict.fromkeys(found[at]["model"] for at in ordered))
    values = list(dict.fromkeys(found[at]["value"] for at in rows))
    return [
        _heat(context, title, stratum, (models[:MOST_DRAWN], len(models)), values, rows),
        Fold(title=f"{title}: every number", blocks=[_full(context, title, stratum, values, ordered)]),
    ]


def _heat(
    context: Context,
    title: str,
    stratum: Stratum,
    models: tuple[Sequence[str], int],
    values: Sequence[str | None],
    rows: Sequence[int],
) -> Table:
    numbers, found = Numbers(context.document, "breakdowns"), context.document["breakdowns"]
    at = {(found[row]["value"], found[row]["model"]): row for row in rows}
    answerable = stratum is Stratum.ANSWERABLE
    made = []
    for value in values:
        cells = [label(value)]
        for model in models[0]:
            row = at.get((value, model))
            if row is None:
                cells.append(Cell(text="-"))
                continue
            cell = numbers.index(row) if answerable else numbers.rate(row, "correct_refusal")
            cells.append(
                Cell(
                    text=cell.text, raw=cell.raw, path=cell.path, span=cell.span, thin=cell.thin,
                    shade=_shade(cell.raw, answerable=answerable),
                )
            )  # fmt: skip
        made.append(cells)
    what = "Index" if answerable else f"share {_REFUSING[stratum][0]}, which is right here"
    more = f" The first {len(models[0])} of {models[1]} models." if models[1] > len(models[0]) else ""
    return Table(
        caption=f"{title}: {what}.{more}",
        columns=[title.split(",")[0].removeprefix("By "), *models[0]],
        column_keys=[None, *(context.keys[name] for name in models[0])],
        rows=made,
        csv="breakdowns",
        kind="heat",
    )


def _shade(value: float | None, *, answerable: bool) -> str:
    """Below and above the middle (Index 0, or half), in four steps each."""
    if value is None:
        return ""
    away = value / 100 if answerable else 2 * value - 1
    step = min(_SHADES, round(abs(away) * _SHADES + 0.25))
    return "" if step == 0 else f"{'up' if away > 0 else 'down'}{step}"


def _full(context: Context, title: str, stratum: Stratum, values: Sequence[str | None], rows: Sequence[int]) -> Table:
    numbers, found = Numbers(context.document, "breakdowns"), context.document["breakdowns"]
    answerable = stratum is Stratum.ANSWERABLE
    columns = ["right", "made up", "Index"] if answerable else list(_REFUSING[stratum][:2])
    made = []
    for value in values:
        for at in rows:
            if found[at]["value"] != value:
                continue
            cells = [label(value), model_cell(found[at]["model"], context.keys[found[at]["model"]])]
            if answerable:
                cells += [numbers.rate(at, "accuracy"), numbers.rate(at, "hallucination_rate"), numbers.index(at)]
            else:
                cells += [numbers.rate(at, "correct_refusal"), numbers.rate(at, _REFUSING[stratum][2])]
            made.append([*cells, numbers.count(at, "n")])
    return Table(caption=title, columns=["part", "model", *columns, "n"], rows=made, csv="breakdowns")
