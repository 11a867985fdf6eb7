"""Tables behind the pictures: prices, efforts, reliability and risk."""

from __future__ import annotations

import numpy as np
import pytest

from calibrant.analysis import Analysis, analyse
from calibrant.metrics import paired_difference
from calibrant.types import Confidence, ConfidenceSource, ModelRef, Outcome, OutcomeState, Stratum

C, P, W, A = OutcomeState.CORRECT, OutcomeState.PARTIAL, OutcomeState.INCORRECT, OutcomeState.ABSTAINED


def outcome(
    number: int, model: str, state: OutcomeState, sure: float | None = None, effort: str | None = None, **more: object
) -> Outcome:
    confidences = () if sure is None else (Confidence(source=ConfidenceSource.STATED, value=sure),)
    return Outcome(
        question_id=f"q{number}",
        cluster=f"d{number // 3}",
        model=ModelRef(model=model, effort=effort),
        state=state,
        confidences=confidences,
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module")
def guesser_and_decliner() -> Analysis:
    draw = np.random.default_rng(3)
    hard = draw.random(300)
    rows = [outcome(n, "guesser", C if hard[n] < 0.6 else W, round(1 - hard[n], 1)) for n in range(300)]
    rows += [outcome(n, "decliner", C if hard[n] < 0.4 else W if hard[n] < 0.5 else A) for n in range(300)]
    rows += [outcome(n, "worse", C if hard[n] < 0.2 else W) for n in range(300)]
    return analyse(rows)


def test_the_curve_goes_through_accuracy_and_the_index(guesser_and_decliner: Analysis) -> None:
    for curve in guesser_and_decliner.prices.curves:
        row = next(row for row in guesser_and_decliner.models if row.model == curve.model)
        at = dict(zip(curve.prices, curve.index, strict=True))
        assert at[0.0] == pytest.approx(100 * row.measured.values["accuracy"])
        assert at[0.5] == pytest.approx(row.measured.values["omniscience_index"])
        interval = curve.intervals[curve.prices.index(0.5)]
        assert interval == row.measured.intervals["omniscience_index"]


def test_the_guesser_leads_while_wrong_answers_are_cheap_and_the_decliner_when_they_are_dear(
    guesser_and_decliner: Analysis,
) -> None:
    first, second = guesser_and_decliner.prices.leaders
    assert (first.model, second.model) == ("guesser", "decliner")
    (crossing,) = [one for one in guesser_and_decliner.prices.crossings if one.leads]
    assert (crossing.below, crossing.above) == ("guesser", "decliner")
    assert first.high == second.low == crossing.price
    assert crossing.below_until is not None
    assert crossing.above_from is not None
    assert crossing.below_until < crossing.price < crossing.above_from


def test_the_leader_has_the_highest_index_at_every_price(guesser_and_decliner: Analysis) -> None:
    prices = guesser_and_decliner.prices
    for at, price in enumerate(prices.curves[0].prices):
        highest = max(curve.index[at] for curve in prices.curves)
        leaders = [one.model for one in prices.leaders if one.low <= price <= one.high]
        assert highest in [curve.index[at] for curve in prices.curves if curve.model in leaders]


def test_models_that_answer_alike_have_one_leader_and_no_crossing() -> None:
    rows = [outcome(n, model, C if n % 2 else W) for model in ("a", "b") for n in range(40)]
    prices = analyse(rows).prices
    assert len(prices.leaders) == 1
    assert prices.crossings == ()


def test_efforts_are_compared_with_the_least_one_question_by_question() -> None:
    draw = np.random.default_rng(1)
    luck = draw.random((120, 2))
    rows = [outcome(n, "m", C if luck[n, 0] < 0.4 else W, effort="low") for n in range(120)]
    rows += [outcome(n, "m", C if luck[n, 1] < 0.7 else A, effort="high", cost_usd=0.002) for n in range(120)]
    rows += [outcome(n, "alone", C, effort="high") for n in range(120)]
    low, high = analyse(rows).efforts
    assert (low.effort, high.effort, high.versus) == ("low", "high", "m@low")
    right = [(luck[:, 1] < 0.7).astype(float), (luck[:, 0] < 0.4).astype(float)]
    expected = paired_difference(*right, np.arange(120) // 3)
    assert expected is not None
    assert high.differences["accuracy"] == pytest.approx(expected.difference)
    assert high.intervals["accuracy"] == pytest.approx(expected.interval)
    assert high.cost_per_thousand_usd == pytest.approx(2.0)
    assert low.cost_per_thousand_usd is None


def test_reliability_points_add_up_to_all_answers_and_their_share_right(guesser_and_decliner: Analysis) -> None:
    points = guesser_and_decliner.reliability
    assert {point.model for point in points} == {"guesser"}
    assert sum(point.n for point in points) == 300
    (row,) = guesser_and_decliner.confidence
    assert sum(point.n * point.mean_y for point in points) / 300 == pytest.approx(row.accuracy)
    assert all(point.low <= point.mean_p <= point.high for point in points)
    assert all(point.interval is None or point.interval.low <= point.mean_y <= point.interval.high for point in points)


def test_many_levels_become_ten_bins() -> None:
    rows = [outcome(n, "m", C if n % 3 else P if n % 2 else W, (n % 97) / 100) for n in range(400)]
    points = analyse(rows).reliability
    assert 2 <= len(points) <= 10
    assert sum(point.n for point in points) == 400


def test_the_risk_of_answering_everything_is_the_share_wrong(guesser_and_decliner: Analysis) -> None:
    points = guesser_and_decliner.risk
    last = points[-1]
    assert (last.coverage, last.accepted) == (1.0, 300)
    assert last.risk == pytest.approx(1 - guesser_and_decliner.confidence[0].accuracy)
    assert all(one.risk == pytest.approx(one.errors / one.accepted) for one in points)
    assert [one.coverage for one in points] == sorted(one.coverage for one in points)


def test_questions_without_an_answer_have_no_part_in_curves() -> None:
    rows = [outcome(n, "m", A, stratum=Stratum.UNANSWERABLE) for n in range(30)]
    found = analyse(rows)
    assert (found.prices.curves, found.risk, found.reliability, found.efforts) == ((), (), (), ())
