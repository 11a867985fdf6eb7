"""What a model's confidence is worth: is it surer where it is right, and is it as sure as it is right?"""

from __future__ import annotations

from collections.abc import Sequence

from calibrant.reports.html.blocks import Block, Figure, Fold, Grid, Prose, Section, Table
from calibrant.reports.html.drawing import Drawing, share_axis
from calibrant.reports.html.numbers import Numbers, model_cell
from calibrant.reports.html.sections.context import MOST_DRAWN, Context

__all__ = ["confidence"]

_PREFERRED = ("stated", "agreement", "sum_logprob", "mean_logprob")
"""Of several signals the first of these is drawn openly, the others behind a fold; not chosen by how well it does."""


def confidence(context: Context) -> Section | None:
    """The table of signals, and two pictures for each model."""
    rows = context.places("calibration", stratum="answerable")
    if not rows:
        return None
    named = [context.document["calibration"][at]["confidence"] for at in rows]
    signals = sorted(set(named), key=lambda name: (*_place(name), named.index(name)))
    blocks: list[Block] = [
        Prose(
            "On answered questions that have an answer. AUROC: the chance that a right answer has a higher confidence "
            "than a wrong one; 50% is a coin. Gap: mean confidence less share right; above 0 is overconfident. "
            "ECE by level: how far each stated level is from its share right."
        ),
    ]
    for at, signal in enumerate(signals):
        here = [row for row, name in zip(rows, named, strict=True) if name == signal]
        made = [_table(context, signal, here), *_pictures(context, signal)]
        blocks += made if at == 0 else [Fold(title=f"The same for the confidence '{signal}'", blocks=made)]
    return Section(id="confidence", short="Confidence", title="What confidence is worth", blocks=blocks)


def _place(name: str) -> tuple[int, str]:
    return (_PREFERRED.index(name) if name in _PREFERRED else len(_PREFERRED), name)


def _table(context: Context, signal: str, rows: Sequence[int]) -> Table:
    numbers, found = Numbers(context.document, "calibration"), context.document["calibration"]
    return Table(
        caption=f"The confidence '{signal}'",
        columns=["model", "AUROC", "gap", "ECE by level", "answered at 5% wrong", "at 10% wrong", "n"],
        rows=[
            [
                model_cell(found[at]["model"], context.keys[found[at]["model"]]),
                numbers.rate(at, "auroc", drawn=True),
                numbers.decimal(at, "gap"),
                numbers.decimal(at, "level_ece"),
                numbers.rate(at, "coverage_at_risk_05"),
                numbers.rate(at, "coverage_at_risk_10"),
                numbers.count(at, "n"),
            ]
            for at in rows
        ],
        csv="calibration",
        note="Coverage at a risk is what was seen on these answers, chosen by looking at them: it promises nothing.",
    )


def _pictures(context: Context, signal: str) -> list[Block]:
    blocks: list[Block] = []
    models = [name for name in context.keys if context.places("risk_coverage", model=name, confidence=signal)]
    drawn = models[:MOST_DRAWN]
    more = f" The first {len(drawn)} of {len(models)} models." if len(models) > len(drawn) else ""
    reliable = [name for name in drawn if context.places("reliability", model=name, confidence=signal)]
    if reliable:
        blocks += [
            Prose(f"Is it as sure as it is right? On the diagonal it is; below it is overconfident.{more}", "heading"),
            Grid(figures=[_reliability(context, name, signal) for name in reliable]),
        ]
    blocks += [
        Prose(f"How many answers would be wrong if only the surest were given?{more}", "heading"),
        Grid(figures=[_risk(context, name, signal) for name in drawn]),
        Prose(
            f"Bands hold at {context.level} for each point on its own, not for the whole curve; whoever picks a "
            "threshold by looking at it needs a certificate.",
            "legend",
        ),
    ]
    return blocks


def _name(kind: str, context: Context, model: str, signal: str) -> str:
    signals = list(dict.fromkeys(row["confidence"] for row in context.document["calibration"]))
    return f"{kind}-{context.keys[model].number}-{signals.index(signal)}"


def _reliability(context: Context, model: str, signal: str) -> Figure:
    places = context.places("reliability", model=model, confidence=signal)
    rows, key = [context.document["reliability"][at] for at in places], context.keys[model]
    plane = Drawing(x=share_axis("confidence"), y=share_axis("share right"), width=300, height=270)
    plane.rule((0, 0), (1, 1), "rule")
    spans = [(row["mean_confidence"], row["low"], row["high"]) for row in rows if row["low"] is not None]
    for x, low, high in spans:
        plane.rule((x, low), (x, high), f"whisk m{key.style}")
    points = [(row["mean_confidence"], row["share_right"]) for row in rows]
    plane.line(points, key.style)
    for point in points:
        plane.dot(point, key.style)
    numbers = Numbers(context.document, "reliability")
    name = _name("reliability", context, model, signal)
    title = f"Reliability of {model}, {signal}"
    return Figure(
        id=name,
        title=f"{key.number} {model}",
        description="",
        svg=plane.svg(name, title, f"{len(rows)} points with intervals; the diagonal is perfect."),
        table=Table(
            caption=title,
            columns=["confidence", "share right", "answers"],
            rows=[
                [
                    numbers.rate(at, "mean_confidence"),
                    numbers.rate(at, "share_right"),
                    numbers.count(at, "n"),
                ]
                for at in places
            ],
            csv="reliability",
        ),
        file=name,
    )


def _risk(context: Context, model: str, signal: str) -> Figure:
    places = context.places("risk_coverage", model=model, confidence=signal)
    rows, key = [context.document["risk_coverage"][at] for at in places], context.keys[model]
    plane = Drawing(x=share_axis("share of answers given"), y=share_axis("wrong of given"), width=300, height=270)
    spans = [(row["coverage"], row["low"], row["high"]) for row in rows if row["low"] is not None]
    if len(spans) > 1:
        plane.band(spans, key.style)
    points = [(row["coverage"], row["risk"]) for row in rows]
    plane.line(points, key.style)
    for point in points:
        plane.dot(point, key.style)
    numbers = Numbers(context.document, "risk_coverage")
    name = _name("risk", context, model, signal)
    title = f"Risk and coverage of {model}, {signal}"
    return Figure(
        id=name,
        title=f"{key.number} {model}",
        description="",
        svg=plane.svg(name, title, f"Share wrong against share of answers given, {len(rows)} points with a band."),
        table=Table(
            caption=title,
            columns=["answers given", "confidence from", "wrong of given", "wrong"],
            rows=[
                [
                    numbers.rate(at, "coverage"),
                    numbers.significant(at, "threshold"),
                    numbers.rate(at, "risk"),
                    numbers.count(at, "errors"),
                ]
                for at in places
            ],
            csv="risk_coverage",
        ),
        file=name,
    )
