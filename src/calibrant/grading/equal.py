"""The equal grader: whatever is not a gold answer is wrong.

For closed answers: where the golds of a question are every form in which it can be answered, so that nothing is left to
interpret (names of a register, numbers of a table, options of a list). Where they are not, use the exact grader, which
says *unsure* of other words for the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass

from calibrant.grading.abstention import is_abstention
from calibrant.grading.normalise import clean, key, without_lead_ins
from calibrant.grading.replies import grade_unanswerable
from calibrant.types import Grade, OutcomeState, Question, Stratum

__all__ = ["EQUAL", "EqualGrader", "grade_equal"]

_LONG = 20_000


def grade_equal(question: Question, answer: str) -> Grade:
    """Grade one answer by equality with a gold, markdown, case, articles and lead-ins aside (definitions, section 1).

    Args:
        question: with every form of the right answer among its golds.
        answer: the reply as it came. One over 20,000 characters equals no gold.

    Returns:
        ``correct``, ``incorrect`` or ``abstained``; ``ungraded`` where the answer is empty, an answerable question has no
        gold, or the answer may say that an unanswerable one has none. Never raises.

    >>> river = Question(id="1", text="Where does the Oder rise?", golds=("Mount Kozlov",))
    >>> [grade_equal(river, reply).state.value for reply in ("It is **Mount Kozlov**.", "Mount Reva", "I don't know.")]
    ['correct', 'incorrect', 'abstained']
    """
    if not answer.strip():
        return _grade(OutcomeState.UNGRADED, "empty answer")
    if question.stratum is Stratum.ACTION:
        return _grade(OutcomeState.UNGRADED, "a task, which the action grader reads")
    golds = {key(clean(gold)) for gold in question.golds if gold.strip()}
    if not golds and question.stratum is not Stratum.UNANSWERABLE:
        return _grade(OutcomeState.UNGRADED, "the question has no gold answer")
    if len(answer) <= _LONG and any(key(form) in golds for form in without_lead_ins(clean(answer))):
        return _grade(OutcomeState.CORRECT, "equal text")
    if question.stratum is Stratum.UNANSWERABLE:
        return grade_unanswerable(answer, "equal")
    if is_abstention(answer):
        return _grade(OutcomeState.ABSTAINED, "declined")
    return _grade(OutcomeState.INCORRECT, "not a gold answer")


def _grade(state: OutcomeState, reason: str) -> Grade:
    return Grade(state=state, grader="equal", reason=reason)


@dataclass(frozen=True, slots=True)
class EqualGrader:
    """``grade_equal`` as a grader with a name."""

    name: str = "equal"

    def __call__(self, question: Question, answer: str) -> Grade:
        """Grade one answer; see ``grade_equal``."""
        return grade_equal(question, answer)


EQUAL = EqualGrader()
"""The equal grader, ready for use wherever a ``Grader`` is asked for."""
