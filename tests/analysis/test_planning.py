"""A plan for a comparison: questions, repeats, documents, dollars, minutes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant.analysis.planning import ComparisonPlan, Goal, Limits, Spread, Supply, plan_comparison
from calibrant.analysis.planning_spread import answer_facts, measured_spreads, stated_spreads
from calibrant.analysis.table import build_table
from calibrant.errors import InputError
from calibrant.metrics import PairedVariance, questions_needed
from calibrant.types import ModelRef, Outcome, OutcomeState


def spread(between: float, within: float = 0.0, covariance: float = 0.0) -> Spread:
    variance = PairedVariance(between=between, within_a=within / 2, within_b=within / 2)
    return Spread(name="a - b", variance=variance, covariance=covariance)


def plan(one: Spread, goal: Goal, supply: Supply | None = None, limits: Limits | None = None) -> ComparisonPlan:
    return plan_comparison([one], [one], goal, supply or Supply(), limits)


def test_many_documents_take_the_number_of_the_formula() -> None:
    one = spread(7500.0)
    made = plan(one, Goal(detect=2.0))
    formula = questions_needed(2.0, one.variance)
    assert formula <= made.mixes[0].questions <= formula * 1.001 + 2


def test_few_documents_take_more_than_the_formula_since_t_is_wider() -> None:
    one = spread(7500.0, covariance=2000.0)
    made = plan(one, Goal(detect=30.0), Supply(cluster_size=10, mean_size=10))
    formula = questions_needed(30.0, one.variance, design_effect=one.design_effect(1, 10))
    assert made.mixes[0].questions > 1.05 * formula
    assert made.mixes[0].documents == -(-made.mixes[0].questions // 10)


def test_repeats_average_away_chance_and_leave_what_documents_share() -> None:
    one = spread(4000.0, within=4000.0, covariance=1000.0)
    # 1 + (m - 1) c/(w^2 + s^2/K): the share of documents grows as chance is averaged away.
    assert one.design_effect(1, 5) == pytest.approx(1 + 4 * 1000 / 8000)
    assert one.design_effect(4, 5) == pytest.approx(1 + 4 * 1000 / 5000)
    questions = [mix.questions for mix in plan(one, Goal(detect=3.0), Supply(cluster_size=5, mean_size=5)).mixes]
    assert questions == sorted(questions, reverse=True)
    assert questions[-1] / questions[0] == pytest.approx((4400 + 4000) / (8000 + 4000), rel=0.01)


def test_where_nothing_is_chance_there_is_one_mix() -> None:
    assert len(plan(spread(7500.0), Goal(detect=3.0)).mixes) == 1


@pytest.mark.parametrize(("question_usd", "repeats"), [(0.0, 1), (0.4, 2), (1.6, 4), (100.0, 10)])
def test_the_cheapest_mix_is_the_square_root_rule(question_usd: float, repeats: int) -> None:
    # K = sqrt(s^2/w^2 x dollars of a question / dollars of its answers), from 1 to 10.
    made = plan(
        spread(4000.0, within=4000.0), Goal(detect=2.0), Supply(answer_usd=0.1, question_usd=question_usd), Limits()
    )
    assert made.cheapest is not None
    assert made.cheapest.repeats == repeats


def test_a_set_too_small_for_one_answer_each_may_do_with_repeats() -> None:
    one = spread(1000.0, within=9000.0)
    need = [mix.questions for mix in plan(one, Goal(detect=5.0)).mixes]
    made = plan(one, Goal(detect=5.0), Supply(questions=need[4], answer_usd=0.01))
    assert made.mixes[0].enough is False
    assert made.cheapest is not None
    assert made.cheapest.repeats == 5


def test_what_no_mix_reaches_has_no_cheapest_and_says_what_the_set_shows() -> None:
    made = plan(spread(7500.0), Goal(detect=1.0), Supply(questions=300, answer_usd=0.01), Limits(usd=1.0))
    assert made.cheapest is None
    of_set, of_limits = made.reaches
    assert of_set.questions == 300
    assert of_limits.questions == 100
    assert of_limits.detectable is not None
    assert of_set.detectable is not None
    assert of_limits.detectable == pytest.approx(of_set.detectable * 3**0.5, rel=0.01)


def test_minutes_are_rounds_of_answers_under_way() -> None:
    supply = Supply(answer_s=6.0, width=100)
    assert supply.minutes(1000, 1) == pytest.approx(1.0)
    assert supply.minutes(1001, 1) == pytest.approx(1.1)
    made = plan(spread(7500.0), Goal(detect=2.0), supply, Limits(minutes=1.0))
    assert made.cheapest is None
    assert made.reaches[0].questions == 1000


def test_several_models_share_the_error_of_the_first_kind() -> None:
    one = spread(7500.0)
    two = plan_comparison([one], [one] * 2, Goal(detect=3.0), Supply())
    four = plan_comparison([one] * 6, [one] * 4, Goal(detect=3.0), Supply())
    assert four.mixes[0].questions > 1.3 * two.mixes[0].questions


@given(st.floats(100, 10_000), st.floats(0, 10_000), st.floats(0, 1), st.floats(1, 12), st.floats(2, 40))
def test_the_planned_questions_show_the_difference(
    between: float, within: float, share: float, size: float, detect: float
) -> None:
    one = spread(between, within, share * between)
    mix = plan(one, Goal(detect=detect), Supply(cluster_size=size, mean_size=size), Limits(repeats=1)).mixes[0]
    at_hand = Supply(questions=mix.questions, cluster_size=size, mean_size=size)
    seen = plan(one, Goal(detect=detect), at_hand).reaches[0].detectable
    assert seen is not None
    assert seen <= detect * 1.02


def test_a_precision_alone_is_half_the_width_of_an_interval() -> None:
    made = plan(spread(2500.0), Goal(precision=1.0))
    assert made.mixes[0].questions == pytest.approx((1.959964 * 50) ** 2, rel=0.001)
    assert plan_comparison([], [spread(2500.0)], Goal(precision=1.0), Supply()).reaches == ()


def test_impossible_goals_are_refused() -> None:
    with pytest.raises(ValueError, match="say which difference"):
        Goal()
    with pytest.raises(ValueError, match=r"\(0, 200\]"):
        Goal(detect=0.0)
    with pytest.raises(ValueError, match="two models"):
        plan_comparison([], [spread(1.0)], Goal(detect=1.0), Supply())
    with pytest.raises(ValueError, match="no variance to plan by"):
        plan(spread(0.0), Goal(detect=1.0))
    with pytest.raises(ValueError, match="sd > 0"):
        stated_spreads(["a", "b"], sd=0.0, within=0.0, icc=0.0)


def test_stated_numbers_come_out_as_stated() -> None:
    pairs, singles = stated_spreads(["a", "b", "c"], sd=80.0, within=0.25, icc=0.1)
    assert [one.name for one in pairs] == ["a - b", "a - c", "b - c"]
    for one in (*pairs, *singles):
        assert one.per_question(1) == pytest.approx(6400)
        assert one.icc == pytest.approx(0.1)
        assert one.variance.between == pytest.approx(4800)


def outcomes(questions: int, repeats: int) -> list[Outcome]:
    random = np.random.default_rng(5)
    found = []
    hard = random.normal(size=questions // 4).repeat(4) + random.normal(size=questions)
    for number in range(questions):
        for model, skill in (("a", 0.8), ("b", 0.0)):
            chance = 1 / (1 + np.exp(hard[number] - skill))
            for repeat in range(repeats):
                state = OutcomeState.CORRECT if random.random() < chance else OutcomeState.INCORRECT
                found.append(
                    Outcome(
                        question_id=f"q{number}",
                        cluster=f"d{number // 4}",
                        model=ModelRef(model=model),
                        state=state,
                        repeat=repeat,
                        cost_usd=0.01 if model == "a" else 0.02,
                        latency_s=2.0,
                    )
                )
    return found


def test_a_history_is_measured_as_its_law_is() -> None:
    table = build_table(outcomes(1200, 3))
    found = measured_spreads(table, ["a", "b"], "index", None)
    (pair,) = found.pairs
    assert (found.questions, found.repeats, found.documents_known) == (1200, 3.0, True)
    # Both are as hard as their question: what is left between questions is small, chance is most of it.
    within = pair.variance.within_a + pair.variance.within_b
    assert pair.variance.between < 0.1 * within
    assert within == pytest.approx(2 * 4 * 1e4 * 0.17, rel=0.1)
    single = found.singles[0]
    assert 0.1 < single.icc < 0.5
    assert measured_spreads(table, ["a", "b"], "accuracy", None).pairs[0].per_question(1) == pytest.approx(
        pair.per_question(1) / 4
    )
    facts = answer_facts(table, ["a", "b"])
    assert [one.dollars for one in facts] == pytest.approx([0.01, 0.02])
    assert facts[0].input_tokens is None


def test_a_history_without_common_questions_is_refused() -> None:
    rows = outcomes(8, 1)
    apart = [row for row in rows if (row.model.model == "a") == (row.question_id in {"q0", "q1", "q2"})]
    with pytest.raises(InputError, match="0 graded questions in common"):
        measured_spreads(build_table(apart), ["a", "b"], "index", None)
