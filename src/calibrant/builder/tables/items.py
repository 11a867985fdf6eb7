"""From a fact to an item: worded, with its gold answers, where it is found, and what was checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from calibrant.builder.item import Check, Item, Source
from calibrant.builder.tables.cells import Kind, kind_of, tell
from calibrant.builder.tables.facts import Fact
from calibrant.builder.tables.golds import gold_of
from calibrant.builder.tables.names import spoken
from calibrant.builder.tables.plan import TablePlan, TableSettings
from calibrant.builder.tables.profile import Column
from calibrant.builder.tables.wording import Asking
from calibrant.questions.suspicion import fold_text, leaked_gold
from calibrant.types import Question, Stratum

__all__ = ["Premise", "answerable", "asking_of", "leak", "make_id", "unanswerable"]


@dataclass(frozen=True, slots=True)
class Premise:
    """Another column of the row and the value that a question takes for granted."""

    column: Column
    value: str


def make_id(*parts: Any) -> str:
    """An id that the same content always gets."""
    digest = hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()
    return f"t-{digest[:12]}"


def asking_of(
    plan: TablePlan,
    fact: Fact,
    settings: TableSettings,
    *,
    premise: Premise | None = None,
    key: str | None = None,
) -> Asking:
    """What the question of a fact is about; ``key`` where it is of another name than the row's."""
    row = plan.scan.rows[fact.row]
    return Asking(
        table=spoken(plan.name),
        entity=plan.key.column,
        key=fact.name.text if key is None else key,
        column=fact.column,
        row={name: tell(value) for name, value in row.items() if isinstance(value, (str, int, float))},
        premise=(premise.column, premise.value) if premise else None,
        as_of=day_of(plan, fact, settings) if fact.column.changes else None,
    )


def day_of(plan: TablePlan, fact: Fact, settings: TableSettings) -> str | None:
    """The day for which an answer is stated: the settings' own, or that of the row."""
    if settings.as_of is None or settings.as_of not in plan.scan.columns:
        return settings.as_of
    value = plan.scan.rows[fact.row].get(settings.as_of)
    return tell(value)[:10] if kind_of(value) in (Kind.DATE, Kind.TIME) else None


def answerable(
    plan: TablePlan, fact: Fact, topic: str, settings: TableSettings, language: str, premise: Premise | None = None
) -> Item:
    """The item that asks for a fact in a language."""
    asking = asking_of(plan, fact, settings, premise=premise)
    line = plan.scan.lines[fact.row]
    quote = tell(fact.value)
    golds: tuple[str, ...]
    if fact.reverse:
        text = settings.templates.ask_reverse(asking, quote, language)
        golds, grader, made = (fact.name.text,), "exact", f"table: {fact.column.name} reversed"
    else:
        text = settings.templates.ask(asking, language)
        gold = gold_of(fact.value, fact.column, language)
        golds, grader, made = gold.forms, gold.grader, f"table: {fact.column.name}"
    if premise is not None:
        made += f", given its {premise.column.name}"
    found = leak(text, golds)
    checks = [
        Check("row", fact.name.clear or fact.agreeing > 1, _told(plan, fact)),
        Check("value", True, f"{fact.column.kind}, {len(quote)} characters"),
        Check("answer not in question", found is None, found or ""),
    ]
    if fact.reverse:
        checks.append(Check("one row has the value", True, f"among {plan.scan.count:,} rows"))
    return Item(
        question=Question(
            id=make_id(plan.name, fact.name.text, fact.column.name, made, language),
            text=text,
            golds=golds,
            domain=settings.domain or spoken(plan.name),
            topic=topic or None,
            subtopic=spoken(fact.column.name),
            cluster=f"{plan.name}: {fact.name.text}",
            evidence=(f"{plan.name}, row {line}, {fact.column.name}: {quote}", *_rest_of_row(plan, fact)),
        ),
        source=Source(document=plan.name, quote=quote, row=fact.name.text),
        made=made,
        language=language,
        grader=grader,
        as_of=asking.as_of,
        checks=tuple(checks),
    )


def unanswerable(
    plan: TablePlan,
    fact: Fact,
    topic: str,
    settings: TableSettings,
    language: str,
    *,
    kind: str,
    checks: tuple[Check, ...],
    premise: Premise | None = None,
    key: str | None = None,
) -> Item:
    """An item that has no answer, with how that was made sure."""
    asking = asking_of(plan, fact, settings, premise=premise, key=key)
    name = asking.key
    part = premise.value if premise else ""
    return Item(
        question=Question(
            id=make_id(plan.name, name, fact.column.name, kind, part, language),
            text=settings.templates.ask(asking, language),
            stratum=Stratum.UNANSWERABLE,
            domain=settings.domain or spoken(plan.name),
            topic=topic or None,
            subtopic=spoken(fact.column.name),
            cluster=f"{plan.name}: {name}",
            evidence=() if key is not None else tuple(_rest_of_row(plan, fact)),
        ),
        source=None if key is not None else Source(document=plan.name, row=fact.name.text),
        made=f"unanswerable: {kind}",
        language=language,
        grader="exact",
        as_of=asking.as_of,
        checks=checks,
    )


def leak(text: str, golds: tuple[str, ...]) -> str | None:
    """The gold answer that stands in the question; None where there is none."""
    return leaked_gold(fold_text(text), golds)


_MOST_CELLS = 24
_LONGEST_CELL = 80


def _rest_of_row(plan: TablePlan, fact: Fact) -> Iterator[str]:
    """What else can be asked of the row, for whoever audits the question; columns that are left out stay out."""
    row = plan.scan.rows[fact.row]
    others = [column.name for column in plan.attributes if column.name != fact.column.name][:_MOST_CELLS]
    cells = [(name, tell(row.get(name))) for name in others]
    if cells:
        yield "the rest of the row: " + "; ".join(f"{name}: {_shortened(cell) or '(empty)'}" for name, cell in cells)


def _shortened(cell: str) -> str:
    """The beginning of a long cell."""
    return cell if len(cell) <= _LONGEST_CELL else f"{cell[: _LONGEST_CELL - 1]}…"


def _told(plan: TablePlan, fact: Fact) -> str:
    if fact.agreeing > 1:
        return f"{fact.agreeing} rows of this name state the same"
    if fact.name.completed:
        return f"the only row of this name and {plan.key.second} among {plan.scan.count:,}"
    return f"the only row of this name among {plan.scan.count:,}"
