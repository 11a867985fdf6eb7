"""Does the cheaper effort under a certificate match the dearer one as it is? At what coverage, at what cost?

    python benchmarks/matched_risk.py --draws 100

alpha is the dearer arm's own error rate among what it answers, on the whole table, rounded up to a whole per cent: the
certificate of the cheaper arm is to promise no more errors than that (delta .1, its only look). Half of the questions,
drawn anew for each of the draws, are labelled for it; what it answers on the other half is counted.

CRUXEval (800 items, recorded samples): the cheaper arm answers directly, the dearer one with chain of thought; or one
model takes the other's place. The confidence is the share of its samples (10, at temperature .8) that are the same as the answer,
the most frequent one, so the cheaper arm pays for all its samples; the dearer one, as it is, is one sample, right with the
mean of its samples. Costs are modelled: the published files hold neither tokens nor reasoning. Prompt 350 tokens + the
code's characters / 4, paid once; a direct sample 10 tokens + its characters / 4; a chain of thought 250 more. Dollars per
million tokens in and out: gpt-4 30/60, gpt-3.5 0.5/1.5, codellama 34b 0.8/0.8, 13b 0.3/0.3, 7b 0.2/0.2.

Reference models: asked through a run of Calibrant on the traffic of `calibrant demo` (15 % without an answer). Confidence is
the log-probability of the answer, cost the tokens measured, at 1 and 4 dollars a million (modelled: they run here).
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np

from calibrant.policies import certify

DATA = Path(os.environ.get("CALIBRANT_SHARED_DATA", "../shared/data"))
RESULT = Path(__file__).parent / "results" / "matched_risk.md"
DELTA = 0.1
PRICES = {
    "gpt-4-0613": (30.0, 60.0),
    "gpt-3.5-turbo-0613": (0.5, 1.5),
    "codellama-34b": (0.8, 0.8),
    "codellama-13b": (0.3, 0.3),
    "codellama-7b": (0.2, 0.2),
}
REASONING, FORM, PROMPT = 250, 10, 350
PAIRS = [  # cheaper (model, chain of thought), dearer
    *((model, 0, model, 1) for model in PRICES),
    ("gpt-3.5-turbo-0613", 0, "gpt-4-0613", 1),
    ("gpt-3.5-turbo-0613", 1, "gpt-4-0613", 0),
    ("gpt-3.5-turbo-0613", 1, "gpt-4-0613", 1),
    ("codellama-34b", 0, "gpt-3.5-turbo-0613", 1),
]
REFERENCE = ("reference-small", "reference-medium", "reference-large", "reference-candid")


@dataclass(frozen=True)
class Arm:
    """One way to answer, item by item."""

    answered: np.ndarray
    right: np.ndarray
    """Chance that its answer is right; 0 where it declines."""
    dollars: np.ndarray
    score: np.ndarray
    """Confidence; nan where it declines."""
    clusters: np.ndarray


def crux(reasoning: int = REASONING) -> dict[tuple[str, int, str], tuple[Arm, Arm]]:
    """(model, chain of thought, task) -> with all samples and agreement, and as a single sample."""
    with gzip.open(DATA / "effort" / "cruxeval_items.jsonl.gz", "rt", encoding="utf-8") as lines:
        code = {row["id"]: len(row["code"]) for row in map(json.loads, lines)}
    cells: dict[tuple[str, int, str], dict[str, dict[str, object]]] = {}
    with gzip.open(DATA / "effort" / "cruxeval_samples.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["model"] in PRICES and row["temp"] == 0.8:
                cells.setdefault((row["model"], row["cot"], row["task"]), {})[row["id"]] = row
    return {key: _arms(key, rows, code, reasoning) for key, rows in cells.items()}


def _arms(key: tuple[str, int, str], rows: dict[str, dict], code: dict[str, int], reasoning: int) -> tuple[Arm, Arm]:
    into, out = (price / 1e6 for price in PRICES[key[0]])
    right, single, agreement, dollars, one = [], [], [], [], []
    for name in sorted(rows):
        answers, correct = rows[name]["answers"], rows[name]["correct"]
        answer, count = min(Counter(answers).items(), key=lambda item: (-item[1], answers.index(item[0])))
        sample = FORM + len(answer) / 4 + (reasoning if key[1] else 0)
        prompt = into * (PROMPT + code[name] / 4)
        right.append(float(correct[answers.index(answer)]))
        single.append(float(np.mean(correct)))
        agreement.append(count / len(answers))
        dollars.append(prompt + out * sample * len(answers))
        one.append(prompt + out * sample)
    every, items = np.ones(len(right), dtype=bool), np.arange(len(right))
    return (
        Arm(every, np.array(right), np.array(dollars), np.array(agreement), items),
        Arm(every, np.array(single), np.array(one), np.full(len(right), np.nan), items),
    )


def reference() -> dict[str, Arm]:
    """model@effort -> its arm, on the same questions in the same order."""
    from calibrant.grading import EQUAL
    from calibrant.lab.story import traffic
    from calibrant.models import Sampling
    from calibrant.runs import RunOptions, run
    from calibrant.store import open_store
    from calibrant.types import OutcomeState

    questions = [one.question(f"q-{at}") for at, one in enumerate((*traffic()[0], *traffic()[1]))]
    names = [f"{model}@{effort}" for model in REFERENCE for effort in ("low", "high")]
    with tempfile.TemporaryDirectory() as folder, open_store(folder) as store:
        options = RunOptions(sampling=Sampling(temperature=0.0, logprobs=True))
        made = run(questions, names, store=store, options=options, grader=EQUAL)
        rows: dict[str, dict[str, tuple[bool, float, float, float, str]]] = {name: {} for name in names}
        for one in store.outcomes(made.run, EQUAL.name):
            sure = next((signal.value for signal in one.confidences if signal.name == "sum_logprob"), np.nan)
            answered = one.state in (OutcomeState.CORRECT, OutcomeState.PARTIAL, OutcomeState.INCORRECT)
            dollars = ((one.usage.input_tokens or 0) * 1.0 + (one.usage.output_tokens or 0) * 4.0) / 1e6
            right = float(one.state is OutcomeState.CORRECT)
            rows[str(one.model)][one.question_id] = (answered, right, dollars, sure, one.cluster)
    order = sorted(rows[names[0]])
    arms = {}
    for name in names:
        answered, right, dollars, sure, clusters = zip(*(rows[name][question] for question in order), strict=True)
        said = np.array(answered)
        codes = np.unique(np.array(clusters), return_inverse=True)[1]
        arms[name] = Arm(said, np.array(right), np.array(dollars), np.where(said, np.array(sure), np.nan), codes)
    return arms


HEAD = (
    "| cheaper, certified | dearer, as it is | dearer: answers | dearer: errors | cheaper as it is: errors "
    "| alpha | promised | answered [10 %, 90 %] | errors of these | broken | $ a right answer, of the dearer's "
    "| as it is, of the dearer's | certified, else the dearer: errors | its $ a right answer, of the dearer's |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"
)


def row(names: tuple[str, str], cheap: Arm, dear: Arm, draws: int) -> tuple[str, dict[str, float]]:
    """One line of the table, and what it says."""
    bare = 1 - dear.right[dear.answered].mean()
    alpha = ceil(100 * bare - 1e-9) / 100
    truth = np.where(cheap.answered, (cheap.right > 0.5).astype(float), np.nan)
    groups = int(cheap.clusters.max()) + 1
    unit = dear.dollars.sum() / dear.right.sum()
    found = []
    for draw in range(draws):
        labelled = np.zeros(groups, dtype=bool)
        labelled[np.random.default_rng(draw).permutation(groups)[: groups // 2]] = True
        fit = labelled[cheap.clusters]
        made = certify(
            cheap.score[fit], truth[fit], clusters=cheap.clusters[fit], alpha=alpha, delta=DELTA, look=1, seed=draw
        )
        test = ~fit
        if made.threshold is None:
            found.append((0.0, np.nan, np.nan, np.nan, np.nan))
            continue
        taken = test & cheap.answered & (cheap.score >= made.threshold)
        rest = test & ~taken
        wins = cheap.right[taken].sum()
        both = wins + dear.right[rest].sum()
        given = taken.sum() + (rest & dear.answered).sum()
        found.append(
            (
                taken.sum() / test.sum(),
                1 - wins / max(1, taken.sum()),
                cheap.dollars[test].sum() / wins / unit if wins else np.nan,
                1 - both / given,
                (cheap.dollars[test].sum() + dear.dollars[rest].sum()) / both / unit,
            )
        )
    coverage, risk, cost, hybrid, spent = np.array(found).T
    promised = ~np.isnan(risk)
    own = 1 - cheap.right[cheap.answered].mean()
    plain = cheap.dollars.sum() / cheap.right.sum() / unit
    low, high = np.quantile(coverage, [0.1, 0.9])

    def mean(values: np.ndarray, form: str) -> str:
        return "-" if not promised.any() else form.format(float(np.nanmean(values)))

    line = (
        f"| {names[0]} | {names[1]} | {dear.answered.mean():.0%} | {bare:.1%} | {own:.1%} | {alpha:.2f} | {promised.mean():.0%} "
        f"| {coverage.mean():.0%} [{low:.0%}, {high:.0%}] | {mean(risk, '{:.1%}')} "
        f"| {'-' if not promised.any() else f'{(risk[promised] > alpha).mean():.0%}'} | {mean(cost, '{:.2f}')} "
        f"| {plain:.2f} | {mean(hybrid, '{:.1%}')} | {mean(spent, '{:.2f}')} |"
    )
    facts = {
        "promised": float(promised.mean()),
        "coverage": float(coverage.mean()),
        "cost": float(np.nanmean(cost)) if promised.any() else np.nan,
        "hybrid": float(np.nanmean(spent)) if promised.any() else np.nan,
        "better": float(own <= bare),
    }
    return line, facts


def summed(title: str, facts: list[dict[str, float]]) -> str:
    """What a table says, counted from its rows."""
    often = [one for one in facts if one["promised"] >= 0.8]
    full = [one for one in often if one["coverage"] >= 0.9]
    cheaper = [one for one in often if one["cost"] < 1]
    mixed = [one for one in often if one["hybrid"] < 1]
    middle = f"{np.median([one['coverage'] for one in often]):.0%}" if often else "-"
    return (
        f"{title}: of {len(facts)} pairs, the cheaper arm was promised no more errors than the dearer one makes in at least "
        f"80 % of draws in {len(often)}; there it answers {middle} (median), 90 % or more in {len(full)}. A right answer of it "
        f"costs less than one of the dearer in {len(cheaper)} of these, and certified-else-dearer costs less than the dearer "
        f"alone in {len(mixed)}. In {sum(one['better'] > 0 for one in facts):.0f} pairs the cheaper arm errs no more than the "
        "dearer even as it is."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=100, help="of labels, for each pair")
    given = parser.parse_args()
    started = time.process_time()
    arms = crux()
    parts = [
        "# The cheaper effort under a certificate beside the dearer one as it is",
        "",
        f"`python benchmarks/matched_risk.py --draws {given.draws}`. alpha is the dearer arm's own error rate, rounded up; half",
        "of the questions are labelled, drawn anew each time; everything else is counted on the other half. 'answered' counts",
        "draws without a promise as 0; errors and dollars are means over draws with one; 'broken': the other half's errors",
        "are above alpha, by chance or truly. **All dollars are modelled**: the head of the script says how.",
    ]
    for task in ("output", "input"):
        lines, facts = [], []
        for cheap, low, dear, high in PAIRS:
            if (cheap, low, task) in arms and (dear, high, task) in arms:
                names = (_name(cheap, low), _name(dear, high))
                line, fact = row(names, arms[cheap, low, task][0], arms[dear, high, task][1], given.draws)
                lines.append(line)
                facts.append(fact)
        parts += ["", f"## CRUXEval, {task} prediction", "", HEAD, *lines, "", summed(f"CRUXEval {task}", facts)]
    parts += ["", "### Were a chain of thought of another length", ""]
    for reasoning in (100, 500, 1000):
        parts.append(_shifted(reasoning))
    models = reference()
    lines, facts = [], []
    pairs = [(f"{model}@low", f"{model}@high") for model in REFERENCE]
    pairs += [("reference-small@high", "reference-large@low"), ("reference-medium@low", "reference-large@high")]
    for cheap_name, dear_name in pairs:
        line, fact = row((cheap_name, dear_name), models[cheap_name], models[dear_name], given.draws)
        lines.append(line)
        facts.append(fact)
    parts += ["", "## Reference models", "", HEAD, *lines, "", summed("Reference models", facts), ""]
    text = "\n".join(parts)
    RESULT.write_text(text, encoding="utf-8")
    print(text)
    print(f"{time.process_time() - started:.0f} s of CPU")


def _shifted(reasoning: int) -> str:
    """How often the cheaper arm's right answer costs less, had the dearer one's thoughts so many tokens."""
    arms, counts = crux(reasoning), []
    for task in ("output", "input"):
        facts = [
            row(("", ""), arms[cheap, low, task][0], arms[dear, high, task][1], 20)[1]
            for cheap, low, dear, high in PAIRS
            if (cheap, low, task) in arms and (dear, high, task) in arms and high
        ]
        often = [one for one in facts if one["promised"] >= 0.8]
        counts.append(f"{sum(one['cost'] < 1 for one in often)} of {len(often)} ({task})")
    return f"- {reasoning:,} tokens: a certified right answer costs less than one of the dearer arm in {' and '.join(counts)}."


def _name(model: str, thought: int) -> str:
    return f"{model}, {'chain of thought' if thought else 'direct'}"


if __name__ == "__main__":
    main()
