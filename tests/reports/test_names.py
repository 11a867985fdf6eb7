"""Short names stay apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from calibrant.reports.names import short_names

LONG = [
    f"vendor/some-extremely-long-model-name-{number:02}-instruct-preview@{effort}"
    for number in range(12)
    for effort in ("high", "low")
]


def test_a_name_that_fits_stays_as_it_is() -> None:
    assert dict(short_names(["a", "b@high"], 18).shown) == {"a": "a", "b@high": "b@high"}


def test_of_names_built_alike_what_they_have_in_common_goes_first() -> None:
    found = short_names(LONG, 18)
    assert found["vendor/some-extremely-long-model-name-07-instruct-preview@low"] == "vendor..-07..@low"
    assert found.numbered == {}


def test_names_without_pieces_are_numbered_and_the_legend_has_them_whole() -> None:
    names = [f"{'x' * 40}{middle}{'y' * 40}" for middle in "ab"]
    found = short_names(names, 14)
    assert [found[name] for name in names] == ["xxxxxxxxxx..#1", "xxxxxxxxxx..#2"]
    assert found.numbered == dict(zip(found.shown.values(), names, strict=True))


@given(st.sets(st.text(alphabet="ab-/@1\x1b", min_size=1, max_size=40), max_size=12), st.integers(10, 30))
def test_different_names_never_read_alike_nor_longer_than_allowed(names: set[str], longest: int) -> None:
    found = short_names(sorted(names), longest)
    assert len(set(found.shown.values())) == len(names)
    assert all(len(text) <= longest for text in found.shown.values() if "#" not in text)
