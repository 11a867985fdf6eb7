"""``calibrant prices``: what tokens cost, by model and day."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from calibrant.cli import options

app = typer.Typer(no_args_is_help=True, help="Import and list prices of tokens.", rich_markup_mode=None)


@app.callback()
def prices() -> None:
    """Import and list prices of tokens."""


@app.command("import")
def import_prices(
    file: Annotated[Path, typer.Argument(help="csv, json or toml; or LiteLLM's price file.", show_default=False)],
    store: options.StoreLocation = None,
    as_json: options.Json = False,
) -> None:
    """Import prices in dollars per million tokens: model, input, output[, cached_input, reasoning, as_of].

    A price holds from its day (as_of; default today) until a later one. A price in calibrant.toml goes before.
    """
    from calibrant.cli.printing import print_json
    from calibrant.cli.settings import load_settings
    from calibrant.models import read_prices
    from calibrant.store import open_store

    found = read_prices(file)
    with open_store(store or load_settings().store) as opened:
        kept = opened.keep_prices(found)
    if as_json:
        print_json({"schema_version": 1, "prices": kept})
    else:
        print(f"{kept:,} prices kept. A run shows and limits (--budget) its cost by them.")


@app.command("list")
def list_prices(store: options.StoreLocation = None, as_json: options.Json = False) -> None:
    """List the prices that are known, in dollars per million tokens."""
    from calibrant.cli.printing import console, print_json
    from calibrant.cli.settings import load_settings
    from calibrant.store import open_store

    with open_store(store or load_settings().store) as opened:
        found = opened.prices()
    if as_json:
        print_json({"schema_version": 1, "prices": [_row(model, price) for model, price in found]})
        return
    if not found:
        print("No prices yet. Import some with: calibrant prices import FILE")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("model", "from", "input", "cached", "output", "reasoning", "source"):
        table.add_column(name, justify="left" if name in {"model", "from", "source"} else "right")
    for model, price in found:
        amounts = (price.input, price.cached_input, price.output, price.reasoning)
        shown = ["" if amount is None else f"{amount:g}" for amount in amounts]
        table.add_row(model, str(price.as_of), *shown, price.source or "")
    console().print(table)


def _row(model: str, price: Any) -> dict[str, Any]:
    parts = {name: getattr(price, name) for name in ("input", "cached_input", "output", "reasoning", "source")}
    return {"model": model, "as_of": None if price.as_of is None else price.as_of.isoformat(), **parts}
