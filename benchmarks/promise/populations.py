"""What the three declared populations promise, each kept when it is declared and broken when it is read as another.

    python benchmarks/promise/populations.py --draws 1000

'This set': the questions are fixed, and what is random is the answering. Every question has its own chance of a wrong answer,
and the promise is about these questions asked once more: sum P(answered and wrong) / sum P(answered) over them. Their mean
error is alpha (and a ten-millionth) at every threshold, so that every promise made is broken. Scores are fixed to the question
(the same at every asking) or drawn at each asking; questions are mixed, or each for good right or wrong; all are labelled, or a
random third; asked once, or five times. 'These documents': 20 documents of 25 questions whose error rates differ (ICC .2)
around a mean of alpha; what is random is the questions. The last row reads both as promises about new documents, which they
are not: the documents are drawn anew each time, and the true risk of a new one is alpha.
"""

from __future__ import annotations

import itertools

import numpy as np
from pool import SEEDS, arguments, over_cells, table, write

from calibrant.policies import Declared, certify

DELTA = 0.1
METHODS = ("multistart", "single", "band", "bonferroni")
MIXED = np.array([4, 2, 2, 1, 1, 0, 0, 0, 0, 0])
"""Chances of an error in a block of ten, in units of alpha: the mean is alpha, and no beginning of it has less."""
READ_AS_NEW = "these documents, or this set, read as new documents"
Rows = tuple[np.ndarray, np.ndarray, np.ndarray | None]


def chances(n: int, alpha: float, kind: str) -> np.ndarray:
    """Of an error, question by question, from the surest: the mean of every beginning is alpha at least."""
    if kind == "for good":
        wrong = np.zeros(n)
        wrong[:: round(1 / alpha)] = 1.0
        return wrong
    blocks = np.tile(MIXED * alpha, n // 10 + 1)[:n] if kind == "mixed" else np.full(n, alpha)
    return np.minimum(1.0, blocks * (1 + 1e-7))


def this_set(random: np.random.Generator, n: int, alpha: float, kind: str, scores: str, asked: str) -> Rows:
    """One asking (or five) of every question, or of a third of them."""
    wrong = chances(n, alpha, kind)
    place = -np.arange(n, dtype=float) / n
    question = np.arange(n)
    if asked == "a third labelled":
        question = random.permutation(n)[: n // 3]
    elif asked == "five times":
        question = np.repeat(question, 5)
    score = place[question] if scores == "fixed" else random.random(len(question))
    right = random.random(len(question)) >= wrong[question]
    return score, right, question if asked == "five times" else None


def documents(random: np.random.Generator, alpha: float, fixed: bool) -> Rows:
    """20 documents of 25 questions; with ``fixed`` their mean error rate is alpha exactly."""
    rate = random.beta(alpha * 4, (1 - alpha) * 4, 20)
    while fixed:
        rate *= alpha * (1 + 1e-7) / rate.mean()
        if rate.max() <= 1:
            break
        rate = random.beta(alpha * 4, (1 - alpha) * 4, 20)
    cluster = np.repeat(np.arange(20), 25)
    return random.random(500), random.random(500) >= rate[cluster], cluster


def drawn(random: np.random.Generator, name: str, n: int, alpha: float) -> tuple[Rows, str]:
    if name == "these documents":
        return documents(random, alpha, True), "these documents"
    if name == READ_AS_NEW:
        return documents(random, alpha, False), "these documents"
    kind, scores, asked = name.split(", ")
    return this_set(random, n, alpha, kind, scores.removeprefix("scores "), asked), "this set"


SETS = [
    ", ".join(one)
    for one in itertools.product(
        ("flat", "mixed", "for good"), ("scores fixed", "scores drawn"), ("once", "five times", "a third labelled")
    )
]
OTHERS = ["these documents", READ_AS_NEW]


def cell(name: str, n: int, alpha: float, draws: int, seed: int) -> np.ndarray:
    """Promises made by each method in each seed's draws; all are false. Shape (methods, seeds)."""
    made = np.zeros((len(METHODS), SEEDS))
    for number, draw in itertools.product(range(SEEDS), range(draws // SEEDS)):
        random = np.random.default_rng([seed + number, draw, n, int(1000 * alpha)])
        (score, right, cluster), population = drawn(random, name, n, alpha)
        for i, method in enumerate(METHODS):
            made[i, number] += certify(
                score,
                right,
                alpha=alpha,
                delta=DELTA,
                method=method,  # type: ignore[arg-type]
                clusters=cluster,
                look=None,
                seed=draw,
                declared=Declared(population=population),  # type: ignore[arg-type]
            ).promised
    return made


def main() -> None:
    parser = arguments(__doc__, 1000)
    parser.add_argument("--rows", type=int, nargs="+", default=[120, 600])
    parser.add_argument("--alphas", type=float, nargs="+", default=[0.05, 0.1, 0.2])
    given = parser.parse_args()
    cells = [(*one, given.draws, given.seed) for one in itertools.product(SETS, given.rows, given.alphas)]
    cells += [(name, 500, alpha, given.draws, given.seed) for name, alpha in itertools.product(OTHERS, given.alphas)]
    found = over_cells(cell, cells, given.processes)
    total = given.draws // SEEDS * SEEDS
    rows = []
    for name in (*SETS, *OTHERS):
        mine = [(one, result) for one, result in zip(cells, found, strict=True) if one[0] == name]
        row: list[object] = [name]
        for i in range(len(METHODS)):
            share, one = max((float(result[i].sum()) / total, one) for one, result in mine)
            row.append(f"{share:.3f} (n {one[1]}, {one[2]:g})")
        seeds = max(float(result[i].max()) * SEEDS / total for _, result in mine for i in range(len(METHODS)))
        rows.append([*row, seeds])
    error = 2 * (0.09 / total) ** 0.5
    text = [
        f"delta {DELTA}, {total} draws a cell over {SEEDS} seeds, {len(cells)} cells; a share is known to +- {error:.3f}.",
        "The worst cell of each row (questions, alpha).",
        "",
        table(["questions and what is promised", *METHODS, f"worst seed ({total // SEEDS} draws)"], rows),
    ]
    write("\n".join(text), given.out)


if __name__ == "__main__":
    main()
