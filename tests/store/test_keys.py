from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant.store import response_digest
from calibrant.store.keys import content_digest, run_identity
from calibrant.types import Purpose, ResponseKey

KEY = ResponseKey(question="q" * 32, model="m", prompt="p", sampling="s")


def test_a_digest_has_32_hexadecimal_characters() -> None:
    assert len(response_digest(KEY)) == 32
    assert int(response_digest(KEY), 16) >= 0


def test_a_digest_never_changes_from_one_version_to_the_next() -> None:
    assert response_digest(KEY) == "97bd94ba16c97fde72695cbdb2667ff7"


@pytest.mark.parametrize(
    "change",
    [
        {"question": "other"},
        {"model": "other"},
        {"prompt": "other"},
        {"sampling": "other"},
        {"purpose": Purpose.JUDGE},
        {"repeat": 1},
        {"sample": 1},
    ],
)
def test_every_part_of_the_key_counts(change: dict[str, object]) -> None:
    assert response_digest(dataclasses.replace(KEY, **change)) != response_digest(KEY)  # type: ignore[arg-type]


def test_a_repeat_is_not_a_sample() -> None:
    assert response_digest(dataclasses.replace(KEY, repeat=1)) != response_digest(dataclasses.replace(KEY, sample=1))


@given(st.lists(st.none() | st.text()), st.lists(st.none() | st.text()))
def test_different_parts_have_different_digests(first: list[str | None], second: list[str | None]) -> None:
    assert (content_digest(first) == content_digest(second)) == (first == second)


@given(st.text())
def test_a_run_is_called_by_8_letters_that_nobody_misreads(source: str) -> None:
    name = run_identity("import", source)
    assert len(name) == 8
    assert set(name) <= set("0123456789abcdefghjkmnpqrstvwxyz")
