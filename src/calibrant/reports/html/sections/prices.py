"""What a wrong answer costs decides who is best: thresholds, curves, and where the order changes."""

from __future__ import annotations

from calibrant.reports.html.blocks import Block, Cell, Figure, Fold, Prose, Section, Table
from calibrant.reports.html.drawing import Axis, Drawing
from calibrant.reports.html.numbers import Numbers, label, model_cell
from calibrant.reports.html.sections.context import MOST_DRAWN, Context

__all__ = ["prices", "visible"]

_WORDS = {
    "accuracy": ("Accuracy", "Every guess pays: a wrong answer counts like declining, so it rewards making things up."),
    "f1": ("F1", "A guess pays when the chance of being right is above F1/2: the worse a model, the more guesses pay."),
    "omniscience_index": ("Omniscience Index", "A guess pays above one half: a wrong answer costs one right answer."),
    "index_at_price": ("Index at price t", "A guess pays above t: a wrong answer costs t/(1-t) right answers."),
}
_MOST_CROSSINGS = 12


def prices(context: Context) -> Section | None:
    """Thresholds, the index against the price, crossings."""
    if not context.document["price_curve"]:
        return None
    blocks: list[Block] = [
        Prose(
            "A metric decides how sure a model should be before it answers. Cautious models rank differently under "
            "each: choose the one whose threshold is what a wrong answer costs you."
        ),
        _thresholds(context),
        _figure(context),
    ]
    crossings = context.document["price_crossings"]
    if crossings:
        blocks.append(_crossings(context))
    elif len({row["model"] for row in context.document["price_curve"]}) > 1:
        blocks.append(Prose("No two of these models change places between t = 0 and t = 0.95."))
    return Section(id="prices", short="Price of errors", title="What a wrong answer costs", blocks=blocks)


def _thresholds(context: Context) -> Table:
    rows = []
    numbers = Numbers(context.document, "thresholds")
    for at, row in enumerate(context.document["thresholds"]):
        name, words = _WORDS[row["metric"]]
        low, high = numbers.rate(at, "lowest"), numbers.rate(at, "highest")
        same = low.text == high.text
        threshold = low if same else Cell(text=low.text, raw=low.raw, path=low.path, span=f"to {high.text} here")
        rows.append([label(name), threshold, label(words)])
    return Table(
        caption="The chance of being right above which a guess pays",
        columns=["metric", "guess pays above", "what that means"],
        rows=rows,
        csv="thresholds",
        kind="plain",
    )


def _figure(context: Context) -> Figure:
    rows = context.document["price_curve"]
    models = list(dict.fromkeys(row["model"] for row in rows))
    drawn = models[:MOST_DRAWN]
    x = Axis(
        low=0.0,
        high=0.95,
        ticks=[(0, "0"), (0.25, ".25"), (0.5, ".5"), (0.75, ".75"), (0.9, ".9")],
        title="price t (a wrong answer costs t/(1-t) right ones)",
    )
    y = Axis(
        low=-100,
        high=100,
        ticks=[(tick, f"{tick:+d}" if tick else "0") for tick in (-100, -50, 0, 50, 100)],
        title="index at price t",
    )
    plane = Drawing(x=x, y=y)
    plane.rule((0, 0), (0.95, 0), "zero")
    for name in drawn:
        points = [(row["t"], row["index_at_price"]) for row in rows if row["model"] == name]
        style = context.keys[name].style
        plane.line(visible(points), style)
        for at in (0, 10):
            plane.dot(points[at], style, text=str(context.keys[name].number))
    for one in context.document["price_crossings"]:
        if one["first_place"]:
            plane.rule((one["t"], -100), (one["t"], 100), "mark")
            plane.words((one["t"], 92), f" t = {one['t']:.2f}")
    numbers = Numbers(context.document, "price_curve")
    places = {(row["model"], round(row["t"], 2)): at for at, row in enumerate(rows)}
    shown = (0.0, 0.25, 0.5, 0.75, 0.9)
    return Figure(
        id="price-curve",
        title="Index at every price of a wrong answer",
        description=_described(context),
        svg=plane.svg(
            "price-curve",
            "Index at every price of a wrong answer",
            f"A falling curve for each of {len(drawn)} models; the table below has the numbers. {_described(context)}",
        ),
        keys=[context.keys[name] for name in drawn],
        table=Table(
            caption="Index at five prices",
            columns=["model", *(f"t = {price:g}" for price in shown)],
            rows=[
                [
                    model_cell(name, context.keys[name]),
                    *(numbers.index(places[name, price], "index_at_price") for price in shown),
                ]
                for name in models
            ],
            csv="price_curve",
        ),
        file="index-at-price",
    )


def visible(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Up to where the curve leaves the picture, so that it is not drawn along its edge."""
    kept = []
    for at, (t, index) in enumerate(points):
        if index >= -100:
            kept.append((t, index))
            continue
        before, last = points[at - 1]
        share = (last + 100) / (last - index)
        kept.append((before + share * (t - before), -100.0))
        break
    return kept


def _described(context: Context) -> str:
    leaders = context.document["price_leaders"]
    if len(leaders) == 1:
        return f"As measured, {leaders[0]['model']} has the highest index at every price drawn."
    said = [f"{leaders[0]['model']} up to t = {leaders[0]['to']:.2f}"]
    said += [f"{one['model']} from there to t = {one['to']:.2f}" for one in leaders[1:]]
    return f"As measured, the highest index has {', then '.join(said)}."


def _crossings(context: Context) -> Fold | Table:
    rows, numbers = context.document["price_crossings"], Numbers(context.document, "price_crossings")
    made = [
        [
            model_cell(row["higher_below"], context.keys[row["higher_below"]]),
            numbers.decimal(at, "t"),
            numbers.significant(at, "cost_of_wrong"),
            model_cell(row["higher_above"], context.keys[row["higher_above"]]),
            label(_settled(row)),
            label("first place" if row["first_place"] else "further down"),
        ]
        for at, row in enumerate(rows[:_MOST_CROSSINGS])
    ]
    more = f" {len(rows) - len(made)} more are in the CSV." if len(rows) > len(made) else ""
    return Table(
        caption="Where two models change places",
        columns=[
            "higher below",
            "at t",
            "right answers for a wrong one",
            "higher above",
            "settled by these questions",
            "place",
        ],
        rows=made,
        csv="price_crossings",
        note=f"Each price stands for itself at {context.level}, on the questions both models have a grade for; "
        f"pairs were not named beforehand.{more}",
        kind="plain",
    )


def _settled(row: dict[str, object]) -> str:
    below, above = row["shown_below_until"], row["shown_above_from"]
    if below is None and above is None:
        return "no: at no price is either shown to be higher"
    said = []
    if below is not None:
        said.append(f"first up to t = {below:.2f}")
    if above is not None:
        said.append(f"second from t = {above:.2f}")
    return ", ".join(said)
