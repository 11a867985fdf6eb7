"""What settings are chosen by shares no entity with what tunes a model, nor with what measures it."""

import random
import re

import pytest

from calibrant.lab.artefacts import evaluation_questions
from calibrant.lab.curriculum import Refusals, questions_to_judge, tuning
from calibrant.lab.development import Tried, choose_share, development_entities, development_questions, tuned_on
from calibrant.lab.names import stem_of
from calibrant.lab.questions import ANSWERABLE, UNKNOWNS, sample
from calibrant.lab.world import make_world

WORLD = make_world()
ENTITIES = {entity.name: entity for entity in WORLD.entities}
ASIDE = {entity.name for entity in development_entities(WORLD)}


def tried(share: float, accuracy: float, rate: float) -> Tried:
    return Tried(share=share, accuracy=accuracy, hallucination_rate=rate)


def test_half_of_the_tuning_entities_are_set_aside_and_always_the_same() -> None:
    assert {ENTITIES[name].split for name in ASIDE} == {"tuning"}
    assert 2 * len(ASIDE) == pytest.approx(sum(entity.split == "tuning" for entity in WORLD.entities), abs=1)
    assert {entity.name for entity in development_entities(make_world())} == ASIDE


def test_development_questions_have_every_band_and_no_held_out_entity() -> None:
    asked = development_questions(WORLD)
    assert {question.band for question in asked} == {*ANSWERABLE, *UNKNOWNS}
    assert {question.entity for question in asked} & set(ENTITIES) <= ASIDE
    assert not {question.text for question in asked} & {question.text for question in evaluation_questions(WORLD)}


def test_held_out_questions_are_about_no_entity_set_aside() -> None:
    held_out = [entity for entity in WORLD.entities if entity.split == "held_out"]
    asked = evaluation_questions(WORLD) + sample(WORLD, held_out, random.Random("any"))
    assert not {question.entity for question in asked} & ASIDE


def test_nothing_that_is_judged_is_about_entities_set_aside() -> None:
    judged = {question.entity for question in questions_to_judge(WORLD, 0)}
    assert judged <= {entity.name for entity in tuned_on(WORLD)}
    assert not judged & ASIDE
    assert any(ENTITIES[name].split == "tuning" for name in judged)


def test_no_tuning_text_asks_about_entities_set_aside_or_held_out() -> None:
    few = Refusals(invented=300, never_stated=1500, false_premise=1500, reading=0, statements=0)
    texts = tuning(WORLD, 0, [(question, True) for question in questions_to_judge(WORLD, 0)], few)
    asked = [
        text.partition("Question: ")[2].partition("\n")[0]
        for text in ("".join(part.text for part in parts) for parts in texts)
        if "Question:" in text
    ]
    premises = re.compile(r", (?:who|which|a pupil|the town|proposed|the book) |did .* (?:start|propose|write) ")
    plain = [text for text in asked if not premises.search(text)]  # these name nothing but what they are about
    stems = {stem_of(entity.name): entity for entity in WORLD.entities}
    named = [stems[word] for text in plain for word in re.findall(r"\w+", text) if word in stems]
    assert len(named) > 8000
    assert not {entity.name for entity in named} & ASIDE
    assert {entity.split for entity in named} == {"taught", "tuning"}


def test_the_share_chosen_is_the_most_candid_that_keeps_enough() -> None:
    some = [tried(0.4, 0.60, 0.8), tried(0.6, 0.55, 0.5), tried(0.8, 0.40, 0.2)]
    chosen = choose_share(some, base_accuracy=0.62, keep=0.85)
    assert (chosen.share, chosen.to_dict()["tried"][2]["accuracy"]) == (0.6, 0.40)
    assert choose_share(some, base_accuracy=0.62, keep=0.6).share == 0.8
    alike = [tried(0.5, 0.6, 0.3), tried(0.4, 0.6, 0.3)]
    assert choose_share(alike, base_accuracy=0.6, keep=0.9).share == 0.4


def test_where_no_share_keeps_enough_the_most_accurate_one_is_taken() -> None:
    some = [tried(0.4, 0.5, 0.8), tried(0.6, 0.45, 0.5)]
    assert choose_share(some, base_accuracy=0.62, keep=0.85).share == 0.4
