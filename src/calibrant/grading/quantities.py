"""Quantities: a number with its unit, currency or counted noun, read from a whole answer and compared exactly.

Equal values in units of one dimension are the same; a missing unit is supplied only where the question names it.
A number that is another one rounded, or more precise than the gold, is left *unsure*: whether that counts is a rule
of the benchmark (definitions, section 1, ``partial``), not of arithmetic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from calibrant.grading.normalise import unaccented
from calibrant.grading.numbers import Numeral, english_number, read_numeral, words_to_numbers
from calibrant.grading.units import CURRENCIES, SCALES, UNITS, Unit
from calibrant.grading.verdict import Comparison, different, same, unsure
from calibrant.grading.wordlists import word_set

__all__ = [
    "APPROXIMATE",
    "BOUND",
    "IDENTIFIED",
    "LOOSE",
    "MEASURED",
    "ROUNDED",
    "SCALE_ONLY",
    "UNIT_MISSING",
    "Quantity",
    "compare_quantities",
    "in_base",
    "read_quantity",
]

ROUNDED = "one number is the other rounded"
APPROXIMATE = "an approximate number close to the gold"
UNIT_MISSING = "unit missing or of another kind"
SCALE_ONLY = "the numbers may differ in scale only"
BOUND = "a bound, not a value"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A whole answer that is a number of something."""

    readings: tuple[Fraction, ...]
    """Values the number can have, the usual one first."""
    decimals: int = 0
    unit: Unit | None = None
    currency: str = ""
    noun: str = ""
    """What is counted, where it is no unit of measure ('seasons')."""
    ordinal: bool = False
    modifier: str = ""
    """'about', 'above' or 'below' where the answer says 'around', 'over', 'at most' and the like."""
    certain: bool = True
    """False for a number word that is also another word."""
    name: str = ""
    """The unit as it was written."""
    step: Fraction = Fraction(1)
    """Worth of the last digit written: a hundredth in 2.18, ten million in 2.18 billion."""

    @property
    def bound(self) -> bool:
        """Whether it says only what the number is above or below of."""
        return self.modifier in ("above", "below")

    @property
    def bare(self) -> bool:
        """Whether nothing but a number was given."""
        return self.unit is None and not self.currency and not self.noun


_ABOUT = re.compile(
    r"(?:about|approximately|approx\.?|around|roughly|some|nearly|almost|circa|ca\.?|c\.|~|≈|just (?:over|under)|"
    r"rund|etwa|ungefähr|environ|unos|unas|aproximadamente|circa|cerca de|ongeveer)\s*(?=[\w$€£¥₹.-])"
)
_ABOVE = re.compile(r"(?:over|more than|at least|above|>=?|mehr als|plus de|más de|mindestens|au moins|al menos)\s*")
_BELOW = re.compile(
    r"(?:under|less than|fewer than|at most|up to|below|<=?|weniger als|moins de|menos de|höchstens)\s*"
)
_SYMBOL = re.compile(r"(us\$|au\$|ca\$|a\$|c\$|[$€£¥₹]|usd|eur|gbp|chf|cad|aud|jpy|rs\.?)\s?(?=[\d.-])")
_WORD = re.compile(r"[^\W\d_]+")
_EXACTLY = re.compile(r"^(?:exactly|a total of|in total|only|just)\s+")
LOOSE = word_set("approximately approximate about nearest roughly within estimate estimated around average ungefähr")
IDENTIFIED = word_set("version release section article rule clause paragraph chapter figure table build edition")
MEASURED = word_set("how percentage percent average rate ratio value sum mean distance price score length")
_ERAS = frozenset(["bc", "ad", "bce", "ce", "am", "pm"])
_DECADE = re.compile(r"(?:the )?\d{2,4}'?s")
_GLUED_SCALES = tuple("万萬만億亿억")
_TAIL = re.compile(r"^(?:in total|total|altogether|exactly|only|each)$")


