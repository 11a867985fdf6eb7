"""The numeric grader: is the answer's number right to the last significant figure of the gold?

It settles what the exact grader leaves open: a rounded number, more digits than the gold, a number inside a sentence.
Versions, sections and other identifiers must match exactly. Dates are no numbers. Of several numbers none is picked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from calibrant.grading.abstention import is_abstention
from calibrant.grading.dates import Date, read_dates
from calibrant.grading.identifiers import compare_identifiers, identifiers_in, is_identifier
from calibrant.grading.mentions import mentioned
from calibrant.grading.normalise import clean, key, without_lead_ins, words
from calibrant.grading.numbers import english_number, read_numeral
from calibrant.grading.quantities import Quantity, read_quantity
from calibrant.grading.replies import LONG, final_answer, grade_unanswerable
from calibrant.grading.significance import is_year_asked, judge_quantity
from calibrant.grading.texts import denies
from calibrant.grading.verdict import Verdict
from calibrant.grading.wordlists import ALTERNATIVES, word_set
from calibrant.types import Grade, OutcomeState, Question, Stratum

__all__ = ["NUMERIC", "NumericGrader", "grade_numeric"]

_RANGE = re.compile(
    r"^(?:between|from|zwischen|von|entre|de|tra|fra|da|tussen|van|от|между)?\s*(?P<low>[^-–]{1,40}?)\s*"
    r"(?:(?<=[\w%°])(?<!\de)\s*-\s*(?=[\d$€£¥])|\s(?:to|and|bis|und|à|et|a|y|e|tot|en|do|до|и)\s)\s*(?P<high>[^-–]{1,40})$",
    re.IGNORECASE,
)

_PERSONS = word_set(
    "people persons inhabitants residents einwohner menschen personen habitants personnes habitantes personas abitanti "
    "persone inwoners mensen mieszkancow osob человек жителей"
)
_PEOPLED = _PERSONS | word_set(
    "population inhabitants live lives bevölkerung leben población população popolazione население"
)

Ruling = tuple[OutcomeState, str]
_RANK = (OutcomeState.CORRECT, OutcomeState.PARTIAL, OutcomeState.UNGRADED, OutcomeState.INCORRECT)


@dataclass(frozen=True, slots=True)
class _Number:
    """A text read as a number: a quantity, the two ends of a range, or an identifier."""

    text: str
    quantity: Quantity | None = None
    ends: tuple[Quantity, Quantity] | None = None
    identifier: bool = False


@lru_cache(maxsize=4096)
def _question_words(text: str) -> frozenset[str]:
    return frozenset(words(clean(text[:2000])))


@lru_cache(maxsize=4096)
def _question_numbers(text: str) -> frozenset[Fraction]:
    """Return the values of the numbers that a question itself holds, in digits or words."""
    low = clean(text[:2000]).casefold()
    numerals = [read_numeral(low[match.start() : match.start() + 40]) for match in re.finditer(r"(?<![\d.,])\d", low)]
    numerals += [english_number(word) for word in low.split()]
    return frozenset(numeral.readings[0] for numeral in numerals if numeral is not None)


def _range(text: str) -> tuple[Quantity, Quantity] | None:
    """Return the ends of '10-12 km' or 'between 10 and 12'; None for anything else."""
    match = _RANGE.match(text) if len(text) <= 100 else None
    if match is None:
        return None
    low, high = read_quantity(match["low"]), read_quantity(match["high"])
    if low is None or high is None or low.modifier or high.modifier:
        return None
    if low.bare and not high.bare:
        rest = re.sub(r"^[\d.,'\s]+", "", match["high"])
        low = read_quantity(f"{match['low']} {rest}") or low
    return (low, high) if low.readings[0] < high.readings[0] else None


@lru_cache(maxsize=16384)
def _read_gold(gold: str, question_words: frozenset[str]) -> _Number | None:
    text = clean(gold)
    if is_identifier(text, question_words):
        return _Number(text, identifier=True)
    quantity = read_quantity(text)
    if quantity is not None:
        return _Number(text, quantity)
    ends = _range(text)
    return None if ends is None else _Number(text, ends=ends)


def grade_numeric(question: Question, answer: str) -> Grade:
    """Grade an answer that should be a number (definitions, section 1; the rule is in ``grading.significance``).

    Args:
        question: with golds that are numbers, with or without a unit, ranges, or identifiers.
        answer: the reply as it came. Of one over 600 characters, or of several lines, a marked final answer is read alone.

    Returns:
        ``correct``, ``partial`` (more detail than the gold, which it rounds to), ``incorrect``, ``abstained``, or
        ``ungraded`` where code cannot tell, with the reason. Never raises.

    >>> bridge = Question(id="1", text="How long is the bridge, in metres?", golds=("2737",))
    >>> replies = ("2,737 m", "It is 2737 metres long.", "2737.4", "2,700", "I don't know", "2,737 or 2,738")
    >>> [grade_numeric(bridge, reply).state.value for reply in replies]
    ['correct', 'correct', 'partial', 'ungraded', 'abstained', 'ungraded']
    """
    if not answer.strip():
        return _grade(OutcomeState.UNGRADED, "empty answer")
    if question.stratum is Stratum.ACTION:
        return _grade(OutcomeState.UNGRADED, "a task, which the action grader reads")
    if question.stratum is Stratum.UNANSWERABLE:
        return grade_unanswerable(answer, "numeric")
    if not any(gold.strip() for gold in question.golds):
        return _grade(OutcomeState.UNGRADED, "the question has no gold answer")
    asked = _question_words(question.text)
    read = (_read_gold(gold, asked) for gold in question.golds if gold.strip() and len(gold) <= LONG)
    golds = [gold for gold in read if gold is not None]
    final = final_answer(answer) if "\n" in answer.strip() or len(answer) > LONG else None
    if final is None and len(answer) > LONG:
        state = OutcomeState.ABSTAINED if is_abstention(answer) else OutcomeState.UNGRADED
        return _grade(
            state, "declined" if state is OutcomeState.ABSTAINED else "a long answer without a marked final answer"
        )
    forms = without_lead_ins(clean((final or answer).strip()))
    if not golds:
        declined = is_abstention(answer)
        return _grade(
            *((OutcomeState.ABSTAINED, "declined") if declined else (OutcomeState.UNGRADED, "no gold is a number"))
        )
    rulings = [_judge(gold, forms, question, asked) for gold in golds]
    best = min(rulings, key=lambda ruling: _RANK.index(ruling[0]))
    if best[0] is not OutcomeState.CORRECT and is_abstention(answer):
        return _grade(OutcomeState.ABSTAINED, "declined")
    if best[0] is OutcomeState.INCORRECT and len(golds) < sum(bool(gold.strip()) for gold in question.golds):
        return _grade(OutcomeState.UNGRADED, "another gold is no number")
    return _grade(*best)


def _judge(gold: _Number, forms: tuple[str, ...], question: Question, asked: frozenset[str]) -> Ruling:
    """Judge a reply, given with and without its lead-ins, by one gold."""
    if any(key(form) == key(gold.text) for form in forms):
        return OutcomeState.CORRECT, "equal text"
    if gold.identifier:
        return _judge_identifier(gold.text, forms[-1], asked)
    core = forms[-1]
    ends = _range(core)
    if ends is not None or gold.ends is not None:
        return _judge_range(gold, core, ends, asked)
    if gold.quantity is None:
        return OutcomeState.UNGRADED, "no gold is a number"
    quantity = _of_persons(read_quantity(core), asked)
    if quantity is not None and " " not in quantity.noun and not denies(core):
        return judge_quantity(gold.quantity, quantity, asked)
    dates = read_dates(core)
    if dates:
        return _judge_date(gold.quantity, dates)
    found = mentioned(core, _question_numbers(question.text) - {gold.quantity.readings[0]})
    if isinstance(found, str):
        return OutcomeState.UNGRADED, found
    state, reason = judge_quantity(gold.quantity, _of_persons(found.quantity, asked) or found.quantity, asked)
    if state is OutcomeState.INCORRECT and not (
        found.told or (found.closing and is_year_asked(gold.quantity, found.quantity, asked))
    ):
        return OutcomeState.UNGRADED, "a number in a sentence that need not be the answer"
    return state, reason


def _of_persons(quantity: Quantity | None, asked: frozenset[str]) -> Quantity | None:
    """Return a number of people as a bare one where the question asks how many live there, or how many there are."""
    if quantity is None or quantity.noun not in _PERSONS or _PEOPLED.isdisjoint(asked):
        return quantity
    return replace(quantity, noun="")


def _judge_date(gold: Quantity, dates: tuple[Date, ...]) -> Ruling:
    """Judge a date by a number: 'in 1969' is the year 1969, a day of that year says more."""
    date = dates[0]
    if not gold.bare or len(dates) > 1 or date.month is not None or date.year is None:
        return OutcomeState.UNGRADED, "the answer is a date, not a number"
    if date.year == gold.readings[0]:
        return OutcomeState.CORRECT, "the year"
    if 1000 <= gold.readings[0] <= 2100 and gold.readings[0].denominator == 1:
        return OutcomeState.INCORRECT, "another year"
    return OutcomeState.UNGRADED, "the answer is a date, not a number"


def _judge_identifier(gold: str, core: str, asked: frozenset[str]) -> Ruling:
    found = compare_identifiers(gold, core, asked)
    if found.verdict is Verdict.SAME:
        return OutcomeState.CORRECT, found.reason
    if found.verdict is Verdict.DIFFERENT:
        return OutcomeState.INCORRECT, found.reason
    named = identifiers_in(core)
    if len(core) <= LONG and len(named) == 1 and not denies(core) and ALTERNATIVES.isdisjoint(words(core)):
        again = compare_identifiers(gold, named[0], asked)
        if again.verdict is Verdict.SAME:
            return OutcomeState.CORRECT, "the identifier in a sentence"
    return OutcomeState.UNGRADED, found.reason if len(named) < 2 else "several identifiers in the answer"


def _judge_range(gold: _Number, core: str, ends: tuple[Quantity, Quantity] | None, asked: frozenset[str]) -> Ruling:
    """Judge where the gold, the answer or both are a range."""
    if gold.ends is not None and ends is not None:
        states = [judge_quantity(*pair, asked)[0] for pair in zip(gold.ends, ends, strict=True)]
        if all(state is OutcomeState.CORRECT for state in states):
            return OutcomeState.CORRECT, "both ends of the range"
        apart = _outside(gold.ends, ends[0], asked) and _outside(gold.ends, ends[1], asked)
        return (OutcomeState.INCORRECT, "another range") if apart else (OutcomeState.UNGRADED, "ranges that overlap")
    if gold.quantity is not None and ends is not None:
        if _outside(ends, gold.quantity, asked):
            return OutcomeState.INCORRECT, "a range without the gold"
        return OutcomeState.UNGRADED, "a range, not a value"
    quantity = read_quantity(core)
    if gold.ends is None or quantity is None:
        return OutcomeState.UNGRADED, "a range is wanted, and the answer is none that can be read"
    if not quantity.modifier and _outside(gold.ends, quantity, asked):
        return OutcomeState.INCORRECT, "a number outside the range"
    return OutcomeState.UNGRADED, "one number where the gold is a range"


def _outside(ends: tuple[Quantity, Quantity], quantity: Quantity, asked: frozenset[str]) -> bool:
    """Return whether a number surely lies outside a range: it is wrong for both ends, and on one side of them."""
    if any(judge_quantity(end, quantity, asked)[0] is not OutcomeState.INCORRECT for end in ends):
        return False
    value = quantity.readings[0]
    return not ends[0].readings[0] <= value <= ends[1].readings[0]


def _grade(state: OutcomeState, reason: str) -> Grade:
    return Grade(state=state, grader="numeric", reason=reason)


@dataclass(frozen=True, slots=True)
class NumericGrader:
    """``grade_numeric`` as a grader with a name."""

    name: str = "numeric"

    def __call__(self, question: Question, answer: str) -> Grade:
        """Grade one answer; see ``grade_numeric``."""
        return grade_numeric(question, answer)


NUMERIC = NumericGrader()
"""The numeric grader, ready for use wherever a ``Grader`` is asked for."""
