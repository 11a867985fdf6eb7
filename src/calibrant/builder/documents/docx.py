"""Word documents (docx): headings by style, paragraphs, lists and tables in their order, by python-docx."""

from __future__ import annotations

import io
import re
import zipfile

from calibrant.builder.documents.document import Document, Text
from calibrant.builder.documents.encoding import Unreadable

__all__ = ["read_docx"]

_HEADING = re.compile(r"^heading (\d)$", re.IGNORECASE)
_MOST_UNPACKED = 500_000_000
"""Bytes that a file may unpack to."""
_OLE = b"\xd0\xcf\x11\xe0"
"""How files of old Word, and encrypted ones of today, begin."""


def read_docx(content: bytes, path: str) -> Document:
    """A Word file as a document.

    Raises:
        Unreadable: it is encrypted, of old Word, broken, or unpacks to too much.
    """
    if content.startswith(_OLE):
        raise Unreadable("is encrypted, or of an old Word; save it as .docx without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > _MOST_UNPACKED:
                raise Unreadable(f"unpacks to more than {_MOST_UNPACKED // 10**6} MB")
        return _document(content, path)
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise Unreadable(f"is no Word document that can be read ({type(error).__name__})") from None


def _document(content: bytes, path: str) -> Document:
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from docx.table import Table

    try:
        opened = docx.Document(io.BytesIO(content))
    except PackageNotFoundError:
        raise Unreadable("is no Word document that can be read") from None
    text = Text()
    for part in opened.iter_inner_content():
        if isinstance(part, Table):
            for row in part.rows:
                text.block(" | ".join(" ".join(cell.text.split()) for cell in row.cells), "table")
            continue
        style = (part.style.name or "") if part.style is not None else ""
        words = " ".join(part.text.split())
        heading = _HEADING.match(style)
        if style.lower() == "title":
            text.heading(words, 1)
        elif heading is not None:
            text.heading(words, int(heading[1]))
        else:
            text.block(words, "item" if style.lower().startswith("list") else "text")
    return text.document(path, (opened.core_properties.title or "").strip() or None)
