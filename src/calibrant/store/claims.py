"""One process asks a run at a time: two would pay for the same answers."""

from __future__ import annotations

import os
import socket
import uuid
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from calibrant.errors import InputError
from calibrant.store.tables import runs

__all__ = ["CLAIM_S", "claim", "claimant", "release", "renew"]

CLAIM_S = 30.0
"""How long a claim holds without a sign of life, seconds."""


def claimant() -> str:
    """A name for one claim of this process: ``host:pid:token``."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def claim(connection: Connection, number: int, run_id: str, *, by: str, now: datetime) -> None:
    """Take the run for a process.

    Raises:
        InputError: another process has it and lives, as far as can be told.
    """
    row = connection.execute(select(runs.c.busy_by, runs.c.busy_until).where(runs.c.number == number)).one()
    if row.busy_by not in (None, by) and row.busy_until > _stamp(now) and not _is_dead(row.busy_by):
        raise InputError(
            f"run {run_id} is being asked already (by {row.busy_by.rpartition(':')[0]})",
            remedy="Wait until that is done, or stop it; two would pay for the same answers.",
        )
    renew(connection, number, by=by, now=now)


def renew(connection: Connection, number: int, *, by: str, now: datetime) -> None:
    """Give a sign of life."""
    until = _stamp(now + timedelta(seconds=CLAIM_S))
    connection.execute(update(runs).where(runs.c.number == number).values(busy_by=by, busy_until=until))


def release(connection: Connection, number: int, *, by: str) -> None:
    """Let the run go."""
    mine = (runs.c.number == number) & (runs.c.busy_by == by)
    connection.execute(update(runs).where(mine).values(busy_by=None, busy_until=None))


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")


def _is_dead(process: str) -> bool:
    """Whether it was a process of this host that is no more. Of other hosts nothing is known."""
    host, pid, _ = process.rsplit(":", 2)
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass
    return False
