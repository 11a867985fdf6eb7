"""A question set from tables: planned, chosen, worded, checked, counted."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from calibrant.builder.item import Built, Dropped, Item
from calibrant.builder.tables.choosing import balanced
from calibrant.builder.tables.facts import Fact, Facts, collect
from calibrant.builder.tables.items import Premise, answerable, day_of, unanswerable
from calibrant.builder.tables.plan import TablePlan, TableSettings, plan_table
from calibrant.builder.tables.scan import KEPT, scan
from calibrant.builder.tables.source import Table
from calibrant.builder.tables.unanswerable import KINDS, premise_of, voids
from calibrant.errors import InputError

__all__ = ["build_from_tables", "plan_tables"]

Tell = Callable[[str, int], None]
"""Called with what is under way and how far it is."""


def plan_tables(tables: Sequence[Table], settings: TableSettings, *, tell: Tell | None = None) -> tuple[TablePlan, ...]:
    """Read tables and decide what of each is asked.

    Raises:
        InputError: a table cannot be used; the message says why and what to do. Two tables have one name.
    """
    names = [table.name for table in tables]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"two tables are called {twice!r}", place="--table", remedy="Rename one, or join them")
    keep = max(KEPT, 4 * settings.count)
    plans = []
    for table in tables:
        telling = None if tell is None else partial(tell, f"rows of {table.name}")
        plans.append(
            plan_table(scan(table, keep=keep, wanted=settings.key, seed=settings.seed, tell=telling), settings)
        )
    return tuple(plans)


def build_from_tables(plans: Sequence[TablePlan], settings: TableSettings, *, tell: Tell | None = None) -> Built:
    """Make the set.

    The count and the share of unanswerable questions are exact. Where the tables do not hold enough for the count, the
    set is smaller, the share is kept, and the facts say why.

    Raises:
        InputError: nothing could be asked.
    """
    work = _Work(plans, settings, [collect(plan, reverse=settings.reverse) for plan in plans])
    wanted_void = round(settings.count * settings.unanswerable)
    chosen = work.choose(settings.count - wanted_void)
    if not chosen:
        counts = ", ".join(f"{rule}: {count:,}" for rule, count in work.counts.most_common()) or "no cell is filled"
        raise InputError(f"nothing can be asked of the tables ({counts})", place=plans[0].scan.table.place)
    enough = len(chosen) == settings.count - wanted_void
    needed = wanted_void if enough else round(len(chosen) * settings.unanswerable / (1 - settings.unanswerable))
    void = work.make_void(needed)
    if len(void) < needed:
        chosen = chosen[: round(len(void) * (1 - settings.unanswerable) / settings.unanswerable)]
    false_premises = sum(item.made.endswith("false premise") for item in void)
    items = [*work.word(chosen, false_premises), *void]
    random.Random(f"order {settings.seed}").shuffle(items)  # noqa: S311
    if tell is not None:
        tell("questions", len(items))
    return Built(
        items=tuple(items),
        dropped=tuple(work.dropped()),
        skipped={
            f"{plan.name}.{name}": role.why
            for plan in plans
            for name, role in plan.roles.items()
            if role.use == "not used"
        },
        facts=_facts(plans, settings, work, items, short=_shortage(settings, len(items), enough, needed, len(void))),
    )


@dataclass(slots=True)
class _Work:
    plans: Sequence[TablePlan]
    settings: TableSettings
    facts: list[Facts]
    leaks: list[Dropped] = field(default_factory=list)
    counts: Counter[str] = field(init=False)
    kinds: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.counts = Counter()
        for found in self.facts:
            self.counts.update(found.counts)

    def choose(self, count: int) -> list[tuple[int, str, Fact, str]]:
        """(table, topic, fact, language) of the questions with an answer, at most ``count``."""
        chosen: list[tuple[int, str, Fact, str]] = []
        streams = {
            number: balanced(found.asked, self._random(f"facts {number}"), per_row=self.settings.per_row)
            for number, found in enumerate(self.facts)
        }
        while streams and len(chosen) < count:
            for number in list(streams):
                topic, fact = self._next(number, streams[number])
                if fact is None:
                    del streams[number]
                    continue
                chosen += [(number, topic, fact, language) for language in self.settings.languages]
        return chosen[:count]

    def _next(self, number: int, stream: Iterator[tuple[str, Fact]]) -> tuple[str, Fact | None]:
        """The next fact of a table whose questions do not give their answers away."""
        plan = self.plans[number]
        for topic, fact in stream:
            if fact.column.changes and self.settings.as_of and day_of(plan, fact, self.settings) is None:
                self.counts["no day for an answer that changes"] += 1
                continue
            items = [answerable(plan, fact, topic, self.settings, language) for language in self.settings.languages]
            leaking = next((item for item in items if not all(check.passed for check in item.checks)), None)
            if leaking is None:
                return topic, fact
            self._leak(leaking)
        return "", None

    def _leak(self, item: Item) -> None:
        self.counts["answer in the question"] += 1
        failed = next(check for check in item.checks if not check.passed)
        self.leaks.append(Dropped(item=item, filter="answer in the question", reason=failed.detail))

    def word(self, chosen: Sequence[tuple[int, str, Fact, str]], premises: int) -> Iterator[Item]:
        """The questions worded; as many with a true premise as there are with a false one, so that a premise alone
        does not tell that there is no answer.
        """
        random_ = self._random("premises")
        given: dict[tuple[int, int, str], Premise | None] = {}
        for number, topic, fact, language in chosen:
            plan = self.plans[number]
            place = (number, fact.row, fact.column.name)
            if premises and not fact.reverse and place not in given:
                given[place] = premise_of(plan, fact, random_)
            premise = given.get(place) if premises and not fact.reverse else None
            item = answerable(plan, fact, topic, self.settings, language, premise)
            if premise is not None:
                if all(check.passed for check in item.checks):
                    premises -= 1
                else:
                    item = answerable(plan, fact, topic, self.settings, language)
            yield item

    def make_void(self, count: int) -> list[Item]:
        """Questions without an answer, of each kind as many as of the others where there are enough."""
        languages = self.settings.languages
        streams = {kind: voids(self.plans, self.facts, kind, self._random(kind), languages=languages) for kind in KINDS}
        items: list[Item] = []
        seen: set[str] = set()
        while streams and len(items) < count:
            for kind in list(streams):
                void = next(streams[kind], None)
                if void is None:
                    del streams[kind]
                    continue
                for language in languages:
                    item = unanswerable(
                        void.plan,
                        void.fact,
                        void.topic,
                        self.settings,
                        language,
                        kind=void.how,
                        checks=void.checks,
                        premise=void.premise,
                        key=void.key,
                    )
                    if len(items) < count and item.question.id not in seen:
                        seen.add(item.question.id)
                        self.kinds[kind] += 1
                        items.append(item)
        return items

    def dropped(self) -> Iterator[Dropped]:
        """What was left out, as items of the first language."""
        yield from self.leaks
        for plan, found in zip(self.plans, self.facts, strict=True):
            for one in found.left_out:
                item = answerable(plan, one.fact, "", self.settings, self.settings.languages[0])
                item = replace(item, question=replace(item.question, id=f"{item.question.id}-x"))
                yield Dropped(item=item, filter=one.rule, reason=one.reason)

    def _random(self, what: str) -> random.Random:
        return random.Random(f"{what} {self.settings.seed}")  # noqa: S311


def _shortage(settings: TableSettings, made: int, enough: bool, needed: int, void: int) -> str | None:
    if made == settings.count:
        return None
    if enough or void < needed:
        held = f"{void:,} unanswerable questions of {needed:,}"
        return f"{made:,} instead of {settings.count:,}: the tables hold only {held}"
    cap = f" with at most {settings.per_row} a row" if settings.per_row else ""
    return f"{made:,} instead of {settings.count:,}: the rows read hold no more facts{cap} (--per-row)"


def _facts(
    plans: Sequence[TablePlan], settings: TableSettings, work: _Work, items: Sequence[Item], *, short: str | None
) -> dict[str, Any]:
    return {
        "path": "tables",
        "generator": "templates over tables without a model",
        "seed": settings.seed,
        "count_asked": settings.count,
        "shortage": short,
        "languages": list(settings.languages),
        "unanswerable_share": settings.unanswerable,
        "unanswerable_kinds": {kind: work.kinds[kind] for kind in KINDS if work.kinds[kind]},
        "as_of": settings.as_of,
        "left_out": dict(sorted(work.counts.items())),
        "tables": [plan.to_dict() for plan in plans],
        "worded_naturally": sum(_natural(item, plans, settings) for item in items),
    }


def _natural(item: Item, plans: Sequence[TablePlan], settings: TableSettings) -> bool:
    name = item.made.removeprefix("table: ").partition(", given")[0]
    columns = {column.name: column for plan in plans for column in plan.attributes}
    return name in columns and settings.templates.natural(columns[name], item.language)
