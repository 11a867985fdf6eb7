"""Promises on real models' recorded answers, broken or kept on the other half.

    python benchmarks/promise/real.py --data ../shared/data --splits 200

CRUXEval: confidence is the share of ten samples that agree with the answer, the answer the most frequent sample; a cell is a
model, an effort, a temperature and a direction. MMLU-Pro: confidence is the share of the other models that give the same
option; a cell is a model. Each cell is split in two at random; the certificate (its only look, delta .1) comes from one half,
and its promise is called broken when the error rate of what it answers in the *other* half is above alpha. That half is a
sample too: where the true risk is near alpha it breaks by chance in up to half of the splits, so the table also gives the
exact test: the share of promises that the other half refutes at .05.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from pool import arguments, over_cells, table, write
from scipy.stats import binom

from calibrant.policies import certify

ALPHAS = (0.1, 0.2, 0.3)
DELTA = 0.1
METHODS = ("naive", "multistart", "band")
Cell = tuple[str, np.ndarray, np.ndarray]


def cruxeval(data: Path) -> list[Cell]:
    cells: dict[str, tuple[list[float], list[int]]] = defaultdict(lambda: ([], []))
    with gzip.open(data / "effort" / "cruxeval_samples.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            answers = row["answers"]
            if len(answers) < 10:
                continue
            answer, count = min(Counter(answers).items(), key=lambda item: (-item[1], answers.index(item[0])))
            score, right = cells[f"{row['model']} cot {row['cot']} t {row['temp']} {row['task']}"]
            score.append(count / len(answers))
            right.append(int(row["correct"][answers.index(answer)]))
    return [(name, np.array(score), np.array(right)) for name, (score, right) in sorted(cells.items())]


def mmlu_pro(data: Path) -> list[Cell]:
    with gzip.open(data / "routing" / "mmlu_pro_preds.csv.gz", "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(io.StringIO(lines.read())))
    models = [name.removesuffix("|pred") for name in rows[0] if name.endswith("|pred")]
    given = np.array([[row[f"{model}|pred"] for model in models] for row in rows])
    truth = np.array([row["answer"] for row in rows])
    cells = []
    for j, model in enumerate(models):
        mine = given[:, j]
        agreeing = (given == mine[:, None]).sum(axis=1) - 1
        right = np.where(mine == "", np.nan, mine == truth)
        cells.append((model, agreeing / (len(models) - 1), right))
    return cells


def naive(score: np.ndarray, right: np.ndarray, alpha: float) -> float | None:
    there = ~np.isnan(right)
    levels = np.unique(score[there])
    fine = [level for level in levels if (right[there & (score >= level)] == 0).mean() <= alpha]
    return float(min(fine)) if fine else None


def cell(_name: str, score: np.ndarray, right: np.ndarray, alpha: float, splits: int, seed: int) -> np.ndarray:
    """For each method: promises made, broken, refuted, coverage summed; shape (methods, 4)."""
    totals = np.zeros((len(METHODS), 4))
    for split in range(splits):
        place = np.random.default_rng([seed + split % 5, split]).permutation(len(score))
        fit, test = place[: len(score) // 2], place[len(score) // 2 :]
        for i, method in enumerate(METHODS):
            if method == "naive":
                threshold = naive(score[fit], right[fit], alpha)
            else:
                threshold = certify(
                    score[fit],
                    right[fit],
                    alpha=alpha,
                    delta=DELTA,
                    method=method,
                    look=None,  # type: ignore[arg-type]
                ).threshold
            if threshold is None:
                continue
            answered = (score[test] >= threshold) & ~np.isnan(right[test])
            n, k = int(answered.sum()), int((right[test][answered] == 0).sum())
            refuted = n > 0 and binom.sf(k - 1, n, alpha) <= 0.05
            totals[i] += 1, n > 0 and k > alpha * n, refuted, n / len(test)
    return totals


def main() -> None:
    parser = arguments(__doc__, 0)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--splits", type=int, default=200)
    given = parser.parse_args()
    rows = []
    for source, cells in (("CRUXEval", cruxeval(given.data)), ("MMLU-Pro", mmlu_pro(given.data))):
        for alpha in ALPHAS:
            asked = [(*one, alpha, given.splits, given.seed) for one in cells]
            found = np.array(over_cells(cell, asked, given.processes))
            for i, method in enumerate(METHODS):
                made, broken, refuted, covered = found[:, i].T / given.splits
                rows.append(
                    [
                        f"{source}, {len(cells)} cells, {len(cells[0][1]) // 2} rows",
                        f"{alpha:g}",
                        method,
                        float(1 - made.mean()),
                        int((made > 0).sum()),
                        float(broken.mean()),
                        float(refuted.mean()),
                        f"{refuted.max():.3f} ({cells[int(refuted.argmax())][0]})",
                        float(covered.mean()),
                    ]
                )
    head = ["data", "alpha", "method", "splits without a promise", "cells ever promised", "splits above alpha"]
    head += ["splits refuted", "worst cell refuted", "mean coverage"]
    text = [f"delta {DELTA}, {given.splits} random splits a cell over 5 seeds.", "", table(head, rows)]
    write("\n".join(text), given.out)


if __name__ == "__main__":
    main()
