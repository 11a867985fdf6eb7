"""Tasks made from rows: what a call needs is taken from a row, told in a sentence, and once in a while left out."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator

from calibrant.builder.actions.tools import Tool
from calibrant.builder.actions.values import fitted
from calibrant.builder.item import Built, Check, Dropped, Item, Source
from calibrant.errors import InputError, did_you_mean
from calibrant.types import Question, Stratum

__all__ = ["ActionSettings", "build_actions"]

_INSTRUCTION = (
    "You act for a customer and can call these tools:\n{tools}\n\n"
    'Reply with one JSON object and nothing else: {{"tool": NAME, "arguments": {{...}}}} to call a tool, or '
    '{{"ask": "..."}} to ask for what you need and were not given.\n\nTask: {task}'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSettings:
    """What tasks are wanted.

    Raises:
        ValueError: ``count`` below 1, or a share outside [0, 1].
    """

    count: int = 100
    absent: float = 0.5
    """Share of the tasks in which a required argument is absent; the others are the control, in which nothing is."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Argument -> column, where their names do not tell."""
    domain: str = "actions"
    signatures: bool = False
    """Whether tools are shown as signatures, a line each, instead of their JSON Schemas."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"count must be at least 1, not {self.count}")
        if not 0 <= self.absent <= 1:
            raise ValueError(f"absent must lie in [0, 1], not {self.absent}")


@dataclass(frozen=True, slots=True)
class _Usable:
    """A tool, and from which column each of its arguments can be filled."""

    tool: Tool
    columns: Mapping[str, str]


def build_actions(
    rows: Sequence[Mapping[str, Any]],
    tools: Sequence[Tool],
    *,
    table: str,
    settings: ActionSettings,
    names: Sequence[str | None] = (),
) -> Built:
    """Make tasks for agents, of every tool as many as of the others where the rows hold enough.

    Args:
        rows: of the table, each with its columns.
        tools: what the agent may call. One that only finds something out is no task, but shown beside the others.
        table: what the table is called.
        settings: how many, and of which kind.
        names: how each row is called in the questions about it, so that all of a row is one cluster; None = by number.

    Returns:
        Items whose grader is ``action``. Those with an absent argument are in the stratum ``action``: the right
        thing is to ask or to look up. Each says in ``extra["action"]`` what was given and what is missing.

    Raises:
        InputError: no tool can be filled from the table's columns, or the settings name an argument of none.
    """
    _check_arguments(tools, settings)
    usable = [one for tool in tools if not tool.read_only and (one := _usable(tool, rows, settings)) is not None]
    if not usable:
        wanted = "; ".join(f"{tool.name} needs {', '.join(tool.required)}" for tool in tools if not tool.read_only)
        raise InputError(
            "no tool can be called with what the table's columns hold",
            place=table,
            remedy=f"Say which column fills which argument (--argument NAME=COLUMN). {wanted}",
        )
    making = _Making(rows, tools, table, settings, names)
    items = making.tasks(usable)
    return Built(
        items=tuple(items),
        dropped=tuple(making.dropped),
        skipped=_skipped(tools, usable, making.made),
        facts={
            "tools": [tool.name for tool in tools],
            "tools_shown_as": "signatures" if settings.signatures else "JSON Schema",
            "table": table,
            "seed": settings.seed,
        },
    )


def _skipped(tools: Sequence[Tool], usable: Sequence[_Usable], made: Mapping[str, int]) -> dict[str, str]:
    """Tool -> why there is no task of it."""
    fillable = {one.tool.name for one in usable}
    return {
        tool.name: "only finds something out"
        if tool.read_only
        else "its required arguments are not in the table"
        if tool.name not in fillable
        else "no row holds values that fit its schema"
        for tool in tools
        if not made.get(tool.name)
    }


def _check_arguments(tools: Sequence[Tool], settings: ActionSettings) -> None:
    known = list(dict.fromkeys(name for tool in tools for name in tool.properties))
    for argument in settings.columns:
        if argument not in known:
            raise InputError(
                f"no tool has an argument '{argument}'", place="--argument", remedy=did_you_mean(argument, known)
            )


class _Making:
    """Tasks as they are drawn: rows at random, tools in turn."""

    def __init__(
        self,
        rows: Sequence[Mapping[str, Any]],
        tools: Sequence[Tool],
        table: str,
        settings: ActionSettings,
        names: Sequence[str | None],
    ) -> None:
        self._rows, self._tools, self._table, self._settings, self._names = rows, tools, table, settings, names
        self._chance = random.Random(f"actions {settings.seed}")  # noqa: S311 - an order, no secret
        self.dropped: list[Dropped] = []
        self.made: Counter[str] = Counter()

    def tasks(self, usable: Sequence[_Usable]) -> list[Item]:
        """So many as are wanted, or as the rows hold."""
        absent = round(self._settings.count * self._settings.absent)
        left = {True: absent, False: self._settings.count - absent}
        waiting = {}
        for one in usable:
            waiting[one.tool.name] = list(range(len(self._rows)))
            self._chance.shuffle(waiting[one.tool.name])
        items: dict[str, Item] = {}
        while any(left.values()) and any(waiting.values()):
            for one in usable:
                is_absent = left[True] >= left[False]
                if not left[is_absent]:
                    break
                item = self._next(one, waiting[one.tool.name], items, is_absent=is_absent)
                if item is not None:
                    items[item.question.id] = item
                    left[is_absent] -= 1
                    self.made[one.tool.name] += 1
        return list(items.values())

    def _next(self, one: _Usable, waiting: list[int], known: Mapping[str, Item], *, is_absent: bool) -> Item | None:
        """The next task of a tool; None where no row is left that gives one."""
        while waiting:
            row = waiting.pop()
            named = self._names[row] if row < len(self._names) else None
            place = _Place(self._table, named or f"row {row + 1}")
            item = _task(self._rows[row], place, one, self._tools, self._settings, self._chance, is_absent=is_absent)
            if item is None or item.question.id in known:
                continue
            failed = next((check for check in item.checks if not check.passed), None)
            if failed is None:
                return item
            self.dropped.append(Dropped(item=item, filter=failed.name, reason=failed.detail))
        return None


@dataclass(frozen=True, slots=True)
class _Place:
    """The row that a task is made from."""

    table: str
    row: str


def _usable(tool: Tool, rows: Sequence[Mapping[str, Any]], settings: ActionSettings) -> _Usable | None:
    columns = list(dict.fromkeys(name for row in rows[:1000] for name in row))
    folded = {_fold(name): name for name in columns}
    found = {}
    for argument in tool.properties:
        column = settings.columns.get(argument) or folded.get(_fold(argument))
        if column is not None:
            if column not in columns:
                raise InputError(f"no column '{column}'", place="--argument", remedy=did_you_mean(column, columns))
            found[argument] = column
    return _Usable(tool, found) if tool.required and set(tool.required) <= found.keys() else None


def _task(
    row: Mapping[str, Any],
    place: _Place,
    usable: _Usable,
    tools: Sequence[Tool],
    settings: ActionSettings,
    chance: random.Random,
    *,
    is_absent: bool,
) -> Item | None:
    """One task; None where the row does not hold what the tool requires, or holds it in another form."""
    tool = usable.tool
    told = {argument: row.get(column) for argument, column in usable.columns.items()}
    values = fitted(tool.schema, {argument: value for argument, value in told.items() if value not in (None, "")})
    if not set(tool.required) <= values.keys() or not Draft202012Validator(tool.schema).is_valid(values):
        return None
    missing = (chance.choice(tool.required),) if is_absent else ()
    given = {argument: value for argument, value in values.items() if argument not in missing}
    if is_absent and not given:
        return None
    task = _sentence(tool, given)
    text = _INSTRUCTION.format(tools=_shown(tools, signatures=settings.signatures), task=task)
    action = {
        "tool": tool.name,
        "given": given,
        "missing": list(missing),
        "lookups": [one.name for one in tools if one.read_only],
    }
    identity = hashlib.sha256(json.dumps([text, action], sort_keys=True, default=str).encode()).hexdigest()[:12]
    gold = () if is_absent else (json.dumps({"tool": tool.name, "arguments": given}, ensure_ascii=False, default=str),)
    return Item(
        question=Question(
            id=f"a-{identity}",
            text=text,
            golds=gold,
            stratum=Stratum.ACTION if is_absent else Stratum.ANSWERABLE,
            domain=settings.domain,
            topic=tool.name,
            subtopic=missing[0] if missing else None,
            cluster=f"{place.table}: {place.row}",
            extra={"action": action},
        ),
        source=Source(document=place.table, row=place.row),
        made="action: required argument absent" if is_absent else "action: complete",
        grader="action",
        checks=_checks(task, values, missing),
    )


def _shown(tools: Sequence[Tool], *, signatures: bool) -> str:
    if signatures:
        return "\n".join(one.signature for one in tools)
    return json.dumps([one.shown() for one in tools], ensure_ascii=False)


def _checks(task: str, values: Mapping[str, Any], missing: Sequence[str]) -> tuple[Check, ...]:
    """That what is left out is really left out: neither the value nor its parts stand in the task."""
    found = []
    for argument in missing:
        value = str(values[argument])
        stands = re.search(rf"(?<!\w){re.escape(value)}(?!\w)", task, re.IGNORECASE) is not None
        detail = f"its value '{value}' stands in the task" if stands else ""
        found.append(Check("argument absent", not stands, detail))
    return tuple(found)


def _sentence(tool: Tool, given: Mapping[str, Any]) -> str:
    """The task in words: what is to be done, and what is known of it."""
    what = (tool.description or tool.name.replace("_", " ")).split("\n", 1)[0].strip().rstrip(".")
    known = "; ".join(f"{_words(argument)}: {_plain(value)}" for argument, value in given.items())
    return f"{what}. {known}." if known else f"{what}."


def _words(argument: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[_\-.]+", " ", argument).strip().casefold()


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _fold(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())
