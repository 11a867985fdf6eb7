"""What each signal of confidence tells and costs, on the reference models and on recorded answers of real models.

    python benchmarks/signals.py --data ../shared/data

(1) The reference models on the 900 questions that come with the package: every signal that asks for it is asked, by the
same code as ``calibrant run --confidence``, and compared on the same answers. They state no confidence; so that SCVC can
be measured beside agreement, one of them is made to state the probability of its own tokens, to the next ten per cent:
a stand-in, named so. (2) CRUXEval, 800 programs: the answer is the first of ten samples at temperature .8, the samples
are those that follow. Intervals: 95 %, clustered by what the question is about, or by program. Writes
benchmarks/results/signals.md.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import math
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from calibrant.analysis.signals import SignalAnalysis, compare_signals
from calibrant.confidence import Evidence, Said, find_signals, same_by
from calibrant.models import Model, Prompt, Reply, Sampling, load_models
from calibrant.models.reference import DATA
from calibrant.questions import load_questions
from calibrant.runs import Plan, RunOptions, aa_template, execute
from calibrant.runs.collecting import collect_run, load_seconds, prepare_collecting
from calibrant.runs.scoring import Scoring, score_run
from calibrant.store import Store, open_store
from calibrant.types import Confidence, ModelRef, Outcome, OutcomeState, Question, Stratum

RESULTS = Path(__file__).parent / "results" / "signals.md"
SIGNALS = (
    "logprob",
    "p_true",
    "stated_two_step",
    "agreement:1",
    "agreement",
    "agreement:10",
    "discrete_semantic_entropy",
    "discrete_semantic_entropy:10",
    "semantic_entropy",
    "semantic_entropy:10",
    "cocoa",
    "second_model:reference-medium@low",
    "second_model:reference-candid@low",
    "second_model:reference-large@high",
    "judge_probability:reference-candid@low",
)
CELLS = (
    ("gpt-4-0613", 0),
    ("gpt-4-0613", 1),
    ("gpt-3.5-turbo-0613", 0),
    ("gpt-3.5-turbo-0613", 1),
    ("codellama-34b", 0),
    ("codellama-34b", 1),
    ("deepseek-instruct-33b", 0),
    ("mistral-7b", 0),
    ("phi-2", 0),
)
OF_SAMPLES = ("agreement:1", "agreement:4", "agreement:9", "discrete_semantic_entropy:9")


class Stating:
    """A model that states, after its answer, the probability of the answer's tokens to the next ten per cent."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.ref = ModelRef(model=f"{model.ref.model}-stating", effort=model.ref.effort)
        self.identity = f"stating {model.identity}"
        self.price, self.concurrency = model.price, model.concurrency
        self.max_samples, self.destination = model.max_samples, model.destination

    def output_limit(self, prompt: Prompt) -> int | None:
        return self._model.output_limit(prompt)

    async def ask(self, prompt: Prompt) -> Sequence[Reply]:
        return [_stating(reply) for reply in await self._model.ask(prompt)]

    async def close(self) -> None:
        await self._model.close()


def _stating(reply: Reply) -> Reply:
    if reply.text is None or not reply.logprobs:
        return reply
    share = math.exp(sum(min(0.0, token.logprob) for token in reply.logprobs))
    return replace(reply, text=f"{reply.text}\nConfidence: {10 * round(10 * share)} %")


def reference(store: Store, name: str) -> tuple[SignalAnalysis, Scoring]:
    """All signals of one reference model."""
    models = load_models([name])
    others = tuple(one for one in SIGNALS if one.partition(":")[2] != name)
    return _measured(store, models[0], others, confidence=False)


def stating(store: Store, name: str) -> tuple[SignalAnalysis, Scoring]:
    """SCVC beside agreement and what is stated, of a reference model that is made to state."""
    model = Stating(load_models([name])[0])
    return _measured(store, model, ("stated", "scvc", "agreement:1", "scvc:4", "agreement:4"), confidence=True)


