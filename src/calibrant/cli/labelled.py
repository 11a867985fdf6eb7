"""Scores and labels for a promise: from a run of the store, or from a table of one's own."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, nan
from pathlib import Path
from typing import TYPE_CHECKING

from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.analysis import ScoredRows
    from calibrant.store import RunInfo, Store

__all__ = ["Evidence", "labels_by", "read_evidence"]

_FIELDS = {
    "score": ("score", "confidence", "p", "probability"),
    "correct": ("correct", "label", "is_correct", "y"),
    "question": ("question", "prompt", "query", "input"),
    "id": ("id", "question_id"),
    "cluster": ("cluster", "document_id", "document", "source"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Rows with what they are about."""

    rows: ScoredRows
    model: str
    signal: str
    grader: str
    set_hash: str | None
    named: bool = True
    """Whether every row says which question it is about, so that rows seen before are known again."""


def read_evidence(
    source: str, store: Store, *, model: str | None, signal: str | None, grader: str | None, by: str | None
) -> Evidence:
    """The rows of a run, or of a csv, jsonl or parquet file with the columns score and correct.

    Raises:
        InputError: neither a file nor a run; several models or signals and none chosen; a row that cannot be used.
    """
    path = Path(source)
    if path.is_file():
        return _of_file(path, model=model, signal=signal, by=by)
    return _of_run(source, store, model=model, signal=signal, grader=grader, by=by)


def _of_run(
    reference: str, store: Store, *, model: str | None, signal: str | None, grader: str | None, by: str | None
) -> Evidence:
    from calibrant.analysis import routes_of, scored_rows

    try:
        run = store.find_run(reference)
    except InputError:
        if not Path(reference).suffix:
            raise
        remedy = "Name a file with the columns score and correct, or a run (calibrant runs list)."
        raise InputError("is neither a file nor a run", place=reference, remedy=remedy) from None
    grader = labels_by(store, run, grader)
    routes = routes_of(store.outcomes(run, grader))
    models = sorted({name for name, _ in routes})
    chosen = _only(models, model, "--model", "model", f"run {run.id} has no answer with a confidence")
    signals = sorted(name for asked, name in routes if asked == chosen)
    sure = _only(signals, signal, "--signal", "signal", f"{chosen} has no confidence")
    rows = scored_rows(store.outcomes(run, grader), model=chosen, signal=sure, by=by)
    used = grader or next(iter(store.graders(run)), "exact")
    return Evidence(rows=rows, model=chosen, signal=sure, grader=used, set_hash=run.set_hash)


def labels_by(store: Store, run: RunInfo, grader: str | None) -> str | None:
    """Whose grades are the labels of a promise: a judge's only where the user names it (definitions, section 6.8)."""
    from calibrant.cli.printing import remark

    names = list(store.graders(run))
    if grader is None and any(_is_judged(name) for name in names):
        grader = next((name for name in names if not _is_judged(name)), names[0])
        if not _is_judged(grader):
            remark(f"Labels: {grader}. A judge's grades are labels only if you say so: --grader NAME.")
    if grader is not None and _is_judged(grader):
        remark(f"! The labels are those of {grader}: what is promised is what this judge calls right, errors included.")
    return grader


def _is_judged(grader: str) -> bool:
    return "judge:" in grader


def _only(known: list[str], wanted: str | None, flag: str, what: str, none: str) -> str:
    if not known:
        raise InputError(none, remedy="Ask with --confidence, or import answers with a confidence column.")
    if wanted is None:
        if len(known) == 1:
            return known[0]
        raise InputError(
            f"there are {len(known)} {what}s: {', '.join(known)}",
            place=flag,
            remedy="Choose one beforehand, on other data: the best of several certificates is no promise.",
        )
    if wanted not in known:
        raise InputError(f"there is no {what} '{wanted}'", place=flag, remedy=f"There are: {', '.join(known)}.")
    return wanted


