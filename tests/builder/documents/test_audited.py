"""The audit shows each quote in its document, in whatever format that is."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from calibrant.builder.documents import DocumentOptions, build_from_documents
from calibrant.builder.writing import write_items
from calibrant.cli.auditing import _reader
from calibrant.labels import read_items
from calibrant.labels.sources import excerpt
from tests.builder.documents.almanac import entries, pdf_of, title_of


def write(folder: Path, ending: str) -> None:
    rows = entries(3)["persons"] if "persons" in entries(1) else next(iter(entries(3).values()))
    if ending == "html":
        parts = "".join(f"<h2>{title_of(row)}</h2><p>{row['text']}</p>" for row in rows)
        (folder / "book.html").write_text(f"<html><body><h1>Almanac \u00b6</h1>{parts}</body></html>", encoding="utf-8")
    elif ending == "pdf":
        parts = [("Heading1", "Almanac")]
        for row in rows:
            parts += [("Heading2", title_of(row)), ("BodyText", row["text"])]
        (folder / "book.pdf").write_bytes(pdf_of(parts))
    else:
        import docx

        book = docx.Document()
        for row in rows:
            book.add_heading(title_of(row), 2)
            book.add_paragraph(row["text"])
        buffer = io.BytesIO()
        book.save(buffer)
        (folder / "book.docx").write_bytes(buffer.getvalue())


@pytest.mark.parametrize("ending", ["html", "pdf", "docx"])
@pytest.mark.parametrize("how", ["folder", "file", "pattern", "two"])
def test_every_quote_is_found_in_its_document(tmp_path: Path, ending: str, how: str) -> None:
    folder = tmp_path / "books"
    (folder / "inner").mkdir(parents=True)
    write(folder / "inner", ending)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.md").write_text("Lind Works was founded in 1850. We like Lind Works.")
    sources = {
        "folder": [str(folder)],
        "file": [str(folder / "inner" / f"book.{ending}")],
        "pattern": [str(folder / "**" / f"*.{ending}")],
        "two": [str(folder), str(tmp_path / "other")],
    }
    built = build_from_documents(sources[how], DocumentOptions())
    write_items(built.items, tmp_path / "set.jsonl")
    _, items = read_items(tmp_path / "set.jsonl")
    mine = [item for item in items if item.document and item.document.endswith(ending)]
    assert len(mine) > 3
    read = _reader(folder)
    for item in mine:
        shown = excerpt(item, read)
        assert shown is not None
        assert shown.quote.split() == (item.quote or "").split()


def test_nothing_outside_of_the_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "secret.md").write_text("# Secret\n\nNothing to see.\n")
    (tmp_path / "inner" / "link.md").symlink_to(tmp_path / "secret.md")
    read = _reader(tmp_path / "inner")
    assert read("../secret.md") is None
    assert read("secret.md") is None
    assert read("link.md") is None
