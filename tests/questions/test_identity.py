"""What counts as the same question and the same set."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibrant.questions import question_hash, set_hash
from calibrant.types import Condition, Passage, Question, Stratum

PLAIN = Question(id="1", text="Who wrote Émile?", golds=("Rousseau", "Jean-Jacques Rousseau"))
FULL = Question(
    id="2",
    text="Which colour?",
    golds=("red",),
    wrong=("blue",),
    choices=("red", "blue"),
    domain="Art",
    topic="Paint",
    subtopic="Oil",
    cluster="doc-1",
    condition=Condition.GOLD,
    passages=(Passage(text="The paint is red.", source="doc-1"),),
    evidence=("page 3",),
    extra={"n": 1},
)


def test_digests_are_the_same_for_ever() -> None:
    assert question_hash(PLAIN) == "ddd324ec1187ce26dc45f29570b429ff6b53cfbfa300d22778705d64fa4c2b5d"
    assert question_hash(FULL) == "73d2aa99b72f835f50df8e9b9005730345d2c2e0752bf02aa6f62acf405e2aed"
    assert set_hash([PLAIN, FULL]) == "451518e991b7d11d666bbd67dc53ef869d8ebc9b8553bfbf4233e93eb4452d56"
    assert set_hash([]) == "01680ee59def54711391f6dae3b00dd2d059123894d649ba32fc502b68f22ca6"


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Which colour"},
        {"choices": ("blue", "red")},
        {"condition": Condition.NEAR_MISS},
        {"passages": ()},
        {"passages": (Passage(text="The paint is red."),)},
    ],
)
def test_what_the_model_is_shown_is_the_identity_of_a_question(change: dict[str, Any]) -> None:
    changed = replace(FULL, **change)
    assert question_hash(changed) != question_hash(FULL)
    assert set_hash([changed]) != set_hash([FULL])


@pytest.mark.parametrize(
    "change",
    [
        {"golds": ("green",)},
        {"wrong": ()},
        {"domain": None},
        {"topic": "Ink"},
        {"subtopic": None},
        {"cluster": "doc-2"},
        {"golds": (), "stratum": Stratum.UNANSWERABLE},
    ],
)
def test_what_changes_the_numbers_changes_the_set_but_not_the_question(change: dict[str, Any]) -> None:
    changed = replace(FULL, **change)
    assert question_hash(changed) == question_hash(FULL)
    assert set_hash([changed]) != set_hash([FULL])


@pytest.mark.parametrize("change", [{"id": "x"}, {"evidence": ()}, {"extra": {}}])
def test_ids_evidence_and_extra_fields_change_nothing(change: dict[str, Any]) -> None:
    assert set_hash([replace(FULL, **change)]) == set_hash([FULL])


def test_the_composition_of_accents_changes_nothing() -> None:
    decomposed = replace(PLAIN, text=unicodedata.normalize("NFD", PLAIN.text))
    assert decomposed.text != PLAIN.text
    assert question_hash(decomposed) == question_hash(PLAIN)


def test_a_question_that_is_there_twice_counts_twice() -> None:
    assert set_hash([PLAIN]) != set_hash([PLAIN, PLAIN])


def test_texts_cannot_run_into_each_other() -> None:
    one = replace(FULL, domain="a", topic=None)
    other = replace(FULL, domain=None, topic="a")
    assert set_hash([one]) != set_hash([other])


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.text("abc", min_size=1), st.sampled_from("xyz")), max_size=8),
    st.randoms(use_true_random=False),
)
def test_the_order_of_questions_and_of_golds_changes_nothing(
    pairs: list[tuple[str, str]], chance: random.Random
) -> None:
    questions = [Question(id=str(n), text=text, golds=(gold, "and more")) for n, (text, gold) in enumerate(pairs)]
    shuffled = [replace(question, golds=question.golds[::-1]) for question in questions]
    chance.shuffle(shuffled)
    assert set_hash(shuffled) == set_hash(questions)
