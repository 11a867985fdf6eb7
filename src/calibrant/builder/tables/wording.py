"""How questions are worded, in four languages, and how a user words them otherwise.

Where a column's name alone says how people ask for it, the question is natural; else it is the honest generic form,
whose grammar holds whatever the column and the row are called.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from calibrant.builder.tables.foreign import foreign_label
from calibrant.builder.tables.names import spoken, words_of
from calibrant.builder.tables.profile import Column
from calibrant.errors import InputError, did_you_mean
from calibrant.questions.schema import fold_name

__all__ = ["LANGUAGES", "Asking", "Templates", "load_templates"]

LANGUAGES = ("en", "de", "zh", "es")
"""Languages with words of their own; others need a template."""


@dataclass(frozen=True, slots=True)
class _Forms:
    """The generic forms of a language."""

    ask: str
    unit: str
    """Put after the question's body where the answer has a unit."""
    end: str
    premise: str
    """The row's name with something taken for granted."""
    reverse: str
    as_of: str
    """Put before a question whose answer changes."""


_GENERIC: Mapping[str, _Forms] = {
    "en": _Forms(
        ask="According to {table}, what is the {column} of {key}",
        unit=", in {unit}",
        end="?",
        premise="{key} ({premise}: {value})",
        reverse="According to {table}, which {entity} has the {column} {value}?",
        as_of="As of {date}: {question}",
    ),
    "de": _Forms(
        ask="Was steht in {table} unter „{column}“ für {key}",
        unit=" (in {unit})",
        end="?",
        premise="{key} („{premise}“: {value})",
        reverse="Bei welchem Eintrag in {table} steht unter „{column}“ der Wert „{value}“?",
        as_of="Stand {date}: {question}",
    ),
    "zh": _Forms(
        ask="根据{table}，{key}的“{column}”是什么",
        unit="（单位：{unit}）",
        end="？",
        premise="“{premise}”为“{value}”的{key}",
        reverse="根据{table}，哪个条目的“{column}”是“{value}”？",
        as_of="截至{date}：{question}",
    ),
    "es": _Forms(
        ask="Según {table}, ¿qué figura en «{column}» para {key}",
        unit=" (en {unit})",
        end="?",
        premise="{key} («{premise}»: {value})",
        reverse="Según {table}, ¿qué entrada tiene «{value}» en «{column}»?",
        as_of="A fecha de {date}: {question}",
    ),
}

_YEAR, _DAY, _ANY = "year", "day", "any"
_KNOWN: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    (
        r"((year )?(of )?(found(ed|ing|ation)|established)( year| in)?|gründungsjahr|成立年份|año de fundación)",
        _YEAR,
        {
            "en": "In which year was {key} founded?",
            "de": "In welchem Jahr wurde {key} gegründet?",
            "zh": "{key}成立于哪一年？",
            "es": "¿En qué año se fundó {key}?",
        },
    ),
    (
        r"(year of birth|birth year|born( in)?|geburtsjahr|出生年份|año de nacimiento)",
        _YEAR,
        {
            "en": "In which year was {key} born?",
            "de": "In welchem Jahr wurde {key} geboren?",
            "zh": "{key}出生于哪一年？",
            "es": "¿En qué año nació {key}?",
        },
    ),
    (
        r"(date of birth|birth date|birthdate|birthday|born( on)?|dob|geburtsdatum|出生日期|fecha de nacimiento)",
        _DAY,
        {
            "en": "On which day was {key} born?",
            "de": "An welchem Tag wurde {key} geboren?",
            "zh": "{key}出生于哪一天？",
            "es": "¿Qué día nació {key}?",
        },
    ),
    (
        r"(year of death|death year|died( in)?|todesjahr)",
        _YEAR,
        {
            "en": "In which year did {key} die?",
            "de": "In welchem Jahr starb {key}?",
            "zh": "{key}于哪一年去世？",
            "es": "¿En qué año murió {key}?",
        },
    ),
    (
        r"(date of death|death date|died( on)?|todesdatum)",
        _DAY,
        {
            "en": "On which day did {key} die?",
            "de": "An welchem Tag starb {key}?",
            "zh": "{key}于哪一天去世？",
            "es": "¿Qué día murió {key}?",
        },
    ),
    (
        r"(birth ?place|place of birth|geburtsort|出生地|lugar de nacimiento)",
        _ANY,
        {
            "en": "Where was {key} born?",
            "de": "Wo wurde {key} geboren?",
            "zh": "{key}出生在哪里？",
            "es": "¿Dónde nació {key}?",
        },
    ),
    (
        r"(capital|capital city|hauptstadt|首都)",
        _ANY,
        {
            "en": "What is the capital of {key}?",
            "de": "Wie heißt die Hauptstadt von {key}?",
            "zh": "{key}的首都是哪里？",
            "es": "¿Cuál es la capital de {key}?",
        },
    ),
    (
        r"(author|writer|written by|autor|作者)",
        _ANY,
        {
            "en": "Who wrote {key}?",
            "de": "Wer hat {key} geschrieben?",
            "zh": "{key}的作者是谁？",
            "es": "¿Quién escribió {key}?",
        },
    ),
    (
        r"(director|directed by|regisseur|导演)",
        _ANY,
        {
            "en": "Who directed {key}?",
            "de": "Wer hat bei {key} Regie geführt?",
            "zh": "{key}的导演是谁？",
            "es": "¿Quién dirigió {key}?",
        },
    ),
    (
        r"(founder|founded by|gründer|创始人)",
        _ANY,
        {
            "en": "Who founded {key}?",
            "de": "Wer hat {key} gegründet?",
            "zh": "{key}的创始人是谁？",
            "es": "¿Quién fundó {key}?",
        },
    ),
)
"""Column name (its words, in full), what its cells must be, and how it is asked for in each language."""
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_PLURAL = re.compile(r"(?<![sui])s$")
_OWN = frozenset({"key", "table", "column", "unit", "value"})


