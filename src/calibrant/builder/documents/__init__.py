"""Question sets from documents: md, txt, html, pdf, docx; by rules that need no model, or by a model that is checked."""

from calibrant.builder.documents.asking import Asker
from calibrant.builder.documents.build import DocumentOptions, build_from_corpus, build_from_documents, read_corpus
from calibrant.builder.documents.chunks import Chunk, chunk
from calibrant.builder.documents.corpus import Corpus
from calibrant.builder.documents.document import Document
from calibrant.builder.documents.foretelling import Foretold
from calibrant.builder.documents.reading import read_document

__all__ = [
    "Asker",
    "Chunk",
    "Corpus",
    "Document",
    "DocumentOptions",
    "Foretold",
    "build_from_corpus",
    "build_from_documents",
    "chunk",
    "read_corpus",
    "read_document",
]
