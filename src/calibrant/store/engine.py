"""Opening a database and the two ways to use it: a read that sees one moment, a write that has the lock to itself.

Durability: SQLite runs in WAL mode with ``synchronous=FULL``: a commit has reached the disk when it returns, so that a
loss of power costs what was not yet committed and nothing else. PostgreSQL keeps its own ``synchronous_commit``.

Writers take turns, on SQLite by ``BEGIN IMMEDIATE``, on PostgreSQL by an advisory lock. So what a write reads first is
still true when it writes, row numbers can be handed out here, and both databases behave alike.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text

from calibrant.errors import InputError, StoreError
from calibrant.store.failures import DATABASE_FAILURES, explain
from calibrant.store.location import Address
from calibrant.store.migrations import CURRENT_VERSION, POSTGRES_SCHEMA, migrate, schema_version

__all__ = ["Database", "open_database"]

_WRITES: Final = "calibrant_writes"
_POSTGRES_LOCK: Final = 0x63616C6962
"""Number of the advisory lock: "calib"."""
_APPLICATION_ID: Final = 0x43414C42
"""Says in SQLite's header whose file it is: "CALB"."""


class Database:
    """An open database.

    Args:
        address: where it is.
        engine: how it is reached.
    """

    def __init__(self, address: Address, engine: Engine) -> None:
        self.address = address
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees the database as it was at its first read.

        Raises:
            StoreError: the database cannot be read.
        """
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self._explained(), self._connected(options) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that alone may write; committed at the end of the block, rolled back by an exception.

        Raises:
            StoreError: the lock is not to be had, or the database cannot be written.
        """
        with self._explained(), self._connected({_WRITES: True}) as connection, connection.begin():
            yield connection

    def give_back_space(self) -> None:
        """Shrink SQLite's file by what was deleted, and empty its log, which still holds it. PostgreSQL does so itself.

        Raises:
            StoreError: the database cannot be written.
        """
        if not self.is_sqlite:
            return
        with self._explained(), self._connected({"isolation_level": "AUTOCOMMIT"}) as connection:
            # Each step gives one page back, and of the driver's calls only this one goes on to the last.
            connection.connection.cursor().executescript("PRAGMA incremental_vacuum")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def _connected(self, options: Mapping[str, Any]) -> Connection:
        return self.engine.connect().execution_options(**options)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DATABASE_FAILURES as error:
            raise explain(error, self.address) from None


def open_database(address: Address, *, create: bool, wait_s: float, now: Callable[[], str]) -> Database:
    """Open a database and bring its tables up to date.

    Args:
        address: where it is.
        create: make it when it is not there.
        wait_s: how long to wait for another process's lock, seconds.
        now: the time, ISO 8601 UTC, for the record of migrations.

    Raises:
        InputError: there is no database and none is to be made.
        StoreError: it cannot be opened, belongs to another program, or was written by a newer Calibrant.
    """
    try:
        _prepare_file(address, create=create)
        engine = _sqlite_engine(address, wait_s) if address.file else _postgres_engine(address, wait_s)
    except OSError as error:
        raise explain(error, address) from None
    database = Database(address, engine)
    try:
        _bring_up_to_date(database, create=create, wait_s=wait_s, now=now)
    except BaseException:
        database.close()
        raise
    return database


def _prepare_file(address: Address, *, create: bool) -> None:
    if address.file is None:
        return
    if address.file.is_dir():
        raise StoreError(
            "there is a directory where the database should be",
            place=address.place,
            remedy="Move it away, or name another --store.",
        )
    if not address.file.exists() and not create:
        raise _no_store(address)
    directory = address.file.parent
    if not directory.exists():
        directory.mkdir(parents=True, exist_ok=True)
        # Answers may be confidential: they reach a repository only when somebody means it.
        (directory / ".gitignore").write_text("*\n", encoding="utf-8")


def _no_store(address: Address) -> InputError:
    return InputError(
        "there are no runs here yet",
        place=address.place,
        remedy="Start with: calibrant import results.csv, or calibrant demo.",
    )


