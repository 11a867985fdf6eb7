"""What a run did: counts, dollars, and why it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from calibrant.models import Reply
from calibrant.runs.spend import Spend
from calibrant.store import RunInfo
from calibrant.types import ModelRef

__all__ = ["ModelTally", "Progress", "RunSummary", "Stop"]


class Stop(StrEnum):
    """Why a run ended before everything was asked."""

    BUDGET = "budget"
    ERRORS = "errors"
    MODEL = "model"
    """A model cannot be asked at all."""
    ENOUGH = "enough"
    """What was to be found out is settled, or will not be."""


@dataclass(slots=True, kw_only=True)
class ModelTally:
    """One model's part of a run, counted as it goes."""

    model: ModelRef
    spend: Spend
    missing: int = 0
    """Responses that the store did not have."""
    reused: int = 0
    under_way: int = 0
    """Prompts sent and not back yet."""
    answered: int = 0
    """Items that got a response, be it an error."""
    replies: int = 0
    errors: int = 0
    requests: int = 0
    """HTTP requests, retries included."""
    causes: Counter[str] = field(default_factory=Counter)
    failed: str | None = None
    """Why no more can be asked."""

    def count(self, reply: Reply, items: int, *, failed: bool | None = None) -> None:
        """Count a reply that serves so many items. Failed: by default where it has an error."""
        self.replies += 1
        self.answered += items
        self.requests += reply.requests
        if failed or (failed is None and reply.error is not None):
            self.errors += items
            self.causes[str(reply.failure)] += items

    @property
    def done(self) -> int:
        """Items with a response, kept or new."""
        return self.reused + self.answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is."""

    total: int
    done: int
    reused: int
    errors: int
    in_flight: int
    spent_usd: float
    cost_known: bool
    """False while no reply's cost is known."""

    @classmethod
    def of(cls, total: int, tallies: Sequence[ModelTally], in_flight: int) -> Progress:
        """Add the models up."""
        return cls(
            total=total,
            done=sum(tally.done for tally in tallies),
            reused=sum(tally.reused for tally in tallies),
            errors=sum(tally.errors for tally in tallies),
            in_flight=in_flight,
            spent_usd=sum(tally.spend.total_usd for tally in tallies),
            cost_known=any(tally.spend.known for tally in tallies),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """What a run did."""

    run: RunInfo
    complete: bool
    """Every response needed is there, be it an error."""
    stopped_by: Stop | None
    total: int
    """Responses needed."""
    models: tuple[ModelTally, ...]
    lost: int
    """Prompts that were under way, at least, when an earlier process was stopped, and had to be asked again."""
    elapsed_s: float
    max_errors: float
    stopping: Mapping[str, Any] | None = None
    """Looks and verdict, where the run was to end once something is settled; see `calibrant.runs.stopping`."""

    @property
    def asked(self) -> int:
        """Responses that came back in this call, errors included."""
        return sum(tally.replies for tally in self.models)

    @property
    def reused(self) -> int:
        """Items whose response was in the store before."""
        return sum(tally.reused for tally in self.models)

    @property
    def errors(self) -> int:
        """Items that got an error in this call."""
        return sum(tally.errors for tally in self.models)

    @property
    def ok(self) -> bool:
        """Whether failures stayed within ``max_errors`` and every model could be asked."""
        failed = any(tally.failed for tally in self.models)
        return not failed and self.errors <= self.max_errors * self.total

    @property
    def cost_usd(self) -> float | None:
        """Dollars spent in this call; None where the cost of any reply, a failed one among them, is unknown."""
        return _cost(self.models)

    @property
    def cost_known_usd(self) -> float:
        """Dollars of those replies whose cost is known: what was spent at least."""
        return sum(tally.spend.total_usd for tally in self.models)

    @property
    def cost_unknown(self) -> int:
        """Replies, failed ones among them, whose cost is not known."""
        return sum(tally.spend.unknown for tally in self.models)

    def to_dict(self) -> dict[str, Any]:
        """The summary for programs: plain values, None for unknown."""
        return {
            "run": self.run.id,
            "complete": self.complete,
            "stopped_by": None if self.stopped_by is None else str(self.stopped_by),
            "total": self.total,
            "asked": self.asked,
            "reused": self.reused,
            "errors": self.errors,
            "lost_in_flight": self.lost,
            "cost_usd": self.cost_usd,
            "cost_known_usd": self.cost_known_usd,
            "cost_unknown": self.cost_unknown,
            "elapsed_s": round(self.elapsed_s, 3),
            "models": [_model(tally) for tally in self.models],
            "stopping": None if self.stopping is None else dict(self.stopping),
        }


def _model(tally: ModelTally) -> dict[str, Any]:
    split_known = tally.spend.price is not None and not tally.spend.unknown
    return {
        "model": str(tally.model),
        "asked": tally.replies,
        "reused": tally.reused,
        "errors": tally.errors,
        "error_causes": dict(tally.causes.most_common()),
        "requests": tally.requests,
        "failed": tally.failed,
        "cost_usd": _cost([tally]),
        "cost_split_usd": dict(tally.spend.parts) if split_known else None,
    }


def _cost(tallies: Iterable[ModelTally]) -> float | None:
    spends = [tally.spend for tally in tallies]
    return None if any(spend.unknown for spend in spends) else sum(spend.total_usd for spend in spends)
