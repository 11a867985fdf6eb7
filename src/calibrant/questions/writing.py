"""A question set as a file that loads back as it was: the one way in which sets are written."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from calibrant.errors import InputError
from calibrant.types import Question

__all__ = ["SET_ENDINGS", "check_ending", "json_line", "question_row", "write_file", "write_questions", "write_rows"]

SET_ENDINGS = (".parquet", ".jsonl", ".csv")
"""Formats of a set, by the end of its name."""
_LISTS = ("golds", "wrong", "choices", "evidence")
_WHOLE = ("start", "end")
_FIELDS = frozenset(
    {"id", "question", "golds", "wrong", "choices", "stratum", "domain", "topic", "subtopic"}
    | {"cluster", "condition", "passages", "evidence", "language"}
)


def question_row(question: Question) -> dict[str, Any]:
    """A question of any set as a row: its fields under the names by which they are read, then its extra fields.

    >>> row = question_row(Question(id="1", text="Symbol of tungsten?", golds=("W",), language="en"))
    >>> row["golds"], row["language"]
    (['W'], 'en')
    """
    extra = dict(question.extra)
    if isinstance(extra.get("checks"), str):
        extra["checks"] = json.loads(extra["checks"])
    return {
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
        "language": question.language,
        **{name: value for name, value in extra.items() if name not in _FIELDS},
    }


def write_questions(questions: Sequence[Question], path: Path) -> None:
    """Write questions of any set with everything that was read of them; what none of them says makes no column.

    Raises:
        InputError: the ending is unknown, or nothing can be written there.
    """
    check_ending(path)
    rows = [question_row(question) for question in questions]
    empty = {name for name in rows[0] if all(row.get(name) in (None, []) for row in rows)} if rows else set()
    write_rows([{name: value for name, value in row.items() if name not in empty} for row in rows], path)


def write_rows(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Write rows as a file whose format its name tells."""
    if path.suffix.lower() == ".jsonl":
        write_file(path, "".join(f"{json_line(row)}\n" for row in rows).encode())
    elif path.suffix.lower() == ".csv":
        write_file(path, _csv(rows))
    else:
        write_file(path, _parquet(rows))


def check_ending(path: Path) -> None:
    """Refuse a path that no set can be written to.

    Raises:
        InputError: its ending is unknown, or its folder is not there.
    """
    if path.suffix.lower() not in SET_ENDINGS:
        raise InputError(
            "the name has no ending that a set can have", place=str(path), remedy=f"Known are {', '.join(SET_ENDINGS)}"
        )
    if not path.parent.is_dir():
        raise InputError("there is no such folder", place=str(path.parent))


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    stream = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(stream, names, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {
                name: json_line(value) if isinstance(value, (dict, list)) else value  # type: ignore[arg-type]
                for name, value in row.items()
                if value is not None and value != []
            }
        )
    return stream.getvalue().encode()


def json_line(row: Mapping[str, Any]) -> str:
    """A row as one line of JSON."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def _parquet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    import polars

    texts, record = (
        polars.List(polars.String),
        polars.List(polars.Struct(dict.fromkeys(("text", "source"), polars.String))),
    )
    checks = polars.List(polars.Struct({"name": polars.String, "passed": polars.Boolean, "detail": polars.String}))
    known: dict[str, Any] = {
        **dict.fromkeys(_LISTS, texts),
        "passages": record,
        "checks": checks,
        **dict.fromkeys(_WHOLE, polars.Int64),
    }
    names = list(dict.fromkeys(name for row in rows for name in row))
    own = set(rows[0]) - set(known)
    columns = []
    for name in names:
        values = [row.get(name) for row in rows]
        if name in known:
            columns.append(polars.Series(name, values, dtype=known[name]))
        elif name in own and all(value is None or isinstance(value, str) for value in values):
            columns.append(polars.Series(name, values, dtype=polars.String))
        else:
            columns.append(polars.Series(name, [_flat(value) for value in values], strict=False))
    stream = io.BytesIO()
    polars.DataFrame(columns).write_parquet(stream, compression="zstd", statistics=True)
    return stream.getvalue()


def _flat(value: Any) -> Any:
    """A cell of the user's own column that parquet can hold."""
    return json_line(value) if isinstance(value, (dict, list)) else value  # type: ignore[arg-type]


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"it cannot be written: {error.strerror or error}", place=str(path)) from error
