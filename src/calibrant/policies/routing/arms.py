"""The nouns of routing: an arm, what all arms said to the same questions, and what a policy made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Arm", "ArmTable", "Played"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Arm:
    """One way of answering: a model at an effort, asked so many times. Abstaining is no arm; it is always possible."""

    model: str
    effort: str | None = None
    samples: int = 1

    def __str__(self) -> str:
        name = self.model if self.effort is None else f"{self.model}@{self.effort}"
        return name if self.samples == 1 else f"{name} x{self.samples}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmTable:
    """Every arm on the same n questions, in the order in which a cascade tries the arms."""

    arms: tuple[Arm, ...]
    right: Floats
    """Shape (n, arms): 1 right, 0 wrong, NaN where the arm gave no answer (it declined, or the call failed)."""
    failed: npt.NDArray[np.bool_]
    """Shape (n, arms): no usable reply. Paid for all the same."""
    cost: Floats
    """Shape (n, arms): dollars of the arm's calls for the question; NaN = unknown."""
    clusters: Ints
    """Shape (n,)."""
    signals: Mapping[str, Floats] = field(default_factory=dict)
    """Name -> shape (n, arms), NaN where the arm has no such signal for the question. Known after the arm answered."""
    texts: Sequence[str] | None = None
    """The questions, known beforehand."""
    domains: Sequence[str] | None = None
    """Their categories, known beforehand."""
    questions: Sequence[str] = ()
    """Digests of the questions, hexadecimal."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Where the table comes from: runs, set, prompts, models as they named themselves, whether costs are modelled."""

    def __len__(self) -> int:
        return len(self.right)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What a policy did with the n questions of a table."""

    arm: Ints
    """Shape (n,): the arm whose answer was given; -1 = abstained."""
    right: Floats
    """Shape (n,): 1 right, 0 wrong, NaN = nothing was answered."""
    cost: Floats
    """Shape (n,): dollars of everything called, failed calls and samples included; NaN = unknown."""
    called: npt.NDArray[np.bool_]
    """Shape (n, arms): which arms were called."""
    score: Floats
    """Shape (n,): probability of being right, of what was answered or would have been."""
