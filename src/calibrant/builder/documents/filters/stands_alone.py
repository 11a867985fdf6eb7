"""Step 3, by a model: where a question's words lead to another piece than its own, that piece does not answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from calibrant.builder.documents.alike import Index
from calibrant.builder.documents.asking import Request
from calibrant.builder.documents.corpus import Corpus
from calibrant.builder.documents.filters.filter import Sifted, Surroundings, Unchecked, sift
from calibrant.builder.documents.filters.verified import shown
from calibrant.builder.item import Item
from calibrant.types import Condition, OutcomeState, Passage, Question

__all__ = ["StandsAlone"]

_LED = "its words lead to its own piece"


class StandsAlone:
    """Looks up the question's words in all documents, and asks the verifier with what they lead to.

    A question that leans on its document (*When did she die?*, *What is the default?*) leads to some other piece, and
    that answers it; so does one about something that has a namesake. One that names what it is about leads to its own
    piece, which needs no asking, or to one that leaves it unanswered. Looked up by TF-IDF.
    """

    name = "stands-alone"
    needs = "--verifier"

    def __call__(self, items: Sequence[Item], around: Surroundings) -> Sifted:
        """Drop items that another piece answers otherwise."""
        if around.asker is None or around.verifier is None or not items:
            return Sifted(kept=list(items))
        beside = _beside(items, around.corpus)
        if not beside:
            return sift(self.name, items, lambda _: (None, _LED))
        request = Request(what="answers by looking up", questions=list(beside.values()), models=[around.verifier])
        (answers,) = around.asker.ask(request).values()

        def verdict(item: Item) -> tuple[str | None, str]:
            if item.question.id not in beside:
                return None, _LED
            (answer,) = answers[item.question.id]
            if answer.text is None or answer.state is OutcomeState.ERROR:
                return Unchecked(f"{around.verifier} gave no usable answer"), ""
            if answer.state is OutcomeState.ABSTAINED:
                return None, f"{around.verifier} declines with the piece that its words lead to"
            if answer.state is OutcomeState.CORRECT:
                return None, f"{around.verifier} gives the answer from another piece, too"
            return f"its words lead to another piece, from which {around.verifier} answers: {shown(answer)}", ""

        return sift(self.name, items, verdict)


def _beside(items: Sequence[Item], corpus: Corpus) -> dict[str, Question]:
    """Id -> the question with the piece that its words lead to, where that is not its own."""
    chunks = [chunk for chunk in corpus.chunks if chunk.name not in corpus.copied_chunks]
    index = Index([f"{' '.join(chunk.headings)} {chunk.text}" for chunk in chunks])
    found: dict[str, Question] = {}
    for item in items:
        own = None if item.source is None else item.source.chunk
        own = corpus.copied_chunks.get(own or "", own)
        for place in index.nearest(item.question.text, 1):
            if chunks[place].name != own:
                passages = (Passage(text=chunks[place].text),)
                found[item.question.id] = replace(item.question, passages=passages, condition=Condition.NEAR_MISS)
    return found
