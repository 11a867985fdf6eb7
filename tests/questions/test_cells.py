"""Cells as texts, lists, mappings and truth values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibrant.errors import InputError
from calibrant.questions import as_choices, as_mapping, as_text, as_text_list, as_truth


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, None),
        ("", None),
        (" \n", None),
        (" a\r\nb\rc ", "a\nb\nc"),
        (0, "0"),
        (False, "false"),
        (3.0, "3"),
        (2.5, "2.5"),
        (1e300, "1e+300"),
        (["a"], '["a"]'),
        ({"é": 1}, '{"é": 1}'),
    ],
)
def test_a_cell_as_text(cell: Any, text: str | None) -> None:
    assert as_text(cell) == text


@pytest.mark.parametrize(
    ("cell", "texts"),
    [
        (None, []),
        ("Paris", ["Paris"]),
        ("Paris; France", ["Paris; France"]),
        ('["a", "b", "a", ""]', ["a", "b"]),
        ("['a' 'b']", ["a", "b"]),
        ("['a'\n \"b c\"]", ["a", "b c"]),
        ("[]", []),
        ("[sic] he said", ["[sic] he said"]),
        ("[1, 2]", ["[1, 2]"]),
        ("['a', 2]", ["['a', 2]"]),
        ("[" * 5000 + "]" * 5000, ["[" * 5000 + "]" * 5000]),
        (["a", None, 3.0, " a "], ["a", "3"]),
        (1972, ["1972"]),
        ({"value": "Bonn", "aliases": ["Bonn", "City of Bonn"]}, ["Bonn", "City of Bonn"]),
        ({"text": ["a", "b"], "answer_start": [1, 2]}, ["a", "b"]),
        ({"a": 1}, ['{"a": 1}']),
    ],
)
def test_a_cell_as_a_list_of_texts(cell: Any, texts: list[str]) -> None:
    assert as_text_list(cell) == texts


def test_a_printed_list_stays_text_where_lists_would_be_lists() -> None:
    assert as_text_list("['a', 'b']", parse=False) == ["['a', 'b']"]


def test_a_separator_splits_before_white_space_only() -> None:
    assert as_text_list("a; b;c;  d;", separator=";") == ["a", "b;c", "d"]


@settings(deadline=None)
@given(
    st.lists(
        st.text(st.characters(codec="utf-8"), min_size=1).filter(
            lambda text: text == text.strip() and "\r" not in text
        ),
        unique=True,
    )
)
def test_a_list_of_texts_survives_json_and_python_printing(texts: list[str]) -> None:
    assert as_text_list(json.dumps(texts)) == texts
    assert as_text_list(repr(texts)) == texts
    assert as_text_list(texts) == texts


@pytest.mark.parametrize(
    ("cell", "choices"),
    [
        (None, []),
        (["a", "", "a", 4], ["a", "", "a", "4"]),
        ("[1, 2]", ["1", "2"]),
        ({"text": ["x", "y"], "label": ["A", "B"]}, ["x", "y"]),
        ("only", ["only"]),
    ],
)
def test_choices_keep_their_order_and_their_gaps(cell: Any, choices: list[str]) -> None:
    assert as_choices(cell) == choices


@pytest.mark.parametrize("cell", ['{"a": [1]}', "{'a': [1]}", {"a": [1]}])
def test_a_mapping_however_it_is_printed(cell: Any) -> None:
    assert as_mapping(cell) == {"a": [1]}


@pytest.mark.parametrize("cell", [None, "text", "{broken", "{__import__('os')}", "[1]", 3])
def test_anything_else_is_no_mapping(cell: Any) -> None:
    assert as_mapping(cell) is None


def test_truth_is_told_in_a_few_ways_and_nothing_else() -> None:
    assert [as_truth(cell) for cell in (True, "yes", 1, "TRUE", 1.0)] == [True] * 5
    assert [as_truth(cell) for cell in (False, "No", 0, "0")] == [False] * 4
    assert as_truth(" ") is None
    with pytest.raises(InputError, match="neither true nor false"):
        as_truth("maybe")
