"""What a signal of confidence is: a pure function from what was said to a score, and what must be said for it.

Every signal is one file that defines an object with the attributes of `Signal`. ``names`` lists those that come with
Calibrant; other packages add theirs by the entry-point group ``calibrant.signals``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from calibrant.confidence.ask import Ask
from calibrant.types import ConfidenceSource, Question, TokenLogprob

__all__ = ["Evidence", "Needs", "Said", "Same", "Signal"]

Same = Callable[[str, str], bool]
"""Whether two answers to the question at hand are the same answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One reply, as signals read it."""

    text: str
    """The answer in it: without a confidence stated after it."""
    stated: float | None = None
    """The confidence stated after it, in [0, 1]."""
    logprobs: tuple[TokenLogprob, ...] = ()
    """Of the answer's tokens alone; of all tokens where the reply is to one of our own questions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that is known of one answer."""

    question: Question
    answer: Said
    same: Same
    samples: tuple[Said, ...] = ()
    """Further answers of the same model to the same prompt, drawn at random; those that failed are not here."""
    replies: Mapping[str, Said] = field(default_factory=dict)
    """Name of an `Ask` -> the reply to it; those that failed are not here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a signal needs beside the answer's text."""

    stated: Literal["number", "words"] | None = None
    """That the prompt asks for a confidence in the reply, and in which form; costs a few tokens and no call."""
    logprobs: bool = False
    """Log-probabilities of the answer's tokens (and of the samples', where there are any)."""
    samples: int = 0
    """So many further answers; a call each."""
    ask: Ask | None = None
    """One further call about the answer."""

    @property
    def extra_calls(self) -> int:
        """Calls beyond the answer's own."""
        return self.samples + (self.ask is not None)


@runtime_checkable
class Signal(Protocol):
    """A signal of confidence."""

    @property
    def name(self) -> str:
        """What it is called in outcomes, tables and policies."""
        ...

    @property
    def source(self) -> ConfidenceSource:
        """Which kind it is; shares and probabilities lie in [0, 1] by their kind."""
        ...

    @property
    def needs(self) -> Needs:
        """What must be known for it, and so what it costs."""
        ...

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest score; higher = surer."""
        ...

    def score(self, evidence: Evidence) -> float | None:
        """How sure the answer is; pure. None where what it needs is missing or cannot be read."""
        ...
