"""The confidence trap on the reference models: what they know, make up and admit, over training seeds and samples.

    python -m calibrant.lab.train small --seed 0 --out models   # and medium, large, candid; seeds 0, 1, 2
    python benchmarks/reference_world.py --models models

Every model of every seed answers 5 samples of questions about held-out entities (facts that were only ever stated, never
asked), from memory and with a passage looked up in the almanac. Intervals are t-intervals over training seeds of the
means over samples; differences are paired by seed. Writes benchmarks/results/reference_world.md and
docs/reference-world.svg.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from machine import machine
from scipy.stats import t as student

from calibrant.lab.artefacts import almanac, built_in_questions, fresh_questions
from calibrant.lab.evaluation import Measured, measure, measure_looked_up, state
from calibrant.lab.questions import ANSWERABLE, UNKNOWNS, Asked, sample
from calibrant.lab.tokenizer import train_tokenizer
from calibrant.lab.weights import load_weights
from calibrant.lab.world import make_world
from calibrant.metrics import auroc
from calibrant.policies import certify

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "reference_world.md"
PICTURE = ROOT / "docs" / "reference-world.svg"
MODELS = ("small", "medium", "large", "candid")
SAMPLES = 5
ALPHAS, DELTA = (0.2, 0.3, 0.4), 0.1
EXPOSURES = ((1, 1), (2, 14), (15, 24), (25, 49), (50, 99), (100, 999))
Figure = Callable[[Measured], float | None]


def passage_finder() -> Callable[[str], str]:
    """BM25 over the almanac: the best passage for a question."""
    import bm25s

    texts = [row["text"] for row in almanac(make_world())]
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, stopwords=None, show_progress=False), show_progress=False)

    def find(question: str) -> str:
        query = bm25s.tokenize(question, stopwords=None, show_progress=False)
        found, _ = index.retrieve(query, k=1, show_progress=False)
        return texts[int(found[0, 0])]

    return find


def share(outcome: str, *bands: str) -> Figure:
    return lambda measured: measured.share(outcome, *bands)


def ranking(*unknown: str, known: Sequence[str] = ANSWERABLE) -> Figure:
    """AUROC of the answer's probability against being right, among attempted answers in the bands."""

    def figure(measured: Measured) -> float | None:
        pairs = [
            (reply.confidence, state(asked, reply) == "correct")
            for asked, reply in zip(measured.asked, measured.replies, strict=True)
            if asked.band in (*known, *unknown) and not reply.declined
        ]
        return auroc([c for c, _ in pairs], [float(y) for _, y in pairs]) if pairs else None

    return figure


FIGURES: dict[str, Figure] = {
    "accuracy on answerable": share("correct", *ANSWERABLE),
    "hallucination rate i/(p+i+a)": lambda measured: measured.hallucination_rate,
    "unknowns answered": share("incorrect", *UNKNOWNS),
    "- invented entities answered": share("incorrect", UNKNOWNS[0]),
    "- never stated answered": share("incorrect", UNKNOWNS[1]),
    "- false premises answered": share("incorrect", UNKNOWNS[2]),
    "known facts refused": share("abstained", "known"),
    "confidence on known": lambda measured: measured.confidence("known"),
    "confidence on rare": lambda measured: measured.confidence("rare"),
    "confidence on unknowns": lambda measured: measured.confidence(*UNKNOWNS),
    "AUROC, known only": ranking(known=("known",)),
    "AUROC, answerable": ranking(),
    "AUROC, all": ranking(*UNKNOWNS),
}


def interval(values: Sequence[float]) -> str:
    """Mean and 95 % t-interval over seeds."""
    mean = float(np.mean(values))
    if len(values) < 2:
        return f"{mean:.3f}"
    half = float(student.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / len(values) ** 0.5)
    return f"{mean:.3f} ± {half:.3f}"


def seed_means(cells: dict[int, list[Measured]], figure: Figure) -> list[float]:
    """The figure's mean over samples, for each seed where it is defined."""
    means = []
    for measured in cells.values():
        values = [value for one in measured if (value := figure(one)) is not None]
        if values:
            means.append(float(np.mean(values)))
    return means


