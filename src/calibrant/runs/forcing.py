"""The second pass: what was declined is asked once more, demanding an answer (definitions, section 1).

The same model at the same effort, prompt and price is asked, with one sentence more. The answers belong to the run and
are no attempts of it; they are graded by the graders of the run. What is there is not asked again.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from calibrant.errors import InputError
from calibrant.grading import ABSTENTION_SENTENCE, Grader
from calibrant.models import Message, Model, Reply, Sampling, cost_of, load_models
from calibrant.models.recorded import RecordedModel
from calibrant.runs.claiming import claimed
from calibrant.runs.errands import Errand, Errands
from calibrant.runs.estimate import ModelEstimate
from calibrant.runs.prompts import PromptTemplate
from calibrant.runs.recording import Received, Recorder
from calibrant.runs.spend import Purse, Spend
from calibrant.runs.summary import ModelTally, Progress, RunSummary, Stop
from calibrant.store import Gradable, PromptRecord, RunInfo, Store, response_digest
from calibrant.types import Grade, OutcomeState, Purpose, Question, ResponseKey, StatedAs, Usage

__all__ = ["ForcedTemplate", "Forcing", "estimate_forcing", "force_run", "prepare_forcing"]

_PAGE = 200
_SAMPLE = 200
_CHARACTERS_PER_TOKEN = 4
_ASSUMED_OUTPUT = 200
_DEMAND = (
    "This time an answer is required, whatever was said above about not knowing: declining is not possible, and "
    f'"{ABSTENTION_SENTENCE}" is no answer. If you are not sure, give your single best guess. Reply in the same form.'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForcedTemplate:
    """A template of the run with the demand added to it."""

    template: PromptTemplate

    @property
    def content(self) -> Mapping[str, Any]:
        """Everything that decides what a model is shown, as plain values."""
        return {**self.template.content, "demand": _DEMAND}

    @property
    def digest(self) -> str:
        """Identity of the template."""
        return _digest(dict(self.content))

    def prompt_hash(self, question: Question) -> str:
        """The prompt's part of a response key."""
        return _digest([self.template.prompt_hash(question), _DEMAND])

    def messages(self, question: Question) -> tuple[Message, ...]:
        """The run's messages, with the demand at the end of the system message, or of the user's where there is none.

        Raises:
            InputError: the template cannot be filled in for this question.
        """
        made = list(self.template.messages(question))
        role = "system" if any(message.role == "system" for message in made) else "user"
        at = max(place for place, message in enumerate(made) if message.role == role)
        made[at] = Message(made[at].role, f"{made[at].content}\n\n{_DEMAND}")
        return tuple(made)


@dataclass(frozen=True, kw_only=True)
class Forcing:
    """A second pass over a run: whom to ask, with which prompts, about what which grader calls declined."""

    run: RunInfo
    models: tuple[Model, ...]
    templates: Mapping[str, ForcedTemplate]
    """Digest of the run's template -> the same with the demand."""
    sampling: Sampling
    grader: Grader
    declined_by: str
    """Name of the grading whose ``abstained`` counts."""
    budget_usd: float | None = None
    max_errors: float = 0.01
    concurrency: int | None = None

    def key(self, one: Gradable) -> ResponseKey:
        """The key of the demanded answer to a declined one."""
        before = one.response.key
        template = self.templates[one.template or ""]
        return ResponseKey(
            question=before.question,
            model=before.model,
            prompt=template.prompt_hash(one.question),
            sampling=before.sampling,
            purpose=Purpose.FORCED,
            repeat=before.repeat,
        )

    def errand(self, alike: Sequence[Gradable]) -> Errand:
        """The prompt that demands an answer; of questions that are alike, one prompt for all."""
        one, *others = alike
        template = self.templates[one.template or ""]
        return Errand(
            messages=template.messages(one.question),
            sampling=self.sampling,
            repeats=(one.response.key.repeat,),
            question=one.question,
            demands=True,
            key=self.key(one),
            about=one.question,
            question_hash=one.question_hash,
            also=tuple((other.question, other.question_hash) for other in others),
            states_confidence=template.template.confidence,
        )

    @property
    def states(self) -> tuple[str, tuple[OutcomeState, ...]]:
        """What counts as declined, as `Store.gradable` takes it."""
        return self.declined_by, (OutcomeState.ABSTAINED,)


