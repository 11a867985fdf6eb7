"""The category-mean router: the control that most routers of questions do not beat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calibrant.confidence.calibrate import cluster_folds
from calibrant.metrics.arrays import Floats, Ints
from calibrant.policies.routing.arms import ArmTable
from calibrant.policies.routing.controls import chosen, prices_to_sweep, ranks
from calibrant.policies.routing.points import Curve

__all__ = ["category_means", "category_router", "category_scores", "cross_fitted_categories"]

PRIOR = 20.0
"""Answers' worth of the overall mean in each category's: a category of five questions says little."""


def category_means(fit: ArmTable) -> dict[str, Floats]:
    """How often each arm is right in each category, drawn towards its mean over all; under "" the mean alone.

    Raises:
        ValueError: the table has no categories.
    """
    if fit.domains is None:
        raise ValueError("the questions have no categories")
    right = np.nan_to_num(fit.right)
    overall = right.mean(axis=0)
    names, codes = np.unique(np.asarray(fit.domains, dtype=str), return_inverse=True)
    size = np.bincount(codes, minlength=len(names))[:, None]
    total = np.stack([np.bincount(codes, weights=one, minlength=len(names)) for one in right.T], axis=1)
    means = (total + PRIOR * overall) / (size + PRIOR)
    return {"": overall} | dict(zip(names.tolist(), means, strict=True))


def category_router(fit: ArmTable, table: ArmTable, prices: Sequence[float] | None = None) -> Curve:
    """Each category to the arm of the greatest mean - price x mean cost (RouterBench's objective), over all prices.

    Args:
        fit: labelled questions with categories; means of quality and cost come from here.
        table: the questions to be routed.
        prices: right answers that a dollar is worth, descending; by default every one at which a category changes.

    Raises:
        ValueError: no categories, or other arms.
    """
    if table.domains is None:
        raise ValueError("the questions have no categories")
    if fit.arms != table.arms:
        raise ValueError("the two tables have different arms")
    means = category_means(fit)
    q = np.stack([means.get(str(name), means[""]) for name in table.domains])
    c = _mean_costs(fit)
    swept = prices_to_sweep(np.unique(q, axis=0), c) if prices is None else prices
    points = [chosen(table, np.argmax(q - price * c, axis=1), "category means") for price in swept]
    return Curve(name="category means", points=tuple(points))


def _mean_costs(table: ArmTable) -> Floats:
    """Shape (1, arms)."""
    if np.isnan(table.cost).all(axis=0).any():
        return ranks(table)
    return np.asarray(np.nanmean(table.cost, axis=0), dtype=np.float64)[None, :]


def cross_fitted_categories(table: ArmTable, seed: int = 0, folds: int = 5) -> Curve | None:
    """The category-mean router, learned on these very questions but for each fold: a control as strong as it can be.

    None without categories, or with fewer than two clusters.
    """
    if table.domains is None or len(np.unique(table.clusters)) < 2:
        return None
    part = cluster_folds(table.clusters, len(table), folds=folds, seed=seed)
    means = np.zeros_like(table.right)
    for fold in np.unique(part):
        out = part == fold
        of_others = category_means(_rows(table, np.flatnonzero(~out)))
        for row in np.flatnonzero(out):
            means[row] = of_others.get(str(table.domains[int(row)]), of_others[""])
    mean_costs = _mean_costs(table)
    prices = prices_to_sweep(np.unique(means, axis=0), mean_costs, most=60)
    points = [chosen(table, np.argmax(means - price * mean_costs, axis=1), "category means") for price in prices]
    return Curve(name="category means", points=tuple(points))


def category_scores(table: ArmTable, seed: int = 0, folds: int = 5) -> Floats | None:
    """How much more often the last arm is right than the first in each question's category, learned on other folds.

    None without categories, or with fewer than two clusters.
    """
    if table.domains is None or len(np.unique(table.clusters)) < 2:
        return None
    part = cluster_folds(table.clusters, len(table), folds=folds, seed=seed)
    found = np.zeros(len(table))
    for fold in np.unique(part):
        means = category_means(_rows(table, np.flatnonzero(part != fold)))
        for row in np.flatnonzero(part == fold):
            one = means.get(str(table.domains[int(row)]), means[""])
            found[row] = one[-1] - one[0]
    return found


def _rows(table: ArmTable, rows: Ints) -> ArmTable:
    return ArmTable(
        arms=table.arms,
        right=table.right[rows],
        failed=table.failed[rows],
        cost=table.cost[rows],
        clusters=table.clusters[rows],
        domains=None if table.domains is None else [table.domains[int(i)] for i in rows],
    )
