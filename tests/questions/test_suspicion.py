"""Leaked answers and broken characters."""

from __future__ import annotations

import pytest

from calibrant.questions.suspicion import fold_text, leaked_gold, strange_characters


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("Who sings the Adele song Hello?", "Adele"),
        ("What is the at-symbol called?", "At symbol"),
        ("What happened in the 1972 election of 1972?", "1972"),
        ("東京タワーはどこの東京にありますか", "東京"),
        ("Wie heißt STRASSE im Plan?", "Straße"),
    ],
)
def test_an_answer_that_stands_in_its_question_is_found(question: str, gold: str) -> None:
    assert leaked_gold(fold_text(question), ["something else", gold]) == gold


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("What is a vowel?", "a"),
        ("Is it in fact true?", "true"),
        ("Can he say yes?", "Yes."),
        ("What comes after 3 and 12?", "12"),
        ("Which artist painted it?", "art"),
        ("Is Bonn or Berlin larger?", "Berlin"),
        ("Is Bonn or Berlin larger?", "Bonn"),
        ("Who wrote Emma?", "Jane Austen"),
        ("何の日ですか", "日"),
        ("Who?", "?!"),
    ],
)
def test_what_says_nothing_is_not_a_leak(question: str, gold: str) -> None:
    assert leaked_gold(fold_text(question), [gold]) is None


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("CafÃ© de Flore", "misread 'é'"),
        ("itâ€™s", "misread '’'"),
        ("Ã\x89mile", "misread 'É'"),
        ("20Â°C", "misread '°'"),
        ("ÐœÐ¾ÑÐºÐ²Ð°", "misread"),
        ("æ—¥æœ¬", "misread '日本'"),
        ("ðŸ˜€", "misread '😀'"),
        ("a\ufffdb", "U+FFFD"),
        ("a\ufeffb", "byte order mark"),
        ("a\x07b", "control character (U+0007)"),
        ("a\x85b", "control character (U+0085)"),
    ],
)
def test_broken_characters_are_seen(text: str, sign: str) -> None:
    assert sign in (strange_characters(text) or "")


@pytest.mark.parametrize(
    "text",
    [
        "plain\ttext\n",
        "Café",
        "«CAFÉ»",
        "“AMANHÃ”",
        "Москва",
        "日本",
        "Ἀθῆναι",
        "naïve — “déjà vu”…",
        "Łódź",
        "Århus",
        "😀",
        "Âme",
        "à «lui»",
    ],
)
def test_good_characters_of_many_scripts_pass(text: str) -> None:
    assert strange_characters(text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Who wrote “Emma”?", "who wrote Emma"),
        ("ﬁne", "fine"),
        ("a  b\n", "A-b"),
        ("STRASSE", "straße"),
        ("e\u0301", "é"),
    ],
)
def test_texts_that_differ_in_dress_only_are_the_same(one: str, other: str) -> None:
    assert fold_text(one) == fold_text(other)


def test_texts_of_punctuation_are_told_apart() -> None:
    assert fold_text("?!") != fold_text("!!")
