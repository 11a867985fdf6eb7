"""Where a store is: a directory, a file or a database URL becomes one address whose password nobody sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from calibrant.errors import InputError

__all__ = ["DEFAULT_DIRECTORY", "Address", "resolve"]

DEFAULT_DIRECTORY = ".calibrant"
_FILE_NAME = "calibrant.db"
_FILE_SUFFIXES = frozenset({".db", ".sqlite", ".sqlite3"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A database, and how to speak of it."""

    place: str
    """For people: the path, or the URL without password and options."""
    url: URL = field(repr=False)
    file: Path | None = None
    """SQLite's file, absolute; None for PostgreSQL."""


def resolve(location: str | Path | None) -> Address:
    """Turn what the user gave into an address.

    Args:
        location: a directory (its ``calibrant.db``), a file, or a URL; None = ``.calibrant``. A path that does not
            exist is taken for a file when it ends in .db, .sqlite or .sqlite3, else for a directory.

    Raises:
        InputError: the URL cannot be read, or names a database that is not supported.
    """
    if isinstance(location, str) and "://" in location:
        return _from_url(location)
    path = Path(location) if location else Path(DEFAULT_DIRECTORY)
    is_file = path.is_file() or (not path.is_dir() and path.suffix in _FILE_SUFFIXES)
    return _sqlite(path if is_file else path / _FILE_NAME)


def _from_url(location: str) -> Address:
    # The location itself stays out of every message: it may hold a password.
    try:
        url = make_url(location)
    except (ArgumentError, ValueError):
        raise InputError(
            "the URL of the store cannot be read", remedy="Write it as postgresql://user:password@host:5432/database."
        ) from None
    backend = url.drivername.split("+")[0]
    if backend in {"postgresql", "postgres"}:
        shown = URL.create("postgresql", username=url.username, host=url.host, port=url.port, database=url.database)
        return Address(place=shown.render_as_string(), url=url.set(drivername="postgresql+psycopg"))
    if backend == "sqlite":
        if not url.database or url.database == ":memory:":
            raise InputError("a database in memory keeps nothing", remedy="Name a file: sqlite:///answers.db.")
        return _sqlite(Path(url.database))
    raise InputError(
        f"a store cannot be a {backend} database", remedy="Use a directory, an SQLite file or postgresql://."
    )


def _sqlite(path: Path) -> Address:
    absolute = path.absolute()
    return Address(place=str(path), url=URL.create("sqlite", database=str(absolute)), file=absolute)
