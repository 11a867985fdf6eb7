"""One row read as a question, with everything that is wrong with it written down instead of raised.

Loading raises the first problem; linting reports them all. Both read rows here, so they cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from calibrant.errors import InputError
from calibrant.questions.cells import as_choices, as_mapping, as_records, as_text, as_text_list, as_truth
from calibrant.questions.schema import Layout, Schema, fold_name
from calibrant.types import Condition, Passage, Question, Stratum

__all__ = ["Draft", "Problem", "read_draft"]

_LIST_COLUMNS = frozenset(
    {"golds", "gold_answers", "answers", "correct_answers", "possible_answers", "answer_aliases", "aliases"}
    | {"incorrect_answers", "wrong_answers"}
)
"""Columns that hold several texts by their name: a text in them may be a printed list, or separated by semicolons."""
_BETWEEN_URLS = re.compile(r"[\s,;]+(?=https?://)")
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_CONDITIONS = {condition.value: condition for condition in Condition} | {"closed_book": Condition.NONE}
_STRATA = {stratum.value: stratum for stratum in Stratum}


class Problem(NamedTuple):
    """Why a row cannot be used as it is."""

    code: str
    message: str
    remedy: str


@dataclass(slots=True)
class Draft:
    """What a row says, before anybody decided whether that is a question."""

    id: str | None = None
    text: str = ""
    golds: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    stratum: Stratum = Stratum.ANSWERABLE
    states_stratum: bool = False
    """Whether the row itself says whether there is an answer."""
    domain: str | None = None
    topic: str | None = None
    subtopic: str | None = None
    cluster: str | None = None
    condition: Condition = Condition.NONE
    passages: tuple[Passage, ...] = ()
    evidence: tuple[str, ...] = ()
    language: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def question(self, identity: str) -> Question:
        """The question, once there are no problems.

        Raises:
            ValueError: there are.
        """
        return Question(
            id=identity,
            text=self.text,
            golds=self.golds,
            wrong=self.wrong,
            choices=self.choices,
            stratum=self.stratum,
            domain=self.domain,
            topic=self.topic,
            subtopic=self.subtopic,
            cluster=self.cluster,
            condition=self.condition,
            passages=self.passages,
            evidence=self.evidence,
            language=self.language,
            extra=self.extra,
        )


def read_draft(values: Mapping[str, Any], schema: Schema, *, typed: bool) -> Draft:
    """Read one row.

    Args:
        values: column -> cell.
        schema: finds the columns.
        typed: whether cells have types (JSON, parquet), so that a list would be a list and not its text.

    Raises:
        InputError: two columns of the row have the same name but for case and spaces.
    """
    layout = schema.layout(values)
    if layout.metadata is not None:
        values = _spread_metadata(values, layout.metadata)
        layout = schema.layout(values)
    cells = _Cells(values, layout, typed=typed)
    draft = Draft(
        id=cells.text("id"),
        wrong=cells.texts("wrong"),
        domain=cells.text("domain"),
        topic=cells.text("topic"),
        subtopic=cells.text("subtopic"),
        cluster=_cluster(cells),
        passages=_passages(cells.value("passages")),
        evidence=_evidence(cells),
        language=cells.text("language"),
        extra={name: values[name] for name in layout.extra if values[name] is not None},
    )
    _read_text(draft, cells)
    _read_stratum(draft, cells)
    _read_condition(draft, cells)
    _read_answers(draft, cells)
    _judge(draft, cells, schema)
    return draft


class _Cells:
    """The cells of one row by field."""

    __slots__ = ("layout", "typed", "values")

    def __init__(self, values: Mapping[str, Any], layout: Layout, *, typed: bool) -> None:
        self.values = values
        self.layout = layout
        self.typed = typed

    def value(self, name: str) -> Any:
        columns = self.layout.columns.get(name)
        return self.values[columns[0]] if columns else None

    def text(self, name: str) -> str | None:
        columns = self.layout.columns.get(name)
        return as_text(self.values[columns[0]]) if columns else None

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of all columns of a field; what stands first stays first."""
        found: dict[str, None] = {}
        for column in self.layout.columns.get(name, ()):
            several = fold_name(column) in _LIST_COLUMNS
            parse = several or not self.typed
            separator = ";" if several else None
            found.update(dict.fromkeys(as_text_list(self.values[column], parse=parse, separator=separator)))
        return tuple(found)


