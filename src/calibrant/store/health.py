"""Is the store in order: what ``calibrant doctor`` shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select, text

from calibrant.store.engine import Database
from calibrant.store.migrations import POSTGRES_SCHEMA, schema_version
from calibrant.store.tables import confidences, grades, questions, responses, run_items, runs

__all__ = ["StoreHealth", "examine"]

_COUNTED: Final = (runs, questions, responses, confidences, run_items, grades)
_SYNCHRONOUS: Final = {0: "off", 1: "normal", 2: "full", 3: "extra"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreHealth:
    """The state of a store."""

    place: str
    backend: str
    """``sqlite`` or ``postgresql``, with the version of the library or server."""
    schema_version: int
    journal_mode: str
    """``wal`` on SQLite; PostgreSQL always keeps a write-ahead log: ``wal``."""
    synchronous: str
    """When a commit counts as done; ``full`` or ``on``: it has reached the disk."""
    problems: tuple[str, ...]
    """What the database's own check found; empty = sound. PostgreSQL offers no such check."""
    counts: Mapping[str, int]
    """Table -> rows."""
    size_bytes: int

    def __str__(self) -> str:
        held = f"{self.counts['runs']:,} runs, {self.counts['responses']:,} responses, {self.size_bytes / 1e6:,.1f} MB"
        state = "sound" if self.ok else "; ".join(self.problems)
        how = f"{self.backend}, schema {self.schema_version}, journal {self.journal_mode}, commits {self.synchronous}"
        return f"{self.place}: {held} ({how}): {state}"

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def examine(database: Database) -> StoreHealth:
    """Check a store; reads all of an SQLite file.

    Raises:
        StoreError: the database cannot be read at all.
    """
    with database.reading() as connection:

        def value(query: str, **parameters: str) -> str:
            return str(connection.execute(text(query), parameters).scalar_one())

        counts = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in _COUNTED
        }
        version = schema_version(connection) or 0
        if database.is_sqlite:
            found = [str(line) for line in connection.execute(text("PRAGMA integrity_check(20)")).scalars()]
            strays = connection.execute(text("PRAGMA foreign_key_check")).all()
            stray = [f"{len(strays)} rows refer to rows that are missing"] if strays else []
            problems = tuple(line for line in found if line != "ok") + tuple(stray)
            backend = f"sqlite {value('SELECT sqlite_version()')}"
            journal = value("PRAGMA journal_mode")
            synchronous = _SYNCHRONOUS[int(value("PRAGMA synchronous"))]
            size = int(value("PRAGMA page_count")) * int(value("PRAGMA page_size"))
        else:
            problems = ()
            backend = f"postgresql {value('SHOW server_version')}"
            journal = "wal"
            synchronous = value("SHOW synchronous_commit")
            size = int(
                value(
                    "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c "
                    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = :schema",
                    schema=POSTGRES_SCHEMA,
                )
            )
    return StoreHealth(
        place=database.address.place,
        backend=backend,
        schema_version=version,
        journal_mode=journal,
        synchronous=synchronous,
        problems=problems,
        counts=counts,
        size_bytes=size,
    )
