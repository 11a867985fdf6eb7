"""What of a table is asked: the key, the topic, the attributes, and for every column why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from calibrant.builder.tables.cells import Kind
from calibrant.builder.tables.keys import Key, choose_key
from calibrant.builder.tables.names import words_of
from calibrant.builder.tables.profile import Column, profile
from calibrant.builder.tables.scan import Scan
from calibrant.builder.tables.wording import Templates
from calibrant.errors import InputError, did_you_mean

__all__ = ["Role", "TablePlan", "TableSettings", "plan_table"]

_MOST_TOPICS = 40
_NUMBERS_ROWS = re.compile(r"(.*(^|_| ))?(id|index|idx|no|nr|row|number|num|pk|key|uuid|code)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSettings:
    """How a set is made from tables."""

    count: int = 500
    """Questions in the whole set."""
    per_row: int = 3
    """Most questions about one row, in each language."""
    languages: tuple[str, ...] = ("en",)
    unanswerable: float = 0.0
    """Share of the whole set that has no answer, in [0, 1)."""
    key: tuple[str, ...] = ()
    """Column that names rows, and perhaps a second; empty = found out."""
    only: tuple[str, ...] = ()
    """Columns to ask for; empty = all that can be asked for."""
    skip: tuple[str, ...] = ()
    """Columns not to ask for."""
    topic: str | None = None
    """Column with the topic; None = found out, an empty text = none."""
    domain: str | None = None
    """Domain of all questions; None = the table's name."""
    as_of: str | None = None
    """Day (ISO 8601) for which answers that change are stated, or the column that holds it."""
    reverse: bool = False
    """Whether to ask for the row where a value is found in one row only."""
    templates: Templates = field(default_factory=Templates)
    seed: int = 0

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"count must be at least 1, not {self.count}")
        if self.per_row < 1:
            raise ValueError(f"per_row must be at least 1, not {self.per_row}")
        if not 0 <= self.unanswerable < 1:
            raise ValueError(f"the unanswerable share must lie in [0, 1), not {self.unanswerable}")
        if not self.languages or len(set(self.languages)) < len(self.languages):
            raise ValueError("name each language once, and at least one")


@dataclass(frozen=True, slots=True)
class Role:
    """What a column is used for."""

    use: str
    """``key``, ``second key``, ``topic``, ``as of``, ``asked`` or ``not used``."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePlan:
    """A table, read and understood."""

    scan: Scan = field(repr=False)
    columns: tuple[Column, ...]
    key: Key
    topic: Column | None
    attributes: tuple[Column, ...]
    """Columns that are asked for."""
    roles: Mapping[str, Role]
    """Column -> what it is used for, and why."""
    warnings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What questions call the table."""
        return self.scan.table.name

    def to_dict(self) -> dict[str, Any]:
        """The profile as JSON."""
        return {
            "table": self.name,
            "place": self.scan.table.place,
            "rows": self.scan.count,
            "rows_kept": len(self.scan.rows),
            "key": self.key.column,
            "second_key": self.key.second,
            "rows_named_by_key_alone": self.key.clear,
            "rows_named_with_second_key": self.key.completed,
            "topic": self.topic.name if self.topic else None,
            "columns": [
                {**column.to_dict(), "use": self.roles[column.name].use, "why": self.roles[column.name].why}
                for column in self.columns
            ],
            "warnings": list(self.warnings),
        }


