"""How the tables came to be: numbered steps, each applied once, all that are missing in one transaction.

A step is history: it is never changed after a release, so it spells its SQL out instead of reading ``tables.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, inspect, select, text

from calibrant.store.tables import schema_migrations

__all__ = ["CURRENT_VERSION", "POSTGRES_SCHEMA", "migrate", "schema_version"]

POSTGRES_SCHEMA: Final = "calibrant"
"""Our own name space there, so that a table ``runs`` or ``questions`` of the user's is left alone."""

_DIALECTS: Final = {
    "sqlite": {"number": "INTEGER", "keyed": " WITHOUT ROWID", "bytes": "BLOB"},
    "postgresql": {"number": "BIGINT", "keyed": "", "bytes": "BYTEA"},
}

_INITIAL = """
CREATE TABLE schema_migrations (
    version {number} PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at TEXT NOT NULL
);
CREATE TABLE runs (
    number {number} PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    source_digest TEXT NOT NULL,
    created_at TEXT NOT NULL,
    finished_at TEXT,
    set_hash TEXT,
    seed BIGINT NOT NULL,
    manifest TEXT NOT NULL,
    summary TEXT
);
CREATE INDEX runs_by_source ON runs (source_digest);
CREATE INDEX runs_by_name ON runs (name);
CREATE TABLE questions (
    number {number} PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    id TEXT NOT NULL,
    hash TEXT NOT NULL,
    text TEXT NOT NULL,
    stratum TEXT NOT NULL,
    condition TEXT NOT NULL,
    domain TEXT,
    topic TEXT,
    subtopic TEXT,
    cluster TEXT,
    content TEXT
);
CREATE TABLE setups (
    number {number} PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    model TEXT NOT NULL,
    effort TEXT,
    model_hash TEXT NOT NULL,
    prompt_hash TEXT NOT NULL,
    sampling_hash TEXT NOT NULL
);
CREATE TABLE responses (
    number {number} PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    setup BIGINT NOT NULL REFERENCES setups (number),
    question_hash TEXT NOT NULL,
    purpose TEXT NOT NULL,
    repeat BIGINT NOT NULL,
    sample BIGINT NOT NULL,
    text TEXT,
    error TEXT,
    finish_reason TEXT,
    input_tokens BIGINT,
    cached_input_tokens BIGINT,
    output_tokens BIGINT,
    reasoning_tokens BIGINT,
    cost_usd DOUBLE PRECISION,
    latency_s DOUBLE PRECISION
);
CREATE TABLE confidences (
    response BIGINT NOT NULL REFERENCES responses (number),
    position BIGINT NOT NULL,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (response, position)
){keyed};
CREATE TABLE run_items (
    number {number} PRIMARY KEY,
    run BIGINT NOT NULL REFERENCES runs (number),
    question BIGINT NOT NULL REFERENCES questions (number),
    response BIGINT NOT NULL REFERENCES responses (number),
    UNIQUE (response, run, question)
);
CREATE INDEX run_items_in_order ON run_items (run, number);
CREATE INDEX run_items_by_question ON run_items (question);
CREATE TABLE grades (
    item BIGINT NOT NULL REFERENCES run_items (number),
    grader TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    PRIMARY KEY (item, grader)
){keyed};
"""


def _001_initial(connection: Connection) -> None:
    """Runs, questions, responses, confidences and grades."""
    _execute(connection, _INITIAL)


_ASKING = """
ALTER TABLE runs ADD COLUMN in_flight BIGINT NOT NULL DEFAULT 0;
CREATE TABLE bodies (
    response BIGINT PRIMARY KEY REFERENCES responses (number),
    raw {bytes},
    logprobs {bytes}
){keyed};
CREATE TABLE templates (
    digest TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    price DOUBLE PRECISION,
    content TEXT NOT NULL
){keyed};
CREATE TABLE prompts (
    hash TEXT PRIMARY KEY NOT NULL,
    template TEXT NOT NULL REFERENCES templates (digest)
){keyed};
CREATE TABLE prices (
    model TEXT NOT NULL,
    as_of TEXT NOT NULL,
    input DOUBLE PRECISION NOT NULL,
    output DOUBLE PRECISION NOT NULL,
    cached_input DOUBLE PRECISION,
    reasoning DOUBLE PRECISION,
    source TEXT,
    PRIMARY KEY (model, as_of)
){keyed};
"""


