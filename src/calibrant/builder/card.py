"""The card of a set: what is in it, how it was made, what was left out, and what nobody has checked yet."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from calibrant import __version__
from calibrant.builder.item import Built, asked
from calibrant.questions.card import LICENCE, card_path, error_rate_told, read_card
from calibrant.questions.writing import write_file
from calibrant.types import Question

__all__ = ["audited", "card_facts", "card_of", "pass_on", "recounted", "write_card"]

_COUNTED = frozenset(
    {"name", "command", "questions", "set_hash", "clusters", "strata", "domains", "topics", "subtopics", "languages"}
    | {"graders", "made", "dropped", "skipped", "calibrant_version", "schema_version"}
)
"""Facts that stand in a place of their own on the card."""
_MOST_ROWS = 60


def card_facts(built: Built, *, name: str, set_hash: str, command: str = "") -> dict[str, Any]:
    """The facts of the card, as plain values.

    Args:
        built: the set.
        name: what the set is called.
        set_hash: its identity.
        command: how it was built; without secrets.
    """
    facts = {
        **built.facts,
        "dropped": dict(built.counts),
        "skipped": dict(built.skipped),
        "audited_error_rate": None,
        "calibrant_version": __version__,
    }
    if command:
        facts["command"] = command
    return recounted(facts, [asked(item) for item in built.items], name=name, set_hash=set_hash)


def recounted(facts: Mapping[str, Any], questions: Sequence[Question], *, name: str, set_hash: str) -> dict[str, Any]:
    """The facts with the counts of these questions: of a part of the set, or of what an audit left of it."""
    return {
        **facts,
        "name": name,
        "questions": len(questions),
        "set_hash": set_hash,
        "clusters": len({question.cluster or question.id for question in questions}),
        "strata": _counts(str(question.stratum) for question in questions),
        "conditions": _counts(str(question.condition) for question in questions),
        "domains": _counts(question.domain for question in questions),
        "topics": _counts(question.topic for question in questions),
        "subtopics": _counts(question.subtopic for question in questions),
        "languages": _counts(question.language for question in questions),
        "graders": _counts(_said(question, "grader") for question in questions),
        "made": _counts(_said(question, "made") for question in questions),
    }


def audited(facts: Mapping[str, Any], audit: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with what an audit found.

    Args:
        facts: of the card.
        audit: ``judged``, ``sample``, ``rejected``, ``edited``, ``error_rate``, ``interval`` (two numbers or None),
            ``level``, ``complete``, and ``applied``: whether the set is what was left and mended after it.
    """
    return {**facts, "audit": dict(audit), "audited_error_rate": audit["error_rate"]}


def card_of(facts: Mapping[str, Any]) -> str:
    """The card as Markdown.

    Args:
        facts: of :func:`card_facts`.
    """
    known = {"path", "left_out", "tables", "unanswerable_kinds", "shortage", "filters", "unusable", "unanswerable"}
    known |= {"conditions", "conditions_lacking", "remarks", "audit", "audited_error_rate", "part", *_COUNTED}
    name, command = facts["name"], facts.get("command")
    strata = " + ".join(f"{count:,} {stratum}" for stratum, count in facts["strata"].items())
    mixture = "Figures over all of them depend on this mixture; report the strata apart."
    made_by = [
        f"- Set hash: `{facts['set_hash']}`",
        f"- Error rate of the gold answers: **{error_rate_told(facts)}**",
        f"- Built by: Calibrant {facts['calibrant_version']}",
        *([f"- Command: `{command}`"] if command else []),
        *([f"- {facts['part']}"] if facts.get("part") else []),
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
    left_out: Mapping[str, int] = facts.get("left_out") or facts.get("dropped") or {}
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
    if facts.get("skipped"):
        parts.append("## Not used\n\n" + "\n".join(f"- {what}: {why}" for what, why in facts["skipped"].items()))
    for one in facts.get("tables", ()):
        kept = "" if one["rows"] == one["rows_kept"] else f", of which {one['rows_kept']:,} drawn at random were asked"
        second = f", completed by `{one['second_key']}` where that tells rows apart" if one["second_key"] else ""
        parts.append(
            f"## Table {one['table']}\n\n{one['rows']:,} rows{kept}; rows are named by `{one['key']}`{second}."
        )
    settings = {
        entry: value for entry, value in facts.items() if entry not in known and value not in (None, "", [], {})
    }
    lines = "\n".join(f"- {entry.replace('_', ' ')}: {_told(value)}" for entry, value in settings.items())
    parts += [f"## Settings\n\n{lines}", f"## Licence\n\n{LICENCE}"]
    return "\n\n".join(parts) + "\n"


def _said(question: Question, name: str) -> str | None:
    """What a question's own column says."""
    value = question.extra.get(name)
    return None if value in (None, "") else str(value)


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


def write_card(facts: Mapping[str, Any], path: Path) -> Path:
    """Write ``NAME.card.md``, for people, and ``NAME.card.json``, for runs.

    Args:
        facts: of :func:`card_facts`.
        path: of the set.

    Raises:
        InputError: nothing can be written there.
    """
    content = json.dumps({"schema_version": 1, **facts}, ensure_ascii=False, indent=1, default=str)
    write_file(card_path(path), f"{content}\n".encode())
    words = card_path(path).with_suffix(".md")
    write_file(words, card_of(facts).encode())
    return words


def pass_on(
    source: Path,
    path: Path,
    questions: Sequence[Question],
    *,
    set_hash: str,
    part: str | None = None,
    audit: Mapping[str, Any] | None = None,
) -> Path | None:
    """Give a set that was made from another one its card, with counts of its own.

    Args:
        source: the other set.
        path: the new one, which is written already.
        questions: the new set's.
        set_hash: the new set's.
        part: how it was made from the other.
        audit: as for :func:`audited`.

    Returns:
        The card; None where the other set has none and there is no audit to tell of.

    Raises:
        InputError: the other card cannot be read, or nothing can be written.
    """
    facts = read_card(source)
    if facts is None and audit is None:
        return None
    made = recounted(facts or {"calibrant_version": __version__}, questions, name=path.stem, set_hash=set_hash)
    if part is not None:
        made["part"] = part
    return write_card(made if audit is None else audited(made, audit), path)
