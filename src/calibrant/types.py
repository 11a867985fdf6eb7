"""The nouns of the house: questions, responses, grades, outcomes.

Frozen records without behaviour beyond validation. Every room speaks in these; none adds a second shape for
the same thing. What each number over them means stands in ``docs/definitions.md``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, NamedTuple

__all__ = [
    "COUNTED_STATES",
    "PROBABILITY_SOURCES",
    "Condition",
    "Confidence",
    "ConfidenceSource",
    "Grade",
    "ModelRef",
    "Outcome",
    "OutcomeState",
    "Passage",
    "Purpose",
    "Question",
    "Response",
    "ResponseKey",
    "StatedAs",
    "Stratum",
    "TokenLogprob",
    "Usage",
]


class OutcomeState(StrEnum):
    """The one state in which a response ends (definitions, section 1)."""

    CORRECT = "correct"
    PARTIAL = "partial"
    INCORRECT = "incorrect"
    ABSTAINED = "abstained"
    ERROR = "error"
    UNGRADED = "ungraded"


COUNTED_STATES: tuple[OutcomeState, ...] = (
    OutcomeState.CORRECT,
    OutcomeState.PARTIAL,
    OutcomeState.INCORRECT,
    OutcomeState.ABSTAINED,
)
"""The four states that make up N; ``error`` and ``ungraded`` stand beside it."""


class Stratum(StrEnum):
    """Whether there is something to answer. Where there is not, declining is right."""

    ANSWERABLE = "answerable"
    UNANSWERABLE = "unanswerable"
    """A question without an answer: invented entity, false premise, outside the corpus."""
    ACTION = "action"
    """A task for an agent in which a required argument is absent: asking or looking it up is right, and counts as
    declining; a call with an invented one is a hallucinated action, and counts as incorrect."""


class Condition(StrEnum):
    """What the model was given to read with the question (definitions, section 1, context conditions)."""

    NONE = "none"
    GOLD = "gold"
    NEAR_MISS = "near_miss"
    WITHOUT = "without"


class ConfidenceSource(StrEnum):
    """Where a confidence score came from (definitions, section 4)."""

    STATED = "stated"
    LOGPROB = "logprob"
    PTRUE = "p_true"
    AGREEMENT = "agreement"
    JUDGE = "judge"
    OTHER = "other"


PROBABILITY_SOURCES = frozenset(
    {ConfidenceSource.STATED, ConfidenceSource.PTRUE, ConfidenceSource.AGREEMENT, ConfidenceSource.JUDGE}
)
"""Sources whose value is a share or a probability and so lies in [0, 1]; the others are scores of any scale."""


class Purpose(StrEnum):
    """Why a response was asked for; part of its identity, so that a judge's reply never counts as an answer."""

    ANSWER = "answer"
    SAMPLE = "sample"
    PTRUE = "ptrue"
    """Whether its own answer is true: one token."""
    STATED = "stated"
    """How sure it is of its own answer, asked in a call of its own."""
    SECOND = "second"
    """Another model's answer to the same prompt."""
    PROBABILITY = "probability"
    """How sure another model is of an answer."""
    JUDGE = "judge"
    FORCED = "forced"


