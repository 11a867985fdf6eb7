"""The shape of a filter: items in, those that stay and those that do not out, each with what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from calibrant.builder.documents.asking import Asker
from calibrant.builder.documents.corpus import Corpus
from calibrant.builder.item import Check, Dropped, Item

__all__ = ["NOT_CHECKED", "Filter", "Sifted", "Surroundings", "Unchecked", "marked", "sift"]

NOT_CHECKED = "not checked"
"""Stands behind a filter's name where it came to no verdict: such items stay out, and are no drops of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What filters may look at and ask."""

    corpus: Corpus
    seed: int = 0
    as_of: date | None = None
    """The day for which the documents hold; None = unknown."""
    verifier: str | None = None
    """Model that answers with the passage before it."""
    samples: int = 3
    """How often it answers, to see whether it always says the same."""
    measured_on: tuple[str, ...] = ()
    """Models on which difficulty is measured."""
    unfiltered: float = 0.2
    """Share of items that stay whatever their difficulty."""
    per_span: int = 2
    per_chunk: int | None = None
    audit: int = 50
    embeddings: str | None = None
    """Model whose embeddings tell near-duplicate questions; None = TF-IDF."""
    alike: float | None = None
    """Cosine similarity from which questions with one answer are the same; None = the usual one of the method."""
    asker: Asker | None = None
    """None = no model is asked anything."""


@dataclass(slots=True)
class Sifted:
    """What a filter did."""

    kept: list[Item] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    unchecked: list[Dropped] = field(default_factory=list)
    """No verdict came, so that they cannot stay; the same call asks again about those whose answer failed."""
    remarks: list[str] = field(default_factory=list)
    """What the reader of the card should know, one line each."""


class Unchecked(str):
    """Why there is no verdict: no reason to drop an item for what it is."""

    __slots__ = ()


class Filter(Protocol):
    """One step of the chain."""

    @property
    def name(self) -> str:
        """By which it is counted and switched off."""
        ...

    @property
    def needs(self) -> str | None:
        """The option without which it has nothing to do; None = it always works."""
        ...

    def __call__(self, items: Sequence[Item], around: Surroundings) -> Sifted:
        """Sift."""
        ...


def marked(item: Item, name: str, detail: str = "", *, passed: bool = True) -> Item:
    """The item with one more check."""
    return replace(item, checks=(*item.checks, Check(name, passed, detail)))


def sift(name: str, items: Sequence[Item], verdict: Callable[[Item], tuple[str | None, str]]) -> Sifted:
    """Drop every item of which the verdict gives a reason.

    Args:
        name: of the filter.
        items: what to look at.
        verdict: of an item, why it is dropped (None = it stays; :class:`Unchecked` = nobody knows), and what was found
            where it stays.
    """
    sifted = Sifted()
    for item in items:
        reason, detail = verdict(item)
        if reason is None:
            sifted.kept.append(marked(item, name, detail))
        elif isinstance(reason, Unchecked):
            failed = marked(item, name, f"{NOT_CHECKED}: {reason}", passed=False)
            sifted.unchecked.append(Dropped(item=failed, filter=f"{name} ({NOT_CHECKED})", reason=str(reason)))
        else:
            sifted.dropped.append(Dropped(item=marked(item, name, reason, passed=False), filter=name, reason=reason))
    return sifted
