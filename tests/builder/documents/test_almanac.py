"""The whole document path on the almanac, where the truth is known."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from calibrant.builder import Built
from calibrant.builder.documents import DocumentOptions, build_from_documents
from calibrant.lab.world import make_world
from calibrant.questions.suspicion import fold_text
from calibrant.types import Condition, Question, Stratum
from tests.builder.documents.almanac import write_markdown, write_pdf

SHARE = 0.15


@pytest.fixture(scope="module", params=["markdown", "pdf"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("almanac")
    write = write_markdown if request.param == "markdown" else write_pdf
    options = DocumentOptions(unanswerable=SHARE, conditions=tuple(Condition), chunk_size=600)
    return build_from_documents([str(write(folder, per_topic=40))], options)


def bare(built: Built, stratum: Stratum = Stratum.ANSWERABLE) -> list[Question]:
    return [
        item.question
        for item in built.items
        if item.question.condition is Condition.NONE and item.question.stratum is stratum
    ]


def value(words: str) -> str:
    return fold_text(words).removeprefix("the ")


def test_every_question_is_about_one_entity_and_has_a_value_of_it(built: Built) -> None:
    values = {
        fold_text(entity.name): {value(fact.value) for fact in entity.facts.values()}
        for entity in make_world().entities
    }
    questions = bare(built)
    assert len(questions) > 100
    for question in questions:
        text = f" {fold_text(question.text)} "
        right = [name for name in values if f" {name} " in text and value(question.golds[0]) in values[name]]
        assert right, question


def test_the_share_of_unanswerable_questions_is_exact_and_each_says_how_it_was_made(built: Built) -> None:
    none = bare(built, Stratum.UNANSWERABLE)
    total = len(none) + len(bare(built))
    assert len(none) == round(SHARE * total)
    ways = Counter(item.made for item in built.items if item.question in none)
    assert set(ways) == {"unanswerable: invented entity", "unanswerable: false premise", "unanswerable: never stated"}
    assert max(ways.values()) - min(ways.values()) <= 1
    for item in built.items:
        if item.question.stratum is Stratum.UNANSWERABLE:
            assert not item.question.golds
            assert item.checks[0].name in ("not in the corpus", "premise is false", "not stated")


def test_passages_are_what_their_condition_says(built: Built) -> None:
    seen: Counter[Condition] = Counter()
    for item in built.items:
        question = item.question
        seen[question.condition] += 1
        shown = f" {fold_text(' '.join(passage.text for passage in question.passages))} "
        tells = [gold for gold in question.golds if f" {fold_text(gold)} " in shown]
        if question.condition is Condition.GOLD:
            assert tells
            assert item.source is not None
            assert fold_text(item.source.quote) in shown
        elif question.condition is not Condition.NONE:
            assert question.passages
            assert not tells
    assert all(seen[condition] > 100 for condition in Condition)


def test_the_conditions_of_a_question_stand_in_one_cluster_and_have_ids_of_their_own(built: Built) -> None:
    clusters: dict[str, set[str | None]] = {}
    for item in built.items:
        clusters.setdefault(item.question.text, set()).add(item.question.cluster)
    assert all(len(found) == 1 for found in clusters.values())
    assert len({item.question.id for item in built.items}) == len(built.items)


def test_the_same_seed_gives_the_same_set_and_another_one_another(tmp_path: Path) -> None:
    folder = str(write_markdown(tmp_path, per_topic=12))
    make = [
        build_from_documents([folder], DocumentOptions(unanswerable=SHARE, count=40, seed=seed)) for seed in (1, 1, 2)
    ]
    assert make[0].items == make[1].items
    assert make[0].items != make[2].items
    assert len(make[0].items) == 40
    assert sum(item.question.stratum is Stratum.UNANSWERABLE for item in make[0].items) == 6
