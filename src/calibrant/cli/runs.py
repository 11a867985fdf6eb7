"""``calibrant runs``: what has been measured so far."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from calibrant.cli import options
from calibrant.cli.printing import confirmed, plain, plural
from calibrant.errors import InputError

app = typer.Typer(no_args_is_help=True, help="List, show and delete runs.", rich_markup_mode=None)

RunArgument = Annotated[str, typer.Argument(help="Run id, the start of one, a name, or latest.")]


@app.callback()
def runs() -> None:
    """List, show and delete runs."""


@app.command("list")
def list_runs(store: options.StoreLocation = None, as_json: options.Json = False) -> None:
    """List the runs of this folder, the newest first."""
    from calibrant.cli.printing import console, print_json

    with _open(store) as opened:
        found = opened.list_runs()
    if as_json:
        print_json({"schema_version": 1, "runs": [_row(run) for run in found]})
        return
    if not found:
        print("No runs yet. Start with: calibrant demo, calibrant run questions.csv --model NAME,")
        print("or calibrant import results.csv")
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, right in (
        ("run", 0),
        ("created (UTC)", 0),
        ("name", 0),
        ("questions", 1),
        ("answers", 1),
        ("complete", 0),
    ):
        table.add_column(name, justify="right" if right else "left")
    for run in found:
        table.add_row(
            run.id,
            f"{run.created_at:%Y-%m-%d %H:%M}",
            Text(plain(run.name or "")),
            f"{run.questions:,}",
            f"{run.responses:,}",
            "yes" if run.complete else "no",
        )
    console().print(table)


@app.command("show")
def show(
    run: RunArgument = "latest",
    limit: Annotated[int, typer.Option("--limit", min=0, help="How many answers to show.")] = 5,
    state: Annotated[
        str, typer.Option("--state", help="Show answers that ended so, e.g. incorrect, ungraded, error.")
    ] = "",
    store: options.StoreLocation = None,
    as_json: options.Json = False,
) -> None:
    """Show what a run holds: its source, graders, models, and some of its answers."""
    from calibrant.cli.printing import print_json
    from calibrant.types import OutcomeState

    try:
        states = [OutcomeState(state)] if state else None
    except ValueError:
        raise InputError(
            f"there is no state '{state}'", place="--state", remedy=f"States are: {', '.join(OutcomeState)}."
        ) from None
    with _open(store) as opened:
        info = opened.find_run(run)
        graders = opened.graders(info)
        items = list(opened.items(info, states=states, limit=limit))
    if as_json:
        shown = [_item(item) for item in items]
        print_json({"schema_version": 1, **_row(info), "graders": dict(graders), "items": shown})
        return
    print(f"{info.id}  {plain(info.name or '')}")
    print(f"  source    {plain(info.source or '')}")
    print(f"  created   {info.created_at:%Y-%m-%d %H:%M} UTC{'' if info.complete else ', not complete'}")
    held = f"{plural(info.responses, 'answer')} to {plural(info.questions, 'question')}"
    print(f"  holds     {held} by {_names(info)}")
    print(f"  grades    {', '.join(f'{count:,} {name}' for name, count in graders.items()) or 'none'}")
    print(f"  set       {info.set_hash or 'unknown until complete'}")
    for item in items:
        one = _item(item)
        print(f"\n  [{one['state']}] {plain(one['model'])}: {_short(one['question'])}")
        print(f"    answer  {_short(one['answer'] or one['error'] or '')}")
        print(f"    gold    {_short('; '.join(one['golds']))}")
        if one["reason"]:
            print(f"    why     {_short(one['reason'])}")


@app.command("delete")
def delete(
    run: Annotated[str, typer.Argument(help="Run id, the start of one, or a name.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    store: options.StoreLocation = None,
    as_json: options.Json = False,
) -> None:
    """Delete a run with its grades, and the answers that no other run needs."""
    import sys

    from calibrant.cli.printing import print_json

    with _open(store) as opened:
        info = opened.find_run(run)
        if not yes:
            if not sys.stdin.isatty():
                raise InputError("deleting needs a yes", place="calibrant runs delete", remedy="Say --yes.")
            asked = f"Delete run {info.id} ({info.name}, {info.responses:,} answers)?"
            if not confirmed(asked):
                raise typer.Exit(2)
        deleted = opened.delete_run(info)
    if as_json:
        print_json({"schema_version": 1, "run": info.id, "responses": deleted.responses})
    else:
        print(f"Deleted run {info.id} and {plural(deleted.responses, 'answer')}.")


def _open(store: str | None) -> Any:
    from calibrant.cli.settings import load_settings
    from calibrant.store import open_store

    return open_store(store or load_settings().store, create=False)


def _names(run: Any) -> str:
    return ", ".join(plain(model) for model in run.models)


def _row(run: Any) -> dict[str, Any]:
    return {
        "run": run.id,
        "name": run.name,
        "kind": run.kind,
        "source": run.source,
        "created_at": run.created_at.isoformat(),
        "complete": run.complete,
        "set_hash": run.set_hash,
        "questions": run.questions,
        "responses": run.responses,
        "models": [str(model) for model in run.models],
        "seed": run.seed,
    }


def _item(item: Any) -> dict[str, Any]:
    return {
        "question_id": item.question.id,
        "question": item.question.text,
        "model": str(item.response.model),
        "answer": item.response.text,
        "error": item.response.error,
        "golds": list(item.question.golds),
        "state": str(item.state),
        "grader": item.grade.grader if item.grade else None,
        "reason": item.grade.reason if item.grade else None,
    }


def _short(text: str, width: int = 100) -> str:
    line = " ".join(plain(text[: 4 * width]).split())
    return line if len(line) <= width else line[: width - 3] + "..."
