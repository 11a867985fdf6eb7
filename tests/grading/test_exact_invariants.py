"""What holds of the exact grader whatever the texts are."""

import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calibrant.grading import EXACT, Grader, grade_exact, matches
from calibrant.types import Condition, OutcomeState, Passage, Question, Stratum

letters = st.text(st.sampled_from("abcdefghij klmnopqrstuvwxyzäéñøç'-ABC"), min_size=3, max_size=30).filter(
    lambda text: sum(char.isalpha() for char in text) >= 3
)
anything = st.text(max_size=200)


def ask(*golds, text="Which one is it?", **more):
    return Question(id="1", text=text, golds=golds, **more)


@given(gold=anything.filter(lambda text: text.strip()))
@settings(max_examples=300, deadline=None)
def test_a_gold_is_a_correct_answer_to_its_question(gold):
    assert grade_exact(ask("something else", gold), gold).state is OutcomeState.CORRECT


@given(gold=letters, space=st.sampled_from([" ", "\n", "\u00a0", "  ", "\u3000"]))
@settings(max_examples=300, deadline=None)
def test_case_space_and_unicode_form_do_not_change_a_text_answer(gold, space):
    assume(not gold.lstrip().startswith("-"))  # may be a command's option, whose case counts
    question = ask(gold)
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        for cased in (gold, gold.upper(), gold.lower(), gold.title()):
            answer = space + unicodedata.normalize(form, cased).replace(" ", space) + space
            if cased.casefold() == gold.casefold():
                assert grade_exact(question, answer).state is OutcomeState.CORRECT


@given(gold=anything, answer=anything, wrong=anything, text=anything.filter(lambda text: text.strip()))
@settings(max_examples=400, deadline=None)
def test_no_text_makes_the_grader_raise(gold, answer, wrong, text):
    grade = grade_exact(ask(gold, text=text, wrong=(wrong,), choices=(gold, wrong)), answer)
    assert grade.state in {
        OutcomeState.CORRECT,
        OutcomeState.INCORRECT,
        OutcomeState.ABSTAINED,
        OutcomeState.UNGRADED,
    }


@given(golds=st.lists(letters, min_size=1, max_size=4), answer=letters)
@settings(max_examples=200, deadline=None)
def test_the_order_of_the_golds_does_not_matter(golds, answer):
    assert grade_exact(ask(*golds), answer).state == grade_exact(ask(*reversed(golds)), answer).state


@given(number=st.integers(-(10**9), 10**9))
@settings(max_examples=200, deadline=None)
def test_an_integer_is_itself_with_or_without_separators_and_never_its_neighbour(number):
    question = ask(str(number))
    assert grade_exact(question, f"{number:,}").state is OutcomeState.CORRECT
    assert grade_exact(question, f"{number}.0").state is OutcomeState.CORRECT
    assert grade_exact(question, str(number + 1)).state is not OutcomeState.CORRECT


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda part: st.lists(part, max_size=3)
    )
)
@settings(max_examples=200, deadline=None)
def test_a_python_value_is_right_in_any_layout_and_wrong_when_wrapped(value):
    question = ask(repr(value), text="def f(x):\n    return x\nassert f(1) == ??")
    assert grade_exact(question, repr(value).replace(", ", " ,  ")).state in (
        OutcomeState.CORRECT,
        OutcomeState.INCORRECT,
    )
    assert grade_exact(question, f"```\n{value!r}\n```").state is OutcomeState.CORRECT
    assert grade_exact(question, repr([value])).state is OutcomeState.INCORRECT


@pytest.mark.parametrize("negation", ["not {}", "It is not {}.", "never {}", "nicht {}", "pas {}", "不是{}"])
@given(gold=letters)
@settings(max_examples=40, deadline=None)
def test_a_negated_gold_is_never_correct(negation, gold):
    assert grade_exact(ask(gold), negation.format(gold)).state is not OutcomeState.CORRECT


@given(gold=letters, other=letters)
@settings(max_examples=200, deadline=None)
def test_two_candidates_are_never_correct(gold, other):
    joined = f"{gold} or {other}"
    if gold.strip().casefold() != joined.strip().casefold():
        assert grade_exact(ask(gold), joined).state is not OutcomeState.CORRECT


def test_an_empty_answer_is_ungraded():
    assert grade_exact(ask("Paris"), " \n").reason == "empty answer"


def test_a_question_without_gold_is_ungraded_even_for_a_refusal():
    assert grade_exact(ask(), "I don't know").state is OutcomeState.UNGRADED
    assert grade_exact(ask(" "), "Paris").state is OutcomeState.UNGRADED


def test_any_alias_counts_and_one_unsure_gold_prevents_incorrect():
    assert grade_exact(ask("one", "one season"), "1").state is OutcomeState.CORRECT
    assert grade_exact(ask("1972", "December 1972"), "14 December 1972").state is OutcomeState.UNGRADED
    assert grade_exact(ask("1972", "1973"), "1980").state is OutcomeState.INCORRECT


