"""Dollars: what a run has spent, and whether the next prompt may still be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from calibrant.models import Cost, Price, Reply, cost_of

__all__ = ["Purse", "Spend"]

_CHARACTERS_PER_TOKEN = 3.0
"""On the careful side: English has about 4 characters to a token, other text fewer."""
_ASSUMED_OUTPUT = 1000
"""Output tokens that the first prompt is taken to need where nothing limits them."""
_PARTS = ("input", "cached_input", "reasoning", "output")


@dataclass(slots=True)
class Spend:
    """What one model has cost so far. Of an unknown price, nothing can be said."""

    price: Price | None
    total_usd: float = 0.0
    parts: dict[str, float] = field(default_factory=lambda: dict.fromkeys(_PARTS, 0.0))
    """Split of what was worked out from tokens; what an endpoint billed itself has no parts."""
    unknown: int = 0
    """Replies, failed ones among them, that were asked for and whose cost is not known."""
    known: int = 0
    billed: int = 0
    """Replies whose cost the endpoint itself told."""
    dearest_usd: float = 0.0

    def add(self, reply: Reply) -> float | None:
        """Count a reply; returns its cost in dollars, None where it is not known."""
        worked_out = cost_of(reply.usage, self.price)
        cost = reply.cost_usd if reply.cost_usd is not None else (worked_out.total if worked_out else None)
        if cost is None:
            self.unknown += reply.error is None or reply.requests > 0
            return None
        if reply.cost_usd is not None:
            self.billed += 1
        elif worked_out is not None:
            self._add_parts(worked_out)
        self.known += 1
        self.total_usd += cost
        self.dearest_usd = max(self.dearest_usd, cost)
        return cost

    def _add_parts(self, cost: Cost) -> None:
        for name in self.parts:
            self.parts[name] += getattr(cost, name)

    def could_cost(self, characters: int, limit: int | None) -> float:
        """What a reply to a prompt of so many characters may cost, in dollars.

        Args:
            characters: of the whole prompt; 3 are taken for a token.
            limit: most output tokens of a reply. Where there is none, the dearest reply so far counts, and before the
                first one 1000 tokens.
        """
        if self.price is None:
            return self.dearest_usd
        dearest_token = max(self.price.output, self.price.reasoning or 0.0) / 1e6
        given = characters / _CHARACTERS_PER_TOKEN * self.price.input / 1e6
        if limit is not None and not self.billed:
            return given + limit * dearest_token
        return max(self.dearest_usd, given) if self.known else given + (limit or _ASSUMED_OUTPUT) * dearest_token


@dataclass(slots=True)
class Purse:
    """A budget over all models of a run: reserves for what is under way before the next prompt is sent.

    Where nothing limits a reply, prompts are let out one, then as many as came back, so that a dear model shows itself
    before much of it is under way.
    """

    budget_usd: float | None
    spends: Sequence[Spend]
    reserved_usd: float = 0.0
    assumed_usd: float = 0.0
    """Reservations of replies that failed at a cost nobody told: they may have been billed."""

    def lets_out(self, reserved_usd: float, *, limited: bool, spend: Spend, under_way: int) -> bool:
        """Whether a prompt with this reservation may be sent now."""
        if self.budget_usd is None:
            return True
        if not limited and under_way >= max(1, spend.known):
            return False
        spent = sum(each.total_usd for each in self.spends) + self.assumed_usd
        return spent + self.reserved_usd + reserved_usd <= self.budget_usd

    def came_back(self, reserved_usd: float, *, cost_known: bool) -> None:
        """Give a reservation back, or take it as spent where the cost is not known."""
        self.reserved_usd -= reserved_usd
        if not cost_known:
            self.assumed_usd += reserved_usd
