"""The looks at a run while it was asked: what was seen after each block, kept before anything more is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, update

from calibrant.store.content import compact_json
from calibrant.store.tables import stop_looks

__all__ = ["KeptCourse", "keep_course", "keep_look", "read_courses"]

_COURSE = -1
"""Stands for the number of a block in the row of a course itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCourse:
    """A course of looks as it was kept."""

    digest: str
    """Of everything fixed before the first look."""
    content: Mapping[str, Any]
    """The rule, the order, and how it stands."""
    blocks: tuple[Any, ...]
    """What was seen of each block, in order."""


def keep_course(connection: Connection, run: int, digest: str, content: Mapping[str, Any]) -> None:
    """Keep a course, or how it stands now."""
    _keep(connection, run, digest, _COURSE, dict(content), again=True)


def keep_look(connection: Connection, run: int, digest: str, block: int, seen: Any) -> None:
    """Keep what was seen of a block; the first stays."""
    _keep(connection, run, digest, block, seen, again=False)


def _keep(connection: Connection, run: int, digest: str, block: int, content: Any, *, again: bool) -> None:
    same = (stop_looks.c.run == run) & (stop_looks.c.course == digest) & (stop_looks.c.block == block)
    text = compact_json(content)
    if connection.execute(select(stop_looks.c.number).where(same)).first() is None:
        number = (connection.execute(select(func.max(stop_looks.c.number))).scalar() or 0) + 1
        row = {"number": number, "run": run, "course": digest, "block": block, "content": text}
        connection.execute(stop_looks.insert(), row)
    elif again:
        connection.execute(update(stop_looks).where(same).values(content=text))


def read_courses(connection: Connection, run: int) -> list[KeptCourse]:
    """The courses of a run, the oldest first."""
    rows = connection.execute(select(stop_looks).where(stop_looks.c.run == run).order_by(stop_looks.c.number)).all()
    found = []
    for row in rows:
        if row.block == _COURSE:
            blocks = {one.block: one.content for one in rows if one.course == row.course and one.block != _COURSE}
            seen = tuple(json.loads(blocks[number]) for number in sorted(blocks))
            found.append(KeptCourse(digest=row.course, content=json.loads(row.content), blocks=seen))
    return found
