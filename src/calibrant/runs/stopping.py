"""Ending a run when its question is answered: which questions may be asked now, and looks at complete blocks.

A run with ``stop`` asks clusters in a random order of blocks. No model is asked further than one block beyond the one
that is being completed, so that little is asked in vain. A block is looked at once every attempt in it has a grade, or
is given up: an error, or an answer that the grader left open. What was seen is kept before the next block may be asked,
so that a run taken up again goes on with the same looks.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from math import isnan, nan
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from calibrant.analysis.stopping import Course, Ending, StopRule, course_blocks, score_of, units_of
from calibrant.errors import InputError
from calibrant.runs.plan import Plan
from calibrant.store import RunInfo, Store
from calibrant.types import Grade, Outcome, OutcomeState, Question

__all__ = ["StopOptions", "Watch"]

_AHEAD: Final = 1
"""Blocks that may be asked beyond the one being completed."""
_RULES: Final = "stop-1"
_PATIENCE_S: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StopOptions:
    """When to end a run, and how to look."""

    rule: StopRule
    stratified: bool = True
    """Blocks hold each domain in its share."""
    controls: tuple[RunInfo, ...] = ()
    """Runs whose models' scores on the same questions serve as control variates."""
    condition: str = ""
    """As the user wrote it."""


class Watch:
    """A plan and a course of looks at it.

    Args:
        plan: what is asked.
        options: when to end.
        store: keeps what was seen.
        run: the run of the plan; its seed orders the questions, whatever the plan's.
        grader: whose grades count.

    Raises:
        InputError: several prompts, a model that is not asked, no question with an answer, or control runs that share
            no question or whose grades have changed since.
    """

    def __init__(self, plan: Plan, options: StopOptions, store: Store, run: RunInfo, grader: str) -> None:
        self._plan, self._store, self._run, self._grader = plan, store, run, grader
        self.options = options
        self._models = {str(model.ref): number for number, model in enumerate(plan.models)}
        if len(plan.options.templates) > 1:
            raise InputError("one price at a time can be decided on", place="--stop-when", remedy="Say --price once.")
        unknown = next((name for name in options.rule.models if name not in self._models), None)
        if unknown is not None:
            named = ", ".join(self._models)
            raise InputError(f"'{unknown}' is not asked", place="--stop-when", remedy=f"Asked are: {named}.")
        self._units = units_of(plan.questions)
        cells, self._blocks = course_blocks(self._units, stratified=options.stratified, seed=run.seed)
        whose, covariates = _covariates(plan, options, store)
        fixed = {
            "rules": _RULES,
            "rule": asdict(options.rule),
            "stratified": options.stratified,
            "seed": run.seed,
            "set_hash": plan.set_hash,
            "repeats": plan.options.repeats,
            "grader": grader,
            "controls": [run.id for run in options.controls],
        }
        self._check_controls(fixed, covariates)
        self.digest = _digest(fixed)
        by_unit = (
            None if covariates is None else np.array([covariates[list(one.questions)].mean(0) for one in self._units])
        )
        try:
            self.course = Course(options.rule, self._units, self._blocks, cells, by_unit)
        except ValueError as error:
            raise InputError(str(error), place=plan.source) from None
        self._fixed = {
            **fixed,
            "condition": options.condition,
            "controlled_by": whose,
            "control_digest": _digest(None if covariates is None else covariates.tolist()),
            "blocks": len(self._blocks),
            "units": len(self._units),
        }
        self._block_of = {
            place: number
            for number, block in enumerate(self._blocks)
            for at in block
            for place in self._units[at].questions
        }
        self._states: dict[tuple[str, int], dict[int, OutcomeState]] = defaultdict(dict)
        self._places = _places(plan.questions, plan.hashes)
        self._kept: dict[tuple[str, int], dict[int, OutcomeState]] = defaultdict(dict)
        self._moved = asyncio.Event()
        self._looking = asyncio.Lock()
        self.others = 0
        """Other courses of looks at this run: each has its own chance of erring."""
        self._take_up()

    def _check_controls(self, fixed: Mapping[str, Any], covariates: NDArray[np.float64] | None) -> None:
        digest = _digest(None if covariates is None else covariates.tolist())
        kept = next((one for one in self._store.courses(self._run) if one.digest == _digest(fixed)), None)
        if kept is not None and kept.content["control_digest"] != digest:
            raise InputError(
                "the control runs' grades have changed since the first look",
                place="--control",
                remedy="Bets must not depend on what was seen: leave --control out, which begins looks of their own.",
            )

    def _take_up(self) -> None:
        """Go on with the looks that were kept, and with the grades that are there."""
        courses = self._store.courses(self._run)
        self.others = sum(one.digest != self.digest for one in courses)
        for kept in (one for one in courses if one.digest == self.digest):
            for seen in kept.blocks:
                if self.course.next_block is not None:
                    self.course.look([[nan if one is None else one for one in value] for value in seen])
        if self._grader in self._store.graders(self._run):
            for outcome in self._store.outcomes(self._run, self._grader):
                self._keep_outcome(outcome)
        self._store.keep_course(self._run, self.digest, self.to_dict())

    @property
    def order(self) -> list[int]:
        """Places of the questions in the order in which they are asked."""
        return [place for block in self._blocks for at in block for place in self._units[at].questions]

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be asked."""
        return self.course.ending is not None

    def allows(self, question: int) -> bool:
        """Whether a question may be asked now."""
        block = self.course.next_block
        return block is not None and self._block_of[question] <= block + _AHEAD

    async def moved(self) -> None:
        """Wait for the next look, or for `wake`; a second at most."""
        self._moved.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._moved.wait(), _PATIENCE_S)

    def wake(self) -> None:
        """Let those who wait look again whether they may ask."""
        self._moved.set()

    def note(self, question: Question, question_hash: str, model: str, repeat: int, grade: Grade | None) -> None:
        """Take note of an attempt. No grade: it is given up."""
        state = OutcomeState.ERROR if grade is None else grade.state
        for place in self._places.get((question.id, question_hash), ()):
            self._states[model, place][repeat] = state

    def settled(self, question: int, model: str, repeat: int) -> None:
        """An attempt was in the run, graded, when this call began."""
        state = self._kept[model, question].get(repeat)
        if state is not None:
            self._states[model, question][repeat] = state

    def _keep_outcome(self, outcome: Outcome) -> None:
        # An error of an earlier call is asked again, so it is open.
        if outcome.state is not OutcomeState.ERROR and outcome.price == self._plan.options.templates[0].price:
            for place in self._places.get((outcome.question_id, outcome.question_hash or ""), ()):
                self._kept[str(outcome.model), place][outcome.repeat] = outcome.state

    async def advance(self) -> None:
        """Look at every block that is complete, and keep what was seen."""
        async with self._looking:
            while (number := self.course.next_block) is not None and self._is_complete(number):
                values = self.course.values_of(number, self._score)
                seen = [[None if isnan(one) else one for one in value] for value in values]
                await asyncio.to_thread(self._store.keep_block, self._run, self.digest, number, seen)
                self.course.look(values)
        self.wake()

    def _is_complete(self, block: int) -> bool:
        repeats = self._plan.options.repeats
        return all(
            len(self._states[model, place]) >= repeats
            for at in self._blocks[block]
            for place in self._units[at].questions
            for model in self.options.rule.models
        )

    def _score(self, model: str, place: int) -> float:
        return score_of(self.options.rule.metric, list(self._states[model, place].values()))

    def end(self, ending: Ending | None) -> None:
        """The pass over the plan is over; keeps how it stands."""
        if ending is not None:
            self.course.end(ending)
        self._store.keep_course(self._run, self.digest, self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """Rule, order, looks and verdict as plain values."""
        return {**self._fixed, **self.course.to_dict(), "course": self.digest, "other_courses": self.others}


def _places(questions: Sequence[Question], hashes: Sequence[str]) -> Mapping[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, (question, digest) in enumerate(zip(questions, hashes, strict=True)):
        found[question.id, digest].append(place)
    return found


def _covariates(plan: Plan, options: StopOptions, store: Store) -> tuple[list[str], NDArray[np.float64] | None]:
    """Scores of the control runs' models by question, shape (questions, models + 1): the last is their mean.

    A question that a model has no grade for gets the model's mean.
    """
    if not options.controls:
        return [], None
    columns = dict(_columns(plan, options, store))
    if not columns:
        raise InputError(
            "the control runs have no grades on these questions",
            place="--control",
            remedy="Name runs of the same file.",
        )
    table = np.column_stack(list(columns.values()))
    return list(columns), np.column_stack([table, table.mean(axis=1)]) if len(columns) > 1 else table


def _columns(plan: Plan, options: StopOptions, store: Store) -> Iterator[tuple[str, NDArray[np.float64]]]:
    by_hash: dict[str, list[int]] = defaultdict(list)
    for place, digest in enumerate(plan.hashes):
        by_hash[digest].append(place)
    for run in options.controls:
        states: dict[str, dict[int, list[OutcomeState]]] = defaultdict(lambda: defaultdict(list))
        for outcome in store.outcomes(run):
            for place in by_hash.get(outcome.question_hash or "", ()):
                states[str(outcome.model)][place].append(outcome.state)
        for model, of_place in sorted(states.items()):
            column = np.full(len(plan.questions), nan)
            for place, found in of_place.items():
                column[place] = score_of(options.rule.metric, found)
            if not np.isnan(column).all() and model not in options.rule.models:
                yield f"{model} ({run.id})", np.where(np.isnan(column), np.nanmean(column), column)


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]
