"""The cost-quality frontier and the deferral curves of a policy with its controls, as one picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from calibrant.policies.routing.comparison import EQUAL_COST
from calibrant.reports.pictures import save_chart

if TYPE_CHECKING:
    from calibrant.policies.routing.comparison import Comparison

__all__ = ["draw_routing"]


def draw_routing(found: Comparison, path: Path) -> None:
    """Left, right answers over dollars; right, over the share of calls to the second arm. What is unknown is left out.

    Args:
        found: the policy beside its controls.
        path: a .svg, .png or .html file.

    Raises:
        InputError: another ending, or the file cannot be written.
    """
    import altair

    panels = [panel for panel in (_frontier(found), _deferral(found)) if panel is not None]
    save_chart(altair.hconcat(*(panels or [_points(found)])), path)


def _frontier(found: Comparison) -> Any:
    if not found.frontiers:
        return None
    import altair

    lines = [
        {"rule": one.name, "cost": 1000 * cost, "right": right}
        for one in found.frontiers
        for cost, right in zip(one.costs, one.qualities, strict=True)
    ]
    # A hull goes on level: it is drawn as far as the dearest point of all.
    end = max(1000 * cost for one in found.frontiers for cost in one.costs)
    lines += [{"rule": one.name, "cost": end, "right": one.qualities[-1]} for one in found.frontiers]
    across = altair.X("cost:Q", title="dollars per 1,000 questions").scale(zero=False)
    up = altair.Y("right:Q", title="right answers of all questions").axis(format="%").scale(zero=False)
    colour = altair.Color("rule:N", title=None)
    hulls = altair.Chart(_data(lines)).mark_line().encode(across, up, color=colour, strokeDash="rule:N")
    return altair.layer(hulls, _points(found, across, up)).properties(
        width=380, height=300, title=f"Cost and quality: {found.questions:,} questions"
    )


def _points(found: Comparison, across: Any = None, up: Any = None) -> Any:
    """Where each rule stands; without dollars, over what it answers."""
    import altair

    rows = [
        {"name": one.name, "cost": None if one.cost is None else 1000 * one.cost, "right": one.right, "wrong": one.risk}
        for one in found.rules
        if not one.name.endswith(EQUAL_COST)  # those lie on the lines
    ]
    x = across or altair.X("wrong:Q", title="wrong of answered").axis(format="%")
    y = up or altair.Y("right:Q", title="right answers of all questions").axis(format="%")
    marks = altair.Chart(_data(rows)).mark_point(size=60, filled=True, color="#444").encode(x, y, tooltip="name:N")
    names = altair.Chart(_data(rows)).mark_text(align="left", dx=6, dy=-5, fontSize=9, color="#444")
    return altair.layer(marks, names.encode(x, y, text="name:N"))


def _deferral(found: Comparison) -> Any:
    if not found.deferrals:
        return None
    import altair

    rows = [
        {"rule": one.name, "calls": calls, "right": right}
        for one in found.deferrals
        for calls, right in zip(one.calls, one.quality, strict=True)
    ]
    across = altair.X("calls:Q", title="share of calls to the second arm").axis(format="%")
    up = altair.Y("right:Q", title="right answers of all questions").axis(format="%").scale(zero=False)
    chart = altair.Chart(_data(rows)).mark_line()
    return chart.encode(across, up, color=altair.Color("rule:N", title=None), strokeDash="rule:N").properties(
        width=380, height=300, title="Who goes to the second arm first"
    )


def _data(rows: list[dict[str, Any]]) -> Any:
    import altair

    return altair.Data(values=rows)  # type: ignore[no-untyped-call]
