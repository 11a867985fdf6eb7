"""Making a policy: a cascade fitted on one part of the questions, certified on the other (definitions, 6.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from calibrant.errors import InputError
from calibrant.metrics.arrays import Floats, Ints
from calibrant.metrics.intervals import clustered_interval
from calibrant.models.reference.blas import one_thread
from calibrant.policies.certificate import Certificate
from calibrant.policies.certify import certify
from calibrant.policies.declared import Declared, Method
from calibrant.policies.policy import Policy
from calibrant.policies.promise import evidence_digest
from calibrant.policies.routing.arms import ArmTable
from calibrant.policies.routing.cascade import Cascade
from calibrant.policies.routing.fit import Wishes, fit_cascade
from calibrant.policies.routing.part import fit_part, part_of

__all__ = ["FIT_SHARE", "Certifying", "Draft", "certify_draft", "draft_policy", "finish_policy", "fit_policy"]

_KEPT = ("questions_left_out", "answers_ungraded", "documents")
FIT_SHARE = 0.4
"""Of the clusters: what is left has to carry the promise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certifying:
    """What is to be promised. Chosen before the certificate's labels are looked at."""

    alpha: float
    delta: float
    method: Method = "multistart"
    exact: bool = False
    by_domain: bool = False
    seed: int = 0
    declared: Declared | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A frozen cascade, and what it makes of the questions that it was not fitted on."""

    cascade: Cascade
    fitted: ArmTable
    certified: ArmTable
    scores: Floats
    """Shape (n,): of the answer at which the cascade stopped; NaN where there is none."""
    correct: Floats
    """Shape (n,): 1, 0, NaN where the cascade gives no answer whatever the threshold."""
    share: float
    seed: int

    @property
    def evidence(self) -> str:
        """Digest of scores and labels, for the ledger of looks."""
        return evidence_digest(self.scores, self.correct, self.names)

    @property
    def names(self) -> list[str]:
        """Digest of each question to be certified on."""
        return names_of(self.certified)


def names_of(table: ArmTable) -> list[str]:
    """Digest of each question; of its place where the table says none."""
    if len(table.questions):
        return list(table.questions)
    return [hashlib.sha256(f"row {row}".encode()).hexdigest() for row in range(len(table))]


def draft_policy(table: ArmTable, wishes: Wishes, *, share: float = FIT_SHARE) -> Draft:
    """Part the questions, fit on one part, freeze, and follow the other.

    Args:
        table: the questions, every arm asked.
        wishes: what the cascade is to be good at.
        share: of the clusters that are fitted on, in (0, 1).

    Raises:
        InputError: too few questions for two parts, a share outside (0, 1).
    """
    if not 0 < share < 1:
        raise InputError(f"the share that is fitted on must lie between 0 and 1, not {share}")
    inside = fit_part(table, share, wishes.seed)
    fitted, certified = (part_of(table, np.flatnonzero(side)) for side in (inside, ~inside))
    if not len(certified) or len(np.unique(fitted.clusters)) < 2:
        raise InputError(
            f"{len(table)} questions are too few to fit on some and certify on others",
            remedy="Label more questions: calibrant plan says how many.",
        )
    with one_thread():  # on a busy machine a second one mostly waits: 7 s of CPU became 23
        cascade = fit_cascade(fitted, wishes=wishes)
        path = cascade.follow(certified)
    rows = np.arange(len(certified))
    right = np.where(path.stopped >= 0, certified.right[rows, np.maximum(path.stopped, 0)], np.nan)
    given = ~np.isnan(right) & (path.score >= cascade.floor)
    return Draft(
        cascade=cascade,
        fitted=fitted,
        certified=certified,
        scores=np.where(given, path.score, np.nan),
        correct=np.where(given, right, np.nan),
        share=share,
        seed=wishes.seed,
    )


def certify_draft(draft: Draft, asked: Certifying, look: int | None) -> Certificate:
    """The certificate of the whole cascade, on the questions it was not fitted on.

    Raises:
        InputError: it is to be made by domain, and no question has one.
    """
    groups = draft.certified.domains
    if asked.by_domain and groups is None:
        raise InputError("no question has a domain", place="--by", remedy="Give the questions a column domain.")
    return certify(
        draft.scores,
        draft.correct,
        alpha=asked.alpha,
        delta=asked.delta,
        method=asked.method,
        clusters=draft.certified.clusters,
        exact=asked.exact,
        groups=list(groups) if asked.by_domain and groups is not None else None,
        look=look,
        seed=asked.seed,
        declared=asked.declared,
    )


def finish_policy(
    draft: Draft, certificate: Certificate, *, by: str | None = None, frozen: Mapping[str, Any] | None = None
) -> Policy:
    """The policy with everything that a reader wants to know of it.

    Args:
        draft: the cascade and its questions.
        certificate: of these.
        by: what its groups are.
        frozen: grader, prompt contract, and of each arm what the promise names.
    """
    labels = sorted({name[:16] for table in (draft.fitted, draft.certified) for name in names_of(table)})
    bare = Policy(cascade=draft.cascade, certificate=certificate, by=by)
    made = bare.play(draft.certified)
    return Policy(
        cascade=draft.cascade,
        certificate=certificate,
        by=by,
        frozen={"signals": list(draft.cascade.signals), **(frozen or {})},
        split={
            "share_fitted_on": draft.share,
            "seed": draft.seed,
            "fitted_on": _part(draft.fitted),
            "certified_on": {**_part(draft.certified), "scores_and_labels": draft.evidence},
            # Of the whole table: both parts have its facts.
            **{name: draft.certified.facts[name] for name in _KEPT if draft.certified.facts.get(name)},
        },
        observed={
            **_cost(made.cost, draft.certified.clusters),
            "called": dict(zip(draft.cascade.names, made.called.mean(axis=0).tolist(), strict=True)),
            "answered_by": {name: float((made.arm == arm).mean()) for arm, name in enumerate(draft.cascade.names)},
            "arms": _arms(draft.certified, draft.cascade.names),
        },
        labels=tuple(labels),
    )


def fit_policy(
    table: ArmTable,
    wishes: Wishes,
    asked: Certifying,
    *,
    look: int | None = 1,
    share: float = FIT_SHARE,
    frozen: Mapping[str, Any] | None = None,
) -> Policy:
    """Fit and certify at once, where no ledger counts the looks: whoever calls this counts them.

    Raises:
        InputError: as `draft_policy`.
    """
    draft = draft_policy(table, wishes, share=share)
    certificate = certify_draft(draft, asked, look)
    return finish_policy(draft, certificate, by="domain" if asked.by_domain else None, frozen=frozen)


def _part(table: ArmTable) -> dict[str, Any]:
    names = sorted(names_of(table))
    return {
        "questions": len(table),
        "clusters": len(np.unique(table.clusters)),
        "digest": hashlib.sha256("\n".join(names).encode()).hexdigest(),
    }


def _cost(cost: Floats, clusters: Ints) -> dict[str, Any]:
    if np.isnan(cost).any():
        return {"cost_usd": None, "cost_interval": None}
    interval = clustered_interval(cost, clusters)
    return {"cost_usd": float(cost.mean()), "cost_interval": None if interval is None else list(interval)}


def _arms(table: ArmTable, names: tuple[str, ...]) -> dict[str, Any]:
    """Each arm alone on the same questions: share right of all, and mean dollars."""
    found = {}
    for arm, name in enumerate(names):
        cost = table.cost[:, arm]
        found[name] = {
            "right": float(np.nan_to_num(table.right[:, arm]).mean()),
            "answered": float((~np.isnan(table.right[:, arm])).mean()),
            "cost_usd": None if np.isnan(cost).any() else float(cost.mean()),
        }
    return found
