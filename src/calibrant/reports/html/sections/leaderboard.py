"""Who is right, who makes things up, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

from calibrant.reports.html.blocks import Block, Cell, Fold, Prose, Section, Table
from calibrant.reports.html.numbers import Numbers, model_cell
from calibrant.reports.html.sections.context import Context
from calibrant.types import Stratum

__all__ = ["leaderboard"]

_COUNTED = ("correct", "partial", "incorrect", "abstained", "errors", "ungraded")
_OTHERS = (
    ("accuracy_given_attempted", "right of answered"),
    ("f1", "F1"),
    ("wrong_of_all", "wrong of all"),
    ("incorrect_of_answered", "wrong of answered"),
    ("selective_risk", "wrong or partly, of answered"),
    ("hallucination_rate", "wrong of missed"),
    ("attempt_rate", "answered"),
    ("false_refusal", "declined though there is an answer"),
)


def leaderboard(context: Context) -> Section:
    """The tables of both strata."""
    blocks: list[Block] = []
    rows = context.answerable
    if rows:
        blocks += [
            _answerable(context, rows),
            Prose(
                "right: of what was graded. made up: of the questions it did not get right, those it answered wrongly "
                "instead of declining. Index: right minus wrong answers per 100 questions; always declining scores 0. "
                f"rank: the places that these questions leave open. Every interval holds at {context.level}; "
                "~ marks one that rests on fewer than 20 documents or 5 events.",
                "legend",
            ),
        ]
    if context.unanswerable:
        blocks.append(_unanswerable(context, context.unanswerable))
    if context.actions:
        blocks.append(_unanswerable(context, context.actions, Stratum.ACTION))
    if rows:
        blocks.append(Fold(title="Counted otherwise: every rate, and the counts", blocks=_otherwise(context, rows)))
    return Section(id="models", short="Models", title="The models", blocks=blocks)


def _ranks(context: Context, metric: str, stratum: Stratum = Stratum.ANSWERABLE) -> dict[str, Cell]:
    for at, table in enumerate(context.document["ranks"]):
        if table["metric"] == metric and table["stratum"] == stratum.value:
            return {
                model: Cell(
                    text=f"{best}" if best == worst else f"{best} to {worst}",
                    raw=best,
                    path=f"ranks/{at}/ranks/{model}/0",
                )
                for model, (best, worst) in table["ranks"].items()
            }
    return {}


def _answerable(context: Context, rows: Sequence[int]) -> Table:
    numbers, document = Numbers(context.document, "models"), context.document
    ranks = _ranks(context, "omniscience_index")
    columns = ["model", "right", "made up", "Index", "rank", "declined", "n"]
    prices = {document["models"][at]["price"] for at in rows} | {document["index_price"]}
    priced = prices - {None} != {0.5}
    if priced:
        columns.insert(4, "Index at its price")
    costs = any(document["models"][at]["cost_usd"] is not None for at in rows)
    if costs:
        columns.append("cost of 1,000")
    made = []
    for at in rows:
        name = document["models"][at]["model"]
        cells = [
            model_cell(name, context.keys[name]),
            numbers.rate(at, "accuracy", drawn=True),
            numbers.rate(at, "hallucination_rate", drawn=True),
            numbers.index(at, drawn=True),
            ranks.get(name, Cell(text="-")),
            numbers.rate(at, "false_refusal"),
            numbers.count(at, "n"),
        ]
        if priced:
            cells.insert(4, numbers.index(at, "index_at_price"))
        if costs:
            cells.append(numbers.dollars(at, "cost_per_thousand_usd"))
        made.append(cells)
    return Table(
        caption=_about(context, "answerable", "Questions that have an answer"),
        columns=columns,
        rows=made,
        csv="models",
        kind="board",
    )


_REFUSING = {
    Stratum.UNANSWERABLE: (
        "Questions without an answer: declining is right",
        "declined",
        "answered all the same",
        "false_acceptance",
    ),
    Stratum.ACTION: (
        "Tasks without an argument they need: asking or looking it up is right",
        "asked",
        "made an argument up",
        "hallucinated_action",
    ),
}
"""Stratum -> caption, what declining and answering are called there, and the metric of the latter."""


def _unanswerable(context: Context, rows: Sequence[int], stratum: Stratum = Stratum.UNANSWERABLE) -> Table:
    title, declined, answered, wrong = _REFUSING[stratum]
    numbers, ranks = Numbers(context.document, "models"), _ranks(context, "correct_refusal", stratum)
    names = [context.document["models"][at]["model"] for at in rows]
    return Table(
        caption=_about(context, stratum.value, title),
        columns=["model", declined, answered, "rank", "n"],
        rows=[
            [
                model_cell(name, context.keys[name]),
                numbers.rate(at, "correct_refusal", drawn=True),
                numbers.rate(at, wrong, drawn=True),
                ranks.get(name, Cell(text="-")),
                numbers.count(at, "n"),
            ]
            for at, name in zip(rows, names, strict=True)
        ],
        csv="models",
        kind="board",
    )


def _about(context: Context, stratum: str, title: str) -> str:
    found = next(one for one in context.document["strata"] if one["stratum"] == stratum)
    return f"{title} ({found['questions']:,}, {100 * found['share']:.3g}% of the set)"


def _otherwise(context: Context, rows: Sequence[int]) -> list[Block]:
    numbers, models = Numbers(context.document, "models"), context.document["models"]
    shown = [(name, head) for name, head in _OTHERS if any(models[at].get(name) is not None for at in rows)]
    if not any(models[at]["partial"] for at in rows):
        shown = [one for one in shown if one[0] != "selective_risk"]
    keys = [model_cell(models[at]["model"], context.keys[models[at]["model"]]) for at in rows]
    return [
        Table(
            caption="Every rate on questions that have an answer",
            columns=["model", *(head for _, head in shown)],
            rows=[[key, *(numbers.rate(at, name) for name, _ in shown)] for key, at in zip(keys, rows, strict=True)],
            csv="models",
        ),
        Table(
            caption="How answers ended",
            columns=["model", *_COUNTED, "questions", "documents"],
            rows=[
                [key, *(numbers.count(at, name) for name in (*_COUNTED, "questions", "clusters"))]
                for key, at in zip(keys, rows, strict=True)
            ],
            csv="models",
        ),
    ]
