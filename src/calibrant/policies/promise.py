"""A certificate with what it is about: the record that is handed on, evaluated on fresh data, and enforced."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from calibrant.policies.certificate import Certificate
from calibrant.policies.labelled import labelled

__all__ = ["Promise", "evidence_digest", "naive_threshold", "route_name"]

SCHEMA_VERSION = 1
_KIND = "calibrant promise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Whom the certificate is about and what it rests on.

    Raises:
        ValueError: from `from_dict`, where the record is none, or of another version.
    """

    certificate: Certificate
    model: str
    """As the report writes it: ``model@effort``, with the price where the prompt stated one."""
    signal: str
    grader: str
    by: str | None
    """What its groups are; None where it has none."""
    set_hash: str | None
    labels: tuple[str, ...]
    """First 16 hexadecimal digits of each labelled question's digest: fresh data must share none."""
    naive_threshold: float | None
    """What 'the observed error rate is at most alpha' would have chosen, for comparison; it promises nothing."""
    named: bool = True
    """Whether the labelled rows said which question each was about, so that they would be known again."""

    def shared_with(self, questions: Iterable[str]) -> int:
        """How many of these questions were labelled for the certificate."""
        known = set(self.labels)
        return sum(question[:16] in known for question in set(questions))

    def to_dict(self) -> dict[str, Any]:
        """Plain values; `from_dict` reads them back."""
        return {
            "kind": _KIND,
            "schema_version": SCHEMA_VERSION,
            "sentence": self.certificate.sentence(),
            "model": self.model,
            "signal": self.signal,
            "grader": self.grader,
            "by": self.by,
            "set_hash": self.set_hash,
            "named": self.named,
            "naive_threshold": "-inf" if self.naive_threshold == -np.inf else self.naive_threshold,
            "certificate": self.certificate.to_dict(),
            "labels": list(self.labels),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Promise:
        """The promise that `to_dict` wrote."""
        if data.get("kind") != _KIND:
            raise ValueError("this is no promise of Calibrant")
        if data.get("schema_version") != SCHEMA_VERSION:
            raise ValueError(f"schema_version must be {SCHEMA_VERSION}, not {data.get('schema_version')!r}")
        try:
            naive = data["naive_threshold"]
            return cls(
                certificate=Certificate.from_dict(data["certificate"]),
                model=data["model"],
                signal=data["signal"],
                grader=data["grader"],
                by=data["by"],
                set_hash=data["set_hash"],
                labels=tuple(data["labels"]),
                named=bool(data.get("named", True)),
                naive_threshold=None if naive is None else float(naive),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"a promise with a field missing or of another type: {error}") from None


def route_name(model: str, signal: str, grader: str) -> str:
    """What a promise is about, as the ledger of looks calls it."""
    return f"{model} | {signal} | {grader}"


def naive_threshold(scores: ArrayLike, correct: ArrayLike, *, alpha: float) -> float | None:
    """The lowest score above which the observed error rate is at most alpha; breaks its promise in half of all draws.

    Returns:
        The threshold, -inf for all answers, None where no threshold does.
    """
    data = labelled(scores, correct)
    score, wrong = data.score[: data.answered], np.cumsum(data.wrong[: data.answered])
    last = np.flatnonzero(np.append(np.diff(score) != 0, True)) if len(score) else np.array([], dtype=np.intp)
    fine = last[wrong[last] <= alpha * (last + 1)]
    if not len(fine):
        return None
    return -np.inf if fine[-1] == len(score) - 1 else float(score[fine[-1]])


def evidence_digest(scores: ArrayLike, correct: ArrayLike, questions: Iterable[str]) -> str:
    """Identity of scores and labels, whatever the order of rows."""
    rows = sorted(
        f"{question} {float(score)!r} {float(right)!r}"
        for question, score, right in zip(
            questions, np.asarray(scores, dtype=float), np.asarray(correct, dtype=float), strict=True
        )
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
