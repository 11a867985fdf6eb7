"""Everything needed to doubt or repeat the numbers."""

from __future__ import annotations

import json
from pathlib import PurePath

from calibrant.reports.html.blocks import Block, Cell, Fold, Section, Table, Text
from calibrant.reports.html.numbers import label
from calibrant.reports.html.sections.context import Context

__all__ = ["DEFINITIONS", "appendix"]

DEFINITIONS = {
    "right (accuracy)": "c / N: of all graded answers, the right ones. N = right + partly right + wrong + declined.",
    "made up (hallucination rate)": "i / (p + i + a): of the questions it did not get right, those it answered wrongly "
    "instead of declining. Who knows more has fewer left to decline: a higher rate is not by itself less candour.",
    "Index (Omniscience Index)": "100 (c - i) / N, from -100 to 100: right answers less wrong ones. "
    "Always declining scores 0.",
    "index at price t": "100 (c - i t/(1-t)) / N: a wrong answer costs t/(1-t) right ones; t = 0.5 is the Index.",
    "answered (attempt rate)": "1 - a / N.",
    "right of answered": "c / (c + i), partly right ones aside (accuracy given attempted).",
    "F1": "2PR/(P+R) with P = right of answered and R = accuracy.",
    "wrong of all": "i / N.",
    "wrong of answered": "i / (c + p + i); with partly right ones counted as wrong, the selective risk.",
    "errors and ungraded": "Answers without usable text, and answers whose verdict is missing or unreadable. "
    "In no rate; counted beside N.",
    "rank": "1 + models surely better .. M - models surely worse, all pairs at once.",
    "interval": "Wilson's for shares, Student's t for the Index, both clustered by source document.",
    "AUROC": "The chance that a right answer has a higher confidence than a wrong one, ties counting half.",
    "gap": "Mean confidence less share right; only where the confidence is a probability.",
    "ECE by level": "Sum over stated levels of (share of answers at the level) x |share right - level|.",
    "undefined": "A dash: the number does not exist, such as the rate among no questions. It is never 0.",
}


def appendix(context: Context) -> Section:
    """Failures, graders, identities, prompts, definitions."""
    document = context.document
    blocks: list[Block] = []
    if document["errors"]:
        blocks.append(_errors(context))
    blocks += [
        _run(context),
        _setups(context),
        *(
            Text(title=f"Prompt '{one['name']}': {part} message", text=str(one[part]))
            for one in document["provenance"]["templates"].values()
            for part in ("system", "user")
            if one.get(part)
        ),
        Table(
            caption="What the numbers mean",
            columns=["name", "definition"],
            rows=[[label(name), label(words)] for name, words in DEFINITIONS.items()],
            kind="plain",
        ),
    ]
    return Section(
        id="appendix",
        short="Appendix",
        title="Appendix",
        blocks=[Fold(title="Errors, identities, prompts, definitions", blocks=blocks)],
    )


def _errors(context: Context) -> Table:
    rows = [
        [
            label(one["model"]),
            label(one["stratum"]),
            label(cause),
            Cell(text=f"{count:,}", raw=count, path=f"errors/{at}/causes/{cause}"),
        ]
        for at, one in enumerate(context.document["errors"])
        for cause, count in one["causes"].items()
    ]
    return Table(
        caption="Answers that failed, and why",
        columns=["model", "stratum", "cause", "answers"],
        rows=rows,
        csv="errors",
    )


def _run(context: Context) -> Table:
    document, source = context.document, context.document["provenance"]
    run = document["run"]
    facts = {
        "run": f"{run['id']}" + (f" ({PurePath(run['name']).name})" if run["name"] else ""),
        "source": PurePath(run["source"]).name,
        "begun": run["created_at"],
        "complete": "yes" if run["complete"] else "no",
        "questions, answers": f"{document['questions']:,}, {document['outcomes']:,}",
        "question set (hash)": document["set_hash"] or "unknown",
        "graded by": ", ".join(f"{name} ({count:,})" for name, count in run["graders"].items()) or "nobody",
        "checked by people": _audited(context),
        "confidence level, seed": f"{document['level']:g}, {document['seed']}",
        "partly right answers, where confidence is judged": "wrong" if document["partial"] == "wrong" else "left out",
        "sampling": json.dumps(source["sampling"]) if source["sampling"] else "unknown",
        "repeats of a question": str(source["repeats"] or "as imported"),
        "versions": ", ".join(f"{name} {version}" for name, version in source["versions"].items()),
    }
    return Table(
        caption="The run",
        columns=["what", "value"],
        rows=[[label(name), label(value)] for name, value in facts.items()],
        kind="facts",
        csv="about",
    )


def _audited(context: Context) -> str:
    """Share of answers with a person's grade, where a grader is called so."""
    graders = context.document["run"]["graders"]
    people = sum(count for name, count in graders.items() if name.startswith("human"))
    return f"{people:,} of {context.document['outcomes']:,} answers" if people else "none recorded"


def _setups(context: Context) -> Table:
    return Table(
        caption="Who was asked, with which words (hashes)",
        columns=["model", "identity", "sampling", "prompt template", "prompts", "answers"],
        rows=[
            [
                label(one["model"]),
                label(one["model_hash"]),
                label(one["sampling_hash"]),
                label(one["template"] or "unknown: imported"),
                Cell(text=f"{one['prompts']:,}", raw=one["prompts"], path=f"provenance/setups/{at}/prompts"),
                Cell(text=f"{one['responses']:,}", raw=one["responses"], path=f"provenance/setups/{at}/responses"),
            ]
            for at, one in enumerate(context.document["provenance"]["setups"])
        ],
        csv="setups",
    )
