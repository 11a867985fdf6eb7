"""Verdicts put into effect: what was rejected leaves the set, what was mended is mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from calibrant.labels.audit import Audit
from calibrant.labels.items import AuditItem
from calibrant.labels.journal import Verdict, Word
from calibrant.questions import text_hash
from calibrant.types import Condition, Question

__all__ = ["Applied", "apply_verdicts"]

_FROM_THE_ANSWER = frozenset({Condition.NEAR_MISS, Condition.WITHOUT})
"""Conditions whose passages were chosen so that the answer is not in them: another answer, and that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A set after its audit."""

    questions: tuple[Question, ...]
    rejected: int
    """Rows that left, under all conditions."""
    edited: int
    """Rows that were mended."""
    outdated: int
    """Rows that left because their passages were chosen for the answer as it was."""


def apply_verdicts(questions: Iterable[Question], audit: Audit) -> Applied:
    """The set without what was rejected and with what was mended, under every condition alike.

    The rest of the set stays as it is: what nobody looked at is wrong about as often as what was looked at was before
    it was mended, and the tally of the audit says how often that is.
    """
    said = {text_hash(item.question): found for item in audit.items if (found := audit.verdict(item)) is not None}
    kept: list[Question] = []
    rejected = edited = outdated = 0
    for question in questions:
        verdict = said.get(text_hash(question))
        if verdict is None or verdict.word is Word.ACCEPT:
            kept.append(_marked(question, verdict))
        elif verdict.word is Word.REJECT:
            rejected += 1
        elif verdict.golds is not None and question.condition in _FROM_THE_ANSWER:
            outdated += 1
        else:
            edited += 1
            kept.append(_mended(question, verdict))
    return Applied(questions=tuple(kept), rejected=rejected, edited=edited, outdated=outdated)


def rejected_items(audit: Audit) -> list[tuple[AuditItem, Verdict]]:
    """What was rejected, with the reasons given."""
    found = ((item, audit.verdict(item)) for item in audit.drawn)
    return [(item, verdict) for item, verdict in found if verdict is not None and verdict.word is Word.REJECT]


def _mended(question: Question, verdict: Verdict) -> Question:
    return _marked(
        replace(
            question,
            text=question.text if verdict.question is None else verdict.question,
            golds=question.golds if verdict.golds is None else verdict.golds,
        ),
        verdict,
    )


def _marked(question: Question, verdict: Verdict | None) -> Question:
    """With the word of whoever looked at it, so that the file tells which of its questions a person has seen."""
    if verdict is None:
        return question
    return replace(question, extra={**question.extra, "audited": str(verdict.word)})
