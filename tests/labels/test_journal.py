"""Verdicts are on the disk when they are given, and a crash costs at most the line it cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibrant.errors import InputError
from calibrant.labels import Journal, Verdict, Word
from calibrant.labels.journal import Declared


def verdict(name: str, word: Word = Word.ACCEPT, digest: str = "d") -> Verdict:
    return Verdict(id=name, digest=digest, word=word, note="Grüße, 数")


def test_what_was_said_is_read_again_with_who_and_when(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl", auditor="ada")
    journal.declare(Declared(sample=2, seed=3))
    given = journal.add(verdict("a", Word.REJECT))
    again = Journal(tmp_path / "j.jsonl")
    assert again.verdict("a", "d") == given
    assert (given.auditor, given.note) == ("ada", "Grüße, 数")
    assert given.at.endswith("+00:00")
    assert again.declared == Declared(sample=2, seed=3)


def test_the_last_word_counts_and_the_earlier_one_stays_in_the_file(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    journal.add(verdict("a", Word.REJECT))
    journal.add(verdict("a", Word.ACCEPT))
    again = Journal(tmp_path / "j.jsonl")
    found = again.verdict("a", "d")
    assert found is not None
    assert found.word is Word.ACCEPT
    assert [one.word for one in again.history] == [Word.REJECT, Word.ACCEPT]


def test_a_verdict_about_another_wording_is_none_about_this_one(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    journal.add(verdict("a", digest="before"))
    assert journal.verdict("a", "after") is None


@pytest.mark.parametrize("length", [1, 4, 9, 40, 70])
def test_a_line_that_a_crash_cut_costs_that_verdict_alone(tmp_path: Path, length: int) -> None:
    path = tmp_path / "j.jsonl"
    journal = Journal(path)
    journal.add(verdict("a"))
    whole = path.read_bytes()
    journal.add(verdict("b"))
    path.write_bytes(path.read_bytes()[: len(whole) + length])
    again = Journal(path)
    assert again.verdict("a", "d") is not None
    assert again.verdict("b", "d") is None
    again.add(verdict("c"))
    third = Journal(path)
    assert [one.id for one in third.history] == ["a", "c"]


def test_a_last_line_without_its_line_end_counts(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    Journal(path).add(verdict("a"))
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    Journal(path).add(verdict("b"))
    assert [one.id for one in Journal(path).history] == ["a", "b"]


@pytest.mark.parametrize("line", [b"hello", b'{"id": "a"}', b"[1]", b'{"id":"a","digest":"d","word":"fine"}', b"\xff"])
def test_a_line_that_is_no_verdict_is_named_with_its_number(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "j.jsonl"
    Journal(path).add(verdict("a"))
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(InputError, match="no verdict") as caught:
        Journal(path)
    assert caught.value.place == f"{path}:2"


def test_another_sample_cannot_be_declared_afterwards(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.jsonl")
    journal.declare(Declared(sample=2, seed=0))
    journal.declare(Declared(sample=2, seed=0))
    with pytest.raises(InputError, match="declared with 2 items and seed 0"):
        journal.declare(Declared(sample=50, seed=0))


def test_a_verdict_that_cannot_be_kept_says_so(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "gone" / "j.jsonl")
    with pytest.raises(InputError, match="cannot be written"):
        journal.add(verdict("a"))
    assert journal.verdict("a", "d") is None
