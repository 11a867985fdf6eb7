"""How often each method's promise is false, with independent rows, over laws made to break it.

    python benchmarks/promise/validity.py --draws 1000

Every cell is a law, a number of rows and a promised alpha, at delta = .1 and the only look. A promise is broken when the
true risk at the threshold is above alpha; a cell may exceed delta by chance only. The naive rule (the largest coverage whose
observed error rate is at most alpha) stands beside and fails.
"""

from __future__ import annotations

import itertools

import numpy as np
from laws import NAMED, Law, hard_laws
from pool import SEEDS, arguments, over_cells, table, write

from calibrant.policies import certify

METHODS = ("multistart", "band", "single", "pilot", "sgr", "bonferroni")
MONOTONE = {"band", "sgr"}
NOT_MONOTONE = {"waves around alpha", "surest 12 % worse", "5 levels, non-monotone"}
DELTA = 0.1


def naive(score: np.ndarray, right: np.ndarray, alpha: float) -> float | None:
    order = np.argsort(-score, kind="stable")
    ranked = score[order]
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    risk = np.cumsum(1 - right[order])[ends] / (ends + 1)
    fine = np.flatnonzero(risk <= alpha)
    return float(ranked[ends[fine[-1]]]) if fine.size else None


def cell(law: Law, n: int, alpha: float, draws: int, seed: int) -> dict[str, np.ndarray]:
    """Method -> broken promises in each seed's draws."""
    risk = law.risks()
    broken = {method: np.zeros(SEEDS) for method in ("naive", *METHODS)}
    for number in range(SEEDS):
        random = np.random.default_rng([seed + number, n, int(alpha * 1000)])
        for _ in range(draws // SEEDS):
            score, right = law.draw(random, n)
            found = {"naive": naive(score, right, alpha)}
            for method in METHODS:
                found[method] = certify(
                    score, right, alpha=alpha, delta=DELTA, method=method, look=None, seed=number
                ).threshold
            for method, threshold in found.items():
                broken[method][number] += threshold is not None and risk(threshold) > alpha
    return broken


def run(name: str, n: int, alpha: float, draws: int, seed: int) -> dict[str, np.ndarray]:
    law = next(law for law in (*NAMED, *hard_laws(alpha)) if law.name == name)
    return cell(law, n, alpha, draws, seed)


def main() -> None:
    parser = arguments(__doc__, 1000)
    parser.add_argument("--rows", type=int, nargs="+", default=[100, 500, 1000, 5000])
    parser.add_argument("--alphas", type=float, nargs="+", default=[0.01, 0.05, 0.1, 0.2])
    given = parser.parse_args()
    names = [law.name for law in (*NAMED, *hard_laws(0.1))]
    cells = [(*one, given.draws, given.seed) for one in itertools.product(names, given.rows, given.alphas)]
    found = over_cells(run, cells, given.processes)
    drawn = given.draws // SEEDS * SEEDS
    rows = []
    for name in names:
        mine = [(one, result) for one, result in zip(cells, found, strict=True) if one[0] == name]
        row: list[object] = [name]
        for method in ("naive", *METHODS):
            share, where = max((float(result[method].sum()) / drawn, one) for one, result in mine)
            mark = " *" if method in MONOTONE and name in NOT_MONOTONE else ""
            row.append(f"{share:.3f} (n {where[1]}, {where[2]:g}){mark}")
        rows.append(row)
    spread = max(
        (float(result["multistart"].max()) * SEEDS / drawn, one[0], one[1], one[2])
        for one, result in zip(cells, found, strict=True)
    )
    error = (DELTA * (1 - DELTA) / drawn) ** 0.5
    text = [
        f"delta {DELTA}, {drawn} draws a cell over {SEEDS} seeds, {len(cells)} cells; a share is known to +- {2 * error:.3f}.",
        "The worst cell of each law (rows, alpha). * the law breaks the assumption that this method prints.",
        f"Worst single seed of multistart ({drawn // SEEDS} draws): {spread[0]:.3f} at {spread[1:]}.",
        "",
        table(["law", "naive", *METHODS], rows),
    ]
    write("\n".join(text), given.out)


if __name__ == "__main__":
    main()
