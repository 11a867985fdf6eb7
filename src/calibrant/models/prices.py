"""What tokens cost: dollars per million, and the cost of one response."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from calibrant.types import Usage

__all__ = ["Cost", "Price", "cost_of"]

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Dollars per million tokens.

    Raises:
        ValueError: a price is negative.
    """

    input: float
    output: float
    cached_input: float | None = None
    """None = as ``input``."""
    reasoning: float | None = None
    """Of the reasoning part of the output. None = as ``output``."""
    as_of: date | None = None
    source: str | None = None

    def __post_init__(self) -> None:
        for name in ("input", "output", "cached_input", "reasoning"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < float("inf"):
                raise ValueError(f"the price of {name} must be a number of dollars >= 0, not {value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Dollars of one response or of many, split; the parts add up to the total."""

    input: float
    cached_input: float
    reasoning: float
    output: float
    """Without reasoning."""

    @property
    def total(self) -> float:
        """All four."""
        return self.input + self.cached_input + self.reasoning + self.output


def cost_of(usage: Usage, price: Price | None) -> Cost | None:
    """What a response cost. Cached tokens are part of the input and reasoning of the output; none is counted twice.

    Returns:
        The cost; None where the price, the input or the output is unknown.
    """
    if price is None or usage.input_tokens is None or usage.output_tokens is None:
        return None
    cached = min(usage.cached_input_tokens or 0, usage.input_tokens)
    reasoning = min(usage.reasoning_tokens or 0, usage.output_tokens)
    cached_price = price.input if price.cached_input is None else price.cached_input
    reasoning_price = price.output if price.reasoning is None else price.reasoning
    return Cost(
        input=(usage.input_tokens - cached) * price.input / _MILLION,
        cached_input=cached * cached_price / _MILLION,
        reasoning=reasoning * reasoning_price / _MILLION,
        output=(usage.output_tokens - reasoning) * price.output / _MILLION,
    )
