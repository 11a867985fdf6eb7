"""The tables as they are now. How they came to be stands in ``migrations.py``; a test keeps the two alike.

::

    runs ──< run_items >── questions
                │   │
   grades, signals  └────> responses >── setups ··· prompts >── templates
                            │     │
                   confidences   bodies

    prices    looks    runs ──< stop_looks

A run is the list of responses it needs. Questions and responses are shared: two runs over the same set keep one copy,
and a response exists once per key. Numbers serve as references, handed out under the write lock (see ``engine.py``);
the digests carry the identity.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

__all__ = [
    "bodies",
    "confidences",
    "grades",
    "looks",
    "metadata",
    "prices",
    "prompts",
    "questions",
    "responses",
    "run_items",
    "runs",
    "schema_migrations",
    "setups",
    "signals",
    "stop_looks",
    "templates",
]

metadata = MetaData()
_Number = BigInteger().with_variant(Integer, "sqlite")
"""SQLite makes a column the row's own number only when it is called INTEGER, which there holds 64 bits too."""

schema_migrations = Table(
    "schema_migrations",
    metadata,
    Column("version", _Number, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("applied_at", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False, unique=True),
    Column("name", Text),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("source_digest", Text, nullable=False),
    Column("created_at", Text, nullable=False, doc="ISO 8601, UTC; text sorts by time on both databases"),
    Column("finished_at", Text),
    Column("set_hash", Text),
    Column("seed", BigInteger, nullable=False),
    Column("manifest", Text, nullable=False, doc="JSON"),
    Column("summary", Text, doc="JSON: counts of a finished run, emptied by whatever changes them"),
    Column("in_flight", BigInteger, nullable=False, server_default="0", doc="prompts out when last written"),
    Column("busy_by", Text, doc="host:pid:token of the process that asks"),
    Column("busy_until", Text, doc="ISO 8601, UTC: no longer than this without a sign of life"),
    Index("runs_by_source", "source_digest"),
    Index("runs_by_name", "name"),
)

questions = Table(
    "questions",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False, unique=True, doc="over everything below"),
    Column("id", Text, nullable=False, doc="the user's; unique within a set, not here"),
    Column("hash", Text, nullable=False, doc="what the model is shown; part of response keys"),
    Column("text", Text, nullable=False),
    Column("stratum", Text, nullable=False),
    Column("condition", Text, nullable=False),
    Column("domain", Text),
    Column("topic", Text),
    Column("subtopic", Text),
    Column("cluster", Text),
    Column("content", Text, doc="JSON: golds, wrong, choices, passages, evidence, extra; empty ones left out"),
    Column("language", Text, doc="code of the language it is asked in"),
)

setups = Table(
    "setups",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False, unique=True, doc="over everything below"),
    Column("model", Text, nullable=False),
    Column("effort", Text),
    Column("model_hash", Text, nullable=False),
    Column("prompt_hash", Text, nullable=False),
    Column("sampling_hash", Text, nullable=False),
)
"""A model as it was asked: few rows that would otherwise stand in every response."""

responses = Table(
    "responses",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False, unique=True, doc="response_digest of the key"),
    Column("setup", BigInteger, ForeignKey("setups.number"), nullable=False),
    Column("question_hash", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("repeat", BigInteger, nullable=False),
    Column("sample", BigInteger, nullable=False),
    Column("text", Text),
    Column("error", Text),
    Column("finish_reason", Text),
    Column("input_tokens", BigInteger),
    Column("cached_input_tokens", BigInteger),
    Column("output_tokens", BigInteger),
    Column("reasoning_tokens", BigInteger),
    Column("cost_usd", Double),
    Column("latency_s", Double),
)

