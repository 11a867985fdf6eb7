"""Grading a run that is there: by code, by a panel of judges, and what a judge would cost."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from calibrant.errors import InputError
from calibrant.grading import Grader
from calibrant.grading.judge import LONGEST_ANSWER, matter
from calibrant.grading.panel import Agreement, agreement, majority
from calibrant.models import Prompt, cost_of
from calibrant.runs.answers import answer_part
from calibrant.runs.estimate import ModelEstimate
from calibrant.runs.judging import GRADED_PURPOSES, GradingSummary, Judge, JudgingOptions, judge_run
from calibrant.runs.spend import Purse
from calibrant.runs.summary import Progress
from calibrant.store import RunInfo, Store, response_digest
from calibrant.types import OutcomeState, Purpose, Stratum, Usage

__all__ = ["PanelSummary", "estimate_judging", "panel_name", "panel_run", "regrade"]

_PAGE = 500
_SAMPLE = 200
_CHARACTERS_PER_TOKEN = 4
_ASSUMED_OUTPUT = 100
"""Output tokens of a verdict with its reason, where nothing is known of the judge."""


def regrade(store: Store, run: RunInfo, grader: Grader) -> GradingSummary:
    """Grade a run by code; earlier grades of this grader are replaced, others stay.

    Raises:
        InputError: another process asks this run.
        StoreError: the store cannot be written.
    """
    began = time.monotonic()
    answers = sum(store.count_gradable(run, purpose=purpose) for purpose in GRADED_PURPOSES)
    summary = GradingSummary(run=run, grader=grader.name, answers=answers)
    with store.claimed(run) as alive, store.writer(run) as writer:
        for purpose in GRADED_PURPOSES:
            after = 0
            while page := store.gradable(run, purpose=purpose, after=after, limit=_PAGE):
                after = page[-1].item
                for one in page:
                    answer = answer_part(one.response, states_confidence=one.states_confidence)
                    grade = grader(one.question, answer)
                    summary.states[grade.state] += 1
                    writer.grade(one.item, grade)
                writer.flush()
                alive()
    summary.run = store.find_run(run.id)
    summary.elapsed_s = time.monotonic() - began
    return summary


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSummary:
    """What a panel of judges did."""

    members: tuple[GradingSummary, ...]
    panel: GradingSummary
    """The majority, of those answers that every member has graded."""
    agreement: Agreement

    @property
    def ok(self) -> bool:
        """Whether every member has graded every answer."""
        return all(member.ok for member in self.members)


def panel_name(judges: Sequence[Judge]) -> str:
    """What a panel's grades are called: ``panel(judge:A, judge:B)``."""
    return f"panel({', '.join(judge.name for judge in judges)})"


async def panel_run(
    store: Store,
    run: RunInfo,
    judges: Sequence[Judge],
    options: JudgingOptions | None = None,
    *,
    progress: Callable[[Progress], None] | None = None,
) -> PanelSummary:
    """Let several judges grade every answer of a run, and keep the majority beside their own grades.

    Args:
        store: where the run is.
        run: which.
        judges: at least two, each grading on its own.
        options: the budget is for all of them together.
        progress: called after each reply.

    Raises:
        InputError: fewer than two judges, two of one name, or another process asks this run.
        StoreError: the store cannot be written.
    """
    names = [judge.name for judge in judges]
    if len(set(names)) < max(2, len(names)):
        raise InputError("a panel needs at least two different judges", place="--judge", remedy="Name it once more.")
    options = options or JudgingOptions()
    purse = Purse(options.budget_usd, [])
    members = [await judge_run(store, run, judge, options, progress=progress, purse=purse) for judge in judges]
    name = panel_name(judges)
    panel, found = _vote(store, run, names, name)
    return PanelSummary(members=tuple(members), panel=panel, agreement=found)


def _vote(store: Store, run: RunInfo, members: Sequence[str], name: str) -> tuple[GradingSummary, Agreement]:
    """Write the majority of each answer that all members have graded."""
    summary = GradingSummary(run=run, grader=name, answers=0)
    ratings: dict[str, list[OutcomeState | None]] = defaultdict(list)
    with store.claimed(run) as alive, store.writer(run) as writer:
        for purpose in GRADED_PURPOSES:
            after = 0
            while page := store.verdicts(run, members, purpose=purpose, after=after, limit=_PAGE):
                after = max(page)
                for item, given in page.items():
                    summary.answers += 1
                    if purpose is Purpose.ANSWER:
                        for member in members:
                            ratings[member].append(given[member].state if member in given else None)
                    if len(given) == len(members):
                        grade = majority([given[member] for member in members], name=name)
                        summary.states[grade.state] += 1
                        writer.grade(item, grade)
                writer.flush()
                alive()
    summary.run = store.find_run(run.id)
    return summary, agreement(ratings or {member: [] for member in members})


def estimate_judging(store: Store, run: RunInfo, judge: Judge) -> ModelEstimate:
    """What is left to ask a judge about a run, and what it roughly costs.

    Raises:
        InputError: the template cannot be filled in for a question.
    """
    seen: set[str] = set()
    counts: Counter[str] = Counter()
    sample: list[Prompt] = []
    for purpose in GRADED_PURPOSES:
        after = 0
        while page := store.gradable(run, grader=judge.name, purpose=purpose, after=after, limit=_PAGE):
            after = page[-1].item
            new = {}
            for one in page:
                answer = answer_part(one.response, states_confidence=one.states_confidence)
                about = matter(one.question, answer)
                golds = not one.question.extra.get("action") and (
                    one.question.golds or one.question.stratum is Stratum.UNANSWERABLE
                )
                open_ = judge.first is None or judge.first(one.question, answer).state is OutcomeState.UNGRADED
                if not (open_ and golds and answer.strip() and len(answer) <= LONGEST_ANSWER) or about in seen:
                    continue
                seen.add(about)
                new[response_digest(judge.key(one.question, answer))] = (one, answer)
            there = store.answered(new)
            counts["reused"] += len(there)
            for digest in new.keys() - there:
                counts["responses"] += 1
                if len(sample) < _SAMPLE:
                    sample.append(judge.errand(*new[digest]))
    return _estimate(store, judge, sample, counts)


def _estimate(store: Store, judge: Judge, sample: Sequence[Prompt], counts: Counter[str]) -> ModelEstimate:
    characters = sum(len(message.content) for prompt in sample for message in prompt.messages)
    given = round(characters / max(1, len(sample)) / _CHARACTERS_PER_TOKEN * counts["responses"])
    measured = store.mean_output_tokens(judge.model.ref, Purpose.JUDGE)
    made = round((_ASSUMED_OUTPUT if measured is None else measured) * counts["responses"])
    cost = cost_of(Usage(input_tokens=given, output_tokens=made), judge.model.price)
    return ModelEstimate(
        model=judge.model.ref,
        responses=counts["responses"],
        reused=counts["reused"],
        input_tokens=given,
        output_tokens=made,
        output_from="assumed" if measured is None else "measured",
        cost_usd=None if cost is None else cost.total,
    )
