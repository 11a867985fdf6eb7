"""The decision as one HTML page that opens offline, and as a PDF printed from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from calibrant import __version__
from calibrant.reports.decision.sentences import money
from calibrant.reports.html.blocks import Block, Cell, Figure, Key, Prose, Section, Table
from calibrant.reports.html.drawing import Axis, Drawing
from calibrant.reports.html.numbers import Numbers, label, model_cell
from calibrant.reports.html.page import content_policy, environment, write_private
from calibrant.reports.html.sections.prices import visible

if TYPE_CHECKING:
    from calibrant.reports.decision.model import Decision

__all__ = ["decision_page", "write_page"]

_TICKS = ((0.0, "0"), (0.5, "1"), (0.75, "3"), (0.9, "9"))


def write_page(decision: Decision, *, html: Path | None, pdf: Path | None) -> Iterator[Path]:
    """Write the page, the PDF, or both; yields each path as it is there.

    Raises:
        InputError: a file cannot be written, or there is no browser that prints.
    """
    content = decision_page(decision).encode("utf-8", "replace")
    if html is not None:
        yield write_private(html, content)
    if pdf is not None:
        from calibrant.reports.decision.printing import print_pdf

        yield print_pdf(content, pdf)


def decision_page(decision: Decision) -> str:
    """The page as text."""
    document = decision.to_dict()
    keys = {side.name: Key(number=at, name=side.name) for at, side in enumerate(decision.sides, start=1)}
    made = (_matched(document, keys), _prices(document, keys), _money(document, keys), _topics(document, keys))
    sections = [section for section in (*made, _without(document, keys)) if section is not None]
    if decision.capability is not None:
        from calibrant.reports.html.sections.capability import capability_section

        sections.append(capability_section(document["capability"], keys, file=""))
    templates = environment()
    style = templates.get_template("page.css").render()
    return templates.get_template("decision.html").render(
        document=document,
        title=f"{decision.sides[0].name} or {decision.sides[1].name}",
        sections=sections,
        style=Markup(style),  # noqa: S704 - our own file
        policy=content_policy(style, ""),
        version=__version__,
    )


def _matched(document: Mapping[str, Any], keys: Mapping[str, Key]) -> Section:
    numbers, rows = Numbers(document, "ways"), []
    sure = 100 * document["confidence"]
    for at, row in enumerate(document["ways"]):
        bound = row["risk_bound"]
        met = "" if bound is None else "within it" if bound <= document["error"] else "over it"
        name = model_cell(row["name"], keys[row["name"]]) if row["name"] in keys else label(row["name"])
        rows.append(
            [
                name,
                numbers.rate(at, "coverage"),
                numbers.rate(at, "risk", drawn=True),
                _per_cent(row, at, "risk_bound", met),
                _points(row, at),
                _dollars(row, "ways", at, "dollars_per_right"),
            ]
        )
    blocks: list[Block] = [
        Prose(
            f"Each as it is, and under a certificate of at most {100 * document['error']:.3g} % errors among what it "
            f"answers, with {sure:g} % confidence. Value: right answers per 100 questions, a wrong one costing "
            f"{document['wrong_costs']:g} of them."
        ),
        Table(
            caption="Ways to answer at equal risk",
            columns=["way", "answered", "errors of these", f"at most ({sure:g} %)", "value", "dollars a right answer"],
            rows=rows,
            kind="plain",
            note=" ".join(_notes(document["certificates"])),
        ),
    ]
    return Section(id="matched", title="At equal risk", blocks=blocks)


def _notes(certificates: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in certificates:
        seen = f" {one['labelled']:,} of these questions were labelled for it." if one["labelled"] else ""
        yield f"{one['name']}: {one['text'].rstrip('.')}.{seen}"
    yield "The bound of the errors is each way's own, not of all together. Dollars count what is held back as well."


def _per_cent(row: Mapping[str, Any], at: int, name: str, after: str) -> Cell:
    value = row[name]
    return Cell(text="-" if value is None else f"{100 * value:.1f}%", raw=value, path=f"ways/{at}/{name}", span=after)


def _points(row: Mapping[str, Any], at: int) -> Cell:
    pair = row["intervals"].get("value")
    span = "" if pair is None else f"{100 * pair[0]:+.1f} to {100 * pair[1]:+.1f}"
    return Cell(text=f"{100 * row['value']:+.1f}", raw=row["value"], path=f"ways/{at}/value", span=span)


def _dollars(row: Mapping[str, Any], table: str, at: int, name: str) -> Cell:
    value, pair = row[name], row["intervals"].get(name)
    told = "unknown" if value is None else money(value)
    if value is None and row.get("dollars") is not None:
        told = "none right"
    span = "" if pair is None else f"{money(pair[0])} to {money(pair[1])}"
    return Cell(text=told, raw=value, path=f"{table}/{at}/{name}", span=span)


def _prices(document: Mapping[str, Any], keys: Mapping[str, Key]) -> Section:
    plane = Drawing(
        x=Axis(low=0.0, high=0.95, ticks=_TICKS, title="Right answers that a wrong one costs"),
        y=Axis(
            low=-100.0,
            high=100.0,
            ticks=[(-100, "-100"), (-50, "-50"), (0, "0"), (50, "+50"), (100, "+100")],
            title="Value per 100 questions",
        ),
    )
    plane.rule((0.0, 0.0), (0.95, 0.0), "zero")
    for name, key in keys.items():
        rows = [row for row in document["price_curve"] if row["model"] == name]
        spans = [(row["price"], *row["intervals"].get("index_at_price", (None, None))) for row in rows]
        known = [(t, max(-100.0, low), max(-100.0, high)) for t, low, high in spans if low is not None]
        if len(known) > 1:
            plane.band(known, key.style)
        points = visible([(row["price"], row["index_at_price"]) for row in rows])
        if len(points) > 1:
            plane.line(points, key.style)
        if points:
            plane.dot(points[0], key.style, text=str(key.number))
    price = min(0.95, document["price"])
    plane.rule((price, -100.0), (price, 100.0), "mark")
    plane.words((price, 92.0), f" you said {document['wrong_costs']:g} ", anchor="end" if price > 0.6 else "start")
    described = document["reversals"][0]
    figure = Figure(
        id="decision-prices",
        title="Value of each as it is, by the cost of an error",
        description=f"Bands are intervals at {100 * document['level']:.4g} %. {described}",
        svg=plane.svg("decision-prices", "Value by the cost of an error", described),
        keys=list(keys.values()),
    )
    return Section(id="prices", title="If an error costs more, or less", blocks=[figure])


def _money(document: Mapping[str, Any], keys: Mapping[str, Key]) -> Section:
    rows = [
        [model_cell(row["model"], keys[row["model"]]), _dollars(row, "monthly", at, "dollars")]
        for at, row in enumerate(document["monthly"])
    ]
    table = Table(
        caption=f"Dollars for {document['volume']:,} questions a month", columns=["model", "dollars"], rows=rows
    )
    return Section(id="month", title="A month", blocks=[table])


def _topics(document: Mapping[str, Any], keys: Mapping[str, Key]) -> Section | None:
    if not document["topics"]:
        return None
    by, numbers = document["topics_by"], Numbers(document, "topics")
    rows = [
        [
            model_cell(row["model"], keys[row["model"]]),
            label(row["topic"]),
            numbers.count(at, "answers"),
            numbers.index(at, "index_at_price"),
            numbers.rate(at, "wrong_of_all"),
        ]
        for at, row in enumerate(document["topics"])
    ]
    table = Table(
        caption=f"The worst of {document['topics_of']} {by}s, by the index at the price",
        columns=["model", by, "answers", "index at the price", "wrong of all"],
        rows=rows,
        note="The worst of many are partly so by chance. ~ rests on few documents or few wrong answers.",
    )
    return Section(id="topics", title=f"Worst {by}s", blocks=[table])


def _without(document: Mapping[str, Any], keys: Mapping[str, Key]) -> Section | None:
    if not document["without_an_answer"]:
        return None
    numbers = Numbers(document, "without_an_answer")
    rows = [
        [
            model_cell(row["model"], keys[row["model"]]),
            numbers.count(at, "questions"),
            numbers.rate(at, "false_acceptance"),
        ]
        for at, row in enumerate(document["without_an_answer"])
    ]
    table = Table(caption="Where declining is right", columns=["model", "questions", "answers all the same"], rows=rows)
    return Section(id="without", title="Questions without an answer", blocks=[table])
