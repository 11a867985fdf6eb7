"""The choice grader: a letter or a text that is the whole answer, never a letter found somewhere."""

import pytest

from calibrant.grading import CHOICE, Grader, grade_choice
from calibrant.types import OutcomeState, Question, Stratum

CITIES = ("Sydney", "Canberra", "Perth", "Hobart")


def ask(*golds, choices=CITIES, text="What is the capital of Australia?", **more):
    return Question(id="1", text=text, golds=golds, choices=choices, **more)


@pytest.mark.parametrize(
    "answer",
    [
        "B",
        "b",
        "(B)",
        "B.",
        "b)",
        "**B**",
        "Answer: B",
        "The answer is **B**.",
        "Option B",
        "The correct option is B",
        r"\boxed{B}",
        "B) Canberra",
        "B. Canberra",
        "B - Canberra",
        "Canberra (B)",
        "Canberra",
        "The capital of Australia is Canberra.",
        "B because it lies between the two",
        "B\n\nCanberra was chosen in 1908.",
        "Two of these are larger.\n\nAnswer: B",
        "Die Antwort ist B",
        "La respuesta es B",
        "答案是B。",
        "（Ｂ）",
    ],
)
def test_a_choice_may_be_written_in_many_ways(answer):
    assert grade_choice(ask("Canberra"), answer).state == "correct"
    assert grade_choice(ask("Perth"), answer).state == "incorrect"


@pytest.mark.parametrize(
    "answer",
    [
        "Based on the map, A",
        "INCORRECT because C is too far west",
        "CORRECT",
        "INCORRECT",
        "PARTIAL_ANSWER",
        "A good question, but B",
        "A capital is a city where a government sits",
        "A for effort",
        "A and B",
        "A/B",
        "A, B",
        "A or B",
        "not B",
        "It isn't A",
        "A) Canberra",
        "A: Canberra",
        "Canberra (A)",
        "E",
        "B\n\nWait, it is C.",
        "B\n\nActually no.",
        "A\nB",
        "Answer: A\n\nSorry, I meant the next one.",
        "Let me think about B",
    ],
)
def test_a_letter_somewhere_a_contradiction_or_several_are_unsure_whatever_is_right(answer):
    for gold in "ABCD":
        assert grade_choice(ask(gold), answer).state == "ungraded"


def test_the_word_not_attempted_is_a_refusal_and_no_letter():
    for gold in "ABCD":
        assert grade_choice(ask(gold), "NOT_ATTEMPTED").state == "abstained"


@pytest.mark.parametrize("gold", ["B", "b", "(B)", "Canberra", "canberra", "B) Canberra"])
def test_a_gold_is_a_letter_a_text_or_both(gold):
    assert grade_choice(ask(gold), "B").state == "correct"
    assert grade_choice(ask(gold), "C").state == "incorrect"


def test_a_number_as_gold_counts_only_where_it_can_mean_one_option():
    assert grade_choice(ask("0"), "A").state == "correct"
    assert grade_choice(ask("4"), "D").state == "correct"
    assert grade_choice(ask("1"), "A").state == "ungraded"
    assert grade_choice(ask("3", choices=("2", "3", "5")), "B").state == "correct"
    assert grade_choice(ask("3", choices=("2", "3", "5")), "2").state == "incorrect"


def test_options_keep_labels_of_their_own_and_their_script():
    russian = ask("Б", choices=("А) Волга", "Б) Ока", "В) Дон"), text="Какая река?")
    assert grade_choice(russian, "б)").state == "correct"
    assert grade_choice(russian, "В").state == "incorrect"
    assert grade_choice(russian, "B").state == "ungraded"  # the Latin letter
    assert grade_choice(ask("B"), "В").state == "ungraded"  # the Cyrillic one
    numbered = ask("2", choices=("1) one", "2) two"), text="Which?")
    assert [grade_choice(numbered, reply).state for reply in ("2", "two", "1")] == ["correct", "correct", "incorrect"]


def test_a_letter_may_mean_the_place_that_the_prompt_shows_unless_the_options_say_otherwise():
    numbered = ask("2", choices=("1) one", "2) two"), text="Which?")
    assert [grade_choice(numbered, reply).state for reply in ("B", "A", "C")] == ["correct", "incorrect", "ungraded"]
    turned = ask("two", choices=("B) one", "A) two"), text="Which?")
    assert [grade_choice(turned, reply).state for reply in ("A", "B", "two")] == ["ungraded", "ungraded", "correct"]


def test_options_that_are_letters_are_read_as_texts_and_letters_only_where_these_agree():
    blood = ask("AB", choices=("A", "B", "AB", "O"), text="Which blood group?")
    assert [grade_choice(blood, reply).state for reply in ("AB", "C", "A")] == ["correct", "correct", "incorrect"]
    crossed = ask("A", choices=("B", "A"), text="Which?")
    assert grade_choice(crossed, "A").state == "ungraded"


def test_declining_is_no_choice_unless_it_is_an_option():
    assert grade_choice(ask("B"), "I don't know.").state == "abstained"
    with_way_out = ask("B", choices=(*CITIES, "I don't know"))
    assert grade_choice(with_way_out, "I don't know").state == "abstained"


def test_unanswerable_questions_are_answered_by_declining():
    nowhere = ask(choices=("Aldor", "Berin", "I don't know"), stratum=Stratum.UNANSWERABLE)
    assert grade_choice(nowhere, "A").state == "incorrect"
    assert grade_choice(nowhere, "C").state == "abstained"
    assert grade_choice(nowhere, "I don't know.").state == "abstained"


def test_without_options_or_a_gold_among_them_nothing_is_graded():
    assert grade_choice(ask("B", choices=()), "B").reason == "the question has no options that can be read"
    assert grade_choice(ask("Darwin"), "B").reason == "the gold is none of the options"
    assert grade_choice(ask("B"), "  ").reason == "empty answer"


def test_it_is_a_grader_with_a_name():
    assert isinstance(CHOICE, Grader)
    assert CHOICE(ask("B"), "B").grader == CHOICE.name == "choice"


def test_choosing_the_option_that_declines_is_declining_unless_it_is_right() -> None:
    asked = Question(id="1", text="Capital of France?", choices=("I do not know", "Paris"), golds=("Paris",))
    assert grade_choice(asked, "I do not know").state is OutcomeState.ABSTAINED
    assert grade_choice(asked, "A").state is OutcomeState.ABSTAINED
    right = Question(id="2", text="What did he say?", choices=("I do not know", "Paris"), golds=("I do not know",))
    assert grade_choice(right, "A").state is OutcomeState.CORRECT
