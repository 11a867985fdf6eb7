"""Is the answer right? Graders turn an answer into a grade; the exact grader also knows when it cannot tell.

``grade_exact`` decides by code alone: correct, incorrect, abstained, or ungraded (*unsure*, with the reason).
``grade_equal`` is for closed answers, where whatever is not a gold is wrong.
``is_abstention`` reads whether a reply declines, in fifteen measured languages.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from calibrant.grading.abstention import ABSTENTION_SENTENCE, is_abstention
from calibrant.grading.action import ACTION, ActionGrader, grade_action
from calibrant.grading.equal import EQUAL, EqualGrader, grade_equal
from calibrant.grading.exact import EXACT, ExactGrader, grade_exact, matches
from calibrant.types import Grade, Question

__all__ = [
    "ABSTENTION_SENTENCE",
    "ACTION",
    "EQUAL",
    "EXACT",
    "GRADERS",
    "ActionGrader",
    "EqualGrader",
    "ExactGrader",
    "Grader",
    "grade_action",
    "grade_equal",
    "grade_exact",
    "is_abstention",
    "matches",
]


@runtime_checkable
class Grader(Protocol):
    """Anything that grades one answer to one question; its name is stored with every grade."""

    @property
    def name(self) -> str:
        """What the grader is called in the store and in reports."""
        ...

    def __call__(self, question: Question, answer: str) -> Grade:
        """Grade one answer."""
        ...


GRADERS: dict[str, Grader] = {grader.name: grader for grader in (EXACT, EQUAL, ACTION)}
"""The graders that need nothing but code, by name."""
