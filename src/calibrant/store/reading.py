"""Reading a run back: as outcomes for the analysis, as whole items for people; streamed, whatever its length.

A run is read page by page inside one transaction: a page of items in their order, then the confidences and the grades
of just these items. So memory stays that of a page, and what is written meanwhile is not seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, LargeBinary, Select, and_, func, literal, select

from calibrant.errors import InputError
from calibrant.store.bulk import listed
from calibrant.store.content import question_from_row, read_confidence, read_usage, response_from_row
from calibrant.store.engine import Database
from calibrant.store.runs import RunInfo, number_of
from calibrant.store.tables import (
    bodies,
    confidences,
    grades,
    prompts,
    questions,
    responses,
    run_items,
    setups,
    signals,
    templates,
)
from calibrant.types import (
    Condition,
    Confidence,
    Grade,
    ModelRef,
    Outcome,
    OutcomeState,
    Purpose,
    Question,
    Response,
    Stratum,
)

__all__ = [
    "GRADER_PRECEDENCE",
    "RunItem",
    "Wanted",
    "confidences_of",
    "graders",
    "mean_output_tokens",
    "read_items",
    "read_outcomes",
    "read_responses",
    "settled",
]

GRADER_PRECEDENCE: Final = ("imported", "+", "stated", "exact")
"""Whose grade counts where several graders judged a response: the source's own, then a cascade (``exact+judge:NAME``),
then by the graders that the set states, then our rules, then others by name.
"""

_OUTCOMES_PER_PAGE: Final = 2000
_ITEMS_PER_PAGE: Final = 100
_ENOUGH: Final = 20
_STATES: Final = {state.value: state for state in OutcomeState}
_STRATA: Final = {stratum.value: stratum for stratum in Stratum}
_CONDITIONS: Final = {condition.value: condition for condition in Condition}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunItem:
    """One attempt with everything that is known of it."""

    question: Question
    response: Response
    state: OutcomeState
    grade: Grade | None
    """The grade that counts; None for an error and where nobody graded."""
    grades: tuple[Grade, ...]
    """Everybody's, in the order of precedence."""
    price: float | None = None
    """t that its prompt stated; None = none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which attempts to read, and how much of them; see `Store.items`."""

    states: Collection[OutcomeState] | None = None
    limit: int | None = None
    places: frozenset[int] | None = None
    bodies: bool = True


def graders(connection: Connection, run: int) -> dict[str, int]:
    """Grader -> how many items of the run it judged, in the order of precedence."""
    counted = (
        select(grades.c.grader, func.count().label("judged"))
        .join(run_items, run_items.c.number == grades.c.item)
        .join(responses, responses.c.number == run_items.c.response)
        .where(run_items.c.run == run, responses.c.purpose == Purpose.ANSWER.value)
        .group_by(grades.c.grader)
    )
    found = {row.grader: row.judged for row in connection.execute(counted)}
    return {grader: found[grader] for grader in sorted(found, key=_precedence)}


def read_outcomes(
    database: Database, run: RunInfo, *, grader: str | None, purpose: Purpose = Purpose.ANSWER
) -> Iterator[Outcome]:
    """See `Store.outcomes`."""
    columns = (
        questions.c.id,
        questions.c.cluster,
        questions.c.stratum,
        questions.c.condition,
        questions.c.domain,
        questions.c.topic,
        questions.c.language,
        questions.c.hash,
        responses.c.setup,
        responses.c.repeat,
        responses.c.error,
        responses.c.cost_usd,
        responses.c.latency_s,
        responses.c.input_tokens,
        responses.c.cached_input_tokens,
        responses.c.output_tokens,
        responses.c.reasoning_tokens,
    )
    with database.reading() as connection:
        number = _graded_run(connection, run, grader)
        models = _models(connection)
        for page in _pages(connection, number, _attempts(*columns, purpose=purpose), _OUTCOMES_PER_PAGE):
            sure = confidences_of(connection, number, page)
            judged = _states(connection, number, page, grader)
            for (
                item,
                name,
                cluster,
                stratum,
                condition,
                domain,
                topic,
                language,
                shown,
                setup,
                repeat,
                error,
                cost,
                latency,
                *tokens,
            ) in page:
                yield Outcome(
                    question_id=name,
                    cluster=cluster or name,
                    model=models[setup][0],
                    state=judged.get(item, OutcomeState.UNGRADED) if error is None else OutcomeState.ERROR,
                    repeat=repeat,
                    stratum=_STRATA[stratum],
                    condition=_CONDITIONS[condition],
                    price=models[setup][1],
                    domain=domain,
                    topic=topic,
                    language=language,
                    confidences=tuple(sure.get(item, ())),
                    usage=read_usage(*tokens),
                    cost_usd=cost,
                    latency_s=latency,
                    error=error,
                    question_hash=shown,
                )


