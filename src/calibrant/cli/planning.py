"""``calibrant plan``: what a promise will take, before anything is labelled."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from calibrant.cli import options
from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.policies import PromisePlan


def plan(
    promise: Annotated[str, typer.Option("--promise", metavar="error=0.05", help="The error rate to promise.")],
    confidence: Annotated[
        float, typer.Option("--confidence", min=0.5, max=0.9999, help="How sure it has to be.")
    ] = 0.9,
    auroc: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--auroc", min=0.01, max=0.9999, help="Chance that a right answer is surer than a wrong one."),
    ] = None,
    accuracy: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--accuracy", min=0.01, max=0.9999, help="Share of answers that are right."),
    ] = None,
    pilot: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--pilot", help="Measure both on a run, or a file with score and correct, instead."),
    ] = None,
    model: Annotated[Optional[str], typer.Option("--model", help="Of a pilot with several models.")] = None,  # noqa: UP045
    signal: Annotated[
        str | None, typer.Option("--signal", help="Of a pilot with several signals; of a file, the column.")
    ] = None,
    label_cost: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--label-cost", min=0.0, help="Dollars for one label, answer included."),
    ] = None,
    seed: options.Seed = None,
    store: options.StoreLocation = None,
    as_json: options.Json = False,
) -> None:
    """Tell how many labels a promise will take and how much it will let one answer, or that it is out of reach.

    From assumed quality (--auroc, --accuracy) or from a pilot. Exit code 1 where it is out of reach.
    """
    from calibrant.cli.printing import print_json
    from calibrant.cli.settings import load_settings
    from calibrant.policies import plan_promise

    settings = load_settings()
    error = _error(promise)
    rows = None if pilot is None else _pilot(pilot, store or settings.store, model, signal)
    try:
        made = plan_promise(
            error,
            round(1 - confidence, 12),
            auroc=auroc,
            accuracy=accuracy,
            pilot=rows,
            seed=settings.seed if seed is None else seed,
        )
    except ValueError as problem:
        raise InputError(str(problem), remedy="Say --auroc and --accuracy, or --pilot.") from None
    if as_json:
        costs = {"label_cost": label_cost, "dollars": _dollars(made.labels_needed, label_cost)}
        print_json({"schema_version": 1, **asdict(made), **costs})
    else:
        _show(made, label_cost)
    if not made.reachable:
        raise typer.Exit(1)


def _error(text: str) -> float:
    name, equals, value = text.partition("=")
    try:
        if name.strip() != "error" or not equals:
            raise ValueError
        error = float(value)
    except ValueError:
        raise InputError(f"'{text}' is no promise", place="--promise", remedy="Write error=0.05.") from None
    if not 0 < error < 1:
        raise InputError(f"an error rate lies in (0, 1), not {error:g}", place="--promise")
    return error


def _pilot(source: str, store: str, model: str | None, signal: str | None) -> tuple[Any, Any]:
    from calibrant.cli.labelled import read_evidence
    from calibrant.store import open_store

    with open_store(store) as opened:
        rows = read_evidence(source, opened, model=model, signal=signal, grader=None, by=None).rows
    return rows.scores, rows.correct


def _dollars(labels: int | None, cost: float | None) -> float | None:
    return None if labels is None or cost is None else labels * cost


def _show(made: PromisePlan, cost: float | None) -> None:
    from rich.table import Table

    from calibrant.cli.printing import console

    print(made.sentence)
    dollars = _dollars(made.labels_needed, cost)
    if dollars is not None:
        print(f"At ${cost:g} a label: ${dollars:,.0f}.")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("labels", "chance of a promise", "answered then, on average"):
        table.add_column(name, justify="right")
    for row in made.rows:
        table.add_row(f"{row.labels:,}", f"{row.chance:.0%}", f"{row.coverage:.1%}")
    console().print(table)
    for sentence in made.assumptions:
        print(f"  assumes  {sentence}")
