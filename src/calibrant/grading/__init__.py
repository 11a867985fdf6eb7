"""Is the answer right? Graders turn an answer into a grade; those by code also know when they cannot tell.

``grade_exact`` decides by code alone: correct, incorrect, abstained, or ungraded (*unsure*, with the reason).
``grade_equal`` is for closed answers, where whatever is not a gold is wrong; ``grade_numeric`` for numbers and
identifiers; ``grade_choice`` for multiple choice. ``majority`` and ``cascade`` make one verdict of several, ``agreement``
says how far graders agree, and ``find_grader`` knows them by name, those of other packages too.
``StatedGrader`` takes for each question the grader that its file states.
``is_abstention`` reads whether a reply declines, in fifteen measured languages.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from calibrant.grading.abstention import ABSTENTION_SENTENCE, is_abstention
from calibrant.grading.action import ACTION, ActionGrader, grade_action
from calibrant.grading.choice import CHOICE, ChoiceGrader, grade_choice
from calibrant.grading.equal import EQUAL, EqualGrader, grade_equal
from calibrant.grading.exact import EXACT, ExactGrader, grade_exact, matches
from calibrant.grading.numeric import NUMERIC, NumericGrader, grade_numeric
from calibrant.grading.panel import Agreement, PairAgreement, agreement, cascade, majority
from calibrant.grading.plugins import find_grader, grader_names
from calibrant.grading.stated import StatedGrader, stated_graders
from calibrant.types import Grade, Question

__all__ = [
    "ABSTENTION_SENTENCE",
    "ACTION",
    "CHOICE",
    "EQUAL",
    "EXACT",
    "GRADERS",
    "NUMERIC",
    "ActionGrader",
    "Agreement",
    "ChoiceGrader",
    "EqualGrader",
    "ExactGrader",
    "Grader",
    "NumericGrader",
    "PairAgreement",
    "StatedGrader",
    "agreement",
    "cascade",
    "find_grader",
    "grade_action",
    "grade_choice",
    "grade_equal",
    "grade_exact",
    "grade_numeric",
    "grader_names",
    "is_abstention",
    "majority",
    "matches",
    "stated_graders",
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


GRADERS: dict[str, Grader] = {grader.name: grader for grader in (EXACT, EQUAL, NUMERIC, CHOICE, ACTION)}
"""The graders that need nothing but code, by name."""