def read_items(database: Database, run: RunInfo, wanted: Wanted, *, grader: str | None) -> Iterator[RunItem]:
    """See `Store.items`."""
    left = wanted.limit
    asked = [column for column in questions.c if column.name not in {"number", "digest", "hash"}]
    answer = [column for column in responses.c if column.name not in {"number", "digest", "text", "setup"}]
    of_setup = [column for column in setups.c if column.name not in {"number", "digest"}]
    nothing = literal(None, LargeBinary)
    body = (bodies.c.raw, bodies.c.logprobs) if wanted.bodies else (nothing.label("raw"), nothing.label("logprobs"))
    setup = responses.c.setup.label("setup_number")
    columns = (*asked, *answer, *of_setup, responses.c.text.label("answer"), setup, *body)
    with database.reading() as connection:
        number = _graded_run(connection, run, grader)
        prices = {setup: price for setup, (_, price) in _models(connection).items()}
        query = _attempts(*columns).join(setups, setups.c.number == responses.c.setup)
        if wanted.bodies:
            query = query.outerjoin(bodies, bodies.c.response == responses.c.number)
        length = _ITEMS_PER_PAGE if wanted.bodies else _OUTCOMES_PER_PAGE
        for page in _pages(connection, number, query, length, wanted.places):
            few = wanted.places is not None
            sure = confidences_of(connection, number, page, few=few)
            judged = _grades(connection, number, page, few=few)
            for row in page:
                state, grade = _verdict(row.error, judged.get(row.item, ()), grader)
                if wanted.states is not None and state not in wanted.states:
                    continue
                if left is not None and left <= 0:
                    return
                left = None if left is None else left - 1
                yield RunItem(
                    question=question_from_row(row),
                    response=response_from_row(row, tuple(sure.get(row.item, ()))),
                    state=state,
                    grade=grade,
                    grades=tuple(judged.get(row.item, ())),
                    price=prices[row.setup_number],
                )


def read_responses(
    connection: Connection, digests: Iterable[str], *, logprobs: bool = False, failed: bool = False
) -> dict[str, Response]:
    """See `Store.responses`."""
    answer = [column for column in responses.c if column.name not in {"text", "setup"}]
    of_setup = [column for column in setups.c if column.name not in {"number", "digest"}]
    nothing = literal(None, LargeBinary)
    tokens = bodies.c.logprobs if logprobs else nothing.label("logprobs")
    query = (
        select(*answer, *of_setup, responses.c.text.label("answer"), nothing.label("raw"), tokens)
        .join(setups, setups.c.number == responses.c.setup)
        .where(responses.c.digest.in_(listed(connection, list(digests))))
    )
    if logprobs:
        query = query.outerjoin(bodies, bodies.c.response == responses.c.number)
    if not failed:
        query = query.where(responses.c.error.is_(None))
    rows: Sequence[Any] = connection.execute(query).all()
    if not rows:
        return {}
    sure: dict[int, list[Confidence]] = defaultdict(list)
    for number, source, name, value in connection.execute(
        select(confidences.c.response, confidences.c.source, confidences.c.name, confidences.c.value)
        .where(confidences.c.response.in_(listed(connection, [row.number for row in rows])))
        .order_by(confidences.c.response, confidences.c.position)
    ):
        sure[number].append(read_confidence(source, name, value))
    return {row.digest: response_from_row(row, tuple(sure.get(row.number, ()))) for row in rows}


def mean_output_tokens(connection: Connection, model: ModelRef, purpose: Purpose) -> float | None:
    """See `Store.mean_output_tokens`."""
    same_effort = setups.c.effort.is_(None) if model.effort is None else setups.c.effort == model.effort
    known, mean = connection.execute(
        select(func.count(responses.c.output_tokens), func.avg(responses.c.output_tokens))
        .join(setups, setups.c.number == responses.c.setup)
        .where(setups.c.model == model.model, same_effort, responses.c.purpose == purpose.value)
    ).one()
    return float(mean) if known >= _ENOUGH else None


def settled(connection: Connection, run: int, digests: Iterable[str], grader: str) -> set[str]:
    """See `Store.settled`."""
    query = (
        select(responses.c.digest)
        .join(run_items, run_items.c.response == responses.c.number)
        .join(grades, grades.c.item == run_items.c.number)
        .where(
            run_items.c.run == run,
            grades.c.grader == grader,
            responses.c.error.is_(None),
            responses.c.digest.in_(listed(connection, list(digests))),
        )
    )
    return set(connection.execute(query).scalars())


def _graded_run(connection: Connection, run: RunInfo, grader: str | None) -> int:
    number = number_of(connection, run)
    if grader is not None:
        known = graders(connection, number)
        if grader not in known:
            names = ", ".join(known) or "nobody yet"
            raise InputError(f"'{grader}' graded nothing in run {run.id}", remedy=f"Its graders are: {names}.")
    return number


def _attempts(*columns: Any, purpose: Purpose = Purpose.ANSWER) -> Select[Any]:
    """Items of a run that are answers: a judge's reply or a forced answer belongs to it but is no attempt."""
    return (
        select(run_items.c.number.label("item"), *columns)
        .select_from(run_items)
        .join(questions, questions.c.number == run_items.c.question)
        .join(responses, responses.c.number == run_items.c.response)
        .where(responses.c.purpose == purpose.value)
    )


