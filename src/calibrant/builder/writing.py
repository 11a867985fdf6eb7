"""A set that was built, on disk: the questions, what was dropped beside them, and the card.

The same set is written as the same bytes, so that a seed and a command can be checked by a hash.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from calibrant.builder.card import card_facts, write_card
from calibrant.builder.item import Built, Check, Item, Source, asked
from calibrant.errors import InputError
from calibrant.questions import QuestionSet, check_frozen, load_questions, set_hash
from calibrant.questions.card import card_path
from calibrant.questions.writing import SET_ENDINGS, check_ending, json_line, write_file, write_questions, write_rows
from calibrant.types import Question

__all__ = [
    "SET_ENDINGS",
    "Written",
    "asked",
    "check_ending",
    "files_of",
    "items_of",
    "read_items",
    "write_items",
    "write_questions",
    "write_rows",
    "write_set",
]

_OF_ITEM = ("language", "grader", "made", "as_of", "document", "quote", "start", "end", "chunk", "row", "checks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Where a set was written, and its identity."""

    path: Path
    dropped: Path
    card: Path
    set_hash: str


def files_of(path: Path) -> tuple[Path, ...]:
    """The files that :func:`write_set` writes: the set, what was dropped, and the card twice.

    >>> [file.name for file in files_of(Path("set.csv"))]
    ['set.csv', 'set.dropped.jsonl', 'set.card.json', 'set.card.md']
    """
    card = card_path(path)
    return path, path.with_suffix(".dropped.jsonl"), card, card.with_suffix(".md")


def write_set(built: Built, path: Path, *, command: str = "") -> Written:
    """Write a set, ``NAME.dropped.jsonl``, ``NAME.card.md`` and the card's facts as ``NAME.card.json``.

    Args:
        built: the set.
        path: ends with ``.parquet``, ``.jsonl`` or ``.csv``.
        command: how it was built, for the card; without secrets.

    Raises:
        InputError: the ending is unknown, the set is empty, two questions have one id, another set of this name is
            frozen, or nothing can be written there.
    """
    if not built.items:
        raise InputError("there is no question to write", place=str(path))
    written = Written(
        path=path,
        dropped=path.with_suffix(".dropped.jsonl"),
        card=path.with_suffix(".card.md"),
        set_hash=set_hash(asked(item) for item in built.items),
    )
    check_frozen(path, written.set_hash)
    write_items(built.items, path)
    lines = [
        json_line({**one.item.row(), "dropped_by": one.filter, "reason": one.reason}) + "\n" for one in built.dropped
    ]
    write_file(written.dropped, "".join(lines).encode())
    write_card(card_facts(built, name=path.stem, set_hash=written.set_hash, command=command), path)
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
