"""Models asked while a set is built: by the machinery of runs, so that answers are kept, budgets hold, and a killed
process goes on where it was.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from calibrant.builder.documents.corpus import Corpus
from calibrant.builder.documents.foretelling import Foretold, Wanted, foretell
from calibrant.errors import InputError, ModelError
from calibrant.grading import EXACT, Grader
from calibrant.models import Sampling, load_models
from calibrant.runs import Estimate, Plan, Progress, PromptTemplate, RunOptions, aa_template, estimate, execute, prepare
from calibrant.store import Store, response_digest
from calibrant.types import Grade, OutcomeState, Question

__all__ = ["Answer", "Asker", "Request"]

Confirm = Callable[[str, Plan, Estimate], None]
Foretell = Callable[[Sequence[Foretold]], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said to one question."""

    text: str | None
    """None = there is no usable answer."""
    state: OutcomeState
    """By the grader, or ``error``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Questions for models."""

    what: str
    """In a few words, for people: *answers with the passage*."""
    questions: Sequence[Question]
    models: Sequence[str]
    template: PromptTemplate = field(default_factory=aa_template)
    repeats: int = 1
    sampling: Sampling = field(default_factory=Sampling)
    grader: Grader = EXACT


@dataclass
class Asker:
    """Asks, within one budget for the whole build.

    Args:
        store: where answers are and go.
        budget_usd: most dollars of all requests together; None = no limit.
        confirm: told what will be asked and what it costs before anything is sent; raises where it must not be.
        progress: called now and then.
        foretold: told what the whole build asks and costs, before the first step; raises where it must not be.
    """

    store: Store
    budget_usd: float | None = None
    concurrency: int | None = None
    max_errors: float = 0.01
    confirm: Confirm | None = None
    progress: Callable[[Progress], None] | None = None
    foretold: Foretell | None = None
    spent_usd: float = 0.0
    asked: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """What was asked for -> answers needed, those that were there already among them."""

    def foretell(self, wanted: Wanted, corpus: Corpus) -> None:
        """Say what the whole build will ask, once for all its steps.

        Raises:
            InputError: a model is not known, or a budget is set and a price is not known.
        """
        models = load_models(wanted.models, price_of=self.store.price_of)
        if self.budget_usd is not None:
            unpriced = next((str(model.ref) for model in models if model.price is None), None)
            if unpriced is not None:
                raise InputError(
                    f"no price is known for {unpriced}, so no budget can be kept",
                    place="--budget",
                    remedy="Say its price in calibrant.toml, or: calibrant prices import FILE.",
                )
        steps = foretell(wanted, corpus, models, self.store)
        if self.foretold is not None and steps:
            self.foretold(steps)

    def ask(self, request: Request) -> Mapping[str, Mapping[str, Sequence[Answer]]]:
        """Model -> id of the question -> its answers, one for each repeat.

        Raises:
            InputError: a model is not known, or a budget is set and a price is not known.
            ModelError: not everything could be asked; what came back is kept, and the same call goes on.
        """
        options = RunOptions(
            templates=(request.template,),
            sampling=request.sampling,
            repeats=request.repeats,
            budget_usd=None if self.budget_usd is None else max(1e-9, self.budget_usd - self.spent_usd),
            max_errors=self.max_errors,
            concurrency=self.concurrency,
            name=f"build: {request.what}",
            kind="build",
        )
        plan = prepare(tuple(request.questions), list(request.models), self.store, options)
        if self.confirm is not None:
            self.confirm(request.what, plan, estimate(plan, self.store))
        self._execute(plan, request)
        return self._answers(plan, request)

    def _execute(self, plan: Plan, request: Request) -> None:
        async def asking() -> None:
            try:
                summary = await execute(plan, self.store, grader=_Kept(), progress=self.progress)
            finally:
                await asyncio.gather(*(model.close() for model in plan.models))
            self.spent_usd += summary.cost_known_usd
            self.asked[request.what] += plan.total
            if not summary.complete:
                failed = next((tally.failed for tally in summary.models if tally.failed), None)
                why = {"budget": "the budget leaves no room", "errors": "too many answers failed"}
                reason = failed or why.get(str(summary.stopped_by), "it was stopped")
                raise ModelError(
                    f"not all {request.what} could be asked for: {reason}",
                    remedy="What came back is kept: the same command goes on from here.",
                )

        asyncio.run(asking())

    def _answers(self, plan: Plan, request: Request) -> Mapping[str, Mapping[str, Sequence[Answer]]]:
        found: dict[str, dict[str, list[Answer]]] = {}
        for number, model in enumerate(plan.models):
            of_model = found.setdefault(str(model.ref), defaultdict(list))
            digests = {item: response_digest(plan.key(item)) for item in plan.items(number)}
            responses = self.store.responses(digests.values())
            for item, digest in sorted(digests.items(), key=lambda pair: pair[0].repeat):
                question = plan.questions[item.question]
                response = responses.get(digest)
                if response is None or response.text is None or response.error is not None:
                    of_model[question.id].append(Answer(None, OutcomeState.ERROR))
                else:
                    state = request.grader(question, response.text).state
                    of_model[question.id].append(Answer(response.text, state))
        return found


@dataclass(frozen=True, slots=True)
class _Kept:
    """The grader of what is no answer to a question of a set yet."""

    name: str = "builder"

    def __call__(self, question: Question, answer: str) -> Grade:
        """Grade nothing."""
        return Grade(state=OutcomeState.UNGRADED, grader=self.name, reason="asked to build a question set")
