"""The question set of the run: its mixture, how it was made, what was left out, how wrong it was found to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calibrant.questions.card import error_rate_told
from calibrant.reports.card import made_by, mixture_told
from calibrant.reports.html.blocks import Block, Cell, Fold, Prose, Section, Table
from calibrant.reports.html.numbers import label
from calibrant.reports.html.sections.context import Context

__all__ = ["card"]

_COUNTS = (
    ("strata", "Stratum"),
    ("domains", "Domain"),
    ("topics", "Topic"),
    ("subtopics", "Attribute or subtopic"),
    ("languages", "Language"),
    ("conditions", "Condition"),
    ("graders", "Grader"),
    ("made", "How it was made"),
    ("left_out", "Left out, by rule"),
    ("dropped", "Left out, by filter"),
)
_MOST_ROWS = 60
_FACTS = (
    ("generator", "made by"),
    ("prompt", "prompt (hash)"),
    ("verifier", "verified by"),
    ("documents_hash", "documents (hash)"),
    ("set_hash", "set (hash)"),
    ("part", "part"),
    ("shortage", "fewer than asked for"),
)


def card(context: Context) -> Section | None:
    """The card that came with the set; None where it came without one."""
    facts: Mapping[str, Any] | None = context.document["card"]
    if facts is None:
        return None
    lead = f"The set holds {mixture_told(facts)}{made_by(facts)}. Figures over all of them depend on this mixture."
    blocks: list[Block] = [
        Prose(lead),
        Prose(f"Wrong questions: {error_rate_told(facts)}."),
        *(_counted(facts, fact, title) for fact, title in _COUNTS[:2] if facts.get(fact)),
        Fold(title="Everything on the card", blocks=_more(facts)),
        Prose(facts["licence"], "legend"),
    ]
    return Section(id="set", short="Question set", title="The question set", blocks=blocks)


def _more(facts: Mapping[str, Any]) -> list[Block]:
    shown = [_counted(facts, fact, title) for fact, title in _COUNTS[2:] if facts.get(fact)]
    if facts.get("filters"):
        shown.append(_filters(facts["filters"]))
    told = [(words, facts[name]) for name, words in _FACTS if facts.get(name)]
    told += [("to know", remark) for remark in facts.get("remarks") or ()]
    return [
        *shown,
        Table(
            caption="How it was made",
            columns=["what", "value"],
            rows=[[label(words), label(str(value))] for words, value in told],
            kind="facts",
        ),
    ]


def _counted(facts: Mapping[str, Any], fact: str, title: str) -> Table:
    counts = facts[fact]
    rows = [
        [label(name), Cell(text=f"{count:,}", raw=count, path=f"card/{fact}/{name}")]
        for name, count in list(counts.items())[:_MOST_ROWS]
    ]
    more = len(counts) - len(rows)
    note = f"{more:,} more: the report's JSON." if more else ""
    return Table(caption=title, columns=[title.lower(), "questions"], rows=rows, csv="card", note=note)


def _filters(steps: list[Mapping[str, Any]]) -> Table:
    return Table(
        caption="What each filter saw and left out",
        columns=["filter", "seen", "left out"],
        rows=[
            [
                label(step["name"]),
                Cell(text=f"{step['seen']:,}", raw=step["seen"], path=f"card/filters/{at}/seen"),
                label(f"not run: {step['not_run']}")
                if step["not_run"]
                else Cell(text=f"{step['dropped']:,}", raw=step["dropped"], path=f"card/filters/{at}/dropped"),
            ]
            for at, step in enumerate(steps)
        ],
        csv="card",
    )
