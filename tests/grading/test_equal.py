"""The equal grader: whatever is not a gold answer is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant.grading import ABSTENTION_SENTENCE, EQUAL, Grader, grade_equal, grade_exact
from calibrant.types import Question, Stratum

RIVER = Question(id="1", text="Where does the Oder rise?", golds=("Mount Kozlov", "Kozlov"))
NOWHERE = Question(id="2", text="Where does the Zzyx rise?", stratum=Stratum.UNANSWERABLE)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("Mount Kozlov", "correct"),
        ("**mount kozlov**.", "correct"),
        ("The answer is: Kozlov", "correct"),
        ("Mount Reva", "incorrect"),
        ("Mount Kozlov or Mount Reva", "incorrect"),
        ("Kozlov" * 5000, "incorrect"),
        (ABSTENTION_SENTENCE, "abstained"),
        ("Das weiß ich nicht.", "abstained"),
        ("  ", "ungraded"),
    ],
)
def test_an_answer_is_a_gold_or_wrong(answer: str, state: str) -> None:
    assert grade_equal(RIVER, answer).state == state


@pytest.mark.parametrize(("answer", "state"), [("Mount Reva", "incorrect"), (ABSTENTION_SENTENCE, "abstained")])
def test_an_unanswerable_question_is_answered_by_declining(answer: str, state: str) -> None:
    assert grade_equal(NOWHERE, answer).state == state


def test_a_question_without_a_gold_cannot_be_graded() -> None:
    assert grade_equal(Question(id="3", text="Why?"), "Because").state == "ungraded"


def test_it_is_a_grader_with_a_name() -> None:
    assert isinstance(EQUAL, Grader)
    assert EQUAL(RIVER, "Kozlov").grader == EQUAL.name == "equal"


def test_it_decides_where_the_exact_grader_is_unsure() -> None:
    assert grade_exact(RIVER, "Mount Reva").state == "ungraded"
    assert grade_equal(RIVER, "Mount Reva").state == "incorrect"


@given(st.text(min_size=1, max_size=60))
def test_any_text_gets_a_grade_and_a_gold_is_right(text: str) -> None:
    assert grade_equal(RIVER, text).grader == "equal"
    if text.strip():
        assert grade_equal(Question(id="4", text="?", golds=(text,)), text).state == "correct"
