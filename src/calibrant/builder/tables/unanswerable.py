"""Questions without an answer, each made in a way that can be checked against the whole table.

- *invented entity*: a name put together from parts of the table's own names, which no row has;
- *false premise*: a row with another row's value taken for granted, which its own cell contradicts;
- *never stated*: a row whose cell is empty, and in turn an attribute that no column of the table has. The claim is that
  this table does not state it, not that nobody knows.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle

from calibrant.builder.item import Check
from calibrant.builder.tables.cells import Kind, fold_key, kind_of, tell
from calibrant.builder.tables.facts import Fact, Facts, topic_of
from calibrant.builder.tables.foreign import absent_attributes
from calibrant.builder.tables.items import Premise
from calibrant.builder.tables.plan import TablePlan

__all__ = ["KINDS", "Void", "invent_name", "premise_of", "voids"]

KINDS = ("invented entity", "false premise", "never stated")
_TRIES = 60


class Void:
    """A question without an answer, before it is worded."""

    __slots__ = ("checks", "fact", "how", "key", "kind", "plan", "premise", "topic")

    def __init__(
        self,
        kind: str,
        fact: Fact,
        topic: str,
        checks: tuple[Check, ...],
        *,
        plan: TablePlan,
        premise: Premise | None = None,
        key: str | None = None,
        how: str | None = None,
    ) -> None:
        self.kind = kind
        self.plan = plan
        self.how = how or kind
        self.fact = fact
        self.topic = topic
        self.checks = checks
        self.premise = premise
        self.key = key


def voids(
    plans: Sequence[TablePlan],
    facts: Sequence[Facts],
    kind: str,
    random_: random.Random,
    *,
    languages: Sequence[str] = ("en",),
) -> Iterator[Void]:
    """Questions of one kind, from each table in turn, until there are no more."""
    makers: dict[str, Callable[[TablePlan, Facts], Iterator[Void]]] = {
        "invented entity": lambda plan, found: _invented(plan, found, plans, random_),
        "false premise": lambda plan, found: _false(plan, found, random_),
        "never stated": lambda plan, found: _in_turn(
            [_unstated(plan, found, random_), _foreign(plan, found, languages, random_)]
        ),
    }
    yield from _in_turn([makers[kind](plan, found) for plan, found in zip(plans, facts, strict=True)])


def _in_turn(streams: list[Iterator[Void]]) -> Iterator[Void]:
    """One from each stream that has any left, again and again."""
    while streams:
        for stream in list(streams):
            void = next(stream, None)
            if void is None:
                streams.remove(stream)
            else:
                yield void


def _by_attribute(facts: Facts, random_: random.Random) -> dict[str, list[Fact]]:
    """Facts of clear rows by attribute, shuffled."""
    found: dict[str, list[Fact]] = defaultdict(list)
    for (_, attribute, reverse), group in sorted(facts.asked.items()):
        if not reverse:
            found[attribute] += [fact for fact in group if fact.name.clear and not fact.name.completed]
    for group in found.values():
        random_.shuffle(group)
    return {name: group for name, group in found.items() if group}


def _invented(plan: TablePlan, facts: Facts, plans: Sequence[TablePlan], random_: random.Random) -> Iterator[Void]:
    groups = _by_attribute(facts, random_)
    names = sorted({fact.name.name for group in groups.values() for fact in group})
    used: set[str] = set()
    checked = sum(one.key.rows for one in plans)
    for attribute in cycle(groups):
        name = invent_name(names, random_, lambda text: fold_key(text) in used or any(p.key.knows(text) for p in plans))
        if name is None:
            return
        used.add(fold_key(name))
        fact = random_.choice(groups[attribute])
        detail = f"no row is called so, case, accents, punctuation and order of words aside; {checked:,} rows compared"
        topic = topic_of(plan, plan.scan.rows[fact.row]) or ""
        yield Void("invented entity", fact, topic, (Check("name not in the table", True, detail),), plan=plan, key=name)


def invent_name(names: Sequence[str], random_: random.Random, taken: Callable[[str], bool]) -> str | None:
    """A name made from parts of real ones that is none of them; None where none was found in sixty tries.

    Names of several words exchange their last one, or its second half; single words are joined from halves.
    """
    if len(names) < 2:
        return None
    for _ in range(_TRIES):
        left, right = random_.sample(names, 2)
        first, last = left.split(), right.split()
        made = [" ".join((*first[:-1], last[-1]))] if len(first) > 1 and len(last) > 1 else []
        if len(first) == len(last) and min(len(first[-1]), len(last[-1])) >= 2:
            joined = first[-1][: (len(first[-1]) + 1) // 2] + last[-1][len(last[-1]) // 2 :]
            made.append(" ".join((*first[:-1], joined)))
        for name in made:
            if not taken(name):
                return name
    return None


def premise_of(plan: TablePlan, fact: Fact, random_: random.Random) -> Premise | None:
    """Another column's value that is true of the fact's row and can be taken for granted in a question."""
    choices = [column for column in plan.attributes if _can_be_premise(plan, fact, column.name)]
    if not choices or fact.reverse or not fact.name.clear:
        return None
    column = random_.choice(choices)
    return Premise(column, tell(plan.scan.rows[fact.row][column.name]))


def _can_be_premise(plan: TablePlan, fact: Fact, name: str) -> bool:
    column = next(one for one in plan.attributes if one.name == name)
    value = plan.scan.rows[fact.row].get(name)
    return (
        name not in (fact.column.name, plan.key.second)
        and column.kind in (Kind.TEXT, Kind.NUMBER, Kind.DATE)
        and not column.changes
        and kind_of(value) is not Kind.EMPTY
        and column.fits(value)
    )


def _false(plan: TablePlan, facts: Facts, random_: random.Random) -> Iterator[Void]:
    groups = _by_attribute(facts, random_)
    while any(groups.values()):
        for group in groups.values():
            while group:
                fact = group.pop()
                true = premise_of(plan, fact, random_)
                swapped = None if true is None else _swapped(plan, true, random_)
                if true is None or swapped is None:
                    continue
                detail = f"the row states {true.column.name}: {true.value[:40]}"
                topic = topic_of(plan, plan.scan.rows[fact.row]) or ""
                yield Void(
                    "false premise", fact, topic, (Check("premise is false", True, detail),), plan=plan, premise=swapped
                )
                break


def _swapped(plan: TablePlan, true: Premise, random_: random.Random) -> Premise | None:
    """Another row's value of the premise that neither equals the true one nor holds it or is held by it."""
    own = fold_key(true.value)
    for _ in range(_TRIES):
        value = random_.choice(plan.scan.rows).get(true.column.name)
        if kind_of(value) is Kind.EMPTY or not true.column.fits(value):
            continue
        other = fold_key(value)
        apart = other != own and (true.column.numeric or not (f" {other} " in f" {own} " or f" {own} " in f" {other} "))
        if apart:
            return Premise(true.column, tell(value))
    return None


