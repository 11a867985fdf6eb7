"""A set whose questions state their graders is graded by each one's own."""

from __future__ import annotations

import pytest

from calibrant.errors import InputError
from calibrant.grading import EXACT, StatedGrader, grade_equal, stated_graders
from calibrant.types import OutcomeState, Question

COLOUR = Question(id="a", text="Which colour has the door?", golds=("dark green",), extra={"grader": "equal"})
PLAIN = Question(id="b", text="Which colour has the door?", golds=("dark green",))


def test_each_question_is_graded_by_the_grader_that_it_states() -> None:
    grader = StatedGrader.of([COLOUR, PLAIN])
    answer = "a somewhat bottle-like shade"
    assert grader(COLOUR, answer).state is grade_equal(COLOUR, answer).state is OutcomeState.INCORRECT
    assert grader(PLAIN, answer).state is EXACT(PLAIN, answer).state is not OutcomeState.INCORRECT


def test_grades_are_stored_under_one_name_and_say_who_decided() -> None:
    grade = StatedGrader.of([COLOUR])(COLOUR, "dark green")
    assert (grade.grader, grade.reason) == ("stated", "equal: equal text")


def test_an_unknown_grader_is_refused_with_those_that_exist() -> None:
    wrong = Question(id="c", text="Why?", golds=("x",), extra={"grader": "equall"})
    with pytest.raises(InputError, match="question 'c' states the grader 'equall'.*exact, equal"):
        StatedGrader.of([COLOUR, wrong])


def test_questions_that_state_no_grader_are_not_counted() -> None:
    assert stated_graders([COLOUR, PLAIN]) == {"equal": 1}
