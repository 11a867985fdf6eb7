"""Answers to questions about code: values are compared as values and never taken for a refusal."""

import pytest

from calibrant.grading import grade_exact
from calibrant.types import OutcomeState, Question


def ask(gold):
    return Question(id="1", text=f"def f(x):\n    return x\nassert f({gold}) == ??", golds=(gold,))


@pytest.mark.parametrize("value", ["'I have no idea'", "'unknown'", "'N/A'", '"I do not know the answer."', "None"])
def test_a_value_that_sounds_like_declining_is_right_where_it_is_the_gold(value):
    assert grade_exact(ask(value), value).state is OutcomeState.CORRECT
    assert grade_exact(ask(value), f"```python\n{value}\n```").state is OutcomeState.CORRECT


@pytest.mark.parametrize("value", ["'I have no idea'", "'unknown'", "'N/A'", '"I do not know the answer."', "'??'"])
def test_a_value_that_sounds_like_declining_is_wrong_where_another_is_the_gold(value):
    assert grade_exact(ask("'xyz'"), value).state is OutcomeState.INCORRECT


def test_a_string_without_its_quotes_is_left_open_even_where_it_sounds_like_declining():
    assert grade_exact(ask("'I have no idea'"), "I have no idea").state is OutcomeState.UNGRADED


def test_the_placeholder_echoed_is_no_refusal():
    assert grade_exact(ask("'xyz'"), "??").state is OutcomeState.UNGRADED


def test_a_sentence_that_declines_still_does():
    assert grade_exact(ask("'xyz'"), "I cannot determine the output.").state is OutcomeState.ABSTAINED


@pytest.mark.parametrize("answer", ["(1, 2),", "1, 2", "assert f(9) == (1, 2)", "assert g((1, 2)) == (1, 2)"])
def test_a_tuple_without_brackets_and_an_assertion_about_another_call_are_left_open(answer):
    assert grade_exact(ask("(1, 2)"), answer).state is OutcomeState.UNGRADED


def test_the_questions_own_assertion_is_read():
    assert grade_exact(ask("(1, 2)"), "assert f((1,2)) == (1, 2)").state is OutcomeState.CORRECT
    assert grade_exact(ask("(1, 2)"), "assert f((1,2)) == (1, 3)").state is OutcomeState.INCORRECT


def test_a_deeply_nested_value_is_survived():
    assert grade_exact(ask("[1]"), "[" * 5000 + "]" * 5000).state is OutcomeState.UNGRADED