def _unstated(plan: TablePlan, facts: Facts, random_: random.Random) -> Iterator[Void]:
    groups: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts.unstated:
        if not fact.name.completed:
            groups[fact.column.name].append(fact)
    for group in groups.values():
        random_.shuffle(group)
    while any(groups.values()):
        for group in groups.values():
            if group:
                fact = group.pop()
                detail = "the cell of the only row of this name is empty: this table does not state it"
                topic = topic_of(plan, plan.scan.rows[fact.row]) or ""
                yield Void("never stated", fact, topic, (Check("not stated", True, detail),), plan=plan)


def _foreign(plan: TablePlan, facts: Facts, languages: Sequence[str], random_: random.Random) -> Iterator[Void]:
    """Rows and attributes that the table does not have, every row once with each."""
    attributes = list(absent_attributes(plan.scan, languages))
    rows = {fact.row: fact for group in _by_attribute(facts, random_).values() for fact in group}
    asked = [rows[row] for row in sorted(rows)]
    random_.shuffle(attributes)
    random_.shuffle(asked)
    detail = f"no column is called so, and no cell of the {len(plan.scan.rows):,} rows read names it"
    for shift in range(len(attributes)):
        for number, fact in enumerate(asked):
            column = attributes[(number + shift) % len(attributes)]
            checks = (Check("attribute not in the table", True, detail),)
            topic = topic_of(plan, plan.scan.rows[fact.row]) or ""
            foreign = Fact(fact.row, fact.name, column, None)
            yield Void("never stated", foreign, topic, checks, plan=plan, how="never stated, no such column")
