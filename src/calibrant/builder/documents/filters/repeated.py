"""Step 0: a page that stands there twice, or a paragraph of many documents, is asked about once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from calibrant.builder.documents.filters.filter import Sifted, Surroundings, sift
from calibrant.builder.item import Item

__all__ = ["Repeated"]


class Repeated:
    """Drops questions of a piece or a paragraph that says nothing new; see `calibrant.builder.documents.copies`.

    A generating model is not asked about copied pieces at all. Contradictions are looked for in them all the same.
    """

    name = "repeated"
    needs = None

    def __call__(self, items: Sequence[Item], around: Surroundings) -> Sifted:
        """Drop what was made from a copy."""
        corpus = around.corpus
        starts = {path: [block.start for block in document.blocks] for path, document in corpus.documents.items()}

        def verdict(item: Item) -> tuple[str | None, str]:
            source = item.source
            if source is None or source.start is None or source.document not in starts:
                return None, ""
            original = corpus.copied_chunks.get(source.chunk or "")
            if original is not None:
                return f"its piece says nothing that {original} does not say", ""
            place = bisect_right(starts[source.document], source.start) - 1
            block = starts[source.document][max(0, place)]
            earlier = corpus.copied_blocks.get((source.document, block))
            return (None if earlier is None else f"its paragraph stands in {earlier} already"), ""

        return sift(self.name, items, verdict)