def _pull_scale(rest: str, money: bool) -> tuple[int, str]:
    """Return the scale word at the beginning of ``rest`` as a factor, and what follows."""
    if rest[:1] in _GLUED_SCALES:
        return SCALES[rest[0]], rest[1:].strip()
    head, _, tail = rest.partition(" ")
    factor = SCALES.get(head.rstrip("."), 1)
    if money and head in ("m", "b", "t"):
        factor = {"m": 10**6, "b": 10**9, "t": 10**12}[head]
    return (factor, tail.strip()) if factor > 1 else (1, rest)


def read_quantity(text: str) -> Quantity | None:
    """Return the quantity that a cleaned answer is; None where it is anything else or anything more.

    >>> read_quantity("5 km") == read_quantity("5 kilometres")
    False
    >>> read_quantity("5 km").unit == read_quantity("5 kilometres").unit
    True
    >>> read_quantity("Route 66") is None
    True
    """
    if not text or len(text) > 100:
        return None
    low = _EXACTLY.sub("", text.casefold())
    if _DECADE.fullmatch(low):
        return None
    modifier = ""
    for pattern, name in ((_ABOUT, "about"), (_ABOVE, "above"), (_BELOW, "below")):
        match = pattern.match(low)
        if match and match.end() < len(low):
            low, modifier = low[match.end() :], name
    currency = ""
    match = _SYMBOL.match(low[1:] if low[0] == "-" else low)
    if match:
        currency = CURRENCIES[match[1].rstrip(".")]
        low = ("-" if low[0] == "-" else "") + low[match.end() + (low[0] == "-") :]
    certain = True
    numeral: Numeral | None
    if low[:1].isdigit() or low[:1] in ("-", "+", ".") or low.startswith(("minus", "negative")):
        numeral = read_numeral(low) or _below_zero(low)
    else:
        numeral = english_number(low)
        if numeral is None:
            values, certain = words_to_numbers(low)
            numeral = Numeral(tuple(map(Fraction, values)), 0, False, "", words=True) if values else None
    if numeral is None:
        return None
    return _with_unit(numeral, currency, modifier, certain)


def _below_zero(low: str) -> Numeral | None:
    """Return the number that 'minus three' or 'negative one half' begins with."""
    sign, _, rest = low.partition(" ")
    numeral = english_number(rest) if sign in ("minus", "negative") else None
    return numeral and numeral._replace(readings=tuple(-value for value in numeral.readings))


def _with_unit(numeral: Numeral, currency: str, modifier: str, certain: bool) -> Quantity | None:
    glued = bool(numeral.rest) and not numeral.words and numeral.rest[0] not in " -"
    rest = numeral.rest.strip().removeprefix("-") if numeral.rest.startswith("-") else numeral.rest.strip()
    factor, rest = _pull_scale(rest, bool(currency))
    second, rest = _pull_scale(rest, bool(currency))
    readings = tuple(value * factor * second for value in numeral.readings)
    if factor > 1 and len(readings) > 1:
        readings = readings[::-1] if numeral.decimals == 0 else readings
    rest = _TAIL.sub("", rest.removeprefix("of ").strip())
    unit, noun = None, ""
    if rest:
        if rest in UNITS:
            unit = UNITS[rest]
        elif (not currency and rest in CURRENCIES) or (currency and CURRENCIES.get(rest)):
            currency = CURRENCIES[rest]
        elif (glued and factor == 1) or not _is_noun(rest):
            return None
        else:
            noun = unaccented(rest)
    return Quantity(
        readings,
        numeral.decimals,
        unit,
        currency,
        noun,
        numeral.ordinal,
        modifier,
        certain,
        name=rest or currency,
        step=Fraction(factor * second, 10**numeral.decimals) * Fraction(10) ** numeral.exponent,
    )


def _is_noun(rest: str) -> bool:
    parts = rest.split()
    return len(parts) <= 2 and all(_WORD.fullmatch(part) and part not in _ERAS for part in parts)


def _stem(word: str) -> str:
    return word[:-3] + "y" if word.endswith("ies") else word[:-1] if word.endswith("s") and len(word) > 3 else word


