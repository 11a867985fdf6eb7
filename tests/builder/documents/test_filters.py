"""Each step of the chain drops what it is for, says why, and leaves the rest."""

from __future__ import annotations

from datetime import date

import pytest

from calibrant.builder import Item, Source
from calibrant.builder.documents import Corpus, DocumentOptions, build_from_corpus
from calibrant.builder.documents.filters import CHAIN, Sifted, Surroundings
from calibrant.builder.documents.filters.dated import Dated
from calibrant.builder.documents.filters.duplicates import Distinct
from calibrant.builder.documents.filters.leaked import NotLeaked
from calibrant.builder.documents.filters.quoted import Quoted, holds
from calibrant.builder.documents.filters.self_contained import leans_on_context
from calibrant.builder.documents.filters.unique import Unique
from calibrant.builder.documents.generator import Rules
from calibrant.builder.documents.markdown import read_markdown
from calibrant.errors import InputError
from calibrant.types import Question


def corpus_of(*texts: str) -> Corpus:
    return Corpus.of([read_markdown(text.encode(), f"{number}.md") for number, text in enumerate(texts)])


def item(question: str, gold: str, quote: str, document: str = "0.md", number: int = 0) -> Item:
    asked = Question(id=f"q{number}", text=question, golds=(gold,), cluster=document)
    return Item(question=asked, source=Source(document=document, quote=quote), made="by hand")


def reasons(sifted: Sifted) -> list[str]:
    return [one.reason for one in sifted.dropped]


def test_a_quote_is_found_whatever_its_white_space_and_its_place_is_noted() -> None:
    corpus = corpus_of("# Towns\n\nAnna Kranz was born\nin Old Jena.\n")
    sifted = Quoted()(
        [item("Where was Anna Kranz born?", "Old Jena", "was  born\n in Old Jena.")], Surroundings(corpus=corpus)
    )
    (kept,) = sifted.kept
    assert kept.source is not None
    assert corpus.documents["0.md"].text[kept.source.start : kept.source.end] == "was born in Old Jena."
    assert kept.source.chunk == "0.md#1"


def test_a_quote_that_was_made_up_or_does_not_hold_the_answer_is_dropped() -> None:
    corpus = corpus_of("Anna Kranz was born in Old Jena.")
    wrong = [
        item("Where?", "Old Jena", "Anna Kranz was born in the town of Old Jena."),
        item("Where?", "Naumburg", "Anna Kranz was born in Old Jena."),
        item("Where?", "Old Jena", "Anna Kranz was born in Old Jena.", document="absent.md"),
    ]
    assert reasons(Quoted()(wrong, Surroundings(corpus=corpus))) == [
        "the quote does not stand in the document",
        "the answer is not in the quote",
        "it names no document",
    ]


@pytest.mark.parametrize(
    ("quote", "gold"),
    [("It is 1,200 km long.", "1200 km"), ("on the 14th of December, 1972", "1972-12-14"), ("in\nJena", "Jena")],
)
def test_an_answer_may_be_spelled_in_another_way_than_the_quote(quote: str, gold: str) -> None:
    assert holds(quote, gold)


@pytest.mark.parametrize(
    "question",
    [
        "According to the text, who founded Lind Works?",
        "What does this section say about Lind Works?",
        "When did she leave Jena?",
        "Which year is mentioned for Lind Works?",
        "Who is the author of the book?",
        "What is the capital?",
        "What does the function return if Jena is given?",
    ],
)
def test_a_question_that_needs_its_document_beside_it_is_found(question: str) -> None:
    assert leans_on_context(question) is not None


@pytest.mark.parametrize(
    "question",
    [
        "Who founded Lind Works?",
        "When did Anna Kranz leave her home town?",
        "What does the function json.dumps return?",
        "What is the default value of the parameter end of print()?",
        "Which exception does range() raise if step is zero?",
        "Which term is defined in Python as \u201cthe place where this is stored\u201d?",
        "In which year was it that Anna Kranz moved?",
        "Who is the author of the book of Jena?",
    ],
)
def test_a_question_that_stands_alone_stays(question: str) -> None:
    assert leans_on_context(question) is None


def test_a_second_value_anywhere_in_the_corpus_makes_a_question_not_unique_even_a_hedged_one() -> None:
    corpus = corpus_of(
        "Lind Works was founded in 1850. Kranz Mills was founded in 1860. The Salt Act was passed in 1891.",
        "Otto Lind, they say. Lind Works was founded in 1851. Kranz Mills was founded in 1860.",
        "The Salt Act was probably passed in 1890.",
    )
    made = Rules()(corpus).items
    sifted = Unique()(made, Surroundings(corpus=corpus))
    assert {one.question.text for one in sifted.kept} == {"In which year was Kranz Mills founded?"}
    assert set(reasons(sifted)) == {
        "the same question has another answer: 1851",
        "the same question has another answer: 1850",
        "2.md says 1890",
    }


