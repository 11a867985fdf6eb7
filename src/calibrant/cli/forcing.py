"""``calibrant force``: ask again what was declined, demanding an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from calibrant.cli import options
from calibrant.cli.judging import JudgeNames, JudgeTemplateFile
from calibrant.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from calibrant.grading import Grader
    from calibrant.models import Model
    from calibrant.runs import RunSummary
    from calibrant.store import RunInfo, Store

__all__ = ["ask_again", "force", "tell_forced"]


def force(
    run: Annotated[str, typer.Argument(help="Run id, the start of one, a name, or latest.")] = "latest",
    grader: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--grader", help="Whose verdict 'abstained' counts as declined. Default: as in the report."),
    ] = None,
    judge: JudgeNames = None,
    judge_template: JudgeTemplateFile = None,
    budget: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--budget", help="Most dollars to spend in this call; it ends cleanly before."),
    ] = None,
    concurrency: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--concurrency", min=1, help="Most questions under way to a model. Default: the model's."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before spending.")] = False,
    store: options.StoreLocation = None,
    as_json: options.Json = False,
) -> None:
    """Ask again what was declined, demanding an answer: how much of it was known?

    The same models at the same effort, prompt and price are asked, with one sentence more. The report then shows the
    missed knowledge of refusals, and whether a model answers when it should at the price that its prompt stated.
    """
    from calibrant.cli.judging import ask_judge, check_judges, exit_code, find_judges, tell_grading
    from calibrant.cli.printing import print_json, remark
    from calibrant.cli.settings import load_settings
    from calibrant.grading import EXACT, StatedGrader, find_grader, grader_names
    from calibrant.runs.judging import JudgingOptions
    from calibrant.store import open_store

    if budget is not None and not 0 < budget < float("inf"):
        raise InputError(f"a budget must be a positive number of dollars, not {budget:g}", place="--budget")
    settings = load_settings()
    say: Any = remark if as_json else print
    with open_store(store or settings.store, create=False) as opened:
        found = opened.find_run(run)
        declined_by = grader or next(iter(opened.graders(found)), EXACT.name)
        if grader is not None and grader not in opened.graders(found):
            known = ", ".join(opened.graders(found)) or "nobody yet"
            raise InputError(f"'{grader}' graded nothing in run {found.id}", remedy=f"Its graders are: {known}.")
        first = declined_by.partition("+")[0]
        by_code: Grader = EXACT
        if first == "stated":
            by_code = StatedGrader()
        elif first in grader_names():
            by_code = find_grader(first)
        names = judge or ([settings.judge] if settings.judge else [])
        judges = find_judges(names, judge_template, opened, first=by_code)
        check_judges(judges, budget=budget, yes=yes, place="calibrant force")
        summary = ask_again(opened, found, by_code, declined_by=declined_by, budget=budget, width=concurrency, yes=yes)
        tell_forced(summary, say)
        gradings = []
        for one in judges:
            left = None if budget is None else budget - summary.cost_known_usd
            chosen = JudgingOptions(budget_usd=left, concurrency=concurrency)
            gradings.append(ask_judge(opened, found, one, chosen, yes=yes, place="calibrant force"))
            tell_grading(gradings[-1], say)
    if as_json:
        print_json({"schema_version": 1, **summary.to_dict(), "judging": [one.to_dict() for one in gradings]})
    else:
        print(f"Now: calibrant report {found.id}")
    if not summary.ok or exit_code(gradings):
        raise typer.Exit(3)


def ask_again(
    store: Store,
    run: RunInfo,
    grader: Grader,
    *,
    declined_by: str,
    models: Sequence[Model] | None = None,
    budget: float | None = None,
    width: int | None = None,
    yes: bool = False,
) -> RunSummary:
    """Demand answers to what was declined, after saying what this costs."""
    from calibrant.cli.asking import confirm, tell_parts, until_interrupted
    from calibrant.cli.printing import plural, remark
    from calibrant.cli.progress import watching
    from calibrant.runs.forcing import estimate_forcing, force_run, prepare_forcing

    forcing = prepare_forcing(
        store, run, grader, models=models, declined_by=declined_by, budget_usd=budget, concurrency=width
    )
    parts = list(zip(forcing.models, estimate_forcing(store, forcing), strict=True))
    declined = store.count_gradable(run, states=forcing.states)
    asking = sum(part.responses for _, part in parts)
    remark(f"{plural(declined, 'answer')} declined (by {declined_by}), {asking:,} to demand.")
    tell_parts(parts)
    confirm(parts, place="calibrant force", yes=yes)

    async def working() -> RunSummary:
        with watching() as progress:
            return await force_run(store, forcing, progress=progress)

    return until_interrupted(working(), forcing.models, kept="answer")


def tell_forced(summary: RunSummary, say: Any) -> None:
    """What a second pass did, in a few lines."""
    from calibrant.cli.asking import tell_failures

    if not summary.total:
        say("Nothing was declined, so there is nothing to demand.")
        return
    cost = f", ${summary.cost_usd:,.4g}" if summary.cost_usd else ""
    say(f"{summary.asked:,} answers demanded{cost}, {summary.reused:,} were there; {summary.total:,} were declined.")
    tell_failures(summary.models, say)
    if str(summary.stopped_by) == "budget":
        say("  The budget leaves no room for another answer. The same command goes on with as much again.")
