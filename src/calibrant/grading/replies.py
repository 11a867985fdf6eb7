"""What every grader does with a reply before it looks at golds: a marked final answer, and questions without an answer."""

from __future__ import annotations

import re

from calibrant.grading.abstention import is_abstention
from calibrant.grading.normalise import clean, key
from calibrant.grading.texts import denies
from calibrant.types import Grade, OutcomeState

__all__ = ["LONG", "final_answer", "grade_unanswerable", "takes_back"]

LONG = 600
"""Longest reply, in characters, that is compared as a whole; of a longer one only a marked final answer is read."""
_TAIL = 4000
_BOXED = re.compile(r"\\boxed\s*\{([^{}]{1,200})\}")
_FINAL = re.compile(
    r"^[ *_#>-]{0,9}(?:final answer|answer|antwort|réponse|respuesta)[ *_]{0,9}:[ *_]{0,9}(.{1,200}?)[ *_]{0,9}$",
    re.IGNORECASE | re.MULTILINE,
)
_TAKEN_BACK = re.compile(
    r"\b(?:wait|actually|correction|scratch that|on second thought|sorry|i meant|moment|attends|pardon|en fait|espera|perdón|"
    r"en realidad|aspetta|anzi|espere|wacht)\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"^\W*i(?:'m| am|’m)(?: \w+)? not (?:\w+ )?(?:sure|certain)\b[^.,;]{0,40}[.,;] (?:but|however),? (?=i |it |my |the )",
    re.IGNORECASE,
)


def final_answer(text: str) -> str | None:
    """Return the answer that a long reply marks as its last word (a LaTeX box, 'Answer: ...').

    None without one, with two that differ, or where what follows takes it back.

    >>> final_answer("Twelve and thirty make\\n**Answer: 42**")
    '42'
    >>> final_answer("Answer: 41\\nNo.\\nAnswer: 42") is None, final_answer("Answer: 41\\nWait, 42.") is None
    (True, True)
    """
    tail = text[-_TAIL:]
    found = list(_BOXED.finditer(tail)) or list(_FINAL.finditer(tail))
    if len({key(clean(match[1])) for match in found}) != 1 or takes_back(tail[found[-1].end() :]):
        return None
    return found[-1][1]


def takes_back(text: str) -> bool:
    """Return whether what follows an answer may withdraw it."""
    return _TAKEN_BACK.search(text) is not None


def grade_unanswerable(answer: str, grader: str) -> Grade:
    """Grade a reply to a question without an answer: declining is right, a denial is left open, all else is an attempt."""
    if is_abstention(answer):
        return Grade(state=OutcomeState.ABSTAINED, grader=grader, reason="declined an unanswerable question")
    opening = _HEDGE.sub("", answer[:_TAIL])
    if denies(opening) or not _familiar(opening):
        reason = "may deny the premise of an unanswerable question"
        return Grade(state=OutcomeState.UNGRADED, grader=grader, reason=reason)
    return Grade(state=OutcomeState.INCORRECT, grader=grader, reason="attempted an unanswerable question")


def _familiar(text: str) -> bool:
    """Return whether the text is in a script whose negations and refusals we can read."""
    return text.isascii() or all(ord(char) < 0x250 or not char.isalpha() or 0x400 <= ord(char) < 0x530 for char in text)
