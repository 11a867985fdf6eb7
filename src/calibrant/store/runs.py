"""Runs: begin one, find one, count one, delete one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, func, or_, select, update

from calibrant.errors import InputError, StoreError
from calibrant.store.content import compact_json, storable
from calibrant.store.keys import run_identity
from calibrant.store.tables import grades, questions, responses, run_items, runs, setups
from calibrant.types import ModelRef, Purpose

__all__ = ["NewRun", "RunInfo", "begin", "find", "finish", "list_all", "note_in_flight", "number_of"]

_LATEST: Final = "latest"
_LISTED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """What is known about a run before its first response."""

    kind: str
    """How the responses come: ``import``, later also ``ask``."""
    source: str
    """The user's name for where they come from: a file."""
    source_digest: str
    """Identity of the source and of how it is read: the same one again continues the run."""
    name: str | None = None
    """What the user calls it. Need not be unique: the newest of a name is meant."""
    rename: bool = True
    """Whether a run that this source began before takes the name."""
    manifest: Mapping[str, Any] = field(default_factory=dict)
    """Everything needed to do it again; JSON."""
    seed: int = 0
    set_hash: str | None = None
    """Identity of the question set, where it is known beforehand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """A run as it stands."""

    id: str
    """8 characters, unique in the store."""
    name: str | None
    kind: str
    source: str
    source_digest: str
    created_at: datetime
    """In UTC."""
    complete: bool
    set_hash: str | None
    """Identity of the question set; None before the run is finished."""
    seed: int
    manifest: Mapping[str, Any]
    questions: int
    """Different questions; one question under two conditions counts once."""
    responses: int
    models: tuple[str, ...]
    """``model@effort``, in alphabetical order."""
    counts: Mapping[str, int]
    """``items`` (question and response pairs); of these ``errors`` (no usable answer), ``ungraded`` (nobody judged)."""
    in_flight: int = 0
    """Prompts sent and not yet answered when the run was last written; not 0 where a process was stopped."""
    resumed: bool = False
    """True where ``begin_run`` found the run already begun."""


def begin(connection: Connection, new: NewRun, *, created_at: str) -> RunInfo:
    """Begin a run, or find the one that this source began before."""
    if new.name == _LATEST:
        raise InputError(
            f"a run cannot be called '{_LATEST}'", remedy="That word means the newest run: choose another."
        )
    name = None if new.name is None else storable(new.name)
    before = connection.execute(
        select(runs)
        .where(runs.c.source_digest == new.source_digest, runs.c.kind == new.kind)
        .order_by(runs.c.created_at.desc(), runs.c.number.desc())
        .limit(1)
    ).one_or_none()
    if before is not None:
        name = name if new.rename else before.name
        if name is not None and name != before.name:
            connection.execute(update(runs).where(runs.c.number == before.number).values(name=name))
        info = _with_card(connection, before.number, _info(connection, before), new.manifest.get("card"))
        return replace(info, resumed=not info.complete, name=name or info.name)
    number = (connection.execute(select(func.max(runs.c.number))).scalar() or 0) + 1
    row = {
        "number": number,
        "id": _free_id(connection, new, created_at),
        "name": name,
        "kind": new.kind,
        "source": storable(new.source),
        "source_digest": new.source_digest,
        "created_at": created_at,
        "seed": new.seed,
        "set_hash": new.set_hash,
        "manifest": compact_json(dict(new.manifest)),
    }
    connection.execute(runs.insert(), row)
    return _info(connection, connection.execute(select(runs).where(runs.c.number == number)).one())


def _with_card(connection: Connection, number: int, run: RunInfo, card: Any) -> RunInfo:
    """The run with the newest card of its question set, which may have been audited since the run was begun."""
    if card is None or run.manifest.get("card") == card:
        return run
    manifest = {**run.manifest, "card": card}
    connection.execute(update(runs).where(runs.c.number == number).values(manifest=compact_json(manifest)))
    return replace(run, manifest=manifest)


def _free_id(connection: Connection, new: NewRun, created_at: str) -> str:
    attempt = 0
    while True:
        candidate = run_identity(new.kind, new.source_digest, created_at, str(attempt))
        if connection.execute(select(runs.c.number).where(runs.c.id == candidate)).one_or_none() is None:
            return candidate
        attempt += 1


def finish(connection: Connection, run: RunInfo, *, set_hash: str, finished_at: str) -> RunInfo:
    """Mark a run complete and keep its counts."""
    number = number_of(connection, run)
    counted = _count(connection, number)
    values = {"finished_at": finished_at, "set_hash": set_hash, "summary": compact_json(counted)}
    connection.execute(update(runs).where(runs.c.number == number).values(values))
    return _info(connection, connection.execute(select(runs).where(runs.c.number == number)).one())


def note_in_flight(connection: Connection, number: int, prompts: int) -> None:
    """Note how many prompts are sent and not yet answered."""
    connection.execute(update(runs).where(runs.c.number == number).values(in_flight=prompts))


def list_all(connection: Connection, *, limit: int | None = None) -> list[RunInfo]:
    """Runs, the newest first."""
    newest = select(runs).order_by(runs.c.created_at.desc(), runs.c.number.desc()).limit(limit)
    return [_info(connection, row) for row in connection.execute(newest).all()]


def find(connection: Connection, reference: str, *, place: str) -> RunInfo:
    """The run that a user means: ``latest``, an id, a name (the newest of that name), or the beginning of an id.

    ``latest`` is the newest that holds anything, so that an import which failed at once does not stand in its way; what
    was asked to build a question set is none.
    """
    newest = select(runs).order_by(runs.c.created_at.desc(), runs.c.number.desc())
    if reference == _LATEST:
        filled = select(run_items.c.number).where(run_items.c.run == runs.c.number).exists()
        holding = connection.execute(newest.where(filled, runs.c.kind != "build").limit(1)).one_or_none()
        row = holding or connection.execute(newest.limit(1)).one_or_none()
        if row is None:
            raise InputError(
                "there are no runs here yet",
                place=place,
                remedy="Start with: calibrant import results.csv, or calibrant demo.",
            )
        return _info(connection, row)
    wanted = storable(reference)
    named = connection.execute(newest.where(or_(runs.c.id == wanted.lower(), runs.c.name == wanted))).all()
    if named:
        return _info(connection, next((row for row in named if row.id == wanted.lower()), named[0]))
    prefix = runs.c.id.startswith(wanted.lower(), autoescape=True)
    begun = connection.execute(newest.where(prefix)).all() if wanted else []
    if len(begun) == 1:
        return _info(connection, begun[0])
    if begun:
        raise InputError(
            f"'{reference}' is the beginning of {len(begun)} runs", remedy=f"Say more of it: {_names(begun)}."
        )
    known = connection.execute(newest).all()
    if not known:
        return find(connection, _LATEST, place=place)
    raise InputError(f"there is no run '{reference}'", place=place, remedy=f"The newest are: {_names(known)}.")


def _names(rows: Sequence[Row[Any]]) -> str:
    shown = ", ".join(f"{row.id} ({row.name})" if row.name else str(row.id) for row in rows[:_LISTED])
    return f"{shown} and {len(rows) - _LISTED} more" if len(rows) > _LISTED else shown


def number_of(connection: Connection, run: RunInfo) -> int:
    """The run's row number, which may pass to another run when it is deleted, and so is asked for each time.

    Raises:
        StoreError: the run was deleted.
    """
    number: int | None = connection.execute(select(runs.c.number).where(runs.c.id == run.id)).scalar()
    if number is None:
        raise StoreError(f"run {run.id} was deleted meanwhile", remedy="Start it again.")
    return number


def _info(connection: Connection, row: Row[Any]) -> RunInfo:
    counted = json.loads(row.summary) if row.summary else _count(connection, row.number)
    return RunInfo(
        id=row.id,
        name=row.name,
        kind=row.kind,
        source=row.source,
        source_digest=row.source_digest,
        created_at=datetime.fromisoformat(row.created_at).astimezone(UTC),
        complete=row.finished_at is not None,
        set_hash=row.set_hash,
        seed=row.seed,
        manifest=json.loads(row.manifest),
        questions=counted["questions"],
        responses=counted["responses"],
        models=tuple(counted["models"]),
        counts=counted["counts"],
        in_flight=row.in_flight,
    )


def _count(connection: Connection, number: int) -> dict[str, Any]:
    """Count the answers of a run; a judge's replies and forced answers belong to it, but are none."""
    of_run = and_(run_items.c.run == number, responses.c.purpose == Purpose.ANSWER.value)
    items, asked, answered = connection.execute(
        select(
            func.count(),
            func.count(questions.c.id.distinct()),
            func.count(run_items.c.response.distinct()),
        )
        .select_from(run_items)
        .join(questions, questions.c.number == run_items.c.question)
        .join(responses, responses.c.number == run_items.c.response)
        .where(of_run)
    ).one()
    joined = run_items.join(responses, responses.c.number == run_items.c.response)
    errors = select(func.count()).select_from(joined).where(of_run, responses.c.error.is_not(None))
    graded = select(grades.c.item).where(grades.c.item == run_items.c.number).exists()
    ungraded = select(func.count()).select_from(joined).where(of_run, responses.c.error.is_(None), ~graded)
    used = select(responses.c.setup).distinct().select_from(joined).where(of_run)
    models = connection.execute(select(setups.c.model, setups.c.effort).where(setups.c.number.in_(used))).all()
    return {
        "questions": asked,
        "responses": answered,
        "models": sorted({str(ModelRef(model=model, effort=effort)) for model, effort in models}),
        "counts": {
            "items": items,
            "errors": connection.execute(errors).scalar_one(),
            "ungraded": connection.execute(ungraded).scalar_one(),
        },
    }
