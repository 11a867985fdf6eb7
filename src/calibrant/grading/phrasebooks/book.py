"""What a phrasebook of declining holds; ``abstention`` reads it.

Every pattern is written as the text is prepared: case-folded, ASCII quotes, no accents on Latin letters.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Phrasebook"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasebook:
    """The phrases of one language; every pattern is a regular expression."""

    language: str
    triggers: str = ""
    """Words one of which every declining sentence holds, where the script is no language's own; checked first."""
    script: str = ""
    """A character class, for a script that tells the language: any character of it brings in the book."""
    bare: str
    """Whole replies that decline, separated by '|'."""
    declines: tuple[str, ...]
    """Not knowing, not being able, finding nothing, asking back."""
    commits: str = r"(?!)"
    """Words that turn a reply into an attempt after all ('I think', 'probably')."""
    contrasts: str = r"(?!)"
    """'But': what follows is an answer unless it declines too, lists candidates or offers help."""
    preambles: str = r"(?!)"
    """What may stand before the declining words: regrets, thanks, talk about the question or the source."""
    fillers: str = r"(?!)"
    """Advice and offers that may follow."""
    alternatives: str = r"(?!)"
    """'or': two candidates after a decline are no answer."""
    spaced: bool = True
    """Whether words are separated by spaces."""
