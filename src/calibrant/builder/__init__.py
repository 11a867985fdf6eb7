"""Question sets of one's own domain: made from tables and documents, checked, written with where they come from."""

from __future__ import annotations

from calibrant.builder.item import Built, Check, Dropped, Item, Source

__all__ = ["Built", "Check", "Dropped", "Item", "Source"]
