"""A set that was built, on disk: the questions, what was dropped beside them, and the card.

The same set is written as the same bytes, so that a seed and a command can be checked by a hash.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from calibrant.builder.card import card_of
from calibrant.builder.item import Built, Check, Item, Source
from calibrant.errors import InputError
from calibrant.questions import QuestionSet, load_questions, set_hash
from calibrant.types import Question

__all__ = [
    "SET_ENDINGS",
    "Written",
    "asked",
    "check_ending",
    "items_of",
    "read_items",
    "write_items",
    "write_questions",
    "write_rows",
    "write_set",
]

SET_ENDINGS = (".parquet", ".jsonl", ".csv")
"""Formats of a set, by the end of its name."""
_LISTS = ("golds", "wrong", "choices", "evidence")
_WHOLE = ("start", "end")
_OF_ITEM = ("language", "grader", "made", "as_of", "document", "quote", "start", "end", "chunk", "row", "checks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Where a set was written, and its identity."""

    path: Path
    dropped: Path
    card: Path
    set_hash: str


def write_set(built: Built, path: Path, *, command: str = "") -> Written:
    """Write a set, ``NAME.dropped.jsonl`` and ``NAME.card.md``.

    Args:
        built: the set.
        path: ends with ``.parquet``, ``.jsonl`` or ``.csv``.
        command: how it was built, for the card; without secrets.

    Raises:
        InputError: the ending is unknown, the set is empty, two questions have one id, or nothing can be written there.
    """
    if not built.items:
        raise InputError("there is no question to write", place=str(path))
    written = Written(
        path=path,
        dropped=path.with_suffix(".dropped.jsonl"),
        card=path.with_suffix(".card.md"),
        set_hash=set_hash(asked(item) for item in built.items),
    )
    write_items(built.items, path)
    lines = [_line({**one.item.row(), "dropped_by": one.filter, "reason": one.reason}) + "\n" for one in built.dropped]
    _write(written.dropped, "".join(lines).encode())
    card = card_of(built, name=path.stem, set_hash=written.set_hash, command=command)
    _write(written.card, card.encode())
    return written


def write_items(items: Sequence[Item], path: Path) -> None:
    """Write items as a question file.

    Raises:
        InputError: the ending is unknown, two have one id, or nothing can be written there.
    """
    check_ending(path)
    seen: set[str] = set()
    for item in items:
        if item.question.id in seen:
            raise InputError(f"id {item.question.id!r} is there twice", place=str(path))
        seen.add(item.question.id)
    write_rows([_row(item) for item in items], path)


def write_questions(questions: Sequence[Question], path: Path) -> None:
    """Write questions of any set with everything that was read of them; what none of them says makes no column.

    Raises:
        InputError: the ending is unknown, or nothing can be written there.
    """
    check_ending(path)
    rows = [_row_of(question) for question in questions]
    empty = {name for name in rows[0] if all(row.get(name) in (None, []) for row in rows)} if rows else set()
    write_rows([{name: value for name, value in row.items() if name not in empty} for row in rows], path)


def write_rows(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Write rows as a file whose format its name tells."""
    if path.suffix.lower() == ".jsonl":
        _write(path, "".join(f"{_line(row)}\n" for row in rows).encode())
    elif path.suffix.lower() == ".csv":
        _write(path, _csv(rows))
    else:
        _write(path, _parquet(rows))


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


def asked(item: Item) -> Question:
    """The question of an item as it is read back from its file, but for columns that hold no field."""
    return replace(item.question, language=item.language, extra={**item.question.extra, "grader": item.grader})


def read_items(path: Path) -> tuple[Item, ...]:
    """Read back what :func:`write_items` wrote: the same items.

    Raises:
        InputError: the file cannot be read as a set that was built.
    """
    return tuple(_item(question) for question in load_questions(path))


def items_of(questions: QuestionSet) -> tuple[Item, ...]:
    """The items of a set that was loaded; where a file says nothing of how an item was made, that is left empty."""
    return tuple(_item(question) for question in questions)


def _item(question: Question) -> Item:
    extra = dict(question.extra)
    cells = {name: extra.pop(name, None) for name in _OF_ITEM if name != "language"}
    checks = cells["checks"]
    if isinstance(checks, str):
        checks = json.loads(checks)
    source = None
    if cells["document"] is not None:
        source = Source(
            document=str(cells["document"]),
            quote=str(cells["quote"] or ""),
            start=_int(cells["start"]),
            end=_int(cells["end"]),
            chunk=_text(cells["chunk"]),
            row=_text(cells["row"]),
        )
    return Item(
        question=replace(question, extra=extra, language=None),
        source=source,
        made=str(cells["made"] or ""),
        language=question.language or "en",
        grader=str(cells["grader"] or "exact"),
        as_of=_text(cells["as_of"]),
        checks=tuple(Check(str(one["name"]), bool(one["passed"]), str(one["detail"] or "")) for one in checks or ()),
    )


def _int(value: Any) -> int | None:
    return None if value is None else int(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _row(item: Item) -> dict[str, Any]:
    row = item.row()
    return {**row, **{name: value for name, value in item.question.extra.items() if name not in row}}


def _row_of(question: Question) -> dict[str, Any]:
    """A question of any set as a row."""
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
        **extra,
    }


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    stream = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(stream, names, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {
                name: _line(value) if isinstance(value, (dict, list)) else value  # type: ignore[arg-type]
                for name, value in row.items()
                if value is not None and value != []
            }
        )
    return stream.getvalue().encode()


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
    return _line(value) if isinstance(value, (dict, list)) else value  # type: ignore[arg-type]


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"it cannot be written: {error.strerror or error}", place=str(path)) from error
