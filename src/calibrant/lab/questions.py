"""Questions about the world with their ground truth: facts told often, seldom or once, and three kinds of unknowns."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from calibrant.lab.texts import question_about, sentence
from calibrant.lab.wording import KINDS
from calibrant.lab.world import Entity, Fact, World, invent
from calibrant.types import Question, Stratum

__all__ = [
    "ANSWERABLE",
    "UNKNOWNS",
    "Asked",
    "band",
    "false_premise",
    "invented",
    "known_question",
    "never_stated",
    "sample",
]

ANSWERABLE = ("known", "seldom", "rare")
"""Exposure bands of answerable questions: told 15 times or more, 2-14 times, once."""
UNKNOWNS = ("invented entity", "never stated", "false premise")
"""Why a question has no answer."""
KNOWN_FROM = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question and the truth about it."""

    text: str
    answer: str | None
    """None where the world has no answer."""
    band: str
    """One of :data:`ANSWERABLE` or :data:`UNKNOWNS`."""
    entity: str
    kind: str
    """Name of the entity's kind."""
    attribute: str
    exposure: int = 0
    """Times the fact was told in training."""
    in_almanac: bool = False

    @property
    def topic(self) -> str:
        """The almanac's topic it belongs to."""
        return next(kind.topic for kind in KINDS if kind.name == self.kind)

    @property
    def domain(self) -> str:
        """The almanac's domain it belongs to."""
        return next(kind.domain for kind in KINDS if kind.name == self.kind)

    def row(self, identity: str) -> dict[str, Any]:
        """The question as a row of Calibrant's question schema."""
        known = self.answer is not None
        return {
            "id": identity,
            "question": self.text,
            "golds": [self.answer] if known else [],
            "stratum": "answerable" if known else "unanswerable",
            "domain": self.domain,
            "topic": self.topic,
            "subtopic": self.attribute,
            "cluster": self.entity,
            "band": self.band,
            "exposure": self.exposure,
            "in_almanac": self.in_almanac,
        }

    def question(self, identity: str) -> Question:
        """The question as runs ask it, about one entity's cluster."""
        known = self.answer is not None
        return Question(
            id=identity,
            text=self.text,
            golds=(self.answer,) if self.answer is not None else (),
            stratum=Stratum.ANSWERABLE if known else Stratum.UNANSWERABLE,
            domain=self.domain,
            topic=self.topic,
            subtopic=self.attribute,
            cluster=self.entity,
            extra={"band": self.band, "exposure": self.exposure, "in_almanac": self.in_almanac},
        )


def band(exposure: int) -> str:
    """The exposure band of a fact.

    >>> [band(times) for times in (1, 14, 15)]
    ['rare', 'seldom', 'known']
    """
    return "rare" if exposure == 1 else "seldom" if exposure < KNOWN_FROM else "known"


def known_question(entity: Entity, fact: Fact, random_: random.Random) -> Asked:
    """A question about a fact; some take another, true fact for granted."""
    values = {name: other.value for name, other in entity.facts.items()}
    text, _ = question_about(entity.name, fact.attribute, values, random_)
    return Asked(
        text=text,
        answer=fact.value,
        band=band(fact.exposure),
        entity=entity.name,
        kind=entity.kind.name,
        attribute=fact.attribute.name,
        exposure=fact.exposure,
        in_almanac=fact.in_almanac,
    )


def invented(world: World, random_: random.Random) -> Asked:
    """A question about something that does not exist."""
    kind = random_.choice(KINDS)
    attribute = random_.choice(kind.attributes)
    name = invent(kind.name, random_, world.stems)
    known = {}
    if attribute.premise:  # what is taken for granted is a value of the world, as in questions about real things
        facts = [e.facts[attribute.premise.of] for e in world.of_kind(kind.name) if attribute.premise.of in e.facts]
        known[attribute.premise.of] = random_.choice(facts).value
    text, _ = question_about(name, attribute, known, random_)
    return Asked(text=text, answer=None, band=UNKNOWNS[0], entity=name, kind=kind.name, attribute=attribute.name)


def never_stated(entities: Sequence[Entity], random_: random.Random) -> Asked:
    """A question about an attribute that was never stated of something known."""
    entity = random_.choice([entity for entity in entities if entity.unstated])
    attribute = random_.choice(entity.unstated)
    values = {name: other.value for name, other in entity.facts.items()}
    text, _ = question_about(entity.name, attribute, values, random_)
    return Asked(
        text=text, answer=None, band=UNKNOWNS[1], entity=entity.name, kind=entity.kind.name, attribute=attribute.name
    )


def false_premise(entities: Sequence[Entity], random_: random.Random) -> Asked:
    """A question about a known fact of something known that takes a false value of another attribute for granted."""
    fitting = [
        (entity, fact)
        for entity in entities
        for fact in entity.facts.values()
        if fact.attribute.premise and fact.attribute.premise.of in entity.facts
    ]
    entity, fact = random_.choice(fitting)
    premise = fact.attribute.premise
    assert premise is not None  # noqa: S101 (chosen so above)
    true = entity.facts[premise.of].value
    others = [
        other.facts[premise.of].value
        for other in entities
        if other.kind is entity.kind and premise.of in other.facts and other.facts[premise.of].value != true
    ]
    text = sentence(random_.choice(premise.questions).format(e=entity.name, p=random_.choice(others)))
    return Asked(
        text=text,
        answer=None,
        band=UNKNOWNS[2],
        entity=entity.name,
        kind=entity.kind.name,
        attribute=fact.attribute.name,
    )


def popular(entities: Iterable[Entity]) -> list[Entity]:
    """Entities that were told about often: of these, what was never stated is missing knowledge, not a missing name."""
    return [entity for entity in entities if entity.exposure >= 3 * KNOWN_FROM]


def sample(
    world: World, entities: Sequence[Entity], random_: random.Random, *, answerable: int = 225, each_unknown: int = 75
) -> list[Asked]:
    """Questions about the entities given: facts drawn evenly, and as many unknowns of each kind as asked for."""
    facts = [(entity, fact) for entity in entities for fact in entity.facts.values()]
    chosen = random_.sample(facts, min(answerable, len(facts)))
    asked = {question.text: question for question in (known_question(*pair, random_) for pair in chosen)}
    known = popular(entities)
    makers: tuple[Callable[[], Asked], ...] = (
        lambda: invented(world, random_),
        lambda: never_stated(known, random_),
        lambda: false_premise(known, random_),
    )
    for make in makers:
        wanted = len(asked) + each_unknown
        while len(asked) < wanted:
            question = make()
            asked.setdefault(question.text, question)
    questions = list(asked.values())
    random_.shuffle(questions)
    return questions
