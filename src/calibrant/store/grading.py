"""What graders need of a run: the answers they have not graded yet; and what reports need of graders and of money."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, LargeBinary, Select, and_, case, func, literal, select

from calibrant.store.bulk import listed
from calibrant.store.content import question_from_row, response_from_row
from calibrant.store.reading import confidences_of
from calibrant.store.tables import bodies, grades, prompts, questions, responses, run_items, setups, templates
from calibrant.types import Confidence, Grade, ModelRef, OutcomeState, Purpose, Question, Response, StatedAs, Usage

__all__ = [
    "Gradable",
    "Spending",
    "SpentOn",
    "by_purpose",
    "count_gradable",
    "count_reasons",
    "gradable",
    "graded_pairs",
    "spendings",
    "total",
    "verdicts",
]

_TOKENS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradable:
    """An answer that a grader may grade."""

    item: int
    """Its number, by which a grade is written."""
    question: Question
    question_hash: str
    response: Response
    states_confidence: StatedAs
    """Whether its prompt asked for a confidence in the reply, which is then no part of the answer."""
    template: str | None
    """Digest of the prompt template, where it is known."""
    price: float | None
    """t that its prompt stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What a number of responses cost."""

    responses: int
    failed: int
    """Of these, without a usable reply."""
    usage: Usage
    """Tokens; a kind is None where it is unknown of any response that came."""
    cost_usd: float | None
    """None where the cost of any response, a failed one among them, is unknown."""
    cost_known_usd: float
    """Of those whose cost is known: what was spent at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpentOn:
    """The spending on one model at one effort for one purpose by one kind of prompt."""

    purpose: Purpose
    model: ModelRef
    prompt: str
    """Hash of the prompt, as in response keys."""
    spending: Spending


def gradable(
    connection: Connection,
    run: int,
    *,
    grader: str | None,
    purpose: Purpose,
    states: tuple[str, Collection[OutcomeState]] | None,
    after: int,
    limit: int,
    sure: bool = False,
) -> list[Gradable]:
    """See `Store.gradable`."""
    answer = [column for column in responses.c if column.name not in {"number", "digest", "text", "setup"}]
    asked = [column for column in questions.c if column.name not in {"number", "digest", "hash"}]
    of_setup = [column for column in setups.c if column.name not in {"number", "digest"}]
    nothing = literal(None, LargeBinary)
    query = (
        select(
            run_items.c.number.label("item"),
            questions.c.hash.label("shown"),
            responses.c.text.label("answer"),
            nothing.label("raw"),
            bodies.c.logprobs if sure else nothing.label("logprobs"),
            templates.c.digest.label("template"),
            templates.c.price.label("price"),
            templates.c.content.label("template_content"),
            *answer,
            *asked,
            *of_setup,
        )
        .select_from(run_items)
        .join(questions, questions.c.number == run_items.c.question)
        .join(responses, responses.c.number == run_items.c.response)
        .join(setups, setups.c.number == responses.c.setup)
        .outerjoin(prompts, prompts.c.hash == setups.c.prompt_hash)
        .outerjoin(templates, templates.c.digest == prompts.c.template)
        .where(*_wanted(run, grader, purpose, states), run_items.c.number > after)
        .order_by(run_items.c.number)
        .limit(limit)
    )
    if not sure:
        return [_gradable(row) for row in connection.execute(query)]
    page: Sequence[Any] = connection.execute(query.outerjoin(bodies, bodies.c.response == responses.c.number)).all()
    found = confidences_of(connection, run, page) if page else {}
    return [_gradable(row, tuple(found.get(row.item, ()))) for row in page]


def count_gradable(
    connection: Connection,
    run: int,
    *,
    grader: str | None,
    purpose: Purpose,
    states: tuple[str, Collection[OutcomeState]] | None,
) -> int:
    """See `Store.count_gradable`."""
    query = (
        select(func.count())
        .select_from(run_items)
        .join(responses, responses.c.number == run_items.c.response)
        .where(*_wanted(run, grader, purpose, states))
    )
    return int(connection.execute(query).scalar_one())


def _wanted(
    run: int, grader: str | None, purpose: Purpose, states: tuple[str, Collection[OutcomeState]] | None
) -> list[Any]:
    found: list[Any] = [
        run_items.c.run == run,
        responses.c.purpose == purpose.value,
        responses.c.error.is_(None),
    ]
    if grader is not None:
        graded = select(grades.c.item).where(grades.c.item == run_items.c.number, grades.c.grader == grader)
        found.append(~graded.exists())
    if states is not None:
        name, wanted = states
        has = and_(
            grades.c.item == run_items.c.number,
            grades.c.grader == name,
            grades.c.state.in_([str(state) for state in wanted]),
        )
        found.append(select(grades.c.item).where(has).exists())
    return found


def _gradable(row: Any, sure: tuple[Confidence, ...] = ()) -> Gradable:
    content = json.loads(row.template_content) if row.template_content else {}
    return Gradable(
        item=row.item,
        question=question_from_row(row),
        question_hash=row.shown,
        response=response_from_row(row, sure),
        states_confidence=content.get("confidence") or False,
        template=row.template,
        price=row.price,
    )


