"""Patterns of whole sentences, as *X was founded in 1850 by Y*. Each is read only where nothing is left over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from calibrant.builder.documents.facts.naming import answer_kind

__all__ = ["PATTERNS", "Pattern", "Reading"]

_BY = {
    "founded": "founded", "wrote": "written", "invented": "invented", "discovered": "discovered", "designed": "designed",
    "created": "created", "developed": "developed", "proposed": "proposed", "taught": "taught", "directed": "directed",
    "built": "built", "composed": "composed", "painted": "painted", "started": "started", "led": "led",
    "introduced": "introduced", "established": "established", "published": "published", "produced": "produced",
    "signed": "signed", "commissioned": "commissioned", "edited": "edited", "translated": "translated",
    "formulated": "formulated", "maintained": "maintained",
}  # fmt: skip
"""Past tense -> participle, of what somebody does to something once."""
_PARTICIPLES = "|".join(sorted(set(_BY.values())))
_PAST = "|".join(sorted(set(_BY) - {"led", "taught", "produced", "maintained", "introduced", "signed"}))
_ONCE = (
    f"{_PARTICIPLES}|born|opened|released|passed|printed|launched|completed|adopted|ratified|incorporated|formed|abolished"
    "|dissolved|demolished|standardized|standardised|first published|first released|inaugurated|crowned|elected|executed"
)
_YEAR = r"(?:the year )?(?P<v>1[0-9]{3}|20[0-9]{2})"
_E = r"(?P<e>[^,;:()]{2,80}?)"
_V = r"(?P<v>[^,;:()]{1,60}?)"
_UNIT = (
    r"(?:miles?|kilomet(?:re|er)s?|km|met(?:re|er)s?|m|cm|mm|centimet(?:re|er)s?|millimet(?:re|er)s?|feet|foot|ft|inches|inch"
    r"|kilograms?|kg|grams?|g|tonnes?|tons?|pounds?|lb|lit(?:re|er)s?|seconds?|minutes?|hours?|days?|years?|bytes?|bits?|KB|MB"
    r"|GB|TB|hertz|Hz|kHz|MHz|GHz|watts?|kW|MW|volts?|square (?:miles|kilomet(?:re|er)s)|km/h|mph|hectares?|acres?|people"
    r"|inhabitants|characters?|digits?)"
)
_MEASURE = rf"(?P<v>\d[\d,.]*(?: (?:thousand|million|billion))? ?{_UNIT})"
_HOW = {"long": "length", "high": "height", "tall": "height", "wide": "width", "deep": "depth", "thick": "thickness"}
_BASE = {
    "opened": "open", "closed": "close", "came out": "come out", "became law": "become law", "died": "die",
    "began": "begin", "ended": "end", "appeared": "appear", "came into force": "come into force",
    "lies": "lie", "rises": "rise", "stands": "stand", "flows": "flow", "sits": "sit",
}  # fmt: skip
_ROLES = frozenset(
    "author writer founder teacher mayor king queen president director composer inventor discoverer designer architect painter"
    " creator proposer editor translator owner chairman chairwoman ruler captain bishop".split()
)
_SAME_AS = {"author": "written by", "writer": "written by", "founder": "founded by", "inventor": "invented by",
            "teacher": "taught by", "creator": "created by", "designer": "designed by",
            "birthplace": "born in", "founding year": "founded in year", "opening year": "opened in year",
            "year of birth": "born in year"}  # fmt: skip
"""Nouns that name the relation of a verb."""
_TOO_VAGUE = frozenset(
    "purpose result goal aim idea problem reason effect use behaviour behavior meaning rest remainder order value type name"
    " point case advantage disadvantage difference list set kind way part end beginning start majority one lack presence choice".split()
)
_STATE = re.compile(
    r"(?:\w+(?:ed|ly)|taken|given|known|also|now|still|only|made|done|found|set|free|part|left|up|more|less|too|very|as|being"
    r"|\w+ing)\b",
    re.IGNORECASE,
)
"""How a value begins that tells a state (*is organized as*), not a thing."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one pattern read in one sentence."""

    subject: str
    relation: str
    value: str
    question: str | None
    clause: str | None = None
    person: bool = False
    """Whether the value must be a proper name."""
    any_subject: bool = False
    """Whether the subject need not be a name."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sentence structure."""

    name: str
    regex: re.Pattern[str]
    read: Callable[[re.Match[str]], Iterator[Reading]]
    whole: bool = True
    """Whether it must cover the sentence; else it is looked for inside."""


