"""``calibrant run --stop-when``: what is written there, as a rule; and what came of it, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import typer

from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.runs import Plan, RunSummary, StopOptions
    from calibrant.store import Store

__all__ = ["About", "Control", "Futility", "SmallestGap", "StopWhen", "Stratify", "stop_options", "tell_stopping"]

_PANEL = "Stopping early"

StopWhen = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--stop-when",
        metavar="CONDITION",
        help="End once this is settled: 'decided(MODEL > MODEL, index)' or 'precision(index) < 2'.",
        rich_help_panel=_PANEL,
    ),
]
SmallestGap = Annotated[
    float,
    typer.Option(
        "--smallest-gap", min=0.0, help="Points; a gap surely smaller ends as not decided.", rich_help_panel=_PANEL
    ),
]
Futility = Annotated[
    bool,
    typer.Option(
        "--futility/--no-futility", help="End where the questions left cannot decide.", rich_help_panel=_PANEL
    ),
]
About = Annotated[
    Literal["file", "source"],
    typer.Option(
        "--about",
        help="Decide what all questions of the file would say, or the source they are a random sample of.",
        rich_help_panel=_PANEL,
    ),
]
Stratify = Annotated[
    bool,
    typer.Option(
        "--stratify/--no-stratify", help="Ask in blocks that hold each domain in its share.", rich_help_panel=_PANEL
    ),
]
Control = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--control",
        metavar="RUN",
        help="A run of other models on these questions, as control variates; may be given several times.",
        rich_help_panel=_PANEL,
    ),
]

_METRICS = {"omniscience_index": "index"}
"""As the rule calls them, where it has a name of its own."""


def stop_options(
    condition: str,
    plan: Plan,
    store: Store,
    *,
    level: float,
    smallest_gap: float,
    switches: tuple[bool, bool, bool],
    controls: Sequence[str],
) -> StopOptions:
    """The rule that a condition means.

    Args:
        condition: as written.
        plan: whose models are meant; ``a``, ``b`` ... stand for the first, the second, where none is called so.
        store: has the control runs.
        level: of the bounds.
        smallest_gap: of interest, in points.
        switches: futility, about the whole file, stratified.
        controls: names of runs.

    Raises:
        InputError: it cannot be read, or means no model or metric; a caret stands under the place.
    """
    from calibrant.analysis.conditions import point_at
    from calibrant.analysis.stop_conditions import Decided, parse_stop
    from calibrant.analysis.stopping import StopRule
    from calibrant.runs import StopOptions

    futility, whole, stratified = switches
    read = parse_stop(condition)
    asked = [str(model.ref) for model in plan.models]
    if isinstance(read, Decided):
        models = tuple(
            _model(name, asked, condition, at) for name, at in zip((read.first, read.second), read.places, strict=False)
        )
        half_width = None
    else:
        models, half_width = tuple(asked), read.half_width
    metric = read.metric or "index"
    try:
        rule = StopRule(
            models=models,
            metric=_METRICS.get(metric, metric),
            half_width=half_width,
            smallest_gap=smallest_gap,
            futility=futility,
            level=level,
            whole=whole,
        )
    except ValueError as error:
        point_at(condition, read.places[-1], str(error), place="--stop-when")
    if controls and not whole:
        raise InputError(
            "control variates need the whole file's mean",
            place="--control",
            remedy="Leave --control out, or say --about file.",
        )
    found = tuple(store.find_run(name) for name in controls)
    return StopOptions(rule=rule, stratified=stratified and whole, controls=found, condition=condition)


def _model(name: str, asked: Sequence[str], condition: str, at: int) -> str:
    from calibrant.analysis.conditions import point_at

    if name in asked:
        return name
    place = ord(name.lower()) - ord("a") if len(name) == 1 else -1
    if not 0 <= place < len(asked):
        point_at(condition, at, f"'{name}' is not asked", place="--stop-when", remedy=f"Asked are: {', '.join(asked)}.")
    return asked[place]


def tell_stopping(summary: RunSummary, remark: Any) -> None:
    """Say how the looks ended, and what that rests on."""
    stopping = summary.stopping
    if stopping is None:
        return
    sentence = stopping["sentence"]
    remark(f"{sentence[0].upper()}{sentence[1:]}.")
    looks = stopping["looks"]
    if looks and looks[-1]["left_out"]:
        left_out = f"{looks[-1]['left_out']:,} of {looks[-1]['questions']:,} questions"
        remark(f"Without an outcome of every model, and left out of this: {left_out}.")
    if stopping["other_courses"]:
        remark(
            f"This run was looked at under {stopping['other_courses']:,} other conditions or settings too: "
            "each has its own chance of erring."
        )
