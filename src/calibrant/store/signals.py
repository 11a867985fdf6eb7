"""Signals of confidence that were computed from further responses of a run: kept with the item they are about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete

from calibrant.store.bulk import insert, listed
from calibrant.store.content import storable
from calibrant.store.tables import signals
from calibrant.types import Confidence

__all__ = ["forget_signals", "write_signals"]


def write_signals(connection: Connection, found: Iterable[tuple[int, Confidence]]) -> int:
    """Keep signals of items that were written before; each replaces the earlier one of its name.

    Args:
        connection: a transaction that has the write lock.
        found: row number of an item, and its signal.

    Returns:
        How many.
    """
    rows: dict[tuple[int, str], dict[str, Any]] = {}
    for item, one in found:
        name = storable(one.name)
        rows[item, name] = {
            "item": item,
            "name": name,
            "source": str(one.source),
            "value": float(one.value),
            "calls": one.extra_calls,
            "cost_usd": one.extra_cost_usd,
        }
    for name in {name for _, name in rows}:
        of_name = [item for item, other in rows if other == name]
        forget_signals(connection, of_name, [name])
    insert(connection, signals, list(rows.values()))
    return len(rows)


def forget_signals(connection: Connection, items: Sequence[int], names: Sequence[str]) -> None:
    """Delete signals of some names of some items; none there, nothing done."""
    of_items = signals.c.item.in_(listed(connection, list(items)))
    connection.execute(delete(signals).where(of_items, signals.c.name.in_(list(names))))
