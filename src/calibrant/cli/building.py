"""``calibrant questions build``: a question set from one's own tables and documents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from calibrant.cli import options
from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.builder import Built
    from calibrant.builder.tables import Table, TablePlan, TableSettings
    from calibrant.builder.writing import Written

_Names = Optional[list[str]]  # noqa: UP045 - typer reads the annotation at run time
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
    _Names, typer.Option("--attribute", help="Column to ask for; several times. Default: all that can be asked for.")
]


def build(
    sources: Annotated[
        _Names, typer.Argument(help="Documents: files, folders or patterns.", metavar="SOURCE", show_default=False)
    ] = None,
    table: Annotated[
        _Names,
        typer.Option("--table", help="csv, parquet, jsonl, xlsx; or sqlite:///FILE#TABLE, postgresql://HOST/DB#TABLE."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The set: .parquet, .jsonl or .csv.")] = Path("set.parquet"),
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="Questions in the whole set.")] = 500,
    per_row: Annotated[int, typer.Option("--per-row", min=1, help="Most questions about one row.")] = 3,
    unanswerable: Annotated[
        float, typer.Option("--unanswerable", min=0.0, max=0.9, help="Share of the whole set that has no answer.")
    ] = 0.0,
    language: Annotated[
        _Names, typer.Option("--language", help="en, de, zh, es; several times for one set in several. Default: en")
    ] = None,
    key: Key = None,
    attribute: Attribute = None,
    skip: Annotated[_Names, typer.Option("--skip", help="Column not to ask for; several times.")] = None,
    topic: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--topic", help="Column with the topic; 'none' for none. Default: a category, if there is one."),
    ] = None,
    domain: Annotated[Optional[str], typer.Option("--domain", help="Of all questions. Default: the table.")] = None,  # noqa: UP045
    as_of: AsOf = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="Ask for the row too, where one row has a value.")] = False,
    template: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--template", help="TOML with wordings of your own: [COLUMN] en = 'When was {key} set up?'"),
    ] = None,
    query: Query = None,
    sheet: Sheet = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be asked, and write nothing.")] = False,
    encoding: options.Encoding = None,
    seed: options.Seed = None,
    as_json: options.Json = False,
) -> None:
    """Make a question set from tables, each question with where its answer is found.

    No model is needed. A row is asked about where its name is clear, a column where its values are short and stay; what
    is left out is counted. Beside the set stand NAME.card.md (what is in it) and NAME.dropped.jsonl (what is not, and
    why). The same command and seed make the same bytes.
    """
    from calibrant.builder.writing import check_ending

    if not sources and not table:
        raise InputError("nothing to build from is named", remedy="calibrant questions build --table FILE")
    if sources:
        raise InputError("documents cannot be built from here yet", remedy="Give tables with --table")
    check_ending(out)
    opened = _open(table or [], query=query, sheet=sheet, encoding=encoding)
    settings = _settings(
        opened,
        template,
        count=count,
        per_row=per_row,
        unanswerable=unanswerable,
        languages=tuple(language or ("en",)),
        key=_key(key),
        only=tuple(attribute or ()),
        skip=tuple(skip or ()),
        topic="" if topic == "none" else topic,
        domain=domain,
        as_of=as_of,
        reverse=reverse,
        seed=seed or 0,
    )
    _make(opened, settings, out, dry_run=dry_run, as_json=as_json)


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
        _show_profile(plans)


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
        there = ", ".join(columns[:20])
        raise InputError(
            f"{text!r} is neither a day nor a column", place="--as-of", remedy=f"Write 2026-01-31, or one of {there}"
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


def _make(opened: list[Table], settings: TableSettings, out: Path, *, dry_run: bool, as_json: bool) -> None:
    from calibrant.builder.card import card_facts
    from calibrant.builder.tables import build_from_tables
    from calibrant.builder.writing import asked, write_set
    from calibrant.cli.printing import print_json, remark
    from calibrant.questions import set_hash

    plans = _plan(opened, settings)
    built = build_from_tables(plans, settings)
    written = None if dry_run else write_set(built, out, command=_command())
    digest = written.set_hash if written else set_hash(asked(item) for item in built.items)
    if as_json:
        files = {"out": str(out), "card": str(written.card), "dropped": str(written.dropped)} if written else {}
        print_json({"schema_version": 1, **files, **card_facts(built, set_hash=digest)})
    else:
        if dry_run:
            _show_profile(plans)
        _show(built)
    if built.facts.get("shortage"):
        remark(f"Fewer than asked for: {built.facts['shortage']}.")
    if written is not None:
        _tell_written(written, remark)


def _show_profile(plans: tuple[TablePlan, ...]) -> None:
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


def _show(built: Built) -> None:
    from calibrant.cli.printing import plain, plural

    strata: dict[str, int] = {}
    for item in built.items:
        strata[str(item.question.stratum)] = strata.get(str(item.question.stratum), 0) + 1
    mixture = ", ".join(f"{count:,} {name}" for name, count in sorted(strata.items()))
    rows = len({item.question.cluster for item in built.items})
    print(f"{plural(len(built.items), 'question')} about {plural(rows, 'row')}: {mixture}")
    for item in built.items[:3]:
        answer = item.question.golds[0] if item.question.golds else "no answer"
        print(f"  {plain(item.question.text)}  ->  {plain(answer)}")
    for rule, count in built.facts.get("left_out", {}).items():
        print(f"  left out {plural(count, 'fact')}: {rule}")


def _tell_written(written: Written, remark: Any) -> None:
    remark(f"Written: {written.path}, {written.card.name} and {written.dropped.name}; set hash {written.set_hash[:12]}")
    remark(f"Next: calibrant questions lint {written.path}, then calibrant run {written.path} --model NAME")


def _command() -> str:
    """The command as it was given, without what is secret in it."""
    import shlex
    import sys

    from calibrant.builder.tables import without_secrets

    return without_secrets(shlex.join(("calibrant", *sys.argv[1:])))
