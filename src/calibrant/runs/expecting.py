"""What signals will need of a run that is not asked yet: at most so many calls, and what these roughly cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice

from calibrant.confidence import Ask, Chosen
from calibrant.models import Message, Model, Prompt, cost_of
from calibrant.runs.collecting import estimate_collecting, prepare_collecting
from calibrant.runs.estimate import ModelEstimate
from calibrant.runs.plan import Plan
from calibrant.store import RunInfo, Store
from calibrant.types import Purpose, Usage

__all__ = ["expected_extras"]

_SAMPLE = 200
_CHARACTERS_PER_TOKEN = 4
_ASSUMED_ANSWER = "x" * 40
_ASSUMED_OUTPUT = {Purpose.SAMPLE: 200, Purpose.SECOND: 200, Purpose.PTRUE: 2}
_FEW_TOKENS = 10


def expected_extras(
    plan: Plan, chosen: Sequence[Chosen], seconds: Mapping[str, Model], store: Store
) -> list[tuple[Model, ModelEstimate]]:
    """The calls beyond the answers that signals will need, model by model.

    Of answers that the run has they are counted; of those to come every one is taken to need them, so where a model
    declines it will be fewer.

    Args:
        plan: what is to be asked.
        chosen: the signals.
        seconds: name as written in a signal's -> the model.
        store: knows what was asked before.

    Returns:
        Each model that is asked for more, once, with what it is asked for.

    Raises:
        InputError: a template cannot be filled in for a question.
    """
    run = next((one for one in store.list_runs() if one.source_digest == plan.digest), None)
    known = [] if run is None else _known(plan, chosen, seconds, store, run)
    there = Counter[str]()
    if run is not None:
        for outcome in store.outcomes(run):
            there[str(outcome.model)] += 1
    parts: dict[int, tuple[Model, list[ModelEstimate]]] = {}
    coming: list[tuple[Model, ModelEstimate]] = []
    for model in plan.models:
        left = max(0, plan.per_model - there[str(model.ref)])
        coming += [_coming(plan, store, *one, left) for one in _calls(plan, chosen, seconds, model)]
    for model, part in (*known, *coming):
        parts.setdefault(id(model), (model, []))[1].append(part)
    return [
        (model, _sum(found)) for model, found in parts.values() if any(one.responses or one.reused for one in found)
    ]


def _known(
    plan: Plan, chosen: Sequence[Chosen], seconds: Mapping[str, Model], store: Store, run: RunInfo
) -> list[tuple[Model, ModelEstimate]]:
    collecting = prepare_collecting(store, run, chosen, models=plan.models, seconds=seconds)
    return estimate_collecting(store, collecting)


def _calls(
    plan: Plan, chosen: Sequence[Chosen], seconds: Mapping[str, Model], model: Model
) -> list[tuple[Model, Ask | None, int]]:
    """Whom to ask beside an answer of a model: the model, the call (None = a sample), and how many for each answer."""
    samples = max((one.needs.samples for one in chosen), default=0)
    if plan.options.repeats > samples and plan.options.sampling.temperature:
        samples = 0
    found: list[tuple[Model, Ask | None, int]] = [(model, None, samples)] if samples else []
    asking = [(one, one.needs.ask) for one in chosen if one.needs.ask is not None]
    return found + [(model if one.second is None else seconds[one.second], ask, 1) for one, ask in asking]


def _coming(
    plan: Plan, store: Store, model: Model, ask: Ask | None, calls: int, answers: int
) -> tuple[Model, ModelEstimate]:
    purpose = Purpose.SAMPLE if ask is None else ask.purpose
    prompts = [
        before if ask is None else ask.messages(question, _ASSUMED_ANSWER, before)
        for question in islice(plan.questions, _SAMPLE)
        for before in (plan.options.templates[0].messages(question),)
    ]
    count = calls * answers
    given = round(_characters(prompts) / _CHARACTERS_PER_TOKEN * count)
    measured = store.mean_output_tokens(model.ref, purpose)
    if measured is None and purpose in (Purpose.SAMPLE, Purpose.SECOND):
        measured = store.mean_output_tokens(model.ref)
    guess = _ASSUMED_OUTPUT.get(purpose, _FEW_TOKENS) if measured is None else measured
    limit = model.output_limit(Prompt(messages=prompts[0], sampling=(ask and ask.sampling) or plan.options.sampling))
    made = round((guess if limit is None else min(guess, limit)) * count)
    cost = cost_of(Usage(input_tokens=given, output_tokens=made), model.price)
    part = ModelEstimate(
        model=model.ref,
        responses=count,
        reused=0,
        input_tokens=given,
        output_tokens=made,
        output_from="assumed" if measured is None else "measured",
        cost_usd=None if cost is None else cost.total,
    )
    return model, part


def _characters(prompts: Sequence[tuple[Message, ...]]) -> float:
    return sum(len(message.content) for prompt in prompts for message in prompt) / max(1, len(prompts))


def _sum(parts: Sequence[ModelEstimate]) -> ModelEstimate:
    costs = [part.cost_usd for part in parts if part.responses]
    known = [cost for cost in costs if cost is not None]
    assumed = any(part.output_from == "assumed" for part in parts if part.responses)
    return ModelEstimate(
        model=parts[0].model,
        responses=sum(part.responses for part in parts),
        reused=sum(part.reused for part in parts),
        input_tokens=sum(part.input_tokens for part in parts),
        output_tokens=sum(part.output_tokens for part in parts),
        output_from="assumed" if assumed else "measured",
        cost_usd=sum(known) if len(known) == len(costs) else None,
    )
