"""The whole story on the reference models: measure four models, promise on two of them, check the promise on others.

Everything goes the way that a user's own questions and models go: asked by a run, kept in the store, graded, analysed,
certified, evaluated. Nothing here is recorded.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from calibrant.analysis import Measured, ModelRow, scored_rows
from calibrant.grading import EQUAL
from calibrant.lab.questions import UNKNOWNS, Asked, sample
from calibrant.lab.routed import ROUTED, Routed, route
from calibrant.lab.world import make_world
from calibrant.metrics import Interval
from calibrant.models import Sampling
from calibrant.models.reference import DATA, NAMES
from calibrant.policies import Evaluation, Promise, certify, evaluate, naive_threshold
from calibrant.questions import QuestionSet, load_questions
from calibrant.reports import Report, build_report
from calibrant.reports.promises import made_from
from calibrant.runs import Progress, RunOptions, RunSummary, run
from calibrant.store import Store
from calibrant.types import OutcomeState, Question, Stratum

__all__ = ["ARMS", "PROMISED", "Checked", "Story", "Trapped", "tell", "traffic"]

ARMS = tuple(f"{name}@{effort}" for name in NAMES for effort in ("low", "high"))
"""Who is asked: four models at two efforts."""
PROMISED = ("reference-large@low", "reference-candid@low")
"""Who gets a promise."""
LOOK = 4
"""Error rates of .1, .15 and .2 were tried on these labels before .25 was settled on; an honest certificate counts."""
ROUTED_LOOK = 2
"""An error rate of .2 was tried on these labels with other arms before."""
_ASKED_OF_TRAFFIC = tuple(dict.fromkeys((*PROMISED, *ROUTED)))
UNANSWERABLE_SHARE = 0.15
"""Of the questions that promises are made and checked on; in the built-in set, which is for the trap, it is a half."""
SIGNAL = "sum_logprob"
"""The confidence promised by, chosen beforehand: log-probability of the whole answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trapped:
    """One model at one effort: what it knows, and what it does where it does not."""

    model: str
    accuracy: float
    """Of the questions that have an answer."""
    accuracy_interval: Interval | None
    hallucination_rate: float | None
    """Of the answerable questions it did not get right, the share it answered wrongly instead of declining."""
    hallucination_interval: Interval | None
    false_refusal: float
    """Of the questions that have an answer."""
    made_up: float
    """Share of the questions without an answer that it answered all the same."""
    made_up_interval: Interval | None
    confidence_known: float | None
    """Mean probability of its right answers."""
    confidence_made_up: float | None
    """Mean probability of what it made up for questions without an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A promise made on one set of questions, and what became of it on another."""

    promise: Promise
    labels: int
    evaluation: Evaluation


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything there is to tell."""

    report: Report
    trap: tuple[Trapped, ...]
    promises: tuple[Checked, ...]
    routed: Routed
    alpha: float


def tell(
    store: Store,
    *,
    alpha: float = 0.25,
    delta: float = 0.1,
    limit: int | None = None,
    level: float = 0.95,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
) -> Story:
    """Ask, report, certify and evaluate.

    Args:
        store: where the answers are kept.
        alpha: largest share of wrong answers promised, in (0, 1).
        delta: how often the promise may be false, in (0, 1).
        limit: most questions of each set.
        level: of the report's intervals and the evaluation's tests.
        seed: of the order of questions and of every resampling.
        progress: called now and then with how far it is.

    Raises:
        InputError: a file of the reference models is missing or damaged.
    """
    asked = _ask(load_questions(DATA / "questions.jsonl.gz", limit=limit), ARMS, store, seed, progress)
    labelled, fresh = (
        _ask(_questions(name, asked)[:limit], _ASKED_OF_TRAFFIC, store, seed, progress)
        for name, asked in zip(("label", "fresh"), traffic(), strict=True)
    )
    report = build_report(store, asked.run, grader=EQUAL.name, level=level, seed=seed)
    promises = tuple(
        _check(store, labelled, fresh, model, alpha=alpha, delta=delta, level=level, seed=seed) for model in PROMISED
    )
    return Story(
        report=replace(report, promises=tuple(made_from(one.promise) for one in promises)),
        trap=_trap(report, store, asked),
        promises=promises,
        routed=route(
            store.outcomes(labelled.run, EQUAL.name),
            store.outcomes(fresh.run, EQUAL.name),
            alpha=alpha,
            delta=delta,
            look=ROUTED_LOOK,
            seed=seed,
        ),
        alpha=alpha,
    )


def traffic() -> tuple[list[Asked], list[Asked]]:
    """Questions to label, and fresh ones about other entities; 15 % have no answer."""
    world = make_world()
    held_out = [entity for entity in world.entities if entity.split == "held_out"]
    parts = (held_out[::5] + held_out[1::5] + held_out[2::5], held_out[3::5] + held_out[4::5])
    made = []
    for name, entities in zip(("label", "fresh"), parts, strict=True):
        facts = sum(len(entity.facts) for entity in entities)
        unknown = round(facts * UNANSWERABLE_SHARE / (1 - UNANSWERABLE_SHARE) / len(UNKNOWNS))
        made.append(sample(world, entities, random.Random(f"traffic {name}"), answerable=facts, each_unknown=unknown))
    return made[0], made[1]


def _questions(name: str, asked: Sequence[Asked]) -> list[Question]:
    return [one.question(f"{name}-{number}") for number, one in enumerate(asked, start=1)]


def _ask(
    questions: QuestionSet | Sequence[Question],
    models: Sequence[str],
    store: Store,
    seed: int,
    progress: Callable[[Progress], None] | None,
) -> RunSummary:
    options = RunOptions(sampling=Sampling(temperature=0.0, logprobs=True), seed=seed)
    return run(questions, list(models), store=store, options=options, grader=EQUAL, progress=progress)


def _trap(report: Report, store: Store, asked: RunSummary) -> tuple[Trapped, ...]:
    rows = {(row.model, row.stratum): row for row in report.analysis.models}
    sure = _confidences(store, asked)
    return tuple(
        _trapped(model, rows[model, Stratum.ANSWERABLE], rows[model, Stratum.UNANSWERABLE], sure) for model in ARMS
    )


def _trapped(model: str, known: ModelRow, unknown: ModelRow, sure: dict[tuple[str, str], list[float]]) -> Trapped:
    of_known, of_unknown = known.measured, unknown.measured
    return Trapped(
        model=model,
        accuracy=_value(of_known, "accuracy"),
        accuracy_interval=of_known.intervals.get("accuracy"),
        hallucination_rate=of_known.values.get("hallucination_rate"),
        hallucination_interval=of_known.intervals.get("hallucination_rate"),
        false_refusal=_value(of_known, "false_refusal"),
        made_up=_value(of_unknown, "false_acceptance"),
        made_up_interval=of_unknown.intervals.get("false_acceptance"),
        confidence_known=_mean(sure.get((model, "right"))),
        confidence_made_up=_mean(sure.get((model, "made up"))),
    )


def _value(measured: Measured, name: str) -> float:
    value = measured.values[name]
    return float("nan") if value is None else float(value)


def _mean(values: Sequence[float] | None) -> float | None:
    return float(np.mean(values)) if values else None


def _confidences(store: Store, asked: RunSummary) -> dict[tuple[str, str], list[float]]:
    """(model, right or made up) -> probabilities of the whole answer."""
    found: dict[tuple[str, str], list[float]] = {}
    for outcome in store.outcomes(asked.run, EQUAL.name):
        made_up = outcome.stratum is Stratum.UNANSWERABLE and outcome.state is OutcomeState.INCORRECT
        if not made_up and outcome.state is not OutcomeState.CORRECT:
            continue
        for confidence in outcome.confidences:
            if confidence.name == SIGNAL:
                what = "made up" if made_up else "right"
                found.setdefault((str(outcome.model), what), []).append(float(np.exp(confidence.value)))
    return found


def _check(
    store: Store,
    labelled: RunSummary,
    again: RunSummary,
    model: str,
    *,
    alpha: float,
    delta: float,
    level: float,
    seed: int,
) -> Checked:
    rows, fresh = (
        scored_rows(store.outcomes(made.run, EQUAL.name), model=model, signal=SIGNAL) for made in (labelled, again)
    )
    certificate = certify(
        rows.scores, rows.correct, alpha=alpha, delta=delta, clusters=rows.clusters, look=LOOK, seed=seed
    )
    promise = Promise(
        certificate=certificate,
        model=model,
        signal=SIGNAL,
        grader=EQUAL.name,
        by=None,
        set_hash=labelled.run.set_hash,
        labels=tuple(sorted({question[:16] for question in rows.questions})),
        naive_threshold=naive_threshold(rows.scores, rows.correct, alpha=alpha),
    )
    found = evaluate(promise, fresh.scores, fresh.correct, clusters=fresh.clusters, level=level)
    return Checked(promise=promise, labels=len(rows), evaluation=found)
