"""What is fixed before the labels are seen: starts, candidate thresholds, the population the promise is about."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Literal, get_args

__all__ = ["Declared", "Method", "Population", "level_at_look"]

Method = Literal["multistart", "band", "single", "pilot", "sgr", "bonferroni", "betting"]
Population = Literal["new documents", "these documents", "this set"]

POPULATIONS: dict[str, str] = {
    "new documents": "new questions about new documents (clusters) drawn like those labelled",
    "these documents": "new questions about these very documents (clusters), in the same proportions",
    "this set": "these very questions, asked again",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """Choices that must not depend on the labels. The defaults are those of definitions, section 6."""

    population: Population = "new documents"
    """What the promise is about: definitions, section 6.2. Only 'new documents' has to allow for clusters."""
    starts: tuple[float, ...] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.7)
    """Coverages at which multi-start testing starts, ascending, in (0, 1]."""
    start: float = 0.3
    """Coverage at which the method 'single' starts, in (0, 1]."""
    levels: tuple[float, ...] | None = None
    """Candidate thresholds fixed without looking at these scores, as for confidences stated in per cent."""
    pilot_share: float = 0.25
    """Share of the rows that the method 'pilot' spends on choosing its start, in (0, 1)."""
    weight_bound: float | None = None
    """The largest weight that can occur, not only here. Without it traffic of greater weights than the largest one here
    is outside the promise."""

    def __post_init__(self) -> None:
        if self.population not in get_args(Population):
            raise ValueError(f"population must be one of {', '.join(get_args(Population))}, not {self.population!r}")
        if not self.starts or list(self.starts) != sorted(set(self.starts)):
            raise ValueError("starts must be coverages in ascending order, each once")
        if not all(0 < start <= 1 for start in (*self.starts, self.start)):
            raise ValueError("a start is a coverage in (0, 1]")
        if self.levels is not None and not (self.levels and all(isfinite(level) for level in self.levels)):
            raise ValueError("levels must be finite thresholds, at least one")
        if not 0 < self.pilot_share < 1:
            raise ValueError(f"pilot_share must lie in (0, 1), not {self.pilot_share}")
        if self.weight_bound is not None and not 0 < self.weight_bound < float("inf"):
            raise ValueError(f"weight_bound must be a number above 0, not {self.weight_bound}")


def level_at_look(delta: float, look: int) -> float:
    """6 delta / (pi^2 look^2): over all looks, however many, the levels add up to delta (definitions, section 6.9).

    >>> round(level_at_look(0.1, 1), 4)
    0.0608
    """
    return 6 * delta / (9.869604401089358 * look**2)
