"""Letting a judge grade the answers of a run: what is there is not asked again, and the run is not asked at all.

A judge's reply is a response of the run like any other, kept once for each matter (question, what counts as right,
answer), judge and template; so the same answer to the same question is judged once, in whatever run. The grade is
committed with the reply. A killed process, a budget or a failing judge leave answers ungraded by it; the same call
goes on there.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from calibrant.grading import Grader
from calibrant.grading.judge import LONGEST_ANSWER, VERDICT_SCHEMA, JudgeTemplate, built_in_template, matter
from calibrant.grading.judge_reply import UNREADABLE, Judgement, read_judgement
from calibrant.grading.panel import cascade
from calibrant.models import Failure, Model, Reply, Sampling
from calibrant.runs.answers import answer_part
from calibrant.runs.claiming import claimed
from calibrant.runs.errands import Errand, Errands
from calibrant.runs.recording import Recorder
from calibrant.runs.spend import Purse, Spend
from calibrant.runs.summary import ModelTally, Progress, Stop
from calibrant.store import Gradable, PromptRecord, RunInfo, Store, response_digest
from calibrant.types import Grade, OutcomeState, Purpose, Question, ResponseKey, Stratum

__all__ = ["GRADED_PURPOSES", "GradingSummary", "Judge", "JudgingOptions", "judge_run"]

GRADED_PURPOSES = (Purpose.ANSWER, Purpose.FORCED)
"""What is graded: answers, and those that were demanded."""

_PAGE = 100
_TRIES = 2
_SAMPLING = Sampling(temperature=0.0)
_CAME_BACK = frozenset({Failure.FILTERED, Failure.TRUNCATED})


@dataclass(frozen=True, kw_only=True)
class Judge:
    """A model that grades, and how it is asked; optionally only what another grader leaves open."""

    model: Model
    template: JudgeTemplate = field(default_factory=built_in_template)
    first: Grader | None = None
    """Grades before it; the judge is asked where this one says ``ungraded``. None = the judge grades everything."""

    @cached_property
    def name(self) -> str:
        """What its grades are called: ``exact+judge:MODEL@EFFORT``, with a digest of a template of one's own."""
        own = "" if self.template.is_built_in else f"#{self.template.digest[:8]}"
        first = "" if self.first is None else f"{self.first.name}+"
        return f"{first}judge:{self.model.ref}{own}"

    def key(self, question: Question, answer: str, turn: int = 0) -> ResponseKey:
        """The key of its reply about an answer."""
        return ResponseKey(
            question=matter(question, answer),
            model=self.model.identity,
            prompt=self.template.digest,
            sampling=_SAMPLING.digest,
            purpose=Purpose.JUDGE,
            repeat=turn,
        )

    def errand(self, about: Gradable, answer: str, turn: int = 0) -> Errand:
        """The prompt about an answer."""
        return Errand(
            messages=self.template.messages(about.question, answer),
            sampling=_SAMPLING,
            repeats=(turn,),
            schema=VERDICT_SCHEMA,
            key=self.key(about.question, answer, turn),
            about=about.question,
            question_hash=about.question_hash,
        )

    def grade(self, first: Grade | None, judgement: Judgement) -> Grade:
        """The grade that follows from what was read of its reply."""
        if judgement.state is None:
            mine = Grade(state=OutcomeState.UNGRADED, grader=self.name, reason=UNREADABLE + judgement.reason)
        else:
            mine = Grade(state=judgement.state, grader=self.name, reason=judgement.reason or None)
        if first is None or first.state is not OutcomeState.UNGRADED:
            return mine if first is None else cascade(first, None, name=self.name)
        why = f"({first.grader}: {first.reason or first.state.value})"
        return replace(mine, reason=f"{mine.reason or mine.state.value} {why}")


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingOptions:
    """How to ask judges."""

    budget_usd: float | None = None
    """No prompt is sent that could lead past it."""
    max_errors: float = 0.1
    """Share of failed requests after which no more is asked; 20 may always fail."""
    concurrency: int | None = None


