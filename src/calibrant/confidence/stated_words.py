"""Confidence stated in words: ``Confidence: highly likely`` (Tian et al. 2023, 'Ling. 1S-human').

What a word is worth is the answer of people asked what probability it stands for (Fagen-Ulmschneider's survey), as in
that paper; a calibrator learns better from graded answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from calibrant.confidence.signal import Evidence, Needs
from calibrant.types import Confidence, ConfidenceSource

__all__ = ["WORDS", "StatedWords", "read_words", "split_words"]

WORDS: Mapping[str, float] = MappingProxyType(
    {
        "almost certain": 0.95,
        "highly likely": 0.9,
        "very good chance": 0.8,
        "likely": 0.7,
        "better than even": 0.6,
        "about even": 0.5,
        "probably not": 0.25,
        "unlikely": 0.2,
        "little chance": 0.1,
        "highly unlikely": 0.05,
        "almost no chance": 0.02,
    }
)
"""What the prompt offers, the surest first, and the share of cases that people take it for."""

_TAIL = 200
_STATED = re.compile(
    r"(?:^|\n|[.;,!?)]\s)[ \t>*_#(\[-]*(?:my )?(?:confidence|certainty)(?: level)?[ \t*_]*(?:[:=]|is)[ \t*_]*"
    rf"(?P<words>{'|'.join(WORDS)})[ \t.)\]*_]*$",
    re.IGNORECASE,
)


def split_words(text: str) -> tuple[str, float | None]:
    r"""Part a reply into its answer and the confidence stated in words at its end.

    Returns:
        The answer without the statement, and the confidence in [0, 1]; the text as it is and None where none is stated
        in one of the words offered, or nothing else is there.

    >>> split_words("Paris\nConfidence: Highly likely")
    ('Paris', 0.9)
    """
    end = text.rstrip()
    found = _STATED.search(end, max(0, len(end) - _TAIL))
    if found is None:
        return text, None
    kept = end[: found.start()] + (found[0][0] if found[0][0] in ".!?)" else "")
    answer = kept.rstrip(" \t\n,;-–—*_#>([")
    return (answer, WORDS[found["words"].lower()]) if answer.strip() else (text, None)


def read_words(text: str) -> tuple[Confidence, ...]:
    """The confidence of a reply stated in words, as it is kept; empty where none is stated."""
    value = split_words(text)[1]
    if value is None:
        return ()
    return (Confidence(source=ConfidenceSource.STATED, value=value, name=StatedWords.NAME),)


@dataclass(frozen=True, slots=True)
class StatedWords:
    """The word that the reply states after its answer, as a share in [0, 1]."""

    NAME = "stated_words"

    source: ConfidenceSource = ConfidenceSource.STATED
    bounds: tuple[float, float] = (0.0, 1.0)
    needs: Needs = Needs(stated="words")  # noqa: RUF009 - frozen

    @property
    def name(self) -> str:
        """``stated_words``."""
        return self.NAME

    def score(self, evidence: Evidence) -> float | None:
        """The confidence; None where none is stated."""
        return evidence.answer.stated
