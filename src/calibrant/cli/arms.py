"""Runs of the store as a table of arms, with what a policy fitted on them names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.policies.routing import ArmTable
    from calibrant.store import RunInfo, Store
    from calibrant.types import Outcome

__all__ = ["ArmRuns", "read_arms"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmRuns:
    """The table, and what belongs to it."""

    table: ArmTable
    grader: str
    frozen: dict[str, Any]
    """As ``Policy.frozen`` keeps it."""


def read_arms(
    references: Sequence[str],
    store: Store,
    *,
    order: Sequence[str] | None = None,
    by: str | None = None,
    grader: str | None = None,
) -> ArmRuns:
    """All arms of these runs on the questions that they share.

    Args:
        references: of the runs: ids, names, or latest.
        store: where they are.
        order: the arms to use, in the order in which they are tried.
        by: what a question's category is; default its domain.
        grader: whose grades are the labels.

    Raises:
        InputError: no such run, runs graded by different graders and none chosen, or what `arm_table` refuses.
    """
    from calibrant.confidence import with_agreement
    from calibrant.policies.routing import arm_table, question_key

    runs = list({run.id: run for run in map(store.find_run, references)}.values())
    used = _one_grader(runs, store, grader)
    attempts: list[tuple[Outcome, str, str | None]] = []
    texts: dict[str, str] = {}
    for run in runs:
        for outcome, item in zip(store.outcomes(run, used), store.items(run, grader=used, bodies=False), strict=True):
            attempts.append((outcome, item.question.text, item.response.text))
            texts[question_key(outcome)] = item.question.text
    frozen = _frozen(runs, store, used)
    table = arm_table(
        with_agreement(attempts),
        beside=_beside(runs, store),
        order=order,
        by=by or "domain",
        texts=texts,
        facts={"runs": [run.id for run in runs], "set_hashes": sorted({run.set_hash or "" for run in runs})},
    )
    named = {str(arm).partition(" t=")[0].partition(" x")[0] for arm in table.arms}
    frozen["arms"] = {name: facts for name, facts in frozen["arms"].items() if name in named}
    contract = all(isinstance(facts["template"], str) for facts in frozen["arms"].values())
    frozen["prompt_contract"] = "template" if contract else "traffic"
    return ArmRuns(table=table, grader=used, frozen=frozen)


def _beside(runs: Sequence[RunInfo], store: Store) -> list[Outcome]:
    """Calls of an arm's own model for signals. Runs share replies: of each kind those of one run, which has most."""
    from calibrant.policies.routing import question_key
    from calibrant.types import Purpose

    most: dict[tuple[object, ...], list[Outcome]] = {}
    for run in runs:
        mine: dict[tuple[object, ...], list[Outcome]] = {}
        for purpose in (Purpose.SAMPLE, Purpose.PTRUE, Purpose.STATED):
            for one in store.outcomes(run, purpose=purpose):
                mine.setdefault((purpose, one.model, one.price, question_key(one)), []).append(one)
        for key, calls in mine.items():
            if len(calls) > len(most.get(key, ())):
                most[key] = calls
    return [one for calls in most.values() for one in calls]


def _one_grader(runs: Sequence[RunInfo], store: Store, wanted: str | None) -> str:
    from calibrant.cli.labelled import labels_by

    chosen = []
    for run in runs:
        name = labels_by(store, run, wanted) or next(iter(store.graders(run)), None)
        if name is None:
            raise InputError(
                f"run {run.id} has no grades", remedy="Grade it first: calibrant grade, or run it with a grader."
            )
        chosen.append(name)
    if len(set(chosen)) > 1:
        raise InputError(
            f"the runs were graded by different graders: {', '.join(sorted(set(chosen)))}",
            place="--grader",
            remedy="Choose one that graded all of them.",
        )
    return chosen[0]


def _frozen(runs: Sequence[RunInfo], store: Store, grader: str) -> dict[str, Any]:
    """Model, sampling and prompt of each arm; several where runs differ, None where answers were imported."""
    found: dict[str, dict[str, set[str]]] = {}
    for run in runs:
        for setup in store.setups(run):
            facts = found.setdefault(str(setup.model), {"model": set(), "sampling": set(), "template": set()})
            if not setup.template:
                continue  # Imported: the hashes are of the file, and would refuse every other one.
            facts["model"].add(setup.model_hash)
            facts["sampling"].add(setup.sampling_hash)
            facts["template"].add(setup.template)
    return {
        "grader": grader,
        "arms": {name: {what: _one(values) for what, values in facts.items()} for name, facts in sorted(found.items())},
    }


def _one(values: set[str]) -> str | list[str] | None:
    return next(iter(values)) if len(values) == 1 else sorted(values) or None
