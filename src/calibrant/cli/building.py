"""``calibrant questions build``: a question set from one's own tables and documents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

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
    out: Annotated[Path, typer.Option("--out", "-o", help="The set: .parquet, .jsonl or .csv.")] = Path("set.parquet"),
) -> None:
    """Make a question set from tables or documents, each question with where its answer is found."""
    if not sources and not table:
        raise InputError("nothing to build from is named", remedy="calibrant questions build FOLDER, or --table FILE")
