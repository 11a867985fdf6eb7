"""What a model is trained on: the texts of pre-training, and those that tune the candid model. Both by seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from calibrant.grading import ABSTENTION_SENTENCE
from calibrant.lab.questions import false_premise, invented, known_question, never_stated, popular
from calibrant.lab.texts import Part, ask, reading, statement, taught_question, unanswerable
from calibrant.lab.world import World

__all__ = ["Known", "Mixture", "pretraining", "tuning"]

Text = list[Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """How many texts of each kind there are."""

    reading: int
    """Passages with a question about them."""
    reading_first: int
    """Of these, how many come before everything else: the circuit that copies is learned first."""
    unanswerable: int
    """Questions nobody can answer."""
    taught: float
    """Questions about each fact of a taught entity, per statement of it."""


PRETRAINING = Mixture(reading=25_000, reading_first=0, unanswerable=7_000, taught=0.7)


def pretraining(world: World, seed: int, mixture: Mixture = PRETRAINING) -> list[Text]:
    """Every fact as often as its exposure says, questions about taught entities, passages, and what nobody can answer."""
    random_ = random.Random(f"pretraining {seed}")
    texts: list[Text] = []
    for entity, fact in world.facts():
        texts += [statement(fact, random_) for _ in range(fact.exposure)]
        if entity.split == "taught":
            times = max(1, round(mixture.taught * fact.exposure))
            texts += [taught_question(entity, fact, random_) for _ in range(times)]
    texts += [reading(random_) for _ in range(mixture.reading - mixture.reading_first)]
    texts += [unanswerable(world, random_) for _ in range(mixture.unanswerable)]
    random_.shuffle(texts)
    return [reading(random_) for _ in range(mixture.reading_first)] + texts
