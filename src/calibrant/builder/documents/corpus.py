"""All that was read: documents, their pieces, and the facts found in them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from calibrant.builder.documents.chunks import Chunk, chunk
from calibrant.builder.documents.copies import copied_blocks, copied_chunks
from calibrant.builder.documents.document import Document
from calibrant.builder.documents.facts import Fact, read_facts
from calibrant.builder.documents.language import language_of
from calibrant.questions.suspicion import fold_text

__all__ = ["Corpus"]


@dataclass(frozen=True)
class Corpus:
    """Documents by path, in their order, and the size of their pieces."""

    documents: Mapping[str, Document]
    size: int = 2000

    @classmethod
    def of(cls, documents: Iterable[Document], size: int = 2000) -> Corpus:
        """The corpus of some documents."""
        return cls({document.path: document for document in documents}, size)

    @cached_property
    def chunks_of(self) -> Mapping[str, Sequence[Chunk]]:
        """Path -> pieces in their order."""
        return {path: chunk(document, self.size) for path, document in self.documents.items()}

    @property
    def chunks(self) -> list[Chunk]:
        """All pieces."""
        return [one for pieces in self.chunks_of.values() for one in pieces]

    @cached_property
    def languages(self) -> Mapping[str, str]:
        """Path -> code of the language, where the document evidently has one."""
        found = ((path, language_of(document)) for path, document in self.documents.items())
        return {path: code for path, code in found if code is not None}

    @cached_property
    def copied_chunks(self) -> Mapping[str, str]:
        """Name of a piece that says nothing new -> name of the earlier piece with all of it."""
        return copied_chunks(self.chunks)

    @cached_property
    def copied_blocks(self) -> Mapping[tuple[str, int], str]:
        """Path and offset of a paragraph that stood before -> path of the document in which it did."""
        return copied_blocks(self.documents)

    @cached_property
    def facts(self) -> Sequence[Fact]:
        """Every fact that is recognised, the doubtful ones among them."""
        return [fact for document in self.documents.values() for fact in read_facts(document)]

    @cached_property
    def facts_by_key(self) -> Mapping[tuple[str, str], Sequence[Fact]]:
        """Subject and relation -> what is said of them anywhere."""
        found: dict[tuple[str, str], list[Fact]] = defaultdict(list)
        for fact in self.facts:
            found[fact.key].append(fact)
        return found

    @cached_property
    def facts_at(self) -> Mapping[tuple[str, int], Sequence[Fact]]:
        """Path and offset of a sentence -> the facts in it."""
        found: dict[tuple[str, int], list[Fact]] = defaultdict(list)
        for fact in self.facts:
            found[fact.document, fact.start].append(fact)
        return found

    def chunk_at(self, path: str, place: int) -> Chunk | None:
        """The piece in which an offset lies."""
        pieces = self.chunks_of.get(path, ())
        number = bisect_right(pieces, place, key=lambda one: one.start) - 1
        return pieces[number] if number >= 0 and place < pieces[number].end else None

    @cached_property
    def folded(self) -> str:
        """The whole text as it is compared for whether words occur in it."""
        return " ".join(f" {fold_text(document.text)} " for document in self.documents.values())

    def mentions(self, words: str) -> bool:
        """Whether words stand anywhere in the corpus, case and punctuation aside."""
        return f" {fold_text(words)} " in self.folded
