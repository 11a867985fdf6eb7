"""Step 2: a model that reads the passage gives the gold answer, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from calibrant.builder.documents.asking import Answer, Request
from calibrant.builder.documents.corpus import Corpus
from calibrant.builder.documents.filters.filter import Sifted, Surroundings, Unchecked, sift
from calibrant.builder.item import Item
from calibrant.models import Sampling
from calibrant.questions.suspicion import fold_text
from calibrant.types import Condition, OutcomeState, Passage, Question

__all__ = ["Agreed", "Verified", "no_verdict", "open_book", "shown"]

_SHOWN = 200
_COMMON = frozenset("the a an of in on at to and or is was it by for with from".split())


class Verified:
    """Asks the verifier with the passage; whatever does not surely agree does not stay."""

    name = "verified"
    needs = "--verifier"

    def __call__(self, items: Sequence[Item], around: Surroundings) -> Sifted:
        """Drop items on which the verifier disagrees or declines; without a usable answer there is no verdict."""
        if around.asker is None or around.verifier is None or not items:
            return Sifted(kept=list(items))
        asked = [open_book(item, around.corpus) for item in items]
        request = Request(what="answers with the passage", questions=asked, models=[around.verifier])
        (answers,) = around.asker.ask(request).values()

        def verdict(item: Item) -> tuple[str | None, str]:
            (answer,) = answers[item.question.id]
            if answer.state is OutcomeState.CORRECT:
                return None, f"{around.verifier} agrees"
            if (without := no_verdict(answer, item.question.golds)) is not None:
                return Unchecked(f"{around.verifier} {without}"), ""
            return f"{around.verifier} says otherwise: {shown(answer)}", ""

        sifted = sift(self.name, items, verdict)
        if any(item.made == f"model: {around.verifier}" for item in items):
            sifted.remarks.append(f"{around.verifier} verified its own questions: another model finds more mistakes.")
        return sifted


class Agreed:
    """Step 4, by a model: several answers with the passage, drawn anew, all agree with the gold."""

    name = "agreed"
    needs = "--verifier"
    temperature = 0.7

    def __call__(self, items: Sequence[Item], around: Surroundings) -> Sifted:
        """Drop items on which the samples differ."""
        if around.asker is None or around.verifier is None or not items or around.samples < 1:
            return Sifted(kept=list(items))
        request = Request(
            what="samples with the passage",
            questions=[open_book(item, around.corpus) for item in items],
            models=[around.verifier],
            repeats=around.samples,
            sampling=Sampling(temperature=self.temperature),
        )
        (answers,) = around.asker.ask(request).values()

        def verdict(item: Item) -> tuple[str | None, str]:
            given = answers[item.question.id]
            right = sum(one.state is OutcomeState.CORRECT for one in given)
            if right == len(given):
                return None, f"{right} of {right} samples agree"
            golds = item.question.golds
            without = next(filter(None, (no_verdict(one, golds) for one in given)), None)
            other = next((one for one in given if _differs(one, golds)), None)
            if other is None:
                return Unchecked(f"{right} of {len(given)} samples agree; one {without}"), ""
            return f"{right} of {len(given)} samples agree; one says: {shown(other)}", ""

        return sift(self.name, items, verdict)


def no_verdict(answer: Answer, golds: Sequence[str]) -> str | None:
    """Why an answer says neither yes nor no to the gold; None where it does.

    None came; or it could not be graded and shares a word with a gold, so that it may say the same in other words. One
    that shares none says otherwise.
    """
    if answer.text is None or answer.state is OutcomeState.ERROR:
        return "gave no usable answer"
    if answer.state is not OutcomeState.UNGRADED:
        return None
    said = set(fold_text(answer.text).split())
    if any(said & set(fold_text(gold).split()) - _COMMON for gold in golds) or not said:
        return f"says, in words that cannot be compared: {shown(answer)}"
    return None


def open_book(item: Item, corpus: Corpus) -> Question:
    """The question with the piece of the document that holds its answer."""
    source = item.source
    chunk = None if source is None or source.start is None else corpus.chunk_at(source.document, source.start)
    text = chunk.text if chunk is not None else (source.quote if source is not None else "")
    return replace(item.question, passages=(Passage(text=text),), condition=Condition.GOLD)


def shown(answer: Answer) -> str:
    """An answer as far as it is shown in a reason."""
    return "no usable answer" if answer.text is None else " ".join(answer.text.split())[:_SHOWN]


def _differs(answer: Answer, golds: Sequence[str]) -> bool:
    return answer.state is not OutcomeState.CORRECT and no_verdict(answer, golds) is None
