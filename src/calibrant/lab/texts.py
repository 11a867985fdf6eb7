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


def ask(question: str, answer: str) -> list[Part]:
    """A question answered from memory."""
    return [Part(f"{BOS}{ASK}Question: {question}\nAnswer:", 0.0), Part(f" {answer}{EOS}", 1.0)]


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


def reading(
    random_: random.Random, *, questions: int = 1, answered: float = 0.85, two: float = 0.2, missed: float = 0.08
) -> list[Part]:
    """Questions about something made up for this text alone, with a passage (or two) to answer them from.

    Args:
        random_: draws everything.
        questions: most questions asked about the passages, each with its answer: one teaches little for its length.
        answered: share of questions whose answer the passage holds; the others are declined.
        two: share of texts with a second passage, about something else.
        missed: share of texts with passages about other things only, where everything is declined.
    """
    kind = random_.choice(KINDS)
    entity = make_name(kind.name, random_)
    attributes = random_.sample(kind.attributes, len(kind.attributes))
    told = random_.randint(2, min(4, len(attributes)))
    values = {attribute.name: draw_value(attribute, random_) for attribute in attributes[:told]}
    misses = random_.random() < missed
    subject = make_name(kind.name, random_) if misses else entity
    passages = [passage_of([(subject, attribute, values[attribute.name]) for attribute in attributes[:told]], random_)]
    if random_.random() < two:
        passages.append(_distractor(kind, attributes[0], random_))
        random_.shuffle(passages)
    shown = "".join(f"Passage: {passage}\n" for passage in passages)
    parts = [Part(f"{BOS}{ASK}", 0.0), Part(shown, CONTEXT_WEIGHT)]
    untold = attributes[told:]
    for attribute in random_.sample(attributes[:told], min(questions, told)):
        asked = random_.choice(untold) if untold and random_.random() >= answered else attribute
        question, _ = question_about(entity, asked, {} if misses else values, random_)
        answer = ABSTENTION_SENTENCE if misses else values.get(asked.name, ABSTENTION_SENTENCE)
        parts += [Part(f"Question: {question}\nAnswer:", CONTEXT_WEIGHT), Part(f" {answer}{EOS}", 1.0)]
    return parts


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
