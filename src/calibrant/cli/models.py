"""``calibrant models``: which models this folder knows, and what their endpoints support."""

from __future__ import annotations

import os
from typing import Annotated, Any, Optional

import typer

from calibrant.cli import options

app = typer.Typer(no_args_is_help=True, help="List and check models.", rich_markup_mode=None)

_KNOWS = ("usage", "temperature", "seed", "logprobs", "samples")


@app.callback()
def models() -> None:
    """List and check models."""


@app.command("list")
def list_models(as_json: options.Json = False) -> None:
    """List the models of calibrant.toml, with their endpoints, keys and efforts. Nothing is sent."""
    from calibrant.cli.printing import console, print_json
    from calibrant.models import read_models

    rows = [_row(name, config) for name, config in read_models().items()]
    if as_json:
        print_json({"schema_version": 1, "models": rows})
        return
    if not rows:
        print(
            "No models in calibrant.toml yet. With OPENAI_API_KEY set, any model name of that endpoint works as it is."
        )
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("model", "wire", "asked at", "key", "efforts", "price in/out"):
        table.add_column(name)
    for row in rows:
        price = f"{row['price']['input']:g}/{row['price']['output']:g}" if row["price"] else "unknown"
        key = "none" if not row["api_key_env"] else f"{row['api_key_env']} {'set' if row['key_set'] else 'not set'}"
        cells = (row["model"], row["wire"], row["asked_at"], key, ", ".join(row["efforts"]), price)
        table.add_row(*(Text(_plain(cell)) for cell in cells))
    console().print(table)


@app.command("check")
def check(
    names: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads the annotation at run time
        typer.Argument(metavar="[MODEL[@EFFORT]]...", help="Models to check. Default: all of calibrant.toml."),
    ] = None,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Longest wait for one reply, seconds.")] = 60.0,
    as_json: options.Json = False,
) -> None:
    """Ask each endpoint a few tiny questions: is it there, does it take the key, what does it support.

    Exit code 3 where one does not answer, or not at an effort that was asked for.
    """
    import asyncio

    from calibrant.cli.printing import print_json
    from calibrant.errors import InputError
    from calibrant.models import check_model, read_models

    wanted = names or list(read_models())
    if not wanted:
        raise InputError("no model to check", remedy="Name one, or describe it in calibrant.toml.")

    async def checked() -> list[Any]:
        return [await check_model(name, timeout_s=timeout) for name in wanted]

    found = asyncio.run(checked())
    if as_json:
        print_json({"schema_version": 1, "models": [_check_row(one) for one in found]})
    else:
        for one in found:
            _print(one)
    if not all(one.is_fine for one in found):
        raise typer.Exit(3)


def _row(name: str, config: Any) -> dict[str, Any]:
    from calibrant.models.assembly import efforts_of, key_variable, usual_url, without_userinfo
    from calibrant.models.config import check_url

    url = usual_url(config)
    if "$" not in url and not (config.function or config.file):
        check_url(url, config.base_url or "OPENAI_BASE_URL")
    variable = key_variable(config)
    return {
        "model": name,
        "wire": config.wire,
        "asked_at": config.function or config.file or without_userinfo(url),
        "asked_for": config.model or name,
        "api_key_env": variable,
        "key_set": bool(os.environ.get(variable, "").strip()) if variable else None,
        "efforts": list(efforts_of(config)),
        "price": config.price.model_dump(mode="json") if config.price else None,
    }


def _check_row(one: Any) -> dict[str, Any]:
    return {
        "model": one.model,
        "fine": one.is_fine,
        "reachable": one.reachable,
        "error": one.error,
        "latency_s": one.latency_s,
        **{name: getattr(one, name) for name in _KNOWS},
        "efforts": dict(one.efforts),
        "remarks": dict(one.remarks),
        "requests": one.requests,
    }


def _print(one: Any) -> None:
    if not one.reachable:
        print(f"{_plain(one.model)}: does not answer: {_plain(one.error or '')}")
        return
    latency = "" if one.latency_s is None else f" in {one.latency_s:.2f} s"
    print(f"{_plain(one.model)}: answers{latency}, {one.requests} requests")
    words = {True: "yes", False: "no", None: "not asked"}
    print("  " + ", ".join(f"{name} {words[getattr(one, name)]}" for name in _KNOWS))
    if one.efforts:
        print("  efforts: " + ", ".join(f"{_plain(name)} {words[works]}" for name, works in one.efforts.items()))
    for what, said in one.remarks.items():
        print(f"  {_plain(what)}: {_plain(said)}")


def _plain(text: object) -> str:
    """Text without the control characters that could drive a terminal."""
    return "".join(character if character.isprintable() else " " for character in str(text))