def _lower(subject: str) -> str:
    """A subject inside a question: its article loses the capital."""
    return re.sub(r"^The (?=.)", "the ", subject)


def _noun(found: re.Match[str]) -> Iterator[Reading]:
    noun, tense, subject = found["r"], found["c"], _lower(found["e"])
    if noun.split()[-1] in _TOO_VAGUE or noun.split()[0] in {
        "default",
        "only",
        "first",
        "last",
        "main",
        "most",
        "best",
    }:
        return
    asks = "Who" if noun.split()[-1] in _ROLES else "What"
    if _STATE.match(found["v"]):
        return
    yield Reading(
        subject, _SAME_AS.get(noun, noun), found["v"], f"{asks} {tense} the {noun} of {subject}?",
        f"whose {noun} {tense} {found.groupdict().get('q') or ''}{{v}}", person=asks == "Who" or found.re.pattern.startswith("^(?P<v>"),
    )  # fmt: skip


def _by(found: re.Match[str]) -> Iterator[Reading]:
    tense, verb, subject = found["c"], found["p"], _lower(found["e"])
    yield Reading(
        subject, f"{verb} by", found["v"], f"By whom {tense} {subject} {verb}?", f"{verb} by {{v}}", person=True
    )
    year = found["y"] or found["z"]
    if year:
        yield Reading(subject, f"{verb} in year", year, f"In which year {tense} {subject} {verb}?", f"{verb} in {{v}}")


def _year(found: re.Match[str]) -> Iterator[Reading]:
    tense, verb, subject = found["c"], found["p"], _lower(found["e"])
    yield Reading(
        subject, f"{verb} in year", found["v"], f"In which year {tense} {subject} {verb}?", f"{verb} in {{v}}"
    )


def _place(found: re.Match[str]) -> Iterator[Reading]:
    tense, verb, subject = found["c"], found["p"], _lower(found["e"])
    yield Reading(
        subject, f"{verb} in", found["v"], f"Where {tense} {subject} {verb}?", f"{verb} in {{v}}", person=True
    )


def _seat(found: re.Match[str]) -> Iterator[Reading]:
    noun, subject = found["p"], _lower(found["e"])
    yield Reading(
        subject,
        f"{noun} in",
        found["v"],
        f"Where does {subject} have its {noun}?",
        f"with its {noun} in {{v}}",
        person=True,
    )


def _happened(found: re.Match[str]) -> Iterator[Reading]:
    verb, subject = found["p"], _lower(found["e"])
    yield Reading(
        subject, f"{verb} in year", found["v"], f"In which year did {subject} {_BASE[verb]}?", f"which {verb} in {{v}}"
    )


def _dates(found: re.Match[str]) -> Iterator[Reading]:
    subject = _lower(found["e"])
    yield Reading(subject, "dates from year", found["v"], f"From which year does {subject} date?", "dating from {v}")


def _stands(found: re.Match[str]) -> Iterator[Reading]:
    verb, where, subject = found["p"], found["w"], _lower(found["e"])
    yield Reading(
        subject, f"{verb} {where}", found["v"], f"What does {subject} {_BASE[verb]} {where}?",
        f"which {verb} {where} {{v}}", person=True,
    )  # fmt: skip


def _did(found: re.Match[str]) -> Iterator[Reading]:
    subject, participle = _lower(found["e"]), _BY[found["p"]]
    yield Reading(
        subject, f"{participle} by", found["v"], f"Who {found['p']} {subject}?", f"{participle} by {{v}}", person=True
    )


