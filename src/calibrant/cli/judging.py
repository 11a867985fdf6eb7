"""Judges on the command line: found by their names, told before they cost anything, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.grading import Grader
    from calibrant.runs.grading import PanelSummary
    from calibrant.runs.judging import GradingSummary, Judge, JudgingOptions
    from calibrant.store import RunInfo, Store

__all__ = [
    "JudgeNames",
    "JudgeTemplateFile",
    "ask_judge",
    "ask_panel",
    "check_judges",
    "exit_code",
    "find_grader",
    "find_judges",
    "tell_grading",
]

JudgeNames = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--judge", metavar="NAME[@EFFORT]", help="A model that grades. Default: 'judge' of calibrant.toml, if any."
    ),
]
JudgeTemplateFile = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--judge-template", help="The judge's prompt, of your own: jinja2, or TOML with 'system' and 'user'."),
]


def find_grader(name: str) -> Grader:
    """A grader that needs no model, by its name.

    Raises:
        InputError: there is none of this name.
    """
    from calibrant import grading

    if name == "stated":
        return grading.StatedGrader()
    try:
        return grading.find_grader(name)
    except InputError as error:
        place = f"--grader ({error.place})" if error.place else "--grader"
        raise InputError(error.message, place=place, remedy=error.remedy) from error


def find_judges(names: Sequence[str], template: Path | None, store: Store, *, first: Grader | None) -> list[Judge]:
    """Judges by the names of their models; a template with a fault is refused before any model is looked for.

    Raises:
        InputError: an unknown model, or a template that cannot be used.
    """
    from calibrant.grading.judge import built_in_template, load_judge_template
    from calibrant.models import load_models
    from calibrant.runs.judging import Judge

    used = built_in_template() if template is None else load_judge_template(template)
    models = load_models(names, price_of=store.price_of)
    return [Judge(model=model, template=used, first=first) for model in models]


def ask_judge(
    store: Store, run: RunInfo, judge: Judge, options: JudgingOptions, *, yes: bool, place: str
) -> GradingSummary:
    """Let a judge grade what it has not graded of a run, after saying what this costs."""
    from calibrant.cli.asking import until_interrupted
    from calibrant.cli.progress import watching
    from calibrant.runs.judging import judge_run

    _before(store, run, [judge], yes=yes, place=place)

    async def grading() -> GradingSummary:
        with watching() as progress:
            return await judge_run(store, run, judge, options, progress=progress)

    return until_interrupted(grading(), [judge.model], kept="verdict")


def ask_panel(
    store: Store, run: RunInfo, judges: Sequence[Judge], options: JudgingOptions, *, yes: bool, place: str
) -> PanelSummary:
    """Let several judges grade a run, after saying what this costs."""
    from calibrant.cli.asking import until_interrupted
    from calibrant.cli.progress import watching
    from calibrant.runs.grading import panel_run

    _before(store, run, judges, yes=yes, place=place)

    async def grading() -> PanelSummary:
        with watching() as progress:
            return await panel_run(store, run, judges, options, progress=progress)

    return until_interrupted(grading(), [judge.model for judge in judges], kept="verdict")


def check_judges(judges: Iterable[Judge], *, budget: float | None, yes: bool, place: str) -> None:
    """Refuse, before anything is asked, what would be refused once the judges' turn comes.

    Raises:
        InputError: a budget without a price, or a judge that may cost and nobody there to say yes.
    """
    import sys

    for judge in judges:
        if budget is not None and judge.model.price is None:
            raise InputError(
                f"no price is known for {judge.model.ref}, so no budget can be kept",
                remedy="Say its price in calibrant.toml, or: calibrant prices import FILE.",
            )
        price = judge.model.price
        free = judge.model.destination is None if price is None else not (price.input or price.output)
        if not free and not yes and not sys.stdin.isatty():
            raise InputError("asking a judge needs a yes", place=place, remedy="Say --yes.")


def _before(store: Store, run: RunInfo, judges: Sequence[Judge], *, yes: bool, place: str) -> None:
    from calibrant.cli.asking import confirm, tell_parts
    from calibrant.cli.printing import remark
    from calibrant.runs.grading import estimate_judging

    for text in _kin(judges, run.models):
        remark(text)
    parts = [(judge.model, estimate_judging(store, run, judge)) for judge in judges]
    for judge, (_, part) in zip(judges, parts, strict=True):
        remark(f"{judge.name}: {part.responses:,} verdicts to ask, {part.reused:,} are there already.")
    tell_parts(parts, "verdicts")
    confirm(parts, place=place, yes=yes)


def _kin(judges: Iterable[Judge], models: Iterable[str]) -> Iterable[str]:
    from calibrant.grading.families import Kinship, kinship

    for judge in judges:
        name = str(judge.model.ref)
        for model in models:
            kin = kinship(name, model)
            if kin is not None:
                how = "the same model" if kin is Kinship.SAME else "of the same family"
                yield f"! {model} will be judged by {name}, {how}: a judge of another family says more."


def tell_grading(summary: GradingSummary, say: Any) -> None:
    """What a grading did, in a few lines."""
    from calibrant.cli.printing import plain, plural

    states = ", ".join(f"{count:,} {state}" for state, count in sorted(summary.states.items()))
    say(f"{summary.grader}: {plural(summary.graded, 'answer')} graded{f' ({states})' if states else ''}.")
    tally = summary.judge
    if tally is not None and (tally.replies or tally.reused):
        say(f"  {tally.replies:,} verdicts asked{_cost(summary)}, {tally.reused:,} were there.")
    if summary.unreadable:
        say(f"  {plural(summary.unreadable, 'answer')} ungraded: the judge gave no verdict that can be read, twice.")
    if tally is not None and tally.errors:
        causes = ", ".join(f"{count:,} {cause}" for cause, count in tally.causes.most_common())
        first = f": {plain(summary.first_error)}" if summary.first_error else ""
        say(f"  {tally.errors:,} failed ({causes}){first}")
    if tally is not None and tally.failed:
        say(f"  {tally.model} cannot be asked: {tally.failed}")
    ends = {
        "budget": "The budget leaves no room for another verdict.",
        "errors": "Stopped: too many requests failed.",
    }
    if str(summary.stopped_by) in ends:
        say(f"  {ends[str(summary.stopped_by)]}")
    if summary.left:
        say(f"  {plural(summary.left, 'answer')} left. The same command goes on with them.")


def _cost(summary: GradingSummary) -> str:
    spend = summary.judge.spend if summary.judge is not None else None
    if spend is None or (spend.unknown and not spend.total_usd):
        return ""
    return f", {'at least ' if spend.unknown else ''}${spend.total_usd:,.4g}"


def exit_code(summaries: Iterable[GradingSummary]) -> int:
    """3 where a judge failed on answers; a budget that ended it is no failure."""
    return 3 if any(one.left and str(one.stopped_by) != "budget" for one in summaries) else 0
