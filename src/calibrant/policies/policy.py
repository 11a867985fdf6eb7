"""A policy: for each question answer, spend more effort, or abstain, under one certificate for the whole.

`Policy.load` reads the file that `calibrant fit` wrote; everything else here is pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from calibrant.errors import PolicyError
from calibrant.metrics.arrays import Floats
from calibrant.policies.certificate import Certificate
from calibrant.policies.deciding import Decider
from calibrant.policies.decision import ArmSignals, Decision
from calibrant.policies.routing.arms import ArmTable, Played
from calibrant.policies.routing.cascade import Cascade, played

__all__ = ["POLICY_KIND", "Policy"]

POLICY_KIND = "calibrant policy"
SCHEMA_VERSION = 1
_DIGEST = "integrity"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A frozen cascade, the threshold certified for it, and what both rest on."""

    cascade: Cascade
    certificate: Certificate
    by: str | None = None
    """What its groups are; None where it has none."""
    frozen: Mapping[str, Any] = field(default_factory=dict)
    """Grader, prompt contract, and for each arm the model, the sampling and the prompt that the promise names."""
    split: Mapping[str, Any] = field(default_factory=dict)
    """How questions were parted, how many were fitted on and certified on, and their digests."""
    observed: Mapping[str, Any] = field(default_factory=dict)
    """What the policy did with the questions it was certified on: mean cost and its interval, calls of each arm."""
    labels: tuple[str, ...] = ()
    """First 16 hexadecimal digits of each question's digest, fitted on or certified on: fresh data must share none."""

    @cached_property
    def _decider(self) -> Decider:
        return Decider(self.cascade)

    @cached_property
    def _thresholds(self) -> Mapping[str, float]:
        """Group -> its threshold, where the promise is made by group."""
        certificate = self.certificate
        found = {}
        for name, one in certificate.groups.items():
            for member in certificate.merged.get(name, (name,)):
                found[member] = self._floored(one.threshold)
        return found

    @cached_property
    def _threshold(self) -> float:
        return self._floored(self.certificate.threshold)

    def _floored(self, threshold: float | None) -> float:
        return inf if threshold is None else max(threshold, self.cascade.floor)

    @property
    def promised(self) -> bool:
        """Whether it ever answers."""
        return self.certificate.promised

    def threshold(self, domain: str | None = None) -> float:
        """Scores from which it answers, in this domain; inf = never."""
        if self.certificate.groups:
            return self._thresholds.get(domain or "", inf)
        return self._threshold

    def decide(self, signals: ArmSignals, *, domain: str | None = None, text: str | None = None) -> Decision:
        """What to do next with a question. Pure: the same is said of the same, and nothing is remembered.

        Args:
            signals: arm -> its signals, in the order in which arms were asked; 'declined' or 'failed' for an arm that
                gave no answer. Empty: nothing was asked yet.
            domain: the question's category, as it was called in the fit; "" where it has none. May be left out where
                the questions of the fit had none.
            text: the question; may be left out where words were of no help in the fit.

        Raises:
            PolicyError: an arm that the policy does not know, arms in another order, a signal that is no number, or no
                domain or text where the policy goes by them.
        """
        return self._decider.decide(signals, domain, text, self.threshold(domain))

    def play(self, table: ArmTable) -> Played:
        """What `decide` does, step by step, with every question of a table.

        Raises:
            ValueError: the table's arms are not those of the policy.
        """
        path = self.cascade.follow(table)
        needed = self._needed(table)
        silent = np.isinf(needed) & (needed > 0)
        path.called[silent] = False
        path.stopped[silent] = -1
        return played(table, path, path.score >= needed)

    def _needed(self, table: ArmTable) -> Floats:
        if not self.certificate.groups:
            return np.full(len(table), self._threshold)
        return np.array([self.threshold(domain) for domain in table.domains or [""] * len(table)])

    def refuse_other(self, frozen: Mapping[str, Any], *, force: bool = False) -> list[str]:
        """Where models, prompts or grader are others than those frozen.

        Args:
            frozen: as ``Policy.frozen``, of the answers at hand; what is unknown on either side is not compared.
            force: return the differences instead of refusing.

        Raises:
            PolicyError: there is a difference, and it is not forced.
        """
        found = list(_differences(self.frozen, frozen, ""))
        if found and not force:
            raise PolicyError(
                f"the policy was fitted on other answers: {found[0]}"
                + (f" (and {len(found) - 1} more)" if len(found) > 1 else ""),
                remedy="The promise does not hold for these. Fit again, or force it, without a promise.",
            )
        return found

    def shared_with(self, questions: Iterable[str]) -> int:
        """How many of these questions were fitted or certified on."""
        known = set(self.labels)
        return sum(question[:16] in known for question in set(questions))

    def lacking(self, table: ArmTable) -> list[str]:
        """Signals that the policy goes by, and that no answer of the table has."""
        none = np.array([np.nan])
        return [name for name in self.cascade.signals if np.isnan(table.signals.get(name, none)).all()]

    def documents_shared_with(self, table: ArmTable) -> int:
        """How many documents of these questions, by their names, were fitted or certified on."""
        return len(set(self.split.get("documents") or ()) & set(table.facts.get("documents", ())))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, what a reader wants first; the digest last. `from_dict` reads them back."""
        certificate = self.certificate
        interval = certificate.coverage_interval
        data = {
            "kind": POLICY_KIND,
            "schema_version": SCHEMA_VERSION,
            "sentence": self.sentence(),
            "promised": self.promised,
            "threshold": str(self._threshold) if abs(self._threshold) == inf else self._threshold,
            "look": certificate.look,
            "accepted": certificate.accepted,
            "errors": certificate.errors,
            "upper_bound": certificate.upper_bound,
            "coverage": certificate.coverage,
            "coverage_interval": None if interval is None else list(interval),
            "assumptions": list(certificate.assumptions),
            "frozen": dict(self.frozen),
            "split": dict(self.split),
            "observed": dict(self.observed),
            "by": self.by,
            "certificate": certificate.to_dict(),
            "cascade": self.cascade.to_dict(),
            "labels": list(self.labels),
        }
        return {**data, _DIGEST: _digest(data)}

    def sentence(self) -> str:
        """The promise, or the no, in one sentence."""
        return self.certificate.sentence()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Policy:
        """The policy that `to_dict` wrote.

        Raises:
            PolicyError: no policy, one of another version, or one that was changed since it was written.
        """
        if data.get("kind") != POLICY_KIND:
            raise PolicyError("this is no policy of Calibrant", remedy="Make one with: calibrant fit RUN.")
        if data.get("schema_version") != SCHEMA_VERSION:
            raise PolicyError(
                f"the policy has schema version {data.get('schema_version')!r}; this Calibrant reads {SCHEMA_VERSION}",
                remedy="Fit it again: calibrant fit RUN.",
            )
        rest = {name: value for name, value in data.items() if name != _DIGEST}
        if data.get(_DIGEST) != _digest_of(rest):
            raise PolicyError(
                "the policy was changed since it was written: its digest does not fit",
                remedy="A changed policy promises nothing. Take the file that fit wrote, or fit again.",
            )
        try:
            return cls(
                cascade=Cascade.from_dict(data["cascade"]),
                certificate=Certificate.from_dict(data["certificate"]),
                by=data["by"],
                frozen=data["frozen"],
                split=data["split"],
                observed=data["observed"],
                labels=tuple(data["labels"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise PolicyError(f"the policy cannot be read: {error}") from None

    def dumps(self) -> str:
        """As the file holds it."""
        return json.dumps(self.to_dict(), indent=1, allow_nan=False, ensure_ascii=False) + "\n"

    @classmethod
    def loads(cls, text: str) -> Policy:
        """The policy that `dumps` wrote.

        Raises:
            PolicyError: as `from_dict`, or no JSON.
        """
        try:
            data = json.loads(text)
        except ValueError as error:
            raise PolicyError(f"this is no JSON: {error}") from None
        return cls.from_dict(data if isinstance(data, dict) else {})

    @classmethod
    def load(cls, path: str | Path) -> Policy:
        """The policy in a file.

        Raises:
            PolicyError: the file cannot be read, or as `from_dict`.
        """
        try:
            return cls.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is no text"
            raise PolicyError(f"cannot be read: {why}", place=str(path)) from None
        except PolicyError as error:
            raise PolicyError(error.message, place=str(path), remedy=error.remedy) from None


def _digest(data: Mapping[str, Any]) -> str:
    """SHA-256 of the content, whatever the order of its names and the spacing of the file.

    It notices a slip of an editor or a changed threshold; it is no signature: who means to can make a new one.
    """
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=True)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _digest_of(data: Mapping[str, Any]) -> str:
    """Empty where there is a NaN or an infinity, which no policy is written with."""
    try:
        return _digest(data)
    except ValueError:
        return ""


def _differences(mine: Any, theirs: Any, place: str) -> Iterable[str]:
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        for name in mine:
            if name in theirs:
                yield from _differences(mine[name], theirs[name], f"{place} {name}".strip())
    elif mine is not None and theirs is not None and mine != theirs:
        yield f"{place} is {_short(theirs)}, and was {_short(mine)}"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:12] + "..."