def graded_pairs(
    connection: Connection, run: int
) -> Mapping[tuple[str, str], Mapping[tuple[OutcomeState, OutcomeState], int]]:
    """Two graders (in alphabetical order, or one twice) -> their two verdicts on an answer -> on how many answers."""
    one, other = grades.alias("one"), grades.alias("other")
    query = (
        _answers(select(one.c.grader, other.c.grader, one.c.state, other.c.state, func.count()), one)
        .join(other, other.c.item == one.c.item)
        .where(run_items.c.run == run, responses.c.error.is_(None), one.c.grader <= other.c.grader)
        .group_by(one.c.grader, other.c.grader, one.c.state, other.c.state)
    )
    found: dict[tuple[str, str], dict[tuple[OutcomeState, OutcomeState], int]] = defaultdict(dict)
    for first, second, state, state_of_other, count in connection.execute(query):
        found[first, second][OutcomeState(state), OutcomeState(state_of_other)] = count
    return found


def verdicts(
    connection: Connection, run: int, graders: Collection[str], *, purpose: Purpose, after: int, limit: int
) -> dict[int, dict[str, Grade]]:
    """See `Store.verdicts`."""
    first = (
        select(run_items.c.number)
        .join(responses, responses.c.number == run_items.c.response)
        .where(*_wanted(run, None, purpose, None), run_items.c.number > after)
        .order_by(run_items.c.number)
        .limit(limit)
    )
    found: dict[int, dict[str, Grade]] = {number: {} for number in connection.execute(first).scalars()}
    given = select(grades).where(grades.c.item.in_(listed(connection, list(found))), grades.c.grader.in_(list(graders)))
    for item, grader, state, reason in connection.execute(given):
        found[item][grader] = Grade(state=OutcomeState(state), grader=grader, reason=reason)
    return found


def count_reasons(connection: Connection, run: int, words: str) -> dict[str, int]:
    """Grader -> how many of its verdicts on answers are ungraded for a reason that holds these words."""
    query = (
        _answers(select(grades.c.grader, func.count()), grades)
        .where(
            run_items.c.run == run,
            grades.c.state == OutcomeState.UNGRADED.value,
            grades.c.reason.contains(words, autoescape=True),
        )
        .group_by(grades.c.grader)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _answers(query: Select[Any], graded: Any) -> Select[Any]:
    return (
        query.select_from(graded)
        .join(run_items, run_items.c.number == graded.c.item)
        .join(responses, responses.c.number == run_items.c.response)
        .where(responses.c.purpose == Purpose.ANSWER.value)
    )


def spendings(connection: Connection, run: int) -> list[SpentOn]:
    """See `Store.spendings`."""
    mine = select(run_items.c.response).where(run_items.c.run == run).distinct()
    came = responses.c.error.is_(None)
    known = [func.count(case((came, responses.c[name]))) for name in _TOKENS]
    query = (
        select(
            responses.c.purpose,
            setups.c.model,
            setups.c.effort,
            setups.c.prompt_hash,
            func.count(),
            func.count(case((came, 1))),
            func.count(responses.c.cost_usd),
            func.coalesce(func.sum(responses.c.cost_usd), 0.0),
            *known,
            *[func.sum(responses.c[name]) for name in _TOKENS],
        )
        .join(setups, setups.c.number == responses.c.setup)
        .where(responses.c.number.in_(mine))
        .group_by(responses.c.purpose, setups.c.model, setups.c.effort, setups.c.prompt_hash)
        .order_by(responses.c.purpose, setups.c.model, setups.c.effort, setups.c.prompt_hash)
    )
    return [_spent(row) for row in connection.execute(query).all()]


def _spent(row: Any) -> SpentOn:
    purpose, model, effort, prompt, count, came, with_cost, cost, *tokens = row
    known, sums = tokens[: len(_TOKENS)], tokens[len(_TOKENS) :]
    totals = {
        name: int(amount or 0) if told == came else None
        for name, told, amount in zip(_TOKENS, known, sums, strict=True)
    }
    return SpentOn(
        purpose=Purpose(purpose),
        model=ModelRef(model=model, effort=effort),
        prompt=prompt,
        spending=Spending(
            responses=count,
            failed=count - came,
            usage=Usage(**totals),
            cost_usd=float(cost) if with_cost == count else None,
            cost_known_usd=float(cost),
        ),
    )


def by_purpose(spent: Iterable[SpentOn]) -> Mapping[Purpose, Spending]:
    """What each purpose cost."""
    parts: dict[Purpose, list[Spending]] = defaultdict(list)
    for one in spent:
        parts[one.purpose].append(one.spending)
    return {purpose: total(found) for purpose, found in parts.items()}


def total(spent: Sequence[Spending]) -> Spending:
    """Several spendings as one."""
    counts: Counter[str] = Counter()
    unknown: set[str] = set()
    for one in spent:
        for name in _TOKENS:
            amount = getattr(one.usage, name)
            if amount is None:
                unknown.add(name)
            else:
                counts[name] += amount
    known = all(one.cost_usd is not None for one in spent)
    cost = sum(one.cost_known_usd for one in spent)
    return Spending(
        responses=sum(one.responses for one in spent),
        failed=sum(one.failed for one in spent),
        usage=Usage(**{name: None if name in unknown else counts[name] for name in _TOKENS}),
        cost_usd=cost if known else None,
        cost_known_usd=cost,
    )
