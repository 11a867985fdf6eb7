"""The card of a set: what is in it, how it was made, what was left out, and what nobody has checked yet."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from calibrant import __version__
from calibrant.builder.item import Built

__all__ = ["card_facts", "card_of"]

_NOT_AUDITED = "not audited yet"
_MOST_ROWS = 60


def card_facts(built: Built, *, set_hash: str) -> dict[str, Any]:
    """The facts of the card, as plain values."""
    questions = [item.question for item in built.items]
    return {
        **built.facts,
        "questions": len(questions),
        "set_hash": set_hash,
        "clusters": len({question.cluster or question.id for question in questions}),
        "strata": _counts(str(question.stratum) for question in questions),
        "conditions": _counts(str(question.condition) for question in questions),
        "domains": _counts(question.domain for question in questions),
        "topics": _counts(question.topic for question in questions),
        "subtopics": _counts(question.subtopic for question in questions),
        "languages": _counts(item.language for item in built.items),
        "graders": _counts(item.grader for item in built.items),
        "made": _counts(item.made for item in built.items),
        "dropped": dict(built.counts),
        "skipped": dict(built.skipped),
        "audited_error_rate": None,
        "calibrant_version": __version__,
    }


def card_of(built: Built, *, name: str, set_hash: str, command: str = "") -> str:
    """The card as Markdown."""
    facts = card_facts(built, set_hash=set_hash)
    known = {"path", "left_out", "tables", "unanswerable_kinds", "shortage", "filters", "unusable", "unanswerable"}
    known |= {"conditions", "conditions_lacking", "remarks"}
    strata = " + ".join(f"{count:,} {stratum}" for stratum, count in facts["strata"].items())
    mixture = "Figures over all of them depend on this mixture; report the strata apart."
    made_by = [
        f"- Set hash: `{set_hash}`",
        f"- Error rate of the gold answers: **{facts['audited_error_rate'] or _NOT_AUDITED}**",
        f"- Built by: Calibrant {__version__}",
        *([f"- Command: `{command}`"] if command else []),
    ]
    counted = f"{facts['questions']:,} questions in {facts['clusters']:,} clusters: {strata}."
    parts = [f"# {name}", f"{counted} {mixture}", "\n".join(made_by)]
    if facts.get("shortage"):
        parts.append(f"Fewer than asked for: {facts['shortage']}.")
    for title, entry in (
        ("Stratum", "strata"),
        ("Domain", "domains"),
        ("Topic", "topics"),
        ("Attribute or subtopic", "subtopics"),
        ("Language", "languages"),
        ("Condition", "conditions"),
        ("Grader", "graders"),
        ("How it was made", "made"),
    ):
        parts.append(_table(title, facts[entry]))
    left_out: Mapping[str, int] = facts.get("left_out") or facts["dropped"]
    if facts.get("filters"):
        parts.append("## Left out\n\n" + _filters(facts["filters"]))
    else:
        parts.append("## Left out\n\n" + (_rows("Filter", left_out) if left_out else "Nothing."))
    for title, entry in (
        ("Not made into a question", "unusable"),
        ("Unanswerable, by how it was made", "unanswerable"),
        ("Condition that could not be made", "conditions_lacking"),
    ):
        if facts.get(entry):
            parts.append(_rows(title, facts[entry]))
    if facts.get("remarks"):
        parts.append("## To know\n\n" + "\n".join(f"- {line}" for line in facts["remarks"]))
    if facts["skipped"]:
        parts.append("## Not used\n\n" + "\n".join(f"- {what}: {why}" for what, why in facts["skipped"].items()))
    for one in facts.get("tables", ()):
        kept = "" if one["rows"] == one["rows_kept"] else f", of which {one['rows_kept']:,} drawn at random were asked"
        second = f", completed by `{one['second_key']}` where that tells rows apart" if one["second_key"] else ""
        parts.append(
            f"## Table {one['table']}\n\n{one['rows']:,} rows{kept}; rows are named by `{one['key']}`{second}."
        )
    settings = {
        entry: value for entry, value in built.facts.items() if entry not in known and value not in (None, "", [], {})
    }
    lines = "\n".join(f"- {entry.replace('_', ' ')}: {_told(value)}" for entry, value in settings.items())
    parts += [f"## Settings\n\n{lines}", _LICENCE]
    return "\n\n".join(parts) + "\n"


_LICENCE = (
    "## Licence\n\nQuestions made from a source stay bound to its licence and to what it says about people. Check both "
    "before the set leaves the house."
)


def _counts(values: Iterable[str | None]) -> dict[str, int]:
    found = Counter(value if value is not None else "(none)" for value in values)
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def _table(title: str, counts: Mapping[str, int]) -> str:
    if len(counts) == 1:
        only = next(iter(counts))
        return f"{title}: {only}."
    return _rows(title, counts)


def _rows(title: str, counts: Mapping[str, int]) -> str:
    shown = list(counts.items())[:_MOST_ROWS]
    lines = [f"| {title} | count |", "|---|--:|", *(f"| {_cell(name)} | {count:,} |" for name, count in shown)]
    if len(counts) > len(shown):
        rest = sum(list(counts.values())[_MOST_ROWS:])
        lines.append(f"| {len(counts) - len(shown):,} others | {rest:,} |")
    return "\n".join(lines)


def _filters(steps: Iterable[Mapping[str, Any]]) -> str:
    """What each filter saw and dropped; one that was not run says why."""
    lines = ["| Filter | seen | dropped |", "|---|--:|--:|"]
    for step in steps:
        dropped = f"not run: {step['not_run']}" if step["not_run"] else f"{step['dropped']:,}"
        lines.append(f"| {_cell(step['name'])} | {step['seen']:,} | {dropped} |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _told(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
