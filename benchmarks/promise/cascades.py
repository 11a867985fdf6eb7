"""Is the promise of a whole cascade kept: simulated, and on recorded answers of real models?

    python benchmarks/promise/cascades.py --data ../shared/data --draws 200 --out benchmarks/results/promise_cascades.md

A policy is made as `calibrant fit` makes it: router, probabilities, values, prices and lambda on one part of the questions
(two fifths), all frozen, the certificate on the other part. 'Its own rows': the same cascade fitted on all questions and
certified on these very ones. Simulated: two arms with one telling signal and six of noise; on 'flat' laws every promise is
broken. Whether a promise is kept is computed from the true probabilities of 20,000 fresh questions. Recorded: CRUXEval,
direct answer -> chain of thought, agreement of ten samples, a policy from 500 of the 800 programs; MMLU-Pro, Gemini-1.5-flash ->
pro, agreement with Llama-3.1-8B and Phi-3, whose dollars are counted, a policy from 3,000 of the 12,032 questions. The other
questions are a sample too: 'refuted' is the share of promises that they refute by the exact test at .05, which happens to .05
of true ones at most.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from laws import GOOD, STATED, STRONG, WEAK, Law, hard_laws
from pool import arguments, over_cells, table, write
from scipy.special import ndtr
from scipy.stats import binom

from calibrant.policies import Certifying, Policy, certify, fit_policy
from calibrant.policies.routing import Arm, ArmTable, Wishes, fit_cascade, part_of

DELTA = 0.1
NOISE = 6
FRESH = 20_000
WAYS = ("other rows", "its own rows")
LAWS = {
    "good -> strong": (GOOD, STRONG),
    "weak -> good": (WEAK, GOOD),
    "10 levels -> strong": (STATED, STRONG),
    "weak -> weak": (WEAK, WEAK),
    **{law.name: (law, law) for law in hard_laws(0.1)[:5]},
}
CHEAP, DEAR = 0.001, 0.006


def simulated(laws: tuple[Law, Law], n: int, random: np.random.Generator) -> tuple[ArmTable, np.ndarray]:
    """A table, and the true probability of an error of each arm's answer."""
    ease = random.normal(size=n)
    ranks = [ndtr(np.sqrt(0.7) * ease + np.sqrt(0.3) * random.normal(size=n)) for _ in laws]
    wrong = np.column_stack([law.wrong(u) for law, u in zip(laws, ranks, strict=True)])
    signals = {"telling": np.column_stack([law.score(u) for law, u in zip(laws, ranks, strict=True)])}
    signals |= {f"noise {j}": random.normal(size=(n, 2)) for j in range(NOISE)}
    return ArmTable(
        arms=(Arm("model", "low"), Arm("model", "high")),
        right=(random.random((n, 2)) >= wrong).astype(np.float64),
        failed=np.zeros((n, 2), dtype=np.bool_),
        cost=np.tile([CHEAP, DEAR], (n, 1)),
        clusters=np.arange(n),
        signals=signals,
    ), wrong


def made(way: str, rows: ArmTable, alpha: float, seed: int) -> Policy:
    wishes, asked = Wishes(error=alpha, seed=seed), Certifying(alpha=alpha, delta=DELTA, seed=seed)
    if way == "other rows":
        return fit_policy(rows, wishes, asked, look=None)
    cascade = fit_cascade(rows, wishes=wishes)
    path = cascade.follow(rows)
    right = np.where(path.stopped >= 0, rows.right[np.arange(len(rows)), np.maximum(path.stopped, 0)], np.nan)
    right = np.where(np.isnan(path.score), np.nan, right)
    found = certify(path.score, right, alpha=alpha, delta=DELTA, look=None, seed=seed, clusters=rows.clusters)
    return Policy(cascade=cascade, certificate=found)