def _of_file(path: Path, *, model: str | None, signal: str | None, by: str | None) -> Evidence:
    import numpy as np

    from calibrant.analysis import ScoredRows
    from calibrant.questions import read_rows

    reader = read_rows(path)
    columns = _columns(list(reader.columns), path, by, signal)
    rows = [_row(row.values, columns, f"{path}:{row.line}") for row in reader]
    if not rows:
        raise InputError("holds no rows", place=str(path))
    names = _names(rows)
    correct = np.array([row.correct for row in rows])
    declined = int(np.isnan(correct).sum())
    table = ScoredRows(
        scores=np.array([row.score for row in rows]),
        correct=correct,
        clusters=[row.cluster or name for row, name in zip(rows, names, strict=True)],
        groups=[row.group for row in rows],
        questions=[hashlib.sha256(name.encode()).hexdigest() for name in names],
        unanswered={"no label: the model declined": declined} if declined else {},
        ungraded=0,
        partial=np.zeros(len(rows), dtype=np.bool_),
        failed=np.zeros(len(rows), dtype=np.bool_),
    )
    return Evidence(
        rows=table,
        model=model or "the file's model",
        signal=signal or "score",
        grader="the file's",
        set_hash=None,
        named=all(row.name for row in rows),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    score: float
    correct: float
    name: str
    cluster: str
    group: str


def _row(values: Mapping[str, object], columns: Mapping[str, str], place: str) -> _Row:
    from calibrant.questions import as_text

    cells = {name: as_text(values.get(column)) or "" for name, column in columns.items()}
    right = _label(cells["correct"], place)
    return _Row(
        score=nan if right is None else _score(cells["score"], place),
        correct=nan if right is None else right,
        name=cells.get("question") or cells.get("id") or "",
        cluster=cells.get("cluster") or "",
        group=cells.get("group") or "",
    )


def _names(rows: list[_Row]) -> list[str]:
    """What tells a row's question: its text or id; else score, label and how many such there were, whatever the file
    is called and however it is ordered.
    """
    seen: Counter[tuple[str, str]] = Counter()
    names = []
    for row in rows:
        content = repr(row.score), repr(row.correct)
        if not row.name:
            seen[content] += 1
        names.append(row.name or f"row without a name {content} {seen[content]}")
    return names


def _columns(names: list[str], path: Path, by: str | None, signal: str | None) -> dict[str, str]:
    folded = {name.strip().lower(): name for name in names}
    found: dict[str, str] = {}
    for field, aliases in _FIELDS.items():
        column = next((folded[alias] for alias in aliases if alias in folded), None)
        if column is not None:
            found[field] = column
    if signal is not None and signal.strip().lower() in folded:
        found["score"] = folded[signal.strip().lower()]
    missing = [field for field in ("score", "correct") if field not in found]
    if missing:
        raise InputError(
            f"no column '{missing[0]}'", place=str(path), remedy=f"The columns are: {', '.join(names[:20])}."
        )
    if by is not None:
        if by.strip().lower() not in folded:
            raise InputError(f"no column '{by}'", place="--by", remedy=f"The columns are: {', '.join(names[:20])}.")
        found["group"] = folded[by.strip().lower()]
    return found


def _score(text: str, place: str) -> float:
    try:
        score = float(text)
    except ValueError:
        raise InputError(f"the score is no number: {text!r}", place=place) from None
    if not isfinite(score):
        raise InputError(
            f"the score is not finite: {text!r}", place=place, remedy="Leave the label empty where there is no answer."
        )
    return score


def _label(text: str, place: str) -> float | None:
    words: dict[str, float | None] = {"1": 1.0, "1.0": 1.0, "true": 1.0, "0": 0.0, "0.0": 0.0, "false": 0.0, "": None}
    word = text.strip().lower()
    if word not in words:
        raise InputError(
            f"'{text}' is no label",
            place=place,
            remedy="Write 1 or true, 0 or false, nothing where the model declined.",
        )
    return words[word]
