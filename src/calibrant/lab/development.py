"""Entities set aside to choose settings by: nobody is tuned on questions about them, and no figure is measured on them.

Half of the *tuning* entities, drawn by seed. A model has met them as it has met the held-out ones: in statements alone.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from calibrant.lab.questions import Asked, sample
from calibrant.lab.world import Entity, World

__all__ = ["Choice", "Tried", "choose_share", "development_entities", "development_questions", "tuned_on"]

DEVELOPMENT_SEED = 5
_SHARE = 0.5


def development_entities(world: World) -> list[Entity]:
    """The entities set aside."""
    entities = [entity for entity in world.entities if entity.split == "tuning"]
    return random.Random(f"development {DEVELOPMENT_SEED}").sample(entities, round(_SHARE * len(entities)))


def tuned_on(world: World) -> list[Entity]:
    """The entities that a model may be asked about while it is tuned: taught ones, and tuning ones not set aside."""
    aside = {entity.name for entity in development_entities(world)}
    return [entity for entity in world.entities if entity.split in {"taught", "tuning"} and entity.name not in aside]


def development_questions(world: World) -> list[Asked]:
    """Every fact of the entities set aside, and as many questions without an answer as the built-in set has."""
    entities = development_entities(world)
    facts = sum(len(entity.facts) for entity in entities)
    return sample(world, entities, random.Random(f"development questions {DEVELOPMENT_SEED}"), answerable=facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A share of the tuned weights in the mean, and what comes of it on the development questions."""

    share: float
    accuracy: float
    hallucination_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The share chosen, and why."""

    share: float
    keep: float
    base_accuracy: float
    tried: tuple[Tried, ...]

    def to_dict(self) -> dict[str, Any]:
        """For the model card."""
        return asdict(self)


def choose_share(tried: Sequence[Tried], *, base_accuracy: float, keep: float) -> Choice:
    """The most candid share that keeps enough of what the base knows.

    Args:
        tried: at least one.
        base_accuracy: accuracy of the model it is tuned from, on the same questions.
        keep: smallest part of that accuracy that may be left, in (0, 1].

    Returns:
        Among the shares that keep enough the one with the lowest hallucination rate (of two alike the smaller share);
        where none does, the most accurate one.
    """
    enough = [one for one in tried if one.accuracy >= keep * base_accuracy]
    if enough:
        best = min(enough, key=lambda one: (one.hallucination_rate, one.share))
    else:
        best = max(tried, key=lambda one: (one.accuracy, -one.share))
    return Choice(share=best.share, keep=keep, base_accuracy=base_accuracy, tried=tuple(tried))
