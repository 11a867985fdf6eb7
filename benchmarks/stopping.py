"""How early `run --stop-when` decides on real tables, how often it errs, and what each switch is worth.

    CALIBRANT_SHARED_DATA=... python benchmarks/stopping.py > benchmarks/results/stopping.md

Real: the predictions of 29 models on MMLU-Pro (12,032 questions, 406 pairs; a blank prediction is a refusal). A verdict is
compared with that of the whole table. Simulated: tables whose true gap is exactly the hypothesis, where every verdict is wrong.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import norm

from calibrant.analysis.stopping import Course, Ending, StopRule, Unit, course_blocks
from calibrant.metrics.mean_sequence import MeanSequence, SequenceOptions, blocks_of

DATA = Path(os.environ.get("CALIBRANT_SHARED_DATA", "../shared/data")) / "routing"


@dataclass(frozen=True)
class Table:
    """Scores of models in points, (questions, models), and domains."""

    scores: np.ndarray
    domains: list[str]


@dataclass(frozen=True)
class Result:
    """What came of one course of looks."""

    share: float
    gap: float
    ending: Ending | None
    right: bool | None


def mmlu_pro(metric: str) -> Table:
    with gzip.open(DATA / "mmlu_pro_preds.csv.gz", "rt") as file:
        rows = list(csv.reader(file))
    columns = [at for at, name in enumerate(rows[0]) if name.endswith("|pred")]
    right = np.array([[row[at] == row[1] for at in columns] for row in rows[1:]], dtype=float)
    blank = np.array([[row[at] == "" for at in columns] for row in rows[1:]], dtype=float)
    with gzip.open(DATA / "mmlu_pro_items.jsonl.gz", "rt") as file:
        domains = [json.loads(line)["category"] for line in file]
    return Table(100 * right - (100 * (1 - right - blank) if metric == "index" else 0), domains)


@dataclass(frozen=True)
class Setup:
    """How to look."""

    metric: str = "index"
    stratified: bool = True
    whole: bool = True
    controls: int = 0
    futility: bool = True
    level: float = 0.95


def course(table: Table, rows: np.ndarray, pair: tuple[int, int], setup: Setup, seed: int) -> Result:
    """Ask rows of a table about a pair until it is over."""
    gaps = table.scores[rows, pair[0]] - table.scores[rows, pair[1]]
    units = [Unit((at,), (at,), table.domains[row]) for at, row in enumerate(rows)]
    cells, blocks = course_blocks(units, stratified=setup.stratified, seed=seed)
    covariates = None
    if setup.controls:
        others = [model for model in range(table.scores.shape[1]) if model not in pair]
        chosen = np.random.default_rng(seed).choice(others, setup.controls, replace=False)
        covariates = table.scores[np.ix_(rows, chosen)]
        covariates = np.column_stack([covariates, covariates.mean(axis=1)])
    rule = StopRule(
        models=("a", "b"), metric=setup.metric, whole=setup.whole, futility=setup.futility, level=setup.level
    )
    run = Course(rule, units, blocks, cells, covariates)
    for block in blocks:
        run.look([[gaps[at]] for at in block])
        if run.ending is not None:
            break
    right = None if run.better is None else (gaps.mean() > 0) == (run.better == "a")
    return Result(run.looks[-1].questions / len(rows), abs(float(gaps.mean())), run.ending, right)


def summary(results: Sequence[Result]) -> str:
    shares = np.array([one.share for one in results])
    decided = [one for one in results if one.ending is Ending.DECIDED]
    wrong = sum(one.right is False for one in decided)
    return (
        f"{np.median(shares):.1%} | {np.quantile(shares, 0.9):.0%} | {shares.mean():.1%} | "
        f"{len(decided) / len(results):.0%} | {wrong / len(results):.3f}"
    )


def pairs_of(models: int, share: int) -> list[tuple[int, int]]:
    found = [(i, j) for i in range(models) for j in range(i + 1, models)]
    return found[::share]


def real(args: argparse.Namespace) -> None:
    tables = {metric: mmlu_pro(metric) for metric in ("index", "accuracy")}
    everything = np.arange(len(tables["index"].domains))
    print("## The whole table: 12,032 questions\n")
    print(
        "| metric | setup | median share asked | 90th percentile | mean | decided | wrong verdicts |\n|---|---|---|---|---|---|---|"
    )
    for metric, setup in (
        ("index", Setup()),
        ("accuracy", Setup(metric="accuracy")),
        ("accuracy", Setup(metric="accuracy", controls=10)),
    ):
        found = [
            course(tables[metric], everything, pair, setup, at) for at, pair in enumerate(pairs_of(29, args.thin_whole))
        ]
        print(f"| {metric} | {name(setup)} | {summary(found)} |", flush=True)
    print(f"\n{len(pairs_of(29, args.thin_whole))} of 406 pairs each.\n\n## Pools of 600 questions\n")
    print("A random pool for each pair; a verdict is right where the pool's own gap has its sign.\n")
    print(
        "| metric | setup | median share asked | 90th percentile | mean | decided | wrong verdicts | gaps of 3 to 6 points: median share | gaps below 2 points: not decided |\n|---|---|---|---|---|---|---|---|---|"
    )
    for metric in ("index", "accuracy"):
        for setup in (
            Setup(metric), Setup(metric, stratified=False), Setup(metric, controls=3), Setup(metric, controls=10),
            Setup(metric, level=0.9), Setup(metric, level=0.9, controls=10), Setup(metric, futility=False), Setup(metric, whole=False, stratified=False),
        ):  # fmt: skip
            found = pools(tables[metric], setup, args)
            scale = 2 if metric == "index" else 1
            # A gap of d points of accuracy is one of 2 d points of the Index: both are shown for the same pairs.
            middle = [one.share for one in found if 3 * scale <= one.gap <= 6 * scale]
            close = [one.ending is not Ending.DECIDED for one in found if one.gap < 2]
            print(
                f"| {metric} | {name(setup)} | {summary(found)} | {np.median(middle):.0%} ({len(middle)}) | {np.mean(close):.0%} ({len(close)}) |",
                flush=True,
            )


def pools(table: Table, setup: Setup, args: argparse.Namespace) -> list[Result]:
    found = []
    for at, pair in enumerate(pairs_of(29, args.thin_pools)):
        rows = np.random.default_rng([1, at]).choice(len(table.domains), 600, replace=False)
        found.append(course(table, rows, pair, setup, at))
    return found


def name(setup: Setup) -> str:
    said = ["stratified" if setup.stratified else "plain order"]
    said += [f"{setup.controls} control models"] if setup.controls else []
    said += [] if setup.futility else ["no futility"]
    said += [] if setup.level == 0.95 else [f"level {setup.level:g}"]
    said += [] if setup.whole else ["about the source"]
    return ", ".join(said)


def null_table(random: np.random.Generator, groups: int, size: int, icc: float) -> tuple[np.ndarray, list[str]]:
    """Differences -1, 0, 1 of documents x questions whose mean over the table is exactly 0, documents with domains."""
    level = random.normal(0, np.sqrt(icc), groups)
    noise = random.normal(0, np.sqrt(1 - icc), (groups, size))
    latent = level[:, None] + noise
    latent -= np.median(latent)
    low, high = np.quantile(latent, [0.2, 0.8])
    values = (latent > high).astype(float) - (latent < low).astype(float)
    domains = (np.argsort(np.argsort(level + random.normal(0, 0.5, groups))) * 5 // groups).astype(str)
    return values, list(domains)


def errs(values: np.ndarray, domains: list[str], seed: int, way: str) -> bool:
    """Whether a way to look calls the two different, though they are not. Looks after each block of 10."""
    groups = len(values)
    if way in {"documents", "documents, control variate"}:
        covariates = None
        if way != "documents":
            covariates = values.mean(axis=1)[:, None] + np.random.default_rng(seed).normal(0, 0.5, (groups, 1))
        sequence = MeanSequence(np.ones(groups), cells=10, options=SequenceOptions(points=3), covariates=covariates)
        for block in blocks_of(domains, cells=10, seed=seed):
            sequence.add(block, values.mean(axis=1)[block])
        return sequence.is_greater(0) or sequence.is_less(0)
    random = np.random.default_rng(seed)
    flat = values[random.permutation(groups)].ravel()
    if way == "questions as units, document after document":
        sequence = MeanSequence(np.ones(flat.size), cells=10, options=SequenceOptions(points=3))
        for start in range(0, flat.size, 10):
            block = list(range(start, min(start + 10, flat.size)))
            sequence.add(block, flat[block])
        return sequence.is_greater(0) or sequence.is_less(0)
    if way.startswith("questions in random order"):
        flat = random.permutation(values.ravel())
    n = np.arange(1, flat.size + 1)
    mean = np.cumsum(flat) / n
    spread = np.sqrt(np.maximum(np.cumsum(flat**2) / n - mean**2, 1e-9) / n)
    z = np.abs(mean / spread)
    looks = z[np.arange(29, flat.size // 2, 10)]
    return bool((looks[-1:] if way.endswith("one look") else looks).max() > norm.ppf(0.975))


def validity(args: argparse.Namespace) -> None:
    print("\n## Where there is no gap: how often a verdict is given\n")
    print(
        f"{args.draws} tables of 60 documents x 10 questions each, whose gap is exactly 0, documents ordered at random, looks at every 10 units; nominal .05.\n"
    )
    print("| looked at | ICC 0 | .1 | .2 |\n|---|---|---|---|")
    ways = (
        "documents", "documents, control variate", "questions as units, document after document",
        "questions in random order, 95% interval at each look", "document after document, 95% interval at each look",
        "questions in random order, 95% interval, one look",
    )  # fmt: skip
    for way in ways:
        shares = []
        for icc in (0.0, 0.1, 0.2):
            random = np.random.default_rng([7, int(100 * icc)])
            wrong = [errs(*null_table(random, 60, 10, icc), seed, way) for seed in range(args.draws)]
            shares.append(f"{np.mean(wrong):.3f}")
        print(f"| {way} | {' | '.join(shares)} |", flush=True)


def repeats(args: argparse.Namespace) -> None:
    print("\n## Repeats: where answers to one question vary\n")
    print(
        "400 questions, gap 10 points of accuracy; 'within' is the share of each model's variance that is within questions.\n"
    )
    print("| within | repeats | median questions | median answers of each model |\n|---|---|---|---|")
    for within, shape in (("10%", 0.11), ("50%", 1.0), ("90%", 9.0)):
        for k in (1, 2, 4):
            asked = []
            for seed in range(args.draws // 8):
                random = np.random.default_rng([seed, k])
                chance = random.beta(shape / 2, shape / 2, 400)
                other = np.clip(random.permutation(chance), 0, 1)
                other = np.where(
                    random.random(400) < 0.2, np.maximum(other, random.beta(shape / 2, shape / 2, 400)), other
                )
                other = np.clip(other + 0.1 - (other.mean() - chance.mean()), 0, 1)
                gaps = 100 * (random.binomial(k, other) - random.binomial(k, chance)) / k
                table = Table(np.column_stack([gaps, 0 * gaps]), ["one"] * 400)
                asked.append(400 * course(table, np.arange(400), (0, 1), Setup("accuracy", futility=False), seed).share)
            print(f"| {within} | {k} | {np.median(asked):.0f} | {np.median(asked) * k:.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=400, help="simulated tables")
    parser.add_argument("--thin-whole", type=int, default=1, help="every so many pairs on the whole table")
    parser.add_argument("--thin-pools", type=int, default=1, help="every so many pairs on pools")
    args = parser.parse_args()
    began = time.process_time()
    given = f"--thin-whole {args.thin_whole} --thin-pools {args.thin_pools} --draws {args.draws}"
    print(
        f"# Stopping early\n\n`python benchmarks/stopping.py {given}`: share of the questions asked until a verdict, and how often it is wrong.\n"
    )
    parts: tuple[Callable[[argparse.Namespace], None], ...] = (real, validity, repeats)
    for part in parts:
        part(args)
    print(f"\n{time.process_time() - began:.0f} s of processor time.")


if __name__ == "__main__":
    main()
