"""A recording as a model: answers that were given before, replayed in their order."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from calibrant.errors import InputError
from calibrant.models.identity import identity_of
from calibrant.models.prices import Price
from calibrant.models.protocol import Failure, Prompt, Reply
from calibrant.models.recording import read_rows
from calibrant.models.wire import tokens_at
from calibrant.types import ModelRef, Usage

__all__ = ["RecordedModel"]

_NAMES: Mapping[str, tuple[str, ...]] = {
    "question": ("question", "problem", "prompt", "input", "query"),
    "id": ("question_id", "id"),
    "model": ("model", "model_name"),
    "effort": ("effort", "reasoning_effort"),
    "repeat": ("repeat", "attempt", "epoch"),
    "answer": ("response", "model_answer", "output", "completion", "answer"),
    "error": ("error",),
    "finish_reason": ("finish_reason", "stop_reason"),
    "confidence": ("confidence", "confidence_stated"),
    "cost_usd": ("cost_usd", "cost"),
    "latency_s": ("latency_s", "latency"),
}
_TOKENS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens")


class RecordedModel:
    """Replays (question, answer) rows; the n-th repeat of a question gets its n-th row.

    A question is found by its text, or by its id where the recording has no texts. One that is not there, or that has
    no further repeat, is an error of the kind ``not_recorded``.

    Args:
        answers: replies for each question, in the order of their repeats.
        by_text: whether the keys are texts of questions; else ids.
        ref: name and effort.
        identity: hash of the file and of what was chosen from it.
        price: what tokens cost.
    """

    concurrency = 100
    max_samples = 1000
    destination = None

    def __init__(
        self,
        answers: Mapping[str, Sequence[Reply]],
        *,
        by_text: bool = True,
        ref: ModelRef,
        identity: str,
        price: Price | None = None,
    ) -> None:
        self.ref = ref
        self.identity = identity
        self.price = price
        self._answers = answers
        self._by_text = by_text

    @classmethod
    def load(cls, path: Path, *, ref: ModelRef, model: str | None = None, price: Price | None = None) -> RecordedModel:
        """Read a recording.

        Args:
            path: csv, tsv, json, jsonl or parquet, also ``.gz``.
            ref: name to go by, and the effort whose answers are wanted.
            model: which model's answers, where the file holds several.
            price: what tokens cost.

        Raises:
            InputError: the file cannot be read, has no answers, or none of this model and effort.
        """
        rows = list(read_rows(path))
        if not rows:
            raise InputError("holds no rows", place=str(path))
        columns = _columns(row for _, row in rows)
        if "answer" not in columns or not {"question", "id"} & set(columns):
            raise InputError("needs a column question (or id) and a column answer", place=str(path))
        chosen = _of(rows, columns, "model", model, str(path))
        chosen = _of(chosen, columns, "effort", ref.effort, str(path))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return cls(
            _answers(chosen, columns),
            by_text="question" in columns,
            ref=ref,
            identity=identity_of(
                {
                    "wire": "recorded",
                    "file": digest,
                    "model": model,
                    "effort": ref.effort,
                    "ref": [ref.model, ref.effort],
                }
            ),
            price=price,
        )

    def output_limit(self, prompt: Prompt) -> int | None:
        """As many as the longest recorded reply has; None where one of them tells no tokens."""
        counts = [reply.usage.output_tokens for reply in self._known(prompt)]
        told = [count for count in counts if count is not None]
        return max(told, default=0) if len(told) == len(counts) else None

    def _known(self, prompt: Prompt) -> Sequence[Reply]:
        asked = prompt.question
        return self._answers.get(_folded((asked.text if self._by_text else asked.id) if asked else prompt.text), ())

    async def ask(self, prompt: Prompt) -> Sequence[Reply]:
        """The recorded replies to this prompt; see `Model.ask`."""
        known = self._known(prompt)
        message = f"only {len(known)} recorded" if known else "this question is not in the recording"
        missing = Reply(error=message, failure=Failure.NOT_RECORDED, requests=0)
        wanted = prompt.repeats or range(prompt.samples)
        return [known[repeat] if repeat < len(known) else missing for repeat in wanted]

    async def close(self) -> None:
        """Nothing to let go."""


def _folded(text: str) -> str:
    return " ".join(text.split())


def _columns(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    present = {name: None for row in rows for name in row}
    by_name = {str(name).strip().lower(): name for name in present}
    found = {}
    for field, names in _NAMES.items():
        for name in names:
            if name in by_name:
                found[field] = by_name[name]
                break
    return found | {name: by_name[name] for name in _TOKENS if name in by_name}


def _of(
    rows: list[tuple[str, Mapping[str, Any]]], columns: Mapping[str, str], field: str, wanted: str | None, place: str
) -> list[tuple[str, Mapping[str, Any]]]:
    """Rows of one model or effort; without a wish, of the only one there is."""
    column = columns.get(field)
    known = sorted({str(row[column]) for _, row in rows if row.get(column) is not None}) if column else []
    if wanted is None:
        if len(known) > 1 and field == "model":
            raise InputError(f"holds several models: {', '.join(known)}", place=place, remedy="Say FILE:MODEL.")
        without = [pair for pair in rows if column is None or pair[1].get(column) is None]
        if field == "effort" and known and (without or len(known) > 1):
            if without:
                return without
            raise InputError(f"holds several efforts: {', '.join(known)}", place=place, remedy="Say NAME@EFFORT.")
        return rows
    chosen = [pair for pair in rows if column and str(pair[1].get(column)) == wanted]
    if not chosen and (column or field == "effort"):
        close = get_close_matches(wanted, known, n=1)
        guess = f"Did you mean {close[0]}? " if close else ""
        listed = f"Known: {', '.join(known)}." if known else f"It has no column {field}."
        raise InputError(f"holds no {field} '{wanted}'", place=place, remedy=guess + listed)
    return chosen or rows


def _answers(rows: list[tuple[str, Mapping[str, Any]]], columns: Mapping[str, str]) -> dict[str, list[Reply]]:
    """Replies for each question, in the order of their repeats; without a column for these, in the file's order."""
    found: dict[str, list[tuple[int, Reply]]] = {}
    name = columns.get("question") or columns["id"]
    for place, row in rows:
        asked = row.get(name)
        if asked is None:
            raise InputError("has no question", place=place)
        repeats = found.setdefault(_folded(str(asked)), [])
        repeat = row.get(columns.get("repeat", ""))
        repeats.append((len(repeats) if repeat is None else _whole(repeat, place), _reply(row, columns, place)))
    return {key: [reply for _, reply in sorted(pairs, key=lambda pair: pair[0])] for key, pairs in found.items()}


