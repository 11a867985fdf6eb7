"""``calibrant plan QUESTIONS``: what it takes to tell models apart, before any is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calibrant.errors import CalibrantError, InputError

if TYPE_CHECKING:
    from calibrant.analysis.planning import ComparisonPlan, Mix, Reach, Spread, Supply
    from calibrant.analysis.planning_spread import AnswerFacts, PlanMetric
    from calibrant.analysis.table import OutcomeTable
    from calibrant.questions import QuestionSet
    from calibrant.store import Store

__all__ = ["AskedComparison", "plan_for"]

_FEW = 100
"""Questions of a history below which its variances are said to be rough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedComparison:
    """The flags."""

    questions: Path | None
    models: tuple[str, ...]
    detect: float | None
    precision: float | None
    metric: str
    history: str | None
    grader: str | None
    budget: float | None
    minutes: float | None
    power: float
    level: float
    sd: float | None
    within: float | None
    icc: float | None
    cluster_size: float | None
    question_cost: float
    answer_cost: float | None
    max_repeats: int
    concurrency: int
    map: Mapping[str, str]
    encoding: str | None


@dataclass(frozen=True, slots=True)
class _Basis:
    """Variances with where they are from."""

    pairs: tuple[Spread, ...]
    singles: tuple[Spread, ...]
    facts: Sequence[AnswerFacts]
    assumptions: list[str]
    measured: dict[str, Any] | None


def plan_for(asked: AskedComparison, store: Store, *, as_json: bool) -> None:
    """Make the plan and print it.

    Raises:
        InputError: no model or no goal, numbers out of range, models that the history does not have, or a set that
            cannot be read.
    """
    from calibrant.analysis.planning import Goal, Limits, plan_comparison
    from calibrant.cli.printing import print_json

    if not asked.models:
        raise InputError("no model is named", place="--model", remedy="For example: --model a --model b.")
    if len(set(asked.models)) < len(asked.models):
        raise InputError("a model is named twice", place="--model")
    if asked.detect is not None and len(asked.models) < 2:
        raise InputError("a difference takes two models", place="--detect", remedy="Name another, or say --precision.")
    if asked.budget is not None and not asked.budget > 0:
        raise InputError("a budget is a positive number of dollars", place="--budget")
    try:
        goal = Goal(detect=asked.detect, precision=asked.precision, alpha=1 - asked.level, power=asked.power)
        given = None if asked.questions is None else _read(asked)
        basis = _basis(asked, store)
        supply = _supply(asked, given, basis, store)
        limits = Limits(usd=asked.budget, minutes=asked.minutes, repeats=asked.max_repeats)
        plan = plan_comparison(basis.pairs, basis.singles, goal, supply, limits)
    except ValueError as problem:
        raise InputError(str(problem)) from None
    if as_json:
        print_json(_as_json(plan, asked, basis, given))
    else:
        _show(plan, asked, basis)


def _read(asked: AskedComparison) -> QuestionSet:
    from calibrant.questions import load_questions

    assert asked.questions is not None  # noqa: S101 - the caller asked
    return load_questions(asked.questions, fields=dict(asked.map), encoding=asked.encoding)


def _basis(asked: AskedComparison, store: Store) -> _Basis:
    from calibrant.analysis.planning_spread import (
        ASSUMED_ICC,
        ASSUMED_SD,
        answer_facts,
        measured_spreads,
        stated_spreads,
    )

    metric: PlanMetric = "accuracy" if asked.metric == "accuracy" else "index"
    if asked.history is None:
        sd, within = asked.sd or ASSUMED_SD[metric], asked.within or 0.0
        icc = ASSUMED_ICC if asked.icc is None else asked.icc
        pairs, singles = stated_spreads(asked.models, sd=sd, within=within, icc=icc)
        how = "as stated" if asked.sd else "assumed (two models of accuracy .5 that correlate by .5)"
        said = [f"One question's difference has a standard deviation of {sd:g} points, {how}."]
        chance = "as stated" if asked.within is not None else "assumed: then repeats help nothing"
        said.append(f"{100 * within:g} % of that variance is chance within a question, {chance}.")
        said.append(f"Two questions of one document correlate by {icc:g}, {_stated(asked.icc)}.")
        return _Basis(pairs, singles, (), [*said, "A run of 100 questions measures all this: --history RUN."], None)
    if asked.sd is not None or asked.within is not None:
        raise InputError("--history measures what --sd and --within state", place="--history", remedy="Give one.")
    table = _history(asked, store)
    found = measured_spreads(table, asked.models, metric, asked.icc)
    said = [f"Variances are those of {asked.history}, {found.questions:,} questions that all pairs share."]
    if found.questions < _FEW:
        said.append("So few questions measure a variance roughly: the plan may be off by a third or more.")
    if found.repeats <= 1:
        said.append("There are no repeats in it: whether repeats would save questions cannot be told.")
    if asked.icc is not None or not found.documents_known:
        icc = ASSUMED_ICC if asked.icc is None else asked.icc
        said.append(f"Two questions of one document correlate by {icc:g}, {_stated(asked.icc)}.")
    measured = {"run": asked.history, "questions": found.questions, "repeats": found.repeats}
    return _Basis(found.pairs, found.singles, answer_facts(table, asked.models), said, measured)


