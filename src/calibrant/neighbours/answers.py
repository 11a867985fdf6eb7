"""Import answers that exist already: a table of (question, model, answer, gold or grade) becomes a run.

Rows are streamed, graded as they pass, and committed in batches, so that an interrupted import loses at most one
batch and goes on where it stopped when the same command is given again.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from calibrant.errors import InputError
from calibrant.grading import grade_exact
from calibrant.neighbours.columns import AnswerColumns, resolve
from calibrant.neighbours.complaints import explained
from calibrant.neighbours.values import (
    parse_condition,
    parse_cost,
    parse_count,
    parse_grade,
    parse_number,
    parse_score,
    parse_stratum,
)
from calibrant.questions import (
    Row,
    RowReader,
    as_text,
    as_text_list,
    question_hash,
    read_rows,
    set_hash_of,
    text_hash,
)
from calibrant.store import NewRun, RunInfo, Store
from calibrant.types import (
    Condition,
    Confidence,
    ConfidenceSource,
    Grade,
    ModelRef,
    OutcomeState,
    Question,
    Response,
    ResponseKey,
    Stratum,
    Usage,
)

__all__ = ["ImportOptions", "ImportSummary", "import_answers"]

_CUT_SHORT = {"length": "cut off at the token limit", "max_tokens": "cut off at the token limit"}
_FILTERED = {"content_filter": "refused by the provider's filter"}
_UNUSABLE = _CUT_SHORT | _FILTERED
_TOKENS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens")
_NO_USAGE = Usage()
_BATCH = 1000
_MAX_AGE_S = 0.25
"""Larger and older batches than those of a run: what an interruption loses here is in the file, not paid for again."""
_RULES = "answers-3"
"""Version of the rules below; part of a run's identity, so that a change of rules imports anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """How to read a table of answers."""

    fields: Mapping[str, str] = field(default_factory=dict)
    """Field -> column, where the names alone do not tell."""
    model: str | None = None
    """Model of every row of a table without a model column."""
    effort: str | None = None
    name: str | None = None
    """What to call the run; default the file's name."""
    grade_values: Mapping[str, OutcomeState] = field(default_factory=dict)
    """The table's own words for grades, e.g. ``{"c": OutcomeState.ABSTAINED}``."""
    confidence_source: ConfidenceSource = ConfidenceSource.STATED
    """Where the column ``confidence`` comes from."""
    confidence_scale: float = 1.0
    """What the highest confidence is written as: 1, or 100 for percentages."""
    number_repeats: bool = False
    """Rows of one question and model are repeats, in the order of the file."""
    encoding: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """What an import did."""

    run: RunInfo
    rows: int
    """Rows read."""
    added: int
    already_there: int
    """Items of an earlier, interrupted import of the same file."""
    states: Mapping[str, int]
    """Outcome state -> rows, by the file's own grade where it has one, else by the exact grader."""
    columns: Mapping[str, str]
    repaired: int
    """Characters replaced by U+FFFD: NUL and lone halves of surrogate pairs."""
    first_repair: str | None


def import_answers(
    path: str | Path,
    store: Store,
    options: ImportOptions | None = None,
    *,
    progress: Callable[[int], None] | None = None,
) -> ImportSummary:
    """Read a table of answers, grade it, and keep it as a run.

    Args:
        path: csv, tsv, json, jsonl or parquet, plain or ``.gz``.
        store: where to keep it.
        options: how to read it.
        progress: called with the number of rows read, now and then.

    Returns:
        What was read and how it was graded. The same file imported again adds nothing.

    Raises:
        InputError: the file, a column or a row cannot be used; rows committed before stay.
        StoreError: the database cannot be written.
    """
    options = options or ImportOptions()
    path = Path(path)
    reader = read_rows(path, encoding=options.encoding, limit=options.limit)
    digest = _digest(path, options)
    reading = _Reading(path=path, options=options, digest=digest, typed=reader.typed)
    items = (reading.item(row, reader) for row in reader)
    first = next(items)  # a file that cannot be used leaves no run behind
    run = store.begin_run(
        NewRun(
            kind="import",
            source=str(path),
            source_digest=digest,
            name=options.name or path.name,
            rename=options.name is not None,
            manifest={"rules": _RULES, "file_sha256": digest.split("-")[0], "rows_limit": options.limit},
        )
    )
    with store.writer(run, batch=_BATCH, max_age_s=_MAX_AGE_S) as writer:
        for item in chain([first], items):
            writer.add(*item)
            if progress is not None and reading.rows % 500 == 0:
                progress(reading.rows)
    hashed = ((asked.question, asked.digest) for asked in reading.questions.values())
    finished = store.finish_run(run, set_hash=set_hash_of(hashed))
    return ImportSummary(
        run=finished,
        rows=reading.rows,
        added=reading.rows - writer.skipped,
        already_there=writer.skipped,
        states=dict(reading.states),
        columns=reading.columns.describe() if reading.columns else {},
        repaired=reader.repairs.count,
        first_repair=reader.repairs.first,
    )