def by_exposure(cells: dict[int, list[Measured]]) -> list[dict[str, Any]]:
    rows = []
    for low, high in EXPOSURES:
        per_seed = []
        for measured in cells.values():
            hits = [
                state(asked, reply) == "correct"
                for one in measured
                for asked, reply in zip(one.asked, one.replies, strict=True)
                if asked.answer is not None and low <= asked.exposure <= high
            ]
            per_seed.append(float(np.mean(hits)))
        rows.append({"exposure": "1" if high == 1 else f"{low}-{high}", "order": low, "accuracy": per_seed})
    return rows


def certificate(on: Measured, fresh: Measured, alpha: float) -> dict[str, Any]:
    """A threshold certified on one set, and what it does on the other."""
    scores = [None if reply.declined else reply.confidence for reply in on.replies]
    correct = [
        None if reply.declined else state(a, reply) == "correct" for a, reply in zip(on.asked, on.replies, strict=True)
    ]
    made = certify(scores, correct, alpha=alpha, delta=DELTA, clusters=[a.entity for a in on.asked])
    if made.threshold is None:
        return {"alpha": alpha, "threshold": None}
    kept = [
        (a, r)
        for a, r in zip(fresh.asked, fresh.replies, strict=True)
        if not r.declined and r.confidence >= made.threshold
    ]
    wrong = sum(state(a, r) != "correct" for a, r in kept)
    right = len(kept) - wrong
    answerable = sum(a.answer is not None for a in fresh.asked)
    return {
        "alpha": alpha,
        "threshold": made.threshold,
        "answered": len(kept) / len(fresh.asked),
        "wrong among answered": wrong / len(kept) if kept else None,
        "accuracy": right / answerable,
        "hallucination rate": wrong / (len(fresh.asked) - right),
    }


