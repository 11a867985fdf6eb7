"""Asking what signals need beyond the answers: whom, what it will cost, and the asking itself.

What the store has is not asked again. The replies belong to the run and are no attempts of it; what they say of the
answers is worked out afterwards, by ``scoring``.
"""

from __future__ import annotations

import math
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from calibrant.confidence import Chosen
from calibrant.errors import InputError
from calibrant.grading import EXACT, Grader
from calibrant.models import Model, Reply, cost_of, load_models
from calibrant.models.recorded import RecordedModel
from calibrant.runs.claiming import claimed
from calibrant.runs.errands import Errand, Errands
from calibrant.runs.estimate import ModelEstimate
from calibrant.runs.extras import Collecting, Extra
from calibrant.runs.recording import Received, Recorder
from calibrant.runs.spend import Purse, Spend
from calibrant.runs.summary import ModelTally, Progress, RunSummary, Stop
from calibrant.store import Gradable, PromptRecord, RunInfo, Store, response_digest
from calibrant.types import Grade, Purpose, Usage

__all__ = ["check_seconds", "collect_run", "estimate_collecting", "load_seconds", "prepare_collecting"]

_PAGE = 200
_SAMPLE = 200
_CHARACTERS_PER_TOKEN = 4
_ASSUMED_OUTPUT = 50


def load_seconds(store: Store, chosen: Sequence[Chosen]) -> dict[str, Model]:
    """The models that signals name: name as written -> model.

    Raises:
        InputError: there is no such model.
    """
    names = list(dict.fromkeys(one.second for one in chosen if one.second is not None))
    return dict(zip(names, load_models(names, price_of=store.price_of), strict=True))


def check_seconds(seconds: Mapping[str, Model], chosen: Sequence[Chosen], *, budget_usd: float | None) -> None:
    """Refuse what cannot work before anything is asked.

    Raises:
        InputError: a budget without a price, or a recording named as the model that looks at answers.
    """
    for name, model in seconds.items():
        _check_price(model, budget_usd)
        about = [one.name for one in chosen if one.second == name and one.needs.ask and one.needs.ask.how != "again"]
        if about and isinstance(model, RecordedModel):
            raise InputError(
                f"{model.ref} is a recording, which cannot be asked about answers",
                place=about[0],
                remedy="Name a model.",
            )


def prepare_collecting(
    store: Store,
    run: RunInfo,
    chosen: Sequence[Chosen],
    *,
    models: Sequence[Model] | None = None,
    seconds: Mapping[str, Model] | None = None,
    grader: Grader = EXACT,
    budget_usd: float | None = None,
    concurrency: int | None = None,
) -> Collecting:
    """Find out whom to ask for the signals of a run.

    Args:
        store: where the run is.
        run: which.
        chosen: the signals.
        models: those of the run; None = found again by their names, where a signal asks them.
        seconds: the models that signals name; None = loaded.
        grader: whose normalisation says which answers are the same.
        budget_usd: no prompt is sent that could lead past it.
        concurrency: most prompts under way to a model.

    Raises:
        InputError: a model is not there, or not as it was asked; a budget and no price; imported answers, and a signal
            that asks the model that gave them.
    """
    wanted = [one for one in chosen if one.needs.samples or (one.needs.ask is not None and one.second is None)]
    imported = "templates" not in run.manifest
    if imported and wanted:
        raise InputError(
            f"the answers of run {run.id} were imported, so there is no model to ask for {wanted[0].name}",
            remedy="Its repeats can stand for samples: leave --ask away.",
        )
    found = tuple(_models_of(store, run, models)) if wanted else ()
    for model in found:
        _check_price(model, budget_usd)
    seconds = load_seconds(store, chosen) if seconds is None else seconds
    check_seconds(seconds, chosen, budget_usd=budget_usd)
    return Collecting(
        run=run,
        chosen=tuple(chosen),
        models=found,
        seconds=seconds,
        grader=grader,
        budget_usd=budget_usd,
        concurrency=concurrency,
    )


def _models_of(store: Store, run: RunInfo, models: Sequence[Model] | None) -> Sequence[Model]:
    told = {str(one["model"]): one["identity"] for one in run.manifest["models"]}
    found = load_models(list(told), price_of=store.price_of) if models is None else models
    identities = {str(model.ref): model.identity for model in found}
    for name, identity in told.items():
        if identities.get(name) != identity:
            raise InputError(
                f"{name} is not the model that was asked in run {run.id}: its endpoint or settings are others",
                remedy="Set calibrant.toml back, or ask anew: calibrant run.",
            )
    return found


