"""What is wrong or doubtful about a question set, with file and line.

An error keeps the set from being loaded. A warning makes its numbers doubtful: a question that holds its own answer,
two right answers that contradict each other, no document to cluster by.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from calibrant.errors import InputError
from calibrant.questions.draft import Draft, read_draft
from calibrant.questions.load import QuestionSet, open_rows
from calibrant.questions.schema import Schema
from calibrant.questions.suspicion import fold_text, leaked_gold, strange_characters
from calibrant.types import Condition, Question, Stratum

__all__ = ["Finding", "LintResult", "SetSummary", "Severity", "lint", "lint_file"]


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    """The set cannot be loaded."""
    WARNING = "warning"
    """Its numbers are doubtful."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found."""

    code: str
    """What kind of thing: ``empty-question``, ``duplicate-question`` ..."""
    severity: Severity
    place: str
    """``file:line``, or the file where it concerns all of it."""
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.severity}: {self.message} [{self.code}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSummary:
    """What a set consists of."""

    source: str
    rows: int
    """All rows read, usable or not."""
    strata: Mapping[str, int]
    conditions: Mapping[str, int]
    domains: Mapping[str, int]
    """Questions by domain, the most frequent first; questions without one are not in it."""
    clusters: int
    """Different clusters; a question without one is its own."""
    clustered: int
    """Questions that name their cluster."""
    golds: Mapping[int, int]
    """Number of accepted answers -> questions with so many, ascending."""
    columns: Mapping[str, tuple[str, ...]]
    """Field -> columns it was read from; empty where the set was not read from a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LintResult:
    """All findings in the order of the file, those about the whole file last."""

    findings: tuple[Finding, ...]
    summary: SetSummary
    sound: int
    """Rows that can be asked and graded; with none the source is no question set."""

    @property
    def errors(self) -> int:
        """Findings that keep the set from being loaded."""
        return sum(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def warnings(self) -> int:
        """The other findings."""
        return len(self.findings) - self.errors


def lint_file(
    source: str | Path,
    *,
    fields: Mapping[str, str] | None = None,
    limit: int | None = None,
    encoding: str | None = None,
) -> LintResult:
    """Check a file, or ``hf:NAME@REVISION``, also where it cannot be loaded.

    Takes what :func:`~calibrant.questions.load_questions` takes. Where the file breaks off (broken JSON, a bad byte),
    that is a finding, and what stands before it is checked.

    Raises:
        InputError: the source cannot be opened, or ``fields`` names a column that does not exist.
    """
    schema = Schema(fields)
    rows = open_rows(source, encoding=encoding, limit=limit)
    if rows.columns and fields and "metadata" not in rows.columns:
        schema.check_fields(rows.columns, place=rows.name)
    checker = _Checker(rows.name)
    iterator = iter(rows)
    while True:
        try:
            row = next(iterator, None)
            if row is None:
                break
            draft = read_draft(row.values, schema, typed=rows.typed)
        except InputError as error:
            checker.add("unreadable", error.place or rows.name, f"{error.message}. {error.remedy or ''}".strip())
            break
        checker.check(draft, rows.place(row))
    for warning in rows.warnings:
        checker.add("source", rows.name, warning, Severity.WARNING)
    if rows.repairs.first is not None:
        what = f"{rows.repairs.count} NUL characters or lone surrogates, replaced by U+FFFD"
        checker.add("suspicious-encoding", rows.repairs.first, what, Severity.WARNING)
    if checker.rows:
        schema.check_fields(place=rows.name)
    return checker.result(schema.columns)


def lint(questions: QuestionSet | Iterable[Question]) -> list[Finding]:
    """Check questions that were loaded or made; what would keep them from being loaded cannot occur.

    Places are those of the set; of other questions their ids.
    """
    if isinstance(questions, QuestionSet):
        checker = _Checker(questions.source)
        placed: Iterable[tuple[Question, str]] = zip(questions.questions, questions.places, strict=True)
    else:
        checker = _Checker("questions")
        placed = ((question, question.id) for question in questions)
    for question, place in placed:
        checker.check(_as_draft(question), place)
    return list(checker.result({}).findings)


def _as_draft(question: Question) -> Draft:
    return Draft(
        id=question.id,
        text=question.text,
        golds=question.golds,
        wrong=question.wrong,
        choices=question.choices,
        stratum=question.stratum,
        states_stratum=True,
        domain=question.domain,
        topic=question.topic,
        subtopic=question.subtopic,
        cluster=question.cluster,
        condition=question.condition,
        passages=question.passages,
        evidence=question.evidence,
        extra=dict(question.extra),
    )


_COLUMN_MISSING = ("no-question-column", "no-gold-column")
"""Problems of all rows alike: the first row is named, the others are counted."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """An earlier question with the same folded text."""

    place: str
    golds: tuple[str, ...]
    stratum: Stratum


@dataclass(slots=True)
class _Checker:
    """Collects findings row by row; holds the folded texts and ids of the rows so far."""

    source: str
    rows: int = 0
    findings: list[Finding] = field(default_factory=list)
    _ids: dict[str, str] = field(default_factory=dict)
    _texts: dict[tuple[object, ...], _Seen] = field(default_factory=dict)
    _strata: Counter[str] = field(default_factory=Counter)
    _conditions: Counter[str] = field(default_factory=Counter)
    _domains: Counter[str] = field(default_factory=Counter)
    _problems: Counter[str] = field(default_factory=Counter)
    _golds: Counter[int] = field(default_factory=Counter)
    _clusters: set[str] = field(default_factory=set)
    _clustered: int = 0
    _sound: int = 0
    _stated: int = 0

    def add(self, code: str, place: str, message: str, severity: Severity = Severity.ERROR) -> None:
        self.findings.append(Finding(code=code, severity=severity, place=place, message=message))

    def check(self, draft: Draft, place: str) -> None:
        self.rows += 1
        self._count(draft)
        self._sound += not draft.problems
        for problem in draft.problems:
            self._problems[problem.code] += 1
            if problem.code not in _COLUMN_MISSING or self._problems[problem.code] == 1:
                self.add(problem.code, place, f"{problem.message}. {problem.remedy}")
        if draft.id is not None:
            if draft.id in self._ids:
                self.add("repeated-id", place, f"id {draft.id!r} is there twice: here and at {self._ids[draft.id]}")
            else:
                self._ids[draft.id] = place
        for code, message in self._doubts(draft, place):
            self.add(code, place, message, Severity.WARNING)

    def result(self, columns: Mapping[str, tuple[str, ...]]) -> LintResult:
        for code in _COLUMN_MISSING:
            if self._problems[code] > 1:
                self.add(code, self.source, f"the same in {self._problems[code]} of {self.rows} rows")
        for code, message in self._doubts_of_all():
            self.add(code, self.source, message, Severity.WARNING)
        summary = SetSummary(
            source=self.source,
            rows=self.rows,
            strata=dict(self._strata),
            conditions=dict(self._conditions),
            domains=dict(self._domains.most_common()),
            clusters=len(self._clusters) + self.rows - self._clustered,
            clustered=self._clustered,
            golds=dict(sorted(self._golds.items())),
            columns=columns,
        )
        return LintResult(findings=tuple(self.findings), summary=summary, sound=self._sound)

    def _count(self, draft: Draft) -> None:
        self._strata[draft.stratum.value] += 1
        self._conditions[draft.condition.value] += 1
        self._golds[len(draft.golds)] += 1
        self._stated += draft.states_stratum
        if draft.domain is not None:
            self._domains[draft.domain] += 1
        if draft.cluster is not None:
            self._clustered += 1
            self._clusters.add(draft.cluster)

    def _doubts(self, draft: Draft, place: str) -> Iterator[tuple[str, str]]:
        if draft.text:
            folded = fold_text(draft.text)
            yield from self._repetition(draft, folded, place)
            gold = leaked_gold(folded, draft.golds) if not draft.choices else None
            if gold is not None:
                yield "gold-in-question", f"the question holds its answer {gold[:60]!r}"
        for name, text in (("question", draft.text), *(("gold answer", gold) for gold in draft.golds)):
            strange = strange_characters(text)
            if strange is not None:
                yield "suspicious-encoding", f"the {name} has {strange}"
                break
        yield from _doubts_of_choices(draft)
        if draft.condition is not Condition.NONE and not draft.passages:
            yield "no-passage", f"the condition is {draft.condition.value!r} and there is no passage to read"
        if draft.extra.get("conversation_history"):
            yield "conversation", "the question continues a conversation, which the model will not see"

    def _repetition(self, draft: Draft, folded: str, place: str) -> Iterator[tuple[str, str]]:
        """The same question under another condition, with other passages or choices, is another question."""
        key = (folded, draft.choices, draft.condition, draft.passages)
        seen = self._texts.get(key)
        if seen is None:
            self._texts[key] = _Seen(place, draft.golds, draft.stratum)
            return
        if draft.stratum is not seen.stratum:
            yield "contradictory-golds", f"answerable here or at {seen.place}, and unanswerable in the other place"
        elif draft.golds and seen.golds and set(map(fold_text, draft.golds)).isdisjoint(map(fold_text, seen.golds)):
            yield "contradictory-golds", f"the same question as at {seen.place} with another right answer"
        else:
            yield "duplicate-question", f"the same question as at {seen.place}"

    def _doubts_of_all(self) -> Iterator[tuple[str, str]]:
        without = self.rows - self._clustered
        if self.rows and without:
            share = "no question names" if not self._clustered else f"{without} of {self.rows} questions do not name"
            consequence = (
                "questions made from one document are then counted as independent, and intervals are too narrow"
            )
            yield "no-cluster", f"{share} the document it was made from (column document_id or cluster); {consequence}"
        if 0 < self._stated < self.rows:
            missing = self.rows - self._stated
            yield (
                "no-stratum",
                f"{missing} of {self.rows} rows do not say whether they have an answer; taken as answerable",
            )


def _doubts_of_choices(draft: Draft) -> Iterator[tuple[str, str]]:
    if not draft.choices:
        return
    if "" in draft.choices:
        yield "empty-choice", f"choice {draft.choices.index('') + 1} is empty"
    repeated = next((choice for choice, times in Counter(draft.choices).items() if choice and times > 1), None)
    if repeated is not None:
        yield "repeated-choice", f"the choice {repeated[:60]!r} is there twice"
    if draft.golds and not any(gold in draft.choices for gold in draft.golds):
        yield "gold-not-a-choice", f"the right answer {draft.golds[0][:60]!r} is none of the choices"
