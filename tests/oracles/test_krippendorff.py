"""Krippendorff's alpha against the package ``krippendorff`` (GPL: an oracle of the tests, never a dependency)."""

import numpy as np
import pytest

from calibrant.metrics import krippendorff_alpha

krippendorff = pytest.importorskip("krippendorff")


@pytest.mark.parametrize("seed", range(20))
def test_alpha_is_theirs_with_missing_verdicts(seed: int) -> None:
    random = np.random.default_rng(seed)
    names, raters, items = random.integers(2, 5), random.integers(2, 6), random.integers(3, 60)
    truth = random.integers(0, names, items)
    guesses = random.integers(0, names, (raters, items))
    table = np.where(random.random((raters, items)) < 0.7, truth, guesses).astype(float)
    table[random.random((raters, items)) < 0.3] = np.nan
    ours = krippendorff_alpha([column[~np.isnan(column)].tolist() for column in table.T])
    if ours is None:
        with pytest.raises(ValueError, match="at least"):
            krippendorff.alpha(reliability_data=table, level_of_measurement="nominal")
    else:
        theirs = krippendorff.alpha(reliability_data=table, level_of_measurement="nominal")
        assert ours == pytest.approx(theirs, abs=1e-12)