def _measure(found: re.Match[str]) -> Iterator[Reading]:
    subject, how = _lower(found["e"]), found["a"]
    yield Reading(
        subject, _HOW[how], found["v"], f"How {how} {found['c']} {subject}?", f"which {found['c']} {{v}} {how}"
    )


def _extent(found: re.Match[str]) -> Iterator[Reading]:
    subject, noun = _lower(found["e"]), found["r"]
    yield Reading(subject, noun, found["v"], f"What is the {noun} of {subject}?", f"with a {noun} of {{v}}")


def _work(found: re.Match[str]) -> Iterator[Reading]:
    subject = _lower(found["e"])
    yield Reading(subject, "works as", found["v"], f"What does {subject} work as?", "who works as a {v}")


def _about(found: re.Match[str]) -> Iterator[Reading]:
    subject = _lower(found["e"])
    yield Reading(subject, "is about", found["v"], f"What is {subject} about?", "which is about {v}")


def _initials(found: re.Match[str]) -> Iterator[Reading]:
    short = found["a"]
    words = found["f"].split()
    letters = [letter for letter in short.casefold() if letter.isalpha()]
    for start in range(len(words) - 1):
        long = words[start:]
        telling = [word for word in long if word.lower() not in {"of", "and", "the", "for", "to", "in", "on", "with"}]
        initials = [part[0].casefold() for word in telling for part in word.split("-") if part]
        every = [part[0].casefold() for word in long for part in word.split("-") if part]
        if letters in (initials, every) and telling and long[0] == telling[0]:
            yield Reading(short, "stands for", " ".join(long), f"What does {short} stand for?", any_subject=True)
            return


def _life(found: re.Match[str]) -> Iterator[Reading]:
    subject = found["e"].strip()
    yield Reading(subject, "born in year", found["b"], f"In which year was {subject} born?", "born in {v}")
    if found["d"]:
        yield Reading(subject, "died in year", found["d"], f"In which year did {subject} die?", "who died in {v}")


def _default(found: re.Match[str]) -> Iterator[Reading]:
    subject = _lower(found["e"])
    if answer_kind(found["v"]) == "text" or found["v"] == "None":
        return
    yield Reading(subject, "default", found["v"], f"What is the default value of {subject}?")


def _version(found: re.Match[str]) -> Iterator[Reading]:
    subject, verb = _lower(found["e"]), found["p"]
    yield Reading(
        subject,
        f"{verb} in version",
        found["v"],
        f"In which version {found['c']} {subject} {verb}?",
        f"{verb} in {{v}}",
    )


def _kind(found: re.Match[str]) -> Iterator[Reading]:
    yield Reading(_lower(found["e"]), "is a", found["v"], None)


def _pattern(
    name: str, regex: str, read: Callable[[re.Match[str]], Iterator[Reading]], *, whole: bool = True
) -> Pattern:
    return Pattern(name, re.compile(rf"^{regex}$" if whole else regex), read, whole)


