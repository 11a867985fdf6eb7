"""How much each method lets one answer, beside MAPIE and cci-sdk where they are installed.

    python benchmarks/promise/power.py --draws 1000

Coverage counts a draw without a promise as 0; 'none' is the share of draws without one. Every method is run at the full
delta (its only look), except the row 'multistart, look 1', which is the default of the ledger: 6 delta / pi^2.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable

import numpy as np
from laws import NAMED
from pool import SEEDS, arguments, over_cells, table, write

from calibrant.policies import certify

CASES = [("good", 200), ("good", 500), ("good", 1000), ("good", 2000), ("good", 5000), ("weak", 1000), ("weak", 5000)]
CASES += [("strong", 500), ("strong", 1000), ("10 levels", 500), ("10 levels", 1000)]
OURS = ("multistart", "band", "single", "pilot", "sgr", "bonferroni", "betting")
Chosen = Callable[[np.ndarray, np.ndarray, float, float], float | None]


def ours(method: str, look: int | None = None) -> Chosen:
    def chosen(score: np.ndarray, right: np.ndarray, alpha: float, delta: float) -> float | None:
        return certify(score, right, alpha=alpha, delta=delta, method=method, look=look).threshold  # type: ignore[arg-type]

    return chosen


def mapie(fwer: str) -> Chosen | None:
    try:
        from mapie.risk_control import BinaryClassificationController, precision
    except ImportError:
        return None

    def chosen(score: np.ndarray, right: np.ndarray, alpha: float, delta: float) -> float | None:
        controller = BinaryClassificationController(
            lambda x: np.column_stack([1 - x[:, 0], x[:, 0]]),
            precision,
            target_level=1 - alpha,
            confidence_level=1 - delta,
            best_predict_param_choice="recall",
            # Its default grid, 0 .. .99, unless the scores are few levels: then these are its candidates, as ours.
            list_predict_params=np.unique(score) if len(np.unique(score)) <= 11 else np.linspace(0, 0.99, 100),
            fwer_method=fwer,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            controller.calibrate(score[:, None], right.astype(int))
        valid = getattr(controller, "valid_predict_params", [])
        return float(min(valid)) if len(valid) else None

    return chosen


def cci() -> Chosen | None:
    try:
        from cli_sdk.local.engine import _selective_threshold
    except ImportError:
        return None

    def chosen(score: np.ndarray, right: np.ndarray, alpha: float, delta: float) -> float | None:
        found = _selective_threshold(score, right.astype(float), alpha, delta)
        return float(found) if np.isfinite(found) else None

    return chosen


def contenders() -> dict[str, Chosen]:
    found: dict[str, Chosen | None] = {method: ours(method) for method in OURS}
    found["multistart, look 1"] = ours("multistart", 1)
    found["band, look 1"] = ours("band", 1)
    found["MAPIE (default)"] = mapie("bonferroni_holm")
    found["MAPIE fixed_sequence"] = mapie("fixed_sequence")
    found["cci-sdk"] = cci()
    return {name: chosen for name, chosen in found.items() if chosen is not None}


def cell(name: str, n: int, alpha: float, delta: float, draws: int, seed: int) -> dict[str, tuple[float, float, float]]:
    """Contender -> mean coverage, share without a promise, share broken."""
    law = next(law for law in NAMED if law.name == name)
    risk, (score, share, _) = law.risks(), law.curve()
    totals = {contender: np.zeros(3) for contender in contenders()}
    for number, draw in itertools.product(range(SEEDS), range(draws // SEEDS)):
        rows = law.draw(np.random.default_rng([seed + number, draw, n]), n)
        for contender, chosen in contenders().items():
            threshold = chosen(*rows, alpha, delta)
            if threshold is None:
                totals[contender] += 0, 1, 0
                continue
            at = min(int(np.searchsorted(score, threshold)), len(score) - 1)
            totals[contender] += share[at], 0, risk(threshold) > alpha
    return {contender: tuple(total / (draws // SEEDS * SEEDS)) for contender, total in totals.items()}  # type: ignore[misc]


def main() -> None:
    parser = arguments(__doc__, 1000)
    parser.add_argument("--alpha", type=float, default=0.1)
    parser.add_argument("--delta", type=float, default=0.1)
    given = parser.parse_args()
    cells = [(*case, given.alpha, given.delta, given.draws, given.seed) for case in CASES]
    found = over_cells(cell, cells, given.processes)
    oracle = {law.name: law.oracle(given.alpha) for law in NAMED}
    heads = [f"{name} {n}" for name, n in CASES]
    rows: list[list[object]] = [["oracle", *(f"{oracle[name]:.3f}" for name, _ in CASES)]]
    for contender in found[0]:
        shown = [result[contender] for result in found]
        rows.append([contender, *(f"{c:.3f} (none {e:.2f}, broken {v:.3f})" for c, e, v in shown)])
    drawn = given.draws // SEEDS * SEEDS
    text = [
        f"alpha {given.alpha}, delta {given.delta}, {drawn} draws a cell over {SEEDS} seeds: mean true coverage.",
        "",
        table(["method", *heads], rows),
    ]
    write("\n".join(text), given.out)


if __name__ == "__main__":
    main()
