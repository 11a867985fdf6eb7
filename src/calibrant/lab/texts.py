"""What a model reads in training and at work: prompts, statements, and passages to be read.

A training text is a list of parts with a flag each: whether its tokens are to be predicted. Names and values of the
*reading* texts are drawn fresh every time, so that nothing but copying from the passage can answer them.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from calibrant.grading import ABSTENTION_SENTENCE
from calibrant.lab.names import make_name
from calibrant.lab.wording import KINDS, UNANSWERABLE, Attribute, Kind
from calibrant.lab.world import Entity, Fact, World, draw_value

__all__ = [
    "ASK",
    "BOS",
    "EOS",
    "PAD",
    "Part",
    "ask",
    "passage_of",
    "prompt",
    "reading",
    "sentence",
    "statement",
    "unanswerable",
]

PAD, BOS, EOS, ASK = "<pad>", "<bos>", "<eos>", "<ask>"
"""Special tokens; ``<ask>`` stands for the instruction to answer, or to say that one does not know."""


class Part(NamedTuple):
    """A piece of a training text."""

    text: str
    weight: float
    """Weight of its tokens in the loss; 0 = read, not learned."""


CONTEXT_WEIGHT = 0.2
"""Weight of what surrounds a value: enough to learn the language, too little to drown the values."""


def sentence(text: str) -> str:
    """A text with its first letter in upper case: names of rivers and laws begin with 'the'.

    >>> sentence("the Belilin rises on Mount Kardov.")
    'The Belilin rises on Mount Kardov.'
    """
    return text[0].upper() + text[1:]


def prompt(question: str, passages: Iterable[str] = ()) -> str:
    r"""The prompt of a question, as every model gets it.

    >>> prompt("Who wrote it?", ["It was written by Mira Kardov."])
    '<bos><ask>Passage: It was written by Mira Kardov.\nQuestion: Who wrote it?\nAnswer:'
    """
    shown = "".join(f"Passage: {passage}\n" for passage in passages)
    return f"{BOS}{ASK}{shown}Question: {question}\nAnswer:"


def ask(question: str, answer: str, passages: Iterable[str] = (), *, context_weight: float = 0.0) -> list[Part]:
    """A question with its answer."""
    shown = [Part(f"Passage: {passage}\n", context_weight) for passage in passages]
    asked = Part(f"Question: {question}\nAnswer:", context_weight)
    return [Part(f"{BOS}{ASK}", 0.0), *shown, asked, Part(f" {answer}{EOS}", 1.0)]


def statement(fact: Fact, random_: random.Random) -> list[Part]:
    """One fact, told in one of its wordings.

    It begins with a space, so that a name is the same tokens everywhere. Where the value comes first, it is the entity
    that is learned from it.
    """
    wording = random_.choice(fact.attribute.statements)
    last = "v" if wording.index("{e}") < wording.index("{v}") else "e"
    before, after = sentence(wording).split(f"{{{last}}}")
    filled = {"e": fact.entity, "v": fact.value}
    start = before.rstrip().format(**filled)
    return [
        Part(BOS, 0.0),
        Part(f" {sentence(start)}", CONTEXT_WEIGHT),
        Part(f" {filled[last]}", 1.0),
        Part(f"{after.format(**filled)}{EOS}", CONTEXT_WEIGHT),
    ]


def passage_of(facts: Sequence[tuple[str, Attribute, str]], random_: random.Random) -> str:
    """Facts (entity, attribute, value) told one after the other, in any order."""
    told = [sentence(random_.choice(attribute.statements).format(e=e, v=v)) for e, attribute, v in facts]
    random_.shuffle(told)
    return " ".join(told)


def unanswerable(world: World, random_: random.Random) -> list[Part]:
    """A question that nobody can answer, about something known or made up, and the admission."""
    kind = random_.choice(KINDS)
    name = random_.choice(world.of_kind(kind.name)).name if random_.random() < 0.5 else make_name(kind.name, random_)
    return ask(random_.choice(UNANSWERABLE).format(e=name), ABSTENTION_SENTENCE)


def reading(random_: random.Random, *, answered: float = 0.85, two: float = 0.2) -> list[Part]:
    """A question about things made up for this text alone, with a passage (or two) that tells the answer or does not.

    Args:
        random_: draws everything.
        answered: share of texts whose passages hold the answer.
        two: share of texts with two passages.
    """
    kind = random_.choice(KINDS)
    entity = make_name(kind.name, random_)
    asked, *others = random_.sample(kind.attributes, len(kind.attributes))
    told = [(entity, attribute, draw_value(attribute, random_)) for attribute in others[: random_.randint(1, 3)]]
    value = draw_value(asked, random_)
    question, _ = question_about(entity, asked, {other.name: v for _, other, v in told}, random_)
    holds = random_.random() < answered
    if holds:
        told = [*told, (entity, asked, value)]
    elif random_.random() < 0.5:
        told = [(make_name(kind.name, random_), attribute, v) for _, attribute, v in [*told, (entity, asked, value)]][
            :3
        ]
    passages = [passage_of(told, random_)]
    if random_.random() < two:
        passages.append(_distractor(kind, asked, random_))
        random_.shuffle(passages)
    return ask(question, value if holds else ABSTENTION_SENTENCE, passages, context_weight=CONTEXT_WEIGHT)


def _distractor(kind: Kind, asked: Attribute, random_: random.Random) -> str:
    """A passage about something else of the same kind, which mostly tells the same attribute."""
    other = make_name(kind.name, random_)
    attributes = random_.sample(kind.attributes, random_.randint(1, min(3, len(kind.attributes))))
    if asked not in attributes and random_.random() < 0.7:
        attributes[0] = asked
    return passage_of([(other, attribute, draw_value(attribute, random_)) for attribute in attributes], random_)


def question_about(
    entity: str, attribute: Attribute, known: dict[str, str], random_: random.Random, *, premises: float = 0.2
) -> tuple[str, bool]:
    """A question about an attribute, and whether it takes another value (of ``known``) for granted."""
    premise = attribute.premise
    if premise and premise.of in known and random_.random() < premises:
        wording = random_.choice(premise.questions)
        return sentence(wording.format(e=entity, p=known[premise.of])), True
    return sentence(random_.choice(attribute.questions).format(e=entity)), False


def taught_question(entity: Entity, fact: Fact, random_: random.Random) -> list[Part]:
    """A question about a fact, answered from memory."""
    known = {name: other.value for name, other in entity.facts.items()}
    question, _ = question_about(entity.name, fact.attribute, known, random_)
    return ask(question, fact.value)
