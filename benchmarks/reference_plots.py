"""The picture of the reference world: accuracy by exposure, and the trap, each with the range over training seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import altair as alt

__all__ = ["draw"]


def draw(
    exposures: Mapping[str, Sequence[tuple[str, Sequence[float]]]],
    summary: Mapping[str, Mapping[str, Sequence[float]]],
    path: Path,
) -> None:
    """Write the picture.

    Args:
        exposures: model -> (times told, accuracy of each seed), in order.
        summary: model -> figure -> value of each seed.
        path: where to.
    """
    models = [f"reference-{name}" for name in exposures]
    told = [
        {"model": f"reference-{name}", "at": label, "order": order, **_range(values)}
        for name, rows in exposures.items()
        for order, (label, values) in enumerate(rows)
    ]
    trap = [
        {"model": f"reference-{name}", "at": label, **_range(values)}
        for name, figures in summary.items()
        for label, values in figures.items()
    ]
    colour = alt.Color("model:N", title=None, sort=models)
    order = alt.EncodingSortField("order")
    x = alt.X("at:N", sort=order, title="times a fact was told in training", axis=alt.Axis(labelAngle=0))
    left = _layers(told, x, colour, alt.Chart().mark_line(point=True), "answered right, from memory", None)
    figure = alt.X("at:N", title=None, axis=alt.Axis(labelAngle=0))
    right = _layers(
        trap, figure, colour, alt.Chart().mark_point(filled=True, size=60), "", alt.XOffset("model:N", sort=models)
    )
    alt.hconcat(left.properties(width=360, height=260), right.properties(width=360, height=260)).save(str(path))


def _range(values: Sequence[float]) -> dict[str, float]:
    return {"mean": sum(values) / len(values), "low": min(values), "high": max(values)}


def _layers(rows: list[dict[str, Any]], x: Any, colour: Any, marks: Any, title: str, offset: Any) -> Any:
    data = alt.Data(values=rows)
    where = {"x": x, "color": colour, **({"xOffset": offset} if offset is not None else {})}
    y = alt.Y("mean:Q", scale=alt.Scale(domain=[0, 1]), title=title or None)
    points = marks.properties(data=data).encode(y=y, **where)
    bars = alt.Chart(data).mark_rule(opacity=0.6).encode(y=alt.Y("low:Q"), y2="high:Q", **where)
    return alt.layer(points, bars)
