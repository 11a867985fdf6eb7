"""Every question by the grader that it states: a set of names, numbers and options is graded by each one's own rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
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
    """Grades every question by the grader that it states, one of a plug-in too, and by ``otherwise`` where it states none.

    Build it with :meth:`of`, which knows that every name is one. In the store its grades are those of ``stated``; the
    grader that decided stands in the reason.
    """

    otherwise: str = "exact"
    name: str = "stated"
    _found: dict[str, _Grade] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, questions: Iterable[Question]) -> StatedGrader:
        """The grader of a set.

        Raises:
            InputError: a question states a grader that does not exist or cannot be used.
        """
        made = cls()
        for question in questions:
            name = question.extra.get("grader")
            try:
                made._grader(name or made.otherwise)
            except InputError as error:
                from calibrant.grading.plugins import grader_names

                if isinstance(name, str) and name in grader_names():
                    raise
                raise InputError(
                    f"question {question.id!r} states the grader {str(name)[:40]!r}, which does not exist",
                    place="column grader",
                    remedy=f"There are: {', '.join(grader_names())}; or choose one for all with --grader",
                ) from error
        return made

    def __call__(self, question: Question, answer: str) -> Grade:
        """Grade one answer.

        Raises:
            InputError: the question states a grader that does not exist.
        """
        name = question.extra.get("grader") or self.otherwise
        grade = self._grader(name)(question, answer)
        return replace(grade, grader=self.name, reason=f"{name}: {grade.reason}")

    def _grader(self, name: object) -> _Grade:
        from calibrant.grading.plugins import find_grader

        key = str(name)
        if key not in self._found:
            self._found[key] = find_grader(key)
        return self._found[key]