def _reply(row: Mapping[str, Any], columns: Mapping[str, str], place: str) -> Reply:
    def value(field: str) -> Any:
        return row.get(columns[field]) if field in columns else None

    text, error, finish = value("answer"), value("error"), value("finish_reason")
    failure = None
    if error:
        failure = Failure(error) if str(error) in set(Failure) else Failure.SERVER
    elif finish in ("length", "max_tokens"):
        failure, error = Failure.TRUNCATED, "cut off at the token limit"
    elif text is None or not str(text).strip():
        failure, error = Failure.MALFORMED, "an empty answer"
    confidence = value("confidence")
    counts = {name: None if value(name) is None else _tokens(value(name), place) for name in _TOKENS}
    return Reply(
        text=None if text is None else str(text),
        error=str(error) if error else None,
        failure=failure,
        finish_reason=None if finish is None else str(finish),
        usage=Usage(**counts),
        cost_usd=_number(value("cost_usd"), place),
        latency_s=_number(value("latency_s"), place),
        requests=0,
        extra={} if confidence is None else {"confidence": _number(confidence, place)},
    )


def _tokens(value: Any, place: str) -> int | None:
    """A count of tokens; None where it is a number, but none that can be."""
    try:
        exact = int(value) if isinstance(value, str | int) else float(value)
    except (TypeError, ValueError, OverflowError):
        exact = _float(value, place)
    if isinstance(exact, float) and math.isfinite(exact) and not exact.is_integer():
        raise InputError(f"'{value}' is no count", place=place)
    return tokens_at({"": exact}, "")


def _float(value: Any, place: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"'{value}' is no number", place=place) from None


def _whole(value: Any, place: str) -> int:
    number = _number(value, place)
    if number is None or number != int(number) or number < 0:
        raise InputError(f"'{value}' is no count", place=place)
    return int(number)


def _number(value: Any, place: str) -> float | None:
    if value is None:
        return None
    number = _float(value, place)
    if not math.isfinite(number):
        raise InputError(f"'{value}' is no finite number", place=place)
    return number
