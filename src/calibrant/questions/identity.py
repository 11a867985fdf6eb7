"""What makes a question the same question, and a set the same set: SHA-256 over canonical JSON.

The hashed bytes begin with the name and version of the rule, so a change of the rule can never pass for the same
content. Text is put into Unicode's form NFC first (stable by Unicode's own policy): a file that went through a
computer which writes ``é`` as two characters holds the same questions. Nothing else is folded; case and punctuation are
part of what a model is shown.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable
from typing import Any

from calibrant.types import Question

__all__ = ["question_hash", "set_hash", "set_hash_of", "text_hash"]

_QUESTION_RULE = b"calibrant question 1\n"
_TEXT_RULE = b"calibrant question text 1\n"
_MEMBER_RULE = b"calibrant set member 1\n"
_SET_RULE = b"calibrant set 1\n"

_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode


def question_hash(question: Question) -> str:
    """The identity of what a model is shown: text, choices and passages in their order, and the condition.

    Not the id, not the gold answers, not where it came from: two questions with one hash can share a response.

    Returns:
        64 hexadecimal digits, the same on every platform and Python version.
    """
    shown = [
        _nfc(question.text),
        [_nfc(choice) for choice in question.choices],
        [[_nfc(passage.text), _nfc(passage.source)] for passage in question.passages],
        question.condition.value,
    ]
    return hashlib.sha256(_QUESTION_RULE + _encode(shown).encode("ascii")).hexdigest()


def text_hash(question: Question) -> str:
    """The identity of a question whatever it is shown with: text and choices, not passages and condition.

    One question under several conditions is one question: its attempts depend on each other.

    Returns:
        64 hexadecimal digits.
    """
    asked = [_nfc(question.text), [_nfc(choice) for choice in question.choices]]
    return hashlib.sha256(_TEXT_RULE + _encode(asked).encode("ascii")).hexdigest()


def set_hash(questions: Iterable[Question]) -> str:
    """The identity of everything about a set that changes its numbers, whatever the order of questions.

    Per question: what is shown, the accepted and the wrong answers (as sets), stratum, domain, topic, subtopic and
    cluster, and where they are stated the language and the grader. Not the ids, the evidence and the other extra
    fields. A question that is there twice counts twice.

    Returns:
        64 hexadecimal digits.
    """
    return set_hash_of((question, question_hash(question)) for question in questions)


def set_hash_of(hashed: Iterable[tuple[Question, str]]) -> str:
    """:func:`set_hash` of questions whose :func:`question_hash` is known already."""
    members = sorted(_member(question, digest) for question, digest in hashed)
    return hashlib.sha256(_SET_RULE + "\n".join(members).encode("ascii")).hexdigest()


def _member(question: Question, digest: str) -> str:
    content: list[Any] = [
        digest,
        sorted({_nfc(gold) or "" for gold in question.golds}),
        sorted({_nfc(wrong) or "" for wrong in question.wrong}),
        question.stratum.value,
        *(_nfc(part) for part in (question.domain, question.topic, question.subtopic, question.cluster)),
    ]
    stated = {"language": question.language, "grader": question.extra.get("grader")}
    stated = {name: value for name, value in stated.items() if isinstance(value, str)}
    if stated:
        content.append(stated)
    return hashlib.sha256(_MEMBER_RULE + _encode(content).encode("ascii")).hexdigest()


def _nfc(text: str | None) -> str | None:
    if text is None or text.isascii():
        return text
    return unicodedata.normalize("NFC", text)
