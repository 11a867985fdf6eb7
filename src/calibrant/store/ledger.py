"""The ledger of looks at labels: every certificate asked for, so that asking again costs what it must.

A certificate is one look (definitions, section 6.9). Looks at the same route count together where their labels overlap,
be it in a single question: a grown label set is no new one. Labels that share nothing with earlier ones begin anew.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, update

from calibrant.store.content import compact_json, storable
from calibrant.store.keys import content_digest
from calibrant.store.tables import looks

__all__ = ["Look", "keep_certificate", "list_looks", "looks_at", "take_look"]

_LABEL_BYTES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at the labels of a route."""

    number: int
    """Of the row in the ledger."""
    route: str
    look: int
    """1 for the first look at these labels; the level falls with it."""
    created_at: datetime
    """In UTC."""
    labels: int
    """Labelled questions looked at."""
    settings: Mapping[str, Any]
    certificate: Mapping[str, Any] | None
    """What came of it; None where it was never finished, which counts all the same."""


def take_look(
    connection: Connection,
    route: str,
    *,
    labels: Iterable[str],
    evidence: str,
    settings: Mapping[str, Any],
    created_at: str,
) -> Look:
    """Enter a look, or find the very same one, which is no second look.

    Args:
        connection: a transaction that has the write lock.
        route: what is promised about.
        labels: digests of the labelled questions, hexadecimal.
        evidence: digest of the scores and labels themselves.
        settings: of the certificate, plain values.
        created_at: ISO 8601, UTC.
    """
    name = storable(route)
    given = frozenset(bytes.fromhex(label)[:_LABEL_BYTES] for label in labels)
    request = content_digest((name, evidence, compact_json(dict(settings))))
    known = connection.execute(select(looks).where(looks.c.request == request)).one_or_none()
    if known is not None:
        return _look(known)
    earlier = connection.execute(select(looks.c.look, looks.c.labels).where(looks.c.route == name)).all()
    overlapping = [row.look for row in earlier if not given.isdisjoint(_unpacked(row.labels))]
    number = (connection.execute(select(func.max(looks.c.number))).scalar() or 0) + 1
    row = {
        "number": number,
        "route": name,
        "request": request,
        "look": 1 + max(len(overlapping), max(overlapping, default=0)),
        "created_at": created_at,
        "labels": zlib.compress(b"".join(sorted(given))),
        "settings": compact_json(dict(settings)),
    }
    connection.execute(looks.insert(), row)
    return _look(connection.execute(select(looks).where(looks.c.number == number)).one())


def keep_certificate(connection: Connection, look: Look, certificate: Mapping[str, Any]) -> None:
    """Keep what came of a look; the first answer stays."""
    same = (looks.c.number == look.number) & looks.c.certificate.is_(None)
    connection.execute(update(looks).where(same).values(certificate=compact_json(dict(certificate))))


def list_looks(connection: Connection, route: str | None = None) -> list[Look]:
    """Every look, the oldest first; of one route where it is given."""
    query = select(looks).order_by(looks.c.number)
    if route is not None:
        query = query.where(looks.c.route == storable(route))
    return [_look(row) for row in connection.execute(query)]


def looks_at(connection: Connection, labels: Iterable[str]) -> list[tuple[Look, int]]:
    """Every look at any of these labels, the newest first, each with how many of them it was at.

    Args:
        connection: a transaction.
        labels: digests of questions, hexadecimal.
    """
    given = frozenset(bytes.fromhex(label)[:_LABEL_BYTES] for label in labels)
    found = []
    for row in connection.execute(select(looks).order_by(looks.c.number.desc())):
        shared = len(given & _unpacked(row.labels))
        if shared:
            found.append((_look(row), shared))
    return found


def _unpacked(packed: bytes) -> set[bytes]:
    whole = zlib.decompress(packed)
    return {whole[start : start + _LABEL_BYTES] for start in range(0, len(whole), _LABEL_BYTES)}


def _look(row: Row[Any]) -> Look:
    return Look(
        number=row.number,
        route=row.route,
        look=row.look,
        created_at=datetime.fromisoformat(row.created_at).astimezone(UTC),
        labels=len(zlib.decompress(row.labels)) // _LABEL_BYTES,
        settings=json.loads(row.settings),
        certificate=None if row.certificate is None else json.loads(row.certificate),
    )
