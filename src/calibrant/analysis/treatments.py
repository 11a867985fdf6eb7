"""What contenders differ in besides their answers. One difference is the treatment; any other spoils the comparison."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from calibrant.errors import InputError

__all__ = ["ASPECTS", "Aspect", "HowAsked", "SetUpDifference", "check_treatments", "set_up_differences"]

Aspect = Literal["model", "effort", "prompt", "sampling", "set", "grader"]
ASPECTS: tuple[Aspect, ...] = ("model", "effort", "prompt", "sampling", "set", "grader")
_ALLOWED: frozenset[Aspect] = frozenset({"model", "effort"})
"""May differ unasked: they are what comparisons are about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HowAsked:
    """How a contender was asked and graded. Each is an identity and what people call it; None = unknown."""

    model: str
    effort: str | None
    prompts: tuple[tuple[str, str], ...] | None
    """Digest and name of every template; None where answers were imported."""
    sampling: str
    """What was chosen, written out; the same for the same."""
    set_hash: str | None
    """None where the run is not complete."""
    set_name: str
    graders: tuple[str, ...]
    """Whose grades count, in the order of precedence."""
    run: str | None = None
    """Where it was asked: all models of a run have its set, also of one that ended early or is not complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpDifference:
    """One aspect in which contenders differ."""

    aspect: Aspect
    told: tuple[str, ...]
    """What it is for each contender, in their order."""


def set_up_differences(asked: Sequence[HowAsked]) -> list[SetUpDifference]:
    """In what contenders differ, and how."""
    found = []
    for aspect in ASPECTS:
        each = [_told(aspect, one, at) for at, one in enumerate(asked)]
        if len({identity for identity, _ in each}) > 1:
            found.append(SetUpDifference(aspect=aspect, told=tuple(told for _, told in each)))
    return found


def _told(aspect: Aspect, one: HowAsked, at: int) -> tuple[object, str]:
    """An identity, and how it is said."""
    if aspect == "model":
        return one.model, one.model
    if aspect == "effort":
        return one.effort, one.effort or "none chosen"
    if aspect == "prompt":
        if one.prompts is None:
            return None, "unknown (imported)"
        digests = tuple(digest for digest, _ in one.prompts)
        return digests, " and ".join(f"{name} {digest[:8]}" for digest, name in one.prompts)
    if aspect == "sampling":
        return one.sampling, one.sampling
    if aspect == "set":
        # A run that is not complete has no set yet: it is like no other run, not even like another such.
        if one.set_hash is None:
            return (at,) if one.run is None else (one.run,), f"{one.set_name} (unknown: the run is not complete)"
        return one.set_hash, f"{one.set_name} {one.set_hash[:8]}"
    return one.graders, " and ".join(one.graders) or "nobody"


def check_treatments(
    names: Sequence[str], asked: Sequence[HowAsked], treatments: Collection[Aspect]
) -> list[SetUpDifference]:
    """Refuse contenders that differ in something that is not the treatment.

    Args:
        names: of the contenders.
        asked: of each, how.
        treatments: aspects that are meant to differ; model and effort always may.

    Returns:
        Every difference, those meant included.

    Raises:
        InputError: there is a difference that nobody named.
    """
    found = set_up_differences(asked)
    spoiling = [one for one in found if one.aspect not in _ALLOWED | set(treatments)]
    if spoiling:
        lines = "".join(f"\n  {line}" for one in spoiling for line in _lines(one, names))
        flags = " ".join(f"--treatment {one.aspect}" for one in spoiling)
        what = " and ".join(one.aspect for one in spoiling)
        advice = f"If that is what you compare, say so: {flags}."
        if any(one.aspect == "grader" for one in spoiling):
            advice += " One grader for all: --grader NAME."
        raise InputError(f"they differ in {what}, so a difference has more than one cause. {advice}{lines}")
    return found


def _lines(one: SetUpDifference, names: Sequence[str]) -> Iterator[str]:
    for name, told in zip(names, one.told, strict=True):
        yield f"{one.aspect} of {name}: {told}"
