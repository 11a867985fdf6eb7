"""A question set: read, named by its content, with the place of every question kept beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from calibrant.errors import InputError
from calibrant.questions.card import card_path, of_card, read_card
from calibrant.questions.draft import Draft, read_draft
from calibrant.questions.frozen import frozen_hash
from calibrant.questions.hub import PREFIX, open_hub
from calibrant.questions.identity import question_hash, set_hash_of, text_hash
from calibrant.questions.readers import Repairs, Row, read_rows
from calibrant.questions.schema import Schema
from calibrant.types import Question

__all__ = ["QuestionSet", "Rows", "load_questions", "open_rows"]


class Rows(Protocol):
    """Where rows come from: a file, or a dataset of the Hugging Face hub."""

    repairs: Repairs

    @property
    def name(self) -> str:
        """What to call the source in messages."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names, as far as known."""
        ...

    @property
    def typed(self) -> bool:
        """Whether cells have types."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know about the source."""
        ...

    def place(self, row: Row) -> str:
        """``source:line`` of a row."""
        ...

    def __iter__(self) -> Iterator[Row]:
        """The rows from the start."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSet:
    """Questions in the order of their source."""

    questions: tuple[Question, ...]
    source: str
    """File or ``hf:`` name they came from."""
    set_hash: str
    """:func:`~calibrant.questions.set_hash` of the questions."""
    places: tuple[str, ...] = field(repr=False)
    """``source:line`` of each question."""
    hashes: tuple[str, ...] = field(repr=False)
    """:func:`~calibrant.questions.question_hash` of each question."""
    columns: Mapping[str, tuple[str, ...]]
    """Field -> columns it was read from."""
    repaired: int = 0
    """Unstorable characters replaced by U+FFFD."""
    first_repair: str | None = None
    """Where the first of them was."""
    warnings: tuple[str, ...] = ()
    """What the user should know, one line each."""
    card: Mapping[str, Any] | None = field(default=None, repr=False)
    """Facts of the card beside the file, where it is about this set; with ``asked`` where only a part was read."""

    def __len__(self) -> int:
        return len(self.questions)

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions)


def load_questions(
    source: str | Path,
    *,
    fields: Mapping[str, str] | None = None,
    limit: int | None = None,
    encoding: str | None = None,
) -> QuestionSet:
    """Read a question set from a file of any known kind, or from ``hf:NAME@REVISION``.

    A question without an id is called ``q-`` and the first 12 digits of its hash, with ``-2``, ``-3`` ... where the
    same question comes again.

    Args:
        source: a csv, tsv, json, jsonl, ndjson or parquet file, plain or ``.gz``; or ``hf:NAME@REVISION?split=...``.
        fields: field -> column, where the columns' names do not tell; see :data:`~calibrant.questions.ALIASES`.
        limit: read the first so many questions only.
        encoding: of a text file without a byte order mark; default UTF-8.

    Raises:
        InputError: the source cannot be read; a row has no question, or no right answer although it is answerable; an
            id is there twice; there is no question at all.
        ValueError: ``limit`` is below 1.
    """
    schema = Schema(fields)
    rows = open_rows(source, encoding=encoding, limit=limit)
    if rows.columns and fields and "metadata" not in rows.columns:
        schema.check_fields(rows.columns, place=rows.name)
    naming = _Naming()
    questions, places, hashes = [], [], []
    for row in rows:
        place = rows.place(row)
        draft = _sound(row, place, schema, rows)
        question = draft.question(draft.id or "unnamed")
        digest = question_hash(question)
        identity = naming.name(draft.id, digest, place)
        questions.append(question if draft.id else replace(question, id=identity))
        places.append(place)
        hashes.append(digest)
    schema.check_fields(place=rows.name)
    questions = _one_cluster_each(questions)
    warnings = list(rows.warnings)
    if rows.repairs.count:
        what = f"{rows.repairs.count} NUL characters or lone surrogates were replaced by U+FFFD"
        warnings.append(f"{what}, the first at {rows.repairs.first}")
    digest = set_hash_of(zip(questions, hashes, strict=True))
    frozen = None if limit is not None or fields or rows.name.startswith(PREFIX) else frozen_hash(Path(rows.name))
    if frozen not in (None, digest):
        warnings.append(
            f"the set is {digest[:12]} now and was frozen as {frozen[:12] if frozen else ''}: it has changed"
        )
    card, doubt = _card(rows.name, digest, len(questions), limit)
    warnings += [doubt] if doubt else []
    return QuestionSet(
        questions=tuple(questions),
        source=rows.name,
        set_hash=digest,
        places=tuple(places),
        hashes=tuple(hashes),
        columns=schema.columns,
        repaired=rows.repairs.count,
        first_repair=rows.repairs.first,
        warnings=tuple(warnings),
        card=card,
    )


def _card(name: str, digest: str, read: int, limit: int | None) -> tuple[Mapping[str, Any] | None, str | None]:
    """What a run keeps of the card beside a set; or why it keeps nothing, where there is one."""
    if name.startswith(PREFIX):
        return None, None
    path = Path(name)
    try:
        facts = read_card(path)
    except InputError as error:
        return None, str(error)
    if facts is None or facts["set_hash"] == digest:
        return None if facts is None else of_card(facts), None
    if limit is not None and read <= int(facts.get("questions", 0)):
        return {**of_card(facts), "asked": read}, None
    other = f"the card of another set ({facts['set_hash'][:12]}, this is {digest[:12]})"
    return None, f"{card_path(path).name} is {other}: it is not shown"


def _one_cluster_each(questions: list[Question]) -> list[Question]:
    """Questions that are there under several conditions, each in one cluster, where the file names none."""
    bare = [text_hash(question) if question.cluster is None else None for question in questions]
    times = Counter(text for text in bare if text is not None)
    return [
        replace(question, cluster=f"q-{text[:12]}") if text is not None and times[text] > 1 else question
        for question, text in zip(questions, bare, strict=True)
    ]


def open_rows(source: str | Path, *, encoding: str | None = None, limit: int | None = None) -> Rows:
    """The rows of a file or of a dataset of the hub.

    Raises:
        InputError: it cannot be opened.
        ValueError: ``limit`` is below 1.
    """
    if isinstance(source, str) and source.startswith(PREFIX):
        return open_hub(source, limit=limit)
    return read_rows(source, encoding=encoding, limit=limit)


def _sound(row: Row, place: str, schema: Schema, rows: Rows) -> Draft:
    """The row as a draft without problems.

    Raises:
        InputError: it has one; the first is said, and how to see the others.
    """
    try:
        draft = read_draft(row.values, schema, typed=rows.typed)
    except InputError as error:
        raise InputError(error.message, place=error.place or place, remedy=error.remedy) from error
    if not draft.problems:
        return draft
    if draft.problems[0].code in ("no-question-column", "no-gold-column"):
        schema.check_fields(row.values, place=rows.name)
        raise InputError(draft.problems[0].message, place=place, remedy=draft.problems[0].remedy)
    every = f"Every such row: calibrant questions lint {rows.name}"
    raise InputError(draft.problems[0].message, place=place, remedy=f"{draft.problems[0].remedy}. {every}")


class _Naming:
    """Ids of a set: those of the file, and made ones that are the same on every reading."""

    def __init__(self) -> None:
        self._places: dict[str, str] = {}
        self._repeats: dict[str, int] = {}

    def name(self, given: str | None, digest: str, place: str) -> str:
        """The id of the next question.

        Raises:
            InputError: the id is taken.
        """
        identity = given
        if identity is None:
            made = f"q-{digest[:12]}"
            number = self._repeats[made] = self._repeats.get(made, 0) + 1
            identity = made if number == 1 else f"{made}-{number}"
        if identity in self._places:
            raise InputError(
                f"id {identity!r} is there twice: here and at {self._places[identity]}",
                place=place,
                remedy="Give each question an id of its own, or remove the column",
            )
        self._places[identity] = place
        return identity
