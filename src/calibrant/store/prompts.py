"""The prompts of a run: which template made them, at which price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from calibrant.store.bulk import insert, listed
from calibrant.store.content import compact_json, storable
from calibrant.store.tables import prompts, templates

__all__ = ["PromptRecord", "keep_prompts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptRecord:
    """A prompt template as it is kept."""

    digest: str
    """Identity of the content."""
    name: str
    price: float | None = None
    """t that the prompt states."""
    content: Mapping[str, Any] = field(default_factory=dict)
    """The texts and whatever else decides what is shown; JSON."""


def keep_prompts(connection: Connection, records: Mapping[str, PromptRecord], used: Iterable[str]) -> None:
    """Keep those prompts that are used and not there yet.

    Args:
        connection: a transaction that has the write lock.
        records: hash of a prompt (in response keys) -> its template.
        used: hashes of the prompts used.
    """
    wanted = {hash_: records[hash_] for hash_ in used if hash_ in records}
    if not wanted:
        return
    known = select(prompts.c.hash).where(prompts.c.hash.in_(listed(connection, list(wanted))))
    missing = {hash_: wanted[hash_] for hash_ in wanted.keys() - set(connection.execute(known).scalars())}
    if not missing:
        return
    by_digest = {record.digest: record for record in missing.values()}
    known = select(templates.c.digest).where(templates.c.digest.in_(listed(connection, list(by_digest))))
    new = by_digest.keys() - set(connection.execute(known).scalars())
    insert(connection, templates, [_template_row(by_digest[digest]) for digest in sorted(new)])
    rows = [{"hash": hash_, "template": record.digest} for hash_, record in sorted(missing.items())]
    insert(connection, prompts, rows)


def _template_row(record: PromptRecord) -> dict[str, Any]:
    return {
        "digest": record.digest,
        "name": storable(record.name),
        "price": record.price,
        "content": compact_json(dict(record.content)),
    }
