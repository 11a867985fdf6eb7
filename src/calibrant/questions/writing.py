"""A question set as a file that loads back as it was."""

from __future__ import annotations

import contextlib
import csv
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from calibrant.errors import InputError
from calibrant.types import Question

__all__ = ["question_row", "write_questions", "write_rows"]

_LISTS = ("golds", "wrong", "choices", "passages", "evidence")


def question_row(question: Question) -> dict[str, Any]:
    """A question as a row: its fields under the names by which they are read, then its extra fields.

    >>> row = question_row(Question(id="1", text="Symbol of tungsten?", golds=("W",), extra={"language": "en"}))
    >>> row["golds"], row["language"]
    (['W'], 'en')
    """
    row: dict[str, Any] = {
        "id": question.id,
        "question": question.text,
        "golds": list(question.golds),
        "wrong": list(question.wrong),
        "choices": list(question.choices),
        "stratum": str(question.stratum),
        "domain": question.domain,
        "topic": question.topic,
        "subtopic": question.subtopic,
        "cluster": question.cluster,
        "condition": str(question.condition),
        "passages": [{"text": one.text, "source": one.source} for one in question.passages],
        "evidence": list(question.evidence),
    }
    return row | {name: value for name, value in question.extra.items() if name not in row}


def write_questions(questions: Iterable[Question], path: Path) -> None:
    """Write questions as csv, jsonl or parquet, by the ending; the file appears whole or not at all.

    Raises:
        InputError: another ending, or the file cannot be written.
    """
    write_rows([question_row(question) for question in questions], path)


def write_rows(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write rows of a question set as csv, jsonl or parquet. In csv, lists and mappings are JSON texts.

    Columns that are empty throughout are left out, in every format.

    Raises:
        InputError: another ending, or the file cannot be written.
    """
    writers: dict[str, Callable[[Sequence[Mapping[str, Any]], Path], None]] = {
        ".csv": _write_csv,
        ".jsonl": _write_jsonl,
        ".parquet": _write_parquet,
    }
    write = writers.get(path.suffix.lower())
    if write is None:
        known = ", ".join(writers)
        raise InputError(
            f"a question set cannot be written as '{path.suffix}'", place=str(path), remedy=f"Use {known}."
        )
    names = list(dict.fromkeys(name for row in rows for name in row))
    used = [name for name in names if any(row.get(name) not in (None, "", [], {}) for row in rows)]
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write([{name: row.get(name) for name in used} for row in rows], part)
        part.replace(path)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", place=str(path)) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def _write_csv(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]) if rows else ["id", "question", "golds"])
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)


def _cell(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return _json(value) if value else ""
    return value


def _write_jsonl(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(_json({name: value for name, value in row.items() if value not in (None, [], {})}) + "\n")


def _write_parquet(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    import polars

    columns = {name: _column([row[name] for row in rows]) for name in (rows[0] if rows else {})}
    polars.DataFrame(columns, strict=False).write_parquet(path, compression="zstd")


def _column(values: list[Any]) -> list[Any]:
    """Values of one type; where they are of several, or mappings of any keys, their texts (JSON)."""
    kinds = {type(value) for value in values if value is not None}
    if dict not in kinds and (len(kinds) == 1 or kinds <= {int, float}):
        return values
    return [None if value is None else value if isinstance(value, str) else _json(value) for value in values]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
