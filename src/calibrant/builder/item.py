"""The nouns of the builder: a question with where it comes from, how it was made, and what was checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from calibrant.questions.writing import question_row
from calibrant.types import Question

__all__ = ["Built", "Check", "Dropped", "Item", "Source", "asked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the gold answer is found."""

    document: str
    """Path of the document below the folder that was given, or name of the table."""
    quote: str = ""
    """The words that hold the answer, as they stand in the document."""
    start: int | None = None
    """Offset of the quote in the document's text, in characters; None in tables."""
    end: int | None = None
    """Offset of the character after it."""
    chunk: str | None = None
    """Name of the piece of the document it was made from."""
    row: str | None = None
    """Key of the row it was made from; None in documents."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked of an item."""

    name: str
    """Of the filter."""
    passed: bool
    detail: str = ""
    """What was found, in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question of a set that was built."""

    question: Question
    source: Source | None
    """None where there is nothing to quote, as for invented entities."""
    made: str
    """How, as ``table: attribute``, ``rules: definition``, ``model: NAME``, ``unanswerable: false premise``."""
    language: str = "en"
    """Code of the question's language (BCP 47)."""
    grader: str = "exact"
    """Which grader fits its answer: exact, equal, numeric, choice, action."""
    as_of: str | None = None
    """Day (ISO 8601) for which the answer is stated, where it can change."""
    checks: tuple[Check, ...] = ()

    def row(self) -> dict[str, Any]:
        """The item as a row of a question file: the fields of a question first, then where it comes from."""
        source = self.source
        return {
            **question_row(replace(self.question, extra={})),
            "language": self.language,
            "grader": self.grader,
            "made": self.made,
            "as_of": self.as_of,
            "document": source.document if source else None,
            "quote": source.quote if source else None,
            "start": source.start if source else None,
            "end": source.end if source else None,
            "chunk": source.chunk if source else None,
            "row": source.row if source else None,
            "checks": [{"name": one.name, "passed": one.passed, "detail": one.detail} for one in self.checks],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """An item that did not stay, and why."""

    item: Item
    filter: str
    """Name of the filter that dropped it."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What building gave: the set, what was dropped, and the facts for its card."""

    items: tuple[Item, ...]
    dropped: tuple[Dropped, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)
    """Source or column that could not be used -> why."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What else belongs on the card, as plain values: models, prompts, hashes, seeds, settings."""

    @property
    def counts(self) -> Mapping[str, int]:
        """Filter -> how many items it dropped."""
        return Counter(one.filter for one in self.dropped)


def asked(item: Item) -> Question:
    """The question of an item as it is read back from its file, but for columns that hold no field."""
    told = {"grader": item.grader, "made": item.made}
    return replace(item.question, language=item.language, extra={**item.question.extra, **told})
