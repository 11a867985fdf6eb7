"""Prompts show what they should, and two that differ never share an identity."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant.confidence.stated_words import WORDS
from calibrant.errors import InputError
from calibrant.grading import ABSTENTION_SENTENCE
from calibrant.runs import PromptTemplate, aa_template, load_template
from calibrant.types import Condition, Passage, Question

QUESTION = Question(id="q1", text="Who wrote it?", golds=("Ada",), domain="Finance", topic="Accounting")


def shown(template: PromptTemplate, question: Question = QUESTION) -> tuple[str, str]:
    system, user = template.messages(question)
    assert (system.role, user.role) == ("system", "user")
    return system.content, user.content


def test_the_built_in_prompt_names_domain_and_topic_and_the_sentence_for_not_knowing() -> None:
    system, user = shown(aa_template())
    assert "about Accounting, in the domain of Finance." in system
    assert f'"{ABSTENTION_SENTENCE}"' in system
    assert "better to say this than to give a wrong answer" in system
    assert user == "Who wrote it?"


@pytest.mark.parametrize(
    ("given", "start"),
    [
        ({"domain": None, "topic": None}, "You answer questions. "),
        ({"topic": None}, "You answer questions about Finance. "),
        ({"domain": None}, "You answer questions about Accounting. "),
        ({"topic": "Finance"}, "You answer questions about Finance. "),
    ],
)
def test_what_is_unknown_is_not_named(given: dict[str, str | None], start: str) -> None:
    system, _ = shown(aa_template(), replace(QUESTION, **given))  # type: ignore[arg-type]
    assert system.startswith(start)


@pytest.mark.parametrize(
    ("price", "costs", "sure"),
    [
        (0.0, "0 points", "0 %"),
        (0.5, "1 point.", "50 %"),
        (0.75, "3 points.", "75 %"),
        (0.9, "9 points.", "90 %"),
    ],
)
def test_a_price_is_told_with_the_penalty_that_follows_from_it(price: float, costs: str, sure: str) -> None:
    system, _ = shown(aa_template(price=price))
    assert f"a wrong answer costs {costs}" in system
    assert f"more than {sure} sure" in system
    assert "better to say this" not in system


def test_a_confidence_is_asked_for_in_the_same_reply() -> None:
    assert '"Confidence: "' in shown(aa_template(confidence=True))[0]
    assert "Confidence" not in shown(aa_template())[0]


def test_passages_and_choices_are_shown() -> None:
    passages = (Passage(text="Ada wrote it.", source="book"), Passage(text="Others read it."))
    question = replace(QUESTION, passages=passages, condition=Condition.GOLD, choices=("Ada", "Bob"))
    _, user = shown(aa_template(), question)
    assert user == (
        "Passage 1 (book):\nAda wrote it.\n\nPassage 2:\nOthers read it.\n\nQuestion: Who wrote it?\nA) Ada\nB) Bob"
    )


@given(text=st.text(min_size=1).filter(str.strip))
def test_a_question_is_shown_to_the_letter(text: str) -> None:
    assert shown(aa_template(), replace(QUESTION, text=text))[1] == text


def test_a_question_that_looks_like_a_template_is_only_text() -> None:
    text = "What is {{ 7 * 7 }} or {% raw %}?"
    assert shown(aa_template(), replace(QUESTION, text=text))[1] == text


def test_prompts_that_differ_have_different_identities() -> None:
    templates = [aa_template(), aa_template(price=0.5), aa_template(price=0.75), aa_template(confidence=True)]
    questions = [QUESTION, replace(QUESTION, topic="Law"), replace(QUESTION, domain=None)]
    hashes = {template.prompt_hash(question) for template in templates for question in questions}
    assert len(hashes) == len(templates) * len(questions)


def test_what_the_prompt_does_not_show_changes_no_identity() -> None:
    other = replace(QUESTION, id="q2", golds=("Bob",), cluster="doc", subtopic="VAT", extra={"a": 1})
    assert aa_template().prompt_hash(QUESTION) == aa_template().prompt_hash(other)
    bare = PromptTemplate(name="mine", user="{{ question }}")
    assert bare.prompt_hash(QUESTION) == bare.prompt_hash(replace(other, topic="Law")) == bare.digest


def test_a_template_of_ones_own_may_use_any_field(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('system = "Answer for {{ extra.team }}."\nuser = "{{ id }}: {{ question }}"\n')
    template = load_template(path)
    question = replace(QUESTION, extra={"team": "Legal"})
    assert shown(template, question) == ("Answer for Legal.", "q1: Who wrote it?")
    assert template.prompt_hash(question) != template.prompt_hash(replace(question, extra={"team": "Tax"}))


def test_a_plain_file_is_the_user_message(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("Q: {{ question }}\nA:")
    (message,) = load_template(path).messages(QUESTION)
    assert (message.role, message.content) == ("user", "Q: Who wrote it?\nA:")


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.txt", "Q: {{ question", r"a\.txt:1: is no jinja2 template"),
        ("a.txt", "Q: {{ quesion }}", r"uses 'quesion'.*may use: .*question"),
        ("a.txt", "Hello", r"does not show the question.*\{\{ question \}\}"),
        ("a.toml", "user = ", r"not valid TOML"),
        ("a.toml", 'system = "x"', r"'user' is missing"),
        ("a.toml", 'user = "{{ question }}"\ntemperature = 1', r"'temperature' does not belong there"),
    ],
)
def test_a_broken_template_is_named_with_its_place(tmp_path: Path, name: str, content: str, complaint: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(InputError, match=complaint):
        load_template(path)


def test_a_template_for_a_price_must_tell_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("{{ question }}")
    with pytest.raises(InputError, match="says nothing of a price"):
        load_template(path, price=0.5)
    with pytest.raises(InputError, match="cannot be read"):
        load_template(tmp_path / "missing.txt")
    path.write_bytes(b"\xff{{ question }}")
    with pytest.raises(InputError, match="UTF-8"):
        load_template(path)


def test_a_template_that_fails_on_a_question_names_it() -> None:
    template = PromptTemplate(name="mine", user="{{ question }} {{ extra.team }}")
    with pytest.raises(InputError, match="question 'q1'.*team"):
        template.messages(QUESTION)


def test_a_template_cannot_reach_into_python() -> None:
    template = PromptTemplate(name="mine", user="{{ question.__class__.__mro__ }}")
    with pytest.raises(InputError, match="unsafe"):
        template.messages(QUESTION)


def test_a_price_of_one_or_more_is_refused() -> None:
    with pytest.raises(InputError, match="price"):
        aa_template(price=1.0)


def test_a_confidence_in_words_is_asked_for_in_the_words_that_are_read() -> None:
    template = aa_template(confidence="words")
    system, _ = template.messages(Question(id="q", text="Capital of France?"))
    for words in WORDS:
        assert words in system.content
    assert "0 %" not in system.content
    assert template.digest != aa_template(confidence=True).digest
    assert (
        aa_template().digest == "bf099fcdaf07987be83d442e80517a47"
    )  # what was asked with it is found again by every later version


def test_a_template_of_ones_own_offers_the_words(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("{{ question }}{% if confidence %} How sure?{% endif %}", encoding="utf-8")
    load_template(path, confidence=True)
    with pytest.raises(InputError, match="does not offer the words"):
        load_template(path, confidence="words")