@dataclass(slots=True, kw_only=True)
class GradingSummary:
    """What a grading did."""

    run: RunInfo
    grader: str
    answers: int
    """That it had not graded before."""
    states: Counter[OutcomeState] = field(default_factory=Counter)
    """Of the grades given now."""
    unreadable: int = 0
    """Of the ungraded: a judge replied twice and no verdict could be read."""
    first_error: str | None = None
    """What the first failed request said."""
    judge: ModelTally | None = None
    """What was asked of a judge; ``reused`` are replies that the store had."""
    stopped_by: Stop | None = None
    elapsed_s: float = 0.0

    @property
    def graded(self) -> int:
        """Answers that got a grade now, be it ``ungraded``."""
        return self.states.total()

    @property
    def left(self) -> int:
        """Answers without a grade of this grader: the judge failed, or was not asked."""
        return self.answers - self.graded

    @property
    def ok(self) -> bool:
        """Whether every answer has got a grade, be it ``ungraded``."""
        return not self.left

    def to_dict(self) -> dict[str, Any]:
        """The summary for programs: plain values, None for unknown."""
        tally = self.judge
        spend = None if tally is None else tally.spend
        return {
            "run": self.run.id,
            "grader": self.grader,
            "answers": self.answers,
            "graded": self.graded,
            "states": {str(state): count for state, count in sorted(self.states.items())},
            "unreadable": self.unreadable,
            "left": self.left,
            "stopped_by": None if self.stopped_by is None else str(self.stopped_by),
            "judge": None if tally is None else str(tally.model),
            "asked": 0 if tally is None else tally.replies,
            "reused": 0 if tally is None else tally.reused,
            "errors": 0 if tally is None else tally.errors,
            "error_causes": {} if tally is None else dict(tally.causes.most_common()),
            "first_error": self.first_error,
            "failed": None if tally is None else tally.failed,
            "cost_usd": None if spend is None or spend.unknown else spend.total_usd,
            "cost_known_usd": 0.0 if spend is None else spend.total_usd,
            "elapsed_s": round(self.elapsed_s, 3),
        }


async def judge_run(
    store: Store,
    run: RunInfo,
    judge: Judge,
    options: JudgingOptions | None = None,
    *,
    progress: Callable[[Progress], None] | None = None,
    purse: Purse | None = None,
) -> GradingSummary:
    """Grade what this judge has not graded of a run.

    Args:
        store: where the run is.
        run: which; need not be complete.
        judge: who grades.
        options: budget and concurrency.
        progress: called after each reply.
        purse: a budget that is shared with other judges, in place of the one in the options.

    Returns:
        What was graded, asked and spent.

    Raises:
        InputError: another process asks this run, or the template cannot be filled in for a question.
        StoreError: a batch could not be committed; what was committed before stays.
    """
    options = options or JudgingOptions()
    began = time.monotonic()
    waiting = [store.count_gradable(run, grader=judge.name, purpose=purpose) for purpose in GRADED_PURPOSES]
    tally = ModelTally(model=judge.model.ref, spend=Spend(judge.model.price))
    summary = GradingSummary(run=run, grader=judge.name, answers=sum(waiting), judge=tally)
    purse = purse or Purse(options.budget_usd, [])
    purse.spends = [*purse.spends, tally.spend]

    def tell() -> None:
        if progress is not None:
            told = Progress.of(summary.answers, [tally], tally.under_way)
            progress(replace(told, done=summary.graded, reused=0))

    async with claimed(store, run):
        record = PromptRecord(
            digest=judge.template.digest, name=judge.template.name, content=dict(judge.template.content)
        )
        writer = store.writer(run, batch=10**9, max_age_s=float("inf"), prompts={judge.template.digest: record})
        async with Recorder(writer) as recorder:
            errors = max(20.0, options.max_errors * summary.answers)
            errands = Errands(judge.model, tally, purse, recorder, max_errors=errors, tell=tell)
            tell()
            await errands.ask(_Matters(store, run, judge, recorder, summary), concurrency=options.concurrency)
    tell()
    summary.stopped_by = errands.stop
    summary.run = store.find_run(run.id)
    summary.elapsed_s = time.monotonic() - began
    return summary


@dataclass(slots=True)
class _Open:
    """Answers that wait for one judgement, and what the first grader said of each."""

    text: str
    answers: list[tuple[Gradable, Grade | None]]


