"""Tools as agents describe them: lists of OpenAI's or Anthropic's form, MCP ``tools/list`` results, or JSON Schemas."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calibrant.errors import InputError

__all__ = ["Tool", "read_tools"]

_READS = ("find", "get", "list", "look", "lookup", "search", "query", "fetch", "read", "show", "check")
"""First words of names of tools that find something out, where a tool does not say so itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One tool."""

    name: str
    description: str
    schema: Mapping[str, Any]
    """JSON Schema of its arguments, an object."""
    read_only: bool
    """Whether it only finds something out: as MCP's ``readOnlyHint`` says, else by the first word of its name."""

    @property
    def required(self) -> tuple[str, ...]:
        """Arguments without which it cannot be called."""
        return tuple(self.schema.get("required", ()))

    @property
    def properties(self) -> Mapping[str, Mapping[str, Any]]:
        """Argument -> its schema."""
        found: Mapping[str, Mapping[str, Any]] = self.schema.get("properties", {})
        return found

    def shown(self) -> dict[str, Any]:
        """As the task shows it to the model."""
        return {"name": self.name, "description": self.description, "parameters": self.schema}

    @property
    def signature(self) -> str:
        """The tool in one line, for models with a small context; ``?`` marks an optional argument.

        >>> schema = {"type": "object", "properties": {"id": {"type": "string"}, "to": {"enum": ["EUR", "USD"]}}}
        >>> Tool(name="pay", description="Pay.", schema={**schema, "required": ["id"]}, read_only=False).signature
        'pay(id: string, to?: EUR|USD): Pay.'
        """
        told = ", ".join(
            f"{name}{'' if name in self.required else '?'}: {_type(one)}" for name, one in self.properties.items()
        )
        what = self.description.split("\n", 1)[0]
        return f"{self.name}({told}): {what}" if what else f"{self.name}({told})"


def read_tools(path: Path) -> list[Tool]:
    """Read a JSON file of tools.

    Raises:
        InputError: the file is no list of tools, a schema is no JSON Schema, or a name is there twice.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError("there is no such file", place=str(path)) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path)) from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON: {error}", place=str(path)) from None
    if isinstance(content, dict):
        content = content.get("result", content)
        content = content.get("tools", [content]) if isinstance(content, dict) else content
    if not isinstance(content, list) or not content:
        raise InputError(
            "no list of tools", place=str(path), remedy="Give an MCP tools/list result or a list of tools."
        )
    tools = [_tool(one, f"{path}: tool {number}") for number, one in enumerate(content, 1)]
    _refuse_twins(tools, path)
    return tools


def _tool(told: Any, place: str) -> Tool:
    if isinstance(told, Mapping) and isinstance(told.get("function"), Mapping):
        told = told["function"]
    if not isinstance(told, Mapping):
        raise InputError("a tool is an object", place=place)
    name = told.get("name") or told.get("title")
    schema = next((told[key] for key in ("inputSchema", "input_schema", "parameters") if key in told), None)
    if schema is None and told.get("type") == "object":
        schema = {key: value for key, value in told.items() if key not in {"name", "title"}}
    if not isinstance(name, str) or not name.strip():
        raise InputError("a tool needs a name", place=place)
    _check(schema, place)
    assert isinstance(schema, Mapping)  # noqa: S101 (checked)
    annotations = told.get("annotations")
    hint = annotations.get("readOnlyHint") if isinstance(annotations, Mapping) else None
    return Tool(
        name=name.strip(),
        description=str(told.get("description") or schema.get("description") or "").strip(),
        schema=schema,
        read_only=hint if isinstance(hint, bool) else _first_word(name) in _READS,
    )


def _type(schema: Mapping[str, Any]) -> str:
    """What an argument is, in a word."""
    if "enum" in schema:
        return "|".join(map(str, schema["enum"]))
    kind = schema.get("type", "any")
    return kind if isinstance(kind, str) else "|".join(map(str, kind))


def _check(schema: Any, place: str) -> None:
    """Raise where the arguments are not described by a JSON Schema of an object."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    if not isinstance(schema, Mapping) or schema.get("type", "object") != "object":
        raise InputError("no JSON Schema of its arguments (inputSchema or parameters)", place=place)
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        where = "/".join(map(str, error.absolute_path))
        raise InputError(f"not a JSON Schema: {error.message}", place=f"{place}, {where}" if where else place) from None
    unknown = [one for one in schema.get("required", ()) if one not in schema.get("properties", {})]
    if unknown:
        raise InputError(f"required and not described: {', '.join(unknown)}", place=place)


def _first_word(name: str) -> str:
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in name)
    words = spaced.replace("_", " ").replace("-", " ").replace(".", " ").split()
    return words[0].casefold() if words else ""


def _refuse_twins(tools: Iterable[Tool], path: Path) -> None:
    seen: set[str] = set()
    for tool in tools:
        if tool.name in seen:
            raise InputError(f"there are two tools '{tool.name}'", place=str(path))
        seen.add(tool.name)
