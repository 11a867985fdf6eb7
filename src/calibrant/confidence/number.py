"""A probability read from a reply that was asked for nothing else."""

from __future__ import annotations

import re

__all__ = ["read_percentage"]

_NUMBER = re.compile(
    r"(?<![\w.,])(?P<value>\d{1,3}(?:[.,]\d{1,6})?|[.]\d{1,6})\s*(?P<unit>%|percent\b|/\s*100\b)?(?!\w)"
)
_NEGATIVE = re.compile(r"(?:^|\s)[-−]\s?[\d.]")
_LONG = 400


def read_percentage(text: str) -> float | None:
    """The one probability in a reply.

    A number with a unit is per cent; one without is a share up to 1, else per cent, as in ``split_stated``.

    Returns:
        A share in [0, 1]; None where there is none, several that differ, one out of range, or a long text.

    >>> read_percentage("I would say 85 %."), read_percentage("0.7"), read_percentage("70-80 %")
    (0.85, 0.7, None)
    """
    if len(text) > _LONG or _NEGATIVE.search(text):
        return None
    found = set()
    for match in _NUMBER.finditer(text):
        value = float(match["value"].replace(",", "."))
        scale = 100.0 if match["unit"] or value > 1 else 1.0
        found.add(value / scale)
    if len(found) != 1:
        return None
    value = found.pop()
    return value if value <= 1 else None
