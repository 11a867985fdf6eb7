"""Which signal is worth its cost: measured alike, compared on the same answers, told apart only where established."""

from __future__ import annotations

import numpy as np
import pytest

from calibrant import metrics
from calibrant.analysis.measures import Settings
from calibrant.analysis.signals import SignalAnalysis, compare_signals
from calibrant.errors import InputError
from calibrant.types import Confidence, ConfidenceSource, ModelRef, Outcome, OutcomeState, Stratum

STATED, OTHER, AGREEMENT = ConfidenceSource.STATED, ConfidenceSource.OTHER, ConfidenceSource.AGREEMENT


def outcomes(n: int = 300, *, repeats: int = 1, gap: float = 3.0, cost: float | None = 0.01) -> list[Outcome]:
    """A signal that knows much, one that knows little, and one that knows nothing."""
    random = np.random.default_rng(0)
    made = []
    for number in range(n):
        for repeat in range(repeats):
            right = random.random() < 0.6
            sure = 1 / (1 + np.exp(-(gap * (right - 0.5) + random.normal())))
            signals = [
                Confidence(source=AGREEMENT, value=float(sure), name="good"),
                Confidence(source=STATED, value=float(np.round(0.5 + 0.2 * right + 0.3 * random.random(), 1))),
                Confidence(source=OTHER, value=float(random.normal()), name="noise"),
            ]
            made.append(
                Outcome(
                    question_id=f"q{number}",
                    cluster=f"q{number}",
                    model=ModelRef(model="m"),
                    state=OutcomeState.CORRECT if right else OutcomeState.INCORRECT,
                    repeat=repeat,
                    confidences=tuple(signals),
                    cost_usd=cost,
                )
            )
    return made


def named(analysis: SignalAnalysis, name: str):  # type: ignore[no-untyped-def]
    (row,) = [row for row in analysis.rows if row.measured.name == name]
    return row


def test_every_signal_has_its_numbers_with_intervals() -> None:
    analysis = compare_signals(outcomes())
    assert {row.measured.name for row in analysis.rows} == {"good", "stated", "noise"}
    for row in analysis.rows:
        for metric in ("auroc", "prr", "aurc"):
            low, high = row.intervals[metric]
            assert low <= row.measured.values[metric] <= high
    stated = named(analysis, "stated")
    assert stated.calibration == "level_ece"
    low, high = stated.intervals["level_ece"]
    assert 0 <= low <= stated.measured.values["level_ece"] <= high
    assert named(analysis, "good").calibration == "ece"
    assert named(analysis, "noise").calibration is None
    assert "ece" not in named(analysis, "noise").intervals
    assert named(analysis, "good").informative is True
    assert named(analysis, "noise").informative is False


def test_the_interval_of_a_calibration_error_holds_the_truth_of_a_calibrated_model() -> None:
    """Its true error is 0, while chance alone makes the measured one greater."""
    held = 0
    for seed in range(20):
        random = np.random.default_rng(seed)
        made = [
            Outcome(
                question_id=f"q{number}",
                cluster=f"q{number}",
                model=ModelRef(model="m"),
                state=OutcomeState.CORRECT if random.random() < sure else OutcomeState.INCORRECT,
                confidences=(Confidence(source=STATED, value=float(sure)),),
            )
            for number, sure in enumerate(random.choice([0.5, 0.6, 0.7, 0.8, 0.9], 150))
        ]
        (row,) = compare_signals(made).rows
        held += row.intervals["level_ece"].low == 0
    assert held >= 18


def test_the_best_is_named_where_it_is_established() -> None:
    (choice,) = compare_signals(outcomes()).choices
    assert choice.best == "good" or choice.best == "stated"
    assert choice.may_be_best == (choice.best,)
    assert choice.n == choice.clusters == 300


def test_signals_that_say_the_same_are_not_told_apart_and_the_cheapest_is_named() -> None:
    both = [
        Outcome(
            question_id=one.question_id,
            cluster=one.cluster,
            model=one.model,
            state=one.state,
            repeat=one.repeat,
            confidences=(
                one.confidences[0],
                Confidence(source=STATED, value=one.confidences[0].value, name="stated alike"),
            ),
        )
        for one in outcomes(60, repeats=3)
    ]
    (choice,) = compare_signals(both, repeated={"good"}).choices
    assert choice.best is None
    assert set(choice.may_be_best) == {"good", "stated alike"}
    assert choice.cheapest == ("stated alike",)


