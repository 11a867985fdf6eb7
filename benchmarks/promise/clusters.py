"""Promises on questions that stand or fall together: ignored, and dealt with.

    python benchmarks/promise/clusters.py --draws 1000

The true risk of a random question of a new document is alpha at every threshold, so that every promise made is broken. Each
document has its own error rate (beta law with the given intra-class correlation). Scores are independent of the document,
or mostly the document's own ('own'), or sizes differ fivefold ('uneven'). A second table has a true risk of alpha / 2: there
a promise is a success.
"""

from __future__ import annotations

import itertools

import numpy as np
from pool import SEEDS, arguments, over_cells, table, write

from calibrant.policies import certify

DESIGNS = [(100, 10), (50, 20), (30, 30), (20, 25), (200, 5)]
FEW_ERRORS: list[tuple[object, ...]] = [
    ((100, 10), 1.0, "independent", 0.01),
    ((250, 4), 1.0, "independent", 0.01),
    ((250, 4), 0.5, "independent", 0.01),
    ((30, 30), 0.2, "independent", 0.01),
    ((50, 20), 0.2, "independent", 0.01),
    ((120, 8), 0.5, "independent", 0.02),
    ((50, 20), 1.0, "independent", 0.05),
    ((50, 20), 0.8, "own", 0.05),
]
"""Where a draw may well show no error at all, and says nothing of how rows depend."""
DELTA = 0.1
WAYS = {
    "ignored, single": {"method": "single", "ignore": True},
    "ignored": {"ignore": True},
    "multistart": {},
    "single": {"method": "single"},
    "pilot": {"method": "pilot"},
    "sgr": {"method": "sgr"},
    "bonferroni": {"method": "bonferroni"},
    "one of each": {"exact": True},
    "band, one of each": {"method": "band"},
    "betting, all rows": {"method": "betting"},
}


def rows(
    random: np.random.Generator, design: tuple[int, int], icc: float, scores: str, risk: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    groups, size = design
    sizes = np.full(groups, size)
    if scores == "uneven":
        sizes = np.where(np.arange(groups) % 2 == 0, size // 3 + 1, 2 * size - size // 3 - 1)
    cluster = np.repeat(np.arange(groups), sizes)
    if icc == 0:
        rate = np.full(groups, risk)
    elif icc == 1:
        rate = (random.random(groups) < risk).astype(float)
    else:
        rate = random.beta(risk * (1 - icc) / icc, (1 - risk) * (1 - icc) / icc, groups)
    right = random.random(len(cluster)) >= rate[cluster]
    own = random.random(groups)[cluster]
    score = random.random(len(cluster)) if scores != "own" else 0.8 * own + 0.2 * random.random(len(cluster))
    return score, right, cluster


def cell(
    design: tuple[int, int], icc: float, scores: str, alpha: float, factor: float, draws: int, seed: int
) -> dict[str, float]:
    """Way -> share of draws with a promise."""
    made = dict.fromkeys(WAYS, 0)
    for number, draw in itertools.product(range(SEEDS), range(draws // SEEDS)):
        random = np.random.default_rng([seed + number, draw, design[0], int(1000 * icc), int(1000 * alpha)])
        score, right, cluster = rows(random, design, icc, scores, alpha * factor)
        for way, given in WAYS.items():
            options = dict(given)
            labels = None if options.pop("ignore", False) else cluster
            made[way] += certify(
                score, right, alpha=alpha, delta=DELTA, clusters=labels, look=None, seed=draw, **options
            ).promised
    return {way: count / (draws // SEEDS * SEEDS) for way, count in made.items()}


def shown(given: object, cells: list[tuple[object, ...]], factor: float) -> list[list[object]]:
    asked = [(*one, factor, given.draws, given.seed) for one in cells]  # type: ignore[attr-defined]
    found = over_cells(cell, asked, given.processes)  # type: ignore[attr-defined]
    return [
        [
            f"{one[0][0]} x {one[0][1]}, ICC {one[1]:g}, {one[2]}, alpha {one[3]:g}",
            *(f"{v:.3f}" for v in result.values()),
        ]  # type: ignore[index]
        for one, result in zip(cells, found, strict=True)
    ]


def main() -> None:
    given = arguments(__doc__, 1000).parse_args()
    cells: list[tuple[object, ...]] = [
        (design, icc, scores, 0.1)
        for design, icc, scores in itertools.product(DESIGNS[:4], (0.0, 0.1, 0.2), ("independent", "own", "uneven"))
        if scores == "independent" or icc
    ]
    cells += [((100, 10), 0.2, "own", 0.05), ((50, 20), 0.2, "own", 0.2), ((30, 30), 0.2, "independent", 0.2)]
    cells += [((20, 25), 0.2, "independent", 0.2), ((20, 25), 0.1, "own", 0.2)]
    cells += [((200, 5), 1.0, "independent", 0.1), ((200, 5), 0.5, "independent", 0.1)]
    cells += FEW_ERRORS
    broken = shown(given, cells, 1.0)
    success = [(d, i, "independent", a) for d, i in itertools.product(DESIGNS, (0.0, 0.1)) for a in (0.1, 0.2)]
    success += [((25, 20), i, "independent", a) for i in (0.0, 0.1) for a in (0.1, 0.2)]
    kept = shown(given, success, 0.5)
    drawn = given.draws // SEEDS * SEEDS
    worst = ["worst", *(max(row[i + 1] for row in broken) for i in range(len(WAYS)))]
    text = [
        f"delta {DELTA}, {drawn} draws a cell over {SEEDS} seeds; a share is known to +- {2 * (0.09 / drawn) ** 0.5:.3f}.",
        "",
        "## True risk alpha: share of draws with a promise, all of them broken (at most .1 allowed)",
        "",
        table(["documents x questions", *WAYS], [*broken, worst]),
        "",
        "## True risk alpha / 2: share of draws with a promise, all of them kept",
        "",
        table(["documents x questions", *WAYS], kept),
    ]
    write("\n".join(text), given.out)


if __name__ == "__main__":
    main()
