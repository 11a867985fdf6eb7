"""The confidence trap on the reference models: what they know, make up and admit, over training seeds and samples.

    python -m calibrant.lab.train small --seed 0 --out models   # and medium, large, candid; seeds 0, 1, 2
    python benchmarks/reference_world.py --models models --high

Every model of every seed answers 5 samples of questions about held-out entities (facts that were only ever stated, never
asked), through the engine that ships: from memory and, with --high, with a look-up in the almanac. Intervals are 95 %
t-intervals over training seeds of the means over samples, and beside them over the samples of the seed that ships;
differences are paired. Writes benchmarks/results/reference_world.md and docs/reference-world.svg.
"""

from __future__ import annotations

import argparse
import math
import random
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from machine import machine
from reference_answers import Answering, readings
from reference_figures import (
    ACCURACY,
    FIGURES,
    RANKINGS,
    RATE,
    Figure,
    attempts,
    interval,
    printed_accuracy,
    ranking,
    table,
)
from reference_plots import draw
from scipy.stats import binom

from calibrant.lab.artefacts import built_in_questions, fresh_questions
from calibrant.lab.development import development_questions
from calibrant.lab.evaluation import Measured, state
from calibrant.lab.questions import ANSWERABLE, UNKNOWNS, Asked, sample
from calibrant.lab.ship import ship
from calibrant.lab.story import traffic
from calibrant.lab.world import make_world
from calibrant.metrics import auroc_interval
from calibrant.policies import certify

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "reference_world.md"
PICTURE = ROOT / "docs" / "reference-world.svg"
MODELS = ("small", "medium", "large", "candid")
SHIPPED = 0
SAMPLES = 5
ALPHAS, DELTA = (0.2, 0.3, 0.4), 0.1
EXPOSURES = ((1, 1), (2, 14), (15, 24), (25, 49), (50, 99), (100, 999))
Pair = tuple[str, str]


DIFFERENCES: tuple[tuple[str, str, Pair, bool], ...] = (
    ("accuracy, large less small", ACCURACY, ("large", "small"), False),
    ("confidence on unknowns, large less small", "confidence on unknowns", ("large", "small"), False),
    ("hallucination rate, large less small", RATE, ("large", "small"), False),
    ("hallucination rate, large less candid", RATE, ("large", "candid"), False),
    ("candid's accuracy as a share of large's", ACCURACY, ("candid", "large"), True),
)


@dataclass
class Cell:
    """One model of one training seed."""

    low: list[Measured]
    """A measurement for each sample."""
    high: Measured | None = None
    rows: dict[str, list[list[str]]] = field(default_factory=dict)
    """Rows of further tables by the table's name."""

    @property
    def pooled(self) -> Measured:
        """All samples together."""
        return Measured(
            tuple(asked for one in self.low for asked in one.asked),
            tuple(reply for one in self.low for reply in one.replies),
        )


Cells = Mapping[str, Mapping[int, Cell]]


def mean(cell: Cell, figure: Figure) -> float | None:
    """The figure's mean over samples."""
    values = [value for one in cell.low if (value := figure(one)) is not None]
    return float(np.mean(values)) if values else None


def trap(cells: Cells) -> list[str]:
    over_seeds = [
        [label, *(interval([mean(cell, figure) for cell in of_model.values()]) for of_model in cells.values())]
        for label, figure in FIGURES.items()
    ]
    over_samples = [
        [label, *(interval([figure(one) for one in of_model[SHIPPED].low]) for of_model in cells.values())]
        for label, figure in FIGURES.items()
    ]
    return [
        "## From memory (low): over training seeds",
        "",
        *table(["", *cells], over_seeds),
        f"## From memory (low): over the samples, training seed {SHIPPED}",
        "",
        *table(["", *cells], over_samples),
    ]


def differences(cells: Cells) -> list[str]:
    """Paired by seed, and for the seed that ships by sample."""
    rows = []
    for label, name, (one, other), is_ratio in DIFFERENCES:
        figure = FIGURES[name]

        def apart(a: float | None, b: float | None, is_ratio: bool = is_ratio) -> float | None:
            return None if a is None or b is None else a / b if is_ratio else a - b

        seeds = sorted(set(cells[one]) & set(cells[other]))
        by_seed = [apart(mean(cells[one][seed], figure), mean(cells[other][seed], figure)) for seed in seeds]
        samples = zip(cells[one][SHIPPED].low, cells[other][SHIPPED].low, strict=True)
        by_sample = [apart(figure(a), figure(b)) for a, b in samples]
        each = ", ".join("none" if value is None else f"{value:.3f}" for value in by_seed)
        rows.append([label, interval(by_seed), each, interval(by_sample)])
    header = ["paired", "over seeds", "each seed", f"over samples, seed {SHIPPED}"]
    return ["## Differences", "", *table(header, rows)]