def _named(quantity: Quantity, question_words: frozenset[str]) -> bool:
    """Return whether the question itself names the unit, so that leaving it out loses nothing."""
    stems = {_stem(word) for word in question_words}
    if quantity.noun:
        return all(_stem(word) in stems for word in quantity.noun.split())
    if quantity.currency:
        return any(CURRENCIES.get(word) == quantity.currency for word in question_words)
    if quantity.unit is None:
        return False
    if any(UNITS.get(word) == quantity.unit for word in question_words if len(word) > 1):
        return True
    return any(question_words.issuperset(spelling.split()) for spelling in _compound_units().get(quantity.unit, ()))


@lru_cache(maxsize=1)
def _compound_units() -> dict[Unit, tuple[str, ...]]:
    """Return the units that have a name of several words ('metres per second'), with those names."""
    found: dict[Unit, tuple[str, ...]] = {}
    for spelling, unit in UNITS.items():
        if " " in spelling and spelling.replace(" ", "").isalpha():
            found[unit] = (*found.get(unit, ()), spelling)
    return found


def _rounds_to(value: Fraction, other: Fraction, step: Fraction) -> bool:
    """Return whether ``other``, written in units of ``step``, is ``value`` rounded or cut; integers to leading digits."""
    if step != 1:
        return abs(value - other) * 2 <= step or 0 <= abs(value) - abs(other) < step
    if other.denominator > 1:  # a fraction, which nobody rounds to
        return False
    digits = str(abs(other.numerator))
    zeros = len(digits) - len(digits.rstrip("0"))
    if value.denominator > 1 and abs(value - other) * 2 <= 1:
        return True
    near = abs(value - other) * 50 <= abs(value)
    return zeros > 0 and len(digits) >= 3 and (near or len(digits) - zeros > 1) and abs(value - other) * 2 <= 10**zeros


def _year_like(quantity: Quantity) -> bool:
    value = quantity.readings[0]
    return quantity.bare and value.denominator == 1 and 1000 <= value <= 2100 and not quantity.modifier


def _same_kind(gold: Quantity, answer: Quantity, question_words: frozenset[str]) -> bool | None:
    """Return True where both count the same thing, False where surely not, None where that is open."""
    if gold.unit and answer.unit:
        return True if gold.unit.dimension == answer.unit.dimension else None
    if gold.currency or answer.currency:
        if gold.currency == answer.currency:
            return True
        if {gold.currency, answer.currency} in ({"dollar", "usd"}, {"pound", "gbp"}):
            return True
    if gold.bare and answer.bare:
        return True
    if gold.noun and answer.noun and _stem(gold.noun.split()[-1]) == _stem(answer.noun.split()[-1]):
        return True
    if gold.bare and _named(answer, question_words):
        return True
    return True if answer.bare and _named(gold, question_words) else None


def in_base(quantity: Quantity, other: Quantity) -> tuple[Fraction, ...]:
    """Return the readings in the base unit where the other side has another unit of the dimension."""
    if quantity.unit is None or other.unit is None or quantity.unit == other.unit:
        return quantity.readings
    return tuple(value * quantity.unit.factor + quantity.unit.offset for value in quantity.readings)