def _measured(store: Store, model: Model, names: Sequence[str], *, confidence: bool) -> tuple[SignalAnalysis, Scoring]:
    questions = [*load_questions(DATA / "questions.jsonl.gz"), *load_questions(DATA / "fresh.jsonl.gz")]
    options = RunOptions(templates=(aa_template(confidence=confidence),), sampling=Sampling(logprobs=True))
    run = asyncio.run(execute(Plan(questions, [model], options), store)).run
    chosen = find_signals(names)
    collecting = prepare_collecting(store, run, chosen, models=[model], seconds=load_seconds(store, chosen))
    asyncio.run(collect_run(store, collecting))
    scoring = score_run(store, collecting)
    answerable = (one for one in store.outcomes(run) if one.stratum is Stratum.ANSWERABLE)
    return compare_signals(answerable), scoring


def cruxeval(data: Path) -> Iterator[tuple[str, SignalAnalysis]]:
    """Signals from samples, for each model and effort."""
    items = {row["id"]: row for row in rows(data / "effort" / "cruxeval_items.jsonl.gz")}
    cells: dict[tuple[str, int], list[dict[str, Any]]] = {cell: [] for cell in CELLS}
    for row in rows(data / "effort" / "cruxeval_samples.jsonl.gz"):
        cell = row["model"], row["cot"]
        if cell in cells and row["task"] == "output" and row["temp"] == 0.8:
            cells[cell].append(row)
    for (model, cot), found in cells.items():
        yield f"{model} {'chain of thought' if cot else 'direct'}", compare_signals(_outcomes(found, items))


def _outcomes(found: Sequence[dict[str, Any]], items: dict[str, Any]) -> Iterator[Outcome]:
    chosen = find_signals(OF_SAMPLES)
    for row in found:
        code = items[row["id"]]
        text = f"What does this Python function return for {code['input']}?\n\n{code['code']}"
        question = Question(id=row["id"], text=text, golds=(code["output"],))
        answer, *samples = (Said(text=str(one)) for one in row["answers"])
        given = Evidence(question=question, answer=answer, same=same_by(question), samples=tuple(samples))
        scores = ((one, one.score(given)) for one in chosen)
        yield Outcome(
            question_id=row["id"],
            cluster=row["id"],
            model=ModelRef(model=row["model"]),
            state=OutcomeState.CORRECT if row["correct"][0] else OutcomeState.INCORRECT,
            confidences=tuple(
                Confidence(source=one.source, value=score, name=one.name, extra_calls=one.needs.extra_calls)
                for one, score in scores
                if score is not None
            ),
        )


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def table(analysis: SignalAnalysis) -> list[str]:
    """One line for each signal."""
    lines = ["| signal | extra calls | n | AUROC | PRR | AURC |", "|---|---|---|---|---|---|"]
    for row in sorted(analysis.rows, key=lambda one: -(one.measured.values["auroc"] or 0.0)):
        cells = [_cell(row.measured.values[name], row.intervals.get(name)) for name in ("auroc", "prr", "aurc")]
        calls = "?" if row.extra_calls is None else f"{row.extra_calls:g}"
        lines.append(f"| `{row.measured.name}` | {calls} | {row.measured.n:,} | {' | '.join(cells)} |")
    return [*lines, "", f"Right of the answered: {_right(analysis)}."]


def _right(analysis: SignalAnalysis) -> str:
    return f"{analysis.rows[0].measured.accuracy:.3f}"


def _cell(value: float | None, interval: Any) -> str:
    if value is None:
        return "undefined"
    return f"{value:.3f}" if interval is None else f"{value:.3f} ({interval.low:.3f} .. {interval.high:.3f})"


