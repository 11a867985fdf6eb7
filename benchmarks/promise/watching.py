"""How soon the monitor notices a broken promise, how often it cries wolf, and what an update costs.

python benchmarks/promise/watching.py --draws 5000
"""

from __future__ import annotations

import time

import numpy as np
from pool import SEEDS, arguments, table, write

from calibrant.policies import Monitor
from calibrant.policies.monitor import simulated_delays

CASES = [(0.05, 0.1), (0.05, 0.15), (0.05, 0.075), (0.1, 0.2), (0.02, 0.05), (0.1, 0.15)]
AUDIT, A_DAY = 0.02, 1000


def main() -> None:
    given = arguments(__doc__, 5000).parse_args()
    each = given.draws // SEEDS
    level = 0.05
    rows = []
    for alpha, risk in CASES:
        medians = []
        for before in (0, 1000):
            delays = [
                simulated_delays(alpha, risk, level, before=before, horizon=6000, draws=each, seed=given.seed + number)
                for number in range(SEEDS)
            ]
            medians.append([float(np.nanmedian(one)) for one in delays])
        fair = [
            np.isfinite(
                simulated_delays(
                    alpha, alpha, level, before=0, horizon=3000, draws=each, seed=100 + given.seed + number
                )
            ).mean()
            for number in range(SEEDS)
        ]
        typical = float(np.median(medians[0]))
        rows.append(
            [
                f"{risk:g} against {alpha:g}",
                f"{typical:.0f} ({min(medians[0]):.0f}-{max(medians[0]):.0f})",
                f"{typical / AUDIT:,.0f}",
                f"{typical / AUDIT / A_DAY:.1f}",
                f"{np.median(medians[1]):.0f}",
                f"{np.mean(fair):.3f} (worst seed {max(fair):.3f})",
            ]
        )
    monitor = Monitor.start(0.05)
    start = time.process_time()
    for number in range(5000):
        monitor = monitor.update(number % 20 == 0)
    cost = (time.process_time() - start) / 5000
    head = ["true risk", "median delay, labelled answers (seeds)", f"answers at a {AUDIT:.0%} audit"]
    head += [f"days at {A_DAY:,} answers a day", "after 1,000 good ones", "false alarms over 3,000"]
    text = [
        f"false-alarm level {level}, {each * SEEDS} histories over {SEEDS} seeds; one update {1000 * cost:.3f} ms of CPU.",
        "",
        table(head, rows),
    ]
    write("\n".join(text), given.out)


if __name__ == "__main__":
    main()
