"""Logistic regression with soft targets, as Platt, beta calibration and the stack need it; scikit-learn does it."""

from __future__ import annotations

import numpy as np

from calibrant.metrics.arrays import Floats

__all__ = ["fit_logistic"]


def fit_logistic(columns: Floats, targets: Floats, *, penalty: float = 0.0) -> tuple[Floats, float]:
    """Weights and intercept that minimise the log loss plus ``penalty / 2`` times the squared weights.

    A column is measured in its standard deviations, which the penalty is about; one that never varies has weight 0.

    Args:
        columns: shape (n, k).
        targets: probabilities in [0, 1], shape (n,), not all 0 and not all 1.
        penalty: >= 0; the intercept is free of it.

    Returns:
        Weights in the columns' own units, shape (k,), and the intercept.
    """
    from sklearn.linear_model import LogisticRegression

    centre, spread = columns.mean(axis=0), columns.std(axis=0)
    varies = spread > 1e-9 * np.maximum(np.abs(columns).max(axis=0), 1e-300)
    weights = np.zeros(columns.shape[1])
    share = float(targets.mean())
    if not varies.any():
        return weights, float(np.log(share / (1 - share)))
    scaled = (columns[:, varies] - centre[varies]) / spread[varies]
    chance = np.concatenate([targets, 1 - targets])
    counted = chance > 0
    outcome = np.repeat([1, 0], len(targets))
    model = LogisticRegression(C=1 / penalty if penalty else np.inf, tol=1e-8, max_iter=1000)
    model.fit(np.vstack([scaled, scaled])[counted], outcome[counted], sample_weight=chance[counted])
    weights[varies] = model.coef_[0] / spread[varies]
    return weights, float(model.intercept_[0] - weights @ np.where(varies, centre, 0.0))
