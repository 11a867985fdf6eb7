"""What a judge said: a verdict with its reason, or why no verdict can be read.

Read is only what stands where a verdict belongs: a JSON object that is the whole reply or ends it, a line
``VERDICT: word``, or the word alone on the first or the last line. A reply is never searched for letters or words: in
``NOT_ATTEMPTED`` there is an A, in ``INCORRECT`` a CORRECT, and in prose both. What says two things, or whose reason
says another thing than its verdict in one of the wordings listed below, in English, says nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from calibrant.types import OutcomeState

__all__ = ["UNREADABLE", "Judgement", "read_judgement"]

UNREADABLE = "unreadable verdict: "
"""How the reason of a grade begins where a judge replied and no verdict could be read."""

_LONGEST_REPLY = 20_000
_LONGEST_REASON = 1000
_VERDICTS = {
    "correct": OutcomeState.CORRECT,
    "partial": OutcomeState.PARTIAL,
    "incorrect": OutcomeState.INCORRECT,
    "abstained": OutcomeState.ABSTAINED,
    "not_attempted": OutcomeState.ABSTAINED,
    "not attempted": OutcomeState.ABSTAINED,
}
_WORDS = "|".join(_VERDICTS)
_AROUND = r"[ \t*_`\"'#>-]*"
_LINE = re.compile(rf"^{_AROUND}verdict{_AROUND}:{_AROUND}(.*?){_AROUND}[.!]?{_AROUND}$", re.IGNORECASE)
_ALONE = re.compile(rf"^{_AROUND}({_WORDS}){_AROUND}[.!]?{_AROUND}$", re.IGNORECASE)
_WORD = re.compile(rf"\b({_WORDS})\b", re.IGNORECASE)
_THOUGHT = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_BLOCK = re.compile(r"\A```[A-Za-z]*[ \t]*\n(.*?)\n?[ \t]*```\Z", re.DOTALL)

_SUBJECT = r"\b(?:the|this|its|their|given) (?:\w+ )?(?:answer|response|reply|verdict)"
_IS = r" (?:is|was|should be|must be)(?: \w+ly| graded| judged| marked| therefore| thus| hence)*(?: as)?"
_SAID = r"(not )?(?:\w+ly )?(correct|right|incorrect|wrong|abstained|not_attempted)\b"
_WHOLLY = r"(?!,? (?:about|in|on|as|but|except|for|if|only|regarding|that|though|to|where|with)\b)"
_CLAIM = re.compile(rf"{_SUBJECT}{_IS} {_SAID}{_WHOLLY}", re.IGNORECASE)
_IT_IS = re.compile(
    rf"(?<!in )(?<!of )(?<!about )\b(?:it|this|that)(?:'s| is| was) (?:\w+ly )?(not )?(correct|right|incorrect|wrong|false)\b{_WHOLLY}",
    re.IGNORECASE,
)
_OPENING = re.compile(r"\A()(correct|right|incorrect|wrong|false)(?=[:.,;!]|\Z)", re.IGNORECASE)
_ACCEPTED = r"(?:the|an|any|one) (?:of the )?(?:accepted|gold|reference|expected) (?:answer|one|form)s?\b"
_MATCHES = re.compile(rf"\b(?:matches|equals|is the same as) {_ACCEPTED}(?!'){_WHOLLY}", re.IGNORECASE)
_MATCHES_NOT = re.compile(rf"\b(?:does not|doesn't|did not|do not) (?:match|equal) {_ACCEPTED}{_WHOLLY}", re.IGNORECASE)
_DECLINES = re.compile(
    r"\b(?:answer|response|reply|it) (?:\w+ly )?(?:declines|abstains|refuses to answer|does not attempt)\b",
    re.IGNORECASE,
)
_NOT_THE_GIVEN = re.compile(r"\b(?:accepted|gold|correct|right|reference|expected|true|wrong)\b", re.IGNORECASE)
_RIGHT, _WRONG, _DECLINED = frozenset({"correct", "right"}), frozenset({"incorrect", "wrong", "false"}), "declined"
_AGAINST = {
    OutcomeState.CORRECT: frozenset({"wrong", _DECLINED}),
    OutcomeState.PARTIAL: frozenset({_DECLINED}),
    OutcomeState.INCORRECT: frozenset({"right", _DECLINED}),
    OutcomeState.ABSTAINED: frozenset({"right", "wrong"}),
}
"""Verdict -> what its reason must not claim. A partly right answer may be called right or wrong on the way."""


class Judgement(NamedTuple):
    """What was read of a judge's reply."""

    state: OutcomeState | None
    """None = no verdict could be read."""
    reason: str
    """The judge's, or why nothing could be read."""