StatedAs = bool | Literal["words"]
"""Whether a prompt asks for a confidence in the reply: not at all, as a number (True), or in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of text shown with a question."""

    text: str
    source: str | None = None
    """Document or page it came from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question with every answer that counts as right.

    Raises:
        ValueError: ``id`` or ``text`` is empty, or a question without an answer has a gold answer.
    """

    id: str
    text: str
    golds: tuple[str, ...] = ()
    """Accepted answers, the preferred one first. Empty where there is none, or the answer was graded elsewhere."""
    wrong: tuple[str, ...] = ()
    """Answers known to be wrong (TruthfulQA's ``Incorrect Answers``)."""
    choices: tuple[str, ...] = ()
    """Options of a multiple-choice question, in the order shown."""
    stratum: Stratum = Stratum.ANSWERABLE
    domain: str | None = None
    topic: str | None = None
    subtopic: str | None = None
    cluster: str | None = None
    """What makes questions dependent: the document or table row they were made from. None = the question itself."""
    condition: Condition = Condition.NONE
    passages: tuple[Passage, ...] = ()
    evidence: tuple[str, ...] = ()
    """Where the gold answer is found: quotes, addresses, document names. Not shown to the model."""
    language: str | None = None
    """Code of the language it is asked in (BCP 47); None = not said."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the user's file that have no place here, kept as they were read."""

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("a question needs an id")
        if not self.text.strip():
            raise ValueError("the question's text is empty")
        if self.stratum is not Stratum.ANSWERABLE and self.golds:
            raise ValueError(f"a question of the stratum {self.stratum} cannot have a gold answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRef:
    """A model at an effort: what a row of the leaderboard is about. Written ``model@effort``."""

    model: str
    effort: str | None = None

    def __post_init__(self) -> None:
        if not self.model:
            raise ValueError("a model needs a name")

    def __str__(self) -> str:
        return f"{self.model}@{self.effort}" if self.effort else self.model


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one response; None = unknown. Cached input is part of input, reasoning is part of output."""

    input_tokens: int | None = None
    cached_input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None

    def __post_init__(self) -> None:
        for name in ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens"):
            value = getattr(self, name)
            if value is not None and value < 0:
                raise ValueError(f"{name} is negative: {value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """How sure the model was of one answer, and how that was found out. Higher = surer.

    Raises:
        ValueError: the value is not finite, or lies outside [0, 1] where its source is a probability.
    """

    source: ConfidenceSource
    value: float
    name: str = ""
    """Which signal it is where a source offers several, e.g. ``mean_logprob``. Default: the source's name."""
    extra_calls: int | None = None
    """Calls made for it beyond the answer's own. None = not known."""
    extra_cost_usd: float | None = None
    """Dollars of these. None = unknown."""

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"a confidence must be a finite number, not {self.value}")
        if self.source in PROBABILITY_SOURCES and not 0.0 <= self.value <= 1.0:
            raise ValueError(f"a {self.source} confidence must lie in [0, 1], not {self.value}")
        if not self.name:
            object.__setattr__(self, "name", self.source.value)


class TokenLogprob(NamedTuple):
    """One token of a reply and the natural logarithm of its probability."""

    token: str
    logprob: float
    top: tuple[tuple[str, float], ...] = ()
    """The likeliest tokens at this place, with theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseKey:
    """The identity of a response: two requests with the same key are the same request, asked once.

    ``question``, ``model``, ``prompt`` and ``sampling`` are hashes (hex) of what was asked, of whom, how.
    """

    question: str
    model: str
    prompt: str
    sampling: str
    purpose: Purpose = Purpose.ANSWER
    repeat: int = 0
    sample: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back for one key: a text, or the reason why there is none.

    Raises:
        ValueError: neither text nor error is given.
    """

    key: ResponseKey
    model: ModelRef
    text: str | None = None
    error: str | None = None
    """Why there is no usable answer: time-out, filter, truncation, malformed body."""
    finish_reason: str | None = None
    confidences: tuple[Confidence, ...] = ()
    usage: Usage = Usage()
    cost_usd: float | None = None
    latency_s: float | None = None
    logprobs: tuple[TokenLogprob, ...] = ()
    """Of the tokens of the text, where the endpoint gives them."""
    raw: bytes | None = None
    """The body as it came, without secrets; of several responses to one request, with the first."""

    def __post_init__(self) -> None:
        if self.text is None and self.error is None:
            raise ValueError("a response needs a text or an error")
        if self.cost_usd is not None and not (math.isfinite(self.cost_usd) and self.cost_usd >= 0):
            raise ValueError(f"cost_usd must be a number of dollars >= 0, not {self.cost_usd}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """One grader's verdict on one response."""

    state: OutcomeState
    grader: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One attempt at one question by one model, graded: the row that every analysis starts from."""

    question_id: str
    cluster: str
    """The document, or the question's id where no document is known."""
    model: ModelRef
    state: OutcomeState
    repeat: int = 0
    stratum: Stratum = Stratum.ANSWERABLE
    condition: Condition = Condition.NONE
    price: float | None = None
    """t that the prompt stated: a wrong answer costs t/(1-t) right ones. None = the prompt named no price."""
    domain: str | None = None
    topic: str | None = None
    language: str | None = None
    confidences: tuple[Confidence, ...] = ()
    usage: Usage = Usage()
    cost_usd: float | None = None
    latency_s: float | None = None
    error: str | None = None
    """The cause, where the state is ``error``."""
    question_hash: str | None = None
    """Identity of what the model was shown, where it is known."""
