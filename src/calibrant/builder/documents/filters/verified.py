"""Step 2: a model that reads the passage gives the gold answer, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from calibrant.builder.documents.asking import Answer, Request
from calibrant.builder.documents.corpus import Corpus
from calibrant.builder.documents.filters.filter import Sifted, Surroundings, sift
from calibrant.builder.item import Item
from calibrant.models import Sampling
from calibrant.types import Condition, OutcomeState, Passage, Question

__all__ = ["Agreed", "Verified", "open_book"]

_SHOWN = 200


class Verified:
    """Asks the verifier with the passage; whatever does not surely agree is dropped."""

    name = "verified"
    needs = "--verifier"

    def __call__(self, items: Sequence[Item], around: Surroundings) -> Sifted:
        """Drop items on which the verifier disagrees, declines or is unclear."""
        if around.asker is None or around.verifier is None or not items:
            return Sifted(kept=list(items))
        asked = [open_book(item, around.corpus) for item in items]
        request = Request(what="answers with the passage", questions=asked, models=[around.verifier])
        (answers,) = around.asker.ask(request).values()

        def verdict(item: Item) -> tuple[str | None, str]:
            (answer,) = answers[item.question.id]
            if answer.state is OutcomeState.CORRECT:
                return None, f"{around.verifier} agrees"
            if answer.state is OutcomeState.ERROR:
                return f"{around.verifier} gave no usable answer", ""
            return f"{around.verifier} says otherwise: {_shown(answer)}", ""

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
            other = next((one for one in given if one.state is not OutcomeState.CORRECT), None)
            if other is None:
                return None, f"{len(given)} of {len(given)} samples agree"
            right = sum(one.state is OutcomeState.CORRECT for one in given)
            return f"{right} of {len(given)} samples agree; one says: {_shown(other)}", ""

        return sift(self.name, items, verdict)


def open_book(item: Item, corpus: Corpus) -> Question:
    """The question with the piece of the document that holds its answer."""
    source = item.source
    chunk = None if source is None or source.start is None else corpus.chunk_at(source.document, source.start)
    text = chunk.text if chunk is not None else (source.quote if source is not None else "")
    return replace(item.question, passages=(Passage(text=text),), condition=Condition.GOLD)


def _shown(answer: Answer) -> str:
    return "no usable answer" if answer.text is None else " ".join(answer.text.split())[:_SHOWN]
