"""Question sets of one's own domain, from tables and documents: made, checked, and written with their sources."""

from __future__ import annotations

from calibrant.builder.item import Built, Check, Dropped, Item, Source

__all__ = ["Built", "Check", "Dropped", "Item", "Source"]
