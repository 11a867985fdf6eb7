"""What is audited: each question of a set once, with what its file says of where the answer is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calibrant.questions import QuestionSet, load_questions, text_hash
from calibrant.types import Condition, Question, Stratum

__all__ = ["AuditItem", "read_items"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditItem:
    """One question to be judged."""

    id: str
    """Of the question; where it is asked under several conditions, of the first of them."""
    digest: str
    """Of what is judged: a verdict about another wording or other golds is no verdict about this."""
    question: Question
    quote: str | None
    """The words that hold the answer, as the file gives them."""
    document: str | None
    start: int | None
    """Offset of the quote in the document's text, in characters."""
    end: int | None
    made: str | None
    """How the question was made."""
    checks: tuple[tuple[str, bool, str], ...]
    """Name, passed, detail of what was checked when it was made."""

    @property
    def cluster(self) -> str:
        """What makes questions dependent."""
        return self.question.cluster or self.id

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for the page."""
        question = self.question
        return {
            "id": self.id,
            "digest": self.digest,
            "question": question.text,
            "golds": list(question.golds),
            "choices": list(question.choices),
            "answerable": question.stratum is Stratum.ANSWERABLE,
            "topic": " / ".join(part for part in (question.domain, question.topic, question.subtopic) if part),
            "quote": self.quote,
            "document": self.document,
            "evidence": [text for text in question.evidence if text not in {self.quote, self.document}],
            "made": self.made,
            "checks": [{"name": name, "passed": passed, "detail": detail} for name, passed, detail in self.checks],
        }


def read_items(path: str | Path) -> tuple[QuestionSet, list[AuditItem]]:
    """The questions of a file, each wording once whatever it is shown with.

    Raises:
        InputError: the file is no question set.
    """
    loaded = load_questions(path)
    return loaded, distinct(loaded)


def distinct(questions: Iterable[Question]) -> list[AuditItem]:
    """One item for each wording; of several conditions the closed book stands for all."""
    chosen: dict[str, Question] = {}
    for question in questions:
        key = text_hash(question)
        if key not in chosen or (question.condition is Condition.NONE and chosen[key].condition is not Condition.NONE):
            chosen[key] = question
    return [_item(question) for question in chosen.values()]


def digest_of(question: Question) -> str:
    """Of what a verdict is about: the question, its answers, and where the answer is found."""
    judged = [question.text, question.golds, question.choices, str(question.stratum), question.extra.get("quote")]
    return hashlib.sha256(json.dumps(judged, ensure_ascii=True).encode()).hexdigest()[:32]


def _item(question: Question) -> AuditItem:
    extra = question.extra
    return AuditItem(
        id=question.id,
        digest=digest_of(question),
        question=question,
        quote=_text(extra, "quote") or next(iter(question.evidence), None),
        document=_text(extra, "document"),
        start=_number(extra, "start"),
        end=_number(extra, "end"),
        made=_text(extra, "made"),
        checks=tuple(_checks(extra.get("checks"))),
    )


def _text(extra: Mapping[str, Any], name: str) -> str | None:
    value = extra.get(name)
    return str(value) if value not in (None, "") else None


def _number(extra: Mapping[str, Any], name: str) -> int | None:
    value = _text(extra, name)
    return int(value) if value is not None and value.isdecimal() else None


def _checks(given: Any) -> Iterable[tuple[str, bool, str]]:
    """As a list, or as the JSON text that a csv file holds; anything else is no check."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            return
    if not isinstance(given, list):
        return
    for one in given:
        if isinstance(one, Mapping) and "name" in one:
            yield str(one["name"]), bool(one.get("passed")), str(one.get("detail") or "")
