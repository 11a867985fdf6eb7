"""Answers that are code: Python literals by value, identifiers and flags letter by letter."""

from __future__ import annotations

import ast
import re
import warnings
from functools import lru_cache
from typing import Any

from calibrant.grading.normalise import spoken
from calibrant.grading.verdict import Comparison, different, same, unsure

__all__ = [
    "UNQUOTED",
    "compare_code",
    "compare_literals",
    "is_code_question",
    "is_container",
    "is_program_value",
    "looks_like_code",
    "read_literal",
]

UNQUOTED = "a string without its quotes"
"""The reason why a reply that is a string value but for its quotes is unsure."""

_MAX_LENGTH = 20_000
_QUESTION = re.compile(
    r"```|\bdef \w+\(|\bassert \w|>>> |\bprint\(|\blambda \w|\bimport \w+\n|\bclass \w+[(:]|</?code>"
)
_FENCE = re.compile(r"^\s*```[\w+-]*[ \t]*\n?(.*?)\n?\s*```\s*$", re.DOTALL)
_LEAD = re.compile(r"^\s*(?:(?:the )?(?:output|result|return value|answer|ans)(?: is|:)|>>>|=>?|==)\s*", re.IGNORECASE)
_ASSERTION = re.compile(r"^\s*assert\s(.{1,2000}?\))\s*==\s*", re.DOTALL)
_LAYOUT = str.maketrans({" ": None, "\n": None, "\t": None, '"': "'"})
_CODE_SHAPE = re.compile(r"^[-/.$@~]+[A-Za-z]|_|::|\(\)|==|->|\\|^<[^ ]+>$|^\w+\.[a-z_]\w+(?:\.\w+)*$|[{};]")
_WEB = re.compile(r"^(?:https?://|www\.)|\.(?:com|org|net|edu|gov|io|co|uk|de|fr)\b", re.IGNORECASE)


@lru_cache(maxsize=1024)
def is_code_question(text: str) -> bool:
    """Return whether a question shows program code, so that its answers are program values."""
    if not any(sign in text for sign in ("(", "`", ">", "\n", "assert")):  # nearly all questions; ten times faster
        return False
    return _QUESTION.search(text, 0, 20_000) is not None


def looks_like_code(gold: str) -> bool:
    """Return whether a gold answer is an identifier, a flag, a path: something in which case and signs count.

    >>> [looks_like_code(text) for text in ("--no-cache", "np.clip", "snake_case", "Paris", "U.S.A.", "AC/DC")]
    [True, True, True, False, False, False]
    """
    return len(gold) < 200 and _CODE_SHAPE.search(gold) is not None and " " not in gold and not _WEB.search(gold)


def read_literal(text: str) -> tuple[Any] | None:
    """Return the value of a Python literal in a tuple of one; None where ``text`` is none, or is too long or deep."""
    if len(text) > _MAX_LENGTH:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return (ast.literal_eval(text),)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None


def is_program_value(answer: str) -> bool:
    """Return whether a reply to a question about code is a value as a program writes it, so that it declines nothing.

    >>> is_program_value("'I have no idea'"), is_program_value("I have no idea")
    (True, False)
    """
    text = _code_text(answer) or answer.strip()
    return not text.strip("?") or read_literal(text) is not None


def is_container(gold: str) -> bool:
    """Return whether a gold answer is a list, tuple, dict, set or bytes literal."""
    if gold[:1] not in "[({b" or gold[-1:] not in "])}'\"":
        return False
    value = read_literal(gold)
    return value is not None and isinstance(value[0], list | tuple | dict | set | bytes)


def _types_agree(left: Any, right: Any) -> bool:
    if type(left) is not type(right):
        return False
    if isinstance(left, list | tuple):
        return all(map(_types_agree, left, right))
    if isinstance(left, dict):
        return all(_types_agree(value, right[name]) for name, value in left.items())
    return True


def _code_text(answer: str, question: str = "") -> str | None:
    """Return the value part of a reply: without fence, 'Output:', 'assert f(...) ==' and surrounding ticks.

    None where the reply asserts the value of a call that the question does not ask about.
    """
    text = answer.strip()
    if "```" in text and (fenced := _FENCE.match(text)):
        text = fenced[1].strip()
    text = _LEAD.sub("", text, count=1)
    if asserted := _ASSERTION.match(text):
        if asserted[1].translate(_LAYOUT) not in question.translate(_LAYOUT):
            return None
        text = text[asserted.end() :]
    return text.strip().strip("`").strip()


def _is_bare_tuple(literal: str) -> bool:
    """Return whether a literal is a tuple without brackets: '1, 2', or '(1, 2),' which is a tuple in a tuple."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        node = ast.parse(literal, mode="eval").body
    return isinstance(node, ast.Tuple) and bool(node.elts) and node.elts[0].col_offset == node.col_offset


def compare_literals(gold: str, answer: str, question: str = "") -> Comparison:
    """Compare an answer with a gold that is a Python literal, by value and by type.

    A tuple without brackets is *unsure*: two values for one, or a tuple as a print shows it. So is an assertion about
    a call other than the question's.

    >>> compare_literals("[(4, 1)]", "[(4,1)]").verdict
    <Verdict.SAME: 'same'>
    """
    text = _code_text(answer, question)
    if text is None:
        return unsure("an assertion about another call")
    if text == gold:
        return same("equal text")
    expected, given = read_literal(gold), read_literal(text)
    if expected is None:
        return unsure("the gold is no literal")
    if given is None:
        return _compare_unquoted(expected[0], text)
    try:
        equal = bool(expected[0] == given[0])
        among = isinstance(given[0], tuple) and expected[0] in given[0]
        if (equal or among) and _is_bare_tuple(text):
            return unsure("a tuple without brackets")
    except RecursionError:
        return unsure("nested too deep to compare")
    if not equal:
        return different("values differ")
    return same("equal values") if _types_agree(expected[0], given[0]) else unsure("equal values of different types")


def _compare_unquoted(expected: Any, text: str) -> Comparison:
    """Judge a reply that is no literal: an expression may have the value; a word may be a string without its quotes."""
    if not isinstance(expected, str) or not re.fullmatch(r"[\w.!?,:;@#%&/ +-]{1,200}", text):
        return unsure("the answer is no literal")
    if "".join(expected.split()).casefold() == "".join(text.split()).casefold():
        return unsure(UNQUOTED)
    return different("values differ") if re.fullmatch(r"\w{1,200}", text) else unsure("the answer is no literal")


def compare_code(gold: str, answer: str) -> Comparison:
    """Compare an identifier, flag or path with an answer: equal to the letter, else *unsure*."""
    wanted, given = spoken(gold).strip().strip("`'\""), (_code_text(spoken(answer)) or answer).rstrip(".").strip("'\"")
    wanted = wanted.rstrip(".")
    if wanted == given:
        return same("equal text")
    if wanted.removesuffix("()") == given.removesuffix("()"):
        return same("equal but for the empty call")
    if wanted.casefold() == given.casefold():
        return unsure("differs in upper and lower case")
    return unsure("a different piece of code or name")
