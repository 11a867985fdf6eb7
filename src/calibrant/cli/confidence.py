"""``calibrant confidence``: which signal of confidence is worth its cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer

from calibrant.cli import options
from calibrant.cli.report import Partial
from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.grading import Grader
    from calibrant.runs import RunSummary
    from calibrant.store import RunInfo, Store


def confidence(
    run: Annotated[str, typer.Argument(help="Run id, the start of one, a name, or latest.")] = "latest",
    agreement: Annotated[
        bool,
        typer.Option("--agreement", help="Also judge agreement among repeats, where a question has 3 or more."),
    ] = False,
    signals: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--signals",
            metavar="SIGNALS",
            help="First compute these from what is stored (names as for calibrant run --confidence), and keep them.",
        ),
    ] = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask the models for what the signals need and the store does not have.")
    ] = False,
    budget: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--budget", help="Most dollars to spend with --ask; it ends cleanly before."),
    ] = None,
    concurrency: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--concurrency", min=1, help="Most calls under way to a model. Default: the model's."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before spending.")] = False,
    partial: Annotated[
        Partial, typer.Option("--partial", help="What a partly right answer is: wrong, or left out.")
    ] = Partial.WRONG,
    level: options.Level = None,
    seed: options.Seed = None,
    grader: options.GraderName = None,
    store: options.StoreLocation = None,
    as_json: options.Json = False,
) -> None:
    """Show which signal of confidence tells right answers from wrong ones, and what each costs.

    With --signals more of them are computed: from the samples and calls that a run asked for, else from its repeats.
    """
    from calibrant.cli.printing import console, print_json
    from calibrant.cli.settings import load_settings
    from calibrant.reports.signal_table import print_signals
    from calibrant.reports.signals import build_signal_report
    from calibrant.store import open_store

    settings = load_settings()
    if signals is None and (ask or budget is not None):
        raise InputError("nothing is asked without --signals", place="--ask", remedy="Name them: --signals scvc,p_true")
    if budget is not None and not 0 < budget < float("inf"):
        raise InputError(f"a budget must be a positive number of dollars, not {budget:g}", place="--budget")
    asked: RunSummary | None = None
    with open_store(store or settings.store, create=False) as opened:
        found = opened.find_run(run)
        if signals is not None:
            asked = _computed(opened, found, signals, ask=ask, budget=budget, width=concurrency, yes=yes)
        built = build_signal_report(
            opened,
            found,
            agreement=agreement,
            grader=grader,
            level=settings.level if level is None else level,
            seed=settings.seed if seed is None else seed,
            partial=partial.value,
        )
    if as_json:
        print_json(built.to_dict())
    else:
        print_signals(built, console())
    if asked is not None and not asked.ok:
        raise typer.Exit(3)


def _computed(
    store: Store, run: RunInfo, names: str, *, ask: bool, budget: float | None, width: int | None, yes: bool
) -> RunSummary | None:
    """Compute signals, after asking for what they need where that is wanted."""
    from calibrant.cli.printing import remark
    from calibrant.cli.signalling import ask_signals, read_names, tell_signals
    from calibrant.runs.collecting import load_seconds, prepare_collecting
    from calibrant.runs.extras import Collecting
    from calibrant.runs.scoring import score_run

    chosen = read_names(names, place="--signals")
    grader = _by_code(store, run)
    asked: RunSummary | None = None
    if ask:
        collecting = prepare_collecting(store, run, chosen, grader=grader, budget_usd=budget, concurrency=width)
        asked = ask_signals(store, collecting, told=False, yes=yes, place="calibrant confidence")
    else:
        collecting = Collecting(run=run, chosen=chosen, seconds=load_seconds(store, chosen), grader=grader)
    scoring = score_run(store, collecting)
    tell_signals(asked, scoring, remark)
    if scoring.missing and not ask:
        remark("The same with --ask asks for further samples and calls; what comes with a reply needs a new run.")
    return asked


def _by_code(store: Store, run: RunInfo) -> Grader:
    """The grader without a model whose grades the run has; its normalisation says which answers are the same."""
    from calibrant.grading import EXACT, StatedGrader, find_grader, grader_names

    for name in store.graders(run):
        first = name.partition("+")[0]
        if first == "stated":
            return StatedGrader()
        if first in grader_names():
            return find_grader(first)
    return EXACT
