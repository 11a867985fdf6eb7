"""The promises made on the questions of a run: kept in the ledger of looks, or read from a file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calibrant.errors import InputError
from calibrant.policies import Certificate, Promise
from calibrant.store import RunInfo, Store

__all__ = ["MadePromise", "made_from", "promise_from_file", "promises_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePromise:
    """One certificate, and what it is about."""

    model: str
    signal: str
    grader: str
    certificate: Certificate
    labels: int
    """Labelled questions it rests on."""
    of_this_run: int | None
    """How many of them are questions of this run; None where it comes from a file and is not compared."""
    made_at: str | None
    """ISO 8601, UTC; None where it comes from a file."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values; the certificate as `Certificate.to_dict` writes it."""
        return {
            "sentence": self.certificate.sentence(),
            "promised": self.certificate.promised,
            "model": self.model,
            "signal": self.signal,
            "grader": self.grader,
            "labels": self.labels,
            "labels_of_this_run": self.of_this_run,
            "made_at": self.made_at,
            "certificate": self.certificate.to_dict(),
        }


def promises_of(store: Store, run: RunInfo, models: Iterable[str]) -> list[MadePromise]:
    """Certificates in the ledger that rest on questions of this run and are about its models, the newest first."""
    known, found = set(models), []
    for look, shared in store.looks_at(run):
        model, signal, grader = [*look.route.rsplit(" | ", 2), "", ""][:3]
        if look.certificate is not None and model in known:
            found.append(
                MadePromise(
                    model=model,
                    signal=signal,
                    grader=grader,
                    certificate=Certificate.from_dict(look.certificate),
                    labels=look.labels,
                    of_this_run=shared,
                    made_at=look.created_at.isoformat(timespec="seconds"),
                )
            )
    return found


def promise_from_file(path: Path) -> MadePromise:
    """The promise that ``calibrant certify`` wrote.

    Raises:
        InputError: the file cannot be read, or holds no promise.
    """
    try:
        promise = Promise.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path)) from None
    except (ValueError, AttributeError) as error:
        raise InputError(f"no promise: {error}", place=str(path), remedy="calibrant certify writes one.") from None
    return made_from(promise)


def made_from(promise: Promise) -> MadePromise:
    """The same as a part of a report."""
    return MadePromise(
        model=promise.model,
        signal=promise.signal,
        grader=promise.grader,
        certificate=promise.certificate,
        labels=len(promise.labels),
        of_this_run=None,
        made_at=None,
    )
