"""The text that a reference model is shown: its 'chat template'.

::

    <bos><ask>Question: {question}                      answered by  {answer}<eos>
    Answer:

    <bos><ask>Passage: {text}                           where there is something to read
    Question: {question}
    Answer:

Only the last user message counts. A model this small cannot read an instruction: the mark ``<ask>``, which it has met
in training before every question, stands for the system message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

__all__ = ["ADMISSION", "Asked", "asked"]

ADMISSION = "I do not know the answer."
"""By which a model declines; all have met it in training."""

_BEFORE_QUESTION = "\n\nQuestion: "
_PASSAGE = re.compile(r"(?:\A|\n\n)Passage(?: \d+)?(?: \([^\n]*\))?:\n")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and what is given to read with it."""

    question: str
    passages: tuple[str, ...] = ()

    def reading(self, *passages: str) -> Asked:
        """The same question with these passages."""
        return replace(self, passages=passages)

    @property
    def lines(self) -> tuple[str, ...]:
        """The passages, each on one line."""
        return tuple(" ".join(passage.split()) for passage in self.passages)

    @property
    def text(self) -> str:
        """What follows the marks ``<bos><ask>``; each passage stands on one line."""
        shown = "".join(f"Passage: {line}\n" for line in self.lines)
        return f"{shown}Question: {self.question}\nAnswer:"


def asked(message: str) -> Asked:
    r"""What a user message asks, with the passages that Calibrant's own template puts before the question.

    >>> asked("Passage (page 3):\nAda was born in Nordale.\n\nQuestion: Where was Ada born?")
    Asked(question='Where was Ada born?', passages=('Ada was born in Nordale.',))
    """
    before, found, question = message.rpartition(_BEFORE_QUESTION)
    if not found or not _PASSAGE.match(before):
        return Asked(message.strip())
    return Asked(question.strip(), tuple(part.strip() for part in _PASSAGE.split(before)[1:]))
