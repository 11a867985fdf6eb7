"""From outcomes to tables."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibrant.analysis import Settings, analyse
from calibrant.errors import InputError
from calibrant.types import Condition, Confidence, ConfidenceSource, ModelRef, Outcome, OutcomeState, Stratum

C, P, I, A, E, U = OutcomeState  # noqa: E741


def outcome(question: int, state: OutcomeState, *, model: str = "m", **more: object) -> Outcome:
    return Outcome(
        question_id=f"q{question}",
        cluster=str(more.pop("cluster", f"q{question}")),
        model=ModelRef(model=model),
        state=state,
        **more,  # type: ignore[arg-type]
    )


def test_counts_become_the_metrics_of_the_definitions() -> None:
    states = [C] * 57 + [I] * 37 + [A] * 6
    (row,) = analyse(outcome(number, state) for number, state in enumerate(states)).models
    values = row.measured.values
    assert values["accuracy"] == pytest.approx(0.57)
    assert values["hallucination_rate"] == pytest.approx(37 / 43)
    assert values["omniscience_index"] == pytest.approx(20)
    assert values["attempt_rate"] == pytest.approx(0.94)
    assert values["false_refusal"] == pytest.approx(0.06)
    for name in ("accuracy", "hallucination_rate", "omniscience_index", "f1"):
        interval, value = row.measured.intervals[name], values[name]
        assert interval is not None
        assert value is not None
        assert interval.low < value < interval.high


def test_errors_and_ungraded_stand_beside_n_and_are_said_first() -> None:
    states = [C] * 90 + [E] * 5 + [U] * 5
    analysis = analyse(outcome(number, state) for number, state in enumerate(states))
    measured = analysis.models[0].measured
    assert (measured.counts.n, measured.counts.errors, measured.counts.ungraded) == (90, 5, 5)
    assert measured.values["accuracy"] == 1
    assert measured.if_errors_wrong["accuracy"] == pytest.approx(90 / 95)
    assert measured.if_ungraded["accuracy"] == pytest.approx((90 / 95, 1))
    assert any("5 of 100 answers (5.0%) could not be graded" in warning for warning in analysis.warnings)
    assert any("5 of 100 answers (5.0%) failed" in warning for warning in analysis.warnings)


def test_unanswerable_questions_have_a_row_of_their_own() -> None:
    rows = [outcome(number, C) for number in range(30)]
    rows += [outcome(100 + number, A if number % 3 else I, stratum=Stratum.UNANSWERABLE) for number in range(30)]
    models = analyse(rows).models
    assert [row.stratum for row in models] == [Stratum.ANSWERABLE, Stratum.UNANSWERABLE]
    assert models[0].measured.values["accuracy"] == 1
    assert models[1].measured.values["correct_refusal"] == pytest.approx(2 / 3)
    assert models[1].measured.values["false_acceptance"] == pytest.approx(1 / 3)


def test_what_is_undefined_is_none() -> None:
    (row,) = analyse([outcome(1, C)]).models
    assert row.measured.values["hallucination_rate"] is None
    assert row.measured.intervals["hallucination_rate"] is None
    (row,) = analyse([outcome(1, E)]).models
    assert row.measured.values["accuracy"] is None
    (row,) = analyse(outcome(number, A) for number in range(5)).models
    assert row.measured.values["accuracy_given_attempted"] is None
    assert row.measured.values["omniscience_index"] == 0


def test_a_model_that_is_right_everywhere_is_not_certain() -> None:
    (row,) = analyse(outcome(number, C) for number in range(50)).models
    interval = row.measured.intervals["omniscience_index"]
    assert interval is not None
    assert interval.low < 95
    assert interval.high == 100


def test_few_documents_are_warned_of() -> None:
    analysis = analyse(outcome(number, C if number % 2 else I, cluster=number % 5) for number in range(100))
    assert analysis.models[0].measured.clusters == 5
    assert "accuracy" in analysis.models[0].measured.thin
    assert any("Only 5 independent documents" in warning for warning in analysis.warnings)


def test_ranks_rest_on_the_questions_all_models_share() -> None:
    rows = [outcome(number, C, model="good") for number in range(80)]
    rows += [outcome(number, I, model="bad") for number in range(20, 100)]
    ranking, *_ = analyse(rows).rankings
    assert (ranking.shared, ranking.questions, ranking.clusters) == (60, 100, 60)
    assert ranking.missing == {"good": 20, "bad": 20}
    assert ranking.ranks == {"good": (1, 1), "bad": (2, 2)}


def test_models_without_a_shared_question_are_not_ranked_and_that_is_said() -> None:
    rows = [outcome(number, C, model="a") for number in range(40)]
    rows += [outcome(number, I, model="b") for number in range(40, 80)]
    analysis = analyse(rows)
    assert [ranking.ranks for ranking in analysis.rankings] == [{}, {}, {}]
    assert analysis.warnings == ("The models cannot be ranked: no question that all models have a grade for.",)


def test_ranks_that_rest_on_few_shared_questions_are_warned_of() -> None:
    rows = [outcome(number, C, model="a") for number in range(40)]
    rows += [outcome(number, I, model="b") for number in range(30, 70)]
    (warning,) = analyse(rows).warnings
    assert "Ranks rest on only 10 independent documents or questions" in warning


def test_a_question_under_several_conditions_is_one_question_in_one_cluster() -> None:
    conditions = (Condition.NONE, Condition.GOLD, Condition.NEAR_MISS)
    rows = [outcome(number, C if number % 2 else I, condition=one) for number in range(30) for one in conditions]
    analysis = analyse(rows)
    measured = analysis.models[0].measured
    assert (analysis.questions, measured.questions, measured.clusters, measured.counts.n) == (30, 30, 30, 90)


def test_several_conditions_are_broken_down_unasked_in_the_order_of_the_definitions() -> None:
    rows = [outcome(number, C, condition=one) for number in range(10) for one in Condition]
    assert [row.value for row in analyse(rows).breakdowns] == ["none", "gold", "near_miss", "without"]
    assert analyse(rows[::4]).breakdowns == ()


def test_each_stratum_says_how_much_of_the_set_it_is() -> None:
    rows = [outcome(number, C) for number in range(30)]
    rows += [outcome(100 + number, A, stratum=Stratum.UNANSWERABLE) for number in range(10)]
    found = [(one.stratum, one.questions, one.share) for one in analyse(rows).strata]
    assert found == [(Stratum.ANSWERABLE, 30, 0.75), (Stratum.UNANSWERABLE, 10, 0.25)]


def test_of_questions_without_an_answer_refusal_is_said_and_ranked_not_accuracy() -> None:
    rows = [
        outcome(number, state, model=model, stratum=Stratum.UNANSWERABLE)
        for model, usual in (("a", A), ("b", I))
        for number, state in enumerate([usual] * 30 + [U] * 10 + [E] * 5)
    ]
    analysis = analyse(rows)
    assert [row.model for row in analysis.models] == ["a", "b"]
    assert [ranking.metric for ranking in analysis.rankings] == ["correct_refusal"]
    assert "to questions without an answer" in analysis.warnings[0]
    assert "correct refusal lies between 75% and 100%" in analysis.warnings[0]
    assert "correct refusal is 86% if all of these count as wrong" in analysis.warnings[2]
    assert not any("accuracy" in warning for warning in analysis.warnings)


def test_the_worst_is_said_first() -> None:
    rows = [
        outcome(number, U if number < lost else C, model=f"m{lost}") for lost in (5, 20, 10) for number in range(100)
    ]
    assert [warning.partition(":")[0] for warning in analyse(rows).warnings] == ["m20", "m10", "m5"]


@pytest.mark.parametrize(
    ("states", "price", "thin"),
    [
        ([C] * 97 + [I] * 3, 0.5, True),
        ([C] * 97 + [A] * 3, 0.5, True),
        ([C] * 50 + [A] * 48 + [I] * 2, 0.5, False),
        ([C] * 50 + [A] * 48 + [I] * 2, 0.9, True),
        ([C] * 60 + [I] * 40, 0.9, False),
    ],
)
def test_an_index_that_rests_on_fewer_than_five_events_is_called_thin(
    states: list[OutcomeState], price: float, thin: bool
) -> None:
    (row,) = analyse((outcome(n, state) for n, state in enumerate(states)), Settings(price=price)).models
    assert ("index_at_price" in row.measured.thin) is thin
    if price == 0.5:
        assert ("omniscience_index" in row.measured.thin) is thin


def test_cost_is_unknown_as_soon_as_one_is() -> None:
    rows = [outcome(number, C, cost_usd=0.5) for number in range(3)]
    assert analyse(rows).models[0].cost_usd == pytest.approx(1.5)
    row = analyse([*rows, outcome(9, C)]).models[0]
    assert (row.cost_usd, row.cost_known) == (None, 3)


def test_confidence_is_judged_on_answered_questions_only() -> None:
    def sure(value: float) -> tuple[Confidence, ...]:
        return (Confidence(source=ConfidenceSource.STATED, value=value),)

    rows = [outcome(number, C, confidences=sure(0.9)) for number in range(30)]
    rows += [outcome(100 + number, I, confidences=sure(0.5)) for number in range(10)]
    rows += [outcome(200 + number, A, confidences=sure(0.1)) for number in range(10)]
    (row,) = analyse(rows).confidence
    assert (row.n, row.accuracy, row.levels) == (40, 0.75, 2)
    assert row.values["auroc"] == 1
    assert row.values["level_ece"] == pytest.approx((30 * 0.1 + 10 * 0.5) / 40)


def test_a_score_of_another_scale_is_ranked_but_not_calibrated() -> None:
    signal = (Confidence(source=ConfidenceSource.LOGPROB, value=-3.5),)
    rows = [outcome(number, C if number % 2 else I, confidences=signal) for number in range(10)]
    (row,) = analyse(rows).confidence
    assert row.values["auroc"] == 0.5
    assert row.values["ece"] is None
    assert row.values["brier"] is None


def test_a_breakdown_has_a_row_for_each_value_and_model() -> None:
    rows = [outcome(number, C, domain="law" if number % 2 else "art", model=f"m{number % 3}") for number in range(60)]
    assert len(analyse(rows).breakdowns) == 6
    with pytest.raises(InputError, match="cannot break down by 'colour'"):
        analyse(rows, by=["colour"])


def test_of_no_outcomes_there_is_no_analysis() -> None:
    with pytest.raises(InputError, match="nothing to analyse"):
        analyse([])


@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.sampled_from(list(OutcomeState)), st.sampled_from("ab"), st.integers(0, 2)),
        min_size=1,
        max_size=40,
        unique_by=lambda row: (row[0], row[2], row[3]),
    ),
    st.randoms(use_true_random=False),
)
@settings(max_examples=30, deadline=None)
def test_the_order_of_outcomes_changes_nothing(
    rows: list[tuple[int, OutcomeState, str, int]], draw: random.Random
) -> None:
    made = [outcome(q, state, model=model, repeat=repeat, domain=f"d{q % 2}") for q, state, model, repeat in rows]
    shuffled = made.copy()
    draw.shuffle(shuffled)
    assert analyse(made, Settings(seed=3)) == analyse(shuffled, Settings(seed=3))


def test_a_model_asked_at_several_prices_is_several_rows_each_with_its_own_index() -> None:
    rows = [outcome(number, OutcomeState.CORRECT if number % 4 else OutcomeState.INCORRECT) for number in range(40)]
    priced = [replace(row, price=0.75) for row in rows] + [replace(row, price=0.0) for row in rows]
    found = analyse([*rows, *priced])
    by_price = {row.asked.price: row for row in found.models}
    assert {row.model for row in found.models} == {"m", "m t=0.75", "m t=0"}
    assert {row.asked.model for row in found.models} == {"m"}
    accuracy = 0.75
    assert {price: row.measured.values["index_at_price"] for price, row in by_price.items()} == {
        None: pytest.approx(100 * (accuracy - 0.25)),
        0.0: pytest.approx(100 * accuracy),
        0.75: pytest.approx(100 * (accuracy - 0.25 * 3)),
    }
    assert found.questions == 40
    assert set(found.rankings[0].ranks) == {"m", "m t=0.75", "m t=0"}
