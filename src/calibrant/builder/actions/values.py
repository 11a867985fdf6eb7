"""Cells as the values that a tool's schema asks for: a csv holds texts, and many a tool wants numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator

from calibrant.builder.tables.cells import number_in, tell

__all__ = ["fitted"]

_TRUTHS = {"true": True, "yes": True, "false": False, "no": False}


def fitted(schema: Mapping[str, Any], cells: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments with the values of cells, each in the form that its schema asks for; what has no such form is left out.

    Only the form changes: the text ``10.50`` becomes the number 10.5, the number 1001 the text ``1001``.

    Args:
        schema: of the arguments, an object.
        cells: argument -> cell.

    >>> schema = {"properties": {"amount": {"type": "number"}, "id": {"type": "string"}, "paid": {"type": "boolean"}}}
    >>> fitted(schema, {"amount": "10.50", "id": 1001, "paid": "maybe"})
    {'amount': 10.5, 'id': '1001'}
    """
    found = {}
    for name, cell in cells.items():
        # by itself; references reach into the whole
        asked = {"$defs": schema.get("$defs", {}), **schema.get("properties", {}).get(name, {})}
        check = Draft202012Validator(asked)
        form = next((one for one in _forms(cell) if check.is_valid(one)), None)
        if form is not None:
            found[name] = form
    return found


def _forms(cell: Any) -> list[Any]:
    """A cell as it is, then in the other forms that mean the same."""
    forms = [cell]
    number = number_in(cell)
    if isinstance(cell, str) and number is not None:
        forms += [int(number)] if number == number.to_integral_value() else [float(number)]
    elif isinstance(cell, str) and cell.strip().casefold() in _TRUTHS:
        forms.append(_TRUTHS[cell.strip().casefold()])
    elif number is not None:
        forms.append(tell(cell))
    return forms
