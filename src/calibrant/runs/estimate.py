"""What a run will ask and roughly cost, before it asks anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from calibrant.models import Model, Price, Prompt, cost_of
from calibrant.runs.plan import Item, Plan, pages
from calibrant.store import Store, response_digest
from calibrant.types import ModelRef, Usage

__all__ = ["Estimate", "ModelEstimate", "estimate"]

_PAGE = 2000
_SAMPLE = 200
_CHARACTERS_PER_TOKEN = 4
_ASSUMED_OUTPUT = 200
"""Output tokens of a short answer, with some reasoning, where nothing is known of the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEstimate:
    """One model's part of a run to come."""

    model: ModelRef
    responses: int
    """To be asked for."""
    reused: int
    input_tokens: int
    output_tokens: int
    output_from: str
    """How the output was guessed: ``measured`` on earlier answers of this model, the ``limit``, or ``assumed``."""
    cost_usd: float | None
    """None = its price is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A run to come. Tokens and dollars are guesses: input at 4 characters a token."""

    total: int
    models: tuple[ModelEstimate, ...]

    @property
    def responses(self) -> int:
        """To be asked for."""
        return sum(model.responses for model in self.models)

    @property
    def reused(self) -> int:
        """In the store already."""
        return sum(model.reused for model in self.models)

    @property
    def cost_usd(self) -> float | None:
        """Of all models; None where a price is not known."""
        costs = [model.cost_usd for model in self.models if model.responses]
        return None if any(cost is None for cost in costs) else sum(cost for cost in costs if cost is not None)

    def to_dict(self) -> dict[str, Any]:
        """The estimate for programs."""
        return {
            "total": self.total,
            "responses": self.responses,
            "reused": self.reused,
            "cost_usd": self.cost_usd,
            "models": [
                {
                    "model": str(model.model),
                    "responses": model.responses,
                    "reused": model.reused,
                    "input_tokens": model.input_tokens,
                    "output_tokens": model.output_tokens,
                    "output_from": model.output_from,
                    "cost_usd": model.cost_usd,
                }
                for model in self.models
            ],
        }


def estimate(plan: Plan, store: Store) -> Estimate:
    """Count what is missing and guess what it costs.

    Raises:
        InputError: a template cannot be filled in for a question.
        StoreError: the store cannot be read.
    """
    return Estimate(total=plan.total, models=tuple(_model(plan, store, number) for number in range(len(plan.models))))


def _model(plan: Plan, store: Store, number: int) -> ModelEstimate:
    model = plan.models[number]
    responses = reused = 0
    sample: list[Item] = []
    seen: set[str] = set()
    for page in pages(plan.items(number), _PAGE):
        digests = {item: response_digest(plan.key(item)) for item in page}
        there = store.answered(digests.values())
        for item, digest in digests.items():
            if digest in there:
                reused += 1
            elif digest not in seen:
                seen.add(digest)
                responses += 1
                if len(sample) < _SAMPLE:
                    sample.append(item)
    prompts = [_prompt(plan, item) for item in sample]
    given = _input_tokens(prompts) * responses
    made, source = _output_tokens(model, prompts, store)
    return ModelEstimate(
        model=model.ref,
        responses=responses,
        reused=reused,
        input_tokens=round(given),
        output_tokens=round(made * responses),
        output_from=source,
        cost_usd=_cost(round(given), round(made * responses), model.price),
    )


def _prompt(plan: Plan, item: Item) -> Prompt:
    messages = plan.options.templates[item.template].messages(plan.questions[item.question])
    return Prompt(messages=messages, sampling=plan.options.sampling)


def _input_tokens(prompts: Sequence[Prompt]) -> float:
    """Mean input tokens of a prompt."""
    characters = sum(len(message.content) for prompt in prompts for message in prompt.messages)
    return characters / max(1, len(prompts)) / _CHARACTERS_PER_TOKEN


def _output_tokens(model: Model, prompts: Sequence[Prompt], store: Store) -> tuple[float, str]:
    """Mean output tokens of a reply, and where that comes from."""
    measured = store.mean_output_tokens(model.ref)
    if measured is not None:
        return measured, "measured"
    limit = model.output_limit(prompts[0]) if prompts else None
    if limit is not None and limit < _ASSUMED_OUTPUT:
        return limit, "limit"
    return _ASSUMED_OUTPUT, "assumed"


def _cost(given: int, made: int, price: Price | None) -> float | None:
    cost = cost_of(Usage(input_tokens=given, output_tokens=made), price)
    return None if cost is None else cost.total
