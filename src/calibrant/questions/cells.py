"""Cells read as what they mean: texts, lists, mappings, truth values.

In CSV everything is text, so lists arrive as JSON or as Python literals, and mappings as printed dictionaries.
"""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from calibrant.errors import InputError

__all__ = ["as_choices", "as_mapping", "as_objects", "as_text", "as_text_list", "as_truth"]

_LONGEST_LITERAL = 1_000_000
"""Characters of a cell that are tried as a literal; a longer one is text."""
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
_ONLY_QUOTED = re.compile(rf"\[\s*(?:(?:{_QUOTED.pattern})\s+)+(?:{_QUOTED.pattern})\s*\]", re.DOTALL)
_TRUTHS = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}


def as_text(value: Any) -> str | None:
    """A cell as text without blanks around it, every line end a line feed; None where nothing is left.

    A whole number that became a float on its way through a table (1972.0) is written as the whole number.

    >>> as_text(" Paris "), as_text(1972.0), as_text(True), as_text("  ")
    ('Paris', '1972', 'true', None)
    """
    if isinstance(value, str):
        text = value.strip()
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text or None
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def as_text_list(value: Any, *, parse: bool = True, separator: str | None = None) -> list[str]:
    """A cell as a list of different texts in their order; empty texts are left out.

    Args:
        value: a text, a list, a number, or a mapping of ``value``/``text`` and ``aliases`` (TriviaQA, SQuAD).
        parse: whether a text such as ``["a", "b"]`` or ``['a', 'b']`` is a list of texts. A list of numbers stays text:
            it is more often an answer than a list of answers. Give False where a list would have been a list.
        separator: what separates several texts in one cell, where white space follows it (``";"`` in TruthfulQA).

    >>> as_text_list("['1972', 'December 1972']"), as_text_list("a; b; a", separator=";"), as_text_list("[1, 2]")
    (['1972', 'December 1972'], ['a', 'b'], ['[1, 2]'])
    """
    found: list[Any]
    if isinstance(value, str) and separator is None and not (parse and "[" in value):
        text = as_text(value)
        return [] if text is None else [text]
    if isinstance(value, str):
        listed = _text_literals(value) if parse else None
        if listed is not None:
            found = listed
        else:
            found = re.split(rf"{re.escape(separator)}(?:\s+|$)", value) if separator else [value]
    elif isinstance(value, (list, tuple)):
        found = list(value)
    elif isinstance(value, dict) and not value.keys().isdisjoint(("value", "text", "aliases")):
        found = [text for key in ("value", "text", "aliases") for text in as_text_list(value.get(key), parse=False)]
    else:
        found = [value]
    texts = (as_text(one) for one in found)
    return list(dict.fromkeys(text for text in texts if text is not None))


def as_choices(value: Any) -> list[str]:
    """The options of a multiple-choice question in the order shown; nothing is left out, an empty one is ``""``.

    >>> as_choices({"text": ["red", "blue"], "label": ["A", "B"]}), as_choices('["4", "5"]')
    (['red', 'blue'], ['4', '5'])
    """
    if isinstance(value, dict) and isinstance(value.get("text"), list):
        value = value["text"]
    if isinstance(value, str):
        listed = _literal(value, "[", list)
        value = [value] if listed is None else listed
    if value is None:
        return []
    return [as_text(one) or "" for one in (value if isinstance(value, (list, tuple)) else [value])]


def as_mapping(value: Any) -> dict[str, Any] | None:
    """A mapping, or the mapping that a text prints (JSON or a Python literal); None for anything else.

    >>> as_mapping("{'topic': 'Art', 'urls': ['https://example.org']}")
    {'topic': 'Art', 'urls': ['https://example.org']}
    """
    if isinstance(value, str):
        value = _literal(value, "{", dict)
    return {str(key): inner for key, inner in value.items()} if isinstance(value, dict) else None


def as_objects(text: str) -> list[dict[str, Any]] | None:
    """A text that is a JSON list of objects, as such a list is written into csv; None where it is anything else.

    >>> as_objects('[{"text": "Zoe said so."}]'), as_objects('["Zoe"]')
    ([{'text': 'Zoe said so.'}], None)
    """
    if not text.lstrip().startswith("[") or len(text) > _LONGEST_LITERAL:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if found and isinstance(found, list) and all(isinstance(one, dict) for one in found) else None


def as_truth(value: Any) -> bool | None:
    """True, false, or None for an empty cell.

    Raises:
        InputError: the cell says something else.
    """
    text = as_text(value)
    if text is None:
        return None
    truth = _TRUTHS.get(text.casefold())
    if truth is None:
        raise InputError(f"{text[:40]!r} is neither true nor false", remedy="Write true or false")
    return truth


def _text_literals(text: str) -> list[str] | None:
    """The texts of a printed list; None where it is no list, or holds anything but texts."""
    body = text.strip()
    if _starts_like(body, "[") and _ONLY_QUOTED.fullmatch(body):  # numpy prints ['a' 'b'], which Python reads as 'ab'
        return [single or double for single, double in _QUOTED.findall(body)]
    listed = _literal(body, "[", list)
    if listed is None or not all(isinstance(one, str) for one in listed):
        return None
    return [str(one) for one in listed]


def _literal(text: str, opening: str, kind: type) -> Any:
    body = text.strip()
    if not _starts_like(body, opening):
        return None
    for parse in (json.loads, ast.literal_eval):
        try:
            value = parse(body)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(value, kind):
            return value
    return None


def _starts_like(body: str, opening: str) -> bool:
    closing = "]" if opening == "[" else "}"
    return body.startswith(opening) and body.endswith(closing) and len(body) <= _LONGEST_LITERAL
