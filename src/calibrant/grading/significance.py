"""Is a number right to the last significant figure of the gold? The rule of the field, made a function.

From the rules that the SimpleQA and AA-Omniscience graders are given, and from definitions, section 1:

- Equal values are right, whatever their zeros: 28.0 for 28.
- A gold that says itself that it is rounded ('120k', '2.7 million', 'about 300') is right to its last significant
  figure: 124k and 115k are right for 120k, 113k is wrong. With one such figure ('100 million') that would let half as
  much again pass, so there it is its last written digit (100.2 million is right), and up to a twentieth off is *unsure*.
- Any other gold is exact. A number with more digits that rounds to it says more than the gold supports: ``partial``
  (28.1 for 28, 3.14159 for 3.14).
- A gold that is the answer with more digits (9.58 for 9.6), or zeros that may count or not (1,200 and 1,204): *unsure*.
- A missing unit is forgiven where the number is right.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from calibrant.grading.quantities import (
    APPROXIMATE,
    BOUND,
    LOOSE,
    MEASURED,
    ROUNDED,
    SCALE_ONLY,
    UNIT_MISSING,
    Quantity,
    compare_quantities,
    in_base,
)
from calibrant.grading.verdict import Verdict
from calibrant.grading.wordlists import word_set
from calibrant.types import OutcomeState

__all__ = ["is_year_asked", "judge_quantity"]

_YEARS = word_set(
    "year when jahr wann année quand año cuándo cuando anno quando ano jaar wanneer rok roku kiedy год году когда"
)

# Words by which a question says how far off an answer may be.
_TOLERANT = word_set("nearest within either tolerance margin")

Ruling = tuple[OutcomeState, str]


def _open(reason: str) -> Ruling:
    return OutcomeState.UNGRADED, reason


def judge_quantity(gold: Quantity, answer: Quantity, question_words: frozenset[str]) -> Ruling:
    """Judge one quantity by one gold; ``ungraded`` means *unsure*.

    Args:
        gold: the right quantity.
        answer: the one that was given.
        question_words: the question's case-folded words, where a missing unit may stand.

    >>> from calibrant.grading.quantities import read_quantity
    >>> def judged(gold, answer):
    ...     return judge_quantity(read_quantity(gold), read_quantity(answer), frozenset())[0].value
    >>> [judged("28", "28.0"), judged("28", "28.1"), judged("28", "28.6"), judged("120k", "124k"), judged("120k", "113k")]
    ['correct', 'partial', 'incorrect', 'correct', 'incorrect']
    """
    found = compare_quantities(gold, answer, question_words)
    if found.verdict is Verdict.SAME:
        return OutcomeState.CORRECT, found.reason
    if len(gold.readings) > 1 and len(answer.readings) > 1:
        return _by_custom(gold, answer, question_words)
    if found.reason == UNIT_MISSING:
        return _without_unit(gold, answer, question_words)
    if found.verdict is Verdict.DIFFERENT and gold.bound and answer.bound and gold.modifier != answer.modifier:
        return OutcomeState.INCORRECT, found.reason
    if answer.bound or gold.bound:
        return _open(BOUND)
    two_units = gold.unit is not None and answer.unit is not None and gold.unit != answer.unit
    if found.reason == SCALE_ONLY and two_units and len(answer.readings) == len(gold.readings) == 1:
        return _by_figures(gold, answer, question_words)
    if found.verdict is Verdict.UNSURE and found.reason not in (ROUNDED, APPROXIMATE):
        return _open(found.reason)
    if found.reason == ROUNDED and len(answer.readings) > 1:
        return _open("right under one reading of the separators")
    return _by_figures(gold, answer, question_words)


def _by_custom(gold: Quantity, answer: Quantity, question_words: frozenset[str]) -> Ruling:
    """Judge '34.200' by '34.000', both under each custom of separators; where these disagree it is open."""
    golds, answers = _customs(gold), _customs(answer)
    rulings = [judge_quantity(*pair, question_words) for pair in zip(golds, answers, strict=True)]
    if rulings[0][0] is rulings[1][0]:
        return rulings[0]
    return _open("right under one custom of separators")


def _customs(quantity: Quantity) -> tuple[Quantity, Quantity]:
    """Return what a number like '1.234' is under each custom: with a decimal point, and with a separator of thousands."""
    scale = quantity.step * 10**quantity.decimals
    low = min(quantity.readings, key=abs)
    first, second = (
        replace(quantity, readings=(value,), decimals=3, step=scale / 1000)
        if value == low
        else replace(quantity, readings=(value,), decimals=0, step=scale)
        for value in quantity.readings
    )
    return first, second


def _without_unit(gold: Quantity, answer: Quantity, question_words: frozenset[str]) -> Ruling:
    """Forgive a unit left out where the number is right; where it is not, it may be right in another unit."""
    if not answer.bare or gold.bare:
        return _open(UNIT_MISSING)
    given = replace(answer, unit=gold.unit, currency=gold.currency, noun=gold.noun)
    state, reason = judge_quantity(gold, given, question_words)
    if state in (OutcomeState.CORRECT, OutcomeState.PARTIAL):
        return state, f"{reason}, the unit left out"
    return _open(UNIT_MISSING)


def _by_figures(gold: Quantity, answer: Quantity, question_words: frozenset[str]) -> Ruling:
    """Judge two numbers of one kind that are not equal."""
    right, given = in_base(gold, answer)[0], in_base(answer, gold)[0]
    factor = gold.unit.factor if gold.unit and answer.unit and gold.unit != answer.unit else Fraction(1)
    fine = gold.step * factor
    offset = gold.unit.offset if gold.unit and factor != 1 else Fraction(0)
    figures = (right - offset) / fine
    if figures.denominator != 1:  # a fraction, which nobody rounds to
        return _open("the gold is a fraction") if _near(right, given) else _differ(answer, right, given)
    apart = abs(right - given)
    rounded = gold.step > 1 or gold.modifier == "about"
    if apart * 2 <= fine:
        if apart * 2 == fine:
            return _open("halfway between two last figures")
        if rounded or not LOOSE.isdisjoint(question_words):
            return OutcomeState.CORRECT, "right to the last figure of a rounded gold"
        return OutcomeState.PARTIAL, "more detail than the gold, which it rounds to"
    if not _TOLERANT.isdisjoint(question_words) and apart * 4 <= max(abs(right), abs(given)):
        return _open("the question allows for some distance")
    if not rounded and gold.bare and _is_year(right, question_words):
        return _differ(answer, right, given)
    digits = str(abs(figures.numerator)).rstrip("0")
    zeros = 0 if gold.decimals else len(str(abs(figures.numerator))) - len(digits)
    coarse = fine * 10**zeros
    if coarse > fine and apart * 2 <= coarse and digits:
        if rounded and len(digits) > 1:
            return OutcomeState.CORRECT, "right to the last significant figure of the gold"
        if _near(right, given):
            return _open("the gold's zeros may count or not")
    if apart * 2 <= _last_figure(answer) * factor and _near(right, given):
        return _open("less detail than the gold")
    return _differ(answer, right, given)


def _last_figure(quantity: Quantity) -> Fraction:
    """Return the worth of the last significant figure as written: 100 in 1,200, a tenth in 2.5."""
    figures = quantity.readings[0] / quantity.step
    if figures.denominator != 1 or not figures:
        return quantity.step
    text = str(abs(figures.numerator))
    return quantity.step * Fraction(10) ** (len(text) - len(text.rstrip("0")))


def _near(right: Fraction, given: Fraction) -> bool:
    return abs(right - given) * 20 <= abs(right)


def _is_year(value: Fraction, question_words: frozenset[str]) -> bool:
    return 1000 <= value <= 2100 and MEASURED.isdisjoint(question_words) and not _YEARS.isdisjoint(question_words)


def is_year_asked(gold: Quantity, answer: Quantity, question_words: frozenset[str]) -> bool:
    """Return whether a year is asked for and both are years."""
    both = (gold, answer)
    return all(
        one.bare and one.readings[0].denominator == 1 and _is_year(one.readings[0], question_words) for one in both
    )


def _differ(answer: Quantity, right: Fraction, given: Fraction) -> Ruling:
    if answer.modifier and abs(right - given) * 4 <= max(abs(right), abs(given)):
        return _open(APPROXIMATE)
    return OutcomeState.INCORRECT, "numbers differ"
