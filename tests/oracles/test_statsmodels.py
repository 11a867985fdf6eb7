"""Intervals against statsmodels, where it is installed."""

import numpy as np
import pytest

from calibrant.metrics import clustered_interval, wilson_interval

pytest.importorskip("statsmodels")


@pytest.mark.parametrize(("successes", "n"), [(0, 20), (5, 20), (20, 20), (137, 1000)])
def test_wilson_agrees_with_statsmodels(successes: int, n: int) -> None:
    from statsmodels.stats.proportion import proportion_confint

    assert wilson_interval(successes, n) == pytest.approx(proportion_confint(successes, n, method="wilson"), abs=1e-12)


def test_the_clustered_mean_agrees_with_a_regression_on_a_constant() -> None:
    from statsmodels.regression.linear_model import OLS

    clusters = np.repeat(np.arange(24), 5)
    # Flat residuals: then the degrees of freedom are G - 1 on both sides.
    values = np.tile([0.0, 1.0], 12)[clusters] + np.tile([-0.2, -0.1, 0.0, 0.1, 0.2], 24)
    fit = OLS(values, np.ones((values.size, 1))).fit(cov_type="cluster", cov_kwds={"groups": clusters}, use_t=True)
    assert clustered_interval(values, clusters) == pytest.approx(tuple(fit.conf_int()[0]), rel=1e-9)