class _Matters:
    """What a judge is still to be asked about a run; see `ErrandSender`."""

    def __init__(self, store: Store, run: RunInfo, judge: Judge, recorder: Recorder, summary: GradingSummary) -> None:
        self._store = store
        self._run = run
        self._judge = judge
        self._recorder = recorder
        self._summary = summary
        self._ready: deque[Errand] = deque()
        self._open: dict[str, _Open] = {}
        self._judged: dict[str, Judgement] = {}
        self._purposes = list(GRADED_PURPOSES)
        self._after = 0

    def take(self) -> Errand | None:
        """The next prompt, once all is graded on the way that needs none."""
        while not self._ready and self._purposes:
            page = self._store.gradable(
                self._run, grader=self._judge.name, purpose=self._purposes[0], after=self._after, limit=_PAGE
            )
            if page:
                self._after = page[-1].item
                self._sort(page)
            else:
                self._purposes.pop(0)
                self._after = 0
        return self._ready.popleft() if self._ready else None

    def failed(self, reply: Reply) -> bool:
        """Whether no reply came; one without a readable verdict is a reply."""
        return _judgement_of(reply) is None

    def came(self, errand: Errand, reply: Reply) -> Sequence[tuple[int, Grade]]:
        """Read a reply; one that cannot be read is asked for once more, one that failed leaves its answers open."""
        judgement = _judgement_of(reply)
        if judgement is None:
            self._summary.first_error = self._summary.first_error or " ".join((reply.error or "").split())[:200]
            self._open.pop(errand.key.question, None)
            return ()
        return self._settle(errand.key, judgement)

    def _settle(self, key: ResponseKey, judgement: Judgement) -> list[tuple[int, Grade]]:
        found = self._open[key.question]
        if judgement.state is None and key.repeat + 1 < _TRIES:
            self._ready.appendleft(self._judge.errand(found.answers[0][0], found.text, key.repeat + 1))
            return []
        del self._open[key.question]
        self._judged[key.question] = judgement
        return [self._graded(one, first, judgement) for one, first in found.answers]

    def _graded(self, one: Gradable, first: Grade | None, judgement: Judgement) -> tuple[int, Grade]:
        grade = self._judge.grade(first, judgement)
        self._count(grade)
        self._summary.unreadable += judgement.state is None
        return one.item, grade

    def _count(self, grade: Grade) -> None:
        self._summary.states[grade.state] += 1

    def _sort(self, page: Sequence[Gradable]) -> None:
        """Grade a page as far as nobody need be asked, and make prompts of the rest."""
        done: list[tuple[int, Grade]] = []
        new: list[str] = []
        for one in page:
            answer = answer_part(one.response, states_confidence=one.states_confidence)
            first = None if self._judge.first is None else self._judge.first(one.question, answer)
            grade = self._without_asking(one.question, answer, first)
            if grade is not None:
                done.append((one.item, grade))
                self._count(grade)
                continue
            about = matter(one.question, answer)
            if about in self._judged:
                done.append(self._graded(one, first, self._judged[about]))
            elif about in self._open:
                self._open[about].answers.append((one, first))
            else:
                self._open[about] = _Open(answer, [(one, first)])
                new.append(about)
        done += self._look_up(new)
        self._recorder.grade(done)

    def _look_up(self, matters: Sequence[str]) -> list[tuple[int, Grade]]:
        """Grades of what the store has been told already; the rest becomes prompts."""
        done: list[tuple[int, Grade]] = []
        keys = {
            (about, turn): self._judge.key(found.answers[0][0].question, found.text, turn)
            for about in matters
            for found in (self._open[about],)
            for turn in range(_TRIES)
        }
        there = self._store.responses([response_digest(key) for key in keys.values()])
        for about in matters:
            found = self._open[about]
            for turn in range(_TRIES):
                key = keys[about, turn]
                response = there.get(response_digest(key))
                if response is None:
                    self._ready.append(self._judge.errand(found.answers[0][0], found.text, turn))
                    break
                judgement = read_judgement(response.text or "")
                if judgement.state is None and turn + 1 < _TRIES:
                    continue
                self._tally_reused()
                done += self._settle(key, judgement)
                break
        return done

    def _tally_reused(self) -> None:
        if self._summary.judge is not None:
            self._summary.judge.reused += 1

    def _without_asking(self, question: Question, answer: str, first: Grade | None) -> Grade | None:
        """The grade of what the first grader decides, or nobody can; None = the judge is to be asked."""
        name = self._judge.name
        if first is not None and first.state is not OutcomeState.UNGRADED:
            return cascade(first, None, name=name)
        why = None
        if not answer.strip():
            why = "empty answer"
        elif question.stratum is Stratum.ACTION or question.extra.get("action"):
            why = "a task, which the action grader reads"
        elif question.stratum is Stratum.ANSWERABLE and not any(gold.strip() for gold in question.golds):
            why = "the question has no gold answer"
        elif len(answer) > LONGEST_ANSWER:
            why = f"an answer of {len(answer):,} characters, too long for a judge"
        return None if why is None else Grade(state=OutcomeState.UNGRADED, grader=name, reason=why)


def _judgement_of(reply: Reply) -> Judgement | None:
    """What a reply says; None where none came, so that it may be asked for again another day."""
    if reply.error is None:
        return read_judgement(reply.text or "")
    came = reply.failure in _CAME_BACK or reply.finish_reason is not None
    return Judgement(None, " ".join(reply.error.split())[:160]) if came else None
