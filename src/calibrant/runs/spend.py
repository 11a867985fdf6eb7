"""Dollars: what a run has spent, and whether the next prompt may still be sent."""

from __future__ import annotations

from dataclasses import dataclass, field

from calibrant.models import Cost, Price, Reply, cost_of

__all__ = ["Spend"]

_CHARACTERS_PER_TOKEN = 3.0
"""On the careful side: English has about 4 characters to a token, other text fewer."""
_ASSUMED_OUTPUT = 1000
"""Output tokens that a prompt without a limit is taken to need before any reply came."""


_PARTS = ("input", "cached_input", "reasoning", "output")


@dataclass(slots=True)
class Spend:
    """What one model has cost so far. Of an unknown price, nothing can be said."""

    price: Price | None
    total_usd: float = 0.0
    parts: dict[str, float] = field(default_factory=lambda: dict.fromkeys(_PARTS, 0.0))
    """Split of what was worked out from tokens; what an endpoint billed itself has no parts."""
    unknown: int = 0
    """Replies whose cost is not known."""
    known: int = 0
    dearest_usd: float = 0.0

    def add(self, reply: Reply) -> float | None:
        """Count a reply; returns its cost in dollars, None where it is not known."""
        worked_out = cost_of(reply.usage, self.price)
        cost = reply.cost_usd if reply.cost_usd is not None else (worked_out.total if worked_out else None)
        if cost is None:
            self.unknown += reply.error is None
            return None
        if worked_out is not None and reply.cost_usd is None:
            self._add_parts(worked_out)
        self.known += 1
        self.total_usd += cost
        self.dearest_usd = max(self.dearest_usd, cost)
        return cost

    def _add_parts(self, cost: Cost) -> None:
        for name in self.parts:
            self.parts[name] += getattr(cost, name)

    def could_cost(self, characters: int, max_tokens: int | None) -> float:
        """An upper guess of what a prompt of so many characters will cost, in dollars.

        The dearest reply so far counts, once there is one; before, the input at 3 characters a token and the output at
        its limit, or 1000 tokens where there is none.
        """
        if self.price is None:
            return self.dearest_usd
        dearest_output = max(self.price.output, self.price.reasoning or 0.0)
        guess = characters / _CHARACTERS_PER_TOKEN * self.price.input / 1e6
        if max_tokens is not None:
            return guess + max_tokens * dearest_output / 1e6
        return max(self.dearest_usd, guess) if self.known else guess + _ASSUMED_OUTPUT * dearest_output / 1e6
