"""Verdicts on the disk: one line each, the last one about an item counts, nothing is ever rewritten.

The first line says what was declared before the first verdict: how many items, drawn with which seed. A line that a
crash cut short is left out when read and closed before the next is written.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from calibrant.errors import InputError

__all__ = ["Declared", "Journal", "Verdict", "Word", "journal_path"]

_VERSION = 1


class Word(StrEnum):
    """What can be said of an item."""

    ACCEPT = "accept"
    REJECT = "reject"
    EDIT = "edit"
    """Mended: it was wrong as it stood, and is right with the changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One person's word on one item."""

    id: str
    digest: str
    word: Word
    question: str | None = None
    """The question's text from now on, where it was mended."""
    golds: tuple[str, ...] | None = None
    """The accepted answers from now on, where they were mended."""
    note: str = ""
    auditor: str = ""
    at: str = ""
    """ISO 8601, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What was declared before the first verdict, so that stopping when it looks good is no option."""

    sample: int
    """Items to be judged."""
    seed: int
    """Of their order."""


def journal_path(path: Path) -> Path:
    """Where the verdicts about a set lie: beside it.

    >>> journal_path(Path("sets/handbook.parquet")).name
    'handbook.audit.jsonl'
    """
    stem = path.name.removesuffix(".gz")
    return path.with_name(f"{stem.rpartition('.')[0] or stem}.audit.jsonl")


class Journal:
    """The verdicts about a set.

    Args:
        path: the file; need not exist.
        auditor: who judges; by default the user of this machine.

    Raises:
        InputError: a line of the file cannot be read, other than a last one that was cut short.
    """

    def __init__(self, path: Path, *, auditor: str | None = None) -> None:
        self.path = path
        self._auditor = _user() if auditor is None else auditor
        self.declared: Declared | None = None
        self._verdicts: dict[tuple[str, str], Verdict] = {}
        self._history: list[Verdict] = []
        for line in self._lines():
            self._take(line)

    @property
    def history(self) -> tuple[Verdict, ...]:
        """Every word that was said, in order."""
        return tuple(self._history)

    def verdict(self, item: str, digest: str) -> Verdict | None:
        """The last word on an item as it stands now."""
        return self._verdicts.get((item, digest))

    def declare(self, declared: Declared) -> None:
        """Write down what will be judged, before the first verdict.

        Raises:
            InputError: something else was declared before, or the file cannot be written.
        """
        self.check(declared)
        if self.declared is None:
            self._append({"audit": _VERSION, "sample": declared.sample, "seed": declared.seed})
            self.declared = declared

    def check(self, declared: Declared) -> None:
        """Check that nothing else was declared before.

        Raises:
            InputError: it was.
        """
        if self.declared is not None and self.declared != declared:
            raise InputError(
                f"this audit was declared with {self.declared.sample} items and seed {self.declared.seed}",
                place=str(self.path),
                remedy="Go on with these, or begin another audit in another file (--journal).",
            )

    def add(self, verdict: Verdict) -> Verdict:
        """Write a verdict; it is on the disk when this returns.

        Raises:
            InputError: the file cannot be written.
        """
        signed = replace(
            verdict,
            auditor=verdict.auditor or self._auditor,
            at=verdict.at or datetime.now(UTC).isoformat(timespec="seconds"),
        )
        self._append(_line(signed))
        self._keep(signed)
        return signed

    def _keep(self, verdict: Verdict) -> None:
        self._verdicts[verdict.id, verdict.digest] = verdict
        self._history.append(verdict)

    def _take(self, line: Mapping[str, Any]) -> None:
        if "audit" in line:
            self.declared = Declared(sample=int(line["sample"]), seed=int(line["seed"]))
            return
        golds = line.get("golds")
        self._keep(
            Verdict(
                id=str(line["id"]),
                digest=str(line["digest"]),
                word=Word(line["word"]),
                question=line.get("question"),
                golds=tuple(golds) if golds is not None else None,
                note=line.get("note", ""),
                auditor=line.get("auditor", ""),
                at=line.get("at", ""),
            )
        )

    def _lines(self) -> Iterator[Mapping[str, Any]]:
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", place=str(self.path)) from None
        *whole, rest = content.split(b"\n")
        for number, line in enumerate(whole, 1):
            if line.strip() and not self._is_cut(line):
                yield self._read(line, number)
        if rest.strip() and not self._is_cut(rest):
            yield self._read(rest, len(whole) + 1)

    def _is_cut(self, line: bytes) -> bool:
        """Whether a crash ended the line: it begins like one of ours and is no JSON."""
        try:
            msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return any(line.startswith(ours) or ours.startswith(line) for ours in (b'{"id":', b'{"audit":'))
        return False

    def _read(self, line: bytes, number: int) -> Mapping[str, Any]:
        place = f"{self.path}:{number}"
        try:
            found: Any = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            found = None
        needed = {"sample", "seed"} if isinstance(found, dict) and "audit" in found else {"id", "digest", "word"}
        if not isinstance(found, dict) or not needed <= found.keys() or found.get("word", "accept") not in set(Word):
            raise InputError("this line is no verdict", place=place, remedy="Remove the line, or restore the file.")
        if found.get("audit", _VERSION) != _VERSION:
            raise InputError(f"written by another version ({found['audit']})", place=place)
        return found

    def _append(self, content: Mapping[str, Any]) -> None:
        line = msgspec.json.encode(content) + b"\n"
        try:
            with self.path.open("ab+") as file:
                if file.tell():
                    file.seek(-1, os.SEEK_END)
                    if file.read(1) != b"\n":
                        line = b"\n" + line
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            remedy = "The verdict was not kept. Make room or rights, and give it again."
            raise InputError(f"cannot be written: {error.strerror}", place=str(self.path), remedy=remedy) from None


def _line(verdict: Verdict) -> dict[str, Any]:
    line: dict[str, Any] = {"id": verdict.id, "digest": verdict.digest, "word": str(verdict.word)}
    if verdict.question is not None:
        line["question"] = verdict.question
    if verdict.golds is not None:
        line["golds"] = list(verdict.golds)
    if verdict.note:
        line["note"] = verdict.note
    return {**line, "auditor": verdict.auditor, "at": verdict.at}


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