def rankings(cells: Cells) -> list[str]:
    """Over seeds, and the interval over entities at the seed that ships."""
    rows = []
    for label, bands in RANKINGS.items():
        line = [label]
        for of_model in cells.values():
            over_seeds = interval([ranking(*bands)(cell.pooled) for cell in of_model.values()])
            found = attempts(of_model[SHIPPED].pooled, bands)
            known = auroc_interval([r[0] for r in found], [r[1] for r in found], [r[2] for r in found])
            shown = "none" if known is None else f"[{known.low:.3f}, {known.high:.3f}]"
            right = sum(row[1] for row in found)
            line.append(f"{over_seeds}; {shown}, {right:.0f} of {len(found)} right")
        rows.append(line)
    return [
        "## Does confidence tell right from wrong? AUROC of the answer's probability, among attempted answers",
        "",
        f"Over training seeds; then the interval over entities (clustered) at seed {SHIPPED}, where every distinct question counts",
        "once. Unknowns alone have no right answers, hence no AUROC.",
        "",
        *table(["", *cells], rows),
    ]


def exposures(cells: Cells) -> dict[str, list[tuple[str, list[float]]]]:
    """Model -> (times told, accuracy of each seed)."""
    found: dict[str, list[tuple[str, list[float]]]] = {}
    for name, of_model in cells.items():
        for low, high in EXPOSURES:
            per_seed = []
            for cell in of_model.values():
                pooled = cell.pooled
                hits = [
                    state(asked, reply) == "correct"
                    for asked, reply in zip(pooled.asked, pooled.replies, strict=True)
                    if asked.answer is not None and low <= asked.exposure <= high
                ]
                per_seed.append(float(np.mean(hits)))
            found.setdefault(name, []).append(("1" if high == 1 else f"{low}-{high}", per_seed))
    return found


def certificate(on: Measured, fresh: Measured, alpha: float) -> list[str]:
    """A threshold certified on one set, and what it does on the other."""
    scores = [None if reply.declined else reply.confidence for reply in on.replies]
    pairs = zip(on.asked, on.replies, strict=True)
    correct = [None if reply.declined else state(asked, reply) == "correct" for asked, reply in pairs]
    made = certify(scores, correct, alpha=alpha, delta=DELTA, clusters=[a.entity for a in on.asked])
    if made.threshold is None:
        return [f"{alpha:.2f}", "no promise", *[""] * 5]
    pairs = zip(fresh.asked, fresh.replies, strict=True)
    kept = [(a, r) for a, r in pairs if not r.declined and r.confidence >= made.threshold]
    right = sum(state(a, r) == "correct" for a, r in kept)
    wrong = len(kept) - right
    answerable = sum(a.answer is not None for a in fresh.asked)
    shares = (
        len(kept) / len(fresh.asked),
        wrong / len(kept) if kept else math.nan,
        binom.sf(wrong - 1, len(kept), alpha),
        right / answerable,
        wrong / (len(fresh.asked) - right),
    )
    threshold = "all it gives" if math.isinf(made.threshold) else f"{made.threshold:.3f}"
    return [f"{alpha:.2f}", threshold, *(f"{value:.3f}" for value in shares)]


def looked_up(one: Answering, asked: Sequence[Asked]) -> list[list[str]]:
    """What `high` does, and what it would do otherwise, on the development questions."""
    low, high = one.measure(asked), one.measure(asked, high=True)
    after = tuple(recalled if read.declined else read for read, recalled in zip(high.replies, low.replies, strict=True))
    ways = {
        "from memory": low,
        "the best passage, whatever it is about": one.measure_reading_anything(asked),
        "a passage about it, or memory (`high`)": high,
        "the same, and memory where reading declines": Measured(high.asked, after),
    }
    return [
        [
            label,
            *(
                "none" if (value := figure(measured)) is None else f"{value:.3f}"
                for figure in (
                    FIGURES[ACCURACY],
                    FIGURES[RATE],
                    *(
                        FIGURES[f"- {name} answered"]
                        for name in ("invented entities", "never stated", "false premises")
                    ),
                    ranking(*ANSWERABLE, *UNKNOWNS),
                )
            ),
        ]
        for label, measured in ways.items()
    ]


def reading(one: Answering) -> list[str]:
    """How often an answer is copied right, freely and from spans alone; how often it begins right and slips."""
    drawn = readings(300, "benchmark reading")
    free, spans = (one.read([asked for asked, _ in drawn], freely=freely) for freely in (True, False))
    golds = [gold for _, gold in drawn]
    slipped = sum(text != gold and text[:3] == gold[:3] for text, gold in zip(free, golds, strict=True))
    rights = [np.mean([text == gold for text, gold in zip(found, golds, strict=True)]) for found in (free, spans)]
    return [f"{rights[0]:.3f}", f"{slipped / len(golds):.3f}", f"{rights[1]:.3f}"]


def answered(one: Answering, samples: Sequence[Sequence[Asked]], *, high: bool) -> Cell:
    """Everything that is asked of one model of one seed."""
    cell = Cell([one.measure(asked) for asked in samples])
    labelled, new = traffic()
    sets = {"half": (built_in_questions(make_world()), fresh_questions(make_world())), "15 %": (labelled, new)}
    for label, (on, fresh) in sets.items():
        measured = one.measure(on), one.measure(fresh)
        cell.rows.setdefault("certified", []).extend([label, *certificate(*measured, alpha)] for alpha in ALPHAS)
    cell.rows["reading"] = [reading(one)]
    if high:
        cell.high = one.measure(samples[0], high=True)
        cell.rows["high"] = looked_up(one, development_questions(make_world()))
    return cell


