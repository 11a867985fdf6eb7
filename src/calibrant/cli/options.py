"""Options that several verbs share, so that they are spelled and explained once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from calibrant.errors import InputError

__all__ = [
    "Answers",
    "CapabilityFile",
    "CertificateFiles",
    "Encoding",
    "GraderName",
    "Json",
    "Level",
    "Limit",
    "Map",
    "Seed",
    "StoreLocation",
    "WithoutTexts",
    "pairs",
]

StoreLocation = Annotated[
    Optional[str],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option(
        "--store",
        envvar="CALIBRANT_STORE",
        help="Where runs are kept: a folder, a file, or a PostgreSQL URL. Default: .calibrant",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]
Limit = Annotated[Optional[int], typer.Option("--limit", min=1, help="Read only the first rows.")]  # noqa: UP045
Encoding = Annotated[Optional[str], typer.Option("--encoding", help="The file's encoding. Default: UTF-8.")]  # noqa: UP045
Map = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--map", metavar="FIELD=COLUMN", help="Which column holds a field; may be given several times."),
]
Level = Annotated[
    Optional[float],  # noqa: UP045
    typer.Option("--level", min=0.5, max=0.9999, help="Level of the intervals. Default: 0.95"),
]
Seed = Annotated[Optional[int], typer.Option("--seed", min=0, help="Seed of every resampling. Default: 0")]  # noqa: UP045
GraderName = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--grader", help="Whose grades to use. Default: the file's own, else a cascade's, else exact."),
]

Answers = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(
        "--answers",
        min=0,
        metavar="N",
        help="Most answers in the page; beyond, a sample, the wrong ones first. Default: 20000",
    ),
]
WithoutTexts = Annotated[
    bool,
    typer.Option(
        "--without-texts", help="Leave texts of questions and answers out of the page; hashes stand for them."
    ),
]
CertificateFiles = Annotated[
    Optional[list[Path]],  # noqa: UP045
    typer.Option(
        "--certificate",
        metavar="FILE",
        help="Show this promise of `calibrant certify` as well; may be given several times.",
    ),
]
CapabilityFile = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--capability",
        metavar="FILE",
        help="Published benchmark scores (csv: model, then a column for each benchmark), to stand beside.",
    ),
]


def pairs(given: list[str] | None, flag: str) -> dict[str, str]:
    """``["a=b"]`` -> ``{"a": "b"}``.

    Raises:
        InputError: an entry has no ``=``, or a name is given twice.
    """
    found: dict[str, str] = {}
    for entry in given or []:
        name, equals, value = entry.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise InputError(f"'{entry}' is not NAME=VALUE", place=flag)
        if name.strip() in found:
            raise InputError(f"'{name.strip()}' is given twice", place=flag)
        found[name.strip()] = value.strip()
    return found