_DONE = re.compile(r"[a-z]{3,}ed|built|made|begun|written|sent", re.IGNORECASE)
"""Columns of dates that are called after what was done: launched, opened, built."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a question is about."""

    table: str
    entity: str
    """What a row is, as its key column is called."""
    key: str
    """The row's name."""
    column: Column
    row: Mapping[str, str] = field(default_factory=dict)
    """Cells of the row as they are written, for templates that name other columns."""
    premise: tuple[Column, str] | None = None
    """Another column and the value that the question takes for granted."""
    as_of: str | None = None


@dataclass(frozen=True)
class Templates:
    """The user's own wordings: (attribute, language) -> text; and what columns are called in a language."""

    asked: Mapping[tuple[str, str], str] = field(default_factory=dict)
    reverse: Mapping[tuple[str, str], str] = field(default_factory=dict)
    labels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    table_labels: Mapping[str, str] = field(default_factory=dict)
    """Language -> what the table is called."""

    def ask(self, asking: Asking, language: str) -> str:
        """Word a question.

        Raises:
            InputError: the language has no words of its own, and no template words it.
        """
        forms = self._forms(asking.column, language)
        own = self.asked.get((fold_name(asking.column.name), language))
        text = own or _natural(asking.column, language)
        values = self._values(asking, forms, language)
        if text is not None:
            question = _filled(text, values)
        else:
            unit = forms.unit.format(unit=asking.column.unit) if asking.column.unit else ""
            ask = _english(asking.column) if language == "en" else forms.ask
            question = _filled(ask, values) + unit + forms.end
        if asking.as_of is not None:
            question = forms.as_of.format(date=asking.as_of, question=question)
        return question

    def ask_reverse(self, asking: Asking, value: str, language: str) -> str:
        """Word the question for the row that has a value."""
        forms = self._forms(asking.column, language)
        own = self.reverse.get((fold_name(asking.column.name), language))
        return _filled(own or forms.reverse, {**self._values(asking, forms, language), "value": value})

    def label(self, column: str, language: str) -> str:
        """What a column is called in a language."""
        own = self.labels.get((fold_name(column), language))
        return own or foreign_label(column, language) or spoken(column)

    def natural(self, column: Column, language: str) -> bool:
        """Whether a column's question is worded otherwise than in the generic form."""
        return (fold_name(column.name), language) in self.asked or _natural(column, language) is not None

    def _values(self, asking: Asking, forms: _Forms, language: str) -> dict[str, str]:
        key = asking.key
        if asking.premise is not None:
            column, value = asking.premise
            key = forms.premise.format(key=key, premise=self.label(column.name, language), value=value)
        return {
            **asking.row,
            "table": self.table_labels.get(language, asking.table),
            "entity": self.label(asking.entity, language),
            "key": key,
            "column": self.label(asking.column.name, language),
            "unit": asking.column.unit or "",
        }

    def _forms(self, column: Column, language: str) -> _Forms:
        forms = _GENERIC.get(language)
        if forms is not None:
            return forms
        if (fold_name(column.name), language) in self.asked:
            return _GENERIC["en"]
        raise InputError(
            f"there are no words for the language {language!r}",
            place="--language",
            remedy=f"Known are {', '.join(LANGUAGES)}; for others word every attribute with --template FILE.toml",
        )


