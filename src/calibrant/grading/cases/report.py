"""How right a grader is: its verdicts beside those that the answers deserve."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from calibrant.grading.cases.case import Case
from calibrant.metrics import Interval, clustered_proportion
from calibrant.types import COUNTED_STATES, Grade, OutcomeState, Question

__all__ = ["CaseReport", "Graded", "Share", "measure_cases"]


class Graded(NamedTuple):
    """A case and what a grader said of it."""

    case: Case
    grade: Grade

    @property
    def sure(self) -> bool:
        """Whether the grader gave a verdict that counts."""
        return self.grade.state in COUNTED_STATES

    @property
    def right(self) -> bool:
        """Whether the verdict is the one deserved."""
        return self.grade.state == self.case.verdict


class Share(NamedTuple):
    """A share of cases, with an interval that knows that cases of one question are alike."""

    hits: int
    total: int
    interval: Interval | None

    @property
    def value(self) -> float | None:
        """Hits over total; None without any case."""
        return self.hits / self.total if self.total else None

    def to_dict(self) -> dict[str, Any]:
        """Return the share as JSON holds it."""
        interval = list(self.interval) if self.interval else None
        return {"hits": self.hits, "total": self.total, "value": self.value, "interval": interval}


def _share(rows: Sequence[Graded], hits: Callable[[Graded], bool]) -> Share:
    happened = [int(hits(row)) for row in rows]
    interval = clustered_proportion(happened, clusters=[row.case.question.text for row in rows]) if rows else None
    return Share(sum(happened), len(rows), interval)


@dataclass(frozen=True, slots=True)
class CaseReport:
    """What a grader said of cases. Every share is None where nothing is under its line."""

    rows: tuple[Graded, ...]

    def where(self, *, split: str | None = None, rule: str | None = None, language: str | None = None) -> CaseReport:
        """Return the report on some of the cases."""
        wanted = ((split, "split"), (rule, "rule"), (language, "language"))
        kept = (
            row for row in self.rows if all(value is None or getattr(row.case, name) == value for value, name in wanted)
        )
        return CaseReport(tuple(kept))

    @property
    def matrix(self) -> dict[str, dict[str, int]]:
        """Deserved verdict -> given verdict -> cases; ``error`` counts as ``ungraded``. M of definitions, section 3, as counts."""
        counts = Counter(
            (row.case.verdict, row.grade.state if row.sure else OutcomeState.UNGRADED) for row in self.rows
        )
        given = (*COUNTED_STATES, OutcomeState.UNGRADED)
        return {truth.value: {said.value: counts[truth, said] for said in given} for truth in COUNTED_STATES}

    @property
    def unsure(self) -> Share:
        """Cases without a verdict, of all."""
        return _share(self.rows, lambda row: not row.sure)

    @property
    def wrong(self) -> Share:
        """Verdicts that are not the deserved one, of all verdicts."""
        return _share([row for row in self.rows if row.sure], lambda row: not row.right)

    def precision(self, state: OutcomeState) -> Share:
        """Of the cases given this verdict, those that deserve it."""
        return _share([row for row in self.rows if row.grade.state == state], lambda row: row.right)

    def recall(self, state: OutcomeState) -> Share:
        """Of the cases that deserve this verdict, those given it; an unsure one is not."""
        return _share([row for row in self.rows if row.case.verdict == state], lambda row: row.right)

    def falsely(self, state: OutcomeState) -> tuple[Graded, ...]:
        """Return the cases given this verdict that deserve another."""
        return tuple(row for row in self.rows if row.grade.state == state and not row.right)

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as JSON holds them."""
        return {
            "cases": len(self.rows),
            "matrix": self.matrix,
            "unsure": self.unsure.to_dict(),
            "wrong": self.wrong.to_dict(),
            "precision": {state.value: self.precision(state).to_dict() for state in COUNTED_STATES},
            "recall": {state.value: self.recall(state).to_dict() for state in COUNTED_STATES},
        }


def measure_cases(grade: Callable[[Question, str], Grade], cases: Iterable[Case]) -> CaseReport:
    """Grade every case and keep both verdicts.

    Args:
        grade: a grader by code, a judge, or any other function of question and answer.
        cases: see ``load_cases``.

    >>> from calibrant.grading import grade_choice
    >>> from calibrant.grading.cases import load_cases
    >>> found = measure_cases(grade_choice, [case for case in load_cases() if "choice" in case.graders])
    >>> found.falsely(OutcomeState.CORRECT)
    ()
    """
    return CaseReport(tuple(Graded(case, grade(case.question, case.answer)) for case in cases))
