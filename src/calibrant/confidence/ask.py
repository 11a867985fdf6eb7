"""One further call about an answer: whom it goes to, and what is asked. No I/O.

The answer may have been written to be found right. It stands between two lines that hold a digest of question and
answer, so nothing inside can end the fence (see ``grading/judge.py``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from calibrant.models import Message, Sampling
from calibrant.types import Purpose, Question

__all__ = ["Ask", "fenced", "shown"]

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A call about an answer.

    ``how`` says what is sent: ``again``, the very prompt that the answer replied to; ``after``, the conversation so far
    and then ``user``; ``alone``, only ``system`` and ``user``, which show question and answer at ``{question}`` and
    ``{answer}``.
    """

    name: str
    purpose: Purpose
    how: Literal["alone", "after", "again"]
    second: bool = False
    """Whether another model is asked, which the user names, and not the one that answered."""
    system: str = ""
    user: str = ""
    sampling: Sampling | None = None
    """None = as the run samples."""
    opening: bool = False
    """Whether only the reply's beginning is read, so that one cut off at the token limit is as good."""

    @property
    def content(self) -> Mapping[str, Any]:
        """Everything that decides what is shown, as plain values."""
        return {"ask": self.name, "how": self.how, "system": self.system, "user": self.user}

    @property
    def digest(self) -> str:
        """Identity of what is shown, 32 hexadecimal characters."""
        return _digest(dict(self.content))

    def messages(self, question: Question, answer: str, before: tuple[Message, ...] = ()) -> tuple[Message, ...]:
        """What is sent.

        Args:
            question: what was asked.
            answer: the answer at hand.
            before: the messages that the answer replied to; needed unless ``how`` is ``alone``.
        """
        if self.how == "again":
            return before
        if self.how == "after":
            return (*before, Message("assistant", answer), Message("user", self.user))
        filled = self.user.format(question=shown(question), answer=fenced(question, answer))
        parts = (Message("system", self.system), Message("user", filled))
        return tuple(part for part in parts if part.content)


def shown(question: Question) -> str:
    """A question with its passages and choices, as one text."""
    passages = [f"Passage{f' ({one.source})' if one.source else ''}:\n{one.text}\n" for one in question.passages]
    choices = [f"{letter}) {choice}" for letter, choice in zip(_LETTERS, question.choices, strict=False)]
    return "\n".join([*passages, question.text, *choices])


def fenced(question: Question, answer: str) -> str:
    """An answer between two lines that it cannot hold."""
    turn = 0
    while (nonce := _digest(["fence", question.text, answer, turn])[:16]) in answer:
        turn += 1
    return f"BEGIN {nonce}\n{answer}\nEND {nonce}"


def _digest(content: Any) -> str:
    told = json.dumps(content, sort_keys=True)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]
