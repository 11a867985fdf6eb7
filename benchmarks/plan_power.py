"""Does a planned number of questions give the power that was planned for?

    python benchmarks/plan_power.py --draws 1000

Simulated: two models answer questions of documents. A question is hard for both by a normal amount (that of its document,
its own, and each model's own), an attempt is right by a logistic chance, else wrong or declined. The one model's skill is
set so that the true difference of the Index is what the plan was made for. Variances come from the law itself, or from a
history of 200 questions asked twice, measured anew for each plan; the plan's questions are then drawn afresh, and the
paired comparison of `calibrant.metrics` counts how often it sees the difference at level .95.

Real: pairs of the 29 models of MMLU-Pro, whose difference on all 12,032 questions is taken for the truth. A history of 500
random questions measures the variance, the plan is for the true difference, and as many other questions are drawn.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import itertools
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calibrant.analysis.planning import Goal, Limits, Spread, Supply, plan_comparison
from calibrant.metrics import attempt_variance, cluster_covariance, paired_difference

DATA = Path(os.environ.get("CALIBRANT_SHARED_DATA", "../shared/data"))
RESULT = Path(__file__).parent / "results" / "plan_power.md"
HISTORY = 200


@dataclass(frozen=True)
class Law:
    """Standard deviations of difficulty, on the logistic scale."""

    size: int
    document: float
    question: float = 1.5
    own: float = 1.0
    declined: float = 0.3
    skill: float = 0.3

    def chances(
        self, random: np.random.Generator, questions: int, gap: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Each model's chance of being right, question by question, and documents."""
        documents = np.arange(questions) // self.size
        shared = random.normal(size=documents.max() + 1)[documents] * self.document
        apart = random.normal(size=documents.max() + 1)[documents] * self.document
        hard = shared + random.normal(size=questions) * self.question
        logits = (
            skill + lean - hard + random.normal(size=questions) * self.own
            for skill, lean in ((self.skill + gap, apart), (self.skill, -apart))
        )
        first, second = (1 / (1 + np.exp(-logit)) for logit in logits)
        return first, second, documents

    def draw(
        self, random: np.random.Generator, questions: int, repeats: int, gap: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Index values of both models, shape (questions, repeats), and documents."""
        *both, documents = self.chances(random, questions, gap)
        values = []
        for chance in both:
            right = random.random((questions, repeats)) < chance[:, None]
            wrong = ~right & (random.random((questions, repeats)) >= self.declined)
            values.append(100.0 * right - 100.0 * wrong)
        return values[0], values[1], documents

    def gap_for(self, difference: float) -> float:
        """Skill that makes the true difference this many points, by bisection on the same two million questions."""
        low, high = 0.0, 6.0
        for _ in range(25):
            middle = (low + high) / 2
            a, b, _ = self.chances(np.random.default_rng(7), 2_000_000, middle)
            less = 100 * (2 - self.declined) * float((a - b).mean()) < difference
            low, high = (middle, high) if less else (low, middle)
        return (low + high) / 2


def spread(a: np.ndarray, b: np.ndarray, documents: np.ndarray) -> Spread:
    questions = np.repeat(np.arange(len(a)), a.shape[1])
    variance = attempt_variance(a.ravel(), questions, b.ravel(), questions)
    shared = cluster_covariance(a.mean(axis=1) - b.mean(axis=1), documents) or 0.0
    return Spread(name="a - b", variance=variance, covariance=min(max(0.0, shared), variance.between))


def planned(found: Spread, difference: float, size: int, repeats: int, *, ignore: bool = False) -> int:
    supply = Supply(cluster_size=1.0 if ignore else size, mean_size=1.0 if ignore else size)
    plan = plan_comparison([found], [found], Goal(detect=difference), supply, Limits(repeats=repeats))
    return plan.mixes[repeats - 1].questions if len(plan.mixes) >= repeats else plan.mixes[-1].questions


def seen(law: Law, random: np.random.Generator, questions: int, repeats: int, gap: float) -> bool:
    a, b, documents = law.draw(random, max(questions, 2 * law.size), repeats, gap)
    found = paired_difference(a.mean(axis=1), b.mean(axis=1), documents)
    return found is not None and found.p_value is not None and found.p_value < 0.05


def simulated(draws: int) -> list[str]:
    rows = [
        (
            "| documents of | spread of documents | difference | repeats | questions planned (law) | power "
            "| from a history: questions, median [10 %, 90 %] | power | documents ignored: power |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
    ]
    designs = [
        ((1, 0.0), 10.0),
        ((1, 0.0), 20.0),
        ((5, 0.5), 10.0),
        ((5, 1.0), 10.0),
        ((10, 0.5), 10.0),
        ((10, 1.0), 20.0),
    ]
    for ((size, document), difference), repeats in itertools.product(designs, (1, 3)):
        law = Law(size, document)
        gap = law.gap_for(difference)
        true = spread(*law.draw(np.random.default_rng(3), 100_000, 5, gap))
        n = planned(true, difference, size, repeats)
        blind = planned(true, difference, size, repeats, ignore=True)
        random = np.random.default_rng([size, int(10 * document), int(difference), repeats])
        power = np.mean([seen(law, random, n, repeats, gap) for _ in range(draws)])
        ignoring = np.mean([seen(law, random, blind, repeats, gap) for _ in range(draws)])
        sizes, hits = [], []
        for _ in range(draws):
            history = spread(*law.draw(random, HISTORY, 2, gap))
            sizes.append(planned(history, difference, size, repeats))
            hits.append(seen(law, random, sizes[-1], repeats, gap))
        low, middle, high = np.quantile(sizes, [0.1, 0.5, 0.9])
        rows.append(
            f"| {size} | {document:g} | {difference:g} | {repeats} | {n:,} | {power:.3f} "
            f"| {middle:,.0f} [{low:,.0f}, {high:,.0f}] | {np.mean(hits):.3f} | {ignoring:.3f} |"
        )
    return rows


def real(draws: int) -> list[str]:
    with gzip.open(DATA / "routing" / "mmlu_pro_preds.csv.gz", "rt", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        models = [name.removesuffix("|pred") for name in reader.fieldnames or () if name.endswith("|pred")]
        table = np.array([[row[f"{model}|pred"] == row["answer"] for model in models] for row in reader], dtype=float)
    values = 100 * table
    random = np.random.default_rng(1)
    found = []
    for a, b in itertools.combinations(range(len(models)), 2):
        gap = values[:, a] - values[:, b]
        difference = abs(float(gap.mean()))
        if not 2 <= difference <= 20:
            continue
        hits, sizes = [], []
        for _ in range(draws):
            order = random.permutation(len(gap))
            history = gap[order[:500], None]
            variance = attempt_variance(history.ravel(), np.arange(500))
            n = planned(Spread(name="", variance=variance), difference, 1, 1)
            fresh = order[500 : 500 + n]
            sizes.append(n)
            result = paired_difference(gap[fresh], np.zeros(len(fresh)))
            hits.append(result is not None and result.p_value is not None and result.p_value < 0.05)
        found.append((difference, float(np.mean(sizes)), float(np.mean(hits)), float(gap.std())))
    rows = [
        "| true difference | pairs | sd of one question's difference | questions planned, median | power, mean | lowest pair |",
        "|---|---|---|---|---|---|",
    ]
    for low, high in ((2, 3), (3, 5), (5, 8), (8, 12), (12, 20)):
        part = [row for row in found if low <= row[0] < high]
        if part:
            difference, size, power, sd = (np.array(column) for column in zip(*part, strict=True))
            rows.append(
                f"| {low}-{high} | {len(part)} | {np.median(sd):.0f} | {np.median(size):,.0f} | {power.mean():.3f} "
                f"| {power.min():.3f} |"
            )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=1000, help="of each simulated cell")
    parser.add_argument("--real-draws", type=int, default=60, help="of each pair of models")
    given = parser.parse_args()
    started = time.process_time()
    text = "\n".join(
        [
            "# Power of planned comparisons",
            "",
            (
                f"`python benchmarks/plan_power.py --draws {given.draws} --real-draws {given.real_draws}`. Planned for a power "
                "of .80 at level .95."
            ),
            "",
            "## Simulated",
            "",
            *simulated(given.draws),
            "",
            (
                f"A history has {HISTORY} questions asked twice; its plan varies as its variances do. 'Documents ignored' plans "
                "with the law's variances as if questions were independent, and compares honestly."
            ),
            "",
            "## MMLU-Pro, accuracy",
            "",
            *real(given.real_draws),
            "",
            (
                "Drawn without replacement from 12,032 questions: where a plan takes a good part of them, the power is a little "
                "above what fresh questions would give."
            ),
            "",
        ]
    )
    RESULT.write_text(text, encoding="utf-8")
    print(text)
    print(f"{time.process_time() - started:.0f} s of CPU")


if __name__ == "__main__":
    main()
