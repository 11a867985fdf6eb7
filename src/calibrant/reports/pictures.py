"""Pictures: drawn by Altair, written as one file that opens offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.policies import Evaluation

__all__ = ["draw_risk_coverage", "save_chart"]

_ENDINGS = (".svg", ".png", ".html")


def draw_risk_coverage(found: Evaluation, path: Path) -> None:
    """The risk-coverage curve of an evaluation, with what was promised and where each rule stands.

    Args:
        found: the evaluation.
        path: a .svg, .png or .html file.

    Raises:
        InputError: another ending, or the file cannot be written.
    """
    _checked(path)
    import altair

    rows = [{"coverage": coverage, "risk": risk} for coverage, risk in found.curve]
    rules = [
        {"rule": rule.name, "coverage": rule.coverage, "risk": rule.risk}
        for rule in found.rules
        if rule.risk is not None
    ]
    across = altair.X("coverage:Q", title="share of questions answered", scale=altair.Scale(domain=[0, 1])).axis(
        format="%"
    )
    up = altair.Y("risk:Q", title="wrong of answered").axis(format="%")
    promised = [{"risk": found.alpha, "label": f"promised: at most {100 * found.alpha:g} %"}]
    layers: list[Any] = [
        altair.Chart(_data(rows)).mark_line(interpolate="step-before").encode(across, up),
        altair.Chart(_data(promised)).mark_rule(strokeDash=[4, 4], color="#b22").encode(y="risk:Q"),
        altair.Chart(_data(promised))
        .mark_text(align="left", baseline="bottom", dx=4, dy=-3, color="#b22", x=0)
        .encode(y="risk:Q", text="label:N"),
        altair.Chart(_data(rules))
        .mark_point(size=90, filled=True)
        .encode(across, up, color=altair.Color("rule:N", title=None), shape=altair.Shape("rule:N", title=None)),
    ]
    chart = altair.layer(*layers).properties(
        width=520, height=320, title=f"Promise {found.verdict}: {found.rows:,} rows"
    )
    save_chart(chart, path)


def save_chart(chart: Any, path: Path) -> None:
    """Write a chart of Altair into one file that opens offline.

    Raises:
        InputError: an ending other than .svg, .png and .html, or the file cannot be written.
    """
    _checked(path)
    try:
        if path.suffix.lower() == ".html":
            chart.save(str(path), inline=True)
        else:
            chart.save(str(path), scale_factor=2)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", place=str(path)) from None


def _checked(path: Path) -> None:
    if path.suffix.lower() not in _ENDINGS:
        raise InputError(
            f"'{path.suffix}' is no kind of picture", place=str(path), remedy=f"Use {', '.join(_ENDINGS)}."
        )


def _data(rows: list[dict[str, Any]]) -> Any:
    import altair

    return altair.Data(values=rows)  # type: ignore[no-untyped-call]
