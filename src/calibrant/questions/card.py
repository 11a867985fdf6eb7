"""The facts of a set's card, beside it as ``NAME.card.json``: how it was made, and how wrong it was found to be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from calibrant.errors import InputError

__all__ = ["LICENCE", "card_path", "error_rate_told", "of_card", "read_card"]

LICENCE = (
    "Questions made from a source stay bound to its licence and to what it says about people. Check both before the "
    "set leaves the house."
)
_REPORTED = (
    "questions",
    "set_hash",
    "clusters",
    "strata",
    "conditions",
    "domains",
    "topics",
    "subtopics",
    "languages",
    "graders",
    "made",
    "generator",
    "prompt",
    "verifier",
    "measured_on",
    "documents_hash",
    "seed",
    "filters",
    "left_out",
    "dropped",
    "shortage",
    "remarks",
    "part",
    "audit",
    "audited_error_rate",
    "calibrant_version",
)
"""What a report shows. Commands, places of tables and examples from columns stay on the card: reports are passed on."""


def card_path(path: Path) -> Path:
    """Where the facts of a set's card lie.

    >>> card_path(Path("sets/handbook.parquet")).name
    'handbook.card.json'
    """
    plain = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return plain.with_suffix(".card.json")


def read_card(path: Path) -> dict[str, Any] | None:
    """The facts of the card beside a set; None where there is none.

    Raises:
        InputError: there is one and it cannot be read.
    """
    beside = card_path(path)
    try:
        content = json.loads(beside.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"the card cannot be read: {error}", place=str(beside), remedy="Remove it") from None
    if not isinstance(content, dict) or not isinstance(content.get("set_hash"), str):
        raise InputError("this is no card: it holds no set_hash", place=str(beside), remedy="Remove it")
    return content


def of_card(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What a run keeps of a card, and a report shows."""
    return {name: facts[name] for name in _REPORTED if name in facts}


def error_rate_told(facts: Mapping[str, Any]) -> str:
    """What an audit found of a set's wrong questions, in words.

    >>> error_rate_told({})
    'not audited yet'
    """
    audit = facts.get("audit")
    if not audit or audit["error_rate"] is None:
        return "not audited yet"
    said = f"{audit['error_rate']:.1%}"
    if audit["interval"] is not None:
        low, high = audit["interval"]
        said += f" ({low:.1%} to {high:.1%} at {audit['level']:.0%})"
    said += f" of {audit['judged']:,} audited"
    if not audit["complete"]:
        said += f", not yet the whole sample of {audit['sample']:,}"
    if audit["applied"]:
        said += f"; then {audit['rejected']:,} of them left the set and {audit['edited']:,} were mended"
    return said
