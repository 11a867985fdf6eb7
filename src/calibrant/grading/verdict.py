"""What a comparison of one answer with one gold can say, and why."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

__all__ = ["Comparison", "Verdict", "different", "same", "unsure"]


class Verdict(Enum):
    """Outcome of one comparison. ``UNSURE`` is the honest default: code alone cannot tell."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


class Comparison(NamedTuple):
    """A verdict with its reason in a few words."""

    verdict: Verdict
    reason: str


def same(reason: str) -> Comparison:
    """Return the verdict that answer and gold mean the same."""
    return Comparison(Verdict.SAME, reason)


def different(reason: str) -> Comparison:
    """Return the verdict that answer and gold are comparable and differ."""
    return Comparison(Verdict.DIFFERENT, reason)


def unsure(reason: str) -> Comparison:
    """Return the verdict that code alone cannot tell."""
    return Comparison(Verdict.UNSURE, reason)
