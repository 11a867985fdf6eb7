"""The table side of ``calibrant questions build``, and ``calibrant questions profile``: options and what is shown."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from calibrant.cli import options
from calibrant.errors import InputError, did_you_mean

if TYPE_CHECKING:
    from calibrant.builder import Built
    from calibrant.builder.tables import Table, TablePlan, TableSettings

__all__ = ["TableChoices", "build_tables", "profile", "show", "show_profile"]

Names = Optional[list[str]]  # noqa: UP045 - typer reads the annotation at run time
Query = Annotated[Optional[str], typer.Option("--query", help="SQL to read from the one database that is named.")]  # noqa: UP045
Sheet = Annotated[Optional[str], typer.Option("--sheet", help="Of a spreadsheet. Default: its only one.")]  # noqa: UP045
Key = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--key", help="Column that names rows; COLUMN,SECOND where only two do. Default: found out."),
]
AsOf = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--as-of", help="Day (2026-01-31) for which answers that change are stated, or the column with it."),
]
Attribute = Annotated[
    Names, typer.Option("--attribute", help="Column to ask for; several times. Default: all that can be asked for.")
]

Skip = Annotated[Names, typer.Option("--skip", help="Column not to ask for; several times.")]
PerRow = Annotated[int, typer.Option("--per-row", min=1, help="Most questions about one row.")]
Language = Annotated[
    Names, typer.Option("--language", help="en, de, zh, es; several times for one set in several. Default: en")
]
Topic = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--topic", help="Column with the topic; 'none' for none. Default: a category, if there is one."),
]
Reverse = Annotated[bool, typer.Option("--reverse", help="Ask for the row too, where one row has a value.")]
Template = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--template", help="TOML with wordings of your own: [COLUMN] en = 'When was {key} set up?'"),
]


Tools = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--tools", help="JSON file of an agent's tools: adds tasks, half of which lack a required argument."),
]
Actions = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option("--actions", min=1, help="Tasks among the --count, with --tools. Default: a fifth of it."),
]
Argument = Annotated[
    Names, typer.Option("--argument", metavar="NAME=COLUMN", help="Column that fills an argument; several times.")
]
Signatures = Annotated[
    bool, typer.Option("--signatures", help="Show tools as signatures, for small contexts. Default: JSON Schema.")
]
_SHARE_OF_TASKS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChoices:
    """What was said on the command line about tables."""

    tables: list[str]
    count: int
    per_row: int
    unanswerable: float
    languages: tuple[str, ...]
    key: str | None
    only: tuple[str, ...]
    skip: tuple[str, ...]
    topic: str | None
    domain: str | None
    as_of: str | None
    reverse: bool
    template: Path | None
    query: str | None
    sheet: str | None
    encoding: str | None
    seed: int
    tools: Path | None = None
    actions: int | None = None
    arguments: tuple[tuple[str, str], ...] = ()
    signatures: bool = False


def build_tables(choices: TableChoices) -> tuple[Built, tuple[TablePlan, ...]]:
    """Make the set; also what was decided of each table.

    Raises:
        InputError: a table cannot be used, or an option does not fit.
    """
    from calibrant.builder.tables import build_from_tables

    opened = _open(choices.tables, query=choices.query, sheet=choices.sheet, encoding=choices.encoding)
    chosen = asdict(choices)
    template = chosen.pop("template")
    for name in ("tables", "query", "sheet", "encoding", "tools", "actions", "arguments", "signatures"):
        del chosen[name]
    topic = "" if choices.topic == "none" else choices.topic
    settings = _settings(opened, template, **{**chosen, "key": _key(choices.key), "topic": topic})
    plans = _plan(opened, settings)
    if choices.tools is None:
        if choices.actions is not None or choices.arguments or choices.signatures:
            raise InputError(
                "tasks need tools", place="--actions, --argument, --signatures", remedy="Name a JSON file with --tools"
            )
        return build_from_tables(plans, settings), plans
    return with_actions(choices, settings, plans), plans


def with_actions(choices: TableChoices, settings: TableSettings, plans: tuple[TablePlan, ...]) -> Built:
    """The set with tasks for agents beside its questions; the tasks are part of the count.

    Raises:
        InputError: no tool can be called with the columns, there are several tables, or tasks leave no question.
    """
    from calibrant.builder.actions import ActionSettings, build_actions, read_tools
    from calibrant.builder.tables import build_from_tables

    if choices.tools is None or len(plans) > 1:
        raise InputError("tasks are made from one table", place="--tools", remedy="Name one --table")
    wanted = max(1, round(choices.count * _SHARE_OF_TASKS)) if choices.actions is None else choices.actions
    if wanted >= choices.count:
        raise InputError(
            f"{wanted:,} tasks leave no question of {choices.count:,}", place="--actions", remedy="Raise --count"
        )
    tasks = build_actions(
        plans[0].scan.rows,
        read_tools(choices.tools),
        table=plans[0].name,
        settings=ActionSettings(
            count=wanted,
            columns=dict(choices.arguments),
            signatures=choices.signatures,
            seed=choices.seed,
        ),
        names=[None if (name := plans[0].key.name_of(row)) is None else name.text for row in plans[0].scan.rows],
    )
    asked = build_from_tables(plans, replace(settings, count=choices.count - wanted))
    short = [asked.facts["shortage"]] if asked.facts.get("shortage") else []
    if len(tasks.items) < wanted:
        short.append(f"{len(tasks.items):,} tasks instead of {wanted:,}: the rows hold no more")
    items = [*asked.items, *tasks.items]
    random.Random(f"tasks {choices.seed}").shuffle(items)  # noqa: S311 - an order, no secret
    return replace(
        asked,
        items=tuple(items),
        dropped=(*asked.dropped, *tasks.dropped),
        skipped={**asked.skipped, **{f"tool {name}": why for name, why in tasks.skipped.items()}},
        facts={
            **asked.facts,
            "count_asked": choices.count,
            "tasks": len(tasks.items),
            "tools": tasks.facts["tools"],
            "tools_shown_as": tasks.facts["tools_shown_as"],
            "shortage": "; ".join(short) or None,
        },
    )


def profile(
    table: Annotated[str, typer.Argument(help="As for build --table.", metavar="TABLE", show_default=False)],
    key: Key = None,
    as_of: AsOf = None,
    query: Query = None,
    sheet: Sheet = None,
    encoding: options.Encoding = None,
    seed: options.Seed = None,
    as_json: options.Json = False,
) -> None:
    """Show what each column of a table holds, and why questions use it or not."""
    opened = _open([table], query=query, sheet=sheet, encoding=encoding)
    settings = _settings(opened, None, key=_key(key), as_of=as_of, seed=seed or 0)
    plans = _plan(opened, settings)
    if as_json:
        from calibrant.cli.printing import print_json

        print_json({"schema_version": 1, **plans[0].to_dict()})
    else:
        show_profile(plans)


def _open(sources: list[str], *, query: str | None, sheet: str | None, encoding: str | None) -> list[Table]:
    from calibrant.builder.tables import open_table

    if query is not None and len(sources) > 1:
        raise InputError("one query reads one table", place="--query", remedy="Name one --table")
    return [open_table(source, query=query, sheet=sheet, encoding=encoding) for source in sources]


def _key(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip()) if text else ()


def _settings(opened: list[Table], template: Path | None, **chosen: Any) -> TableSettings:
    from calibrant.builder.tables import TableSettings, load_templates

    as_of = chosen.get("as_of")
    columns = tuple(dict.fromkeys(name for table in opened for name in table.columns))
    if as_of is not None and as_of not in columns:
        _check_day(as_of, columns)
    if template is not None:
        chosen["templates"] = load_templates(template, columns)
    try:
        return TableSettings(**chosen)
    except ValueError as error:
        raise InputError(str(error)) from None


def _check_day(text: str, columns: tuple[str, ...]) -> None:
    import datetime

    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"{text!r} is neither a day nor a column",
            place="--as-of",
            remedy=f"Write 2026-01-31, or a column. {did_you_mean(text, columns)}",
        ) from None


def _plan(opened: list[Table], settings: TableSettings) -> tuple[TablePlan, ...]:
    from calibrant.builder.tables import plan_tables
    from calibrant.cli.printing import counting, remark

    for table in opened:
        for note in table.notes:
            remark(f"{table.place}: {note}")
    with counting("rows read") as count:
        plans = plan_tables(opened, settings, tell=lambda _, done: count(done))
    for plan in plans:
        for warning in plan.warnings:
            remark(f"{plan.name}: {warning}")
    return plans


def show_profile(plans: tuple[TablePlan, ...]) -> None:
    """Print what each column holds, and why it is used or not."""
    from rich import box
    from rich.table import Table as Grid

    from calibrant.cli.printing import console, plain, plural

    screen = console()
    for plan in plans:
        kept = f", {len(plan.scan.rows):,} of them drawn" if plan.scan.sampled else ""
        screen.print(f"{plain(plan.name)}: {plural(plan.scan.count, 'row')}{kept}", markup=False)
        grid = Grid("column", "holds", "filled", "use", "why", box=box.SIMPLE_HEAD, pad_edge=False)
        for column in plan.columns:
            role = plan.roles[column.name]
            share = f"{column.filled / column.rows:.0%}" if column.rows else ""
            grid.add_row(plain(column.name), str(column.kind), share, role.use, plain(role.why))
        screen.print(grid, markup=False)


def show(built: Built) -> None:
    """Print what the set holds, with the first of its questions."""
    from calibrant.cli.printing import plain, plural

    strata: dict[str, int] = {}
    for item in built.items:
        strata[str(item.question.stratum)] = strata.get(str(item.question.stratum), 0) + 1
    mixture = ", ".join(f"{count:,} {name}" for name, count in sorted(strata.items()))
    about = ""
    if built.facts.get("path") == "tables":
        about = f" about {plural(len({item.question.cluster for item in built.items}), 'row')}"
    print(f"{plural(len(built.items), 'question')}{about}: {mixture}")
    for item in built.items[:3]:
        answer = item.question.golds[0] if item.question.golds else "no answer"
        print(f"  {plain(item.question.text)}  ->  {plain(answer)}")
    for rule, count in built.facts.get("left_out", {}).items():
        print(f"  left out {plural(count, 'fact')}: {rule}")