def prepare_forcing(
    store: Store,
    run: RunInfo,
    grader: Grader,
    *,
    models: Sequence[Model] | None = None,
    declined_by: str | None = None,
    budget_usd: float | None = None,
    concurrency: int | None = None,
) -> Forcing:
    """Find out what a second pass over a run needs.

    Args:
        store: where the run is.
        run: one that asked models.
        grader: grades the demanded answers.
        models: those of the run; None = found again by their names.
        declined_by: whose ``abstained`` counts; None = this grader's.
        budget_usd: no prompt is sent that could lead past it.
        concurrency: most prompts under way to a model.

    Raises:
        InputError: the run was imported, or a model is not there or not as it was asked.
    """
    if run.kind != "ask" or "templates" not in run.manifest:
        raise InputError(
            f"the answers of run {run.id} were imported, so there is no model to ask again",
            remedy="A second pass needs a run made by: calibrant run.",
        )
    told: Sequence[Mapping[str, Any]] = run.manifest["models"]
    if models is None:
        models = load_models([str(one["model"]) for one in told], price_of=store.price_of)
    for model in models:
        if isinstance(model, RecordedModel):
            raise InputError(f"{model.ref} is a recording, which cannot be asked again", remedy="Ask the model itself.")
    identities = {str(model.ref): model.identity for model in models}
    for one in told:
        if identities.get(str(one["model"])) != one["identity"]:
            raise InputError(
                f"{one['model']} is not the model that was asked in run {run.id}: its endpoint or settings are others",
                remedy="Set calibrant.toml back, or ask anew: calibrant run.",
            )
    if budget_usd is not None:
        unpriced = next((str(model.ref) for model in models if model.price is None), None)
        if unpriced is not None:
            raise InputError(
                f"no price is known for {unpriced}, so no budget can be kept",
                remedy="Say its price in calibrant.toml, or: calibrant prices import FILE.",
            )
    templates = [PromptTemplate(**one) for one in run.manifest["templates"]]
    sampling: dict[str, Any] = {
        name: tuple(value) if name == "stop" else value for name, value in run.manifest["sampling"].items()
    }
    return Forcing(
        run=run,
        models=tuple(models),
        templates={template.digest: ForcedTemplate(template=template) for template in templates},
        sampling=Sampling(**sampling),
        grader=grader,
        declined_by=declined_by or grader.name,
        budget_usd=budget_usd,
        concurrency=concurrency,
    )


async def force_run(
    store: Store, forcing: Forcing, *, progress: Callable[[Progress], None] | None = None
) -> RunSummary:
    """Demand an answer to everything that was declined.

    Returns:
        What was asked, found and spent; ``total`` counts the declined answers.

    Raises:
        InputError: another process asks this run, or a template cannot be filled in for a question.
        StoreError: a batch could not be committed; what was committed before stays.
    """
    began = time.monotonic()
    run = forcing.run
    tallies = [ModelTally(model=model.ref, spend=Spend(model.price)) for model in forcing.models]
    purse = Purse(forcing.budget_usd, [tally.spend for tally in tallies])
    total = store.count_gradable(run, states=forcing.states)
    stop: Stop | None = None

    def tell() -> None:
        if progress is not None:
            progress(Progress.of(total, tallies, sum(tally.under_way for tally in tallies)))

    prompts: dict[str, PromptRecord] = {}
    async with claimed(store, run):
        writer = store.writer(run, batch=10**9, max_age_s=float("inf"), prompts=prompts)
        async with Recorder(writer, forcing.grader) as recorder:
            for model, tally in zip(forcing.models, tallies, strict=True):
                errors = max(20.0, forcing.max_errors * total)
                errands = Errands(model, tally, purse, recorder, max_errors=errors, tell=tell)
                sender = _Declined(store, forcing, model, tally, prompts)
                await sender.keep_what_is_there(recorder)
                tell()
                await errands.ask(sender, concurrency=forcing.concurrency)
                stop = stop or errands.stop
    tell()
    complete = sum(tally.done for tally in tallies) >= total
    return RunSummary(
        run=store.find_run(run.id),
        complete=complete,
        stopped_by=None if complete else stop,
        total=total,
        models=tuple(tallies),
        lost=0,
        elapsed_s=time.monotonic() - began,
        max_errors=forcing.max_errors,
    )


