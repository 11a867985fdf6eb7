"""Read a file of recorded answers in small: rows of csv, tsv, json, jsonl or parquet, plain or ``.gz``.

The room ``questions`` above reads every format in the wild with line numbers; a recording is our own or a simple table.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from calibrant.errors import InputError

__all__ = ["read_rows"]

_FORMATS = ".csv, .tsv, .json, .jsonl, .parquet, each also with .gz"


def read_rows(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Rows of a table of answers, each with its place.

    Yields:
        ``file:line`` (or ``file: row n``) and the row.

    Raises:
        InputError: no such file, an unknown format, or a row that is none.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    kind = suffixes[-2] if len(suffixes) > 1 and suffixes[-1] == ".gz" else suffixes[-1] if suffixes else ""
    try:
        if kind in (".csv", ".tsv"):
            yield from _delimited(path, "\t" if kind == ".tsv" else ",")
        elif kind in (".jsonl", ".ndjson"):
            yield from _lines(path)
        elif kind == ".json":
            yield from _array(path)
        elif kind == ".parquet":
            yield from _parquet(path)
        else:
            raise InputError("is of no known format", place=str(path), remedy=f"Known: {_FORMATS}.")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", place=str(path)) from None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8", place=str(path)) from None


def _opened(path: Path) -> IO[str]:
    raw = gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")  # noqa: SIM115 - closed with it
    return io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")


def _delimited(path: Path, delimiter: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    csv.field_size_limit(1 << 30)
    with _opened(path) as file:
        reader = csv.DictReader(file, delimiter=delimiter)
        while True:
            line = reader.line_num + 1
            try:
                row = next(reader, None)
            except csv.Error as error:
                raise InputError(f"is no row: {error}", place=f"{path.name}:{line}") from None
            if row is None:
                return
            yield f"{path.name}:{line}", {name: value for name, value in row.items() if name and value != ""}


def _lines(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    with _opened(path) as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                place = f"{path.name}:{number}"
                yield place, _object(_json(line, place), place)


def _array(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    with _opened(path) as file:
        found = _json(file.read(), path.name)
    if not isinstance(found, list):
        raise InputError("is no list of objects", place=path.name)
    for number, row in enumerate(found, start=1):
        place = f"{path.name}: row {number}"
        yield place, _object(row, place)


def _parquet(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    import polars

    data = path.read_bytes()
    if path.suffix.lower() == ".gz":
        data = gzip.decompress(data)
    try:
        table = polars.read_parquet(io.BytesIO(data))
    except polars.exceptions.PolarsError as error:
        raise InputError(f"is no parquet: {error}", place=path.name) from None
    for number, row in enumerate(table.iter_rows(named=True), start=1):
        yield f"{path.name}: row {number}", row


def _json(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InputError(f"is no JSON: {error}", place=place) from None


def _object(found: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise InputError("is no JSON object", place=place)
    return found
