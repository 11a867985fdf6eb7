import numpy as np
import pytest

from calibrant.metrics import (
    PairedVariance,
    attempt_variance,
    cluster_covariance,
    detectable_difference,
    paired_variance,
    questions_needed,
)


def test_the_formula_gives_the_textbook_count() -> None:
    # (1.959964 + 0.841621)^2 * 0.25 / 0.05^2 = 784.9
    assert questions_needed(0.05, PairedVariance(between=0.25, within_a=0.0)) == 785


def test_the_detectable_difference_inverts_the_count() -> None:
    variance = PairedVariance(between=0.1, within_a=0.2, within_b=0.1)
    seen = detectable_difference(400, variance, repeats=(2, 3), design_effect=1.5)
    assert questions_needed(seen * (1 + 1e-9), variance, repeats=(2, 3), design_effect=1.5) == 400


def test_repeats_help_only_against_the_within_part() -> None:
    assert questions_needed(0.1, PairedVariance(between=0.2, within_a=0.0), repeats=(9, 9)) == questions_needed(
        0.1, PairedVariance(between=0.2, within_a=0.0)
    )
    noisy = PairedVariance(between=0.1, within_a=0.2)
    assert questions_needed(0.1, noisy, repeats=(4, 1)) < questions_needed(0.1, noisy)


def test_a_pilot_tells_question_variance_from_repeat_noise() -> None:
    rng = np.random.default_rng(0)
    questions = 4000
    a = rng.normal(0, 0.3, (questions, 1)) + rng.normal(0, 0.5, (questions, 3))
    b = rng.normal(0, 0.4, (questions, 2))
    found = paired_variance(a, b)
    assert found.between == pytest.approx(0.09, abs=0.02)
    assert found.within_a == pytest.approx(0.25, abs=0.01)
    assert found.within_b == pytest.approx(0.16, abs=0.01)


def test_no_difference_cannot_be_planned_for() -> None:
    with pytest.raises(ValueError, match="difference other than 0"):
        questions_needed(0.0, PairedVariance(between=0.2, within_a=0.0))


def test_attempts_in_rows_tell_the_same_as_a_table_of_repeats() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(0, 0.5, (50, 3)), rng.normal(0, 0.5, (50, 2))
    rows = attempt_variance(a.ravel(), np.repeat(np.arange(50), 3), b.ravel(), np.repeat(np.arange(50), 2))
    table = paired_variance(a, b)
    assert rows.between == pytest.approx(table.between)
    assert rows.within_a == pytest.approx(table.within_a)
    assert rows.within_b == pytest.approx(table.within_b)


def test_questions_that_only_one_model_has_do_not_count_in_a_pair() -> None:
    a, of_a = [1.0, 2.0, 5.0, 99.0], [1, 2, 3, 4]
    b, of_b = [0.0, 0.0, 1.0, 77.0], [1, 2, 3, 5]
    assert attempt_variance(a, of_a, b, of_b).between == pytest.approx(np.var([1, 2, 4], ddof=1))
    with pytest.raises(ValueError, match="fewer than two questions in common"):
        attempt_variance([1.0, 2.0], [1, 2], [1.0, 2.0], [2, 3])


def test_unequal_repeats_are_taken_off_question_by_question() -> None:
    rng = np.random.default_rng(2)
    repeats = rng.integers(1, 5, 6000)
    questions = np.repeat(np.arange(6000), repeats)
    values = rng.normal(0, 0.6, 6000)[questions] + rng.normal(0, 1.0, len(questions))
    found = attempt_variance(values, questions)
    assert found.between == pytest.approx(0.36, abs=0.05)
    assert found.within_a == pytest.approx(1.0, abs=0.03)


def test_the_covariance_of_documents_is_their_variance() -> None:
    rng = np.random.default_rng(3)
    documents = np.repeat(np.arange(2000), 5)
    values = rng.normal(0, 0.5, 2000)[documents] + rng.normal(0, 1.0, len(documents))
    assert cluster_covariance(values, documents) == pytest.approx(0.25, abs=0.04)
    assert cluster_covariance(rng.normal(size=4000), np.repeat(np.arange(800), 5)) == pytest.approx(0, abs=0.05)
    assert cluster_covariance(values[:10], np.arange(10)) is None
