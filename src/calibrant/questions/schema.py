"""Which column holds what: the names in the wild and the one name here.

A column's name decides, never its content: the same columns are read the same way in every row. Names are compared
without case, and with spaces, hyphens and dots as underscores. Where several columns could hold a field, the one that
stands first below is taken, and the others are kept as extra fields. ``fields`` of the caller overrule everything.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from calibrant.errors import InputError

__all__ = ["ALIASES", "Layout", "Schema", "fold_name"]

ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("question_id", "id", "uid", "qid", "original_index"),
        "question": ("question", "question_text", "problem", "user_input", "query", "prompt", "input"),
        "gold": (
            "gold",
            "golds",
            "gold_answer",
            "gold_answers",
            "best_answer",
            "expected_answer",
            "ground_truth_answer",
            "ground_truth",
            "reference_answer",
            "reference",
            "expected_output",
            "correct_answer",
            "correct_answers",
            "target",
            "answers",
            "answer",
            "self_answer",
            "possible_answers",
        ),
        "wrong": ("incorrect_answers", "incorrect_answer", "wrong_answers", "wrong"),
        "choices": ("choices", "options"),
        "stratum": ("stratum",),
        "answerable": ("answerable", "is_answerable"),
        "should_abstain": ("should_abstain", "unanswerable", "is_impossible"),
        "domain": ("domain", "category", "subject"),
        "topic": ("topic", "question_category"),
        "subtopic": ("subtopic",),
        "language": ("language", "lang"),
        "cluster": (
            "cluster",
            "document_id",
            "document_ids",
            "doc_id",
            "seed_document_id",
            "source_file",
            "sources",
            "chunk_id",
        ),
        "condition": ("condition", "context_condition"),
        "passages": ("passages", "passage"),
        "evidence": (
            "evidence",
            "citations",
            "urls",
            "url",
            "reference_contexts",
            "reference_context",
            "context",
            "chunks",
            "source_file",
            "sources",
            "source",
        ),
    }
)
"""Field -> column names, folded, in order of precedence (gathered in benchmarks of 2021-2026 and in the exports of
YourBench, RAGAS, deepeval and Giskard)."""

_ALL_OF = frozenset({"cluster", "evidence"})
"""Fields for which every column is kept: evidence adds up, and the cluster is the first of them that is not empty."""
_FURTHER_GOLDS = ("correct_answers", "possible_answers", "answer_aliases", "aliases")
"""Columns with more accepted answers beside the one that holds the preferred answer."""
_METADATA = ("metadata", "additional_metadata")


def fold_name(name: str) -> str:
    """A column's name as it is compared.

    >>> fold_name(" Best Answer"), fold_name("seed-document.id")
    ('best_answer', 'seed_document_id')
    """
    return re.sub(r"[\s\-.]+", "_", name.strip()).casefold()


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each field stands in rows with one set of columns."""

    columns: Mapping[str, tuple[str, ...]]
    """Field -> columns as written, in order of precedence; a field that has none is missing."""
    metadata: str | None
    """A column that holds a mapping with further columns."""
    extra: tuple[str, ...]
    """Columns that hold no field."""

    def first(self, field: str) -> str | None:
        """The column of a field."""
        names = self.columns.get(field)
        return names[0] if names else None


class Schema:
    """Finds the layout of rows by their column names.

    Args:
        fields: field -> column, for columns whose name does not tell; beats every alias of that field.

    Raises:
        InputError: there is no such field.
    """

    def __init__(self, fields: Mapping[str, str] | None = None) -> None:
        self.fields: Mapping[str, str] = MappingProxyType(dict(fields or {}))
        for name in self.fields:
            if name not in ALIASES:
                near = difflib.get_close_matches(name, ALIASES, n=1)
                meant = f"Did you mean {near[0]}? " if near else ""
                raise InputError(
                    f"there is no field {name!r} to map",
                    place="--map",
                    remedy=f"{meant}Fields are {', '.join(ALIASES)}",
                )
        self._layouts: dict[tuple[str, ...], Layout] = {}
        self._names: dict[str, None] = {}

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """Field -> columns it was read from, over all rows so far."""
        found: dict[str, dict[str, None]] = {}
        for layout in self._layouts.values():
            for field, names in layout.columns.items():
                found.setdefault(field, {}).update(dict.fromkeys(names))
        return {field: tuple(found[field]) for field in ALIASES if field in found}

    def layout(self, names: Iterable[str]) -> Layout:
        """The layout of a row with these columns.

        Raises:
            InputError: two columns have the same name but for case and spaces, and hold a field.
        """
        key = tuple(names)
        layout = self._layouts.get(key)
        if layout is None:
            self._names.update(dict.fromkeys(key))
            layout = self._layouts[key] = self._find(key)
        return layout

    def check_fields(self, names: Iterable[str] | None = None, *, place: str) -> None:
        """Check that every column named in ``fields`` exists, among ``names`` or in any row so far.

        Raises:
            InputError: it does not; the columns there are are listed.
        """
        known = self._names if names is None else dict.fromkeys(names)
        for name, column in self.fields.items():
            if _find_column(column, known) is None:
                raise InputError(f"no column {column!r} for {name}", place=place, remedy=self.hint(column, known))

    def hint(self, column: str, names: Iterable[str] | None = None) -> str:
        """Remedy for a missing column: the nearest name, and all there are."""
        known = list(self._names if names is None else names)
        near = difflib.get_close_matches(fold_name(column), [fold_name(name) for name in known], n=1)
        meant = next((f"Did you mean {name!r}? " for name in known if near and fold_name(name) == near[0]), "")
        return f"{meant}Columns are {', '.join(repr(name) for name in known[:40])}"

    def _find(self, names: tuple[str, ...]) -> Layout:
        by_fold: dict[str, str] = {}
        repeated: dict[str, str] = {}
        for name in names:
            folded = fold_name(name)
            if folded in by_fold:
                repeated[folded] = name
            by_fold.setdefault(folded, name)
        chosen: dict[str, tuple[str, ...]] = {}
        for field, aliases in ALIASES.items():
            if field in self.fields:
                column = _find_column(self.fields[field], names)
                found = [] if column is None else [column]
            else:
                found = [by_fold[alias] for alias in aliases if alias in by_fold]
                _refuse_twins(found, by_fold, repeated)
            if found:
                chosen[field] = tuple(found) if field in _ALL_OF else (found[0],)
        if "gold" in chosen and "gold" not in self.fields:
            chosen["gold"] = (*chosen["gold"], *_further_golds(chosen["gold"][0], by_fold))
        metadata = next((by_fold[name] for name in _METADATA if name in by_fold), None)
        used = {name for found in chosen.values() for name in found}
        return Layout(chosen, None if metadata in used else metadata, tuple(name for name in names if name not in used))


def _further_golds(first: str, by_fold: Mapping[str, str]) -> list[str]:
    return [by_fold[name] for name in _FURTHER_GOLDS if name in by_fold and by_fold[name] != first]


def _find_column(column: str, names: Iterable[str]) -> str | None:
    known = list(names)
    if column in known:
        return column
    return next((name for name in known if fold_name(name) == fold_name(column)), None)


def _refuse_twins(found: Iterable[str], by_fold: Mapping[str, str], repeated: Mapping[str, str]) -> None:
    for name in found:
        folded = fold_name(name)
        if folded in repeated:
            raise InputError(
                f"columns {by_fold[folded]!r} and {repeated[folded]!r} have the same name but for case and spaces",
                remedy="Rename one of them, or say which is meant with --map",
            )