def _002_asking(connection: Connection) -> None:
    """Bodies and log-probabilities of replies, prompts with their templates, prices, prompts in flight."""
    _execute(connection, _ASKING)


_LEDGER = """
ALTER TABLE runs ADD COLUMN busy_by TEXT;
ALTER TABLE runs ADD COLUMN busy_until TEXT;
CREATE TABLE looks (
    number {number} PRIMARY KEY,
    route TEXT NOT NULL,
    request TEXT NOT NULL UNIQUE,
    look BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    labels {bytes} NOT NULL,
    settings TEXT NOT NULL,
    certificate TEXT
);
CREATE INDEX looks_by_route ON looks (route);
"""


def _003_ledger(connection: Connection) -> None:
    """The ledger of looks at labels; which process asks a run."""
    _execute(connection, _LEDGER)


def _004_language(connection: Connection) -> None:
    """The language in which a question is asked."""
    _execute(connection, "ALTER TABLE questions ADD COLUMN language TEXT;")


_SIGNALS = """
CREATE TABLE signals (
    item BIGINT NOT NULL REFERENCES run_items (number),
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    calls BIGINT,
    cost_usd DOUBLE PRECISION,
    PRIMARY KEY (item, name)
){keyed};
"""


def _005_signals(connection: Connection) -> None:
    """Signals of confidence computed from further responses, with what these cost."""
    _execute(connection, _SIGNALS)


_STOPPING = """
CREATE TABLE stop_looks (
    number {number} PRIMARY KEY,
    run BIGINT NOT NULL REFERENCES runs (number),
    course TEXT NOT NULL,
    block BIGINT NOT NULL,
    content TEXT NOT NULL,
    UNIQUE (run, course, block)
);
"""


def _006_stopping(connection: Connection) -> None:
    """The looks at a run while it is asked."""
    _execute(connection, _STOPPING)


_MIGRATIONS: Final[tuple[Callable[[Connection], None], ...]] = (
    _001_initial,
    _002_asking,
    _003_ledger,
    _004_language,
    _005_signals,
    _006_stopping,
)
CURRENT_VERSION: Final = len(_MIGRATIONS)
"""Schema version that this code reads and writes."""


def schema_version(connection: Connection) -> int | None:
    """Version of the schema in a database, 0 when it holds no table of ours, None when only tables of others."""
    name_space = None if connection.dialect.name == "sqlite" else POSTGRES_SCHEMA
    names = set(inspect(connection).get_table_names(schema=name_space))
    if schema_migrations.name not in names:
        return None if names else 0
    versions = connection.execute(select(schema_migrations.c.version)).scalars().all()
    return max(versions, default=0)


def migrate(connection: Connection, *, applied_at: str) -> int:
    """Apply what is missing; the caller holds the write lock and commits.

    Args:
        connection: a transaction that has the write lock.
        applied_at: what to record as the time, ISO 8601 UTC.

    Returns:
        How many steps were applied: 0 when another process was faster.
    """
    version = schema_version(connection) or 0
    for number, step in enumerate(_MIGRATIONS[version:], start=version + 1):
        step(connection)
        row = {"version": number, "name": step.__name__.lstrip("_"), "applied_at": applied_at}
        connection.execute(schema_migrations.insert(), row)
    return max(CURRENT_VERSION - version, 0)


def _execute(connection: Connection, statements: str) -> None:
    for statement in statements.format(**_DIALECTS[connection.dialect.name]).split(";"):
        if statement.strip():
            connection.execute(text(statement))