class TestUnanswerable:
    question = Question(id="1", text="Who was king of Switzerland in 1900?", stratum=Stratum.UNANSWERABLE)

    @pytest.mark.parametrize(
        ("answer", "state"),
        [
            ("Wilhelm II", OutcomeState.INCORRECT),
            ("I'm not sure, but I think it was Wilhelm II.", OutcomeState.INCORRECT),
            ("I don't know.", OutcomeState.ABSTAINED),
            ("The document does not say.", OutcomeState.ABSTAINED),
            ("Switzerland had no king in 1900.", OutcomeState.UNGRADED),
            ("There has never been a king of Switzerland.", OutcomeState.UNGRADED),
            ("เขาไม่เคยมีกษัตริย์", OutcomeState.UNGRADED),
        ],
    )
    def test_an_attempt_is_wrong_a_refusal_right_and_a_denial_left_open(self, answer, state):
        assert grade_exact(self.question, answer).state is state

    def test_the_passage_shown_does_not_change_the_verdict(self):
        shown = Question(
            id="1",
            text="What is the fee?",
            stratum=Stratum.UNANSWERABLE,
            condition=Condition.WITHOUT,
            passages=(Passage(text="The fee is set yearly."),),
        )
        assert grade_exact(shown, "12 euros").state is OutcomeState.INCORRECT


class TestKnownWrongAnswersAndChoices:
    def test_a_listed_wrong_answer_is_incorrect(self):
        question = ask("Nothing happens", wrong=("You grow watermelons in your stomach",))
        assert grade_exact(question, "You grow watermelons in your stomach!").state is OutcomeState.INCORRECT

    def test_an_answer_listed_as_right_and_as_wrong_is_ungraded(self):
        assert grade_exact(ask("Unknown", wrong=("Unknown",)), "unknown").state is OutcomeState.UNGRADED

    def test_another_choice_is_incorrect_and_a_letter_is_left_to_the_choice_grader(self):
        question = ask("aubergine", choices=("aubergine", "courgette", "pepper"))
        assert grade_exact(question, "Courgette").state is OutcomeState.INCORRECT
        assert grade_exact(question, "(B)").state is OutcomeState.UNGRADED
        assert grade_exact(question, "Aubergine.").state is OutcomeState.CORRECT


class TestLongAnswers:
    def test_a_marked_final_answer_is_read_from_a_long_reply(self):
        working = "First we count the letters, then the vowels. " * 40
        assert grade_exact(ask("42"), working + "\nFinal answer: **42**").state is OutcomeState.CORRECT
        assert grade_exact(ask("42"), working + r"so \boxed{43}").state is OutcomeState.INCORRECT
        assert grade_exact(ask("42"), working + r"\boxed{42} or rather \boxed{43}").state is OutcomeState.UNGRADED
        assert grade_exact(ask("42"), working + "which makes 42.").state is OutcomeState.UNGRADED

    @pytest.mark.parametrize(
        "unit",
        [
            "a",
            ".",
            " ",
            "(",
            "[",
            '"',
            "'",
            "*",
            "_",
            "`",
            "**a",
            "1,",
            "1.",
            "-",
            "\\boxed{",
            "I don't know but ",
            "é",
            "\u0301",
            "no ",
            "é\u0323\u0301",
        ],
    )
    def test_two_megabytes_of_anything_are_graded(self, unit):
        text = unit * (2_000_000 // len(unit))
        assert grade_exact(ask("Paris"), text + "Paris").state is not OutcomeState.CORRECT
        assert grade_exact(ask(text), "Paris").state is not OutcomeState.CORRECT

    @pytest.mark.parametrize(
        "unit", ["a ", "(", "1,", "no such ", "i could not ", "the text ", "- ", '"a', "is not ", "neither "]
    )
    def test_a_reply_just_short_enough_to_be_read_whole_is_graded(self, unit):
        text = (unit * 600)[:599]
        assert grade_exact(ask("Paris"), text).state is not OutcomeState.CORRECT


def test_surrogates_and_nul_are_survived():
    assert grade_exact(ask("Paris"), "Par\x00is").state is OutcomeState.CORRECT
    assert grade_exact(ask("Paris"), "\ud800Paris\udfff").state is not OutcomeState.INCORRECT


def test_matches_is_the_equivalence_of_short_answers():
    assert matches("Dec 14, 1972", ["14 December 1972"])
    assert not matches("", ["x"])
    assert not matches("Dec 15, 1972", ["14 December 1972"])


def test_the_exact_grader_is_a_grader_with_a_name():
    assert isinstance(EXACT, Grader)
    assert EXACT.name == "exact"
    assert EXACT(ask("Paris"), "Paris") == grade_exact(ask("Paris"), "Paris")
