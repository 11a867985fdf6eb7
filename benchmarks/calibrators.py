"""What calibrators do to recorded confidence of real models, and write the figures down.

    python benchmarks/calibrators.py --data ../shared/data

Three measurements, all on answers that the calibrator has not seen: (1) CRUXEval, 800 programs: the answer is the first
of ten samples, its confidence the share of the nine others that give the same value; cross-fitted by program, means over
all model x effort x temperature x task cells, before and after, with pivotal intervals from resampled programs; and fits
on few labels. (2) Phi-3-mini on TriviaQA: five pre-generation signals (no probabilities), each calibrated, and stacked.
(3) A stack certified on its own rows, on its out-of-fold probabilities, and on fresh rows, at true risk above the
promise. Writes benchmarks/results/calibrators.md.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from calibrant import metrics
from calibrant.confidence.calibrate import CALIBRATORS, cross_fit, fit_stack

RESULTS = Path(__file__).parent / "results" / "calibrators.md"
Array = np.ndarray
MEASURES = {"ECE (15 bins)": metrics.ece, "Brier": metrics.brier_score, "AUROC": metrics.auroc}
PHI_SIGNALS = ("conf_attn_entropy", "conf_max_prob", "conf_mink_entropy", "conf_pd_entropy", "conf_ppl")


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def cells(data: Path) -> dict[str, tuple[Array, Array, Array]]:
    """Cell -> (agreement, correct, program), of cells with ten samples."""
    found: dict[str, list[tuple[str, float, int]]] = {}
    for row in rows(data / "effort" / "cruxeval_samples.jsonl.gz"):
        first, others = row["answers"][0], row["answers"][1:]
        if len(others) == 9:
            cell = f"{row['model']} {row['cot']} {row['temp']} {row['task']}"
            share = sum(other == first for other in others) / 9
            found.setdefault(cell, []).append((row["id"], share, int(row["correct"][0])))
    arrays = {}
    for cell, of_cell in sorted(found.items()):
        names, shares, correct = zip(*sorted(of_cell), strict=True)
        if len(set(correct)) == 2:
            arrays[cell] = (np.array(shares), np.array(correct), np.array(names))
    return arrays


def cruxeval(data: Path, draws: int) -> list[str]:
    of_cell = cells(data)
    chances: dict[str, list[Array]] = {"before": []}
    for s, y, program in of_cell.values():
        chances["before"].append(s)
        for name, fit in CALIBRATORS.items():
            chances.setdefault(name, []).append(cross_fit(fit, s, y, clusters=program).probabilities)
    truths = [y for _, y, _ in of_cell.values()]
    random = np.random.default_rng(0)
    programs = len(truths[0])
    drawn = [random.integers(0, programs, programs) for _ in range(draws)]

    def mean(measure: Any, name: str, chosen: Array | slice) -> float:
        values = [measure(p[chosen], y[chosen]) for p, y in zip(chances[name], truths, strict=True)]
        return float(np.mean([value for value in values if value is not None]))

    lines = [
        f"{len(of_cell)} cells of {programs} programs; mean over cells of values on programs left out of the fit.",
        "Intervals reflect 95 % of resamples of programs at the value. ECE is above 0 by chance alone (about .03 of 800",
        "calibrated answers): its interval is roughly corrected for that and lies below. AUROC falls a little because each fifth of",
        "the programs has a map of its own.",
        "",
        "| calibrator | " + " | ".join(MEASURES) + " |",
        "|---|" + "---|" * len(MEASURES),
    ]
    for name in chances:
        row = [name]
        for measure in MEASURES.values():
            value = mean(measure, name, slice(None))
            low, high = np.quantile([mean(measure, name, rows) for rows in drawn], [0.025, 0.975])
            row.append(f"{value:.4f} [{2 * value - high:.4f}, {2 * value - low:.4f}]")
        lines.append("| " + " | ".join(row) + " |")
    return [*lines, "", *few_labels(of_cell)]


def few_labels(of_cell: dict[str, tuple[Array, Array, Array]]) -> list[str]:
    lines = [
        "Fitted on n programs, judged on all others; mean over every fourth cell and 2 random choices.",
        "",
        "| n | " + " | ".join(f"{name}: Brier, log score" for name in CALIBRATORS) + " |",
        "|---|" + "---|" * len(CALIBRATORS),
    ]
    for n in (25, 50, 100, 200, 400):
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in CALIBRATORS}
        for number, (s, y, _) in enumerate(list(of_cell.values())[::4]):
            for split in range(2):
                order = np.random.default_rng([number, split]).permutation(len(y))
                on, rest = order[:n], order[n:]
                for name, fit in CALIBRATORS.items():
                    p = fit(s[on], y[on]).predict(s[rest])
                    found[name].append((metrics.brier_score(p, y[rest]), metrics.log_score(p, y[rest])))  # type: ignore[arg-type]
        means = {name: np.mean(values, axis=0) for name, values in found.items()}
        lines.append(f"| {n} | " + " | ".join(f"{brier:.4f}, {log:.4f}" for brier, log in means.values()) + " |")
    return lines


def phi(data: Path) -> list[str]:
    table = list(rows(data / "confidence" / "triviaqa_phi3mini_label_conf.jsonl.gz"))
    y = np.array([row["label"] for row in table], dtype=np.float64)
    question = np.array([row["query"] for row in table])
    signals = {name: np.array([row[name] for row in table], dtype=np.float64) for name in PHI_SIGNALS}
    stacked = cross_fit(fit_stack, signals, y, clusters=question)
    lines = [
        f"{len(y):,} answers, {y.mean():.1%} right by a fuzzy label; raw scores are no probabilities, so ECE has no before.",
        "Cross-fitted by question; AUROC with its clustered interval.",
        "",
        "| signal | AUROC raw | ECE, Brier after Platt | isotonic | Venn-Abers |",
        "|---|---|---|---|---|",
    ]
    of_signal = {name: metrics.auroc(values, y) or 0.5 for name, values in signals.items()}
    for name, values in signals.items():
        row = [name, _area(values, y, question)]
        for calibrator in ("platt", "isotonic", "venn_abers"):
            after = cross_fit(CALIBRATORS[calibrator], values, y, clusters=question).after.values
            row.append(f"{after['ece']:.4f}, {after['brier']:.4f}")
        lines.append("| " + " | ".join(row) + " |")
    after = stacked.after.values
    lines.append(
        f"| stack of five | {_area(stacked.probabilities, y, question)} | {after['ece']:.4f}, {after['brier']:.4f} (the stack itself) | | |"
    )
    best = max(of_signal, key=lambda name: of_signal[name])
    pair = [metrics.auroc_placements(values, y) for values in (stacked.probabilities, signals[best])]
    gap = metrics.paired_difference(pair[0], pair[1], question)  # type: ignore[arg-type]
    assert gap is not None
    assert gap.interval is not None
    lines += [
        "",
        f"Stack less {best}, AUROC on the same answers: {gap.difference:+.4f} [{gap.interval.low:+.4f}, {gap.interval.high:+.4f}].",
    ]
    return lines


def _area(s: Array, y: Array, clusters: Array) -> str:
    interval = metrics.auroc_interval(s, y, clusters)
    assert interval is not None
    return f"{metrics.auroc(s, y):.4f} [{interval.low:.4f}, {interval.high:.4f}]"


def promises(draws: int, n: int = 400, noise: int = 15, coverage: float = 0.3, delta: float = 0.1) -> list[str]:
    """A promise tested once, at one declared coverage, whose risk is a little too high to be promised."""

    def world(size: int, random: np.random.Generator) -> tuple[dict[str, Array], Array]:
        x = random.normal(size=(noise + 1, size))
        y = (random.random(size) < 1 / (1 + np.exp(-1.2 * x[0] - 0.6))).astype(np.float64)
        return {f"s{at:02}": column for at, column in enumerate(x)}, y

    promised = dict.fromkeys(("its own rows", "out-of-fold probabilities", "fresh rows"), 0)
    for draw in range(draws):
        random = np.random.default_rng(draw)
        signals, y = world(n, random)
        fit = cross_fit(fit_stack, signals, y, seed=draw)
        fresh, fresh_y = world(n, random)
        test, test_y = world(20_000, random)
        served = fit.calibrator.predict(test)
        tried = {
            "its own rows": (fit.calibrator.predict(signals), y),
            "out-of-fold probabilities": (fit.probabilities, y),
            "fresh rows": (fit.calibrator.predict(fresh), fresh_y),
        }
        for name, (p, truth) in tried.items():
            threshold = np.nextafter(np.quantile(p, 1 - coverage, method="higher"), 2)
            wrong, answered = int((1 - truth[p >= threshold]).sum()), int((p >= threshold).sum())
            risk = float(1 - test_y[served >= threshold].mean())
            # The promise is put just under the true risk: whoever makes it breaks it.
            alpha = 0.98 * risk
            promised[name] += metrics.clopper_pearson_upper(wrong, answered, 1 - delta) <= alpha
    lines = [
        f"{draws} draws, {n} labels, 1 signal and {noise} of noise, coverage {coverage:.0%}; promised risk = .98 of the true one, so every promise is broken.",
        f"Allowed: {delta:.0%}.",
        "",
        "| certified on | promises made, all broken |",
        "|---|---|",
    ]
    for name, count in promised.items():
        interval = metrics.wilson_interval(count, draws)
        assert interval is not None
        lines.append(f"| {name} | {count / draws:.3f} [{interval.low:.3f}, {interval.high:.3f}] |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).parent.parent.parent / "shared" / "data")
    parser.add_argument("--draws", type=int, default=200, help="resamples of programs")
    parser.add_argument("--promises", type=int, default=500, help="draws of the third measurement")
    arguments = parser.parse_args()
    parts = ["# Calibrators, measured", "", "    python benchmarks/calibrators.py --data ../shared/data", ""]
    parts += ["## CRUXEval: agreement among ten samples", "", *cruxeval(arguments.data, arguments.draws), ""]
    parts += ["## Phi-3-mini on TriviaQA: pre-generation signals", "", *phi(arguments.data), ""]
    parts += ["## A stack and the rows it was fitted on", "", *promises(arguments.promises)]
    RESULTS.write_text("\n".join(parts) + "\n", encoding="utf-8")
    print("\n".join(parts))


if __name__ == "__main__":
    main()
