"""``calibrant confidence``: which signal of confidence is worth its cost."""

from __future__ import annotations

from typing import Annotated

import typer

from calibrant.cli import options
from calibrant.cli.report import Partial


def confidence(
    run: Annotated[str, typer.Argument(help="Run id, the start of one, a name, or latest.")] = "latest",
    agreement: Annotated[
        bool,
        typer.Option("--agreement", help="Also judge agreement among repeats, where a question has 3 or more."),
    ] = False,
    partial: Annotated[
        Partial, typer.Option("--partial", help="What a partly right answer is: wrong, or left out.")
    ] = Partial.WRONG,
    level: options.Level = None,
    seed: options.Seed = None,
    grader: options.GraderName = None,
    store: options.StoreLocation = None,
    as_json: options.Json = False,
) -> None:
    """Show which signal of confidence tells right answers from wrong ones, and what each costs."""
    from calibrant.cli.printing import console, print_json
    from calibrant.cli.settings import load_settings
    from calibrant.reports.signal_table import print_signals
    from calibrant.reports.signals import build_signal_report
    from calibrant.store import open_store

    settings = load_settings()
    with open_store(store or settings.store, create=False) as opened:
        built = build_signal_report(
            opened,
            opened.find_run(run),
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
