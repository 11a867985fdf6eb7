"""What a decision does not rest on: said beside it, since none of these shows in a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from calibrant.analysis import Analysis
from calibrant.reports.decision.sides import Side
from calibrant.reports.gradings import grading_cautions, read_gradings
from calibrant.reports.stopping import incomplete, stopping_of, stopping_sentences
from calibrant.store import Store
from calibrant.types import Condition, Outcome, OutcomeState, Stratum

__all__ = ["untested"]

_FEW_CLUSTERS = 30


def untested(
    store: Store, sides: tuple[Side, Side], analysis: Analysis, *, price: float, grader: str | None
) -> list[tuple[str, str]]:
    """(kind, sentence) of everything that was not asked, not known, or is judged by kin.

    Args:
        store: where the runs are.
        sides: the two, on their common questions.
        analysis: of both together.
        price: t at which the decision is made.
        grader: whose grades count.
    """
    every = [outcome for side in sides for outcome in side.outcomes]
    found = [
        *_questions(every, analysis),
        *_asking(store, sides, every, price),
        *_grading(store, sides, grader),
    ]
    traffic = "These are the questions of a set: live traffic may be harder, and no promise holds for it untested."
    return [*found, ("traffic", traffic)]


def _questions(every: Sequence[Outcome], analysis: Analysis) -> Iterator[tuple[str, str]]:
    strata = {outcome.stratum for outcome in every}
    if Stratum.UNANSWERABLE not in strata:
        yield "unanswerable", "No question without an answer was asked: whether they make things up there is not known."
    else:
        told = "Values, error rates and certificates here are of questions that have an answer; calibrant certify "
        yield "strata", told + "promises over the whole set, where answers to questions without one are errors too."
    languages = {outcome.language for outcome in every}
    if languages == {None}:
        yield "language", "The language of the questions is not stated, so languages were not told apart."
    elif len(languages) == 1:
        yield "language", f"Only one language was asked: {next(iter(languages))}."
    answerable = [outcome for outcome in every if outcome.stratum is Stratum.ANSWERABLE]
    clusters = {outcome.cluster for outcome in answerable}
    if clusters == {outcome.question_id for outcome in answerable}:
        yield "clusters", "Which questions come from one document is not known: if many do, intervals are too narrow."
    if len(clusters) < _FEW_CLUSTERS:
        many = "1 document or question" if len(clusters) == 1 else f"{len(clusters)} documents or questions"
        yield "clusters", f"All this rests on {many}: few, so new ones may well differ."
    if {outcome.condition for outcome in every} == {Condition.NONE}:
        yield "context", "Nothing was given to read: how they do with retrieved passages is another question."
    if len([one for one in analysis.breakdowns if one.by == "topic" and one.value is not None]) < 2:
        yield "topics", "Topics are not told apart."


def _asking(
    store: Store, sides: tuple[Side, Side], every: Sequence[Outcome], price: float
) -> Iterator[tuple[str, str]]:
    if max(outcome.repeat for outcome in every) == 0:
        yield "repeats", "Each question was asked once: how much answers change from one time to the next is not known."
    prices = {side.name: [setup.content for setup in store.setups(side.run) if setup.content] for side in sides}
    stated = {content.get("price") for contents in prices.values() for content in contents}
    if not {one for one in stated if one is not None}:
        told = f"No prompt said what a wrong answer costs (t = {price:.2f}): told so, either may decline more often."
        yield "price", told
    templates = [{setup.template for setup in store.setups(side.run)} for side in sides]
    if None not in templates[0] | templates[1] and templates[0] != templates[1]:
        yield "prompt", "The two were asked by different prompts: a difference may be the prompt's."
    for side in sides:
        if all(outcome.cost_usd is None for outcome in side.outcomes):
            yield "cost", f"What {side.name} costs is not known."
        elif any(outcome.cost_usd is None for outcome in side.outcomes):
            yield "cost", f"What some answers of {side.name} cost is not known, so dollars are left out."
        if not any(outcome.confidences for outcome in side.outcomes):
            yield "confidence", f"{side.name} gave no confidence: it cannot be put under a certificate."
    for run in {side.run.id: side.run for side in sides}.values():
        courses = stopping_of(store, run)
        if incomplete(run, courses) is not None:
            yield "incomplete", f"Run {run.id} is not complete."
        for sentence in stopping_sentences(courses):
            yield "stopped", sentence


def _grading(store: Store, sides: tuple[Side, Side], grader: str | None) -> Iterator[tuple[str, str]]:
    for side in sides:
        failed = sum(outcome.state is OutcomeState.ERROR for outcome in side.outcomes)
        ungraded = sum(outcome.state is OutcomeState.UNGRADED for outcome in side.outcomes)
        if failed:
            yield "errors", f"{failed:,} of {len(side.outcomes):,} answers of {side.name} failed and are not counted."
        if ungraded:
            yield "ungraded", f"{ungraded:,} of {len(side.outcomes):,} answers of {side.name} were not graded."
    said: set[str] = set()
    for run in {side.run.id: side.run for side in sides}.values():
        rows = read_gradings(store, run, grader, store.spendings(run)).rows
        for caution in grading_cautions(rows, run, chosen=grader is not None):
            ours = caution.kind != "judge" or any(side.model.split("@")[0] in caution.text for side in sides)
            if ours and caution.text not in said:
                said.add(caution.text)
                yield caution.kind, caution.text
