"""What tokens cost, by model and day: a table that only grows, so that an old run's cost can be explained."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from calibrant.models.prices import Price
from calibrant.store.bulk import insert
from calibrant.store.content import storable
from calibrant.store.tables import prices

__all__ = ["keep_prices", "list_prices", "price_of"]


def keep_prices(connection: Connection, found: Iterable[tuple[str, Price]], *, today: date) -> int:
    """Keep prices; one for the same model and day replaces the earlier one. A price without a day is today's.

    Returns:
        How many were kept.
    """
    rows = {}
    for model, price in found:
        name, day = storable(model), (price.as_of or today).isoformat()
        rows[name, day] = {
            "model": name,
            "as_of": day,
            "input": price.input,
            "output": price.output,
            "cached_input": price.cached_input,
            "reasoning": price.reasoning,
            "source": None if price.source is None else storable(price.source),
        }
    for model, day in rows:
        connection.execute(delete(prices).where(prices.c.model == model, prices.c.as_of == day))
    insert(connection, prices, list(rows.values()))
    return len(rows)


def list_prices(connection: Connection) -> list[tuple[str, Price]]:
    """Every price, by model and day."""
    rows = connection.execute(select(prices).order_by(prices.c.model, prices.c.as_of))
    return [(row.model, _price(row)) for row in rows]


def price_of(connection: Connection, model: str, *, on: date) -> Price | None:
    """The newest price of a model that is not of a later day; None where there is none."""
    known = select(prices).where(prices.c.model == model, prices.c.as_of <= on.isoformat())
    row = connection.execute(known.order_by(prices.c.as_of.desc()).limit(1)).one_or_none()
    return None if row is None else _price(row)


def _price(row: Row[Any]) -> Price:
    return Price(
        input=row.input,
        output=row.output,
        cached_input=row.cached_input,
        reasoning=row.reasoning,
        as_of=date.fromisoformat(row.as_of),
        source=row.source,
    )
