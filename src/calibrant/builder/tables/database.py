"""A table or a query of a database, read and never written."""

from __future__ import annotations

import datetime
import decimal
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calibrant.builder.tables.source import Table
from calibrant.errors import InputError, did_you_mean
from calibrant.questions.readers import Row

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine, Executable

__all__ = ["open_database", "without_secrets"]

_BATCH = 2000
_WAIT_S = 3
_IN_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+]*://)[^@/\s]*@", re.IGNORECASE)
_IN_QUERY = re.compile(r"(?P<name>(?:password|passwd|sslpassword|pwd|token|key)=)[^&\s#]+", re.IGNORECASE)


def without_secrets(text: str) -> str:
    """A text without the user names and passwords of the URLs in it.

    >>> without_secrets("postgresql://me:secret@db.example/world#cities")
    'postgresql://db.example/world#cities'
    """
    return _IN_QUERY.sub(r"\g<name>...", _IN_URL.sub(r"\g<scheme>", text))


def open_database(source: str, *, query: str | None = None) -> Table:
    """Open a table (named after ``#``) or a query of a SQLite or PostgreSQL database, for reading only.

    Raises:
        InputError: no such kind of database, no table and no query, no such table or column, wrong SQL, a query that
            would write, a database that is locked or cannot be reached. No message holds a password.
    """
    import sqlalchemy

    address, _, table = source.partition("#")
    shown = without_secrets(source)
    if (query is None) == (not table):
        raise InputError(
            "name a table or give a query" if query is None else "both a table and a query are named",
            place=shown,
            remedy="For example sqlite:///cities.db#cities, or --query 'SELECT ...'",
        )
    try:
        url = sqlalchemy.make_url(address)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        raise InputError("this is not the URL of a database", place=shown) from None
    engine = _engine(url, shown)
    statement = _statement(engine, table, query, shown)
    with _explained(shown), engine.connect() as connection:
        columns = _columns(connection, statement)
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"column {twice!r} appears twice", place=shown, remedy="Rename one of them with AS")

    def rows() -> Iterator[Row]:
        with _explained(shown), engine.connect() as connection:
            found = connection.execution_options(stream_results=True, yield_per=_BATCH).execute(statement)
            number = 0
            for number, cells in enumerate(found, start=1):
                yield Row(number, {name: _plain(cell) for name, cell in zip(columns, cells, strict=True)})
        if not number:
            raise InputError("the table has no rows", place=shown)

    name = table.rpartition(".")[2] if table else Path(url.database or "database").stem
    return Table(name=name, place=shown, columns=columns, read=rows)


def _engine(url: URL, shown: str) -> Engine:
    """An engine whose connections cannot write."""
    import sqlalchemy

    if url.get_backend_name() == "sqlite":
        if not url.database or not Path(url.database).is_file():
            raise InputError("there is no such database file", place=shown)
        address = f"sqlite:///file:{Path(url.database).resolve()}?mode=ro&uri=true"
        engine = sqlalchemy.create_engine(address, connect_args={"timeout": _WAIT_S}, poolclass=sqlalchemy.NullPool)
        sqlalchemy.event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA query_only = ON"))
        return engine
    if url.get_backend_name() == "postgresql":
        try:
            import psycopg  # noqa: F401
        except ImportError:
            raise InputError(
                "PostgreSQL needs its driver", place=shown, remedy="pip install 'calibrant[postgres]'"
            ) from None
        options = f"-c default_transaction_read_only=on -c lock_timeout={_WAIT_S}s"
        return sqlalchemy.create_engine(
            url.set(drivername="postgresql+psycopg"),
            connect_args={"options": options, "connect_timeout": _WAIT_S},
            poolclass=sqlalchemy.NullPool,
        ).execution_options(postgresql_readonly=True)
    raise InputError(
        "this kind of database is not known", place=shown, remedy="Known are sqlite:/// and postgresql://; or export it"
    )


def _statement(engine: Engine, table: str, query: str | None, shown: str) -> Executable:
    import sqlalchemy

    if query is not None:
        body = query.strip().rstrip(";")
        if not re.match(r"(?is)\s*(?:select|with|values|table)\b", body):
            raise InputError("only a query that reads is run", place=shown, remedy="Begin it with SELECT or WITH")
        return sqlalchemy.text(body.replace(":", r"\:"))
    schema, _, name = table.rpartition(".")
    with _explained(shown):
        names = [
            *sqlalchemy.inspect(engine).get_table_names(schema=schema or None),
            *sqlalchemy.inspect(engine).get_view_names(schema=schema or None),
        ]
    if name not in names:
        raise InputError(f"there is no table {table!r}", place=shown, remedy=did_you_mean(name, names))
    return sqlalchemy.select(sqlalchemy.text("*")).select_from(sqlalchemy.table(name, schema=schema or None))


def _columns(connection: Connection, statement: Executable) -> tuple[str, ...]:
    found = connection.execution_options(stream_results=True, yield_per=1).execute(statement)
    names = tuple((found.cursor.description and [str(one[0]) for one in found.cursor.description]) or ())
    found.close()
    return names


@contextmanager
def _explained(shown: str) -> Iterator[None]:
    """Say what a database objects to, without its address."""
    import sqlalchemy

    try:
        yield
    except sqlalchemy.exc.SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()
        what = without_secrets(cause[0] if cause else type(error).__name__)
        low = what.casefold()
        if "locked" in low or "lock timeout" in low:
            raise InputError(f"the database is locked: {what}", place=shown, remedy="Try again later") from None
        if any(sign in low for sign in ("readonly", "read-only", "query_only", "data-modifying")):
            raise InputError(
                "the query would write; it was not run", place=shown, remedy="Give one that reads"
            ) from None
        raise InputError(
            f"the database says: {what}", place=shown, remedy="Check the address, the table and the SQL"
        ) from None


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(sep=" ")
    if isinstance(cell, (datetime.date, datetime.time)):
        return cell.isoformat()
    if isinstance(cell, decimal.Decimal):
        return str(cell)
    if isinstance(cell, (bytes, memoryview)):
        return bytes(cell).hex()
    if cell is None or isinstance(cell, (str, int, float, bool, dict, list)):
        return cell
    return str(cell)
