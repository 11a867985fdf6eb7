"""The answers themselves, to be searched and read."""

from __future__ import annotations

from calibrant.reports.html.blocks import Block, Prose, Section
from calibrant.reports.html.sections.context import Context

__all__ = ["questions"]


def questions(context: Context) -> Section:
    """The explorer; what it shows is unpacked when it is opened."""
    blocks: list[Block] = [Prose(context.answers.sampled.sentence(), "sample")]
    if not context.answers.texts:
        blocks.append(
            Prose("Texts of questions and answers are left out of this page; hashes stand for them.", "sample")
        )
    return Section(
        id="questions", short="Questions", title="Question by question", blocks=blocks, template="questions.html"
    )
