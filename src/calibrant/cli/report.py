"""``calibrant report``: what a run says about its models."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer

from calibrant.cli import options


class Partial(StrEnum):
    """What a partly right answer is where confidence is judged."""

    WRONG = "wrong"
    DROP = "drop"


def report(
    run: Annotated[str, typer.Argument(help="Run id, the start of one, a name, or latest.")] = "latest",
    by: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--by",
            help="Break down by domain, topic, language or condition; may be given several times. Default: domain",
        ),
    ] = None,
    price: Annotated[
        float, typer.Option("--price", min=0.0, max=0.999, help="Price t of the index: a wrong answer costs t/(1-t).")
    ] = 0.5,
    partial: Annotated[
        Partial,
        typer.Option("--partial", help="What a partly right answer is where confidence is judged: wrong, or left out."),
    ] = Partial.WRONG,
    level: options.Level = None,
    seed: options.Seed = None,
    grader: options.GraderName = None,
    csv: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--csv", metavar="FOLDER", help="Write every table as a csv file into this folder."),
    ] = None,
    store: options.StoreLocation = None,
    as_json: options.Json = False,
) -> None:
    """Show who is right how often, who makes things up, and how sure we are of it."""
    from calibrant.cli.printing import console, print_json, remark
    from calibrant.cli.settings import load_settings
    from calibrant.reports import build_report, print_report, write_csv
    from calibrant.store import open_store

    settings = load_settings()
    with open_store(store or settings.store, create=False) as opened:
        built = build_report(
            opened,
            opened.find_run(run),
            grader=grader,
            level=settings.level if level is None else level,
            seed=settings.seed if seed is None else seed,
            price=price,
            partial=partial.value,
            by=tuple(by or ("domain",)),
        )
    if csv is not None:
        for path in write_csv(built, csv):
            remark(f"wrote {path}")
    if as_json:
        print_json(built.to_dict())
    elif csv is None:
        print_report(built, console())
