"""A grader for questions about the reference world, where everything is spelt in one way.

The general exact grader leaves 'long horn' against 'reed pipe' undecided, since other words may mean the same; here
they never do.
"""

from __future__ import annotations

from calibrant.grading import is_abstention
from calibrant.types import Grade, OutcomeState, Question

__all__ = ["WorldGrader"]


class WorldGrader:
    """Equal texts are correct, admissions abstained, everything else incorrect.

    >>> question = Question(id="1", text="Which instrument does Mira Kardov play?", golds=("reed pipe",))
    >>> WorldGrader()(question, "long horn").state.value
    'incorrect'
    """

    name = "reference world"

    def __call__(self, question: Question, answer: str) -> Grade:
        """Grade one answer."""
        if is_abstention(answer):
            return Grade(state=OutcomeState.ABSTAINED, grader=self.name)
        right = " ".join(answer.split()) in question.golds
        return Grade(state=OutcomeState.CORRECT if right else OutcomeState.INCORRECT, grader=self.name)
