"""A stack of signals certified on rows it was fitted on, on its out-of-fold scores, and on other documents.

    python benchmarks/promise/stacks.py --draws 500

A stack (`fit_stack`) of signals of which three (or none) tell a little and the others nothing; documents of five questions that share
part of what makes an answer wrong. A promise is broken when the served stack's true risk above the threshold, on 20,000
questions of new documents, is above alpha. 'Its own rows': fitted on all, certified on all. 'Out of fold': certified on what
five stacks, each fitted without a fifth of the documents, say of those left out; the stack fitted on all of them serves, at that
threshold. 'Other documents': fitted on half of the documents, certified on the other half, and that stack serves.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from pool import SEEDS, arguments, over_cells, table, write
from scipy.special import ndtri

from calibrant.confidence.calibrate import cross_fit, fit_stack
from calibrant.policies import certify

DELTA, SIZE, FRESH = 0.1, 5, 20_000
WAYS = ("its own rows", "out of fold", "other documents")
Signals = dict[str, np.ndarray]


def draw(
    random: np.random.Generator, rows: int, signals: int, told: int, accuracy: float
) -> tuple[Signals, np.ndarray, np.ndarray]:
    """Signals by name, 1 where right, and the document of each row."""
    document = np.arange(rows) // SIZE
    ease = np.sqrt(0.2) * random.normal(size=rows // SIZE + 1)[document] + np.sqrt(0.8) * random.normal(size=rows)
    right = (ease > ndtri(1 - accuracy)).astype(np.float64)
    telling = {f"told {j}": ease + 1.5 * random.normal(size=rows) for j in range(told)}
    return telling | {f"noise {j}": random.normal(size=rows) for j in range(signals - told)}, right, document


def part(given: Signals, keep: np.ndarray) -> Signals:
    return {name: values[keep] for name, values in given.items()}


def thresholds(
    given: Signals, right: np.ndarray, document: np.ndarray, alpha: float, seed: int
) -> dict[str, tuple[float | None, Callable[[Signals], np.ndarray]]]:
    """Way -> threshold, and the scores that it will be held against."""
    promised = {"alpha": alpha, "delta": DELTA, "look": None, "seed": seed}
    whole = cross_fit(fit_stack, given, right, clusters=document, seed=seed)
    serve = whole.calibrator.predict
    own = certify(serve(given), right, clusters=document, **promised)  # type: ignore[arg-type]
    folded = certify(whole.probabilities, right, clusters=document, **promised)  # type: ignore[arg-type]
    fit = document % 2 == 0
    half = fit_stack(part(given, fit), right[fit], clusters=document[fit])
    others = half.predict(part(given, ~fit))
    other = certify(others, right[~fit], clusters=document[~fit], **promised)  # type: ignore[arg-type]
    return dict(
        zip(WAYS, ((own.threshold, serve), (folded.threshold, serve), (other.threshold, half.predict)), strict=True)
    )


def cell(rows: int, signals: int, told: int, accuracy: float, alpha: float, draws: int, seed: int) -> np.ndarray:
    """Promises made, broken, and the coverage summed over all draws, for each way and seed: (ways, seeds, 3)."""
    found = np.zeros((len(WAYS), SEEDS, 3))
    for number, one in itertools.product(range(SEEDS), range(draws // SEEDS)):
        random = np.random.default_rng([seed + number, one, rows, signals])
        made = thresholds(*draw(random, rows, signals, told, accuracy), alpha, one)
        fresh, right, _ = draw(random, FRESH, signals, told, accuracy)
        for i, (threshold, serve) in enumerate(made.values()):
            if threshold is None:
                continue
            answered = serve(fresh) >= threshold
            risk = float(1 - right[answered].mean()) if answered.any() else 0.0
            if not told:
                risk = 1 - accuracy
            found[i, number] += 1, risk > alpha, answered.mean()
    return found


def main() -> None:
    given = arguments(__doc__, 500).parse_args()
    designs = [
        (300, 30, 3, 0.75, 0.1),
        (600, 30, 3, 0.75, 0.1),
        (600, 60, 3, 0.75, 0.1),
        (1200, 60, 3, 0.75, 0.1),
        (600, 30, 3, 0.75, 0.2),
        (600, 30, 0, 0.8999, 0.1),
    ]
    found = over_cells(cell, [(*one, given.draws, given.seed) for one in designs], given.processes)
    total = given.draws // SEEDS * SEEDS
    rows = []
    for (n, signals, told, accuracy, alpha), result in zip(designs, found, strict=True):
        row: list[object] = [f"{n} rows, {told} of {signals} signals tell, {accuracy:g} right, alpha {alpha:g}"]
        for i in range(len(WAYS)):
            made, broken, covered = result[i].sum(axis=0) / total
            row.append(f"{broken:.3f} / {made:.3f} / {covered:.2f}")
        rows.append([*row, float(result[2, :, 1].max()) * SEEDS / total])
    text = [
        f"delta {DELTA}, {total} draws over {SEEDS} seeds; a share is known to +- {2 * (0.09 / total) ** 0.5:.3f}.",
        "Share of draws with a broken promise / with any promise / mean coverage.",
        "",
        table(["what is stacked", *WAYS, "worst seed, other documents"], rows),
    ]
    write("\n".join(text), given.out)


if __name__ == "__main__":
    main()