def _spread_metadata(values: Mapping[str, Any], column: str) -> Mapping[str, Any]:
    """The row with the entries of its metadata as columns; the row's own columns come first where names are equal."""
    inner = as_mapping(values[column])
    if inner is None:
        return values
    own = {fold_name(name) for name in values}
    rest = {name: value for name, value in values.items() if name != column}
    return rest | {name: value for name, value in inner.items() if fold_name(name) not in own}


def _read_text(draft: Draft, cells: _Cells) -> None:
    value = cells.value("question")
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict) and "content" in value[0]:
        value = value[0]["content"]  # a conversation of one message
    if isinstance(value, (list, dict)):
        what = "Ask one question as one text"
        draft.problems.append(Problem("question-not-text", "the question is a list or an object, not a text", what))
    else:
        draft.text = as_text(value) or ""


def _read_stratum(draft: Draft, cells: _Cells) -> None:
    stated = cells.text("stratum")
    if stated is not None:
        stratum = _STRATA.get(fold_name(stated))
        if stratum is None:
            _refuse_word(draft, "stratum", stated, _STRATA)
        else:
            draft.stratum, draft.states_stratum = stratum, True
            return
    for name, answerable_if in (("answerable", True), ("should_abstain", False)):
        if name not in cells.layout.columns:
            continue
        try:
            truth = as_truth(cells.value(name))
        except InputError as error:
            draft.problems.append(Problem("bad-value", f"{name}: {error.message}", error.remedy or ""))
            continue
        if truth is not None:
            draft.stratum = Stratum.ANSWERABLE if truth is answerable_if else Stratum.UNANSWERABLE
            draft.states_stratum = True
            return


def _read_condition(draft: Draft, cells: _Cells) -> None:
    """The condition stated, else what follows from there being passages: they hold the answer where there is one."""
    stated = cells.text("condition")
    if stated is not None:
        condition = _CONDITIONS.get(fold_name(stated))
        if condition is None:
            _refuse_word(draft, "condition", stated, _CONDITIONS)
        else:
            draft.condition = condition
    elif draft.passages:
        draft.condition = Condition.GOLD if draft.stratum is Stratum.ANSWERABLE else Condition.WITHOUT


def _read_answers(draft: Draft, cells: _Cells) -> None:
    """Golds and choices. A gold may be an index or a letter of a choice; one single choice is the answer itself."""
    choices = as_choices(cells.value("choices"))
    open_ended = len(choices) == 1 or _asks_openly(cells.values)
    column = cells.layout.first("gold")
    chosen = None
    if choices and column is not None:
        beyond = _beyond(cells.values[column], choices) if fold_name(column) == "gold" else None
        if beyond is not None:
            what = f"{column} points at choice {beyond}, and there are {len(choices)}, counted from 0"
            remedy = "Mend the index, or write the answer into a column of another name, such as reference"
            draft.problems.append(Problem("gold-index", what, remedy))
        chosen = _chosen(cells.values[column], choices, index_first=fold_name(column) == "gold")
    golds = cells.texts("gold") if chosen is None else tuple(dict.fromkeys(filter(None, chosen)))
    draft.golds = golds
    draft.choices = () if open_ended else tuple(choices)


def _asks_openly(values: Mapping[str, Any]) -> bool:
    """YourBench writes the answer of an open question as its only choice, and says so."""
    mode = values.get("question_mode")
    return isinstance(mode, str) and fold_name(mode) == "open_ended"


def _chosen(value: Any, choices: list[str], *, index_first: bool) -> list[str] | None:
    """The choices that a gold points at; None where it is a text of its own.

    A column named ``gold`` holds indices wherever it holds whole numbers (lighteval's and YourBench's convention);
    in any other column a number that is itself a choice is that choice.
    """
    if isinstance(value, str):
        value = _indices(value)
    pointers = value if isinstance(value, list) else [value]
    found = [_pointed(pointer, choices, index_first=index_first) for pointer in pointers]
    return [one for one in found if one is not None] if found and None not in found else None


def _indices(text: str) -> Any:
    """``[0]`` as a list of numbers; any other text as it is."""
    body = text.strip()
    inner = body[1:-1].split(",") if body.startswith("[") and body.endswith("]") else []
    if inner and all(_WHOLE.fullmatch(one.strip()) for one in inner):
        return [int(one) for one in inner]
    return text


def _beyond(value: Any, choices: list[str]) -> str | None:
    """The first whole number that neither is a choice nor points at one."""
    if isinstance(value, str):
        value = _indices(value)
    for pointer in value if isinstance(value, list) else [value]:
        text = None if isinstance(pointer, bool) else as_text(pointer)
        if text is None or text in choices or not _WHOLE.fullmatch(text):
            continue
        if not 0 <= int(text) < len(choices):
            return text
    return None