def read_judgement(reply: str) -> Judgement:
    """Read a judge's reply; never raises.

    >>> read_judgement('{"reason": "Another city.", "verdict": "incorrect"}')
    Judgement(state=<OutcomeState.INCORRECT: 'incorrect'>, reason='Another city.')
    >>> [read_judgement(text).state for text in ("A", "NOT_ATTEMPTED? No: it is Based on X, A", "INCORRECT because C")]
    [None, None, None]
    """
    if len(reply) > _LONGEST_REPLY:
        return Judgement(None, f"a reply of {len(reply):,} characters")
    text = _THOUGHT.sub("", reply).strip()
    block = _BLOCK.match(text)
    text = block[1].strip() if block else text
    if not text:
        return Judgement(None, "an empty reply")
    found = _whole_object(text)
    if found is None:
        return _of_lines(text)
    said = _verdict_of(found.get("verdict"))
    if said is None:
        return Judgement(None, f"no verdict in the JSON: {_short(text)}")
    reason = found.get("reason")
    return _unless_contradicted(said, reason if isinstance(reason, str) else "")


def _of_lines(text: str) -> Judgement:
    """Of a reply that is no JSON object: what its lines say, if they say one thing and it stands first or last."""
    lines = [line for line in text.splitlines() if line.strip()]
    said = {place: state for place, line in enumerate(lines) if (state := _of_line(line, place, len(lines)))}
    ending = _ending_object(text)
    if ending is not None:
        state = _verdict_of(ending[0].get("verdict"))
        if state is not None:
            said[len(lines)] = state
    elsewhere = {state for found in _objects(text) if (state := _verdict_of(found.get("verdict")))}
    if set(said) == {0} and _LINE.match(lines[0]) is None:
        elsewhere |= {_VERDICTS[word.lower()] for word in _WORD.findall("\n".join(lines[1:]))}
    anchored = {0, len(lines) - 1, len(lines)} & said.keys()
    if anchored and len(elsewhere | set(said.values())) > 1:
        return Judgement(None, f"two verdicts: {_short(text)}")
    if not anchored:
        return Judgement(None, f"no verdict in: {_short(text)}")
    state = next(iter(said.values()))
    rest = "\n".join(line for place, line in enumerate(lines) if place not in said)
    if ending is not None and len(lines) in said:
        reason = ending[0].get("reason")
        rest = reason if isinstance(reason, str) and reason else text[: ending[1]]
    return _unless_contradicted(state, rest)


def _of_line(line: str, place: int, lines: int) -> OutcomeState | None:
    named = _LINE.match(line)
    if named:
        return _verdict_of(named[1])
    alone = _ALONE.match(line) if place in (0, lines - 1) else None
    return _verdict_of(alone[1]) if alone else None


def _verdict_of(said: Any) -> OutcomeState | None:
    return _VERDICTS.get(said.strip().lower()) if isinstance(said, str) else None


def _whole_object(text: str) -> dict[str, Any] | None:
    found = _decoded(text)
    return found if isinstance(found, dict) else None


def _ending_object(text: str) -> tuple[dict[str, Any], int] | None:
    """The JSON object with which a reply ends, on lines of its own, and where it begins."""
    body = text.removesuffix("```").rstrip()
    for start in _line_starts(body):
        found = _decoded(body[start:])
        if isinstance(found, dict):
            return found, start
    return None


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Every JSON object that begins a line."""
    decoder = json.JSONDecoder(object_pairs_hook=_once)
    for start in _line_starts(text):
        try:
            found, _ = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            yield found


def _line_starts(text: str) -> Iterator[int]:
    for found in re.finditer(r"^[ \t]*(?=\{)", text, re.MULTILINE):
        yield found.end()


def _decoded(text: str) -> Any:
    if not text.startswith("{") or not text.endswith("}"):
        return None
    try:
        return json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a verdict that is there twice is none."""
    names = [name for name, _ in pairs]
    found = dict(pairs)
    if names.count("verdict") > 1 and len({str(value) for name, value in pairs if name == "verdict"}) > 1:
        found["verdict"] = None
    return found


def _unless_contradicted(state: OutcomeState, reason: str) -> Judgement:
    """The judgement, unless its reason says in so many words that the answer is something else."""
    reason = " ".join(reason.split())
    against = _claims(reason) & _AGAINST[state]
    if against:
        return Judgement(None, f"verdict {state.value}, reason: {_short(reason)}")
    return Judgement(state, reason[:_LONGEST_REASON])


def _claims(reason: str) -> set[str]:
    found = set()
    for pattern in (_CLAIM, _IT_IS, _OPENING):
        for claim in pattern.finditer(reason):
            of_another = pattern is _CLAIM and _NOT_THE_GIVEN.search(claim[0][: claim[0].lower().find(" is")])
            if not of_another and not _is_condition(reason, claim.start()):
                found.add(_claimed(claim[2].lower(), is_denied=bool(claim[1])))
    for pattern, said in ((_MATCHES, "right"), (_MATCHES_NOT, "wrong"), (_DECLINES, _DECLINED)):
        if any(not _is_condition(reason, claim.start()) for claim in pattern.finditer(reason)):
            found.add(said)
    return found


def _claimed(word: str, *, is_denied: bool) -> str:
    """What a word says of an answer; ``not abstained`` is some answer, and says no more."""
    if word not in _RIGHT | _WRONG:
        return "" if is_denied else _DECLINED
    return "right" if (word in _RIGHT) is not is_denied else "wrong"


def _is_condition(reason: str, start: int) -> bool:
    return re.search(r"\b(?:if|whether|unless|that) $", reason[:start], re.IGNORECASE) is not None


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else line[:157] + "..."
