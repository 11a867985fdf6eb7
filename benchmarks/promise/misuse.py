"""Ways to fool oneself, each shown failing when done naively and holding as built.

    python benchmarks/promise/misuse.py --draws 500

Looking again every 150 labels until it passes; taking the best of 16 signals; fitting a stack of signals on the rows that
certify it; trusting a lenient judge. Where the true risk is alpha everywhere, a promise made is a promise broken.
"""

from __future__ import annotations

import itertools

import numpy as np
from pool import SEEDS, arguments, over_cells, table, write

from calibrant.policies import certify, judge_audit, judged_threshold

ALPHA = DELTA = 0.1
LOOKS, STEP, SIGNALS = 20, 150, 16


def looks(random: np.random.Generator, seed: int) -> tuple[bool, bool]:
    """A new certificate after every 150 labels, until one passes: at delta each time, and by the ledger."""
    n = LOOKS * STEP
    score, right = random.random(n), random.random(n) >= ALPHA
    naive = built = False
    for look in range(1, LOOKS + 1):
        part = slice(0, look * STEP)
        naive = naive or certify(score[part], right[part], alpha=ALPHA, delta=DELTA, look=None, seed=seed).promised
        built = built or certify(score[part], right[part], alpha=ALPHA, delta=DELTA, look=look, seed=seed).promised
    return naive, built


def signals(random: np.random.Generator, seed: int) -> tuple[bool, bool]:
    """The best certificate of 16 useless signals, against the signal that another half of the rows likes best."""
    right = random.random(1000) >= ALPHA
    tried = random.random((SIGNALS, 1000))
    naive = any(certify(one, right, alpha=ALPHA, delta=DELTA, look=None, seed=seed).promised for one in tried)
    fit, rest = slice(0, 500), slice(500, 1000)
    ranked = [one[fit][right[fit]].mean() - one[fit][~right[fit]].mean() for one in tried]
    best = tried[int(np.argmax(ranked))]
    return naive, certify(best[rest], right[rest], alpha=ALPHA, delta=DELTA, look=None, seed=seed).promised


def stack(random: np.random.Generator, seed: int) -> tuple[bool, bool]:
    """A least-squares stack of 30 useless signals, fitted on the rows that certify it, and on other rows."""
    right = random.random(600) >= ALPHA
    x = np.column_stack([np.ones(600), random.normal(size=(600, 30))])
    own = np.linalg.lstsq(x, right.astype(float), rcond=None)[0]
    naive = certify(x @ own, right, alpha=ALPHA, delta=DELTA, look=None, seed=seed).promised
    other = np.linalg.lstsq(x[:300], right[:300].astype(float), rcond=None)[0]
    return naive, certify(x[300:] @ other, right[300:], alpha=ALPHA, delta=DELTA, look=None, seed=seed).promised


def judge(random: np.random.Generator, seed: int) -> tuple[bool, bool]:
    """12 % of the answers are wrong, and the judge calls a third of these right; then 1,000 answers are audited."""

    def rows(n: int) -> tuple[np.ndarray, np.ndarray]:
        right = random.random(n) >= 0.12
        return right, right | (random.random(n) < 1 / 3)

    score, (_, judged) = random.random(3000), rows(3000)
    naive = certify(score, judged, alpha=ALPHA, delta=DELTA, look=None, seed=seed).promised
    chosen = judged_threshold(score, judged, alpha=ALPHA, delta=DELTA, unseen=0.03, look=None, seed=seed)
    truth, seen = rows(1000)
    return naive, judge_audit(chosen, np.full(1000, 2.0), seen, truth).threshold is not None


def judge_at_the_edge(random: np.random.Generator, seed: int) -> tuple[bool, bool]:
    """Both shares as large as they may be: 7 % judged wrong, 3 % wrong though judged right, plus a trace."""

    def rows(n: int) -> tuple[np.ndarray, np.ndarray]:
        kind = random.random(n)
        return kind >= 0.1001, (kind >= 0.07005)

    score, (_, judged) = random.random(3000), rows(3000)
    naive = certify(score, judged, alpha=ALPHA, delta=DELTA, look=None, seed=seed).promised
    chosen = judged_threshold(score, judged, alpha=ALPHA, delta=DELTA, unseen=0.03, look=None, seed=seed)
    truth, seen = rows(1000)
    return naive, judge_audit(chosen, np.full(1000, 2.0), seen, truth).threshold is not None


MISUSES = {
    "looking again every 150 labels, 20 times": looks,
    "best of 16 signals": signals,
    "stack fitted on its own certificate rows": stack,
    "lenient judge": judge,
    "judge at the edge of both bounds": judge_at_the_edge,
}


def cell(name: str, number: int, draws: int, seed: int) -> tuple[int, int]:
    made = np.zeros(2, dtype=int)
    for draw in range(draws):
        made += MISUSES[name](np.random.default_rng([seed + number, draw]), draw)
    return int(made[0]), int(made[1])


def main() -> None:
    given = arguments(__doc__, 500).parse_args()
    each = given.draws // SEEDS
    cells = [(name, number, each, given.seed) for name, number in itertools.product(MISUSES, range(SEEDS))]
    found = dict(zip([(one[0], one[1]) for one in cells], over_cells(cell, cells, given.processes), strict=True))
    rows = []
    for name in MISUSES:
        naive, built = (sum(found[name, number][i] for number in range(SEEDS)) / (each * SEEDS) for i in (0, 1))
        worst = max(found[name, number][1] for number in range(SEEDS)) / each
        rows.append([name, naive, built, worst])
    error = 2 * (0.09 / (each * SEEDS)) ** 0.5
    text = [
        f"alpha {ALPHA}, delta {DELTA}, {each * SEEDS} draws over {SEEDS} seeds; a share is known to +- {error:.3f}.",
        "",
        table(["what is done", "broken when naive", "broken as built", "worst seed as built"], rows),
    ]
    write("\n".join(text), given.out)


if __name__ == "__main__":
    main()