def draw(exposures: dict[str, list[dict[str, Any]]]) -> None:
    """Accuracy by exposure, a line for each model."""
    import altair as alt

    rows = [
        {
            "model": f"reference-{name}",
            "told": row["exposure"],
            "order": row["order"],
            "accuracy": float(np.mean(row["accuracy"])),
        }
        for name, of_model in exposures.items()
        for row in of_model
    ]
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(point=True)
        .encode(
            x=alt.X(
                "told:N",
                sort=alt.EncodingSortField("order"),
                title="times a fact was told in training",
                axis=alt.Axis(labelAngle=0),
            ),
            y=alt.Y("accuracy:Q", scale=alt.Scale(domain=[0, 1]), title="answered right, from memory"),
            color=alt.Color("model:N", title=None, sort=[f"reference-{name}" for name in MODELS]),
        )
        .properties(width=420, height=260)
    )
    chart.save(str(PICTURE))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, required=True, help="folder that calibrant.lab.train wrote to")
    parser.add_argument("--high", action="store_true", help="also with a passage from the almanac (slow)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    world = make_world()
    tokenizer = train_tokenizer(world)
    held_out = [entity for entity in world.entities if entity.split == "held_out"]
    samples = [sample(world, held_out, random.Random(f"benchmark {number}")) for number in range(SAMPLES)]
    builtin, fresh = built_in_questions(world), fresh_questions(world)
    find = passage_finder() if options.high else None
    low: dict[str, dict[int, list[Measured]]] = {}
    high: dict[str, dict[int, list[Measured]]] = {}
    certified: dict[str, list[dict[str, Any]]] = {}
    for name in MODELS:
        for path in sorted(options.models.glob(f"reference-{name}-seed*.safetensors")):
            seed = int(path.stem.rpartition("seed")[2])
            model = load_weights(path)
            low.setdefault(name, {})[seed] = [measure(model, tokenizer, asked) for asked in samples]
            on, new = measure(model, tokenizer, builtin), measure(model, tokenizer, fresh)
            certified.setdefault(f"{name}, seed {seed}", []).extend(certificate(on, new, alpha) for alpha in ALPHAS)
            if find:
                one: list[Asked] = samples[0]
                high.setdefault(name, {})[seed] = [
                    measure_looked_up(model, tokenizer, one, [[find(a.text)] for a in one])
                ]
            print(name, seed, low[name][seed][0].to_dict(), flush=True)
    exposures = {name: by_exposure(cells) for name, cells in low.items()}
    draw(exposures)
    text = report(low, high, certified, exposures)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return ["| " + " | ".join(line) + " |" for line in (header, ["---"] * len(header), *rows)] + [""]


def report(
    low: dict[str, dict[int, list[Measured]]],
    high: dict[str, dict[int, list[Measured]]],
    certified: dict[str, list[dict[str, Any]]],
    exposures: dict[str, list[dict[str, Any]]],
) -> str:
    seeds = ", ".join(f"{name} {sorted(cells)}" for name, cells in low.items())
    lines = [
        "# The reference models on their world",
        "",
        f"`python benchmarks/reference_world.py --models DIR{' --high' if high else ''}` on {machine()}.",
        "",
        f"Training seeds: {seeds}. {SAMPLES} samples of 225 answerable questions and 75 unknowns of each kind, about held-out",
        "entities. Mean over seeds and samples, with a 95 % t-interval over seeds (2 degrees of freedom at 3 seeds).",
        "",
        "## From memory (low)",
        "",
    ]
    rows = [[label, *(cell(cells, figure) for cells in low.values())] for label, figure in FIGURES.items()]
    lines += table(["", *low], rows)
    lines += ["## Differences, paired by seed", "", *differences(low), ""]
    if high:
        lines += ["## With the best passage of the almanac (high), one sample", ""]
        lines += table(
            ["", *high],
            [[label, *(cell(cells, figure) for cells in high.values())] for label, figure in FIGURES.items()],
        )
        lines += printed(high)
    lines += ["## Accuracy by exposure, from memory", ""]
    lines += table(
        ["told", *exposures],
        [
            [row["exposure"], *(interval(of_model[at]["accuracy"]) for of_model in exposures.values())]
            for at, row in enumerate(next(iter(exposures.values())))
        ],
    )
    lines += [
        f"## A certified threshold (delta {DELTA}), fitted on the built-in set, on fresh questions",
        "",
    ]
    keys = ("alpha", "threshold", "answered", "wrong among answered", "accuracy", "hallucination rate")
    body = [
        [name, *("none" if one.get(key) is None else f"{one[key]:.3f}" for key in keys)]
        for name, of_model in certified.items()
        for one in of_model
    ]
    return "\n".join([*lines, *table(["", *keys], body)])


def cell(cells: dict[int, list[Measured]], figure: Figure) -> str:
    means = seed_means(cells, figure)
    return interval(means) if means else "none"


def differences(low: dict[str, dict[int, list[Measured]]]) -> list[str]:
    accuracy, rate = FIGURES["accuracy on answerable"], FIGURES["hallucination rate i/(p+i+a)"]
    lines = []
    for label, figure, one, other in (
        ("accuracy, large less small", accuracy, "large", "small"),
        ("hallucination rate, large less candid", rate, "large", "candid"),
    ):
        common = sorted(set(low.get(one, {})) & set(low.get(other, {})))
        if common:
            pairs = [
                seed_means({s: low[one][s]}, figure)[0] - seed_means({s: low[other][s]}, figure)[0] for s in common
            ]
            lines.append(f"- {label}: {interval(pairs)}")
    common = sorted(set(low.get("candid", {})) & set(low.get("large", {})))
    if common:
        ratios = [
            seed_means({s: low["candid"][s]}, accuracy)[0] / seed_means({s: low["large"][s]}, accuracy)[0]
            for s in common
        ]
        lines.append(f"- candid's accuracy as a share of large's: {interval(ratios)}")
    return lines


def printed(high: dict[str, dict[int, list[Measured]]]) -> list[str]:
    """Accuracy by whether the almanac prints the fact."""
    rows = []
    for printed_there in (True, False):
        line = ["in the almanac" if printed_there else "not in it"]
        for cells in high.values():
            per_seed = [
                float(
                    np.mean(
                        [
                            state(a, r) == "correct"
                            for one in measured
                            for a, r in zip(one.asked, one.replies, strict=True)
                            if a.answer is not None and a.in_almanac is printed_there
                        ]
                    )
                )
                for measured in cells.values()
            ]
            line.append(interval(per_seed))
        rows.append(line)
    return table(["accuracy on answerable", *high], rows)


if __name__ == "__main__":
    main()