def _sqlite_url(address: Address) -> URL:
    """The file, to be read only where it or its folder cannot be written.

    SQLite shares its log through a file beside the database, which it cannot make there. Without a log nobody is
    writing, and the database can be read as a file that does not change.
    """
    file = address.file
    if file is None or not file.exists() or all(_may_write(path) for path in (file, file.parent)):
        return address.url
    log = file.with_name(f"{file.name}-wal")
    still = not _may_write(file.parent) and not (log.exists() and log.stat().st_size)
    query = {"uri": "true", "mode": "ro"} | ({"immutable": "1"} if still else {})
    return address.url.set(database=file.as_uri(), query=query)


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _sqlite_engine(address: Address, wait_s: float) -> Engine:
    engine = create_engine(_sqlite_url(address), connect_args={"timeout": wait_s})

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        # The driver would begin transactions by itself, too late and without the write lock: "begin" below does it.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={round(wait_s * 1000)}",
            "foreign_keys=ON",
            "synchronous=FULL",
            "secure_delete=ON",  # what is deleted is overwritten, not just forgotten
            "cache_size=-16000",  # 16 MB
            "wal_autocheckpoint=4000",  # 16 MB: digests touch pages all over the file, most of them again and again
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITES) else "BEGIN")

    return engine


def _postgres_engine(address: Address, wait_s: float) -> Engine:
    query = address.url.query
    timeout = {} if "connect_timeout" in query else {"connect_timeout": 10}
    try:
        engine = create_engine(address.url, connect_args=timeout, pool_pre_ping=True, hide_parameters=True)
    except ModuleNotFoundError:
        raise StoreError(
            "the driver for PostgreSQL is not installed",
            place=address.place,
            remedy="Install it with: pip install 'calibrant[postgres]'.",
        ) from None

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.execute(f"SET search_path TO {POSTGRES_SCHEMA}")
        connection.execute(f"SET lock_timeout TO {round(wait_s * 1000)}")
        connection.commit()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get(_WRITES):
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _POSTGRES_LOCK})

    return engine


def _bring_up_to_date(database: Database, *, create: bool, wait_s: float, now: Callable[[], str]) -> None:
    with database.reading() as connection:
        version = _checked_version(connection, database.address)
    if version == 0 and not create:
        raise _no_store(database.address)
    if version == CURRENT_VERSION:
        return
    if database.is_sqlite:
        _choose_journal(database, wait_s)
    with database.writing() as connection:
        if _checked_version(connection, database.address) == CURRENT_VERSION:
            return
        if database.is_sqlite:
            connection.exec_driver_sql(f"PRAGMA application_id={_APPLICATION_ID}")
        elif not inspect(connection).has_schema(POSTGRES_SCHEMA):
            connection.exec_driver_sql(f"CREATE SCHEMA {POSTGRES_SCHEMA}")
        migrate(connection, applied_at=now())


def _checked_version(connection: Connection, address: Address) -> int:
    version = schema_version(connection)
    if version is None:
        raise StoreError("the database belongs to another program", place=address.place, remedy="Name another --store.")
    if version > CURRENT_VERSION:
        raise StoreError(
            f"the database was written by a newer Calibrant (schema {version}, this one knows {CURRENT_VERSION})",
            place=address.place,
            remedy="Upgrade with: pip install --upgrade calibrant, or name another --store.",
        )
    return version


def _choose_journal(database: Database, wait_s: float) -> None:
    """Switch SQLite to its write-ahead log; the file remembers it."""
    deadline = time.monotonic() + wait_s
    while True:
        try:
            with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                # Counts only before the first table: lets deleted runs give their space back.
                connection.exec_driver_sql("PRAGMA auto_vacuum=INCREMENTAL")
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
                return
        except DATABASE_FAILURES as error:
            # SQLite does not wait for this lock by itself when two processes open a new file at once.
            code = getattr(getattr(error, "orig", error), "sqlite_errorname", "")
            if not code.startswith("SQLITE_BUSY") or time.monotonic() > deadline:
                raise explain(error, database.address) from None
            time.sleep(0.01)