def simulate(name: str, n: int, alpha: float, draws: int, seed: int) -> list[tuple[object, ...]]:
    counts = {way: {"promised": 0, "broken": 0, "coverage": 0.0} for way in WAYS}
    for draw in range(draws):
        random = np.random.default_rng([seed, draw, n])
        rows, _ = simulated(LAWS[name], n, random)
        fresh, wrong = simulated(LAWS[name], FRESH, random)
        for way in WAYS:
            policy = made(way, rows, alpha, draw)
            if not policy.promised:
                continue
            played = policy.play(fresh)
            given = played.arm >= 0
            risk = wrong[given, played.arm[given]].mean() if given.any() else 0.0
            counts[way]["promised"] += 1
            counts[way]["broken"] += risk > alpha
            counts[way]["coverage"] += given.mean()
    return [
        (name, n, way, found["promised"] / draws, found["broken"] / draws, found["coverage"] / draws)
        for way, found in counts.items()
    ]


def cruxeval(data: Path) -> dict[str, ArmTable]:
    """Direct -> chain of thought of each model that has ten samples of either."""
    cells: dict[tuple[str, float, str], dict[int, dict[str, tuple[float, float]]]] = defaultdict(
        lambda: ({0: {}, 1: {}})
    )
    with gzip.open(data / "effort" / "cruxeval_samples.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            answers = row["answers"]
            if len(answers) == 10:
                answer, count = min(Counter(answers).items(), key=lambda item: (-item[1], answers.index(item[0])))
                place = cells[row["model"], row["temp"], row["task"]][row["cot"]]
                place[row["id"]] = (count / 10, float(row["correct"][answers.index(answer)]))
    tables = {}
    for (model, temp, task), arms in sorted(cells.items()):
        names = sorted(set(arms[0]) & set(arms[1]))
        if names:
            both = np.array([[arms[cot][name] for cot in (0, 1)] for name in names])
            tables[f"{model} t {temp} {task}"] = ArmTable(
                arms=(Arm(model, "direct", 10), Arm(model, "cot", 10)),
                right=both[:, :, 1],
                failed=np.zeros((len(names), 2), dtype=np.bool_),
                # Modelled: a chain of thought is taken to be six times as long.
                cost=np.tile([CHEAP, DEAR], (len(names), 1)),
                clusters=np.arange(len(names)),
                signals={"agreement": both[:, :, 0]},
            )
    return tables


def mmlu_pro(data: Path) -> dict[str, ArmTable]:
    """Flash -> pro; agreement of two small models with either, paid for with the first."""
    with gzip.open(data / "routing" / "mmlu_pro_preds.csv.gz", "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(io.StringIO(lines.read())))
    with gzip.open(data / "routing" / "mmlu_pro_items.jsonl.gz", "rt", encoding="utf-8") as lines:
        items = {str(item["question_id"]): item["category"] for item in map(json.loads, lines)}
    dollars = {
        "gemini-1.5-flash-002": 0.30,
        "gemini-1.5-pro-002": 5.0,
        "Meta-Llama-3_1-8B-Instruct": 0.28,
        "Phi-3-mini-4k-instruct": 0.28,
    }
    flash, pro, *helpers = dollars
    truth = np.array([row["answer"] for row in rows])
    said = {model: np.array([row[f"{model}|pred"] for row in rows]) for model in dollars}
    # Modelled: output characters / 4 at the list price of a million tokens.
    cost = {
        model: np.array([float(row[f"{model}|out_chars"] or 0) for row in rows]) / 4e6 * price
        for model, price in dollars.items()
    }
    arms = [said[flash], said[pro]]
    blank = np.column_stack([answers == "" for answers in arms])
    agrees = {helper: np.column_stack([said[helper] == answers for answers in arms]) for helper in helpers}
    signals = {f"agrees with {helper}": same.astype(np.float64) for helper, same in agrees.items()}
    signals["agrees with flash"] = np.column_stack([np.full(len(rows), np.nan), said[flash] == said[pro]])
    signals["length"] = np.column_stack([np.log1p(cost[model] / dollars[model] * 4e6) for model in (flash, pro)])
    return {
        "gemini-1.5 flash -> pro": ArmTable(
            arms=(Arm(flash), Arm(pro)),
            right=np.where(blank, np.nan, np.column_stack([answers == truth for answers in arms])),
            failed=blank,
            cost=np.column_stack([cost[flash] + sum(cost[helper] for helper in helpers), cost[pro]]),
            clusters=np.arange(len(rows)),
            signals=signals,
            domains=[items[row["question_id"]] for row in rows],
        )
    }


def split(name: str, rows: ArmTable, size: int, alpha: float, draws: int, seed: int) -> list[tuple[object, ...]]:
    sums: dict[str, list[tuple[float, ...]]] = {way: [] for way in WAYS}
    for draw in range(draws):
        order = np.random.default_rng([seed, draw]).permutation(len(rows))
        used, fresh = part_of(rows, order[:size]), part_of(rows, order[size:])
        for way in WAYS:
            policy = made(way, used, alpha, draw)
            played = policy.play(fresh)
            n = int((played.arm >= 0).sum())
            k = int((played.right == 0).sum())
            broken = policy.promised and n > 0 and k > alpha * n
            refuted = policy.promised and n > 0 and binom.sf(k - 1, n, alpha) <= 0.05
            sums[way].append((policy.promised, broken, refuted, n / len(fresh), played.cost.mean() * policy.promised))
    always = float(rows.cost[:, -1].mean())
    found = []
    for way, made_here in sums.items():
        promised, broken, refuted, coverage, cost = np.mean(made_here, axis=0).tolist()
        found.append(
            (name, alpha, way, promised, broken, refuted, coverage, cost / promised / always if promised else None)
        )
    return found


def main() -> None:
    parser = arguments(__doc__, 200)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    asked = parser.parse_args()
    cells = [(law, n, 0.1, asked.draws, asked.seed) for law in LAWS for n in (400, 1000)]
    simulations = [row for rows in over_cells(simulate, cells, asked.processes) for row in rows]
    crux = [(name, rows, 500, 0.2, asked.draws, asked.seed) for name, rows in cruxeval(asked.data).items()]
    pro = [
        (name, rows, 3000, alpha, asked.draws, asked.seed)
        for name, rows in mmlu_pro(asked.data).items()
        for alpha in (0.1, 0.2)
    ]
    recorded = [row for rows in over_cells(split, crux + pro, asked.processes) for row in rows]
    about = (__doc__ or "").split("\n\n", 2)[2].strip()
    command = f"python benchmarks/promise/cascades.py --data ../shared/data --draws {asked.draws}"
    parts = [
        "# Promises of whole cascades",
        f"`{command}`; delta {DELTA}, the only look. {about}",
        "## Simulated, alpha .1",
        table(("law", "questions", "certified on", "promised", "broken, of all draws", "coverage"), simulations),
        "## Recorded answers",
        table(
            ("table", "alpha", "certified on", "promised", "broken there", "refuted", "coverage", "cost / dear arm"),
            recorded,
        ),
        _summary(simulations, recorded),
    ]
    text = "\n\n".join(parts)
    write(text, asked.out)


def _summary(simulations: list[tuple[object, ...]], recorded: list[tuple[object, ...]]) -> str:
    said = []
    for way in WAYS:
        worst = max(float(str(row[4])) for row in simulations if row[2] == way)
        refuted = [float(str(row[5])) for row in recorded if row[2] == way]
        said.append(
            f"Certified on {way}: broken in at most {worst:.3f} of draws of any simulated law (delta {DELTA}); "
            f"refuted in {np.mean(refuted):.3f} of recorded splits, at most {max(refuted):.3f} of one table's."
        )
    return "\n\n".join(said)


if __name__ == "__main__":
    main()
