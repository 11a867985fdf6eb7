"""A proposed call is compared with what the task gave, argument by argument."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant.grading import ACTION, CHOICE, EQUAL, EXACT, NUMERIC, grade_action
from calibrant.types import OutcomeState, Question, Stratum

REFUND = {
    "tool": "refund",
    "given": {"amount": 12.5, "currency": "EUR"},
    "missing": ["order_id"],
    "lookups": ["find_order"],
}
ABSENT = Question(id="1", text="Refund 12.50 EUR.", stratum=Stratum.ACTION, extra={"action": REFUND})
COMPLETE = Question(
    id="2",
    text="Refund 12.50 EUR of order 0017.",
    golds=("{}",),
    extra={"action": REFUND | {"given": {"amount": 12.5, "currency": "EUR", "order_id": "0017"}, "missing": []}},
)


def call(tool: str = "refund", **arguments: Any) -> str:
    return json.dumps({"tool": tool, "arguments": arguments})


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        ('{"ask": "Which order?"}', "abstained"),
        ('```json\n{"ask": "Which order?"}\n```', "abstained"),
        ("Which order is it about?", "abstained"),
        ("注文番号を教えてください？", "abstained"),
        ("I don't know.", "abstained"),
        (call("find_order", amount=12.5), "abstained"),
        (call("find_order", order_id="17"), "incorrect"),
        (call(amount=12.5, currency="EUR", order_id="ORD-1"), "incorrect"),
        (call(amount=12.5, currency="EUR", order_id=1), "incorrect"),
        (call(amount=99, currency="EUR"), "incorrect"),
        (call("cancel", order_id="A"), "incorrect"),
        (call(amount="12.50", currency="eur"), "partial"),
        (call(amount=12.5, currency="EUR", order_id="<order id>"), "partial"),
        (call(amount=12.5, currency="EUR", order_id="unknown"), "partial"),
        (call(amount=12.5, currency="EUR", order_id=None), "partial"),
        ("Done, I have refunded it.", "ungraded"),
        ("[1, 2]", "ungraded"),
        ('{"tool": 3}', "ungraded"),
        ('{"arguments": {}}', "ungraded"),
        (call(amount=1) + "\n" + call(amount=2), "ungraded"),
        ("  ", "ungraded"),
    ],
)
def test_where_an_argument_is_missing_asking_or_looking_up_is_right(reply: str, state: str) -> None:
    assert grade_action(ABSENT, reply).state.value == state


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (call(amount=12.5, currency="EUR", order_id="0017"), "correct"),
        (call(amount="12.5", currency=" eur ", order_id="0017"), "correct"),
        (call(amount=12.5, currency="EUR", order_id="17"), "incorrect"),
        (call(amount=12.5, currency="EUR", order_id=17), "incorrect"),
        (call(amount=12.5, currency="EUR"), "incorrect"),
        (call(amount=12.5, currency="EUR", order_id="0017", reason="late"), "partial"),
        (call("find_order", order_id="0017"), "incorrect"),
        ('{"ask": "Which order?"}', "abstained"),
    ],
)
def test_where_everything_is_given_the_call_must_be_the_one_asked_for(reply: str, state: str) -> None:
    assert grade_action(COMPLETE, reply).state.value == state


def test_a_reason_names_what_was_made_up() -> None:
    assert grade_action(ABSENT, call(order_id="X")).reason == "made up order_id"


def test_a_question_that_is_no_task_is_not_graded() -> None:
    assert grade_action(Question(id="1", text="Capital?", golds=("W",)), call()).state is OutcomeState.UNGRADED


@pytest.mark.parametrize("grader", [EXACT, EQUAL, NUMERIC, CHOICE])
@pytest.mark.parametrize("reply", ["Refunded.", "12.50", "A", call(order_id="X"), "I don't know the answer."])
def test_graders_of_answers_leave_tasks_alone(grader: Any, reply: str) -> None:
    grade = grader(replace(ABSENT, choices=("A", "B")), reply)
    assert grade.state is OutcomeState.UNGRADED


def test_a_task_whose_description_is_text_is_read_the_same() -> None:
    told = Question(id="1", text="Refund.", stratum=Stratum.ACTION, extra={"action": json.dumps(REFUND)})
    assert grade_action(told, call(order_id="X")).state is OutcomeState.INCORRECT


@given(
    st.text()
    | st.recursive(st.none() | st.floats() | st.text(), lambda inner: st.dictionaries(st.text(), inner)).map(json.dumps)
)
def test_no_reply_breaks_the_grader(reply: str) -> None:
    assert ACTION(ABSENT, reply).state in OutcomeState


def test_a_long_or_deep_reply_is_no_call() -> None:
    assert grade_action(ABSENT, '{"a":' * 50_000).state is OutcomeState.UNGRADED
    assert grade_action(ABSENT, "x" * 500_000).state is OutcomeState.UNGRADED