def compare_quantities(gold: Quantity, answer: Quantity, question_words: frozenset[str]) -> Comparison:
    """Compare two quantities; ``question_words`` are the question's case-folded words, where a missing unit may stand.

    >>> compare_quantities(read_quantity("5 km"), read_quantity("5000 m"), frozenset()).verdict
    <Verdict.SAME: 'same'>
    >>> compare_quantities(read_quantity("5 km"), read_quantity("5"), frozenset()).reason
    'unit missing or of another kind'
    """
    kind = _same_kind(gold, answer, question_words)
    golds, answers = in_base(gold, answer), in_base(answer, gold)
    if kind is None:
        return unsure(UNIT_MISSING)
    identifier = gold.bare and answer.bare and not IDENTIFIED.isdisjoint(question_words)
    identifier = identifier and MEASURED.isdisjoint(question_words)
    if golds[0] == answers[0]:
        if _zero_counts(gold, answer, question_words, identifier=identifier):
            return unsure("a closing zero, which counts in a version or section number")
        if gold.ordinal != answer.ordinal:
            return unsure("ordinal against cardinal number")
        if not (gold.certain and answer.certain):
            return unsure("a number word that is also another word")
        if answer.bound and gold.bound and answer.modifier != gold.modifier:
            return different("a bound on the other side")
        if answer.bound and not gold.bound:
            return unsure(BOUND)
        return same("equal numbers")
    if set(golds) & set(answers):
        return unsure("equal under one reading of the separators")
    if not (gold.certain and answer.certain):
        return unsure("a number word that is also another word")
    paired = len(golds) > 1 and len(answers) > 1  # one custom of separators for both
    if not _scaled(gold, answer) and any(
        _is_power_of_thousand(golds[0], value) for value in answers[: 1 if paired else 2]
    ):
        return unsure(SCALE_ONLY)
    if gold.modifier or answer.modifier or not LOOSE.isdisjoint(question_words):
        return _roughly(golds[0], answers[0])
    if gold.unit != answer.unit and _nearly(gold, answer):
        return unsure("nearly equal after conversion of units")
    if _is_short_year(gold, answer) or _is_short_year(answer, gold):
        return unsure("a year without its century")
    if not identifier and not (_year_like(gold) and _year_like(answer)) and not _converted(gold, answer):
        for values, others, step in ((golds, answers, answer.step), (answers, golds, gold.step)):
            if any(_rounds_to(value, other, step) for value in values for other in others):
                return unsure(ROUNDED)
    return different("numbers differ")


def _zero_counts(gold: Quantity, answer: Quantity, question_words: frozenset[str], *, identifier: bool) -> bool:
    """Return whether '1.10' and '1.1' may be two versions or sections: nothing says that a quantity is asked for."""
    longer = max(gold, answer, key=lambda quantity: quantity.decimals)
    closes_in_zero = longer.decimals > 0 and (longer.readings[0] * 10 ** (longer.decimals - 1)).denominator == 1
    if gold.decimals == answer.decimals or not closes_in_zero or not (gold.bare and answer.bare):
        return False
    return identifier or (gold.readings[0].denominator > 1 and MEASURED.isdisjoint(question_words))


def _nearly(gold: Quantity, answer: Quantity) -> bool:
    """Return whether either is the other, converted to its unit, within 2 % or when rounded as it is written."""
    if gold.unit is None or answer.unit is None:
        return False
    for one, other in ((gold, answer), (answer, gold)):
        if one.unit is None or other.unit is None:
            return False
        base = one.readings[0] * one.unit.factor + one.unit.offset
        converted = (base - other.unit.offset) / other.unit.factor
        apart = abs(converted - other.readings[0])
        if apart * 50 <= abs(converted) or apart * 2 * 10**other.decimals <= 1:
            return True
    return False


def _converted(gold: Quantity, answer: Quantity) -> bool:
    return gold.unit is not None and answer.unit is not None and gold.unit != answer.unit


def _is_short_year(short: Quantity, year: Quantity) -> bool:
    """Return whether '69 may stand for 1969."""
    value = short.readings[0]
    return _year_like(year) and short.bare and 10 <= value <= 99 and year.readings[0] % 100 == value


def _is_power_of_thousand(gold: Fraction, answer: Fraction) -> bool:
    """Return whether one number is about a hundred, thousand, million ... times the other: a scale said elsewhere."""
    if not gold or not answer:
        return False
    ratio = max(abs(gold / answer), abs(answer / gold))
    return any(abs(ratio / 10**power - 1) * 20 < 1 for power in (2, 3, 6, 9, 12))


def _scaled(gold: Quantity, answer: Quantity) -> bool:
    """Return whether both say their scale in a word: 'million' and 'billion'."""
    return gold.step > 1 and answer.step > 1


def _roughly(gold: Fraction, answer: Fraction) -> Comparison:
    if any(abs(gold - value) * 4 <= max(abs(gold), abs(value)) for value in (answer, answer * 100, answer / 100)):
        return unsure(APPROXIMATE)  # 'about half' is 50 %, too
    return different("numbers differ")
