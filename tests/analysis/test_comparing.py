"""Contenders on the same questions: what differs, by how much, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from calibrant.analysis import CompareOptions, Comparison, Difference, Settings, compare_outcomes
from calibrant.analysis.comparison import turned
from calibrant.errors import InputError
from calibrant.metrics import paired_difference, paired_ratio_difference, simultaneous_differences
from calibrant.types import Confidence, ConfidenceSource, ModelRef, Outcome, OutcomeState, Stratum

C, P, I, A, E, U = (  # noqa: E741 - as definitions call them
    OutcomeState.CORRECT,
    OutcomeState.PARTIAL,
    OutcomeState.INCORRECT,
    OutcomeState.ABSTAINED,
    OutcomeState.ERROR,
    OutcomeState.UNGRADED,
)


def attempts(name: str, states: Iterable[OutcomeState], **told: object) -> Iterator[tuple[str, Outcome]]:
    """One attempt at each of questions 0, 1, 2 ..., five to a document unless told otherwise."""
    size = told.pop("size", 5)
    for place, state in enumerate(states):
        fields = {"question_id": f"q{place}", "cluster": f"d{place // size}"} | told  # type: ignore[operator]
        yield name, Outcome(model=ModelRef(model="m"), state=state, **fields)  # type: ignore[arg-type]


def drawn(seed: int, n: int, shares: Sequence[float]) -> list[OutcomeState]:
    random = np.random.default_rng(seed)
    return [(C, P, I, A)[place] for place in random.choice(4, n, p=shares)]


def compared(*states: Sequence[OutcomeState], **chosen: object) -> Comparison:
    names = "abcdef"[: len(states)]
    rows = [row for name, one in zip(names, states, strict=True) for row in attempts(name, one)]
    return compare_outcomes(list(names), rows, CompareOptions(**chosen))  # type: ignore[arg-type]


def one(comparison: Comparison, metric: str) -> Difference:
    (found,) = comparison.find(metric)
    return found


FIRST, SECOND = drawn(1, 300, (0.5, 0.05, 0.3, 0.15)), drawn(2, 300, (0.4, 0.05, 0.3, 0.25))
CLUSTERS = [place // 5 for place in range(300)]


def test_a_mean_differs_by_the_paired_difference_on_the_same_clusters() -> None:
    row = one(compared(FIRST, SECOND), "omniscience_index")
    scores = [np.array([100 * (s is C) - 100 * (s is I) for s in states]) for states in (FIRST, SECOND)]
    expected = paired_difference(*scores, CLUSTERS, degrees="effective")
    assert expected is not None
    assert row.difference == pytest.approx(expected.difference)
    assert row.interval == pytest.approx(expected.interval)
    assert (row.how, row.questions, row.clusters) == ("paired t", 300, 60)


def test_a_ratio_differs_by_paired_cluster_resampling_and_has_the_rate_on_shared_questions_beside_it() -> None:
    row = one(compared(FIRST, SECOND), "hallucination_rate")
    wrong, missed = ([np.array([s in of for s in x], float) for x in (FIRST, SECOND)] for of in ((I,), (P, I, A)))
    expected = paired_ratio_difference((wrong[0], wrong[1]), (missed[0], missed[1]), CLUSTERS, draws=8000)
    assert expected is not None
    assert expected.on_shared is not None
    assert row.how == "paired cluster resampling"
    assert row.difference == pytest.approx(expected.difference)
    assert row.interval == pytest.approx(expected.interval, abs=0.015)
    assert row.on_shared is not None
    assert row.on_shared.difference == pytest.approx(expected.on_shared.difference)
    assert row.on_shared.n == sum(s is not C and t is not C for s, t in zip(FIRST, SECOND, strict=True))


def test_every_metric_is_what_the_definitions_say_of_each_model() -> None:
    from calibrant.metrics import error_rates, outcome_metrics

    comparison = compared(FIRST, SECOND, settings=Settings(price=0.75))
    counts = [{name: s.count(x) for name, x in zip(NAMES, (C, P, I, A), strict=True)} for s in (FIRST, SECOND)]
    first, second = (outcome_metrics(**c, price=0.75) for c in counts)
    for metric in ("accuracy", "hallucination_rate", "omniscience_index", "attempt_rate", "f1", "index_at_price"):
        row = one(comparison, metric)
        assert row.first_value == pytest.approx(getattr(first, metric)), metric
        assert row.second_value == pytest.approx(getattr(second, metric)), metric
        assert row.difference == pytest.approx(getattr(first, metric) - getattr(second, metric)), metric
    assert one(comparison, "selective_risk").first_value == pytest.approx(error_rates(**counts[0]).selective_risk)


NAMES = ("correct", "partial", "incorrect", "abstained")


def test_turning_the_order_turns_every_sign() -> None:
    there, back = compared(FIRST, SECOND), compared(SECOND, FIRST)
    for row in there.strata[0].differences:
        other = one(back, row.metric)
        assert other.difference == pytest.approx(-(row.difference or 0))
        assert turned(turned(row)) == row
        if row.how == "paired t":
            assert turned(other).interval == pytest.approx(row.interval)
    asked = there.find("accuracy", pair=("b", "a"))
    assert asked[0].difference == pytest.approx(-(one(there, "accuracy").difference or 0))


def test_questions_are_told_by_what_was_shown_not_by_their_ids_or_order() -> None:
    def renamed(name: str, states: Sequence[OutcomeState], prefix: str) -> list[tuple[str, Outcome]]:
        return [
            (name, replace(o, question_id=f"{prefix}{place}", question_hash=o.question_id))
            for place, (_, o) in enumerate(attempts(name, states))
        ]

    first, second = renamed("a", FIRST, "x"), renamed("b", SECOND, "y")[::-1]
    found = compare_outcomes(["a", "b"], [*first, *second])
    assert found.strata[0].graded == 300
    assert one(found, "accuracy").difference == pytest.approx(one(compared(FIRST, SECOND), "accuracy").difference)


def test_repeats_are_averaged_inside_their_question_and_said_where_one_has_fewer() -> None:
    rows = [*attempts("a", FIRST), *attempts("a", SECOND, repeat=1), *attempts("b", SECOND)]
    found = compare_outcomes(["a", "b"], rows)
    assert one(found, "accuracy").first_value == pytest.approx((FIRST.count(C) + SECOND.count(C)) / 600)
    (said,) = [caution.text for caution in found.cautions if caution.kind == "repeats"]
    assert said.startswith("Answers to a question: a 2, b 1.")


def test_unanswered_questions_of_one_are_left_out_for_both_and_said() -> None:
    found = compared(FIRST, SECOND[:200])
    assert (found.strata[0].asked, found.strata[0].shared, found.strata[0].graded) == (300, 200, 200)
    assert one(found, "accuracy").first_value == pytest.approx(FIRST[:200].count(C) / 200)
    assert any("a: 100 of 300 questions were not asked of all" in caution.text for caution in found.cautions)


def test_were_errors_wrong_the_difference_is_that_of_wrong_answers() -> None:
    with_errors = [E if place % 7 == 0 else state for place, state in enumerate(FIRST)]
    as_wrong = [I if state is E else state for state in with_errors]
    found, expected = compared(with_errors, SECOND), compared(as_wrong, SECOND)
    for metric in ("omniscience_index", "accuracy", "hallucination_rate", "f1", "selective_risk"):
        assert one(found, metric).if_errors_wrong == pytest.approx(one(expected, metric).difference), metric
    assert one(compared(FIRST, SECOND), "accuracy").if_errors_wrong is None


def test_bounds_under_any_verdict_are_those_of_trying_all_verdicts() -> None:
    first, second = [C, I, A, U, U, C], [U, C, I, C, A, A]
    found = compared(first, second)
    for metric in ("omniscience_index", "accuracy", "hallucination_rate", "attempt_rate"):
        tried = []
        for verdicts in product((C, I, A), repeat=3):
            left = list(verdicts)
            full = [[left.pop() if s is U else s for s in states] for states in (first, second)]
            tried.append(one(compared(*full), metric).difference or 0.0)
        assert one(found, metric).if_ungraded == pytest.approx((min(tried), max(tried))), metric


def test_of_more_than_two_the_intervals_hold_at_once_and_a_declared_pair_stands_alone() -> None:
    third = drawn(3, 300, (0.45, 0.05, 0.3, 0.2))
    together = compared(FIRST, SECOND, third)
    scores = np.array([[100.0 * (s is C) - 100.0 * (s is I) for s in x] for x in (FIRST, SECOND, third)]).T
    expected = simultaneous_differences(scores, CLUSTERS)
    rows = [row for row in together.strata[0].differences if row.metric == "omniscience_index"]
    # Documents are resampled in another order here, so the common bound differs by what chance makes of it.
    assert [row.interval for row in rows] == [pytest.approx(one.interval, abs=1.0) for one in expected]
    assert {row.how for row in rows} == {"all pairs at once"}
    assert set(together.strata[0].ranks) == {"a", "b", "c"}
    declared = compared(FIRST, SECOND, third, declared=("b", "a"))
    (alone,) = declared.find("omniscience_index", pair=("a", "b"))
    assert alone.interval == pytest.approx(one(compared(FIRST, SECOND), "omniscience_index").interval)
    assert alone.how == "paired t"


def test_intervals_of_domains_hold_at_once_by_bonferroni() -> None:
    rows = [
        (name, Outcome(question_id=o.question_id, cluster=o.cluster, model=o.model, state=o.state, domain=domain))
        for name, states in (("a", FIRST), ("b", SECOND))
        for place, (name, o) in enumerate(attempts(name, states))
        for domain in [("law", "music")[place // 5 % 2]]
    ]
    found = compare_outcomes(["a", "b"], rows)
    (law,) = found.find("accuracy", by="domain", value="law")
    of_law = [place for place in range(300) if place // 5 % 2 == 0]
    a, b = ([float(states[place] is C) for place in of_law] for states in (FIRST, SECOND))
    expected = paired_difference(a, b, [place // 5 for place in of_law], level=0.975, degrees="effective")
    assert expected is not None
    assert law.interval == pytest.approx(expected.interval)
    assert law.questions == 150


def test_a_margin_is_met_where_the_interval_lies_inside_it() -> None:
    wide = compared(FIRST, SECOND, margin=1000.0).strata[0].margins[0]
    assert (wide.equivalent, wide.first_not_worse, wide.second_not_worse) == (True, True, True)
    tight = compared(FIRST, SECOND, margin=0.1).strata[0].margins[0]
    assert not tight.equivalent
    low, high = one(compared(FIRST, SECOND), "wrong_of_all").interval or (0, 0)
    lower = compared(FIRST, SECOND, metric="wrong_of_all", margin=high + 1e-6).strata[0].margins[0]
    assert lower.first_not_worse
    assert lower.second_not_worse == (low > -high - 1e-6)


def test_confidence_is_compared_where_all_have_the_signal() -> None:
    random = np.random.default_rng(5)

    def sure(name: str, states: list[OutcomeState], noise: float) -> Iterator[tuple[str, Outcome]]:
        for (who, o), extra in zip(attempts(name, states), random.random(len(states)), strict=True):
            value = round(float(np.clip((o.state is C) * (1 - noise) + noise * extra, 0, 1)), 1)
            stated = Confidence(source=ConfidenceSource.STATED, value=value)
            yield (
                who,
                Outcome(
                    question_id=o.question_id, cluster=o.cluster, model=o.model, state=o.state, confidences=(stated,)
                ),
            )

    rows = [*sure("a", FIRST, 0.3), *sure("b", SECOND, 0.9)]
    found = compare_outcomes(["a", "b"], rows)
    from calibrant.metrics import auroc

    for place in (0, 1):
        mine = [o for name, o in rows if name == "ab"[place] and o.state is not A]
        expected = auroc([o.confidences[0].value for o in mine], [float(o.state is C) for o in mine])
        value = one(found, "auroc").first_value if place == 0 else one(found, "auroc").second_value
        assert value == pytest.approx(expected)
    assert one(found, "auroc").verdict == "first better"
    assert one(found, "brier").verdict == "first better"
    assert one(found, "level_ece").interval is None
    assert not compared(FIRST, SECOND).find("auroc")


def test_costs_are_compared_where_every_answer_says_so() -> None:
    rows = [
        *attempts("a", FIRST, cost_usd=0.002),
        *attempts("b", SECOND, cost_usd=0.001),
    ]
    found = one(compare_outcomes(["a", "b"], rows), "cost_usd")
    assert found.difference == pytest.approx(0.001)
    assert found.interval is None
    assert not compared(FIRST, SECOND).find("cost_usd")


def test_questions_without_an_answer_are_compared_by_declining() -> None:
    rows = [*attempts("a", [A, A, I] * 20, stratum=Stratum.UNANSWERABLE)]
    rows += [*attempts("b", [A, I, I] * 20, stratum=Stratum.UNANSWERABLE)]
    found = compare_outcomes(["a", "b"], rows)
    assert found.strata[0].ranked_by == "correct_refusal"
    assert one(found, "correct_refusal").difference == pytest.approx(1 / 3)
    assert not found.find("accuracy")


def test_the_same_answers_differ_by_nothing_within_what_was_not_seen() -> None:
    row = one(compared(FIRST, FIRST), "accuracy")
    assert row.difference == 0
    assert row.interval is not None
    assert row.interval.low < 0 < row.interval.high
    assert row.verdict == "not settled"


def test_one_document_gives_no_interval_and_says_so() -> None:
    rows = [*attempts("a", FIRST, size=1000), *attempts("b", SECOND, size=1000)]
    found = compare_outcomes(["a", "b"], rows)
    assert all(row.interval is None for row in found.strata[0].differences)
    assert any("depend on one document" in caution.text for caution in found.cautions)


def test_a_metric_undefined_for_one_has_no_difference() -> None:
    row = one(compared([C] * 50, SECOND[:50]), "hallucination_rate")
    assert (row.first_value, row.difference, row.interval) == (None, None, None)
    assert one(compared([I] * 50, SECOND[:50]), "f1").first_value is None


@pytest.mark.parametrize(
    ("states", "said"),
    [
        pytest.param((FIRST,), "nothing to compare", id="one"),
        pytest.param(([U] * 5, FIRST[:5]), "of 5 shared questions none has a grade", id="no grades"),
    ],
)
def test_what_cannot_be_compared_is_refused(states: Sequence[Sequence[OutcomeState]], said: str) -> None:
    with pytest.raises(InputError, match=said):
        compared(*states)


def test_no_common_question_and_names_that_are_not_there_are_refused() -> None:
    apart = [*attempts("a", FIRST), *((n, o) for n, o in attempts("b", SECOND, question_id="other"))]
    with pytest.raises(InputError, match="they share none"):
        compare_outcomes(["a", "b"], apart)
    with pytest.raises(InputError, match="b has no answers"):
        compare_outcomes(["a", "b"], attempts("a", FIRST))
    with pytest.raises(InputError, match="named twice"):
        compare_outcomes(["a", "a"], attempts("a", FIRST))
    with pytest.raises(InputError, match="'z' is not compared"):
        compared(FIRST, SECOND, declared=("a", "z"))


@pytest.mark.parametrize("wrong", [{"metric": "auroc"}, {"by": ("colour",)}, {"margin": 0.0}])
def test_options_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        CompareOptions(**wrong)  # type: ignore[arg-type]