def _check_price(model: Model, budget_usd: float | None) -> None:
    if budget_usd is not None and model.price is None:
        raise InputError(
            f"no price is known for {model.ref}, so no budget can be kept",
            remedy="Say its price in calibrant.toml, or: calibrant prices import FILE.",
        )


@dataclass(slots=True)
class _Needed:
    """What one model is to be asked for."""

    model: Model
    missing: dict[str, tuple[Extra, list[Gradable]]] = field(default_factory=dict)
    """Digest of a key -> what is wanted, and the answers that need it."""
    there: list[tuple[Extra, Gradable, str]] = field(default_factory=list)
    """What the store has, with its digest there."""

    @property
    def needed(self) -> int:
        """Responses, be they there or not."""
        return sum(len(ones) for _, ones in self.missing.values()) + len(self.there)


def _needed(store: Store, collecting: Collecting) -> list[_Needed]:
    """For each model what it is to be asked for, and what of that is there."""
    asked = {model.identity: model for model in (*collecting.models, *(collecting.seconds or {}).values())}
    found = {identity: _Needed(model) for identity, model in asked.items()}
    repeats = _repeats(store, collecting)
    for page in _answers(store, collecting.run):
        wanted: list[tuple[str, Extra, Gradable]] = []
        for one in page:
            others = repeats[_group(one)] - 1 if repeats else 0
            extras = collecting.wanted(one, repeats=others)
            wanted += [(response_digest(extra.key), extra, one) for extra in extras if extra.key.model in found]
        instead = {response_digest(extra.instead) for _, extra, _ in wanted if extra.instead}
        there = store.answered({digest for digest, _, _ in wanted} | instead)
        for digest, extra, one in wanted:
            mine = found[extra.key.model]
            other = "" if extra.instead is None else response_digest(extra.instead)
            if digest in there or other in there:
                mine.there.append((extra, one, digest if digest in there else other))
            else:
                mine.missing.setdefault(digest, (extra, []))[1].append(one)
    return list(found.values())


def _answers(store: Store, run: RunInfo) -> Iterator[list[Gradable]]:
    after = 0
    while page := store.gradable(run, after=after, limit=_PAGE):
        after = page[-1].item
        yield page


def _group(one: Gradable) -> tuple[str, ...]:
    key = one.response.key
    return (one.question.id, key.question, key.model, key.prompt, key.sampling)


def _repeats(store: Store, collecting: Collecting) -> Counter[tuple[str, ...]]:
    """How many answers each question got of each model; empty where they cannot stand for samples."""
    if not collecting.samples or not collecting.repeats_are_samples:
        return Counter()
    return Counter(_group(one) for page in _answers(store, collecting.run) for one in page)


def estimate_collecting(store: Store, collecting: Collecting) -> list[tuple[Model, ModelEstimate]]:
    """What is left to ask each model, and what it roughly costs; only models that are needed.

    Raises:
        InputError: a template cannot be filled in for a question.
    """
    return [(one.model, _estimate(store, collecting, one)) for one in _needed(store, collecting) if one.needed]


def _estimate(store: Store, collecting: Collecting, needed: _Needed) -> ModelEstimate:
    first = list(islice(needed.missing.values(), _SAMPLE))
    sample = [collecting.errand(extra, ones) for extra, ones in first]
    characters = sum(len(message.content) for prompt in sample for message in prompt.messages)
    count = len(needed.missing)
    given = round(characters / max(1, len(sample)) / _CHARACTERS_PER_TOKEN * count)
    purposes = Counter(extra.key.purpose for extra, _ in needed.missing.values())
    known = {purpose: store.mean_output_tokens(needed.model.ref, purpose) for purpose in purposes}
    usual = store.mean_output_tokens(needed.model.ref)
    limits = {
        extra.key.purpose: needed.model.output_limit(prompt) for (extra, _), prompt in zip(first, sample, strict=True)
    }
    made = 0.0
    for purpose, calls in purposes.items():
        guess = known[purpose] if known[purpose] is not None else usual
        limit = limits.get(purpose)
        made += calls * min(_ASSUMED_OUTPUT if guess is None else guess, math.inf if limit is None else limit)
    cost = cost_of(Usage(input_tokens=given, output_tokens=round(made)), needed.model.price)
    return ModelEstimate(
        model=needed.model.ref,
        responses=count,
        reused=len(needed.there),
        input_tokens=given,
        output_tokens=round(made),
        output_from="assumed" if usual is None and None in known.values() else "measured",
        cost_usd=None if cost is None else cost.total,
    )


