"""How often the intervals of the leaderboard hold the truth, over a grid of designs.

    python benchmarks/interval_coverage.py --draws 1000

A design is a number of clusters, their size, the correlation inside them, an accuracy and a share declined. Each draw
gives every cluster its own rates (Dirichlet with the given intra-class correlation), and every row an outcome. A cell
counts where there are 20 clusters and 5 expected events at least (definitions, section 2).
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections import defaultdict

import numpy as np

from calibrant.metrics import Degrees, clustered_interval, clustered_proportion, ratio_interval, wilson_interval

CLUSTERS = (20, 30, 60, 100)
SIZES = (1, 5, 10)
CORRELATIONS = (0.0, 0.1, 0.3)
OUTCOMES = ((0.3, 0.1), (0.5, 0.2), (0.7, 0.05), (0.9, 0.02))  # accuracy, share declined
FEWEST_EVENTS = 5


def draw(random: np.random.Generator, clusters: int, size: int, icc: float, shares: np.ndarray) -> np.ndarray:
    """Outcomes 0 correct, 1 incorrect, 2 declined, shape (clusters * size,)."""
    rates = np.tile(shares, (clusters, 1)) if icc == 0 else random.dirichlet(shares * (1 - icc) / icc, clusters)
    edges = np.cumsum(rates, axis=1)[:, None, :2]
    return (random.random((clusters, size, 1)) > edges).sum(axis=2).ravel()


def intervals(state: np.ndarray, labels: np.ndarray, plain: bool) -> dict[str, tuple[float, float] | None]:
    c, i, a = (state == 0), (state == 1), (state == 2)
    missed = i | a
    degrees: Degrees = "clusters" if plain else "effective"
    bounds = None if plain else (-100.0, 100.0)
    return {
        "accuracy": clustered_proportion(c, clusters=labels, degrees=degrees),
        "hallucination_rate": clustered_proportion(i, missed, labels, degrees=degrees),
        "attempt_rate": clustered_proportion(~a, clusters=labels, degrees=degrees),
        "accuracy_given_attempted": clustered_proportion(c, c | i, labels, degrees=degrees),
        "omniscience_index": clustered_interval(100.0 * c - 100.0 * i, labels, bounds=bounds, degrees=degrees),
        "f1": ratio_interval(2.0 * c, 1.0 + (c | i), labels, degrees=degrees),
        "accuracy, clusters ignored": wilson_interval(int(c.sum()), len(c)),
    }


def truths(accuracy: float, declined: float) -> dict[str, tuple[float, float, float]]:
    """Metric -> its true value, the chance that a row is an event, and that it is a trial without it."""
    wrong = 1 - accuracy - declined
    attempted = accuracy + wrong
    return {
        "accuracy": (accuracy, accuracy, 1 - accuracy),
        "hallucination_rate": (wrong / (wrong + declined), wrong, declined),
        "attempt_rate": (attempted, attempted, declined),
        "accuracy_given_attempted": (accuracy / attempted, accuracy, wrong),
        "omniscience_index": (100 * (accuracy - wrong), accuracy, 1 - accuracy),
        "f1": (2 * accuracy / (1 + attempted), accuracy, 1 - accuracy),
        "accuracy, clusters ignored": (accuracy, accuracy, 1 - accuracy),
    }


def coverage(draws: int, seed: int, plain: bool) -> dict[str, list[tuple[float, str]]]:
    """Metric -> (coverage, design) of every cell that counts."""
    found: dict[str, list[tuple[float, str]]] = defaultdict(list)
    grid = itertools.product(CLUSTERS, SIZES, CORRELATIONS, OUTCOMES)
    for number, (clusters, size, icc, (accuracy, declined)) in enumerate(grid):
        if size == 1 and icc:
            continue
        random = np.random.default_rng([seed, number])
        labels = np.repeat(np.arange(clusters), size)
        shares = np.array([accuracy, 1 - accuracy - declined, declined])
        hits: dict[str, int] = defaultdict(int)
        true = truths(accuracy, declined)
        for _ in range(draws):
            for metric, interval in intervals(draw(random, clusters, size, icc, shares), labels, plain).items():
                hits[metric] += interval is not None and interval[0] <= true[metric][0] <= interval[1]
        name = f"G {clusters}, size {size}, ICC {icc}, accuracy {accuracy}, declined {declined}"
        for metric, (_, event, other) in true.items():
            if min(event, other) * clusters * size >= FEWEST_EVENTS:
                found[metric].append((hits[metric] / draws, name))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--plain", action="store_true", help="G - 1 degrees and a symmetric Index: definitions, 2")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result = {}
    for metric, cells in coverage(arguments.draws, arguments.seed, arguments.plain).items():
        worst, where = min(cells)
        mean = sum(cell for cell, _ in cells) / len(cells)
        result[metric] = {"cells": len(cells), "mean": round(mean, 4), "worst": round(worst, 4), "worst at": where}
    if arguments.json:
        print(json.dumps(result, indent=2))
        return
    print(f"nominal 0.95, {arguments.draws} draws a cell, seed {arguments.seed}\n")
    print("| metric | cells | mean | worst | worst at |\n|---|---|---|---|---|")
    for metric, row in result.items():
        print(f"| {metric} | {row['cells']} | {row['mean']:.3f} | {row['worst']:.3f} | {row['worst at']} |")


if __name__ == "__main__":
    main()
