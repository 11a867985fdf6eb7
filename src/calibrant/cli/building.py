"""``calibrant questions build``: a question set from one's own tables and documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Optional

import typer

from calibrant.cli import building_documents as documents
from calibrant.cli import options
from calibrant.errors import InputError


def build(
    sources: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(help="Documents: files, folders or patterns.", metavar="SOURCE", show_default=False),
    ] = None,
    table: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--table", help="csv, parquet, jsonl, xlsx; or a database's URL with a table or a query."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The set: .parquet, .jsonl or .csv.")] = Path("set.jsonl"),
    generator: documents.Generator = "rules",
    model: documents.Model = None,
    verifier: documents.Verifier = None,
    measure_on: documents.MeasureOn = None,
    samples: documents.Samples = 3,
    per_chunk: documents.PerChunk = 3,
    chunk_size: documents.ChunkSize = 2000,
    max_size: documents.MaxSize = 50.0,
    skip_filter: documents.SkipFilter = None,
    only: documents.Only = None,
    as_of: documents.AsOf = None,
    conditions: documents.Conditions = "none",
    unanswerable: documents.Unanswerable = 0.0,
    count: documents.Count = None,
    audit: documents.AuditSize = 50,
    domain: documents.Domain = None,
    seed: options.Seed = None,
    budget: documents.Budget = None,
    concurrency: documents.Concurrency = None,
    yes: documents.Yes = False,
    store: options.StoreLocation = None,
) -> None:
    """Make a question set from documents, each question with where its answer is found.

    Without a model, rules read sentences of recognised structure. With --model a model writes questions, and --verifier
    answers them with the passage before it. Everything that is dropped is counted, filter by filter.
    """
    if not sources and not table:
        raise InputError("nothing to build from is named", remedy="calibrant questions build FOLDER, or --table FILE")
    if table or not sources:
        raise InputError("tables cannot be built from here yet", remedy="Name documents")
    from calibrant.cli.settings import load_settings

    settings = load_settings()
    choices = documents.Choices(
        generator="model" if model else generator,
        model=model,
        verifier=verifier,
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
        seed=settings.seed if seed is None else seed,
        budget=budget,
        concurrency=concurrency,
        yes=yes,
        store=store or settings.store,
    )
    built = documents.build_documents(sources, choices)
    documents.tell(built)
    # Until writing.py is merged: json lines, with those that were dropped beside them.
    lines = [json.dumps(item.row(), ensure_ascii=False) for item in built.items]
    out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    gone = [{"filter": one.filter, "reason": one.reason, **one.item.row()} for one in built.dropped]
    beside = out.with_name(f"{out.name}.dropped.jsonl")
    beside.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in gone), encoding="utf-8")
    print(f"{out}: {len(lines):,} rows; {beside}: {len(gone):,} dropped")
