"""The band's dynamic programme against enumeration, and the sizes of tests against their definition."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from calibrant.policies import accepted_needed, zero_error_minimum
from calibrant.policies.crossing import crossing_probability, largest_passing, pointwise_level


def by_enumeration(sizes: tuple[int, ...], limits: list[int], alpha: float) -> float:
    total = 0.0
    for errors in itertools.product((0, 1), repeat=sizes[-1]):
        counts = np.cumsum(errors)
        if any(counts[size - 1] <= limit for size, limit in zip(sizes, limits, strict=True)):
            k = sum(errors)
            total += alpha**k * (1 - alpha) ** (sizes[-1] - k)
    return total


@settings(max_examples=30, deadline=None)
@given(
    steps=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    alpha=st.sampled_from([0.05, 0.2, 0.5]),
    data=st.data(),
)
def test_crossing_agrees_with_enumeration(steps, alpha, data) -> None:
    sizes = tuple(int(n) for n in np.cumsum(steps))
    if sizes[-1] > 12:
        return
    limits = [data.draw(st.integers(-1, size)) for size in sizes]
    exact = by_enumeration(sizes, limits, alpha)
    assert crossing_probability(sizes, np.array(limits), alpha) == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize(("alpha", "level"), [(0.3, 0.1), (0.2, 0.3), (0.5, 0.05)])
def test_the_pointwise_level_keeps_the_whole_band_at_its_level(alpha, level) -> None:
    sizes = (4, 6, 9, 12)
    pointwise = pointwise_level(sizes, alpha, level)
    limits = largest_passing(np.array(sizes), alpha, pointwise)
    assert by_enumeration(sizes, list(limits), alpha) <= level + 1e-12
    assert level / len(sizes) - 1e-12 <= pointwise <= level + 1e-12
    # A larger level that admits one more count breaks the band.
    more = min(binom.cdf(limit + 1, size, alpha) for size, limit in zip(sizes, limits, strict=True))
    if more <= level:
        assert by_enumeration(sizes, list(largest_passing(np.array(sizes), alpha, more)), alpha) > level


@given(n=st.integers(1, 3000), alpha=st.floats(0.01, 0.6), level=st.floats(0.001, 0.4))
@settings(max_examples=60, deadline=None)
def test_the_largest_passing_count_is_the_largest(n, alpha, level) -> None:
    limit = int(largest_passing(np.array([n]), alpha, level)[0])
    assert limit < 0 or binom.cdf(limit, n, alpha) <= level * (1 + 1e-9)
    assert binom.cdf(limit + 1, n, alpha) > level * (1 - 1e-9)


@pytest.mark.parametrize(
    ("alpha", "level", "least", "needed"),
    [
        (0.01, 0.1, 230, 1658),
        (0.01, 0.05, 299, 2185),
        (0.02, 0.1, 114, 828),
        (0.02, 0.05, 149, 1091),
        (0.05, 0.1, 45, 330),
        (0.05, 0.05, 59, 434),
        (0.1, 0.1, 22, 152),
        (0.1, 0.05, 29, 203),
    ],
)
def test_sizes_are_those_of_the_definitions(alpha, level, least, needed) -> None:
    assert zero_error_minimum(alpha, level) == least
    assert accepted_needed(alpha, level, alpha / 2) == needed


def test_no_number_of_rows_shows_a_risk_that_is_too_high() -> None:
    assert accepted_needed(0.1, 0.1, 0.1) is None
    assert accepted_needed(0.1, 0.1, 0.0999999) is None
    assert accepted_needed(0.1, 0.1, 0.0) == 22
