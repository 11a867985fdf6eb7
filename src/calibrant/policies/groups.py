"""Groups that each get a certificate, small ones merged by a rule that sees no label: definitions, section 6.7."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappop, heapreplace

__all__ = ["merge_small"]


def merge_small(sizes: Mapping[str, int], smallest: int) -> dict[str, tuple[str, ...]]:
    """Merge groups from the smallest up until each holds at least so many rows.

    The two smallest are merged while the smallest is below the limit; equal sizes go by name.

    Args:
        sizes: name of a group -> its answered rows.
        smallest: rows that a group must hold to stand alone.

    Returns:
        Name -> the groups in it; a merged one is called by its members joined with ' + ', and more of them where a
        group has that very name.

    >>> merge_small({"law": 500, "tax": 20, "art": 30, "sea": 90}, 100)
    {'art + sea + tax': ('art', 'sea', 'tax'), 'law': ('law',)}
    """
    pools: list[tuple[int, tuple[str, ...]]] = sorted((size, (name,)) for name, size in sizes.items())
    while len(pools) > 1 and pools[0][0] < smallest:
        (one, first), (other, second) = heappop(pools), pools[0]
        heapreplace(pools, (one + other, tuple(sorted(first + second))))
    return dict(sorted((_name(members, sizes), members) for _, members in pools))


def _name(members: tuple[str, ...], known: Mapping[str, int]) -> str:
    sign = " + "
    while len(members) > 1 and sign.join(members) in known:
        sign = f" +{sign}"
    return sign.join(members)