def _digest(path: Path, options: ImportOptions) -> str:
    """The identity of what is imported: the file's bytes and everything that changes how they are read."""
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    reading = {
        "rules": _RULES,
        "fields": dict(options.fields),
        "model": options.model,
        "effort": options.effort,
        "grades": {word: str(state) for word, state in options.grade_values.items()},
        "source": str(options.confidence_source),
        "scale": options.confidence_scale,
        "number": options.number_repeats,
        "encoding": options.encoding,
        "limit": options.limit,
    }
    how = hashlib.sha256(json.dumps(reading, sort_keys=True).encode()).hexdigest()
    return f"{content}-{how[:16]}"


class _Asked(NamedTuple):
    """A question as the file asks it."""

    question: Question
    digest: str
    """Its `question_hash`."""
    key: str
    """Identity of the asking: rows with different ids are different attempts, even if their texts are alike."""
    line: int
    """Where it came first."""


class _Reading:
    """One pass over the file: what has been seen so far, and the item each row becomes."""

    def __init__(self, *, path: Path, options: ImportOptions, digest: str, typed: bool) -> None:
        self.path = path
        self.options = options
        self.digest = digest
        self.typed = typed
        self.columns: AnswerColumns | None = None
        self.width = 0
        self.questions: dict[tuple[str, Condition], _Asked] = {}
        self.unnamed: dict[tuple[str, Condition], _Asked] = {}
        self.attempts: dict[tuple[str, str, int], int] = {}
        self.repeats: Counter[tuple[str, str]] = Counter()
        self.models: dict[tuple[str, str | None], tuple[ModelRef, str]] = {}
        self.states: Counter[str] = Counter()
        self.rows = 0

    def item(self, row: Row, reader: RowReader) -> tuple[Question, str, Response, list[Grade]]:
        if self.columns is None or len(reader.columns) != self.width:
            # A later JSON line may bring a field that the first ones lack, such as the error of a failed request.
            self.width = len(reader.columns)
            self.columns = self._resolve(list(reader.columns))
        values = row.values
        cells = {name: cell for name, column in self.columns.fields.items() if (cell := values.get(column)) is not None}
        try:
            asked = self._question(cells, row.line)
            model, setup = self._model(cells)
            repeat = self._repeat(cells, asked, model, setup, row.line)
            grade = parse_grade(cells.get("grade"), self.options.grade_values)
            key = ResponseKey(question=asked.key, model=setup, prompt="imported", sampling="imported", repeat=repeat)
            response = _response(cells, key, model, self._confidences(values, self.columns), grade)
        except ValueError as error:
            raise explained(error, cells, values, self.columns, place=f"{self.path}:{row.line}") from None
        except InputError as error:
            place = error.place or f"{self.path}:{row.line}"
            raise InputError(error.message, place=place, remedy=error.remedy) from None
        grades = _grades(asked.question, response, grade, as_text(cells.get("reason")))
        self.rows += 1
        self.states[_state(response, grades)] += 1
        return asked.question, asked.digest, response, grades

    def _resolve(self, names: list[str]) -> AnswerColumns:
        columns = resolve(names, self.options.fields, place=str(self.path))
        have = columns.fields
        listed = ", ".join(names[:20])
        if "question" not in have and "question_id" not in have:
            raise InputError(
                "no column holds the question",
                place=str(self.path),
                remedy=f"Name it with --map question=COLUMN. The columns are: {listed}.",
            )
        if "model" not in have and not self.options.model:
            raise InputError(
                "no column names the model",
                place=str(self.path),
                remedy="Say it with --model NAME or --map model=COLUMN.",
            )
        if "grade" not in have and not (
            "answer" in have and ("gold" in have or "stratum" in have or "answerable" in have)
        ):
            missing = "the right answer" if "answer" in have else "the model's answer"
            name = "gold" if "answer" in have else "answer"
            raise InputError(
                f"no column holds {missing}, and none a grade",
                place=str(self.path),
                remedy=f"Name it with --map {name}=COLUMN (or --map grade=COLUMN). The columns are: {listed}.",
            )
        return columns

    def _question(self, cells: Mapping[str, Any], line: int) -> _Asked:
        text = as_text(cells.get("question")) or ""
        identity = as_text(cells.get("question_id")) or ""
        text = text or identity
        if not text:
            raise ValueError("the question is empty")
        golds = self._texts(cells, "gold")
        condition = parse_condition(cells.get("condition"))
        seen = self.questions.get((identity, condition)) if identity else self.unnamed.get((text, condition))
        if seen is not None and seen.question.text == text and seen.question.golds == golds:
            return seen
        question = Question(
            id=identity or "q",
            text=text,
            golds=golds,
            wrong=self._texts(cells, "wrong"),
            stratum=parse_stratum(cells.get("stratum"), cells.get("answerable"), cells.get("should_abstain")),
            condition=condition,
            domain=as_text(cells.get("domain")),
            topic=as_text(cells.get("topic")),
            subtopic=as_text(cells.get("subtopic")),
            language=as_text(cells.get("language")),
            cluster=as_text(cells.get("cluster")),
        )
        digest = question_hash(question)
        if not identity:
            question = replace(question, id=f"q-{text_hash(question)[:12]}")
        key = hashlib.sha256(f"{digest}\x1f{question.id}".encode()).hexdigest()
        seen = self.questions.setdefault((question.id, condition), _Asked(question, digest, key, line))
        if seen.question.text != question.text or seen.question.golds != question.golds:
            differs = "another text" if seen.question.text != question.text else "another right answer"
            raise InputError(
                f"question '{question.id}' has {differs} than in line {seen.line}",
                remedy="One question, one set of right answers: mend the file, or give the rows different ids.",
            )
        if not identity:
            self.unnamed[text, condition] = seen
        return seen

    def _texts(self, cells: Mapping[str, Any], name: str) -> tuple[str, ...]:
        """Several texts of one cell: a list, or ``;`` between them where the column's name is a plural."""
        plural = self.columns is not None and self.columns.fields.get(name, "").lower().endswith("answers")
        return tuple(as_text_list(cells.get(name), parse=not self.typed, separator=";" if plural else None))

    def _model(self, cells: Mapping[str, Any]) -> tuple[ModelRef, str]:
        """The model, and the identity of it as this file's."""
        named = as_text(cells.get("model"))
        name = (named or self.options.model or "").strip()
        if not name:
            raise ValueError("the model is empty")
        effort = as_text(cells.get("effort")) or self.options.effort
        if (name, effort) not in self.models:
            base, _, said = name.rpartition("@") if named and effort else ("", "", "")
            base, said = (base, said) if base else (name, self.options.effort or "")
            if said and effort and said != effort:
                raise InputError(
                    f"the model is called '{base}@{said}', and its effort is '{effort}'",
                    remedy="One effort for one row: mend the model's name or the column of efforts.",
                )
            identity = json.dumps(["imported", self.digest, name, effort])
            setup = hashlib.sha256(identity.encode()).hexdigest()[:32]
            self.models[name, effort] = ModelRef(model=base, effort=effort), setup
        return self.models[name, effort]

    def _repeat(self, cells: Mapping[str, Any], asked: _Asked, model: ModelRef, setup: str, line: int) -> int:
        if self.options.number_repeats:
            repeat = self.repeats[asked.key, setup]
            self.repeats[asked.key, setup] += 1
            return repeat
        repeat = parse_count(cells.get("repeat")) or 0
        first = self.attempts.setdefault((asked.key, setup, repeat), line)
        if first != line:
            raise InputError(
                f"{model} answered the same question already in line {first}",
                remedy="Add a column 'repeat', or say --number-repeats to count them in the order of the file.",
            )
        return repeat

    def _confidences(self, values: Mapping[str, Any], columns: AnswerColumns) -> tuple[Confidence, ...]:
        found = []
        for column, (known, name) in columns.confidences.items():
            source = known or self.options.confidence_source
            scaled = known is None or known is ConfidenceSource.STATED
            score = parse_score(values.get(column), self.options.confidence_scale if scaled else 1.0)
            if score is not None:
                value = -score if column in columns.negated else score
                found.append(Confidence(source=source, value=value, name=name))
        return tuple(found)