def _stated(value: float | None) -> str:
    return "assumed" if value is None else "as stated"


def _history(asked: AskedComparison, store: Store) -> OutcomeTable:
    from difflib import get_close_matches

    from calibrant.analysis.table import build_table

    assert asked.history is not None  # noqa: S101 - the caller asked
    table = build_table(store.outcomes(store.find_run(asked.history), asked.grader))
    known = [str(name) for name in table.model.values]
    for name in asked.models:
        if name not in known:
            near = get_close_matches(name, known, 3)
            told = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(known[:10])}."
            raise InputError(f"run {asked.history} has no answers of '{name}'", place="--model", remedy=told)
    return table


def _supply(asked: AskedComparison, given: QuestionSet | None, basis: _Basis, store: Store) -> Supply:
    from calibrant.analysis.planning import Supply
    from calibrant.types import Stratum

    answerable = [] if given is None else [one for one in given.questions if one.stratum is Stratum.ANSWERABLE]
    if given is not None and not answerable:
        raise InputError("no question here has an answer", place=str(asked.questions))
    size, mean = _sizes([one.cluster or one.id for one in answerable])
    if asked.cluster_size is not None:
        size = mean = asked.cluster_size
    dollars, seconds = _costs(asked, given, basis, store)
    return Supply(
        questions=len(answerable) if given is not None else None,
        cluster_size=size,
        mean_size=mean,
        answer_usd=dollars,
        answer_s=seconds,
        width=asked.concurrency,
        question_usd=asked.question_cost,
        models=len(asked.models),
    )


def _sizes(clusters: Sequence[str]) -> tuple[float, float]:
    """Questions of a document as the design effect counts them, and on average."""
    from collections import Counter

    sizes = Counter(clusters).values()
    total = sum(sizes)
    return (sum(size * size for size in sizes) / total, total / len(sizes)) if total else (1.0, 1.0)


def _costs(
    asked: AskedComparison, given: QuestionSet | None, basis: _Basis, store: Store
) -> tuple[float | None, float | None]:
    """Dollars for one answer of every model, seconds for one of the slowest."""
    from calibrant.cli.printing import remark

    seconds = [facts.seconds for facts in basis.facts]
    known = [one for one in seconds if one is not None]
    slowest = max(known) if known and len(known) == len(seconds) else None
    if slowest is not None:
        basis.assumptions.append(f"{slowest:.2g} s an answer, as measured, {asked.concurrency} under way at a time.")
    if asked.answer_cost is not None:
        basis.assumptions.append(f"${asked.answer_cost:g} for one answer of each model together, as stated.")
        return asked.answer_cost, slowest
    by_model = {facts.model: facts for facts in basis.facts}
    dollars: list[float | None] = []
    for name in asked.models:
        facts = by_model.get(name)
        if facts is not None and facts.dollars is not None:
            dollars.append(facts.dollars)
            basis.assumptions.append(f"{name}: ${facts.dollars:.3g} an answer, as measured.")
            continue
        try:
            cost = None if given is None else _estimated(name, given, store)
        except CalibrantError as problem:
            remark(f"{name}: {problem}")
            cost = None
        how = "its price is not known" if cost is None else f"${cost:.3g} an answer, estimated from its price"
        basis.assumptions.append(f"{name}: {how}.")
        dollars.append(cost)
    whole = [one for one in dollars if one is not None]
    return (sum(whole) if len(whole) == len(dollars) else None), slowest


def _estimated(name: str, given: QuestionSet, store: Store) -> float | None:
    """Dollars for an answer at this model's price; None where it has none."""
    import asyncio

    from calibrant.runs import RunOptions, estimate, prepare

    plan = prepare(given, [name], store, RunOptions())

    async def close() -> None:
        await asyncio.gather(*(model.close() for model in plan.models))

    try:
        found = estimate(plan, store)
    finally:
        asyncio.run(close())
    (part,) = found.models
    if part.cost_usd is None or not part.responses:
        return part.cost_usd if part.responses else None
    return part.cost_usd / part.responses


def _as_json(plan: ComparisonPlan, asked: AskedComparison, basis: _Basis, given: QuestionSet | None) -> dict[str, Any]:
    cheapest = plan.cheapest
    return {
        "schema_version": 1,
        "set_hash": None if given is None else given.set_hash,
        "level": asked.level,
        "metric": asked.metric,
        "models": list(asked.models),
        "goal": asdict(plan.goal),
        "measured": basis.measured,
        "answers": [asdict(facts) for facts in basis.facts],
        "pairs": [_spread(one, plan.supply) for one in plan.pairs],
        "singles": [_spread(one, plan.supply) for one in plan.singles],
        "supply": asdict(plan.supply),
        "limits": asdict(plan.limits),
        "mixes": [asdict(mix) for mix in plan.mixes],
        "cheapest": None if cheapest is None else asdict(cheapest),
        "reaches": [asdict(reach) for reach in plan.reaches],
        "assumptions": basis.assumptions,
    }


