"""How often the intervals that ``calibrant compare`` prints hold the truth: on real tables and in simulation.

    python benchmarks/compare_coverage.py

Real: of 12,032 questions of MMLU-Pro answered by 29 models, some are drawn, two models (or eight) are compared on them,
and the interval is held against the difference on the whole table. A reply without an answer counts as declined.
Simulated: two models whose answers depend on the question and on its document; the truth is that of a very large draw.
Every interval comes from ``compare_outcomes``, as the command calls it.
Takes some five minutes of CPU.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from machine import machine

from calibrant.analysis import CompareOptions, Comparison, Settings, compare_outcomes
from calibrant.metrics import auroc, paired_difference, ratio_values
from calibrant.types import Confidence, ConfidenceSource, ModelRef, Outcome, OutcomeState

RESULT = Path(__file__).parent / "results" / "compare_coverage.md"
STATES = (OutcomeState.CORRECT, OutcomeState.INCORRECT, OutcomeState.ABSTAINED)
SIZES = (100, 300, 1000)
MANY = 8
Key = tuple[str, str, str, str]


def table(data: Path) -> tuple[list[str], np.ndarray, list[str]]:
    """Models, states (questions x models) as places in STATES, and the domain of every question."""
    with gzip.open(data / "routing" / "mmlu_pro_items.jsonl.gz", "rt", encoding="utf-8") as file:
        domains = {str(item["question_id"]): item["category"] for item in map(json.loads, file)}
    with gzip.open(data / "routing" / "mmlu_pro_preds.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    models = [name.removesuffix("|pred") for name in rows[0] if name.endswith("|pred")]
    states = np.array(
        [[2 if not row[f"{m}|pred"] else 0 if row[f"{m}|pred"] == row["answer"] else 1 for m in models] for row in rows]
    )
    return models, states, [domains[row["question_id"]] for row in rows]


def compared(states: np.ndarray, names: list[str], domains: list[str] | None, options: CompareOptions) -> Comparison:
    def attempts() -> Iterator[tuple[str, Outcome]]:
        for place, name in enumerate(names):
            model = ModelRef(model=name)
            for question, state in enumerate(states[:, place]):
                where = None if domains is None else domains[question]
                yield (
                    name,
                    Outcome(
                        question_id=str(question), cluster=str(question), model=model, state=STATES[state], domain=where
                    ),
                )

    return compare_outcomes(names, attempts(), options)


def values(states: np.ndarray) -> dict[str, np.ndarray]:
    """Metric -> value of each model."""
    c, i, a = ((states == place).mean(axis=0) for place in range(3))
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "omniscience_index": 100 * (c - i),
            "accuracy": c,
            "hallucination_rate": i / (i + a),
            "wrong_of_all": i,
            "attempt_rate": 1 - a,
            "accuracy_given_attempted": c / (c + i),
            "selective_risk": i / (c + i),
            "f1": 2 * c / (1 + c + i),
            "index_at_price": 100 * (c - 3 * i),
        }


def inside(truth: float, interval: tuple[float, float]) -> bool:
    return bool(interval[0] - 1e-12 <= truth <= interval[1] + 1e-12)


def real_pairs(data: Path, draws: int) -> list[str]:
    models, states, _ = table(data)
    random = np.random.default_rng(1)
    settings = options(price=0.75)
    found: dict[tuple[str, int], list[bool | None]] = defaultdict(list)
    shared: dict[int, list[bool]] = defaultdict(list)
    wrong: dict[int, list[bool]] = defaultdict(list)
    for size in SIZES:
        for _ in range(draws):
            pair = random.choice(len(models), 2, replace=False)
            truth = {name: one[0] - one[1] for name, one in values(states[:, pair]).items()}
            rows = random.choice(len(states), size, replace=False)
            report = compared(states[np.ix_(rows, pair)], ["a", "b"], None, settings)
            for row in report.strata[0].differences:
                held = None if row.interval is None else inside(truth[row.metric], row.interval)
                found[row.metric, size].append(held)
                if row.on_shared is not None and row.metric == "hallucination_rate" and row.on_shared.interval:
                    both = (states[:, pair] != 0).all(axis=1)
                    gap = (states[both][:, pair] == 1).mean(axis=0)
                    shared[size].append(inside(gap[0] - gap[1], row.on_shared.interval))
                if row.interval is not None and row.verdict != "not settled":
                    wrong[size].append(np.sign(row.difference or 0) != np.sign(truth[row.metric]))
    lines = [
        f"Two of 29 models, {draws:,} draws a size. Share of intervals (95 %) that hold the difference on all 12,032.",
        "",
        "| metric | " + " | ".join(f"n = {size:,}" for size in SIZES) + " |",
        "| --- |" + " ---: |" * len(SIZES),
    ]
    lines += [
        f"| {metric} | " + " | ".join(share(found[metric, size]) for size in SIZES) + " |"
        for metric in dict.fromkeys(name for name, _ in found)
    ]
    lines.append("| hallucination rate, on both missed | " + " | ".join(share(shared[size]) for size in SIZES) + " |")
    lines.append("| settled for the wrong one | " + " | ".join(f"{np.mean(wrong[s]):.4f}" for s in SIZES) + " |")
    return [*lines, ""]


def share(held: list[bool | None] | list[bool]) -> str:
    known = [one for one in held if one is not None]
    missing = len(held) - len(known)
    return f"{np.mean(known):.3f}" + (f" ({missing} without)" if missing else "")


def options(price: float = 0.5, by: tuple[str, ...] = ()) -> CompareOptions:
    return CompareOptions(settings=Settings(price=price), by=by)


def real_many(data: Path, draws: int) -> list[str]:
    models, states, domains = table(data)
    random = np.random.default_rng(2)
    lines = [
        f"{MANY} of 29 models, {draws:,} draws a size: share of draws in which *all* intervals of a metric hold.",
        "",
        "| what | " + " | ".join(f"n = {size:,}" for size in SIZES) + " |",
        "| --- |" + " ---: |" * len(SIZES),
    ]
    found: dict[tuple[str, int], list[bool]] = defaultdict(list)
    for size in SIZES:
        for _ in range(draws):
            chosen = random.choice(len(models), MANY, replace=False)
            every = values(states[:, chosen])
            rows = random.choice(len(states), size, replace=False)
            names = [str(one) for one in range(MANY)]
            report = compared(
                states[np.ix_(rows, chosen)], names, [domains[row] for row in rows], options(0.75, ("domain",))
            )
            stratum = report.strata[0]
            held: dict[str, bool] = defaultdict(lambda: True)
            for row in stratum.differences:
                if row.interval is not None:
                    truth = every[row.metric][int(row.first)] - every[row.metric][int(row.second)]
                    held[f"all 28 pairs: {row.metric}"] &= inside(truth, row.interval)
            index = every["omniscience_index"]
            place = {name: 1 + int((index > index[int(name)]).sum()) for name in names}
            held["ranks by Index"] = all(stratum.ranks[n].best <= place[n] <= stratum.ranks[n].worst for n in names)
            held |= in_domains(report, states[:, chosen], domains)
            for name, one in held.items():
                found[name, size].append(one)
    lines += [
        f"| {name} | " + " | ".join(share(found[name, size]) for size in SIZES) + " |"
        for name in dict.fromkeys(name for name, _ in found)
    ]
    return [*lines, ""]


def in_domains(report: Comparison, states: np.ndarray, domains: list[str]) -> dict[str, bool]:
    where = np.array(domains)
    truths = {domain: values(states[where == domain]) for domain in set(domains)}
    held: dict[str, bool] = defaultdict(lambda: True)
    for row in report.strata[0].groups:
        if row.interval is not None and row.value is not None:
            truth = truths[row.value][row.metric]
            gap = truth[int(row.first)] - truth[int(row.second)]
            held[f"all domains x 7 pairs: {row.metric}"] &= inside(gap, row.interval)
    return held


class World:
    """Two models: what they know of a question hangs together through the question and its document."""

    def __init__(self, icc: float, harder: float) -> None:
        self.icc, self.harder = icc, harder

    def draw(self, random: np.random.Generator, clusters: int, size: int) -> tuple[np.ndarray, ...]:
        n = clusters * size
        document = np.repeat(random.normal(size=clusters), size)[:, None]
        question, own = random.normal(size=(n, 1)), random.normal(size=(n, 2))
        left = 1 - self.icc
        known = np.sqrt(self.icc) * document + np.sqrt(left * 0.5) * question + np.sqrt(left * 0.5) * own
        known = known + np.array([0.3, 0.3 - self.harder])
        sure = 1 / (1 + np.exp(-1.4 * known - 0.6 * random.normal(size=(n, 2))))
        state = np.where(sure < 0.2, 2, np.where(known + 0.4 * random.normal(size=(n, 2)) > 0, 0, 1))
        cost = 0.001 * np.exp(0.8 * random.normal(size=(n, 2)) + np.array([0.0, 0.1]) - 0.2 * known)
        return state, np.round(sure, 2), cost, np.repeat(np.arange(clusters), size)

    def truth(self) -> dict[str, float]:
        state, sure, cost, _ = self.draw(np.random.default_rng(99), 400_000, 5)
        found = {name: float(one[0] - one[1]) for name, one in values(state).items()}
        found["cost_usd"] = found["latency_s"] = float(cost[:, 0].mean() - cost[:, 1].mean())
        each = []
        for one in (0, 1):
            answered = state[:, one] != 2
            s, y = sure[answered, one], (state[answered, one] == 0).astype(float)
            each.append((auroc(s, y) or 0.0, float(((s - y) ** 2).mean()), float((s - y).mean())))
        for name, a, b in zip(("auroc", "brier", "overconfidence"), *each, strict=True):
            found[name] = a - b
        return found


def simulated(draws: int) -> list[str]:
    designs = [
        (clusters, size, icc, harder)
        for clusters in (20, 60, 200)
        for size in (1, 5)
        for icc in (0.0, 0.2)
        for harder in (0.0, 0.6)
        if size > 1 or icc == 0
    ]
    found: dict[str, list[tuple[float, str]]] = defaultdict(list)
    truths = {(icc, harder): World(icc, harder).truth() for _, _, icc, harder in designs}
    for number, (clusters, size, icc, harder) in enumerate(designs):
        random = np.random.default_rng([3, number])
        world = World(icc, harder)
        held: dict[str, list[bool]] = defaultdict(list)
        for _ in range(draws):
            drawn = world.draw(random, clusters, size)
            report = of_world(drawn)
            for metric, interval in linearised(drawn).items():
                held[f"{metric}, linearised (not printed)"].append(inside(truths[icc, harder][metric], interval))
            for row in report.strata[0].differences:
                if row.interval is not None:
                    held[row.metric].append(inside(truths[icc, harder][row.metric], row.interval))
        design = f"{clusters} documents x {size}, ICC {icc:g}, {'alike' if not harder else 'apart'}"
        for metric, ones in held.items():
            found[metric].append((float(np.mean(ones)), design))
    lines = [
        f"Simulated, {len(designs)} designs of 20 to 200 documents, {draws:,} draws each.",
        "",
        "| metric | mean coverage | least | where |",
        "| --- | ---: | ---: | --- |",
    ]
    for metric, cells in found.items():
        least, where = min(cells)
        lines.append(f"| {metric} | {np.mean([one for one, _ in cells]):.3f} | {least:.3f} | {where} |")
    return [*lines, ""]


def linearised(drawn: tuple[np.ndarray, ...]) -> dict[str, tuple[float, float]]:
    """The other way to an interval of a ratio's difference, beside the cluster resample that definitions ask for."""
    state, _, _, cluster = drawn
    c, i, a = ((state == place).astype(float) for place in range(3))
    found = {}
    for name, (top, bottom) in {"hallucination_rate": (i, i + a), "f1": (2 * c, 1 + c + i)}.items():
        columns = [ratio_values(top[:, one], bottom[:, one]) for one in (0, 1)]
        if columns[0] is not None and columns[1] is not None:
            paired = paired_difference(columns[0], columns[1], cluster, degrees="effective")
            if paired is not None and paired.interval is not None:
                found[name] = paired.interval
    return found


