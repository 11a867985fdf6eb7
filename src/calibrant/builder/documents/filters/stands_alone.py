"""Step 3, by a model: the question alone leads to its answer, among all the documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from calibrant.builder.documents.alike import Index
from calibrant.builder.documents.asking import Request
from calibrant.builder.documents.corpus import Corpus
from calibrant.builder.documents.filters.filter import Sifted, Surroundings, Unchecked, sift
from calibrant.builder.documents.filters.verified import no_verdict, shown
from calibrant.builder.item import Item
from calibrant.types import Condition, OutcomeState, Passage, Question

__all__ = ["StandsAlone"]

_PASSAGES = 3


class StandsAlone:
    """Looks up the question's words in all documents and asks the verifier with what they lead to.

    A question that leans on its document (*When did she die?*, *Which option is the default?*) leads elsewhere, or to
    several things at once. So does one about something that has a namesake. The passages are the most similar pieces by
    TF-IDF, up to three, that together are no longer than one piece may be, and at least one.
    """

    name = "stands-alone"
    needs = "--verifier"

    def __call__(self, items: Sequence[Item], around: Surroundings) -> Sifted:
        """Drop items on which the verifier finds another answer, or none, when only the question says where to look."""
        if around.asker is None or around.verifier is None or not items:
            return Sifted(kept=list(items))
        asked = list(_looked_up(items, around.corpus))
        request = Request(what="answers by looking up", questions=asked, models=[around.verifier])
        (answers,) = around.asker.ask(request).values()

        def verdict(item: Item) -> tuple[str | None, str]:
            (answer,) = answers[item.question.id]
            if answer.state is OutcomeState.CORRECT:
                return None, f"{around.verifier} finds it by the question alone"
            if (without := no_verdict(answer, item.question.golds)) is not None:
                return Unchecked(f"{around.verifier} {without}"), ""
            return f"by the question alone {around.verifier} finds: {shown(answer)}", ""

        return sift(self.name, items, verdict)


def _looked_up(items: Sequence[Item], corpus: Corpus) -> Iterator[Question]:
    """The questions, each with the pieces that its words lead to; copies of a piece are no second one."""
    chunks = [chunk for chunk in corpus.chunks if chunk.name not in corpus.copied_chunks]
    index = Index([f"{' '.join(chunk.headings)} {chunk.text}" for chunk in chunks])
    for item in items:
        passages: list[Passage] = []
        room = corpus.size
        for place in index.nearest(item.question.text, _PASSAGES):
            text = chunks[place].text
            if passages and len(text) > room:
                break
            passages.append(Passage(text=text))
            room -= len(text)
        yield replace(item.question, passages=tuple(passages), condition=Condition.GOLD if passages else Condition.NONE)