PATTERNS: tuple[Pattern, ...] = (
    _pattern(
        "the R of X is Y",
        rf"The (?P<r>[a-z][a-z-]+(?: [a-z-]+){{0,2}}?(?: of (?:birth|death|origin|publication|release))?) of {_E} (?P<c>is|was) (?P<q>in |on )?{_V}",
        _noun,
    ),
    _pattern("Y is the R of X", rf"{_V} (?P<c>is|was) the (?P<r>[a-z-]+(?: [a-z-]+)?) of {_E}", _noun),
    _pattern(
        "X was made by Y",
        rf"{_E} (?P<c>is|was|were) (?P<p>{_PARTICIPLES})(?: in (?P<y>1[0-9]{{3}}|20[0-9]{{2}}))? by {_V}"
        r"(?: in (?P<z>1[0-9]{3}|20[0-9]{2}))?",
        _by,
    ),
    _pattern("X was made in YEAR", rf"{_E} (?P<c>was|were) (?P<p>{_ONCE}) in {_YEAR}", _year),
    _pattern("X was born in PLACE", rf"{_E} (?P<c>was) (?P<p>born|buried|educated|raised) in {_V}", _place),
    _pattern("X is in PLACE", rf"{_E} (?P<c>is) (?P<p>set|based|located|situated|headquartered) in {_V}", _place),
    _pattern(
        "X has its seat in PLACE", rf"{_E} has its (?P<p>seat|headquarters|head office|main office) in {_V}", _seat
    ),
    _pattern(
        "X opened in YEAR",
        rf"{_E} (?P<p>opened|closed|came out|became law|died|began|ended|appeared|came into force) in {_YEAR}",
        _happened,
    ),
    _pattern("X dates from YEAR", rf"{_E} dates from {_YEAR}", _dates),
    _pattern("X lies on Y", rf"{_E} (?P<p>lies|rises|stands|flows|sits) (?P<w>on|in|into|beside) {_V}", _stands),
    _pattern("Y made X", rf"{_V} (?P<p>{_PAST}) {_E}(?: in (?:1[0-9]{{3}}|20[0-9]{{2}}))?", _did),
    _pattern("X is N long", rf"{_E} (?P<c>is|was) {_MEASURE} (?P<a>long|high|tall|wide|deep|thick)", _measure),
    _pattern(
        "X has a length of N",
        rf"{_E} has an? (?P<r>height|length|width|mass|weight|area|population|capacity|diameter|depth|speed|size|range|wingspan"
        rf"|duration) of {_MEASURE}",
        _extent,
    ),
    _pattern("X works as Y", rf"{_E} works as an? {_V}", _work),
    _pattern("X is about Y", rf"{_E} is about {_V}", _about),
    _pattern("the default of X is Y", rf"The default(?: value)? (?:of|for) {_E} is {_V}", _default),
    _pattern("X defaults to Y", rf"{_E} defaults to {_V}", _default),
    _pattern(
        "X was added in VERSION",
        rf"{_E} (?P<c>was) (?P<p>added|introduced|removed|deprecated) in (?:version )?(?P<v>(?:[A-Z]\w+ )?v?\d+(?:\.\d+)+)",
        _version,
    ),
    _pattern(
        "long form (ABC)",
        r"(?P<f>(?:[A-Za-z][\w-]* ){1,7})\([\"\u201c]?(?P<a>[A-Z][A-Za-z]{1,6})s?[\"\u201d]?\)",
        _initials,
        whole=False,
    ),
    _pattern(
        "ABC (long form)",
        r"(?<![\w-])(?P<a>[A-Z][A-Za-z]{1,6}) \([\"\u201c]?(?P<f>[A-Za-z][\w-]*(?: [\w-]+){1,6})[\"\u201d]?\)",
        _initials,
        whole=False,
    ),
    _pattern(
        "ABC stands for",
        r"(?<![\w-])(?P<a>[A-Z][A-Za-z]{1,6}) (?:stands for|is (?:short|an? (?:acronym|abbreviation|initialism)) for)"
        r" (?:the )?[\"\u201c]?(?P<f>[A-Za-z][\w-]*(?: [\w-]+){1,6})[\"\u201d]?(?=[.,;)]|$)",
        _initials,
        whole=False,
    ),
    _pattern(
        "X (YEAR-YEAR) was",
        r"^(?P<e>(?:[A-Z\u00c0-\u00de][\w'.-]+ ){2,4})\((?:born |b\. )?(?P<b>1[0-9]{3}|20[0-9]{2})"
        r"(?:\s?[-\u2013]\s?(?P<d>1[0-9]{3}|20[0-9]{2}))?\) (?=(?:was|is) an? )",
        _life,
        whole=False,
    ),
    _pattern("X is a Y", r"^(?P<e>[^,;:()]{2,60}?) (?:is|was) an? (?P<v>[a-z-]+(?: [a-z-]+){0,2})", _kind, whole=False),
)
"""Every structure that is read, in the order in which they are tried; several may read one sentence."""