def _pages(
    connection: Connection, run: int, query: Select[Any], length: int, places: frozenset[int] | None = None
) -> Iterator[Sequence[Any]]:
    if places is not None:
        order = _attempts().where(run_items.c.run == run).order_by(run_items.c.number)
        numbers = [item for at, item in enumerate(connection.execute(order).scalars()) if at in places]
        for start in range(0, len(numbers), length):
            some = run_items.c.number.in_(listed(connection, numbers[start : start + length]))
            yield connection.execute(query.where(some).order_by(run_items.c.number)).all()
        return
    last = 0
    ordered = query.where(run_items.c.run == run).order_by(run_items.c.number).limit(length)
    while page := connection.execute(ordered.where(run_items.c.number > last)).all():
        yield page
        last = page[-1].item


def _of_page(connection: Connection, run: int, page: Sequence[Any], *, few: bool) -> ColumnElement[bool]:
    """The items of a page: all from its first to its last, or few of these."""
    item = run_items.c.number
    if few:
        return item.in_(listed(connection, [row.item for row in page]))
    return and_(run_items.c.run == run, item >= page[0].item, item <= page[-1].item)


def _models(connection: Connection) -> dict[int, tuple[ModelRef, float | None]]:
    """Number of a setup -> the model at its effort, and the price that its prompt stated."""
    rows = connection.execute(
        select(setups.c.number, setups.c.model, setups.c.effort, templates.c.price)
        .outerjoin(prompts, prompts.c.hash == setups.c.prompt_hash)
        .outerjoin(templates, templates.c.digest == prompts.c.template)
    )
    return {row.number: (ModelRef(model=row.model, effort=row.effort), row.price) for row in rows}


def confidences_of(
    connection: Connection, run: int, page: Sequence[Any], *, few: bool = False
) -> Mapping[int, Sequence[Confidence]]:
    """Item -> what came with its reply, then what was computed for it.

    Args:
        connection: for reading.
        run: the run's row number.
        page: rows with ``item``, in ascending order.
        few: whether the page leaves out items between its first and its last.
    """
    item, mine = run_items.c.number, _of_page(connection, run, page, few=few)
    by_item: dict[int, list[Confidence]] = defaultdict(list)
    given = (
        select(item, confidences.c.source, confidences.c.name, confidences.c.value)
        .join(confidences, confidences.c.response == run_items.c.response)
        .where(mine)
        .order_by(item, confidences.c.position)
    )
    computed = (
        select(item, signals.c.source, signals.c.name, signals.c.value, signals.c.calls, signals.c.cost_usd)
        .join(signals, signals.c.item == item)
        .where(mine)
        .order_by(item, signals.c.name)
    )
    for query in (given, computed):
        for number, *parts in connection.execute(query).all():
            by_item[number].append(read_confidence(*parts))
    return by_item


def _grades(
    connection: Connection, run: int, page: Sequence[Any], *, few: bool = False
) -> Mapping[int, Sequence[Grade]]:
    item = run_items.c.number
    found = connection.execute(
        select(item, grades.c.grader, grades.c.state, grades.c.reason)
        .join(grades, grades.c.item == item)
        .where(_of_page(connection, run, page, few=few))
    )
    by_item: dict[int, list[Grade]] = defaultdict(list)
    for number, grader, state, reason in found.all():
        by_item[number].append(Grade(state=_STATES[state], grader=grader, reason=reason))
    for verdicts in by_item.values():
        if len(verdicts) > 1:
            verdicts.sort(key=lambda verdict: _precedence(verdict.grader))
    return by_item


def _states(connection: Connection, run: int, page: Sequence[Any], grader: str | None) -> Mapping[int, OutcomeState]:
    """Item -> the state that counts (see `_verdict`), where anybody judged it; without the reasons, which are long."""
    item = run_items.c.number
    found = (
        select(item, grades.c.grader, grades.c.state)
        .join(grades, grades.c.item == item)
        .where(run_items.c.run == run, item >= page[0].item, item <= page[-1].item)
    )
    if grader is not None:
        found = found.where(grades.c.grader == grader)
    judges: dict[int, str] = {}
    states: dict[int, OutcomeState] = {}
    for number, judge, state in connection.execute(found).all():
        if number not in judges or _precedence(judge) < _precedence(judges[number]):
            judges[number] = judge
            states[number] = _STATES[state]
    return states


@lru_cache(maxsize=256)
def _precedence(grader: str) -> tuple[int, str]:
    kind = "+" if "+" in grader.partition(":")[0] else grader
    rank = GRADER_PRECEDENCE.index(kind) if kind in GRADER_PRECEDENCE else len(GRADER_PRECEDENCE)
    return rank, grader


def _verdict(error: str | None, verdicts: Sequence[Grade], grader: str | None) -> tuple[OutcomeState, Grade | None]:
    """The one state of an attempt: an error whatever the graders said of it, else the grade that counts."""
    if error is not None:
        return OutcomeState.ERROR, None
    chosen = next((verdict for verdict in verdicts if grader is None or verdict.grader == grader), None)
    return (chosen.state, chosen) if chosen is not None else (OutcomeState.UNGRADED, None)
