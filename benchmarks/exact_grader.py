"""Measure the exact grader on recorded answers of real models, and write the figures down.

    python benchmarks/exact_grader.py --data ../shared/data

Three measurements: (1) CRUXEval, whose right answers are known exactly (they were executed); (2) TriviaQA by
Phi-3-mini, whose labels are a fuzzy string match, wrong in both directions, so that only disagreements are listed;
(3) NQ-open and TruthfulQA, whose own golds must be correct and whose wrong answers never. Writes
benchmarks/results/exact_grader.md.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from calibrant.grading import grade_exact, is_abstention
from calibrant.metrics import wilson_interval
from calibrant.types import OutcomeState, Question

RESULTS = Path(__file__).parent / "results" / "exact_grader.md"
CORRECT, INCORRECT = OutcomeState.CORRECT, OutcomeState.INCORRECT
SHORT_WORDS = 5
Cells = Counter[tuple[OutcomeState, int]]


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def share(part: int, whole: int) -> str:
    interval = wilson_interval(part, whole)
    if interval is None:
        return "-"
    return f"{part:,} of {whole:,} = {100 * part / whole:.3f} % [{100 * interval.low:.3f}, {100 * interval.high:.3f}]"


def cruxeval(data: Path) -> Cells:
    items = {item["id"]: item for item in rows(data / "effort" / "cruxeval_items.jsonl.gz")}
    questions = {
        name: Question(id=name, text=f"{item['code']}\nassert f({item['input']}) == ??", golds=(item["output"],))
        for name, item in items.items()
    }
    cells: Cells = Counter()
    for row in rows(data / "effort" / "cruxeval_samples.jsonl.gz"):
        # In 4 of 52,800 rows garbled answers have no flag, so the rest cannot be matched to theirs.
        if row["task"] != "output" or len(row["answers"]) != len(row["correct"]):
            continue
        for answer, truth in zip(row["answers"], row["correct"], strict=True):
            if answer.strip():
                cells[grade_exact(questions[row["id"]], answer).state, truth] += 1
    return cells


def cruxeval_lines(cells: Cells) -> Iterator[str]:
    right = sum(number for (_, truth), number in cells.items() if truth)
    wrong = cells.total() - right
    unsure = sum(number for (state, _), number in cells.items() if state is OutcomeState.UNGRADED)
    abstained = sum(number for (state, _), number in cells.items() if state is OutcomeState.ABSTAINED)
    agree = cells[CORRECT, 1] + cells[INCORRECT, 0]
    yield "| quantity | share [95 % Wilson; answers treated as independent] |"
    yield "|---|---|"
    yield f"| agreement where it decides | {share(agree, cells.total() - unsure)} |"
    yield f"| unsure | {share(unsure, cells.total())} |"
    yield f"| called abstained | {share(abstained, cells.total())} |"
    yield f"| false correct, of wrong answers | {share(cells[CORRECT, 0], wrong)} |"
    yield f"| false incorrect, of right answers | {share(cells[INCORRECT, 1], right)} |"


def triviaqa(data: Path) -> Iterator[str]:
    cells: Counter[tuple[str, OutcomeState, int]] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    disagreements: list[str] = []
    for number, row in enumerate(rows(data / "confidence" / "triviaqa_phi3mini_label_conf.jsonl.gz")):
        answer, gold, label = row["generated_text"], row["answer"], row["label"]
        if not answer.strip() or not gold.strip():
            continue
        grade = grade_exact(Question(id=str(number), text=row["query"], golds=(gold,)), answer)
        size = "short" if len(answer.split()) <= SHORT_WORDS and "\n" not in answer.strip() else "long"
        cells[size, grade.state, label] += 1
        reasons[grade.state, grade.reason or ""] += 1
        if (grade.state is CORRECT and not label) or (grade.state is INCORRECT and label):
            disagreements.append(f"| {grade.state} | {gold} | {answer.strip()} | {grade.reason} |".replace("\n", " "))
    yield "| answers | n | correct | incorrect | abstained | unsure |"
    yield "|---|---|---|---|---|---|"
    for size in ("short", "long"):
        states = {
            state: sum(number for (kind, is_state, _), number in cells.items() if (kind, is_state) == (size, state))
            for state in OutcomeState
        }
        n = sum(states.values())
        shown = (CORRECT, INCORRECT, OutcomeState.ABSTAINED, OutcomeState.UNGRADED)
        yield (
            f"| {size} | {n:,} | "
            + " | ".join(f"{states[state]:,} ({states[state] / n:.1%})" for state in shown)
            + " |"
        )
    yield ""
    yield "| verdict | reason | n |"
    yield "|---|---|---|"
    yield from (f"| {state} | {reason} | {number:,} |" for (state, reason), number in reasons.most_common())
    yield ""
    yield f"Disagreements with the fuzzy label: {len(disagreements)}; 25 of them, drawn with seed 1:"
    yield ""
    yield "| verdict | gold | answer | reason |"
    yield "|---|---|---|---|"
    yield from random.Random(1).sample(disagreements, min(25, len(disagreements)))


def aliases(data: Path) -> Iterator[str]:
    counts: Counter[str] = Counter()
    for number, row in enumerate(rows(data / "questions" / "NQ-open.dev.jsonl.gz")):
        golds = tuple(row["answer"])
        for gold in golds:
            state = grade_exact(Question(id=str(number), text=row["question"], golds=golds), gold).state
            counts[f"NQ-open gold: {state}"] += 1
    with (data / "questions" / "TruthfulQA.csv").open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            golds = tuple(text.strip() for text in row["Correct Answers"].split(";") if text.strip())
            wrong = tuple(text.strip() for text in row["Incorrect Answers"].split(";") if text.strip())
            listed = Question(id=str(number), text=row["Question"], golds=golds, wrong=wrong)
            blind = Question(id=str(number), text=row["Question"], golds=golds)
            both = {text.casefold() for text in golds} & {text.casefold() for text in wrong}
            for gold in golds:
                note = " (listed as right and as wrong)" if gold.casefold() in both else ""
                counts[f"TruthfulQA gold: {grade_exact(listed, gold).state}{note}"] += 1
            for text in wrong:
                note = " (listed as right and as wrong)" if text.casefold() in both else ""
                counts[f"TruthfulQA wrong answer, known: {grade_exact(listed, text).state}{note}"] += 1
                counts[f"TruthfulQA wrong answer, not told: {grade_exact(blind, text).state}{note}"] += 1
                counts["TruthfulQA wrong answer, read as an abstention"] += is_abstention(text)
    yield "| answer graded against its own question | n |"
    yield "|---|---|"
    yield from (f"| {name} | {number:,} |" for name, number in sorted(counts.items()))


def speed(data: Path) -> str:
    pairs = [
        (Question(id="1", text=row["query"], golds=(row["answer"],)), row["generated_text"])
        for row in rows(data / "confidence" / "triviaqa_phi3mini_label_conf.jsonl.gz")
        if len(row["generated_text"]) < 40 and row["answer"].strip()
    ]
    grade_exact(Question(id="0", text="Which?", golds=("one",)), "I do not know.")  # compiles the patterns
    times = []
    for _ in range(6):
        start = time.process_time()
        for question, answer in pairs:
            grade_exact(question, answer)
        times.append((time.process_time() - start) / len(pairs) * 1e6)
    return (
        f"{len(pairs):,} short TriviaQA answers, CPU per answer: {times[0]:.0f} us with every gold new, "
        f"{min(times[1:]):.0f} us with golds seen before (best of 5)."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    data = parser.parse_args().data
    timing = speed(data)  # first, while every gold is new
    lines = [
        "# The exact grader, measured",
        "",
        "    python benchmarks/exact_grader.py --data ../shared/data",
        "",
        "## CRUXEval, output prediction: truth is exact (answers were executed)",
        "",
        *cruxeval_lines(cruxeval(data)),
        "",
        f"## TriviaQA by Phi-3-mini: one gold, fuzzy labels; short = at most {SHORT_WORDS} words in one line",
        "",
        *triviaqa(data),
        "",
        "## Golds against themselves",
        "",
        *aliases(data),
        "",
        "## Speed",
        "",
        timing,
        "",
    ]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
