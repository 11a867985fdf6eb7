"""Tasks made from rows: what a call needs is taken from a row, told in a sentence, and once in a while left out."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator

from calibrant.builder.actions.tools import Tool
from calibrant.builder.item import Built, Check, Dropped, Item, Source
from calibrant.errors import InputError
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
    rows: Sequence[Mapping[str, Any]], tools: Sequence[Tool], *, table: str, settings: ActionSettings
) -> Built:
    """Make tasks for agents.

    Args:
        rows: of the table, each with its columns.
        tools: what the agent may call. One that only finds something out is no task, but shown beside the others.
        table: what the table is called.
        settings: how many, and of which kind.

    Returns:
        Items whose grader is ``action``. Those with an absent argument are in the stratum ``action``: the right
        thing is to ask or to look up. Each says in ``extra["action"]`` what was given and what is missing.

    Raises:
        InputError: no tool can be filled from the table's columns.
    """
    usable = [one for tool in tools if not tool.read_only and (one := _usable(tool, rows, settings)) is not None]
    if not usable:
        wanted = "; ".join(f"{tool.name} needs {', '.join(tool.required)}" for tool in tools if not tool.read_only)
        raise InputError(
            "no tool can be called with what the table's columns hold",
            place=table,
            remedy=f"Say which column fills which argument (--argument NAME=COLUMN). {wanted}",
        )
    chance = random.Random(f"actions {settings.seed}")  # noqa: S311 - an order, no secret
    absent = round(settings.count * settings.absent)
    left = {True: absent, False: settings.count - absent}
    places = [(row, one) for row in range(len(rows)) for one in usable]
    chance.shuffle(places)
    items: dict[str, Item] = {}
    dropped: list[Dropped] = []
    for row, one in places:
        is_absent = left[True] >= left[False]
        if not left[is_absent]:
            break
        item = _task(rows[row], f"{table}:{row}", one, tools, settings, chance, is_absent=is_absent)
        if item is None or item.question.id in items:
            continue
        failed = next((check for check in item.checks if not check.passed), None)
        if failed is not None:
            dropped.append(Dropped(item=item, filter=failed.name, reason=failed.detail))
            continue
        items[item.question.id] = item
        left[is_absent] -= 1
    return Built(
        items=tuple(items.values()),
        dropped=tuple(dropped),
        skipped={tool.name: "only finds something out" for tool in tools if tool.read_only}
        | {
            tool.name: "its required arguments are not in the table"
            for tool in tools
            if not tool.read_only and tool not in [one.tool for one in usable]
        },
        facts={"tools": [tool.name for tool in tools], "table": table, "seed": settings.seed},
    )


def _usable(tool: Tool, rows: Sequence[Mapping[str, Any]], settings: ActionSettings) -> _Usable | None:
    columns = list(dict.fromkeys(name for row in rows[:1000] for name in row))
    folded = {_fold(name): name for name in columns}
    found = {}
    for argument in tool.properties:
        column = settings.columns.get(argument) or folded.get(_fold(argument))
        if column is not None:
            if column not in columns:
                raise InputError(
                    f"no column '{column}'", place="--argument", remedy=f"There are: {', '.join(columns)}."
                )
            found[argument] = column
    return _Usable(tool, found) if tool.required and set(tool.required) <= found.keys() else None


def _task(
    row: Mapping[str, Any],
    place: str,
    usable: _Usable,
    tools: Sequence[Tool],
    settings: ActionSettings,
    chance: random.Random,
    *,
    is_absent: bool,
) -> Item | None:
    """One task; None where the row does not hold what the tool requires, or holds it in another form."""
    tool = usable.tool
    values = {argument: row.get(column) for argument, column in usable.columns.items()}
    values = {argument: value for argument, value in values.items() if value not in (None, "")}
    if not set(tool.required) <= values.keys() or not Draft202012Validator(tool.schema).is_valid(values):
        return None
    missing = (chance.choice(tool.required),) if is_absent else ()
    given = {argument: value for argument, value in values.items() if argument not in missing}
    if is_absent and not given:
        return None
    task = _sentence(tool, given)
    text = _INSTRUCTION.format(tools=json.dumps([one.shown() for one in tools], ensure_ascii=False), task=task)
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
            cluster=place,
            extra={"action": action},
        ),
        source=Source(document=place.rpartition(":")[0], row=place.rpartition(":")[2]),
        made="action: required argument absent" if is_absent else "action: complete",
        grader="action",
        checks=_checks(task, values, missing),
    )


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