async def collect_run(
    store: Store, collecting: Collecting, *, progress: Callable[[Progress], None] | None = None
) -> RunSummary:
    """Ask for everything that the signals of a run need and the store does not have.

    Returns:
        What was asked, found and spent; ``total`` counts the extra responses needed.

    Raises:
        InputError: another process asks this run, or a template cannot be filled in for a question.
        StoreError: a batch could not be committed; what was committed before stays.
    """
    began = time.monotonic()
    run = collecting.run
    needed = [one for one in _needed(store, collecting) if one.needed]
    tallies = [ModelTally(model=one.model.ref, spend=Spend(one.model.price)) for one in needed]
    purse = Purse(collecting.budget_usd, [tally.spend for tally in tallies])
    total = sum(one.needed for one in needed)
    stop: Stop | None = None

    def tell() -> None:
        if progress is not None:
            progress(Progress.of(total, tallies, sum(tally.under_way for tally in tallies)))

    prompts: dict[str, PromptRecord] = {}
    async with claimed(store, run):
        writer = store.writer(run, batch=10**9, max_age_s=float("inf"), prompts=prompts)
        async with Recorder(writer) as recorder:
            for one, tally in zip(needed, tallies, strict=True):
                errors = max(20.0, collecting.max_errors * one.needed)
                errands = Errands(one.model, tally, purse, recorder, max_errors=errors, tell=tell)
                await _keep_what_is_there(store, one, tally, recorder)
                tell()
                sender = _Wanted(collecting, one, prompts)
                await errands.ask(sender, concurrency=collecting.concurrency)
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
        max_errors=collecting.max_errors,
    )


async def _keep_what_is_there(store: Store, needed: _Needed, tally: ModelTally, recorder: Recorder) -> None:
    """Put into the run what other runs have asked for."""
    tally.reused = len(needed.there)
    tally.missing = sum(len(ones) for _, ones in needed.missing.values())
    own = [(extra, one, digest) for extra, one, digest in needed.there if digest == response_digest(extra.key)]
    for start in range(0, len(own), _PAGE):
        part = own[start : start + _PAGE]
        found = store.responses({digest for _, _, digest in part}, logprobs=True)
        await recorder.keep([Received(one.question, one.question_hash, found[digest]) for _, one, digest in part])


class _Wanted:
    """What one model is still to be asked; see `ErrandSender`."""

    def __init__(self, collecting: Collecting, needed: _Needed, prompts: dict[str, PromptRecord]) -> None:
        self._collecting = collecting
        self._missing: dict[Purpose, deque[tuple[Extra, list[Gradable]]]] = defaultdict(deque)
        for extra, ones in needed.missing.values():
            self._missing[extra.key.purpose].append((extra, ones))
        self._prompts = prompts
        self._most = needed.model.max_samples

    def take(self) -> Errand | None:
        """The next prompt, for all answers that need its reply."""
        for waiting in self._missing.values():
            if waiting:
                extra, ones = waiting.popleft()
                self._note_prompt(extra, ones[0])
                further: list[Extra] = []
                while waiting and len(further) + 1 < self._most and _same_prompt(extra, ones, *waiting[0]):
                    further.append(waiting.popleft()[0])
                return self._collecting.errand(extra, ones, further)
        return None

    def failed(self, reply: Reply) -> bool:
        """Whether there is no reply."""
        return reply.error is not None

    def came(self, errand: Errand, reply: Reply) -> Sequence[tuple[int, Grade]]:  # noqa: ARG002 - nothing is graded
        """Nothing follows from one reply: signals are worked out of all."""
        return ()

    def _note_prompt(self, extra: Extra, one: Gradable) -> None:
        ask = extra.ask
        if ask is not None and ask.how != "again":
            record = PromptRecord(digest=ask.digest, name=ask.name, content=dict(ask.content))
            self._prompts[extra.key.prompt] = record
        elif (template := self._collecting.templates.get(one.template or "")) is not None:
            self._prompts[extra.key.prompt] = PromptRecord(
                digest=template.digest, name=template.name, price=template.price, content=template.content
            )


def _same_prompt(one: Extra, alike: Sequence[Gradable], other: Extra, also: Sequence[Gradable]) -> bool:
    """Whether two samples are of the same answers, so that one request can give both."""
    samples = one.ask is None and other.ask is None
    return samples and replace(one.key, sample=0) == replace(other.key, sample=0) and list(alike) == list(also)
