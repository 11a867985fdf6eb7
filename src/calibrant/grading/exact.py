"""The exact grader: decides by code alone what code alone can decide, and says *unsure* of the rest.

Correct only where the answer surely is a gold, incorrect only where both are short, comparable and surely differ
(definitions, section 1). A wrong grade spoils a number in silence; an unsure one is counted as ``ungraded`` and
reported, and a judge may take it up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from calibrant.grading.abstention import is_abstention
from calibrant.grading.dates import Date, compare_dates, read_dates
from calibrant.grading.literals import (
    UNQUOTED,
    compare_code,
    compare_literals,
    is_code_question,
    is_container,
    is_program_value,
    looks_like_code,
)
from calibrant.grading.normalise import clean, key, without_lead_ins, words
from calibrant.grading.phrase import Phrase
from calibrant.grading.quantities import Quantity, compare_quantities, read_quantity
from calibrant.grading.replies import LONG, final_answer, grade_unanswerable
from calibrant.grading.texts import compare_texts
from calibrant.grading.verdict import Comparison, Verdict, unsure
from calibrant.types import Grade, OutcomeState, Question, Stratum

__all__ = ["EXACT", "ExactGrader", "grade_exact", "matches"]

_LONG_VALUE = 20_000
"""Longest program value, in characters, that is compared as a whole; other replies: see ``replies.LONG``."""
_LETTER = re.compile(r"^(?:option |choice )?\(?([A-Ja-j])\)?[.:)]?$")


class _Gold:
    """A gold answer, read once in every way in which answers are compared with it."""

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        self.phrase = Phrase.of(clean(text))
        self.container = is_container(self.text)
        self.code = looks_like_code(self.text)

    @cached_property
    def quantity(self) -> Quantity | None:
        return read_quantity(self.phrase.text)

    @cached_property
    def dates(self) -> tuple[Date, ...]:
        return read_dates(self.phrase.text)


@lru_cache(maxsize=16384)
def _read_golds(golds: tuple[str, ...]) -> tuple[_Gold, ...]:
    # No answer that is compared is longer than this, so a longer gold can only be met to the letter.
    return tuple(_Gold(gold) for gold in golds if len(gold) <= _LONG_VALUE)


@lru_cache(maxsize=16384)
def _keys(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(key(clean(text)) for text in texts if text.strip() and len(text) <= _LONG_VALUE) - {""}


@lru_cache(maxsize=16384)
def _question_words(text: str) -> tuple[list[str], frozenset[str]]:
    found = words(clean(text[:2000]))
    return found, frozenset(found)


@dataclass(frozen=True, slots=True)
class _Answer:
    """A reply, its forms without lead-ins, and whether it came in one line."""

    raw: str
    forms: tuple[Phrase, ...]
    one_line: bool

    @property
    def core(self) -> Phrase:
        return self.forms[-1]


def _read_answer(text: str) -> _Answer:
    stripped = text.strip()
    return _Answer(stripped, tuple(map(Phrase.of, without_lead_ins(clean(stripped)))), "\n" not in stripped)


def _compare(gold: _Gold, answer: _Answer, question: str, *, code: bool) -> Comparison:
    """Compare one gold with one answer in the way that the gold's type asks for."""
    if gold.container or code:
        found = compare_literals(gold.text, answer.raw, question)
        if code or found.verdict is not Verdict.UNSURE:
            return found
    if gold.code:
        return compare_code(gold.text, answer.raw)
    for form in answer.forms:
        if form.key == gold.phrase.key:
            return compare_texts(gold.phrase, form, [])
    in_order, as_set = _question_words(question)
    if gold.quantity is not None:
        given = read_quantity(answer.core.text)
        if given is not None:
            return compare_quantities(gold.quantity, given, as_set)
    if gold.dates:
        dates = read_dates(answer.core.text)
        if dates:
            return compare_dates(gold.dates, dates)
    found = compare_texts(gold.phrase, answer.core, in_order, one_line=answer.one_line)
    if found.verdict is Verdict.DIFFERENT and (gold.quantity is not None or gold.dates):
        return unsure("a number or date is wanted, and the answer is none that can be read")
    return found


def _compare_all(golds: tuple[_Gold, ...], answer: _Answer, question: str) -> Comparison:
    """Return *same* with any gold, else *unsure* of any, else *different* from all."""
    code = is_code_question(question)
    worst: Comparison | None = None
    for gold in golds:
        found = _compare(gold, answer, question, code=code)
        if found.verdict is Verdict.SAME:
            return found
        if worst is None or (found.verdict is Verdict.UNSURE and worst.verdict is Verdict.DIFFERENT):
            worst = found
    return worst or unsure("a gold too long to compare")