def of_world(drawn: tuple[np.ndarray, ...]) -> Comparison:
    state, sure, cost, cluster = drawn

    def attempts() -> Iterator[tuple[str, Outcome]]:
        for place, name in enumerate(("a", "b")):
            model = ModelRef(model=name)
            for question in range(len(state)):
                yield (
                    name,
                    Outcome(
                        question_id=str(question),
                        cluster=str(cluster[question]),
                        model=model,
                        state=STATES[state[question, place]],
                        confidences=(Confidence(source=ConfidenceSource.STATED, value=float(sure[question, place])),),
                        cost_usd=float(cost[question, place]),
                        latency_s=float(cost[question, place]),
                    ),
                )

    return compare_outcomes(["a", "b"], attempts(), options(0.75))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(os.environ.get("CALIBRANT_SHARED_DATA", Path(__file__).parent.parent.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--draws", type=int, default=400, help="of two models, for each size")
    parser.add_argument("--many", type=int, default=30, help=f"of {MANY} models, for each size")
    parser.add_argument("--simulated", type=int, default=100, help="for each design")
    parser.add_argument("--part", action="append", choices=("pairs", "simulated", "many"), help="only this part")
    parser.add_argument("--out", type=Path, default=RESULT)
    arguments = parser.parse_args()
    began = time.process_time()
    lines = ["# Coverage of the intervals of compare", "", "    python benchmarks/compare_coverage.py", ""]
    parts = {
        "pairs": lambda: real_pairs(arguments.data, arguments.draws),
        "simulated": lambda: simulated(arguments.simulated),
        "many": lambda: real_many(arguments.data, arguments.many),
    }
    for name in arguments.part or parts:
        lines += parts[name]()
        took = f"{time.process_time() - began:.0f} s CPU; {machine()}."
        arguments.out.write_text("\n".join([*lines, took]) + "\n", encoding="utf-8")
    print("\n".join([*lines, took]))


if __name__ == "__main__":
    main()
