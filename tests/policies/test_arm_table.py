"""From graded answers to a table of arms."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from math import isnan
from typing import Any

import numpy as np
import pytest

from calibrant.errors import InputError
from calibrant.policies.routing import Arm, arm_table, question_key
from calibrant.types import Confidence, ConfidenceSource, ModelRef, Outcome, OutcomeState, Usage

RIGHT, WRONG, DECLINED, FAILED = (
    OutcomeState.CORRECT,
    OutcomeState.INCORRECT,
    OutcomeState.ABSTAINED,
    OutcomeState.ERROR,
)


def said(question: str, model: str, state: OutcomeState = RIGHT, cost: float | None = 0.01, **more: Any) -> Outcome:
    return Outcome(
        question_id=question, cluster=question, model=ModelRef(model=model), state=state, cost_usd=cost, **more
    )


def test_what_came_of_an_arm_is_told_apart() -> None:
    states = {"a": RIGHT, "b": WRONG, "c": OutcomeState.PARTIAL, "d": DECLINED, "e": FAILED}
    outcomes = [said(name, model, state) for name, state in states.items() for model in ("x", "y")]
    table = arm_table(outcomes, order=["x", "y"])
    by_name = {key: row for row, key in enumerate(table.questions)}
    rows = [by_name[question_key(said(name, "x"))] for name in states]
    np.testing.assert_array_equal(table.right[rows, 0], [1, 0, 0, np.nan, np.nan])
    np.testing.assert_array_equal(table.failed[rows, 0], [False, False, False, False, True])
    np.testing.assert_array_equal(table.cost[rows, 0], [0.01] * 5)


def test_arms_are_tried_from_the_cheapest_and_by_tokens_where_dollars_do_not_tell() -> None:
    priced = [said("a", "x", cost=0.3), said("a", "y", cost=0.1), said("a", "z", cost=0.2)]
    assert arm_table(priced).arms == (Arm("y"), Arm("z"), Arm("x"))
    free = [said("a", name, cost=None, usage=Usage(output_tokens=n)) for name, n in (("x", 9), ("y", 7))]
    assert arm_table(free).arms == (Arm("y"), Arm("x"))
    assert arm_table(priced, order=["x", "z"]).arms == (Arm("x"), Arm("z"))


def test_only_questions_of_all_arms_are_used_and_the_others_counted() -> None:
    outcomes = [said("a", "x"), said("a", "y"), said("b", "x"), said("c", "y"), said("c", "x", OutcomeState.UNGRADED)]
    table = arm_table(outcomes)
    assert len(table) == 1
    assert (table.facts["questions_left_out"], table.facts["answers_ungraded"]) == (2, 1)


def test_ungraded_answers_of_arms_that_are_not_used_are_not_counted() -> None:
    outcomes = [said("a", "x"), said("a", "y"), said("b", "z", OutcomeState.UNGRADED), said("a", "z")]
    assert arm_table(outcomes, order=["x", "y"]).facts["answers_ungraded"] == 0


def test_named_documents_are_kept_as_digests_and_questions_that_stand_alone_are_none() -> None:
    alone, of_a_page = said("a", "x"), replace(said("b", "x"), cluster="page 7")
    outcomes = [replace(one, model=ModelRef(model=name)) for one in (alone, of_a_page) for name in "xy"]
    documents = arm_table(outcomes).facts["documents"]
    assert documents == [hashlib.sha256(b"page 7").hexdigest()[:16]]


def test_samples_are_paid_for_and_the_first_is_the_answer() -> None:
    sure = (Confidence(source=ConfidenceSource.AGREEMENT, value=0.5, name="agreement_of_repeats"),)
    repeats = [said("a", "x", WRONG if n else RIGHT, 0.02, repeat=n, confidences=sure) for n in (2, 0, 1)]
    table = arm_table([*repeats, said("a", "y", cost=0.5)])
    assert table.arms[0] == Arm("x", samples=3)
    assert (table.right[0, 0], table.cost[0, 0]) == (1.0, pytest.approx(0.06))
    assert table.signals["agreement_of_repeats"][0, 0] == 0.5
    assert isnan(table.signals["agreement_of_repeats"][0, 1])


def test_repeats_without_agreement_are_no_samples() -> None:
    table = arm_table([*(said("a", "x", cost=0.02, repeat=n) for n in range(3)), said("a", "y", cost=0.5)])
    assert table.arms[0] == Arm("x")
    assert table.cost[0, 0] == 0.02


def test_calls_made_for_a_signal_are_paid_for_with_the_answer() -> None:
    answers = [said("a", "x", cost=0.02), said("a", "y", cost=0.5), said("b", "x", cost=0.02), said("b", "y", cost=0.5)]
    table = arm_table(answers, beside=[said("a", "x", cost=0.03), said("a", "x", cost=0.03)])
    at = table.questions.index(question_key(answers[0]))
    np.testing.assert_allclose(table.cost[[at, 1 - at], 0], [0.08, 0.02])


def test_another_model_asked_about_an_answer_is_paid_for_by_its_arm() -> None:
    judged, agreed = (
        Confidence(source=source, value=0.9, name=name, extra_calls=1, extra_cost_usd=dollars)
        for source, name, dollars in (
            (ConfidenceSource.JUDGE, "judge_probability:y", 0.2),
            (ConfidenceSource.AGREEMENT, "agreement:10", 7.0),  # its samples are among the calls beside
        )
    )
    answers = [said("a", "x", cost=0.02, confidences=(judged, agreed)), said("a", "y", cost=0.5)]
    np.testing.assert_allclose(arm_table(answers).cost, [[0.22, 0.5]])
    unknown = replace(judged, extra_cost_usd=None)
    assert isnan(arm_table([replace(answers[0], confidences=(unknown,)), answers[1]], order=["x", "y"]).cost[0, 0])


def test_a_failed_call_of_unknown_cost_counts_at_the_mean_of_the_others() -> None:
    outcomes = [said("a", "x", FAILED, None), said("b", "x", cost=0.04), said("a", "y"), said("b", "y")]
    table = arm_table(outcomes, order=["x", "y"])
    np.testing.assert_allclose(table.cost[:, 0], 0.04)
    assert table.facts["failed_calls_at_the_mean_cost"] == {"x": 1}


def test_unknown_costs_stay_unknown() -> None:
    table = arm_table([said("a", "x", cost=None), said("a", "y")], order=["x", "y"])
    np.testing.assert_array_equal(table.cost, [[np.nan, 0.01]])


def test_the_same_attempt_in_two_runs_counts_once() -> None:
    table = arm_table([said("a", "x"), said("a", "x"), said("a", "y", cost=1.0)])
    np.testing.assert_array_equal(table.cost, [[0.01, 1.0]])


def test_two_prices_of_a_prompt_are_two_arms() -> None:
    table = arm_table([said("a", "x", price=0.5), said("a", "x", price=0.9, cost=0.2)])
    assert [str(arm) for arm in table.arms] == ["x t=0.5", "x t=0.9"]


@pytest.mark.parametrize(
    ("outcomes", "more", "said_of_it"),
    [
        ([], {}, "two arms at least, and there is none"),
        ([said("a", "x")], {}, "two arms at least, and there is only x"),
        ([said("a", "x"), said("b", "y")], {}, "x and y have no question in common"),
        (
            [said(q, m) for q, m in (("a", "x"), ("a", "y"), ("b", "y"), ("b", "z"), ("c", "x"), ("c", "z"))],
            {},
            "no question was asked of all arms",
        ),
        ([said("a", "x"), said("a", "y")], {"order": ["x", "q"]}, "there is no arm 'q'"),
        ([said("a", "x"), said("a", "y")], {"order": ["x", "x"]}, "named twice"),
        ([said("a", "x"), said("a", "y")], {"by": "colour"}, "not split by 'colour'"),
    ],
)
def test_what_makes_no_table_is_refused(outcomes: list[Outcome], more: dict[str, Any], said_of_it: str) -> None:
    with pytest.raises(InputError, match=said_of_it):
        arm_table(outcomes, **more)
