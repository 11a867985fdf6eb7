"""What a model is trained on: the texts of pre-training, and those that tune the candid model. Both by seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from calibrant.grading import ABSTENTION_SENTENCE
from calibrant.lab.development import tuned_on
from calibrant.lab.questions import Asked, false_premise, invented, known_question, never_stated, popular
from calibrant.lab.texts import Part, ask, reading, statement, taught_question, unanswerable
from calibrant.lab.world import World

__all__ = ["Mixture", "Refusals", "pretraining", "questions_to_judge", "tuning"]

Text = list[Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """How many texts of each kind there are."""

    reading: int
    """Passages with up to three questions about them."""
    reading_first: int
    """Of these, how many come before everything else: the circuit that copies is learned first."""
    unanswerable: int
    """Questions nobody can answer."""
    taught: float
    """Questions about each fact of a taught entity, per statement of it."""


_NEVER_ASKED = 4
PRETRAINING = Mixture(reading=24_000, reading_first=5_000, unanswerable=7_000, taught=0.7)


def pretraining(world: World, seed: int, mixture: Mixture = PRETRAINING) -> list[Text]:
    """Every fact as often as its exposure, questions about taught entities, passages, and what nobody can answer."""
    random_ = random.Random(f"pretraining {seed}")
    texts: list[Text] = []
    for entity, fact in world.facts():
        texts += [statement(fact, random_) for _ in range(fact.exposure)]
        if entity.split == "taught":
            times = max(1, round(mixture.taught * fact.exposure))
            texts += [taught_question(entity, fact, random_) for _ in range(times)]
    texts += [reading(random_, questions=3) for _ in range(mixture.reading - mixture.reading_first)]
    texts += [unanswerable(world, random_) for _ in range(mixture.unanswerable)]
    random_.shuffle(texts)
    return [reading(random_, questions=3) for _ in range(mixture.reading_first)] + texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """What the candid model is tuned on; of held-out and development entities nothing but replayed statements."""

    invented: int = 5_000
    never_stated: int = 4_000
    false_premise: int = 3_000
    reading: int = 3_000
    statements: int = 9_000
    """Statements replayed as they were in pre-training, so that nothing is forgotten."""


def tuning(
    world: World, seed: int, certain: Sequence[tuple[Asked, bool]], refusals: Refusals | None = None
) -> list[Text]:
    """Texts that teach to decline what is not known.

    Args:
        world: the world.
        seed: draws everything.
        certain: :func:`questions_to_judge`, and whether the large model answers them rightly and with enough
            confidence; the others are declined from now on.
        refusals: how many texts of each kind.
    """
    counts = refusals or Refusals()
    random_ = random.Random(f"tuning {seed}")
    entities = popular(tuned_on(world))
    texts = [ask(asked.text, asked.answer if sure and asked.answer else ABSTENTION_SENTENCE) for asked, sure in certain]
    makers: tuple[tuple[int, Callable[[], Asked]], ...] = (
        (counts.invented, lambda: invented(world, random_)),
        (counts.never_stated, lambda: never_stated(entities, random_)),
        (counts.false_premise, lambda: false_premise(entities, random_)),
    )
    for count, make in makers:
        texts += [ask(make().text, ABSTENTION_SENTENCE) for _ in range(count)]
    facts = [fact for _, fact in world.facts()]
    told = random_.choices(facts, weights=[fact.exposure for fact in facts], k=counts.statements)
    texts += [statement(fact, random_) for fact in told]
    texts += [reading(random_, questions=3, missed=0.3) for _ in range(counts.reading)]
    random_.shuffle(texts)
    return texts


def questions_to_judge(world: World, seed: int, count: int = 9_000) -> list[Asked]:
    """Questions about facts of taught and tuning entities, for the large model to show what it knows.

    Those of tuning entities, which were never asked about before, are drawn ``_NEVER_ASKED`` times as often.
    """
    random_ = random.Random(f"to judge {seed}")
    facts = [
        (entity, fact)
        for entity in tuned_on(world)
        for fact in entity.facts.values()
        for _ in range(_NEVER_ASKED if entity.split == "tuning" else 1)
    ]
    return [known_question(*random_.choice(facts), random_) for _ in range(count)]