def test_pairs_are_compared_on_the_answers_that_have_both() -> None:
    made = [
        Outcome(
            question_id=one.question_id,
            cluster=one.cluster,
            model=one.model,
            state=one.state,
            confidences=one.confidences if number % 3 else one.confidences[:2],
        )
        for number, one in enumerate(outcomes())
    ]
    analysis = compare_signals(made)
    pairs = {(one.first, one.second): one for one in analysis.differences}
    assert len(pairs) == 3
    one = next(one for one in analysis.differences if {one.first, one.second} == {"good", "noise"})
    assert one.n == 200
    kept = [outcome for outcome in made if len(outcome.confidences) == 3]
    y = [float(outcome.state is OutcomeState.CORRECT) for outcome in kept]
    area = {c.name: metrics.auroc([o.confidences[i].value for o in kept], y) for i, c in enumerate(kept[0].confidences)}
    assert one.values["auroc"] == pytest.approx(area[one.first] - area[one.second])
    low, high = one.intervals["auroc"]
    assert low <= one.values["auroc"] <= high
    assert one.p_value is not None
    assert one.p_value < 0.001


def test_what_a_signal_costs_is_known_or_said_to_be_unknown() -> None:
    analysis = compare_signals(outcomes(100, repeats=4), repeated={"good"})
    assert (named(analysis, "stated").extra_calls, named(analysis, "stated").extra_cost_usd) == (0, 0)
    assert named(analysis, "good").extra_calls == 3
    assert named(analysis, "good").extra_cost_usd == pytest.approx(0.03)
    assert (named(analysis, "noise").extra_calls, named(analysis, "noise").extra_cost_usd) == (None, None)
    unknown = compare_signals(outcomes(50, repeats=4, cost=None))
    assert (named(unknown, "good").extra_calls, named(unknown, "good").extra_cost_usd) == (None, None)
    free = compare_signals(outcomes(50, repeats=4, cost=None), repeated={"good"})
    assert (named(free, "good").extra_calls, named(free, "good").extra_cost_usd) == (3, None)


def test_repeats_of_a_question_are_one_cluster() -> None:
    once = compare_signals(outcomes(60))
    copied = [
        Outcome(
            question_id=one.question_id,
            cluster=one.cluster,
            model=one.model,
            state=one.state,
            repeat=repeat,
            confidences=one.confidences,
        )
        for one in outcomes(60)
        for repeat in range(5)
    ]
    many = compare_signals(copied)
    for metric in ("auroc", "level_ece"):
        narrow, wide = (named(one, "stated").intervals[metric] for one in (many, once))
        assert narrow[1] - narrow[0] == pytest.approx(wide[1] - wide[0], rel=0.15)
    assert {one.clusters for one in many.differences} == {60}


def test_all_right_has_no_auroc_and_no_choice() -> None:
    made = [one for one in outcomes(100) if one.state is OutcomeState.CORRECT]
    analysis = compare_signals(made)
    assert analysis.choices == ()
    assert all(row.informative is None and row.measured.values["auroc"] is None for row in analysis.rows)
    assert all(one.values["auroc"] is None and one.p_value is None for one in analysis.differences)


@pytest.mark.parametrize("partial", ["wrong", "drop"])
def test_partly_right_answers_count_as_the_settings_say(partial: str) -> None:
    made = outcomes(100)
    made.append(
        Outcome(
            question_id="p",
            cluster="p",
            model=made[0].model,
            state=OutcomeState.PARTIAL,
            confidences=made[0].confidences,
        )
    )
    analysis = compare_signals(made, Settings(partial=partial))  # type: ignore[arg-type]
    assert {row.measured.n for row in analysis.rows} == {101 if partial == "wrong" else 100}
    assert {one.n for one in analysis.differences} == {101 if partial == "wrong" else 100}


def test_few_questions_are_warned_of() -> None:
    (caution,) = compare_signals(outcomes(10)).cautions
    assert "only 10 independent" in caution.text
    assert compare_signals(outcomes(20)).cautions == ()


def test_strata_are_kept_apart() -> None:
    hard = [
        Outcome(
            question_id=f"u{number}",
            cluster=f"u{number}",
            model=ModelRef(model="m"),
            state=OutcomeState.INCORRECT,
            stratum=Stratum.UNANSWERABLE,
            confidences=(Confidence(source=STATED, value=0.9),),
        )
        for number in range(30)
    ]
    analysis = compare_signals([*outcomes(100), *hard])
    rows = {row.measured.stratum: row for row in analysis.rows if row.measured.name == "stated"}
    assert rows[Stratum.UNANSWERABLE].measured.n == 30
    assert rows[Stratum.ANSWERABLE].measured.n == 100
    assert {one.stratum for one in analysis.choices} == {Stratum.ANSWERABLE}


def test_without_any_signal_it_says_how_to_get_one() -> None:
    bare = [
        Outcome(question_id="q", cluster="q", model=ModelRef(model="m"), state=OutcomeState.CORRECT),
    ]
    with pytest.raises(InputError, match="no graded answer of this run has a confidence") as raised:
        compare_signals(bare)
    assert "--agreement" in str(raised.value)
