"""Do the intervals and verdicts of a decision hold?

    python benchmarks/decision_intervals.py --draws 1000

Simulated: two models answer questions of documents that have a difficulty of their own; one of them declines more. The
truth is that of two million questions. Counted: how often Fieller's set holds the true break-even cost of an error, the
interval of the cost of a right answer (costs vary, and are higher where the answer is wrong) holds the true one, the
interval of the worth of a right answer holds the true one, and how often a decision between both and silence is settled on
a way that is not the best, where the two are worth the same or nearly so.

Real: samples without replacement of the 12,032 answers of 29 models to MMLU-Pro; the whole table is the truth, characters
written are the cost, no extracted answer is declining. Break-even costs are those of all pairs that change places.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import time
from itertools import combinations
from pathlib import Path

import numpy as np

from calibrant.analysis.deciding import WayValues, break_even, choose, right_answer_worth
from calibrant.metrics import cost_per_success, crossing_price

DATA = Path(os.environ.get("CALIBRANT_SHARED_DATA", "../shared/data"))
RESULT = Path(__file__).parent / "results" / "decision_intervals.md"
SKILLS = (1.1, 0.9)
WRONG_COSTS = 3.0
"""At which the worth of a right answer is asked."""
DESIGNS = ((60, 1), (200, 1), (600, 1), (40, 5), (100, 5), (20, 20))


def way(name: str, right: np.ndarray, wrong: np.ndarray, cost: np.ndarray) -> WayValues:
    right, wrong = right.astype(float), wrong.astype(float)
    return WayValues(name=name, model=name, answered=right + wrong, right=right, wrong=wrong, missed=wrong, cost=cost)


def law(
    random: np.random.Generator, documents: int, size: int, skills: tuple[float, float]
) -> tuple[WayValues, WayValues, np.ndarray]:
    """A bold model that answers everything, and a dearer, cautious one that holds back what is hard for it."""
    clusters = np.repeat(np.arange(documents), size)
    hard = random.normal(size=documents)[clusters] + random.normal(size=len(clusters))
    ways = []
    for name, skill, limit, price in (("bold", skills[0], np.inf, 1.0), ("cautious", skills[1], 0.5, 3.0)):
        felt = hard + 0.7 * random.normal(size=len(clusters))
        answered = felt < limit
        right = answered & (random.random(len(clusters)) < 1 / (1 + np.exp(1.5 * hard - skill)))
        cost = price * random.gamma(2.0, 0.5, len(clusters)) * np.where(right, 1.0, 1.5)
        ways.append(way(name, right, answered & ~right, cost))
    return ways[0], ways[1], clusters


def held(interval: tuple[float, float] | None, truth: float) -> float:
    return np.nan if interval is None else float(interval[0] <= truth <= interval[1])


def simulated(draws: int) -> list[str]:
    rows = [
        "| documents | of | break-even cost of an error | cost of a right answer | worth of a right answer |",
        "|---|---|---|---|---|",
    ]
    skills = SKILLS
    one, other, _ = law(np.random.default_rng(1), 2_000_000, 1, skills)
    shares = [float(values.mean()) for way_ in (one, other) for values in (way_.right, way_.wrong)]
    price = crossing_price(*shares)
    assert price is not None
    truth = price / (1 - price)
    assert one.cost is not None
    assert other.cost is not None
    unit = float(other.cost.sum() / other.right.sum())
    gained = float((other.value(WRONG_COSTS, None) - one.value(WRONG_COSTS, None)).mean())
    worth = float((other.cost - one.cost).mean()) / gained
    for documents, size in DESIGNS:
        random = np.random.default_rng([documents, size])
        hits = []
        for _ in range(draws):
            bold, cautious, clusters = law(random, documents, size, skills)
            found = break_even(bold, cautious, clusters, 0.95)
            # A set is the same whichever of the two is called the one below.
            cost = cost_per_success(cautious.cost, cautious.right, clusters)
            pays = right_answer_worth(cautious, bold, clusters, wrong_costs=WRONG_COSTS, level=0.95)
            hits.append(
                (
                    held(found.interval, truth),
                    held(None if cost is None else cost.interval, unit),
                    held(None if pays is None else pays.interval, worth),
                )
            )
        shown = [f"{np.nanmean(column):.3f}" for column in np.array(hits).T]
        rows.append(f"| {documents} | {size} | {' | '.join(shown)} |")
    rows += [
        "",
        f"True: {truth:.2f} right answers, {unit:.2f} and {worth:.1f} dollars. Draws in which the dearer model does",
    ]
    rows += ["not measure as worth more have no worth of a right answer, and are left out of its column."]
    return rows


def verdicts(draws: int) -> list[str]:
    """Where both are worth the same, anything settled between them is an error."""
    one, other, _ = law(np.random.default_rng(2), 2_000_000, 1, SKILLS)
    gap, slope = float((one.right - other.right).mean()), float((one.wrong - other.wrong).mean())
    even = gap / slope
    rows = [
        "| documents | of | settled on one of two that are worth the same | settled where one is better |",
        "|---|---|---|---|",
    ]
    for documents, size in DESIGNS:
        random = np.random.default_rng([documents, size, 2])
        wrong = right = 0
        for draw in range(draws):
            bold, cautious, clusters = law(random, documents, size, SKILLS)
            silent = way("silence", np.zeros(len(clusters)), np.zeros(len(clusters)), np.zeros(len(clusters)))
            for cost in (even, 2.5 * even):
                found = choose([bold, cautious, silent], clusters, wrong_costs=cost, worth=None, level=0.95, seed=draw)
                if cost == even:
                    wrong += found.settled
                else:
                    right += found.settled and found.leader == "cautious"
        rows.append(f"| {documents} | {size} | {wrong / draws:.3f} | {right / draws:.3f} |")
    return rows


def real(draws: int) -> list[str]:
    with gzip.open(DATA / "routing" / "mmlu_pro_preds.csv.gz", "rt", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        models = [name.removesuffix("|pred") for name in reader.fieldnames or () if name.endswith("|pred")]
        ways: dict[str, list[tuple[bool, bool, float]]] = {model: [] for model in models}
        for row in reader:
            for model in models:
                said = row[f"{model}|pred"]
                right = said == row["answer"]
                ways[model].append((right, bool(said) and not right, float(row[f"{model}|out_chars"] or 0)))
    columns = {model: np.array(rows, dtype=float).T for model, rows in ways.items()}
    pairs = []
    for one, other in combinations(models, 2):
        (a, b, _), (c, d, _) = columns[one], columns[other]
        price = crossing_price(a.mean(), b.mean(), c.mean(), d.mean())
        if price is not None and 0.02 < price < 0.98 and abs(b.mean() - d.mean()) > 0.01:
            pairs.append((one, other, price / (1 - price)))
    lines = ["| questions | break-even cost of an error | cost of a right answer (characters) |", "|---|---|---|"]
    random = np.random.default_rng(5)
    count = len(columns[models[0]][0])
    for size in (100, 300, 1000):
        crossing, unit = [], []
        clusters = np.arange(size)
        for _ in range(draws):
            drawn = random.choice(count, size, replace=False)
            for one, other, truth in pairs:
                first, second = (
                    way(name, columns[name][0][drawn], columns[name][1][drawn], columns[name][2][drawn])
                    for name in (one, other)
                )
                crossing.append(held(break_even(first, second, clusters, 0.95).interval, truth))
            for model in models:
                right, _, cost = columns[model]
                found = cost_per_success(cost[drawn], right[drawn])
                unit.append(held(None if found is None else found.interval, cost.sum() / right.sum()))
        lines.append(f"| {size:,} | {np.nanmean(crossing):.3f} | {np.nanmean(unit):.3f} |")
    lines += ["", f"{len(pairs)} pairs that change places at a cost between .02 and 49, {len(models)} models."]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=1000, help="of each simulated cell")
    parser.add_argument("--real-draws", type=int, default=100, help="samples of the real table")
    given = parser.parse_args()
    started = time.process_time()
    command = f"python benchmarks/decision_intervals.py --draws {given.draws} --real-draws {given.real_draws}"
    parts = ["# Intervals and verdicts of a decision", "", f"`{command}`. Level .95.", "", "## Coverage, simulated", ""]
    parts += [*simulated(given.draws), "", "## Verdicts, simulated", "", *verdicts(given.draws // 4)]
    parts += ["", "## Coverage, samples of MMLU-Pro", "", *real(given.real_draws), ""]
    text = "\n".join(parts)
    RESULT.write_text(text, encoding="utf-8")
    print(text)
    print(f"{time.process_time() - started:.0f} s of CPU")


if __name__ == "__main__":
    main()
