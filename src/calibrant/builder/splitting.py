"""A set in parts: whole clusters, every part with its share of each stratum, by seed."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from calibrant.errors import InputError
from calibrant.types import Question

__all__ = ["parse_parts", "split"]


def parse_parts(text: str) -> dict[str, float]:
    """``fit=.5,test=.5`` as shares.

    Raises:
        InputError: not NAME=SHARE, a name twice or unfit for a file, or shares that do not sum to 1.

    >>> parse_parts("fit=.6,test=.4")
    {'fit': 0.6, 'test': 0.4}
    """
    parts: dict[str, float] = {}
    for entry in text.split(","):
        name, _, share = entry.partition("=")
        try:
            value = float(share)
        except ValueError:
            value = -1.0
        if not name.strip().replace("-", "").replace("_", "").isalnum() or not 0 < value <= 1 or name.strip() in parts:
            raise InputError(f"{entry!r} is not NAME=SHARE", place="--parts", remedy="For example fit=.5,test=.5")
        parts[name.strip()] = value
    if abs(sum(parts.values()) - 1) > 1e-9 or len(parts) < 2:
        raise InputError(
            "the shares of two or more parts sum to 1", place="--parts", remedy="For example fit=.5,test=.5"
        )
    return parts


def split(questions: Sequence[Question], parts: Mapping[str, float], *, seed: int = 0) -> dict[str, list[Question]]:
    """Put every cluster into one part.

    Clusters are dealt within groups of one domain, topic and mixture of strata, largest first, each to the part that
    lacks most of its share of the group, then of the set.

    Args:
        questions: the set.
        parts: name -> share; they sum to 1.
        seed: decides among clusters of equal size.

    Returns:
        Part -> its questions in the order of the set.

    Raises:
        InputError: a part stays empty, since there are too few clusters.
    """
    clusters: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        clusters[question.cluster or question.id].append(question)
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, members in clusters.items():
        strata = ",".join(sorted({str(one.stratum) for one in members}))
        groups[members[0].domain or "", members[0].topic or "", strata].append(name)
    draw = random.Random(f"split {seed}")  # noqa: S311 - a split by seed, not a secret
    total: Counter[str] = Counter()
    home: dict[str, str] = {}
    for group in sorted(groups):
        names = groups[group]
        draw.shuffle(names)
        names.sort(key=lambda name: -len(clusters[name]))
        here: Counter[str] = Counter()
        for name in names:
            size = len(clusters[name])
            part = max(parts, key=lambda one: _lack(one, size, parts, here, total))
            home[name] = part
            here[part] += size
            total[part] += size
    empty = [part for part in parts if not total[part]]
    if empty:
        raise InputError(
            f"part {empty[0]!r} would be empty: there are {len(clusters)} clusters", remedy="Name fewer parts"
        )
    return {part: [one for one in questions if home[one.cluster or one.id] == part] for part in parts}


def _lack(
    part: str, size: int, parts: Mapping[str, float], here: Counter[str], total: Counter[str]
) -> tuple[float, float]:
    in_group = parts[part] * (here.total() + size) - here[part]
    in_set = parts[part] * (total.total() + size) - total[part]
    return round(in_group, 9), round(in_set, 9)