def _pointed(pointer: Any, choices: list[str], *, index_first: bool) -> str | None:
    text = as_text(pointer)
    if text is None or isinstance(pointer, (bool, dict, list)):
        return None
    is_index = text.isascii() and text.isdecimal() and int(text) < len(choices)
    if is_index and index_first:
        return choices[int(text)]
    if text in choices:
        return text
    if is_index:
        return choices[int(text)]
    letter = ord(text) - ord("A") if len(text) == 1 else -1
    return choices[letter] if 0 <= letter < len(choices) else None


def _cluster(cells: _Cells) -> str | None:
    """The first cluster column that is not empty; of several documents the first, so that a question made from two
    documents is grouped with the questions of its main one.
    """
    for column in cells.layout.columns.get("cluster", ()):
        value = cells.values[column]
        if isinstance(value, str) and not cells.typed:
            texts = as_text_list(value)
            value = texts[0] if texts else None
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, dict):
            value = value.get("document_id")
        text = as_text(value)
        if text is not None:
            return text
    return None


def _evidence(cells: _Cells) -> tuple[str, ...]:
    """All evidence columns, one after the other. deepeval joins the pieces of its context with bars in CSV."""
    if "evidence" not in cells.layout.columns:
        return ()
    found: dict[str, None] = {}
    from_deepeval = "expected_output" in cells.values and "source_file" in cells.values
    for column in cells.layout.columns.get("evidence", ()):
        value = cells.values[column]
        if isinstance(value, list):
            texts = [text for text in map(_source_name, value) if text is not None]
        else:
            texts = as_text_list(value)
            if from_deepeval and column == "context":
                texts = [piece for text in texts for piece in text.split("|")]
            if fold_name(column) == "urls":
                texts = [url for text in texts for url in _BETWEEN_URLS.split(text)]
        found.update(dict.fromkeys(texts))
    return tuple(found)


def _source_name(value: Any) -> str | None:
    """A piece of evidence as text; ``{document_id, chunk_id}`` as ``document#chunk``."""
    if isinstance(value, dict) and value.get("document_id") is not None:
        parts = [as_text(value.get("document_id")), as_text(value.get("chunk_id"))]
        return "#".join(part for part in parts if part)
    return as_text(value)


def _passages(value: Any) -> tuple[Passage, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        value = as_records(value) or as_text_list(value)
    found = []
    for one in value if isinstance(value, list) else [value]:
        source, body = None, one
        if isinstance(one, dict):
            source = next((as_text(one[key]) for key in ("source", "title", "document_id") if one.get(key)), None)
            body = next((one[key] for key in ("text", "content", "passage") if one.get(key)), one)
        text = as_text(body)
        if text is not None:
            found.append(Passage(text=text, source=source))
    return tuple(found)


def _refuse_word(draft: Draft, name: str, stated: str, known: Mapping[str, Any]) -> None:
    words = ", ".join(known)
    draft.problems.append(Problem("bad-value", f"{name} {stated[:40]!r} is unknown", f"Write one of {words}"))


def _judge(draft: Draft, cells: _Cells, schema: Schema) -> None:
    """Whether this is a question at all."""
    if not draft.text and not draft.problems:
        if cells.layout.first("question") is None:
            remedy = f"Name it with --map question=COLUMN. {schema.hint('question', cells.values)}"
            draft.problems.append(Problem("no-question-column", "no column holds the question", remedy))
        else:
            draft.problems.append(Problem("empty-question", "the question is empty", "Write it, or remove the row"))
    if draft.stratum is not Stratum.ANSWERABLE and draft.golds:
        draft.problems.append(
            Problem(
                "gold-for-unanswerable",
                f"marked as having no answer, and has the gold answer {draft.golds[0][:40]!r}",
                "Remove the gold answer, or mark the question as answerable",
            )
        )
    if draft.stratum is Stratum.ANSWERABLE and not draft.golds:
        if cells.layout.first("gold") is None:
            remedy = f"Name it with --map gold=COLUMN. {schema.hint('answer', cells.values)}"
            draft.problems.append(Problem("no-gold-column", "no column holds the right answer", remedy))
        else:
            remedy = "Write it, or mark the question as unanswerable (column answerable: false)"
            draft.problems.append(Problem("no-gold", "the question has no right answer", remedy))