confidences = Table(
    "confidences",
    metadata,
    Column("response", BigInteger, ForeignKey("responses.number"), primary_key=True),
    Column("position", BigInteger, primary_key=True, doc="order in which they were given"),
    Column("source", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("value", Double, nullable=False),
    sqlite_with_rowid=False,
)

run_items = Table(
    "run_items",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("run", BigInteger, ForeignKey("runs.number"), nullable=False),
    Column("question", BigInteger, ForeignKey("questions.number"), nullable=False),
    Column("response", BigInteger, ForeignKey("responses.number"), nullable=False),
    UniqueConstraint("response", "run", "question"),
    Index("run_items_in_order", "run", "number"),
    Index("run_items_by_question", "question"),
)

grades = Table(
    "grades",
    metadata,
    Column("item", BigInteger, ForeignKey("run_items.number"), primary_key=True),
    Column("grader", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    sqlite_with_rowid=False,
)

signals = Table(
    "signals",
    metadata,
    Column("item", BigInteger, ForeignKey("run_items.number"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("value", Double, nullable=False),
    Column("calls", BigInteger, doc="made for it beyond the answer's own"),
    Column("cost_usd", Double, doc="of these calls"),
    sqlite_with_rowid=False,
)
"""Confidences that were computed from further responses of the run; what came with the reply is in ``confidences``."""

bodies = Table(
    "bodies",
    metadata,
    Column("response", BigInteger, ForeignKey("responses.number"), primary_key=True),
    Column("raw", LargeBinary, doc="the body as it came; zlib, or plain after a zero byte"),
    Column("logprobs", LargeBinary, doc="like raw: JSON, [token, logprob, [[token, logprob] ...]] of each token"),
    sqlite_with_rowid=False,
)

templates = Table(
    "templates",
    metadata,
    Column("digest", Text, primary_key=True, doc="over the content"),
    Column("name", Text, nullable=False),
    Column("price", Double, doc="t that the prompt states"),
    Column("content", Text, nullable=False, doc="JSON: the texts and whatever else decides what is shown"),
    sqlite_with_rowid=False,
)

prompts = Table(
    "prompts",
    metadata,
    Column("hash", Text, primary_key=True, doc="prompt_hash of setups"),
    Column("template", Text, ForeignKey("templates.digest"), nullable=False),
    sqlite_with_rowid=False,
)
"""Which template made a prompt. One template makes several where it shows a question's domain or topic."""

prices = Table(
    "prices",
    metadata,
    Column("model", Text, primary_key=True),
    Column("as_of", Text, primary_key=True, doc="ISO 8601 day"),
    Column("input", Double, nullable=False, doc="dollars per million tokens, like the three that follow"),
    Column("output", Double, nullable=False),
    Column("cached_input", Double),
    Column("reasoning", Double),
    Column("source", Text),
    sqlite_with_rowid=False,
)

looks = Table(
    "looks",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("route", Text, nullable=False, doc="what is promised about: model, prompt, signal, grader"),
    Column("request", Text, nullable=False, unique=True, doc="digest of route, labels, scores and settings"),
    Column("look", BigInteger, nullable=False, doc="1, 2, ... among looks of the route whose labels overlap"),
    Column("created_at", Text, nullable=False),
    Column("labels", LargeBinary, nullable=False, doc="zlib: 8 bytes of the digest of each labelled question"),
    Column("settings", Text, nullable=False, doc="JSON"),
    Column("certificate", Text, doc="JSON; empty until it is made"),
    Index("looks_by_route", "route"),
)
"""The ledger of definitions 6.9. A row is never changed but for its certificate, and never deleted."""

stop_looks = Table(
    "stop_looks",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("run", BigInteger, ForeignKey("runs.number"), nullable=False),
    Column("course", Text, nullable=False, doc="digest of what was fixed before the first look"),
    Column("block", BigInteger, nullable=False, doc="0, 1, ...; -1 for the course itself"),
    Column("content", Text, nullable=False, doc="JSON: the values of a block's units; rule, order and verdict"),
    UniqueConstraint("run", "course", "block"),
)
"""What was seen of a run while it was asked. A block's row is never changed; a course's says how it stands."""