def measured(models: Path, *, high: bool) -> dict[str, dict[int, Cell]]:
    """Every model of every seed in a folder that training wrote to."""
    world = make_world()
    held_out = [entity for entity in world.entities if entity.split == "held_out"]
    samples = [sample(world, held_out, random.Random(f"benchmark {number}")) for number in range(SAMPLES)]
    cells: dict[str, dict[int, Cell]] = {name: {} for name in MODELS}
    seeds = sorted({int(path.stem.rpartition("seed")[2]) for path in models.glob("reference-*-seed*.safetensors")})
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            for name in ship(models, Path(folder), seed=seed):
                cells[name][seed] = answered(Answering(Path(folder), name), samples, high=high)
                print(name, seed, mean(cells[name][seed], FIGURES[ACCURACY]), flush=True)
    return cells


def further(cells: Cells, name: str, header: Sequence[str], models: Sequence[str] = MODELS) -> list[str]:
    """A table of rows for each model and seed."""
    rows = [
        [f"{model}, seed {seed}", *row]
        for model in models
        for seed, cell in sorted(cells[model].items())
        for row in cell.rows.get(name, ())
    ]
    return table(["", *header], rows)


def looked_up_report(cells: Cells) -> list[str]:
    """`high` on a sample of held-out questions, and beside what it might be instead."""
    figures = {**FIGURES, "AUROC, all": ranking(*ANSWERABLE, *UNKNOWNS)}
    rows = [
        [label, *(interval([figure(c.high) for c in of_model.values() if c.high]) for of_model in cells.values())]
        for label, figure in figures.items()
    ]
    printed = [
        [
            "accuracy, " + ("in the almanac" if there else "not in it"),
            *(
                interval([printed_accuracy(c.high, there) for c in of_model.values() if c.high])
                for of_model in cells.values()
            ),
        ]
        for there in (True, False)
    ]
    header = [
        "way",
        "accuracy",
        "hallucination rate",
        "invented answered",
        "never stated answered",
        "false premise answered",
    ]
    return [
        "## With a look-up in the almanac (high): over training seeds, one sample",
        "",
        *table(["", *cells], [*rows, *printed]),
        "## Other ways to look up, on the development questions",
        "",
        "(About entities that candid is not tuned on and that no other figure here is of: `high` was chosen among these on them.)",
        "",
        *further(cells, "high", [*header, "AUROC, all"], ("large", "candid")),
    ]


def report(cells: Cells, *, high: bool) -> str:
    seeds = ", ".join(f"{name} {sorted(of_model)}" for name, of_model in cells.items())
    told = exposures(cells)
    return "\n".join(
        [
            "# The reference models on their world",
            "",
            f"`python benchmarks/reference_world.py --models DIR{' --high' if high else ''}` on {machine()}.",
            "",
            f"Training seeds: {seeds}. {SAMPLES} samples of 225 answerable questions and 75 unknowns of each kind, about held-out",
            "entities. Means with 95 % t-intervals (over 3 seeds: 2 degrees of freedom, hence wide). Confidence is the product of the",
            "probabilities of the answer's tokens.",
            "",
            *trap(cells),
            *differences(cells),
            *rankings(cells),
            "## Accuracy by exposure, from memory",
            "",
            *table(
                ["told", *told],
                [
                    [label, *(interval(rows[at][1]) for rows in told.values())]
                    for at, (label, _) in enumerate(told["small"])
                ],
            ),
            f"## A certified threshold (delta {DELTA}), from memory: fitted on labelled questions, tried on fresh ones about other entities",
            "",
            "Half of the questions without an answer (the built-in and the fresh set), or 15 % (the demo's). 'Chance of so many': of so",
            "many wrong answers or more among those given, were each wrong with a chance of alpha.",
            "",
            *further(
                cells,
                "certified",
                [
                    "without an answer",
                    "alpha",
                    "threshold",
                    "answered",
                    "wrong among answered",
                    "chance of so many",
                    "accuracy",
                    "hallucination rate",
                ],
                ("large", "candid"),
            ),
            *(looked_up_report(cells) if high else []),
            "## Reading: 300 passages about things made up on the spot that hold the answer",
            "",
            *further(
                cells, "reading", ["read freely", "of all: begins right, then slips", "read as a span of the passage"]
            ),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, required=True, help="folder that calibrant.lab.train wrote to")
    parser.add_argument("--high", action="store_true", help="also with a look-up in the almanac")
    options = parser.parse_args()
    cells = measured(options.models, high=options.high)
    summary = {
        name: {
            label: [value for cell in of_model.values() if (value := mean(cell, FIGURES[figure])) is not None]
            for label, figure in (
                ("accuracy", ACCURACY),
                ("hallucination rate", RATE),
                ("confidence on unknowns", "confidence on unknowns"),
            )
        }
        for name, of_model in cells.items()
    }
    draw(exposures(cells), summary, PICTURE)
    text = report(cells, high=options.high)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
