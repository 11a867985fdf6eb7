"""The card of a run's question set, as the report tells it: what is in the set, how it was made, how wrong it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from calibrant.questions.card import LICENCE, error_rate_told

__all__ = ["card_dict", "card_line", "card_rows", "made_by", "mixture_told"]

_COUNTED = ("strata", "domains", "topics", "subtopics", "languages", "conditions", "graders", "made", "left_out")
"""Facts that are counts by name."""


def card_dict(card: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The facts for programs; None where the set came without a card."""
    return None if card is None else {**card, "licence": LICENCE}


def card_line(card: Mapping[str, Any]) -> str:
    """The card in a sentence or two, for the terminal."""
    told = [f"Question set: {mixture_told(card)}{made_by(card)}", f"wrong questions: {error_rate_told(card)}"]
    if card.get("part"):
        told.append(str(card["part"])[:1].lower() + str(card["part"])[1:])
    return f"{'; '.join(told)}. Its sources' licences bind it."


def mixture_told(card: Mapping[str, Any]) -> str:
    """How many questions of each stratum; and of how many, where only a part of the set was asked."""
    strata = ", ".join(f"{count:,} {name}" for name, count in card["strata"].items())
    if card.get("asked"):
        return f"the first {card['asked']:,} of {card['questions']:,} ({strata})"
    return strata


def made_by(card: Mapping[str, Any]) -> str:
    """What made the questions, as the end of a sentence; nothing where the card does not say."""
    if not card.get("generator"):
        return ""
    verified = f", verified by {card['verifier']}" if card.get("verifier") else ""
    left_out = sum((card.get("left_out") or card.get("dropped") or {}).values())
    return f", made by {card['generator']}{verified}, {left_out:,} left out"


def card_rows(card: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The card as rows: a fact, a name where there are several of a kind, and the count or the value."""
    for fact in _COUNTED:
        for name, count in (card.get(fact) or {}).items():
            yield {"fact": fact, "name": name, "value": count}
    for step in card.get("filters") or ():
        yield {"fact": "filter", "name": step["name"], "value": step["dropped"]}
    for name, value in (card.get("audit") or {}).items():
        if not isinstance(value, list):
            yield {"fact": "audit", "name": name, "value": value}
    for name, value in zip(("low", "high"), (card.get("audit") or {}).get("interval") or (), strict=False):
        yield {"fact": "audit", "name": f"error_rate_{name}", "value": value}
    for fact, value in card.items():
        if not isinstance(value, dict | list):
            yield {"fact": fact, "name": "", "value": value}