def estimate_forcing(store: Store, forcing: Forcing) -> list[ModelEstimate]:
    """What is left to demand of each model, and what it roughly costs.

    Raises:
        InputError: the template cannot be filled in for a question.
    """
    missing: dict[str, dict[str, Gradable]] = {model.identity: {} for model in forcing.models}
    reused: Counter[str] = Counter()
    after = 0
    while page := store.gradable(forcing.run, states=forcing.states, after=after, limit=_PAGE):
        after = page[-1].item
        keyed = {response_digest(forcing.key(one)): one for one in page}
        there = store.answered(keyed)
        for digest, one in keyed.items():
            if digest in there:
                reused[one.response.key.model] += 1
            else:
                missing[one.response.key.model][digest] = one
    return [_estimate(store, forcing, model, missing[model.identity], reused) for model in forcing.models]


def _estimate(
    store: Store, forcing: Forcing, model: Model, missing: Mapping[str, Gradable], reused: Mapping[str, int]
) -> ModelEstimate:
    sample = [forcing.errand([one]) for one in islice(missing.values(), _SAMPLE)]
    characters = sum(len(message.content) for prompt in sample for message in prompt.messages)
    given = round(characters / max(1, len(sample)) / _CHARACTERS_PER_TOKEN * len(missing))
    measured = store.mean_output_tokens(model.ref)
    made = round((_ASSUMED_OUTPUT if measured is None else measured) * len(missing))
    cost = cost_of(Usage(input_tokens=given, output_tokens=made), model.price)
    return ModelEstimate(
        model=model.ref,
        responses=len(missing),
        reused=reused.get(model.identity, 0),
        input_tokens=given,
        output_tokens=made,
        output_from="assumed" if measured is None else "measured",
        cost_usd=None if cost is None else cost.total,
    )


class _Declined:
    """What one model declined and was not yet asked again; see `ErrandSender`."""

    def __init__(
        self, store: Store, forcing: Forcing, model: Model, tally: ModelTally, prompts: dict[str, PromptRecord]
    ) -> None:
        self._store = store
        self._forcing = forcing
        self._model = model
        self._tally = tally
        self._prompts = prompts
        self._missing: dict[str, list[Gradable]] = {}

    async def keep_what_is_there(self, recorder: Recorder) -> None:
        """Go through everything that was declined: what the store has goes into the run, the rest is to be asked."""
        forcing, after = self._forcing, 0
        while page := self._store.gradable(forcing.run, states=forcing.states, after=after, limit=_PAGE):
            after = page[-1].item
            alike: dict[str, list[Gradable]] = defaultdict(list)
            for one in page:
                if one.response.key.model == self._model.identity:
                    self._note_prompt(one)
                    alike[response_digest(forcing.key(one))].append(one)
            settled = self._store.settled(forcing.run, alike, forcing.grader.name)
            there = self._store.responses(alike.keys() - settled)
            for digest, ones in alike.items():
                if digest in settled or digest in there:
                    self._tally.reused += len(ones)
                else:
                    self._missing.setdefault(digest, []).extend(ones)
            await recorder.keep(
                [
                    Received(one.question, one.question_hash, response, self._confident(one))
                    for digest, response in there.items()
                    for one in alike[digest]
                ]
            )
        self._tally.missing = sum(map(len, self._missing.values()))

    def take(self) -> Errand | None:
        """The next prompt, for all questions that are alike."""
        if not self._missing:
            return None
        return self._forcing.errand(self._missing.pop(next(iter(self._missing))))

    def failed(self, reply: Reply) -> bool:
        """Whether there is no answer."""
        return reply.error is not None

    def came(self, errand: Errand, reply: Reply) -> Sequence[tuple[int, Grade]]:  # noqa: ARG002 - graded as it is kept
        """Nothing follows from a reply: it is graded like an answer."""
        return ()

    def _confident(self, one: Gradable) -> StatedAs:
        return self._forcing.templates[one.template or ""].template.confidence

    def _note_prompt(self, one: Gradable) -> None:
        template = self._forcing.templates[one.template or ""]
        name = f"{template.template.name}, demanding an answer"
        self._prompts[template.prompt_hash(one.question)] = PromptRecord(
            digest=template.digest, name=name, price=template.template.price, content=dict(template.content)
        )


def _digest(content: Any) -> str:
    told = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]
