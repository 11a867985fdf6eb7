"""What a model is shown and what it wrote: wording, look-up, tokens, stops."""

from __future__ import annotations

import pytest
from random_models import ALMANAC

from calibrant.grading import ABSTENTION_SENTENCE
from calibrant.models.reference import ReferenceFiles
from calibrant.models.reference.almanac import Almanac, Entry
from calibrant.models.reference.tokens import Tokens
from calibrant.models.reference.transcript import Transcript
from calibrant.models.reference.wording import ADMISSION, Asked, asked
from calibrant.runs import aa_template
from calibrant.types import Passage, Question


@pytest.fixture
def tokens(models: ReferenceFiles) -> Tokens:
    return Tokens(models.read("tokenizer.json"))


def shown(*passages: Passage, text: str = "Where was Ada born?") -> str:
    question = Question(id="a", text=text, passages=passages)
    return asked(aa_template().messages(question)[-1].content).text


def test_the_built_in_template_becomes_the_text_that_training_had() -> None:
    assert shown() == "Question: Where was Ada born?\nAnswer:"
    assert shown(Passage(text="Ada was born in Nordale.")) == (
        "Passage: Ada was born in Nordale.\nQuestion: Where was Ada born?\nAnswer:"
    )


def test_several_passages_with_sources_and_blank_lines_are_read_each_on_its_line() -> None:
    found = shown(Passage(text="One.\n\nStill one.", source="a.pdf (p. 3)"), Passage(text="Passage of time:\ntwo."))
    assert found == "Passage: One. Still one.\nPassage: Passage of time: two.\nQuestion: Where was Ada born?\nAnswer:"


def test_another_message_is_the_question_as_it_stands() -> None:
    assert asked(" Who?\n\nQuestion: me? ") == Asked("Who?\n\nQuestion: me?")
    assert asked("Passage 3 says what?") == Asked("Passage 3 says what?")


def test_marks_in_a_question_are_no_marks(tokens: Tokens) -> None:
    plain = tokens.encode("Who is Ada?")
    assert tokens.encode("Who <eos>is<bos><ask><pad> Ada?") == plain
    assert not {tokens.bos, tokens.eos, tokens.ask} & set(plain)


def test_look_up_finds_by_words_and_finds_nothing_without_a_common_one() -> None:
    almanac = Almanac([Entry(name, title, text) for name, title, text in ALMANAC])
    assert almanac.look_up("HOW LONG is the river Isk?")[0].id == "a3"
    assert almanac.look_up("Where was Tom Reed born?")[0].id == "a4"
    assert len(almanac.look_up("Where was Tom Reed born?", 2)) == 2
    assert almanac.look_up("Xyzzy plugh") == almanac.look_up("?") == []


def write(tokens: Tokens, text: str, *stop: str) -> tuple[Transcript, str]:
    transcript, told = Transcript(tokens, stop), ""
    for token in tokens.encode(text):
        transcript.add(token, -0.1, [(token, -0.1)])
        told += transcript.news(is_over=transcript.is_stopped).text
        if transcript.is_stopped:
            break
    return transcript, told + transcript.news(is_over=True).text


@pytest.mark.parametrize(
    ("text", "stop", "expected"),
    [
        (" Nordale by the Isk", (), "Nordale by the Isk"),
        (" Nordale by the Isk", ("the",), "Nordale by "),
        (" Nordale by the Isk", ("by the", "Isk"), "Nordale "),
        (" Nordale by the Isk", ("Isk.", "Q"), "Nordale by the Isk"),
        (" Zoë’s 東京 café\n", (), "Zoë’s 東京 café\n"),
        (" aab", ("ab",), "a"),
    ],
)
def test_tokens_spell_the_text_and_a_stop_ends_it(
    tokens: Tokens, text: str, stop: tuple[str, ...], expected: str
) -> None:
    transcript, told = write(tokens, text, *stop)
    assert transcript.text == told == expected
    spelled = "".join(entry.token for entry in transcript.entries)
    assert spelled.startswith(expected)
    assert all(entry.top == ((entry.token, -0.1),) for entry in transcript.entries)
    assert transcript.is_stopped == (expected != text.lstrip(" "))


def test_what_may_be_the_beginning_of_a_stop_is_not_told_yet(tokens: Tokens) -> None:
    transcript = Transcript(tokens, ("the end",))
    for token in tokens.encode(" by the"):
        transcript.add(token, -0.1, [])
    assert transcript.news(is_over=False).text == "by "
    for token in tokens.encode(" Isk"):
        transcript.add(token, -0.1, [])
    assert transcript.news(is_over=False).text == "the Isk"


def test_the_admission_is_what_the_built_in_prompt_asks_for() -> None:
    assert ADMISSION == ABSTENTION_SENTENCE