def matches(answer: str, golds: Sequence[str], *, question: str = "") -> bool:
    """Return whether an answer surely is one of the golds: equivalence of short answers (definitions, section 4).

    >>> matches("It's the 14th of December, 1972.", ["1972-12-14"])
    True
    """
    if not answer.strip() or len(answer) > LONG:
        return False
    found = _compare_all(_read_golds(tuple(golds)), _read_answer(answer), question)
    return found.verdict is Verdict.SAME


def _grade(state: OutcomeState, reason: str) -> Grade:
    return Grade(state=state, grader="exact", reason=reason)


def _grade_choice(question: Question, answer: _Answer) -> Grade | None:
    """Judge what only a list of choices can tell: another choice is wrong, a bare letter is for the choice grader."""
    if _LETTER.match(answer.core.text) and answer.core.key not in _keys(question.golds):
        return _grade(OutcomeState.UNGRADED, "a letter of a choice, which this grader does not read")
    if answer.core.key in _keys(question.choices) - _keys(question.golds):
        return _grade(OutcomeState.INCORRECT, "another choice")
    return None


def grade_exact(question: Question, answer: str) -> Grade:
    """Grade one answer by code alone (definitions, section 1); ``ungraded`` means *unsure* and says why.

    Args:
        question: with its golds and, where known, wrong answers and choices.
        answer: the reply as it came. Any length; of a reply over 600 characters, or of several lines, a marked final
            answer is read alone.

    Returns:
        ``correct``, ``incorrect``, ``abstained`` or ``ungraded``; never raises.

    >>> capital = Question(id="1", text="What is the capital of France?", golds=("Paris",))
    >>> [grade_exact(capital, reply).state.value for reply in ("**Paris**.", "Lyon", "I don't know", "Paris or Lyon")]
    ['correct', 'incorrect', 'abstained', 'ungraded']
    """
    if not answer.strip():
        return _grade(OutcomeState.UNGRADED, "empty answer")
    if question.stratum is Stratum.ACTION:
        return _grade(OutcomeState.UNGRADED, "a task, which the action grader reads")
    if question.stratum is Stratum.UNANSWERABLE:
        return grade_unanswerable(answer, "exact")
    golds = tuple(gold for gold in question.golds if gold.strip())
    if not golds:
        return _grade(OutcomeState.UNGRADED, "the question has no gold answer")
    if answer in golds and answer not in question.wrong:
        return _grade(OutcomeState.CORRECT, "equal text")
    text = answer
    code = is_code_question(question.text)
    final = None if code or "\n" not in answer.strip() else final_answer(answer)
    if final is not None or len(answer) > (_LONG_VALUE if code else LONG):
        if _declines(answer, question):
            return _grade(OutcomeState.ABSTAINED, "declined")
        text = final or final_answer(answer) or ""
        if not text:
            return _grade(OutcomeState.UNGRADED, "a long answer without a marked final answer")
    read = _read_answer(text)
    found = _compare_all(_read_golds(golds), read, question.text)
    known_wrong = bool(question.wrong) and any(form.key in _keys(question.wrong) for form in read.forms)
    if found.verdict is Verdict.SAME:
        if known_wrong:
            return _grade(OutcomeState.UNGRADED, "listed both as right and as wrong")
        return _grade(OutcomeState.CORRECT, found.reason)
    if found.reason != UNQUOTED and _declines(text, question):
        return _grade(OutcomeState.ABSTAINED, "declined")
    if known_wrong:
        return _grade(OutcomeState.INCORRECT, "a known wrong answer")
    by_choice = _grade_choice(question, read) if question.choices else None
    if by_choice is not None:
        return by_choice
    if found.verdict is Verdict.DIFFERENT:
        return _grade(OutcomeState.INCORRECT, found.reason)
    return _grade(OutcomeState.UNGRADED, found.reason)


def _declines(text: str, question: Question) -> bool:
    """Return whether a reply declines; where code is asked about, only what is no program value can."""
    return is_abstention(text) and not (is_code_question(question.text) and is_program_value(text))


@dataclass(frozen=True, slots=True)
class ExactGrader:
    """``grade_exact`` as a grader with a name."""

    name: str = "exact"

    def __call__(self, question: Question, answer: str) -> Grade:
        """Grade one answer; see ``grade_exact``."""
        return grade_exact(question, answer)


EXACT = ExactGrader()
"""The exact grader, ready for use wherever a ``Grader`` is asked for."""
