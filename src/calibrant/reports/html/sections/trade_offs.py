"""What is bought with what: knowledge with making things up, the Index with money, answers with effort."""

from __future__ import annotations

from calibrant.reports.html.blocks import Block, Cell, Figure, Grid, Section, Table
from calibrant.reports.html.drawing import Axis, Drawing, log_axis, share_axis
from calibrant.reports.html.numbers import Numbers, label, model_cell
from calibrant.reports.html.sections.context import Context

__all__ = ["trade_offs"]

_INDEX = Axis(
    low=-100, high=100, ticks=[(tick, f"{tick:+d}" if tick else "0") for tick in (-100, -50, 0, 50, 100)], title="Index"
)


def trade_offs(context: Context) -> Section | None:
    """Pictures of pairs of numbers, each with its table."""
    figures = [one for one in (_right_and_made_up(context), _cost(context), _efforts(context)) if one is not None]
    if not figures:
        return None
    blocks: list[Block] = [Grid(figures=figures)]
    if context.document["efforts"]:
        blocks.append(_effort_table(context))
    return Section(id="trade-offs", short="Trade-offs", title="What is bought with what", blocks=blocks)


def _right_and_made_up(context: Context) -> Figure | None:
    models = [
        (at, context.document["models"][at])
        for at in context.answerable
        if context.document["models"][at]["hallucination_rate"] is not None
    ]
    if not models:
        return None
    plane = Drawing(x=share_axis("right (accuracy)"), y=share_axis("made up, of what was missed"))
    for _, row in models:
        key = context.keys[row["model"]]
        _cross(plane, row, "accuracy", "hallucination_rate", key.style)
    for _, row in models:
        key = context.keys[row["model"]]
        plane.dot((row["accuracy"], row["hallucination_rate"]), key.style, text=str(key.number))
    numbers = Numbers(context.document, "models")
    described = "Right and low is better: knows much, and declines where it does not. Lines are intervals."
    return Figure(
        id="right-made-up",
        title="Knowing against making up",
        description=described,
        svg=plane.svg("right-made-up", "Accuracy against hallucination rate", f"A mark for each model. {described}"),
        keys=[context.keys[row["model"]] for _, row in models],
        table=Table(
            caption="Accuracy and hallucination rate",
            columns=["model", "right", "made up"],
            rows=[
                [
                    model_cell(row["model"], context.keys[row["model"]]),
                    numbers.rate(at, "accuracy"),
                    numbers.rate(at, "hallucination_rate"),
                ]
                for at, row in models
            ],
            csv="models",
        ),
        file="accuracy-hallucination",
    )


def _cross(plane: Drawing, row: dict[str, object], across: str, up: str, style: int) -> None:
    intervals: dict[str, list[float]] = row["intervals"]  # type: ignore[assignment]
    x, y = float(row[across]), float(row[up])  # type: ignore[arg-type]
    if across in intervals:
        plane.rule((intervals[across][0], y), (intervals[across][1], y), f"whisk m{style}")
    if up in intervals:
        plane.rule((x, intervals[up][0]), (x, intervals[up][1]), f"whisk m{style}")


def _cost(context: Context) -> Figure | None:
    models = [
        (at, context.document["models"][at])
        for at in context.answerable
        if context.document["models"][at]["cost_per_thousand_usd"]
        and context.document["models"][at]["omniscience_index"] is not None
    ]
    if not models:
        return None
    axis = log_axis([row["cost_per_thousand_usd"] for _, row in models], "dollars for 1,000 answers")
    plane = Drawing(x=axis, y=_INDEX)
    plane.rule((axis.low, 0), (axis.high, 0), "zero")
    for _, row in models:
        _cross(plane, row, "cost_per_thousand_usd", "omniscience_index", context.keys[row["model"]].style)
    for _, row in models:
        key = context.keys[row["model"]]
        plane.dot((row["cost_per_thousand_usd"], row["omniscience_index"]), key.style, text=str(key.number))
    numbers = Numbers(context.document, "models")
    described = "Left and high is better. The scale of dollars is logarithmic; lines are intervals of the Index."
    return Figure(
        id="cost-index",
        title="Cost against Index",
        description=described,
        svg=plane.svg("cost-index", "Cost of a thousand answers against Index", f"A mark for each model. {described}"),
        keys=[context.keys[row["model"]] for _, row in models],
        table=Table(
            caption="Cost and Index",
            columns=["model", "1,000 answers", "Index"],
            rows=[
                [
                    model_cell(row["model"], context.keys[row["model"]]),
                    numbers.dollars(at, "cost_per_thousand_usd"),
                    numbers.index(at),
                ]
                for at, row in models
            ],
            csv="models",
        ),
        file="cost-index",
    )


