"""The reference world's almanac as documents: markdown, text, html, docx and pdf. What is true in it is known."""

from __future__ import annotations

import io
from collections import defaultdict
from pathlib import Path

from calibrant.lab.artefacts import almanac
from calibrant.lab.world import make_world


def entries(per_topic: int | None = None) -> dict[str, list[dict[str, str]]]:
    """Topic -> entries of the almanac."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in almanac(make_world()):
        if per_topic is None or len(found[row["topic"]]) < per_topic:
            found[row["topic"]].append(row)
    return dict(found)


def title_of(row: dict[str, str]) -> str:
    return row["title"][0].upper() + row["title"][1:]


def write_markdown(folder: Path, per_topic: int | None = None) -> Path:
    """A file for each topic, a heading for each entry."""
    folder.mkdir(parents=True, exist_ok=True)
    for topic, rows in entries(per_topic).items():
        parts = [f"# The almanac: {topic}", *(f"## {title_of(row)}\n\n{row['text']}" for row in rows)]
        (folder / f"{topic}.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return folder


def pdf_of(parts: list[tuple[str, str]], title: str = "The almanac", password: str | None = None) -> bytes:
    """A PDF by reportlab: (style, text) with style Heading1, Heading2 or BodyText, justified over several pages."""
    from reportlab.lib.pagesizes import A5
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

    styles = getSampleStyleSheet()
    buffer = io.BytesIO()
    lock = None if password is None else StandardEncryption(password)
    pages = SimpleDocTemplate(buffer, pagesize=A5, title=title, encrypt=lock)
    if parts == [("BodyText", "")]:  # as scanned: a page without any text
        pages.build([Spacer(1, 1)])
        return buffer.getvalue()
    pages.build(
        [Paragraph(text, styles[style]) for style, text in parts],
        onLaterPages=lambda canvas, _: canvas.drawString(60, 20, f"The almanac, page {canvas.getPageNumber()}"),
        onFirstPage=lambda canvas, _: canvas.drawString(60, 20, "The almanac, page 1"),
    )
    return buffer.getvalue()


def write_pdf(folder: Path, per_topic: int | None = None) -> Path:
    """The same as PDF."""
    folder.mkdir(parents=True, exist_ok=True)
    for topic, rows in entries(per_topic).items():
        parts = [("Heading1", f"The almanac: {topic}")]
        for row in rows:
            parts += [("Heading2", title_of(row)), ("BodyText", row["text"])]
        (folder / f"{topic}.pdf").write_bytes(pdf_of(parts, f"The almanac: {topic}"))
    return folder
