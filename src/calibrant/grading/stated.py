"""Every question by the grader that it states: a set of names, numbers and options is graded by each one's own rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from calibrant.errors import InputError
from calibrant.types import Grade, Question

__all__ = ["StatedGrader", "stated_graders"]

_Grade = Callable[[Question, str], Grade]


def stated_graders(questions: Iterable[Question]) -> Counter[str]:
    """How many questions state which grader (column ``grader`` of a question file); one that states none is not counted."""
    return Counter(name for question in questions if isinstance(name := question.extra.get("grader"), str) and name)


@dataclass(frozen=True, slots=True)
class StatedGrader:
    """Grades every question by the grader that it states, and by ``otherwise`` where it states none.

    Build it with :meth:`of`, which knows that every name is one. In the store its grades are those of ``stated``; the
    grader that decided stands in the reason.
    """

    graders: Mapping[str, _Grade] = field(repr=False)
    otherwise: str = "exact"
    name: str = "stated"

    @classmethod
    def of(cls, questions: Iterable[Question]) -> StatedGrader:
        """The grader of a set.

        Raises:
            InputError: a question states a grader that does not exist.
        """
        from calibrant.grading import GRADERS

        for question in questions:
            name = question.extra.get("grader")
            if name is not None and name != "" and name not in GRADERS:
                raise InputError(
                    f"question {question.id!r} states the grader {str(name)[:40]!r}, which does not exist",
                    place="column grader",
                    remedy=f"There are: {', '.join(GRADERS)}; or choose one for all with --grader",
                )
        return cls(GRADERS)

    def __call__(self, question: Question, answer: str) -> Grade:
        """Grade one answer."""
        name = question.extra.get("grader") or self.otherwise
        grade = self.graders[name](question, answer)
        return replace(grade, grader=self.name, reason=f"{name}: {grade.reason}")