def test_other_words_for_the_same_relation_contradict_as_well() -> None:
    corpus = corpus_of("Lind Works was founded by Otto Lind.", "The founder of Lind Works is Anna Kranz.")
    assert len(Unique()(Rules()(corpus).items, Surroundings(corpus=corpus)).dropped) == 2


def test_a_name_of_two_things_is_not_unique() -> None:
    corpus = corpus_of(
        "Old Mercury is a planet. Old Mercury was discovered in 1631.",
        "Old Mercury is a theatre. See Old Mercury there.",
    )
    (reason,) = reasons(Unique()(Rules()(corpus).items, Surroundings(corpus=corpus)))
    assert reason == "the name is that of several things: planet and theatre"


def test_a_question_that_holds_its_answer_is_dropped() -> None:
    corpus = corpus_of("x")
    items = [
        item("Who founded the Otto Lind Works?", "Otto Lind", "x"),
        item("Who founded the Works?", "Otto Lind", "x"),
    ]
    sifted = NotLeaked()(items, Surroundings(corpus=corpus))
    assert reasons(sifted) == ["the question holds the answer: Otto Lind"]


def test_the_same_thing_in_other_words_is_asked_once_but_other_things_in_the_same_words_stay() -> None:
    items = [
        item("In which year was Lind Works founded?", "1850", "a", number=1),
        item("In what year was the Lind Works founded?", "1850", "b", number=2),
        item("In which year was Kranz Mills founded?", "1850", "c", number=3),
        item("Who founded Lind Works?", "Otto Lind", "d", number=4),
    ]
    sifted = Distinct()(items, Surroundings(corpus=corpus_of("x")))
    assert [one.item.question.id for one in sifted.dropped] == ["q2"]
    assert reasons(sifted) == ["asks the same as: In which year was Lind Works founded?"]


def test_no_more_questions_than_asked_for_are_made_of_one_sentence() -> None:
    corpus = corpus_of("Lind Works was founded in 1850 by Otto Lind.")
    made = Rules()(corpus).items
    assert len(made) == 2
    assert len(Distinct()(made, Surroundings(corpus=corpus, per_span=1)).kept) == 1


def test_an_answer_that_can_change_gets_its_day_or_goes() -> None:
    office = item("Who is the mayor of Old Jena?", "Anna Kranz", "The mayor of Old Jena is Anna Kranz.")
    past = item("Who was the mayor of Old Jena?", "Anna Kranz", "The mayor of Old Jena was Anna Kranz.")
    count = item("How many people live in Old Jena?", "4,000", "As of March 2024, the population of Old Jena is 4,000.")
    undated = Dated()([office, past, count], Surroundings(corpus=corpus_of("x")))
    assert reasons(undated) == ["its answer can change ('Who is'), and no day is stated (--as-of)"]
    assert [(one.question.text, one.as_of) for one in undated.kept] == [
        ("Who was the mayor of Old Jena?", None),
        ("How many people live in Old Jena, as of March 2024?", "2024-03"),
    ]
    (dated,) = Dated()([office], Surroundings(corpus=corpus_of("x"), as_of=date(2026, 1, 31))).kept
    assert dated.question.text == "Who is the mayor of Old Jena, as of 31 January 2026?"
    assert dated.as_of == "2026-01-31"


def test_filters_are_counted_and_can_be_switched_off_by_name() -> None:
    corpus = corpus_of("Lind Works was founded in 1850.", "Lind Works was founded in 1851. Lind Works is old.")
    whole = build_from_corpus(corpus, DocumentOptions())
    assert whole.counts == {"unique": 2}
    assert not build_from_corpus(corpus, DocumentOptions(skip=("unique",))).counts
    only = build_from_corpus(corpus, DocumentOptions(only=("quoted",)))
    assert [step["name"] for step in only.facts["filters"]] == ["quoted"]
    assert len({one.name for one in CHAIN}) == len(CHAIN) == 12
    with pytest.raises(InputError, match="there is no filter 'uniqe'"):
        build_from_corpus(corpus, DocumentOptions(skip=("uniqe",)))


def test_what_needs_a_model_is_told_as_not_run_where_none_is_named() -> None:
    built = build_from_corpus(corpus_of("Lind Works was founded in 1850. We like Lind Works."), DocumentOptions())
    not_run = {step["name"]: step["not_run"] for step in built.facts["filters"] if step["not_run"]}
    by_verifier = dict.fromkeys(("verified", "agreed", "stands-alone"), "needs --verifier")
    assert not_run == {**by_verifier, "difficulty": "needs --measure-on"}


def test_dropped_items_carry_their_reason_and_kept_ones_their_checks() -> None:
    corpus = corpus_of("Lind Works was founded in 1850.", "Lind Works was founded in 1851. Kranz Mills opened in 1900.")
    built = build_from_corpus(corpus, DocumentOptions(audit=1))
    (kept,) = built.items
    assert [one.name for one in kept.checks] == [
        "repeated",
        "quoted",
        "self-contained",
        "not-leaked",
        "unique",
        "dated",
        "distinct",
        "audit",
    ]
    assert all(one.item.checks[-1].detail == one.reason and not one.item.checks[-1].passed for one in built.dropped)
