"""Intervals and exact binomial bounds against statsmodels, where it is installed."""

import numpy as np
import pytest

from calibrant.metrics import binomial_p_value, clopper_pearson_upper, clustered_interval, wilson_interval

pytest.importorskip("statsmodels", reason="statsmodels is not installed (extra: oracles)")


@pytest.mark.parametrize(("successes", "n"), [(0, 20), (5, 20), (20, 20), (137, 1000)])
def test_wilson_agrees_with_statsmodels(successes: int, n: int) -> None:
    from statsmodels.stats.proportion import proportion_confint

    assert wilson_interval(successes, n) == pytest.approx(proportion_confint(successes, n, method="wilson"), abs=1e-12)


@pytest.mark.parametrize(("errors", "n"), [(0, 20), (5, 20), (19, 20), (20, 20), (37, 1000)])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_the_upper_bound_is_that_of_a_two_sided_interval_at_twice_the_risk(errors: int, n: int, level: float) -> None:
    from statsmodels.stats.proportion import proportion_confint

    _, upper = proportion_confint(errors, n, alpha=2 * (1 - level), method="beta")
    assert clopper_pearson_upper(errors, n, level) == pytest.approx(upper, abs=1e-12)


@pytest.mark.parametrize(("errors", "n", "alpha"), [(0, 45, 0.05), (3, 80, 0.1), (20, 20, 0.5), (37, 1000, 0.05)])
def test_the_binomial_p_value_agrees_with_statsmodels(errors: int, n: int, alpha: float) -> None:
    from statsmodels.stats.proportion import binom_test

    theirs = binom_test(errors, n, prop=alpha, alternative="smaller")
    assert binomial_p_value(errors, n, alpha) == pytest.approx(theirs, abs=1e-12)


def test_the_clustered_mean_agrees_with_a_regression_on_a_constant() -> None:
    from statsmodels.regression.linear_model import OLS

    clusters = np.repeat(np.arange(24), 5)
    # Flat residuals: then the degrees of freedom are G - 1 on both sides.
    values = np.tile([0.0, 1.0], 12)[clusters] + np.tile([-0.2, -0.1, 0.0, 0.1, 0.2], 24)
    fit = OLS(values, np.ones((values.size, 1))).fit(cov_type="cluster", cov_kwds={"groups": clusters}, use_t=True)
    assert clustered_interval(values, clusters) == pytest.approx(tuple(fit.conf_int()[0]), rel=1e-9)
