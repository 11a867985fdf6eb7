"""A set in the layouts of other tools, each of which our own loader reads back.

What a layout has no place for stands in columns or metadata of its own, so that nothing is lost: further golds, the
stratum, the cluster, the language, what a task gave. Readers of those tools take the columns that they know.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from calibrant.builder.writing import write_questions
from calibrant.errors import InputError
from calibrant.types import Question

__all__ = ["LAYOUTS", "export"]


def export(questions: Sequence[Question], path: Path, layout: str, *, card: str | None = None) -> Path:
    """Write a set in the layout of another tool.

    Args:
        questions: the set.
        path: the file; the folder for ``hf-folder``.
        layout: one of :data:`LAYOUTS`.
        card: text of the set's card, for a folder that has one.

    Returns:
        The file that holds the questions.

    Raises:
        InputError: there is no such layout, passages have no place in it, or nothing can be written there.
    """
    if layout not in LAYOUTS:
        raise InputError(f"there is no layout {layout!r}", place="--to", remedy=f"There are {', '.join(LAYOUTS)}")
    if layout.endswith("csv") and any(question.passages for question in questions):
        raise InputError(
            f"{layout} has no place for passages", place="--to", remedy="Export to inspect-jsonl or hf-folder"
        )
    try:
        if layout == "hf-folder":
            return _folder(questions, path, card)
        path.write_bytes(_TEXTS[layout](questions).encode())
    except OSError as error:
        raise InputError(f"it cannot be written: {error.strerror or error}", place=str(path)) from error
    return path


def _rest(question: Question) -> dict[str, Any]:
    """What only we know of a question."""
    rest = {
        "answer_aliases": list(question.golds[1:]),
        "stratum": str(question.stratum),
        "cluster": question.cluster,
        "language": question.language,
        "grader": question.extra.get("grader"),
        "action": question.extra.get("action"),
    }
    return {name: value for name, value in rest.items() if value not in (None, [])}


def _aa(questions: Sequence[Question]) -> str:
    """AA-Omniscience-Public: question_id, domain, topic, subtopic, question, answer."""
    rows = []
    for question in questions:
        rest = _rest(question)
        rest = {
            name: json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value
            for name, value in rest.items()
        }
        rows.append(
            {
                "question_id": question.id,
                "domain": question.domain,
                "topic": question.topic,
                "subtopic": question.subtopic,
                "question": question.text,
                "answer": question.golds[0] if question.golds else None,
                **rest,
            }
        )
    return _csv(rows, ("question_id", "domain", "topic", "subtopic", "question", "answer"))


def _simpleqa(questions: Sequence[Question]) -> str:
    """SimpleQA: metadata (a printed Python dictionary), problem, answer."""
    rows = []
    for question in questions:
        metadata = {
            "id": question.id,
            "domain": question.domain,
            "topic": question.topic,
            "subtopic": question.subtopic,
            "urls": [one for one in question.evidence if one.startswith("http")],
            **_rest(question),
        }
        metadata = {name: value for name, value in metadata.items() if value not in (None, [])}
        rows.append(
            {
                "metadata": repr(metadata),
                "problem": question.text,
                "answer": question.golds[0] if question.golds else None,
            }
        )
    return _csv(rows, ("metadata", "problem", "answer"))


def _inspect(questions: Sequence[Question]) -> str:
    """Inspect's samples, one a line: input, target, id, choices, metadata. The target of a choice is its letter."""
    lines = []
    for question in questions:
        metadata: dict[str, Any] = {
            "domain": question.domain,
            "topic": question.topic,
            "subtopic": question.subtopic,
            "condition": str(question.condition),
            "passages": [{"text": one.text, "source": one.source} for one in question.passages],
            "evidence": list(question.evidence),
            **{name: value for name, value in _rest(question).items() if name != "answer_aliases"},
        }
        sample: dict[str, Any] = {"id": question.id, "input": question.text, "target": _target(question)}
        if question.choices:
            sample["choices"] = list(question.choices)
        sample["metadata"] = {name: value for name, value in metadata.items() if value not in (None, [])}
        lines.append(json.dumps(sample, ensure_ascii=False) + "\n")
    return "".join(lines)


def _target(question: Question) -> str | list[str]:
    if question.choices:
        letters = [chr(ord("A") + n) for n, choice in enumerate(question.choices) if choice in question.golds]
        return letters[0] if len(letters) == 1 else letters
    return list(question.golds) if len(question.golds) != 1 else question.golds[0]


def _folder(questions: Sequence[Question], path: Path, card: str | None) -> Path:
    """A folder that ``datasets.load_dataset`` reads: a parquet file of the split ``test``, and the card."""
    data = path / "data"
    data.mkdir(parents=True, exist_ok=True)
    target = data / "test-00000-of-00001.parquet"
    write_questions(questions, target)
    head = "---\nconfigs:\n- config_name: default\n  data_files:\n  - split: test\n    path: data/test-*\n---\n\n"
    (path / "README.md").write_text(head + (card or f"# {path.name}\n"), encoding="utf-8")
    return target


def _csv(rows: Sequence[Mapping[str, Any]], first: tuple[str, ...]) -> str:
    stream = io.StringIO()
    names = list(dict.fromkeys((*first, *(name for row in rows for name in row))))
    writer = csv.DictWriter(stream, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


_TEXTS: Mapping[str, Callable[[Sequence[Question]], str]] = {
    "aa-csv": _aa,
    "simpleqa-csv": _simpleqa,
    "inspect-jsonl": _inspect,
}
LAYOUTS = (*_TEXTS, "hf-folder")
"""Layouts that a set can be exported to."""
