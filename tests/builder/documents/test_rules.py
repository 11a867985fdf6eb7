"""Rules make questions of sentences of recognised structure, and none of doubtful ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibrant.builder.documents import Corpus, Document
from calibrant.builder.documents.facts import read_facts
from calibrant.builder.documents.generator import Rules
from calibrant.builder.documents.html import read_html
from calibrant.builder.documents.markdown import read_markdown


def asked(text: str) -> list[tuple[str, str]]:
    """Question and answer of every fact of a markdown text that gives one."""
    corpus = Corpus.of([read_markdown(text.encode(), "a.md")])
    return [(item.question.text, item.question.golds[0]) for item in Rules()(corpus).items]


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        ("The mayor of Old Jena is Anna Kranz.", "Who is the mayor of Old Jena?", "Anna Kranz"),
        ("The length of the Blue Saale is 413 km.", "What is the length of the Blue Saale?", "413 km"),
        ("The year of birth of Anna Kranz is 1850.", "What is the year of birth of Anna Kranz?", "1850"),
        ("Lind Works was founded in 1850 by Otto Lind.", "By whom was Lind Works founded?", "Otto Lind"),
        ("Lind Works was founded in 1850 by Otto Lind.", "In which year was Lind Works founded?", "1850"),
        ("The Salt Act was passed in 1891.", "In which year was the Salt Act passed?", "1891"),
        ("Otto Lind founded Lind Works in 1850.", "Who founded Lind Works?", "Otto Lind"),
        ("Anna Kranz was born in Old Jena.", "Where was Anna Kranz born?", "Old Jena"),
        ("The Blue Saale is 413 km long.", "How long is the Blue Saale?", "413 km"),
        ("The Blue Saale has a length of 413 km.", "What is the length of the Blue Saale?", "413 km"),
        ("The Blue Saale flows into the Grey Sea.", "What does the Blue Saale flow into?", "the Grey Sea"),
        ("Lind Works opened in 1850.", "In which year did Lind Works open?", "1850"),
        ("Anna Kranz works as a map maker.", "What does Anna Kranz work as?", "map maker"),
        ("The default of `max_size` is 128.", "What is the default value of max_size?", "128"),
        ("`max_size` defaults to 128.", "What is the default value of max_size?", "128"),
        ("`max_size` was added in version 3.2.", "In which version was max_size added?", "3.2"),
        (
            "Servers read a Common Gateway Interface (CGI) script.",
            "What does CGI stand for?",
            "Common Gateway Interface",
        ),
        ("Anna Kranz (1850-1921) was a painter.", "In which year did Anna Kranz die?", "1921"),
    ],
)
def test_a_sentence_of_known_structure_gives_its_question(sentence: str, question: str, answer: str) -> None:
    assert (question, answer) in asked(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "She was born in Old Jena.",
        "This company was founded by Otto Lind.",
        "Lind Works was probably founded by Otto Lind.",
        "According to some sources Lind Works was founded by Otto Lind.",
        "Lind Works was not founded by Otto Lind.",
        "Lind Works was founded by Otto Lind and Anna Kranz.",
        "Lind Works was founded by Otto Lind, Anna Kranz, and others.",
        "A company was founded in 1850.",
        "The purpose of the Salt Act is order.",
        "The layout of Old Jena is described elsewhere.",
        "The mayor of Old Jena is the one who knows.",
        "Was Lind Works founded by Otto Lind?",
        "The same company was founded by Otto Lind.",
        "Functions are passed in 1891.",
    ],
)
def test_a_doubtful_sentence_gives_no_question(sentence: str) -> None:
    assert asked(sentence) == []


def test_a_page_of_signatures_gives_defaults_versions_and_exceptions_of_the_term_they_belong_to() -> None:
    page = (
        "<title>json - Python 3.11.2 documentation</title><main><h1>json</h1>"
        '<dl class="py function"><dt id="json.dumps">json.dumps(obj, *, indent=None, sort_keys=False, skip=3)</dt><dd>'
        "<p>Raises TypeError if obj is of an unknown type.</p><p>If the text is broken, a ValueError is raised.</p>"
        "<p>New in version 2.6.</p><p>New in version 3.4: The skip parameter.</p></dd></dl>"
        '<dl class="py data"><dt id="json.LIMIT">json.LIMIT</dt><dd><p>The default is 40.</p></dd></dl></main>'
    )
    facts = {fact.question: fact.value for fact in read_facts(read_html(page.encode(), "a.html")) if not fact.doubt}
    assert facts == {
        "What is the default value of the parameter sort_keys of json.dumps?": "False",
        "What is the default value of the parameter skip of json.dumps?": "3",
        "Which exception does json.dumps raise if obj is of an unknown type?": "TypeError",
        "Which exception does json.dumps raise if the text is broken?": "ValueError",
        "In which version of Python was json.dumps added?": "2.6",
        "What is the default value of json.LIMIT?": "40",
    }


def test_an_item_says_where_its_answer_stands() -> None:
    document = read_markdown(b"# Towns\n\nNothing here. Anna Kranz was born in Old Jena. More follows.\n", "towns.md")
    (item,) = Rules("Geography")(Corpus.of([document])).items
    assert item.source is not None
    assert document.text[item.source.start : item.source.end] == item.source.quote == "Anna Kranz was born in Old Jena."
    assert (item.source.document, item.source.chunk, item.made) == (
        "towns.md",
        "towns.md#1",
        "rules: X was born in PLACE",
    )
    assert (item.question.cluster, item.question.domain, item.question.topic) == ("towns.md", "Geography", "Towns")


def test_the_same_document_gives_the_same_ids(tmp_path: Path) -> None:
    document: Document = read_markdown(b"Anna Kranz was born in Old Jena.", "a.md")
    first, second = (Rules()(Corpus.of([document])).items for _ in range(2))
    assert [item.question.id for item in first] == [item.question.id for item in second]
