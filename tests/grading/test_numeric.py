"""The numeric grader: right to the last significant figure, exact for identifiers, never one of several numbers."""

import pytest

from calibrant.grading import NUMERIC, Grader, grade_exact, grade_numeric
from calibrant.types import OutcomeState, Question, Stratum

C, P, I, A, U = "correct", "partial", "incorrect", "abstained", "ungraded"  # noqa: E741


def graded(gold, answer, text="How much is it?"):
    golds = gold if isinstance(gold, tuple) else (gold,)
    return grade_numeric(Question(id="1", text=text, golds=golds), answer)


@pytest.mark.parametrize(
    ("gold", "answer", "state"),
    [
        ("120k", "124k", C),
        ("120k", "115k", C),
        ("120k", "116k", C),
        ("120k", "113k", I),
        ("120k", "100k", I),
        ("120k", "around 100k", U),
        ("120k", "more than 50k", U),
        ("100 million", "100.2 million", C),
        ("100 million", "101 million", U),
        ("100 million", "140 million", I),
        ("28", "28.0", C),
        ("28", "28.1", P),
        ("28", "28.5", U),
        ("28", "28.6", I),
        ("28", "27", I),
        ("3.14", "3.14159", P),
        ("3.14", "3.1", U),
        ("3.14", "3.41", I),
        ("1,200", "1,204", U),
        ("1,200", "1,300", I),
        ("3.00e8", "2.998e8", C),
        ("6.674e-11", "6.6743e-11", P),
        ("6.674e-11", "6.67e-11", U),
        ("1/3", "0.333", U),
        ("1/3", "0.5", I),
        ("0", "0.4", P),
        ("0", "1", I),
        ("-12", "-12.3", P),
        ("-12", "12", I),
    ],
)
def test_a_number_is_right_to_the_last_significant_figure_of_the_gold(gold, answer, state):
    assert graded(gold, answer).state == state


@pytest.mark.parametrize(
    ("gold", "answer", "state"),
    [
        ("1.5.0", "1.5.0", C),
        ("1.5.0", "v1.5.0", C),
        ("1.5.0", "It was introduced in version 1.5.0.", C),
        ("1.5.0", "1.5", I),
        ("1.5.0", "1.5.1", I),
        ("1.5.0", "1.4 and 1.5.0", U),
        ("1.10", "1.1", I),
        ("1.10", "1.10", C),
        ("606-10-25-1", "606-10-25-2", I),
        ("RFC 2068", "RFC 2616", I),
        ("007", "7", I),
    ],
)
def test_an_identifier_must_match_exactly(gold, answer, state):
    assert graded(gold, answer, "Which version or section of the standard says so?").state == state


@pytest.mark.parametrize("answer", ["12 or 13", "12, 13", "12 and 13", "first 12, then 13", "Twelve; thirteen"])
def test_of_several_numbers_none_is_picked(answer):
    assert graded("12", answer).state == U
    assert graded("13", answer).state == U


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("It has 12 wheels.", C),
        ("It has 13 wheels.", I),
        ("It has twelve wheels", C),
        ("It does not have 12 wheels.", U),
        ("It once had 12 wheels.", U),
        ("Does it have 12 wheels?", U),
        ("Built in 1912, it has a length of 30 metres.", U),
        ("I don't know, maybe 12 or 14.", A),
        ("14 July 1789", U),
    ],
)
def test_in_a_sentence_a_number_counts_only_where_nothing_else_is_said(answer, state):
    assert graded("12", answer, "How many wheels does it have?").state == state


def test_numbers_that_the_question_holds_are_no_candidates():
    question = "In 1969, how many astronauts flew on Apollo 11?"
    assert graded("3", "In 1969, three astronauts flew on Apollo 11.", question).state == C
    assert graded("3", "The rocket of 1969 was large.", question).state == U


@pytest.mark.parametrize("answer", ["5 km", "5", "5000 m", "5 kilometres", "5,000 metres", "５ km"])
def test_a_missing_unit_is_forgiven_where_the_number_is_right(answer):
    assert graded("5 km", answer).state == C


@pytest.mark.parametrize("answer", ["5 miles", "7 km", "5 m"])
def test_another_unit_or_number_is_wrong(answer):
    assert graded("5 km", answer).state == I


def test_separators_of_two_customs_are_open_where_they_disagree():
    assert graded("34.000", "34.200").state == U
    assert graded("81,365", "81,356").state == I
    assert graded("1.234", "1,234").state == U


def test_ranges_are_compared_end_by_end():
    assert graded("10-12 days", "between 10 and 12 days").state == C
    assert graded("10-12 days", "15-20 days").state == I
    assert graded("10-12 days", "11 days").state == U
    assert graded("11", "10-12").state == U
    assert graded("28", "30-40").state == I


def test_opposite_bounds_are_different():
    assert graded("more than 30", "fewer than 30").state == I
    assert graded("more than 30", "over 30").state == C
    assert grade_exact(Question(id="1", text="How many?", golds=("more than 30",)), "under 30").state != C


def test_a_date_is_no_number_but_its_year_is():
    assert graded("1969", "in 1969", "When was it?").state == C
    assert graded("1969", "July 20, 1969", "When was it?").state == U
    assert graded("1969", "in 1970", "When was it?").state == I


def test_a_question_that_allows_some_distance_is_left_open():
    text = "To the nearest two, how many titles did he win?"
    assert graded("10", "Eight", text).state == U


def test_any_gold_may_be_met_and_one_that_is_no_number_keeps_the_rest_open():
    assert graded(("12", "a dozen"), "12").state == C
    assert graded(("12", "a baker's dozen"), "13").state == U
    assert graded("a dozen eggs in a basket", "12").reason == "no gold is a number"


def test_long_replies_need_a_marked_answer():
    working = "Adding up step by step.\n" * 60
    assert graded("42", working + "Answer: 42").state == C
    assert graded("42", working + "Answer: 43").state == I
    assert graded("42", working + "so it is 42").state == U
    assert graded("42", "x" * 100_000).state == U
    assert graded("42", "Answer: 42\n\nWait, it is 43.").state == U


def test_a_number_said_twice_is_one_number():
    text = "How many wheels does it have?"
    assert graded("28", "28\n\nIt has 28 wheels.", text).state == C
    assert graded("27", "28\n\nIt has 28 wheels.", text).state == I
    assert graded("28 km", "28 km, not counting detours, which are 28 miles").state == U


def test_empty_answers_missing_golds_and_unanswerable_questions():
    assert graded("12", " ").state == U
    assert graded((), "12").state == U
    nowhere = Question(id="2", text="How tall is Mount Zzyx?", stratum=Stratum.UNANSWERABLE)
    assert grade_numeric(nowhere, "4,120 m").state == I
    assert grade_numeric(nowhere, "I don't know.").state == A
    assert grade_numeric(nowhere, "There is no such mountain.").state == U


def test_it_is_a_grader_with_a_name():
    assert isinstance(NUMERIC, Grader)
    grade = NUMERIC(Question(id="1", text="How many?", golds=("12",)), "12")
    assert (grade.grader, grade.state) == ("numeric", OutcomeState.CORRECT)
