"""Read price tables: our own columns in csv, json or toml, and LiteLLM's ``model_prices`` JSON."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from calibrant.errors import InputError
from calibrant.models.prices import Price

__all__ = ["read_prices"]

_AMOUNTS = ("input", "output", "cached_input", "reasoning")
_COLUMNS = ("model", *_AMOUNTS, "as_of")
_PER_TOKEN = {
    "input": "input_cost_per_token",
    "output": "output_cost_per_token",
    "cached_input": "cache_read_input_token_cost",
    "reasoning": "output_cost_per_reasoning_token",
}
_MILLION = 1_000_000


def read_prices(path: Path) -> list[tuple[str, Price]]:
    """Prices of models, dollars per million tokens.

    Understood are: csv with the columns ``model, input, output`` and perhaps ``cached_input, reasoning, as_of``; json
    and toml as a list of such rows, as a list under ``prices``, or as a table from model to row; LiteLLM's JSON, whose
    dollars are per token and whose entries without a price for text are passed over.

    Args:
        path: the file; its ending tells the format.

    Returns:
        Model and price, in the file's order. Several of one model, each from another day, are its history.

    Raises:
        InputError: the file cannot be read, a model stands twice with one day, a price is missing or no number; names
            line or entry.
    """
    found: dict[tuple[str, date | None], Price] = {}
    try:
        for place, row in _rows(path):
            model = str(row.get("model") or "").strip()
            if not model:
                raise InputError("has no model", place=place, remedy=f"Columns: {', '.join(_COLUMNS)}.")
            price = _price(row, place, path.name)
            if (model, price.as_of) in found:
                day = f" with as_of {price.as_of}" if price.as_of else ""
                raise InputError(f"{model} stands twice{day}", place=place)
            found[model, price.as_of] = price
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path)) from None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8", place=path.name) from None
    if not found:
        raise InputError("holds no prices", place=path.name)
    return [(model, price) for (model, _), price in found.items()]


def _rows(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    kind = path.suffix.lower()
    if kind == ".csv":
        yield from _csv_rows(path)
    elif kind == ".json":
        try:
            table = json.loads(path.read_text(encoding="utf-8-sig"))
        except json.JSONDecodeError as error:
            raise InputError(f"is no JSON: {error.msg}", place=f"{path.name}:{error.lineno}") from None
        yield from _table_rows(table, path.name)
    elif kind == ".toml":
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"is no TOML: {error}", place=path.name) from None
        yield from _table_rows(table, path.name)
    else:
        raise InputError("is of no known format", place=path.name, remedy="Known: .csv, .json, .toml.")


def _csv_rows(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        known = [(name or "").strip().lower() for name in reader.fieldnames or ()]
        missing = [name for name in ("model", "input", "output") if name not in known]
        if missing:
            remedy = f"Columns: {', '.join(_COLUMNS)}."
            raise InputError(f"has no column {', '.join(missing)}", place=f"{path.name}:1", remedy=remedy)
        reader.fieldnames = known
        for row in reader:
            yield f"{path.name}:{reader.line_num}", row


def _table_rows(table: Any, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(table, Mapping) and isinstance(table.get("prices"), list | Mapping):
        table = table["prices"]
    if isinstance(table, list):
        for number, row in enumerate(table, start=1):
            place = f"{name}: entry {number}"
            yield place, _mapping(row, place)
        return
    for model, row in _mapping(table, name).items():
        place = f"{name}: {model}"
        entry = _mapping(row, place)
        if not any(amount in entry for amount in _AMOUNTS):
            if model != "sample_spec" and all(_PER_TOKEN[part] in entry for part in ("input", "output")):
                yield place, {"model": model} | _per_million(entry, place)
            elif not _is_litellm(entry):
                raise InputError("has no price", place=place, remedy=f"Fields: {', '.join(_COLUMNS[1:])}.")
            continue
        yield place, {"model": model, **entry}


def _is_litellm(entry: Mapping[str, Any]) -> bool:
    return any(name in entry for name in ("litellm_provider", "mode")) or any("cost_per" in name for name in entry)


def _per_million(entry: Mapping[str, Any], place: str) -> dict[str, float]:
    told = {part: entry[name] for part, name in _PER_TOKEN.items() if entry.get(name) is not None}
    # Rounded, since 1.5e-07 dollars a token times a million is 0.15 only nearly.
    return {part: round(_amount(value, part, place) * _MILLION, 9) for part, value in told.items()}


def _mapping(found: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(found, Mapping):
        raise InputError("is no table", place=place)
    return found


def _price(row: Mapping[str, Any], place: str, source: str) -> Price:
    amounts: dict[str, float] = {}
    for name in _AMOUNTS:
        value = row.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if name in ("input", "output"):
                raise InputError(f"has no price for {name}", place=place)
            continue
        amounts[name] = _amount(value, name, place)
    return Price(**amounts, as_of=_day(row.get("as_of"), place), source=source)


def _amount(value: Any, name: str, place: str) -> float:
    try:
        amount = float(str(value).strip().removeprefix("$"))
    except ValueError:
        amount = float("nan")
    if isinstance(value, bool) or not 0 <= amount < float("inf"):
        raise InputError(f"the price for {name} is '{value}', not a number of dollars >= 0", place=place)
    return amount


def _day(value: Any, place: str) -> date | None:
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(str(value).strip()[:10])
    except ValueError:
        raise InputError(f"as_of is '{value}', not a date like 2026-01-31", place=place) from None
