"""Pieces of documents keep to structure, size and place."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibrant.builder.documents import Document, chunk
from calibrant.builder.documents.document import Text
from calibrant.errors import InputError

PARTS = st.lists(
    st.one_of(
        st.tuples(st.just("heading"), st.integers(1, 4), st.text(st.characters(codec="utf-8"), max_size=30)),
        st.tuples(st.just("text"), st.just(0), st.text(max_size=700)),
    ),
    max_size=12,
)


def made_of(parts: list[tuple[str, int, str]]) -> Document:
    text = Text()
    for kind, level, words in parts:
        if kind == "heading":
            text.heading(words, level)
        else:
            text.block(words)
    return text.document("a.md")


@settings(max_examples=150, deadline=None)
@given(parts=PARTS, size=st.integers(200, 900))
def test_pieces_are_exact_in_order_no_larger_than_asked_and_lose_nothing(
    parts: list[tuple[str, int, str]], size: int
) -> None:
    document = made_of(parts)
    pieces = chunk(document, size)
    for piece in pieces:
        assert document.text[piece.start : piece.end] == piece.text
        assert len(piece.text) <= size
    assert all(one.end <= other.start for one, other in pairwise(pieces))
    assert "".join("".join(piece.text.split()) for piece in pieces) == "".join(document.text.split())


def test_a_section_begins_a_new_piece_unless_both_are_small() -> None:
    long, short = "A sentence of some length stands here. " * 30, "Short."
    document = made_of([("heading", 1, "One"), ("text", 0, long), ("heading", 1, "Two"), ("text", 0, long)])
    assert [piece.headings for piece in chunk(document, 2000)] == [("One",), ("Two",)]
    small = made_of(
        [("heading", 1, "Top"), ("heading", 2, "A"), ("text", 0, short), ("heading", 2, "B"), ("text", 0, short)]
    )
    assert len(chunk(small, 2000)) == 1


def test_a_long_paragraph_is_cut_after_sentences() -> None:
    document = made_of([("text", 0, "This is one of many sentences. " * 40)])
    pieces = chunk(document, 400)
    assert len(pieces) > 2
    assert all(piece.text.strip().endswith(".") for piece in pieces)


def test_a_piece_too_small_to_hold_a_sentence_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds hardly a sentence"):
        chunk(made_of([("text", 0, "Words.")]), 50)
