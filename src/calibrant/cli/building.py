"""``calibrant questions build``: a question set from one's own tables or documents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from calibrant.cli import building_documents as documents
from calibrant.cli import building_tables as tables
from calibrant.cli import options
from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.builder import Built
    from calibrant.builder.tables import TablePlan
    from calibrant.builder.writing import Written

_Count = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option("--count", "-n", min=1, help="Questions in the whole set. Default: 500 of tables, all of documents."),
]
_AsOf = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--as-of", help="Day (2026-01-31) for which answers are stated; of tables, also the column with it."),
]
_Unanswerable = Annotated[
    float, typer.Option("--unanswerable", min=0.0, max=0.9, help="Share of the whole set that has no answer.")
]
_OF_TABLES = {
    "per_row",
    "language",
    "key",
    "attribute",
    "skip",
    "topic",
    "reverse",
    "template",
    "query",
    "sheet",
    "encoding",
    "tools",
    "actions",
    "argument",
    "signatures",
}
_OF_DOCUMENTS = {
    "generator",
    "model",
    "verifier",
    "embeddings",
    "alike",
    "measure_on",
    "samples",
    "per_chunk",
    "chunk_size",
    "max_size",
    "skip_filter",
    "only",
    "conditions",
    "audit",
    "budget",
    "concurrency",
    "yes",
    "store",
}
_COUNT_OF_TABLES = 500


def build(
    context: typer.Context,
    sources: Annotated[
        tables.Names,
        typer.Argument(help="Documents: files, folders or patterns.", metavar="SOURCE", show_default=False),
    ] = None,
    table: Annotated[
        tables.Names,
        typer.Option("--table", help="csv, parquet, jsonl, xlsx; or sqlite:///FILE#TABLE, postgresql://HOST/DB#TABLE."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The set: .parquet, .jsonl or .csv.")] = Path("set.parquet"),
    count: _Count = None,
    unanswerable: _Unanswerable = 0.0,
    domain: documents.Domain = None,
    as_of: _AsOf = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be asked, and write nothing.")] = False,
    per_row: tables.PerRow = 3,
    language: tables.Language = None,
    key: tables.Key = None,
    attribute: tables.Attribute = None,
    skip: tables.Skip = None,
    topic: tables.Topic = None,
    reverse: tables.Reverse = False,
    template: tables.Template = None,
    query: tables.Query = None,
    sheet: tables.Sheet = None,
    tools: tables.Tools = None,
    actions: tables.Actions = None,
    argument: tables.Argument = None,
    signatures: tables.Signatures = False,
    encoding: options.Encoding = None,
    generator: documents.Generator = "rules",
    model: documents.Model = None,
    verifier: documents.Verifier = None,
    embeddings: documents.Embeddings = None,
    alike: documents.Alike = None,
    measure_on: documents.MeasureOn = None,
    samples: documents.Samples = 3,
    per_chunk: documents.PerChunk = 3,
    chunk_size: documents.ChunkSize = 2000,
    max_size: documents.MaxSize = 50.0,
    skip_filter: documents.SkipFilter = None,
    only: documents.Only = None,
    conditions: documents.Conditions = "none",
    audit: documents.AuditSize = 50,
    budget: documents.Budget = None,
    concurrency: documents.Concurrency = None,
    yes: documents.Yes = False,
    store: options.StoreLocation = None,
    seed: options.Seed = None,
    as_json: options.Json = False,
) -> None:
    """Make a question set from documents or from tables, each question with where its answer is found.

    Tables need no model: a row is asked about where its name is clear, a column where its values are short and stay.
    Documents: rules read sentences of recognised structure; with --model a model writes questions, and --verifier
    answers them with the passage before it. What is left out is counted, filter by filter. Beside the set stand
    NAME.card.md (what is in it) and NAME.dropped.jsonl (what is not, and why). The same command and seed make the same
    bytes, where no model is asked.
    """
    from calibrant.builder.writing import check_ending
    from calibrant.cli.settings import load_settings

    if not sources and not table:
        raise InputError("nothing to build from is named", remedy="calibrant questions build FOLDER, or --table FILE")
    if sources and table:
        raise InputError(
            "documents and tables are two sets", place="--table", remedy="Build them in two calls, each with its --out"
        )
    _check_options(context, tables_only=not table)
    check_ending(out)
    _check_apart(out, [*(sources or ()), *(table or ()), *(str(one) for one in (tools, template) if one is not None)])
    settings = load_settings()
    seed = settings.seed if seed is None else seed
    plans: tuple[TablePlan, ...] = ()
    if table:
        built, plans = tables.build_tables(
            tables.TableChoices(
                tables=table,
                count=count or _COUNT_OF_TABLES,
                per_row=per_row,
                unanswerable=unanswerable,
                languages=tuple(language or ("en",)),
                key=key,
                only=tuple(attribute or ()),
                skip=tuple(skip or ()),
                topic=topic,
                domain=domain,
                as_of=as_of,
                reverse=reverse,
                template=template,
                query=query,
                sheet=sheet,
                encoding=encoding,
                seed=seed,
                tools=tools,
                actions=actions,
                arguments=tuple(options.pairs(argument, "--argument").items()),
                signatures=signatures,
            )
        )
    else:
        choices = documents.Choices(
            generator="model" if model else generator,
            model=model,
            verifier=verifier,
            embeddings=embeddings,
            alike=alike,
            measure_on=measure_on,
            samples=samples,
            per_chunk=per_chunk,
            chunk_size=chunk_size,
            max_size=max_size,
            skip_filter=skip_filter,
            only=only,
            as_of=as_of,
            conditions=conditions,
            unanswerable=unanswerable,
            count=count,
            audit=audit,
            domain=domain,
            seed=seed,
            budget=budget,
            concurrency=concurrency,
            yes=yes,
            store=store or settings.store,
            dry_run=dry_run,
            as_json=as_json,
        )
        built = documents.build_documents(sources or [], choices)
        documents.tell(built)
        documents.check_any(built, choices)
    _finish(built, plans, out, dry_run=dry_run, as_json=as_json)


def _check_options(context: typer.Context, *, tables_only: bool) -> None:
    """Refuse what was set and would do nothing.

    Raises:
        InputError: an option of the other kind of source was given.
    """
    idle = _OF_TABLES if tables_only else _OF_DOCUMENTS
    given = [
        max(parameter.opts, key=len)
        for parameter in context.command.params
        if (name := parameter.name) in idle
        and (source := context.get_parameter_source(name)) is not None
        and source.name == "COMMANDLINE"
    ]
    if given:
        which = "building from tables; this builds from documents"
        which = which if tables_only else "building from documents; this builds from a table"
        raise InputError(f"{', '.join(given)} belongs to {which}", remedy="Leave it out, or build from the other")


def _check_apart(out: Path, read: list[str]) -> None:
    """Refuse to write over what the set is made from.

    Raises:
        InputError: a file that is read is one of those that would be written.
    """
    from calibrant.builder.writing import files_of

    mine = {path.resolve() for path in files_of(out)}
    for name in read:
        if Path(name).is_file() and Path(name).resolve() in mine:
            raise InputError(
                "the set would be written over what it is made from", place=name, remedy="Name another --out"
            )


def _finish(built: Built, plans: tuple[TablePlan, ...], out: Path, *, dry_run: bool, as_json: bool) -> None:
    """Write the set unless nothing is to be written, and say what it holds."""
    from calibrant.builder.card import card_facts
    from calibrant.builder.item import asked
    from calibrant.builder.writing import write_set
    from calibrant.cli.printing import print_json, remark
    from calibrant.questions import set_hash

    written = None if dry_run else write_set(built, out, command=_command())
    digest = written.set_hash if written else set_hash(asked(item) for item in built.items)
    if as_json:
        files = {"out": str(out), "card": str(written.card), "dropped": str(written.dropped)} if written else {}
        print_json({"schema_version": 1, **files, **card_facts(built, name=out.stem, set_hash=digest)})
    else:
        if dry_run and plans:
            tables.show_profile(plans)
        tables.show(built)
    if built.facts.get("shortage"):
        remark(f"Fewer than asked for: {built.facts['shortage']}.")
    if written is not None:
        _tell_written(written, remark)


def _tell_written(written: Written, remark: Any) -> None:
    remark(f"Written: {written.path}, {written.card.name} and {written.dropped.name}; set hash {written.set_hash[:12]}")
    remark(f"Next: calibrant questions lint {written.path}, then calibrant run {written.path} --model NAME")


def _command() -> str:
    """The command as it was given, without what is secret in it."""
    import shlex
    import sys

    from calibrant.builder.tables import without_secrets

    return without_secrets(shlex.join(("calibrant", *sys.argv[1:])))