def _spread(spread: Spread, supply: Supply) -> dict[str, Any]:
    return {
        "name": spread.name,
        **asdict(spread.variance),
        "icc": spread.icc,
        "design_effect": spread.design_effect(1, supply.cluster_size),
    }


def _show(plan: ComparisonPlan, asked: AskedComparison, basis: _Basis) -> None:
    from rich.table import Table

    from calibrant.cli.printing import console

    print(_sentence(plan, asked))
    for reach in plan.reaches:
        print(_reach(reach, asked))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("repeats", "questions", "documents", "answers", "dollars", "minutes", ""):
        table.add_column(name, justify="left" if not name else "right")
    for mix in _worth_showing(plan):
        table.add_row(
            f"{mix.repeats}",
            f"{mix.questions:,}",
            f"{mix.documents:,}",
            f"{mix.answers:,}",
            _money(mix.dollars),
            "unknown" if mix.minutes is None else f"{mix.minutes:,.1f}",
            _remark(mix, plan),
        )
    console().print(table)
    for sentence in basis.assumptions:
        print(f"  assumes  {sentence}")
    for spread in plan.pairs or plan.singles:
        between, within = spread.variance.between, spread.per_question(1) - spread.variance.between
        effect = spread.design_effect(1, plan.supply.cluster_size)
        print(
            f"  {spread.name}: w^2 = {between:,.0f}, s^2 = {within:,.0f} points^2; "
            f"ICC {spread.icc:.2f}, design effect {effect:.2f}"
        )


def _worth_showing(plan: ComparisonPlan) -> list[Mix]:
    """Up to where one repeat more saves less than a fiftieth of the questions, and the cheapest in any case."""
    shown: list[Mix] = []
    for mix in plan.mixes:
        if shown and mix.questions > 0.98 * shown[-1].questions and mix != plan.cheapest:
            break
        shown.append(mix)
    if plan.cheapest is not None and plan.cheapest not in shown:
        shown.append(plan.cheapest)
    return shown


def _goal(plan: ComparisonPlan, asked: AskedComparison) -> str:
    called = "accuracy" if asked.metric == "accuracy" else "the Index"
    parts = []
    if plan.goal.detect is not None:
        many = f", any of {len(plan.pairs)} pairs" if len(plan.pairs) > 1 else ""
        parts.append(f"a difference of {plan.goal.detect:g} points of {called} seen with {plan.goal.power:.0%}{many}")
    if plan.goal.precision is not None:
        parts.append(f"{called} of each model to +-{plan.goal.precision:g}")
    return " and ".join(parts)


def _sentence(plan: ComparisonPlan, asked: AskedComparison) -> str:
    goal, best = _goal(plan, asked), plan.cheapest
    if best is not None:
        cost = "" if best.dollars is None else f", {_money(best.dollars)}"
        time = "" if best.minutes is None else f", {best.minutes:,.1f} minutes"
        documents = "" if best.documents == best.questions else f" of {best.documents:,} documents"
        times = "once" if best.repeats == 1 else f"{best.repeats} times"
        return (
            f"{best.questions:,} questions{documents}, each asked {times} of each model "
            f"({best.answers:,} answers{cost}{time}): {goal}."
        )
    least = min(plan.mixes, key=lambda mix: mix.questions)
    often = "once" if least.repeats == 1 else f"{least.repeats} times"
    told = f"it takes {least.questions:,} questions, each asked {often}"
    if least.enough is False:
        return f"Out of reach with these {plan.supply.questions:,} questions: {goal}; {told}."
    return f"Out of reach within --budget or --minutes: {goal}; {told}, {_money(least.dollars)}."


def _reach(reach: Reach, asked: AskedComparison) -> str:
    called = "accuracy" if asked.metric == "accuracy" else "the Index"
    means = {
        "set": f"All {reach.questions:,} questions of the set, asked once,",
        "limits": f"What is affordable, {reach.questions:,} questions asked {reach.repeats} times,",
    }[reach.what].replace("asked 1 times", "asked once")
    cost = "" if reach.dollars is None else f" for {_money(reach.dollars)}"
    shown = "" if reach.detectable is None else f" show{_s(reach)} a difference of {reach.detectable:.1f} points and"
    return f"{means}{cost}{shown} {'gives' if reach.what == 'limits' else 'give'} {called} to +-{reach.precision:.1f}."


def _s(reach: Reach) -> str:
    return "s" if reach.what == "limits" else ""


def _remark(mix: Mix, plan: ComparisonPlan) -> str:
    told = []
    if mix == plan.cheapest:
        told.append("cheapest")
    if mix.enough is False:
        told.append(f"the set has {plan.supply.questions:,}")
    if not mix.within_limits:
        told.append("over the limit")
    return ", ".join(told)


def _money(value: float | None) -> str:
    if value is None:
        return "unknown"
    return f"${value:,.0f}" if value >= 100 else f"${value:,.3g}"
