"""Which facts are asked: balanced over topics and attributes, by seed, and never too many of one row."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping

from calibrant.builder.tables.facts import Fact

__all__ = ["balanced"]


def balanced(
    groups: Mapping[tuple[str, str, bool], list[Fact]], random_: random.Random, *, per_row: int
) -> Iterator[tuple[str, Fact]]:
    """Topics and facts, one from each group in turn, until every group is used up.

    Args:
        groups: (topic, attribute, direction) -> facts.
        random_: decides the order of groups and of facts in them.
        per_row: most facts of one row.

    >>> list(balanced({}, random.Random(0), per_row=1))
    []
    """
    order = sorted(groups)
    random_.shuffle(order)
    waiting = []
    for name in order:
        facts = list(groups[name])
        random_.shuffle(facts)
        waiting.append((name[0], facts))
    taken: Counter[int] = Counter()
    while waiting:
        still = []
        for topic, facts in waiting:
            while facts and taken[facts[-1].row] >= per_row:
                facts.pop()
            if facts:
                fact = facts.pop()
                taken[fact.row] += 1
                yield topic, fact
                still.append((topic, facts))
        waiting = still
