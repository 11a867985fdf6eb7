"""Facts of a table: a row without doubt, an attribute, and one value; and what was left out, by rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from calibrant.builder.tables.cells import Kind, fold_key, fold_name, kind_of, tell
from calibrant.builder.tables.keys import RowName
from calibrant.builder.tables.plan import TablePlan
from calibrant.builder.tables.profile import Column

__all__ = ["Fact", "Facts", "LeftOut", "collect"]

_MOST_TOLD = 2000
"""Left-out facts of each rule that are kept for the side file; all are counted."""
_SEVERAL = (";", "|", " / ")
"""Signs between several values in one cell."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One attribute of one row."""

    row: int
    """Number among the rows kept."""
    name: RowName
    column: Column
    value: Any
    reverse: bool = False
    """Whether the row is asked for, given the value."""
    agreeing: int = 1
    """Rows of this name, which all state this value."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A fact that is not asked, and the rule that says so."""

    fact: Fact
    rule: str
    reason: str


@dataclass(slots=True)
class Facts:
    """What can be asked of a table, what it does not state, and what was left out."""

    asked: dict[tuple[str, str, bool], list[Fact]] = field(default_factory=lambda: defaultdict(list))
    """(topic, attribute, whether in reverse) -> facts."""
    unstated: list[Fact] = field(default_factory=list)
    """Clear rows with an empty cell."""
    left_out: list[LeftOut] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    """Rule -> facts left out."""

    def leave(self, fact: Fact, rule: str, reason: str) -> None:
        """Leave a fact out."""
        self.counts[rule] += 1
        if self.counts[rule] <= _MOST_TOLD:
            self.left_out.append(LeftOut(fact, rule, reason))


def collect(plan: TablePlan, *, reverse: bool = False) -> Facts:
    """Gather what the rows kept state.

    Args:
        plan: the table.
        reverse: whether facts are asked in reverse too, where no other row of the table has the value.
    """
    facts = Facts()
    doubtful: dict[str, list[int]] = defaultdict(list)
    names: dict[int, RowName] = {}
    unique = {column.name: _once(plan, column) for column in plan.attributes} if reverse else {}
    for number, row in enumerate(plan.scan.rows):
        name = plan.key.name_of(row)
        if name is None:
            facts.counts["row without a name"] += 1
        elif not name.clear:
            names[number] = name
            doubtful[fold_name(name.name)].append(number)
        else:
            _take(facts, plan, number, name, unique)
    _take_agreeing(facts, plan, doubtful, names)
    return facts


def topic_of(plan: TablePlan, row: Mapping[str, Any]) -> str | None:
    """The topic of a row."""
    if plan.topic is None or kind_of(row.get(plan.topic.name)) is Kind.EMPTY:
        return None
    return tell(row[plan.topic.name])


def _take(facts: Facts, plan: TablePlan, number: int, name: RowName, unique: Mapping[str, Mapping[str, int]]) -> None:
    row = plan.scan.rows[number]
    topic = topic_of(plan, row) or ""
    for column in plan.attributes:
        value = row.get(column.name)
        fact = Fact(number, name, column, value)
        kind = kind_of(value)
        if kind is Kind.EMPTY:
            facts.unstated.append(fact)
        elif not _fits(facts, fact):
            continue
        elif name.completed and column.name == plan.key.second:
            facts.counts["part of the row's name"] += 1
        else:
            facts.asked[topic, column.name, False].append(fact)
            if unique.get(column.name, {}).get(fold_key(value)) == 1 and not name.completed:
                facts.asked[topic, column.name, True].append(Fact(number, name, column, value, reverse=True))


def _fits(facts: Facts, fact: Fact) -> bool:
    if not fact.column.fits(fact.value):
        facts.leave(fact, "another kind", f"{kind_of(fact.value)} among {fact.column.kind}s")
        return False
    text = tell(fact.value)
    if fact.column.kind in (Kind.TEXT, Kind.CODE) and any(sign in text for sign in _SEVERAL):
        facts.leave(fact, "several values", "the cell seems to hold several values")
        return False
    return True


def _once(plan: TablePlan, column: Column) -> dict[str, int]:
    """How often each value of a column of texts occurs in the whole table; empty where that is not known."""
    numbers = plan.scan.hashes.get(column.name)
    if numbers is None or column.kind not in (Kind.TEXT, Kind.CODE):
        return {}
    from calibrant.builder.tables.scan import hash_of

    values, times = np.unique(numbers[numbers != 0], return_counts=True)
    single = set(values[times == 1].tolist())
    return {fold_key(row.get(column.name)): 1 for row in plan.scan.rows if hash_of(row.get(column.name)) in single}


def _take_agreeing(
    facts: Facts, plan: TablePlan, doubtful: Mapping[str, list[int]], names: Mapping[int, RowName]
) -> None:
    """Of names that several rows have: what all of them state alike is asked once, the rest is left out."""
    if not doubtful:
        return
    contents: dict[str, dict[str, set[str]]] = {name: defaultdict(set) for name in doubtful}
    spellings: dict[str, set[str]] = {name: set() for name in doubtful}
    times: Counter[str] = Counter()
    for row in _all_rows(plan):
        folded = fold_name(row.get(plan.key.column))
        if folded not in contents:
            continue
        times[folded] += 1
        spellings[folded].add(tell(row.get(plan.key.column)))
        for column in plan.attributes:
            value = row.get(column.name)
            contents[folded][column.name].add("" if kind_of(value) is Kind.EMPTY else fold_key(value))
    for folded, numbers in doubtful.items():
        first = numbers[0]
        row = plan.scan.rows[first]
        topic = topic_of(plan, row) or ""
        variant = len(spellings[folded]) > 1
        for column in plan.attributes:
            fact = Fact(first, names[first], column, row.get(column.name), agreeing=times[folded])
            if kind_of(fact.value) is Kind.EMPTY:
                if contents[folded][column.name] != {""}:
                    facts.counts["stated in one row of the name only"] += 1
            elif contents[folded][column.name] == {fold_key(fact.value)} and times[folded] > 1:
                if _fits(facts, fact):
                    facts.asked[topic, column.name, False].append(fact)
            else:
                rule = "names that differ in case, accents, blanks or order" if variant else "several rows of one name"
                facts.leave(fact, rule, f"{times[folded]} rows of this name state different values")


def _all_rows(plan: TablePlan) -> Iterator[Mapping[str, Any]]:
    if not plan.scan.sampled:
        yield from plan.scan.rows
        return
    for row in plan.scan.table.read():
        yield row.values
