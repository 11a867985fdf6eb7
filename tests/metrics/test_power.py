import numpy as np
import pytest

from calibrant.metrics import PairedVariance, detectable_difference, paired_variance, questions_needed


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
