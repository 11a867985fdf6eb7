"""What a policy says about one question at one moment, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Literal

__all__ = ["Action", "ArmSignals", "Decision"]

Action = Literal["answer", "ask", "abstain"]
ArmSignals = Mapping[str, Mapping[str, float | None] | Literal["declined", "failed"]]
"""Arm -> its signals, in the order in which the arms were asked; 'declined' or 'failed' where it gave no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Answer with what the last arm said, ask the next arm, or abstain."""

    action: Action
    arm: str | None
    """Whose answer to give, or whom to ask; None where nothing is answered."""
    why: Literal["sure", "pays", "first", "unsure", "hopeless", "no answer", "missing", "no promise"]
    probability: float | None
    """P(right) of the last arm's answer; None where there is none."""
    threshold: float
    """Scores that are answered: the certificate's threshold and the price's, whichever is higher; inf = none."""
    value: float
    """What stopping here is worth in right answers: max(0, (1 + w) p - w)."""
    expected_gain: float | None
    """What the best next arm is worth beyond that, its cost taken off, in right answers; None where there is none."""
    next_arm: str | None
    next_cost_usd: float | None
    """Mean dollars of the next arm; None where unknown."""
    missing: str | None = None
    """The signal that is missing, where that decides."""
    foretell: Callable[[], tuple[float, float]] | None = None

    @property
    def with_more(self) -> tuple[float, float] | None:
        """P(the next arm is right), and P(both are), given what is seen; None where there is no next arm."""
        return None if self.foretell is None else self.foretell()

    @property
    def reason(self) -> str:
        """In one sentence."""
        p = "" if self.probability is None else f"{self.probability:.0%} sure to be right"
        more = ""
        if self.next_arm is not None and self.expected_gain is not None:
            cost = "" if self.next_cost_usd is None else f" at ${self.next_cost_usd:.2g}"
            more = f"; asking {self.next_arm}{cost} would bring {self.expected_gain:+.3f} right answers, cost taken off"
        least = "every answer is given" if self.threshold == -inf else f"the threshold is {self.threshold:.3f}"
        return {
            "sure": f"{p}, and {least}{more}.",
            "pays": f"{p or 'No answer yet'}{more}.",
            "first": f"Begin with {self.arm}.",
            "unsure": f"{p}, and {least}{more}.",
            "hopeless": "No arm is worth its cost for this question.",
            "no answer": f"No answer, and nothing more is worth asking{more}.",
            "missing": f"The signal '{self.missing}' is missing, and never was where the policy was fitted.",
            "no promise": "Nothing is promised for this question, so nothing is answered.",
        }[self.why]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        foretold = self.with_more
        return {
            "action": self.action,
            "arm": self.arm,
            "probability": self.probability,
            "threshold": str(self.threshold) if abs(self.threshold) == inf else self.threshold,
            "value": self.value,
            "expected_gain": self.expected_gain,
            "next_arm": self.next_arm,
            "next_cost_usd": self.next_cost_usd,
            "p_next_right": None if foretold is None else foretold[0],
            "p_both_right": None if foretold is None else foretold[1],
            "reason": self.reason,
        }
