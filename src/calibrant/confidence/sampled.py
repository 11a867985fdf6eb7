"""What the signals from further samples share: which of them can be compared, and how many must be there."""

from __future__ import annotations

from calibrant.confidence.equivalence import comparable
from calibrant.confidence.signal import Evidence, Said

__all__ = ["compared", "enough"]


def compared(evidence: Evidence, most: int) -> list[tuple[str, Said]]:
    """The first so many samples that can be compared, each with the part that is."""
    parts = ((comparable(said.text), said) for said in evidence.samples[:most])
    return [(part, said) for part, said in parts if part is not None]


def enough(there: int, wanted: int, *, least: int = 1) -> bool:
    """Whether so many samples do: at least half of those wanted; fewer say something else than the rest."""
    return there >= max(least, (wanted + 1) // 2)
