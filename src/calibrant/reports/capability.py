"""Capability beside calibration: published benchmark scores of the models, joined with what was measured here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calibrant.analysis import Analysis, ConfidenceRow, ModelRow
from calibrant.errors import InputError
from calibrant.metrics.intervals import Interval
from calibrant.questions import as_text, read_rows
from calibrant.reports.cells import UNDEFINED, interval_of_share, number, plain, rate
from calibrant.types import Stratum

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "Capability",
    "CapabilityRow",
    "CapabilityTable",
    "join_capability",
    "print_capability",
    "read_capability",
]

_MODEL = ("model", "name")
_METRICS = ("hallucination_rate", "accuracy", "omniscience_index")


@dataclass(frozen=True, slots=True)
class CapabilityTable:
    """Published scores."""

    source: str
    benchmarks: tuple[str, ...]
    """Columns of the file that hold numbers."""
    scores: Mapping[str, Mapping[str, float]]
    """Model as the file writes it -> benchmark -> score; without what is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityRow:
    """One model on both axes."""

    model: str
    called: str
    """As the file of scores writes it: the model without its effort where it has no row for the effort."""
    scores: Mapping[str, float]
    hallucination_rate: float | None
    accuracy: float | None
    omniscience_index: float | None
    auroc: float | None
    """Of its first signal: does its confidence tell right from wrong? None without confidence."""
    intervals: Mapping[str, Interval]


@dataclass(frozen=True, slots=True)
class Capability:
    """Both axes of every model of a run."""

    source: str
    benchmarks: tuple[str, ...]
    rows: tuple[CapabilityRow, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values; None for undefined."""
        return {
            "source": self.source,
            "benchmarks": list(self.benchmarks),
            "rows": [
                {
                    "model": row.model,
                    "called": row.called,
                    **{f"score:{name}": row.scores.get(name) for name in self.benchmarks},
                    "hallucination_rate": row.hallucination_rate,
                    "accuracy": row.accuracy,
                    "omniscience_index": row.omniscience_index,
                    "auroc": row.auroc,
                    "intervals": {name: list(one) for name, one in row.intervals.items()},
                }
                for row in self.rows
            ],
        }


def read_capability(path: Path) -> CapabilityTable:
    """Read a csv, jsonl or parquet file with a column ``model`` and a column for each benchmark.

    Raises:
        InputError: it cannot be read, has no model or no score, names a model twice, or a score is no number.
    """
    reader = read_rows(path)
    names = list(reader.columns)
    model_column = next((name for name in names if name.strip().lower() in _MODEL), None)
    remedy = f"The columns are: {', '.join(names[:20])}."
    if model_column is None:
        raise InputError("no column 'model'", place=str(path), remedy=remedy)
    benchmarks = tuple(name for name in names if name != model_column)
    if not benchmarks:
        raise InputError("no column with scores beside the model", place=str(path), remedy=remedy)
    found: dict[str, dict[str, float]] = {}
    for row in reader:
        place = f"{path}:{row.line}"
        model = (as_text(row.values.get(model_column)) or "").strip()
        if not model:
            raise InputError("a row without a model", place=place)
        if model in found:
            raise InputError(f"'{model}' has two rows", place=place, remedy="Keep one: scores are not averaged.")
        cells = {name: (as_text(row.values.get(name)) or "").strip() for name in benchmarks}
        found[model] = {name: _score(text, name, place) for name, text in cells.items() if text}
    if not any(found.values()):
        raise InputError("holds no score", place=str(path))
    return CapabilityTable(str(path), benchmarks, found)


def _score(text: str, column: str, place: str) -> float:
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise InputError(f"the score in '{column}' is no number: {text!r}", place=place)
    return value


def join_capability(
    table: CapabilityTable, analysis: Analysis, known_as: Mapping[str, str] | None = None
) -> Capability:
    """Put the scores beside what was measured on questions that have an answer.

    A model at an effort takes the row of that name, else that of the model without its effort.

    Args:
        table: the scores.
        analysis: what was measured.
        known_as: row of the analysis -> the model's own name, where that is another.

    Raises:
        InputError: a model of the run has no row; the error says which names are near.
    """
    rows = [row for row in analysis.models if row.stratum is Stratum.ANSWERABLE]
    names = known_as or {}
    called = {row.model: _called(names.get(row.model, row.asked.model), table) for row in rows}
    missing = [model for model, name in called.items() if name is None]
    if missing:
        raise InputError(
            f"no row for {', '.join(missing[:5])}" + ("" if len(missing) < 6 else f" and {len(missing) - 5} more"),
            place=table.source,
            remedy=_hint(missing, list(table.scores)),
        )
    signals: dict[str, ConfidenceRow] = {}
    for one in analysis.confidence:
        if one.stratum is Stratum.ANSWERABLE:
            signals.setdefault(one.model, one)
    return Capability(
        table.source,
        table.benchmarks,
        tuple(
            CapabilityRow(
                model=row.model,
                called=name,
                scores=table.scores[name],
                hallucination_rate=row.measured.values["hallucination_rate"],
                accuracy=row.measured.values["accuracy"],
                omniscience_index=row.measured.values["omniscience_index"],
                auroc=signals[row.model].values.get("auroc") if row.model in signals else None,
                intervals=_intervals(row, signals.get(row.model)),
            )
            for row in rows
            if (name := called[row.model]) is not None
        ),
    )


def _intervals(row: ModelRow, signal: ConfidenceRow | None) -> dict[str, Interval]:
    found = {metric: span for metric in _METRICS if (span := row.measured.intervals.get(metric)) is not None}
    if signal is not None and "auroc" in signal.intervals:
        found["auroc"] = signal.intervals["auroc"]
    return found


def _called(model: str, table: CapabilityTable) -> str | None:
    if model in table.scores:
        return model
    base, at, _ = model.rpartition("@")
    return base if at and base in table.scores else None


def _hint(missing: Sequence[str], known: Sequence[str]) -> str:
    folded = {name.lower(): name for name in known}
    told = []
    for model in missing[:3]:
        near = get_close_matches(model.rpartition("@")[0].lower() or model.lower(), list(folded), 2)
        if near:
            told.append(f"for {model} did you mean {' or '.join(folded[one] for one in near)}?")
    listed = f"The file has: {', '.join(known[:8])}."
    return " ".join([*told, listed, "An empty score is allowed."])


def print_capability(found: Capability, console: Console) -> None:
    """Print both axes as a table."""
    from rich.table import Table
    from rich.text import Text

    console.print()
    console.print(Text(plain(f"Capability ({found.source}) beside what was measured here"), style="bold"))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for at, name in enumerate(("model", *found.benchmarks, "made up of missed", "right", "Index", "AUROC")):
        table.add_column(plain(name), justify="right" if at else "left", overflow="fold")
    for row in found.rows:
        cells = [row.model if row.model == row.called else f"{row.model} (as {row.called})"]
        cells += [f"{row.scores[name]:g}" if name in row.scores else UNDEFINED for name in found.benchmarks]
        for metric, value in (("hallucination_rate", row.hallucination_rate), ("accuracy", row.accuracy)):
            cells.append(f"{rate(value)} {interval_of_share(row.intervals.get(metric))}".strip())
        cells.append(UNDEFINED if row.omniscience_index is None else f"{row.omniscience_index:+.0f}")
        cells.append(number(row.auroc))
        table.add_row(*(Text(plain(cell)) for cell in cells))
    console.print(table)
