"""Exact binomial tests: sums by hand, and test and bound that never disagree."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from calibrant.metrics import binomial_p_value, clopper_pearson_upper


@given(n=st.integers(1, 40), share=st.floats(0, 1), alpha=st.floats(0.01, 0.99))
def test_the_p_value_is_the_sum_of_the_binomial_probabilities(n: int, share: float, alpha: float) -> None:
    errors = round(share * n)
    summed = sum(comb(n, k) * alpha**k * (1 - alpha) ** (n - k) for k in range(errors + 1))
    assert binomial_p_value(errors, n, alpha) == pytest.approx(summed, abs=1e-12)


@given(n=st.integers(1, 2000), share=st.floats(0, 1), alpha=st.floats(0.01, 0.6), level=st.floats(0.5, 0.99))
def test_the_bound_is_below_alpha_exactly_where_the_test_rejects(
    n: int, share: float, alpha: float, level: float
) -> None:
    errors = round(share * n)
    p_value = binomial_p_value(errors, n, alpha)
    assume(abs(p_value - (1 - level)) > 1e-9)
    assert (clopper_pearson_upper(errors, n, level) < alpha) == (p_value < 1 - level)


@pytest.mark.parametrize(("alpha", "delta", "least"), [(0.05, 0.1, 45), (0.05, 0.1 / 6, 80)])
def test_below_the_least_number_of_answers_no_test_can_pass(alpha: float, delta: float, least: int) -> None:
    assert binomial_p_value(0, least, alpha) <= delta < binomial_p_value(0, least - 1, alpha)


def test_without_answers_nothing_is_known() -> None:
    assert binomial_p_value(0, 0, 0.1) == 1
    assert clopper_pearson_upper(0, 0, 0.9) == 1


def test_where_every_answer_is_wrong_the_bound_is_one() -> None:
    assert clopper_pearson_upper(7, 7, 0.9) == 1
    assert binomial_p_value(7, 7, 0.9) == 1


def test_counts_beyond_32_bits_have_a_p_value() -> None:
    assert binomial_p_value(2**31, 2**32, 0.5) == pytest.approx(0.5, abs=1e-4)
    assert binomial_p_value(2**31 - 2**17, 2**32, 0.5) == pytest.approx(3.2e-5, rel=0.05)


def test_large_counts_stay_exact() -> None:
    assert clopper_pearson_upper(0, 10**6, 0.95) == pytest.approx(1 - 0.05**1e-6, rel=1e-9)


@pytest.mark.parametrize(("errors", "n"), [(-1, 3), (4, 3), (0.5, 3), (0, 2.5), (float("nan"), 3), (0, float("inf"))])
def test_counts_that_do_not_fit_are_refused(errors: int, n: int) -> None:
    for call in (binomial_p_value, clopper_pearson_upper):
        with pytest.raises(ValueError, match="0 <= errors <= n"):
            call(errors, n, 0.5)


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, float("nan")])
def test_a_level_lies_strictly_between_nothing_and_one(share: float) -> None:
    with pytest.raises(ValueError, match="alpha must lie in"):
        binomial_p_value(1, 3, share)
    with pytest.raises(ValueError, match="level must lie in"):
        clopper_pearson_upper(1, 3, share)
