"""One fact that a sentence states."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Fact", "folded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A subject has a value in a relation; ``document.text[start:end]`` says so."""

    document: str
    """Path."""
    subject: str
    """As it stands in the question."""
    relation: str
    """One name for every wording: ``founded by`` also where the sentence says *X founded Y*."""
    value: str
    """As it stands between the offsets."""
    start: int
    end: int
    pattern: str
    """Which pattern read it."""
    also: tuple[str, ...] = ()
    """Other names of the same thing, as right as the value: *--dry-run* beside *-n*."""
    question: str | None = None
    """None = it is known, but no question is made of it."""
    answer: str = "text"
    """What kind of answer it is: year, number, version, person, name, literal, text."""
    clause: str | None = None
    """How a question can take it for granted, after the subject, with ``{v}`` for the value; None = it cannot."""
    doubt: str | None = None
    """Why no question may be made of the sentence; None = nothing speaks against it."""

    @property
    def key(self) -> tuple[str, str]:
        """What can have one value only."""
        return folded(self.subject), self.relation


_KIND_OF = re.compile(
    r"^(?:[Tt]he )?(?:town|city|village|municipality|port|island|county|province|state|kingdom|republic|river|lake|company"
    r"|university|district|region|duchy) of (?=[A-Z\u00c0-\u00de])"
)
"""*The town of Jena* is *Jena*."""


def folded(words: str) -> str:
    """A name as it is compared: no article or kind before it, single spaces, no brackets of a call; no case, except in code.

    >>> folded("The  Rinal"), folded("the town of Jena"), folded("typing.Final"), folded("print()")
    ('rinal', 'jena', 'typing.Final', 'print')
    """
    bare = re.sub(r"\s+", " ", words).strip(" .,;:\"'\u201c\u201d\u2018\u2019`").removesuffix("()")
    if re.search(r"\w[._]\w", bare):
        return bare
    bare = _KIND_OF.sub("", bare).casefold()
    return re.sub(r"^(?:the|a|an) ", "", bare)