def _response(
    cells: Mapping[str, Any],
    key: ResponseKey,
    model: ModelRef,
    confidences: tuple[Confidence, ...],
    grade: OutcomeState | None,
) -> Response:
    text = as_text(cells.get("answer"))
    reason = as_text(cells.get("finish_reason"))
    tokens = {name: parse_count(cells[name]) for name in _TOKENS if name in cells}
    return Response(
        key=key,
        model=model,
        text=text or "",
        error=_error(cells, text, reason, grade),
        finish_reason=reason,
        confidences=confidences,
        usage=Usage(**tokens) if tokens else _NO_USAGE,
        cost_usd=parse_cost(cells.get("cost_usd")),
        latency_s=parse_number(cells.get("latency_s")),
    )


def _grades(question: Question, response: Response, grade: OutcomeState | None, reason: str | None) -> list[Grade]:
    grades = []
    if grade is not None and grade is not OutcomeState.ERROR:
        grades.append(Grade(state=grade, grader="imported", reason=reason))
    gradable = question.golds or question.stratum is not Stratum.ANSWERABLE
    if response.error is None and response.text and gradable:
        grades.append(grade_exact(question, response.text))
    return grades


def _error(cells: Mapping[str, Any], text: str | None, reason: str | None, grade: OutcomeState | None) -> str | None:
    """Why a row holds no usable response, or None. Truncated and filtered replies are errors, not abstentions."""
    said = as_text(cells.get("error"))
    if said and said.strip() and said.strip().lower() not in {"none", "null", "false", "0"}:
        return said.strip()
    if grade is OutcomeState.ERROR:
        return "marked as an error in the file"
    if reason and reason.strip().lower() in _UNUSABLE:
        return _UNUSABLE[reason.strip().lower()]
    if grade is None and not (text and text.strip()):
        return "empty answer"
    return None


def _state(response: Response, grades: list[Grade]) -> str:
    if response.error is not None:
        return OutcomeState.ERROR.value
    return grades[0].state.value if grades else OutcomeState.UNGRADED.value