def _efforts(context: Context) -> Figure | None:
    rows = context.document["efforts"]
    if not rows:
        return None
    names = list(dict.fromkeys(row["effort"] for row in rows))
    ticks = [(float(at), name or "none") for at, name in enumerate(names)]
    plane = Drawing(x=Axis(low=-0.4, high=len(names) - 0.6, ticks=ticks, title="effort"), y=_INDEX)
    plane.rule((-0.4, 0), (len(names) - 0.6, 0), "zero")
    intervals = {row["model"]: row["intervals"] for row in context.document["models"] if row["stratum"] == "answerable"}
    bases: dict[tuple[str, float | None], list[dict[str, object]]] = {}
    for row in rows:
        bases.setdefault((row["base"], row["price"]), []).append(row)
    for number, arms in enumerate(bases.values()):
        shift = 0.24 * (number / max(1, len(bases) - 1) - 0.5) if len(bases) > 1 else 0.0
        points = [(names.index(str(arm["effort"])) + shift, float(arm["omniscience_index"])) for arm in arms]  # type: ignore[arg-type]
        plane.line(points, 8)
        for arm, point in zip(arms, points, strict=True):
            key = context.keys[str(arm["model"])]
            style = key.style
            span = intervals[key.name].get("omniscience_index")
            if span is not None:
                plane.rule((point[0], span[0]), (point[0], span[1]), f"whisk m{style}")
            plane.dot(point, style, text=str(key.number))
    described = (
        "A line joins the efforts of one model; it rises where more effort brings more. Upright lines are intervals."
    )
    return Figure(
        id="efforts",
        title="What effort brings",
        description=described,
        svg=plane.svg("efforts", "Index of each model at several efforts", described),
        keys=[context.keys[row["model"]] for row in rows],
        file="efforts",
    )


def _effort_table(context: Context) -> Table:
    numbers, made = Numbers(context.document, "efforts"), []
    for at, row in enumerate(context.document["efforts"]):
        made.append(
            [
                model_cell(row["model"], context.keys[row["model"]]),
                numbers.rate(at, "accuracy"),
                numbers.index(at),
                _difference(at, row, "accuracy", share=True),
                _difference(at, row, "omniscience_index"),
                _difference(at, row, "wrong_of_all", share=True),
                numbers.count(at, "mean_output_tokens"),
                numbers.dollars(at, "cost_per_thousand_usd"),
                numbers.seconds(at, "median_latency_s"),
            ]
        )
    return Table(
        caption="More effort, compared with the least on the same questions",
        columns=[
            "model",
            "right",
            "Index",
            "more right",
            "Index gained",
            "more wrong",
            "tokens of an answer",
            "1,000 answers",
            "median time",
        ],
        rows=made,
        csv="efforts",
        note="Differences are paired, question by question, in percentage points or points of the Index; "
        "an interval that leaves 0 out is an established difference.",
    )


def _difference(at: int, row: dict[str, object], metric: str, *, share: bool = False) -> Cell:
    differences: dict[str, float] = row["differences"]  # type: ignore[assignment]
    if metric not in differences:
        return label("least effort" if metric == "accuracy" else "")
    pair: list[float] | None = row["difference_intervals"].get(metric)  # type: ignore[attr-defined]
    scale = 100 if share else 1
    span = "" if pair is None else f"{scale * pair[0]:+.0f} to {scale * pair[1]:+.0f}"
    return Cell(
        text=f"{scale * differences[metric]:+.0f}",
        raw=differences[metric],
        path=f"efforts/{at}/differences/{metric}",
        span=span,
    )