def plan_table(found: Scan, settings: TableSettings) -> TablePlan:
    """Decide what every column of a table is used for.

    Raises:
        InputError: no column names the rows, or a column that the settings name is not there or cannot be used.
    """
    columns = profile(found)
    by_name = {column.name: column for column in columns}
    for name in (*settings.only, *settings.skip, *((settings.topic,) if settings.topic else ())):
        if name not in by_name:
            raise InputError(
                f"there is no column {name!r}", place=found.table.place, remedy=did_you_mean(name, by_name)
            )
    key = choose_key(found, columns, wanted=settings.key)
    roles: dict[str, Role] = {key.column: Role("key", _share(key))}
    if key.second is not None:
        roles[key.second] = Role("second key", f"tells {key.completed:,} more rows apart")
    if settings.as_of in by_name:
        roles[str(settings.as_of)] = Role("as of", "the day for which answers are stated")
    warnings = [f"{count:,} {what}" for what, count in found.table.found.items()]
    askable = [
        column
        for column in columns
        if column.name not in (key.column, settings.as_of) and _ask(column, settings, roles)
    ]
    topic = _topic(columns, askable, settings, roles, key)
    attributes = tuple(column for column in askable if column is not topic)
    for column in attributes:
        if roles.get(column.name, Role("", "")).use != "second key":
            roles[column.name] = Role("asked", _described(column))
    changing = [name for name, role in roles.items() if role.why.startswith("changes with time")]
    if changing:
        warnings.append(
            f"not asked, since it changes with time: {', '.join(changing)}. Say for which day: --as-of DATE"
        )
    asked_anyway = [column.name for column in attributes if column.changes and settings.as_of is None]
    if asked_anyway:
        warnings.append(f"asked without a day although it changes with time: {', '.join(asked_anyway)}")
    if not attributes:
        reasons = "; ".join(f"{name}: {role.why}" for name, role in roles.items() if role.use == "not used")
        raise InputError(
            f"nothing can be asked of the rows that {key.column!r} names ({reasons or 'there is no other column'})",
            place=found.table.place,
        )
    return TablePlan(
        scan=found,
        columns=columns,
        key=key,
        topic=topic,
        attributes=attributes,
        roles={column.name: roles[column.name] for column in columns},
        warnings=tuple(warnings),
    )


def _ask(column: Column, settings: TableSettings, roles: dict[str, Role]) -> bool:
    """Whether a column can be asked for; where it cannot, its role says why."""
    why = _reason(column, settings)
    if why is not None:
        roles.setdefault(column.name, Role("not used", why))
        if column.name in settings.only and not column.usable:
            raise InputError(f"column {column.name!r} cannot be asked for: {why}", place="--attribute")
    return why is None


def _reason(column: Column, settings: TableSettings) -> str | None:
    if column.name in settings.skip:
        return "left out by --skip"
    if settings.only and column.name not in settings.only:
        return "not among --attribute"
    if not column.usable:
        return column.refused
    if column.name in settings.only:
        return None
    folded = " ".join(words_of(column.name))
    unique = column.distinct == column.filled
    if _NUMBERS_ROWS.fullmatch(folded) and unique and column.kind in (Kind.NUMBER, Kind.CODE):
        return "numbers the rows"
    if column.changes and settings.as_of is None:
        return "changes with time, and no day is named (--as-of)"
    return None


def _topic(
    columns: Sequence[Column], askable: Sequence[Column], settings: TableSettings, roles: dict[str, Role], key: Key
) -> Column | None:
    """The column that groups rows by topic: named, or a category where enough else is left to ask."""
    if settings.topic is not None:
        chosen = next((column for column in columns if column.name == settings.topic), None)
        if chosen is not None:
            roles[chosen.name] = Role("topic", "named by --topic; not asked, since prompts show the topic")
        return chosen
    if len(askable) < 3:
        return None
    for column in askable:
        often = column.filled >= 8 * column.distinct
        if (
            column.kind is Kind.TEXT
            and 2 <= column.distinct <= _MOST_TOPICS
            and often
            and column.name not in (*settings.only, key.second)
            and column.filled >= 0.9 * column.rows
        ):
            why = f"a category of {column.distinct} values; not asked, since prompts show the topic"
            roles[column.name] = Role("topic", why)
            return column
    return None


def _share(key: Key) -> str:
    return f"names {key.clear:,} of {key.rows:,} rows alone"


def _described(column: Column) -> str:
    parts = ["years" if column.year else f"{column.kind}s" if column.kind is not Kind.TEXT else "short texts"]
    if column.unit:
        parts.append(f"in {column.unit}")
    if column.numeric and column.decimals:
        parts.append(f"up to {column.decimals} decimals")
    parts.append(f"{column.distinct:,} different")
    if column.filled < column.rows:
        parts.append(f"{column.rows - column.filled:,} of {column.rows:,} cells empty")
    if column.others:
        parts.append(f"{column.others:,} cells of another kind left out")
    return ", ".join(parts)
