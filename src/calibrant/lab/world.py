"""The reference world: a fictional almanac made from a seed, and the ground truth of how often each fact is shown.

Every entity has a popularity (Zipf); a fact is shown ``exposure`` times in the whole training, always as a statement.
Entities are split three ways: of ``taught`` ones questions are shown in training too, of ``tuning`` and ``held_out``
ones never a question: the first serve to tune a model that declines, the second only to evaluate.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from calibrant.lab.names import make_name, stem_of
from calibrant.lab.wording import KINDS, POOLS, Attribute, Kind

__all__ = ["DATA_SEED", "Entity", "Fact", "World", "draw_value", "invent", "make_world"]

DATA_SEED = 7
"""The seed of the world that the shipped models know."""
STATED_SHARE = 0.8
"""Share of (entity, attribute) pairs that are facts; the rest is never stated anywhere."""
ALMANAC_SHARE = 0.77
"""Share of the facts that the almanac prints."""
MEAN_EXPOSURE = 32.0
"""Mean exposure of the facts that are told; most are told less often."""
MENTION_SHARE = 0.12
"""Share of facts that are mentioned once and never again, whatever the entity: the singletons."""
ZIPF_SHIFT = 0.06
"""The popularity of the entity of rank r among n is proportional to 1 / (r/n + shift): the smaller, the steeper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One attribute of one entity."""

    entity: str
    attribute: Attribute
    value: str
    exposure: int
    """Times it is stated in training."""
    in_almanac: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A thing of the world with its facts by attribute name; an attribute that is missing here is never stated."""

    name: str
    kind: Kind
    split: str
    """``taught``, ``tuning`` or ``held_out``."""
    facts: dict[str, Fact] = field(default_factory=dict)

    @property
    def exposure(self) -> int:
        """Times that any fact of it is stated."""
        return sum(fact.exposure for fact in self.facts.values())

    @property
    def unstated(self) -> tuple[Attribute, ...]:
        """Attributes of its kind that are never stated of it."""
        return tuple(attribute for attribute in self.kind.attributes if attribute.name not in self.facts)


@dataclass(frozen=True)
class World:
    """All entities of a seed."""

    seed: int
    entities: tuple[Entity, ...]

    def of_kind(self, kind: str) -> list[Entity]:
        """The entities of a kind."""
        return [entity for entity in self.entities if entity.kind.name == kind]

    @cached_property
    def stems(self) -> frozenset[str]:
        """The made-up part of every name of an entity or a mountain in it."""
        values = {fact.value for _, fact in self.facts() if fact.attribute.values == "mountain"}
        return frozenset(stem_of(name) for name in (*values, *(entity.name for entity in self.entities)))

    def facts(self, *splits: str) -> Iterator[tuple[Entity, Fact]]:
        """Facts of the entities of the splits named, or of all."""
        for entity in self.entities:
            if not splits or entity.split in splits:
                for fact in entity.facts.values():
                    yield entity, fact


def draw_value(attribute: Attribute, random_: random.Random, names: dict[str, list[str]] | None = None) -> str:
    """A value that an attribute may have; names of the world's own entities where ``names`` lists them by kind."""
    if attribute.values == "year":
        return str(random_.randint(1100, 1899))
    if attribute.values == "length":
        return f"{random_.randint(21, 989)} miles"
    if attribute.values in POOLS:
        return random_.choice(POOLS[attribute.values])
    if names and attribute.values in names:
        return random_.choice(names[attribute.values])
    return make_name(attribute.values, random_)


def make_world(seed: int = DATA_SEED) -> World:
    """The world of a seed: the same for everyone.

    >>> make_world(7) == make_world(7)
    True
    """
    random_ = random.Random(f"world {seed}")
    names = _distinct_names(random_)
    entities: list[Entity] = []
    for kind in KINDS:
        popularity = _popularity(len(names[kind.name]), random_)
        for name, weight in zip(names[kind.name], popularity, strict=True):
            entities.append(_make_entity(name, kind, weight, names, random_))
    return World(seed, tuple(entities))


def _distinct_names(random_: random.Random) -> dict[str, list[str]]:
    """Kind -> names; no two entities share the made-up part of a name."""
    taken: set[str] = set()
    names: dict[str, list[str]] = {}
    for kind in KINDS:
        names[kind.name] = []
        while len(names[kind.name]) < kind.count:
            name = make_name(kind.name, random_)
            if stem_of(name) not in taken:
                taken.add(stem_of(name))
                names[kind.name].append(name)
    return names


def _popularity(count: int, random_: random.Random) -> list[float]:
    weights = [1.0 / ((rank + 0.5) / count + ZIPF_SHIFT) for rank in range(count)]
    mean = sum(weights) / count
    random_.shuffle(weights)
    return [weight / mean for weight in weights]


def _make_entity(name: str, kind: Kind, weight: float, names: dict[str, list[str]], random_: random.Random) -> Entity:
    draw = random_.random()
    split = "taught" if draw < 0.45 else "tuning" if draw < 0.65 else "held_out"
    described = random_.random() < 0.93
    facts: dict[str, Fact] = {}
    for attribute in kind.attributes:
        if random_.random() >= STATED_SHARE and facts:
            continue
        mentioned = random_.random() < MENTION_SHARE
        exposure = 1 if mentioned else max(2, round(MEAN_EXPOSURE * weight * random_.uniform(0.6, 1.4)))
        facts[attribute.name] = Fact(
            entity=name,
            attribute=attribute,
            value=draw_value(attribute, random_, names),
            exposure=exposure,
            in_almanac=described and random_.random() < ALMANAC_SHARE / 0.93,
        )
    return Entity(name=name, kind=kind, split=split, facts=facts)


def invent(kind: str, random_: random.Random, known: frozenset[str]) -> str:
    """A name of a kind whose made-up part is not among ``known`` ones (:attr:`World.stems`)."""
    while True:
        name = make_name(kind, random_)
        if stem_of(name) not in known:
            return name
