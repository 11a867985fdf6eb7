"""What a database's complaint means to the user: one line with a cause and a remedy, no password, no SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Final

from sqlalchemy.exc import DBAPIError

from calibrant.errors import StoreError
from calibrant.store.location import Address

__all__ = ["DATABASE_FAILURES", "explain"]

DATABASE_FAILURES: Final = (DBAPIError, sqlite3.Error, OSError, OverflowError)
"""What opening, reading and writing can raise; `explain` knows them all."""

_Advice = tuple[str, str]
_FULL: Final = (
    "the disk is full; every batch committed before is kept",
    "Free some space and give the same command again: it goes on where it stopped.",
)
_LOCKED: Final = (
    "another process kept the database locked for too long",
    "Wait for it to end, or give this command its own --store.",
)
_READ_ONLY: Final = ("the database is read-only", "Make the file and its directory writable, or name another --store.")
_DAMAGED: Final = (
    "the database is damaged",
    "Restore a copy, or save what is readable with sqlite3's .recover, and name another --store.",
)
_DENIED: Final = ("access to the database was denied", "Check user, password and rights.")

_SQLITE: Final[Mapping[str, _Advice]] = {
    "SQLITE_FULL": _FULL,
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_PROTOCOL": _LOCKED,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_PERM": _READ_ONLY,
    "SQLITE_NOTADB": ("the file is not a database", "Name another --store, or move the file away."),
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_CANTOPEN": (
        "the database cannot be opened",
        "Check that its directory exists, holds no directory of that name, and is not read-only.",
    ),
    "SQLITE_IOERR": (
        "the disk cannot be read or written",
        "Check its space, quota and health; network file systems do not suit SQLite.",
    ),
    "SQLITE_TOOBIG": ("a text is too large for the database", "SQLite holds at most 1 GB in one field: cut it."),
}
"""By the primary result code; extended codes begin with it."""

_POSTGRES: Final[Mapping[str, _Advice]] = {
    "53100": _FULL,
    "53300": ("the server has no connection left", "Try again later, or raise its max_connections."),
    "55P03": _LOCKED,
    "25006": ("the database is read-only", "Connect to the primary server."),
    "28": _DENIED,
    "42501": ("the user may not create or change the tables", "Grant it CREATE on the database."),
    "3D000": ("there is no such database on the server", "Create it first: createdb NAME."),
    "57P0": ("the server closed the connection", "Give the command again when it is back; what was committed is kept."),
    "08": (
        "the connection to the server was lost",
        "Give the command again when it is back; what was committed is kept.",
    ),
    "22003": ("a number is too large for the database", "Numbers must fit into 64 bits."),
    "54000": ("a text is too large for the database", "PostgreSQL holds at most 1 GB in one field: cut it."),
}
"""By SQLSTATE or its beginning."""


def explain(error: BaseException, address: Address) -> StoreError:
    """Say what a database's error means.

    Args:
        error: what SQLAlchemy, a driver or the operating system raised.
        address: where it happened.

    Returns:
        An error of one line to raise in its place.
    """
    message, remedy = _advice(error)
    return StoreError(message, place=address.place, remedy=remedy)


def _advice(error: BaseException) -> tuple[str, str | None]:
    if isinstance(error, DBAPIError):
        lost = error.connection_invalidated
        error = error.orig or error
        if lost and not getattr(error, "sqlstate", None):
            return _POSTGRES["08"]
    if isinstance(error, sqlite3.Error):
        return _sqlite_advice(error)
    if isinstance(error, OverflowError):
        return _POSTGRES["22003"]
    if isinstance(error, OSError):
        return (
            f"the store cannot be opened ({error.strerror or error})",
            "Check the path and its rights, or name another --store.",
        )
    return _postgres_advice(error)


def _sqlite_advice(error: sqlite3.Error) -> tuple[str, str | None]:
    code = getattr(error, "sqlite_errorname", "")
    for known, advice in _SQLITE.items():
        if code == known or code.startswith(f"{known}_"):
            return advice
    return f"the database refused ({_first_line(error)})", None


def _postgres_advice(error: BaseException) -> tuple[str, str | None]:
    state = getattr(error, "sqlstate", None)
    if state is None and "password authentication failed" in str(error):
        return _DENIED
    if state is None and " does not exist" in str(error):
        return _POSTGRES["3D000"]
    if state is None:
        return (
            f"the server cannot be reached ({_first_line(error)})",
            "Check host, port and network, and that it is running.",
        )
    for known, advice in _POSTGRES.items():
        if state.startswith(known):
            return advice
    return f"the database refused ({_first_line(error)})", None


def _first_line(error: BaseException) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
