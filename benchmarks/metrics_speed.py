"""CPU time of every metric on one score array, each alone and all together.

    python benchmarks/metrics_speed.py --rows 1000000

Three kinds of scores: continuous, stated in whole per cent, and agreement of ten samples. With scikit-learn, where it
is installed, AUROC of the same arrays in the same run as a peer.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from machine import machine

from calibrant import metrics

CALLS: Mapping[str, Callable[[Any, Any], object]] = {
    "level_ece": metrics.level_ece,
    "ece": metrics.ece,
    "equal_mass_ece": metrics.equal_mass_ece,
    "debiased_l2": metrics.debiased_l2,
    "smooth_ece": metrics.smooth_ece,
    "rms_calibration_error": metrics.rms_calibration_error,
    "brier_score": metrics.brier_score,
    "brier_decomposition": metrics.brier_decomposition,
    "log_score": metrics.log_score,
    "log_score_clipped": metrics.log_score_clipped,
    "reliability_table": metrics.reliability_table,
    "auroc": metrics.auroc,
    "risk_coverage": metrics.risk_coverage,
    "aurc": metrics.aurc,
    "e_aurc": metrics.e_aurc,
    "augrc": metrics.augrc,
    "prr": metrics.prr,
    "coverage_at_risk": lambda s, y: metrics.coverage_at_risk(s, y, 0.1),
}


def arrays(rows: int, seed: int) -> dict[str, tuple[Any, Any]]:
    random = np.random.default_rng(seed)
    continuous = random.beta(1.3, 1.0, rows)
    y = random.random(rows) < np.minimum(0.99, 1 / (1 + np.exp(1.6 - 5.2 * continuous)))
    kinds = {"continuous": continuous, "per cent": np.round(continuous, 2), "ten samples": np.round(continuous, 1)}
    return {kind: (p, y.astype(np.int64)) for kind, p in kinds.items()}


def cpu_seconds(call: Callable[[Any, Any], object], p: Any, y: Any, repeats: int) -> float:
    """The least of several: what the call costs, not what else the machine does."""
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        call(p, y)
        taken.append(time.process_time() - start)
    return min(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    calls = dict(CALLS)
    try:
        from sklearn.metrics import roc_auc_score
    except ImportError:
        peer = None
    else:
        peer = "scikit-learn roc_auc_score"
        calls[peer] = lambda s, y: roc_auc_score(y, s)
    warm = arrays(1000, arguments.seed)["continuous"]
    for call in calls.values():
        call(*warm)  # the first call pays the imports
    result: dict[str, dict[str, float]] = {}
    for kind, (p, y) in arrays(arguments.rows, arguments.seed).items():
        taken = {name: cpu_seconds(call, p, y, arguments.repeats) for name, call in calls.items()}
        taken["all metrics"] = sum(seconds for name, seconds in taken.items() if name != peer)
        result[kind] = {name: round(seconds, 4) for name, seconds in taken.items()}
    if arguments.json:
        print(
            json.dumps(
                {"machine": machine(), "rows": arguments.rows, "seed": arguments.seed, "cpu_s": result}, indent=2
            )
        )
        return
    print(machine())
    print(f"{'CPU s, ' + format(arguments.rows, ',') + ' rows':<30}" + "".join(f"{kind:>14}" for kind in result))
    for name in next(iter(result.values())):
        print(f"{name:<30}" + "".join(f"{taken[name]:>14.4f}" for taken in result.values()))


if __name__ == "__main__":
    main()