def _english(column: Column) -> str:
    """The generic form for a column whose name is one thing, several, a number of them, or what was done when."""
    ask = _GENERIC["en"].ask
    if (column.year or str(column.kind) == "date") and _DONE.fullmatch(spoken(column.name)):
        return ask.replace("what is the {column} of {key}", "when was {key} {column}")
    if not _PLURAL.search(spoken(column.name)):
        return ask
    if column.numeric and column.unit is None:
        return ask.replace("the {column}", "the number of {column}")
    return ask.replace("what is", "what are")


def _natural(column: Column, language: str) -> str | None:
    name = " ".join(words_of(column.name))
    for pattern, kind, texts in _KNOWN:
        fits = kind == _ANY or (kind == _YEAR and column.year) or (kind == _DAY and str(column.kind) == "date")
        if fits and re.fullmatch(pattern, name):
            return texts.get(language)
    return None


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)


def load_templates(path: Path, columns: tuple[str, ...]) -> Templates:
    """Read the user's own wordings.

    ::

        [founded_year]
        en = "When was {key} set up?"
        label.de = "Gründungsjahr"
        reverse.en = "Which company was set up in {value}?"

        [table]
        label.de = "dem Firmenverzeichnis"

    Args:
        path: a TOML file: one table for each attribute, with a wording for each language.
        columns: of the table that is asked about.

    Raises:
        InputError: the file cannot be read, names a column that is not there, or a place that nothing fills.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"the templates cannot be read: {error}", place=str(path)) from error
    known = {fold_name(name) for name in columns}
    asked: dict[tuple[str, str], str] = {}
    reverse: dict[tuple[str, str], str] = {}
    labels: dict[tuple[str, str], str] = {}
    tables: dict[str, str] = {}
    for attribute, entries in content.items():
        folded = fold_name(attribute)
        place = f"{path}: [{attribute}]"
        if not isinstance(entries, dict):
            raise InputError("an attribute is a table with a wording for each language", place=place)
        if folded == "table" and folded not in known:
            tables.update(_texts(entries.get("label", {}), place, None))
            continue
        if folded not in known:
            raise InputError("there is no such column", place=place, remedy=did_you_mean(attribute, columns))
        wordings = {name: text for name, text in entries.items() if name not in ("label", "reverse")}
        asked |= {(folded, language): text for language, text in _texts(wordings, place, columns, "key").items()}
        reverse |= {
            (folded, language): text
            for language, text in _texts(entries.get("reverse", {}), place, columns, "value").items()
        }
        labels |= {(folded, language): text for language, text in _texts(entries.get("label", {}), place, None).items()}
    return Templates(asked=asked, reverse=reverse, labels=labels, table_labels=tables)


def _texts(entries: Any, place: str, columns: tuple[str, ...] | None, needed: str | None = None) -> dict[str, str]:
    """Language -> text, each checked for the places it names."""
    if not isinstance(entries, dict):
        raise InputError("write one text for each language", place=place)
    for language, text in entries.items():
        if not isinstance(text, str) or not text.strip():
            raise InputError(f"the text for {language!r} is empty or no text", place=place)
        if columns is None:
            continue
        unknown = [name for name in _PLACEHOLDER.findall(text) if name not in _OWN and name not in columns]
        if unknown:
            raise InputError(
                f"nothing fills {{{unknown[0]}}}",
                place=place,
                remedy=f"Known are {', '.join(sorted(_OWN))} and the columns",
            )
        if needed is not None and f"{{{needed}}}" not in text:
            raise InputError(f"the text for {language!r} does not name {{{needed}}}", place=place)
    return dict(entries)
