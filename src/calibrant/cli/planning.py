"""``calibrant plan``: what a comparison or a promise will take, before anything is asked or labelled."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from calibrant.cli import options
from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.cli.settings import Settings
    from calibrant.policies import PromisePlan

_COMPARING = "comparing models"
_PROMISING = "a promise (--promise)"


def plan(
    questions: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Argument(help="Comparing: the question set at hand, if there is one.", show_default=False),
    ] = None,
    model: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--model", help="Comparing: each model. Promising: of a pilot with several models."),
    ] = None,
    detect: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--detect", metavar="POINTS", help="Comparing: the difference between two models to be seen."),
    ] = None,
    precision: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--precision", metavar="POINTS", help="Comparing: half the width of each model's interval."),
    ] = None,
    metric: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--metric", help="Comparing: index (default) or accuracy, in points of 100."),
    ] = None,
    history: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--history", metavar="RUN", help="Comparing: measure variances, costs and seconds on this run."),
    ] = None,
    budget: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--budget", help="Comparing: most dollars to spend."),
    ] = None,
    minutes: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--minutes", min=0.0, help="Comparing: most minutes to wait; needs --history."),
    ] = None,
    power: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--power", min=0.01, max=0.9999, help="Comparing: chance of seeing it. Default: 0.8"),
    ] = None,
    sd: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--sd", help="Comparing, without history: standard deviation of one question's difference."),
    ] = None,
    within: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--within", min=0.0, max=1.0, help="Likewise: share of its variance that repeats average away."),
    ] = None,
    icc: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--icc", min=0.0, max=1.0, help="Comparing: correlation of two questions of one document."),
    ] = None,
    cluster_size: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--cluster-size", min=1.0, help="Comparing: questions of a document. Default: as in the set"),
    ] = None,
    question_cost: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--question-cost", min=0.0, help="Comparing: dollars for a question more, made and checked."),
    ] = None,
    answer_cost: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--answer-cost", min=0.0, help="Comparing: dollars for one answer of each model together."),
    ] = None,
    max_repeats: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--max-repeats", min=1, max=100, help="Comparing: most repeats to think of. Default: 10"),
    ] = None,
    concurrency: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--concurrency", min=1, help="Comparing: answers under way at a time. Default: 100"),
    ] = None,
    level: options.Level = None,
    grader: options.GraderName = None,
    map_: options.Map = None,
    encoding: options.Encoding = None,
    promise: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--promise", metavar="error=0.05", help="Promising: the error rate to promise."),
    ] = None,
    confidence: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--confidence", min=0.5, max=0.9999, help="Promising: how sure it has to be. Default: 0.9"),
    ] = None,
    auroc: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(
            "--auroc", min=0.01, max=0.9999, help="Promising: chance that a right answer is surer than a wrong one."
        ),
    ] = None,
    accuracy: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--accuracy", min=0.01, max=0.9999, help="Promising: share of answers that are right."),
    ] = None,
    pilot: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--pilot", help="Promising: measure both on a run, or a file with score and correct, instead."),
    ] = None,
    signal: Annotated[
        str | None, typer.Option("--signal", help="Promising: of a pilot with several signals; of a file, the column.")
    ] = None,
    label_cost: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--label-cost", min=0.0, help="Promising: dollars for one label, answer included."),
    ] = None,
    seed: options.Seed = None,
    store: options.StoreLocation = None,
    as_json: options.Json = False,
) -> None:
    """Tell what it takes to tell models apart (--detect, --precision), or to promise an error rate (--promise).

    Comparing: questions, repeats, documents, dollars and minutes, the cheapest mix of them, and the smallest difference
    that the set or the budget can show; from a run's measured variances (--history) or stated ones. Promising: how many
    labels, and how much will be answered; from assumed quality (--auroc, --accuracy) or a pilot; exit code 1 where it
    is out of reach.
    """
    from calibrant.cli.settings import load_settings

    settings = load_settings()
    comparing: dict[str, Any] = {
        "QUESTIONS": questions,
        "--detect": detect,
        "--precision": precision,
        "--metric": metric,
        "--history": history,
        "--budget": budget,
        "--minutes": minutes,
        "--power": power,
        "--sd": sd,
        "--within": within,
        "--icc": icc,
        "--cluster-size": cluster_size,
        "--question-cost": question_cost,
        "--answer-cost": answer_cost,
        "--max-repeats": max_repeats,
        "--concurrency": concurrency,
        "--level": level,
        "--grader": grader,
        "--map": map_,
        "--encoding": encoding,
    }
    promising: dict[str, Any] = {
        "--confidence": confidence,
        "--auroc": auroc,
        "--accuracy": accuracy,
        "--pilot": pilot,
        "--signal": signal,
        "--label-cost": label_cost,
        "--seed": seed,
    }
    if promise is not None:
        _refuse(comparing, _COMPARING, "A promise is planned by --auroc and --accuracy, or --pilot.")
        _plan_promise(promise, {**promising, "--model": model}, settings, store, as_json=as_json)
        return
    if detect is None and precision is None:
        raise InputError(
            "say what to plan for",
            place="calibrant plan",
            remedy="--detect POINTS or --precision POINTS to compare models, --promise error=0.05 for a promise.",
        )
    _refuse(promising, _PROMISING, "Drop it, or plan a promise: --promise error=0.05.")
    _plan_comparison({**comparing, "--model": model}, settings, store, as_json=as_json)


def _refuse(given: dict[str, Any], what: str, remedy: str) -> None:
    """One plan at a time: flags of the other use are no slip to pass over."""
    named = [flag for flag, value in given.items() if value is not None]
    if named:
        raise InputError(f"{' and '.join(named[:3])} belongs to {what}", place="calibrant plan", remedy=remedy)


def _plan_comparison(given: dict[str, Any], settings: Settings, store: str | None, *, as_json: bool) -> None:
    from calibrant.cli.planning_comparison import AskedComparison, plan_for
    from calibrant.store import open_store

    metric = given["--metric"] or "index"
    if metric not in {"index", "accuracy"}:
        raise InputError(
            f"there is no metric '{metric}' to plan for", place="--metric", remedy="Say index or accuracy."
        )
    if given["--minutes"] is not None and given["--history"] is None:
        raise InputError("how long an answer takes is not known", place="--minutes", remedy="Add --history RUN.")
    asked = AskedComparison(
        questions=given["QUESTIONS"],
        models=tuple(given["--model"] or ()),
        detect=given["--detect"],
        precision=given["--precision"],
        metric=metric,
        history=given["--history"],
        grader=given["--grader"],
        budget=given["--budget"],
        minutes=given["--minutes"],
        power=given["--power"] or 0.8,
        level=given["--level"] or settings.level,
        sd=given["--sd"],
        within=given["--within"],
        icc=given["--icc"],
        cluster_size=given["--cluster-size"],
        question_cost=given["--question-cost"] or 0.0,
        answer_cost=given["--answer-cost"],
        max_repeats=given["--max-repeats"] or 10,
        concurrency=given["--concurrency"] or 100,
        map=options.pairs(given["--map"], "--map"),
        encoding=given["--encoding"],
    )
    with open_store(store or settings.store) as opened:
        plan_for(asked, opened, as_json=as_json)


def _plan_promise(promise: str, given: dict[str, Any], settings: Settings, store: str | None, *, as_json: bool) -> None:
    from calibrant.cli.printing import print_json
    from calibrant.policies import plan_promise

    error = _error(promise)
    models = given["--model"] or [None]
    if len(models) > 1:
        raise InputError("a promise is about one model", place="--model")
    pilot, label_cost = given["--pilot"], given["--label-cost"]
    rows = None if pilot is None else _pilot(pilot, store or settings.store, models[0], given["--signal"])
    try:
        made = plan_promise(
            error,
            round(1 - (given["--confidence"] or 0.9), 12),
            auroc=given["--auroc"],
            accuracy=given["--accuracy"],
            pilot=rows,
            seed=settings.seed if given["--seed"] is None else given["--seed"],
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
