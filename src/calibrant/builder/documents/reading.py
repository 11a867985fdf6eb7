"""Files of every kind -> documents. What cannot be used is left out, and why is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from calibrant.builder.documents.document import Document
from calibrant.builder.documents.docx import read_docx
from calibrant.builder.documents.encoding import Unreadable
from calibrant.builder.documents.finding import Found
from calibrant.builder.documents.html import read_html
from calibrant.builder.documents.markdown import read_markdown
from calibrant.builder.documents.pdf import read_pdf
from calibrant.builder.documents.plain import read_plain
from calibrant.errors import InputError

__all__ = ["READERS", "read_document", "read_documents"]

READERS: dict[str, Callable[[bytes, str], Document]] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_plain,
    ".text": read_plain,
    ".rst": read_plain,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".pdf": read_pdf,
    ".docx": read_docx,
}
"""Ending of a file's name -> what reads it."""


def read_document(path: Path, name: str | None = None) -> Document:
    """Read one file.

    Args:
        path: the file.
        name: what to call it; default: its own name.

    Raises:
        Unreadable: it cannot be used; says why.
        InputError: the library for its format is not installed.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise Unreadable(f"'{path.suffix}' is no kind of document that is read")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}") from None
    if not content.strip():
        raise Unreadable("is empty")
    try:
        document = reader(content, name or path.name)
    except ModuleNotFoundError as error:
        raise InputError(
            f"reading {path.suffix} needs the package '{error.name}'",
            place=str(path),
            remedy="Install what documents need: pip install 'calibrant[documents]'",
        ) from None
    if not any(block.kind != "heading" for block in document.blocks):
        raise Unreadable("holds no text")
    return document


def read_documents(
    found: Iterable[Found], tell: Callable[[int], None] | None = None
) -> tuple[list[Document], dict[str, str]]:
    """Read files; also returns which were left out, and why.

    Args:
        found: the files.
        tell: called with how many were looked at so far.

    Raises:
        InputError: a library is not installed.
    """
    documents: list[Document] = []
    skipped: dict[str, str] = {}
    for number, one in enumerate(found, start=1):
        try:
            documents.append(read_document(one.path, one.name))
        except Unreadable as error:
            skipped[one.name] = str(error)
        if tell is not None:
            tell(number)
    return documents, skipped
