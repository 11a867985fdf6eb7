"""One case, and the reading of those that ship."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from calibrant.errors import InputError
from calibrant.types import OutcomeState, Question, Stratum

__all__ = ["Case", "load_cases"]

_VERDICTS = ("correct", "partial", "incorrect", "abstained")
_SPLITS = ("dev", "held-out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An answer to a question, with the verdict that it deserves.

    Raises:
        ValueError: a verdict, split or stratum that is none, no grader named, or a question that is none.
    """

    id: str
    question: Question
    answer: str
    verdict: OutcomeState
    """``correct``, ``partial``, ``incorrect`` or ``abstained``."""
    rule: str
    """What it shows: ``last-significant-figure``, ``negation``, ``injection-like`` ..."""
    language: str
    graders: tuple[str, ...]
    """Graders by code that it is for; every case is for a judge."""
    split: str
    """``dev`` or ``held-out``."""

    def __post_init__(self) -> None:
        if self.verdict not in _VERDICTS:
            raise ValueError(f"a case's verdict is one of {', '.join(_VERDICTS)}, not {self.verdict}")
        if self.split not in _SPLITS:
            raise ValueError(f"a case's split is dev or held-out, not {self.split}")
        if not self.graders:
            raise ValueError("a case names the graders that it is for")


def load_cases(path: str | Path | None = None) -> tuple[Case, ...]:
    """Return cases in file order.

    Args:
        path: a file of JSON lines with the fields ``id``, ``question``, ``golds``, ``choices``, ``stratum``, ``answer``,
            ``verdict``, ``rule``, ``language``, ``graders`` and ``split``; None for the cases that ship.

    Raises:
        InputError: the file cannot be read, or a line is no case.

    >>> len(load_cases()) >= 400
    True
    """
    if path is not None:
        try:
            lines = Path(path).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"the cases cannot be read: {error}", place=str(path)) from error
        return tuple(_cases(lines, str(path)))
    folder = resources.files("calibrant.grading.cases")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".jsonl")), key=lambda file: file.name)
    return tuple(case for file in files for case in _cases(file.read_text(encoding="utf-8").splitlines(), file.name))


def _cases(lines: Iterable[str], place: str) -> Iterable[Case]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _case(json.loads(line))
        except (ValueError, TypeError, KeyError) as error:
            what = f"the field {error} is missing" if isinstance(error, KeyError) else str(error)
            raise InputError(f"no case: {what}", place=f"{place}:{number}") from error


def _case(fields: dict[str, Any]) -> Case:
    question = Question(
        id=fields["id"],
        text=fields["question"],
        golds=tuple(fields["golds"]),
        choices=tuple(fields["choices"]),
        stratum=Stratum(fields["stratum"]),
    )
    return Case(
        id=fields["id"],
        question=question,
        answer=fields["answer"],
        verdict=OutcomeState(fields["verdict"]),
        rule=fields["rule"],
        language=fields["language"],
        graders=tuple(fields["graders"]),
        split=fields["split"],
    )
