import random

import pytest

from calibrant.grading import EQUAL, grade_exact
from calibrant.lab.artefacts import almanac, built_in_questions, fresh_questions
from calibrant.lab.names import stem_of
from calibrant.lab.questions import ANSWERABLE, UNKNOWNS, Asked
from calibrant.lab.world import make_world
from calibrant.types import Question, Stratum

WORLD = make_world()
ENTITIES = {entity.name: entity for entity in WORLD.entities}
BUILT_IN, FRESH = built_in_questions(WORLD), fresh_questions(WORLD)


def as_question(asked: Asked) -> Question:
    stratum = Stratum.ANSWERABLE if asked.answer else Stratum.UNANSWERABLE
    return Question(id="1", text=asked.text, golds=(asked.answer,) if asked.answer else (), stratum=stratum)


def test_both_sets_have_every_band() -> None:
    for asked in (BUILT_IN, FRESH):
        assert {question.band for question in asked} == {*ANSWERABLE, *UNKNOWNS}
        assert len({question.text for question in asked}) == len(asked)


def test_the_sets_are_about_different_held_out_entities() -> None:
    built_in = {question.entity for question in BUILT_IN}
    fresh = {question.entity for question in FRESH}
    assert not built_in & fresh & set(ENTITIES)
    assert {ENTITIES[name].split for name in (built_in | fresh) & set(ENTITIES)} == {"held_out"}


def test_invented_entities_are_not_in_the_world() -> None:
    for question in BUILT_IN:
        if question.band == "invented entity":
            assert stem_of(question.entity) not in WORLD.stems


def test_what_was_never_stated_is_stated_nowhere() -> None:
    printed = {row["title"]: row["text"] for row in almanac(WORLD)}
    for question in BUILT_IN:
        if question.band == "never stated":
            assert question.attribute not in ENTITIES[question.entity].facts
    assert all(row in printed for row in printed)


def test_a_false_premise_is_false() -> None:
    for question in BUILT_IN:
        if question.band == "false premise":
            entity = ENTITIES[question.entity]
            premise = entity.facts[question.attribute].attribute.premise
            assert premise is not None
            assert entity.facts[premise.of].value not in question.text


@pytest.mark.parametrize(
    "asked", [question for question in BUILT_IN if question.answer][:40], ids=lambda asked: asked.text
)
def test_gold_answers_are_right_for_both_graders(asked: Asked) -> None:
    assert asked.answer is not None
    question = as_question(asked)
    assert grade_exact(question, asked.answer).state == "correct"
    assert EQUAL(question, asked.answer).state == "correct"
    assert EQUAL(question, "something else").state == "incorrect"


def test_rows_follow_the_question_schema() -> None:
    row = BUILT_IN[0].row("questions-1")
    assert {"id", "question", "golds", "stratum", "domain", "topic", "exposure", "in_almanac", "band"} <= set(row)


def test_the_draws_follow_from_the_seed() -> None:
    assert [q.text for q in built_in_questions(make_world())] == [q.text for q in BUILT_IN]
    assert random.Random("built-in 11").random() == random.Random("built-in 11").random()