def pairs(analysis: SignalAnalysis, *wanted: tuple[str, str]) -> list[str]:
    """Paired differences of AUROC."""
    lines = []
    for one in analysis.differences:
        for first, second in wanted:
            if {one.first, one.second} == {first, second} and one.values["auroc"] is not None:
                sign = 1 if one.first == first else -1
                ends = sorted(sign * end for end in one.intervals["auroc"])
                value = sign * one.values["auroc"]
                lines.append(f"- `{first}` less `{second}`: {value:+.3f} ({ends[0]:+.3f} .. {ends[1]:+.3f})")
    return lines


def told(analysis: SignalAnalysis) -> list[str]:
    """What can be said about the best."""
    lines = []
    for one in analysis.choices:
        best = (
            f"`{one.best}` ranks best"
            if one.best
            else "not told apart: " + ", ".join(f"`{n}`" for n in one.may_be_best)
        )
        lines.append(f"{best} ({one.n:,} answers with all signals).")
    useless = [row.measured.name for row in analysis.rows if row.informative is False]
    return lines + ([f"Not shown to be better than chance: {', '.join(useless)}."] if useless else [])


def crux_table(found: Sequence[tuple[str, SignalAnalysis]]) -> list[str]:
    lines = [
        f"| model | right | {' | '.join(f'`{name}`' for name in OF_SAMPLES)} | agreement:9 less entropy:9 |",
        "|---|---|" + "---|" * len(OF_SAMPLES) + "---|",
    ]
    sums = dict.fromkeys(OF_SAMPLES, 0.0)
    for name, analysis in found:
        rows_of = {row.measured.name: row for row in analysis.rows}
        cells = []
        for signal in OF_SAMPLES:
            row = rows_of[signal]
            sums[signal] += row.measured.values["auroc"] or 0.0
            prr = row.measured.values["prr"]
            cells.append(f"{_cell(row.measured.values['auroc'], row.intervals.get('auroc'))}; PRR {prr:.2f}")
        (difference,) = pairs(analysis, ("agreement:9", "discrete_semantic_entropy:9"))
        lines.append(f"| {name} | {_right(analysis)} | {' | '.join(cells)} | {difference.partition(': ')[2]} |")
    means = " | ".join(f"{sums[signal] / len(found):.3f}" for signal in OF_SAMPLES)
    return [*lines, f"| mean of {len(found)} cells | | {means} | |"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    shared = os.environ.get("CALIBRANT_SHARED_DATA", "../shared/data")
    parser.add_argument("--data", type=Path, default=Path(shared))
    data = parser.parse_args().data
    began = time.process_time()
    lines = [
        "# Signals of confidence: what each tells, and what it costs",
        "",
        "Made by `python benchmarks/signals.py --data ../shared/data`. AUROC: chance that a right answer is surer than a",
        "wrong one. PRR: share of a perfect rejection's gain, rejecting up to half. AURC: mean risk over coverages. 95 %",
        "intervals, answerable questions, wrong and right answers alone.",
        "",
    ]
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "store") as store:
        for name in ("reference-large@low", "reference-medium@low"):
            analysis, scoring = reference(store, name)
            none = [f"`{one}`" for one in scoring.names if not scoring.found[one]]
            lines += [f"## {name}", "", *table(analysis), "", *told(analysis), ""]
            lines += [
                f"Asked for, and no reply could be read: {', '.join(none)}",
                "(these models read no instruction: whatever they are asked, they answer with a name or a number).",
                "",
            ]
            lines += pairs(analysis, ("agreement:10", "sum_logprob"), ("cocoa", "sum_logprob"), ("cocoa", "agreement"))
            lines += [""]
        for name in ("reference-large@low", "reference-medium@low"):
            analysis, _ = stating(store, name)
            lines += [f"## {name}, made to state the probability of its tokens (a stand-in)", "", *table(analysis), ""]
            lines += pairs(analysis, ("scvc", "stated"), ("scvc", "agreement:1"), ("scvc", "agreement:4"))
            lines += [""]
    lines += ["## CRUXEval, output prediction, temperature .8", "", *crux_table(list(cruxeval(data))), ""]
    lines += [f"CPU: {time.process_time() - began:.0f} s."]
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
