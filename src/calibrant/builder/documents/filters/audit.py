"""Step 9: which items a person should look at."""

from __future__ import annotations

from collections.abc import Sequence

from calibrant.builder.documents.filters.filter import Sifted, Surroundings, marked
from calibrant.builder.item import Item
from calibrant.runs.plan import stratified_order

__all__ = ["AUDIT", "AuditSample"]

AUDIT = "audit"
"""Name of the mark of drawn items."""


class AuditSample:
    """Draws items for a person, each way in which questions are made in its share; drops none."""

    name = AUDIT
    needs = None

    def __call__(self, items: Sequence[Item], around: Surroundings) -> Sifted:
        """Mark the sample."""
        order = stratified_order([item.made for item in items], seed=around.seed)
        drawn = set(order[: around.audit])
        return Sifted(
            kept=[
                marked(item, AUDIT, "drawn for a person to judge") if place in drawn else item
                for place, item in enumerate(items)
            ]
        )
