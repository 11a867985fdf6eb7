"""Which column of a table of answers holds what.

Tools name the same things differently, and ``answer`` means the model's reply in one table and the right answer in
the next. The rules here are few and said aloud, and ``--map`` overrules every one of them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from calibrant.errors import InputError
from calibrant.neighbours.uncertainty import foreign_columns
from calibrant.questions import fold_name
from calibrant.types import ConfidenceSource

__all__ = ["FIELDS", "AnswerColumns", "resolve"]

FIELDS: Mapping[str, tuple[str, ...]] = {
    "question": ("question", "problem", "prompt", "input", "query", "user_input"),
    "question_id": ("question_id", "id", "original_index", "uid", "item_id", "sample_id"),
    "model": ("model", "model_name", "model_id", "arm"),
    "effort": ("effort", "reasoning_effort"),
    "repeat": ("repeat", "attempt", "epoch", "trial", "run_index"),
    "answer": (
        "response",
        "model_answer",
        "model_response",
        "model_output",
        "generated_text",
        "generated_answer",
        "actual_output",
        "prediction",
        "completion",
        "output",
        "reply",
    ),
    "gold": (
        "gold",
        "golds",
        "gold_answer",
        "expected_answer",
        "reference",
        "reference_answer",
        "expected_output",
        "ground_truth",
        "ground_truth_answer",
        "target",
        "correct_answer",
        "correct_answers",
        "answers",
    ),
    "wrong": ("incorrect_answers", "wrong_answers"),
    "grade": ("grade", "verdict", "outcome", "state", "is_correct", "correct", "response_correct"),
    "reason": ("grade_reason", "verdict_reason", "reason", "explanation"),
    "error": ("error", "error_message"),
    "finish_reason": ("finish_reason", "stop_reason"),
    "input_tokens": ("input_tokens", "prompt_tokens"),
    "cached_input_tokens": ("cached_input_tokens", "cached_tokens"),
    "output_tokens": ("output_tokens", "completion_tokens"),
    "reasoning_tokens": ("reasoning_tokens",),
    "cost_usd": ("cost_usd", "cost", "calculated_cost_usd", "total_cost_usd"),
    "latency_s": ("latency_s", "latency", "duration_s", "time_s"),
    "domain": ("domain", "category", "question_category", "subject"),
    "topic": ("topic",),
    "subtopic": ("subtopic",),
    "language": ("language", "lang"),
    "cluster": ("cluster", "document_id", "document", "doc_id", "source_file", "seed_document_id", "chunk_id"),
    "stratum": ("stratum",),
    "answerable": ("answerable",),
    "should_abstain": ("should_abstain",),
    "condition": ("condition", "context_condition"),
}
"""Canonical field -> column names in order of precedence, folded."""

_CONFIDENCE = re.compile(r"^(?:conf|confidence)(?:_(.+))?$")
_LOGPROB_COLUMNS = ("logprob", "mean_logprob", "sum_logprob", "min_logprob", "avg_logprob")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerColumns:
    """Where each field of an answer stands in the user's table."""

    fields: Mapping[str, str]
    """Canonical field -> column."""
    confidences: Mapping[str, tuple[ConfidenceSource | None, str]]
    """Column -> (source, name); a source of None is the one the caller says ``confidence`` comes from."""
    negated: frozenset[str] = frozenset()
    """Columns of these that hold uncertainties, whose sign is turned."""

    def describe(self) -> dict[str, str]:
        """For the manifest and for ``--json``: what was read from where."""
        sure = {f"confidence:{name}" if name else "confidence": at for at, (_, name) in self.confidences.items()}
        turned = {name: f"-{at}" for name, at in sure.items() if at in self.negated}
        return {**self.fields, **sure, **turned}


def resolve(columns: Sequence[str], chosen: Mapping[str, str], *, place: str) -> AnswerColumns:
    """Find the column of each field.

    A column named ``answer`` is the model's answer, unless another column is plainly that (``response``, ``output``,
    ``generated_text`` ...) and none is plainly the right answer: then it is the right answer, as in question sets.

    Args:
        columns: the table's columns as written.
        chosen: field -> column, from the user; beats every rule.
        place: the file, for errors.

    Raises:
        InputError: a chosen field or column does not exist.
    """
    by_fold = {fold_name(column): column for column in columns}
    found: dict[str, str] = {}
    for name, column in chosen.items():
        if name not in FIELDS and not _CONFIDENCE.match(name):
            raise InputError(
                f"there is no field '{name}' to map",
                place=place,
                remedy=f"Fields are: {', '.join(FIELDS)}, confidence, confidence_NAME.",
            )
        actual = column if column in columns else by_fold.get(fold_name(column))
        if actual is None:
            raise InputError(f"no column '{column}'", place=place, remedy=_columns_hint(column, columns))
        found[name] = actual
    taken = set(found.values())
    for name, aliases in FIELDS.items():
        if name not in found:
            free = [by_fold[alias] for alias in aliases if alias in by_fold and by_fold[alias] not in taken]
            if free:
                found[name] = free[0]
    plain = by_fold.get("answer")
    if plain is not None and plain not in taken:
        if "answer" not in found:
            found["answer"] = plain
        elif "gold" not in found:
            found["gold"] = plain
    chosen_ones = {k: v for k, v in found.items() if _CONFIDENCE.match(k)}
    known = {k: v for k, v in foreign_columns(columns).items() if k not in chosen_ones.values()}
    confidences = _confidence_columns([column for column in columns if column not in known], chosen_ones)
    confidences |= {column: (one.source, one.name) for column, one in known.items() if one.source is not None}
    return AnswerColumns(
        fields={k: v for k, v in found.items() if k in FIELDS},
        confidences=confidences,
        negated=frozenset(column for column, one in known.items() if one.negated),
    )


def _confidence_columns(
    columns: Sequence[str], chosen: Mapping[str, str]
) -> dict[str, tuple[ConfidenceSource | None, str]]:
    named = {column: name for name, column in chosen.items()}
    result: dict[str, tuple[ConfidenceSource | None, str]] = {}
    for column in columns:
        name = fold_name(named.get(column, column))
        if name in _LOGPROB_COLUMNS:
            result[column] = (ConfidenceSource.LOGPROB, name)
            continue
        match = _CONFIDENCE.match(name)
        if not match:
            continue
        suffix = match.group(1)
        if suffix is None:
            result[column] = (None, "")
        elif suffix in ("source", "reason"):
            continue
        elif suffix in set(ConfidenceSource):
            result[column] = (ConfidenceSource(suffix), suffix)
        else:
            result[column] = (ConfidenceSource.OTHER, suffix)
    return result


def _columns_hint(column: str, columns: Sequence[str]) -> str:
    close = difflib.get_close_matches(column, columns, n=1)
    listed = ", ".join(columns[:20]) + (", ..." if len(columns) > 20 else "")
    return f"Did you mean '{close[0]}'? The columns are: {listed}." if close else f"The columns are: {listed}."
