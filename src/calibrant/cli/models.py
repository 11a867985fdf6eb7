"""``calibrant models``: which models there are, what their endpoints support, and the reference models as a server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from calibrant.cli import options

app = typer.Typer(no_args_is_help=True, help="List, check and serve models.", rich_markup_mode=None)

_FREE = {"input": 0.0, "output": 0.0, "cached_input": None, "reasoning": None, "as_of": None}
_KNOWS = ("usage", "temperature", "seed", "logprobs", "samples")


@app.callback()
def models() -> None:
    """List, check and serve models."""


@app.command("list")
def list_models(as_json: options.Json = False) -> None:
    """List the models of calibrant.toml, with their endpoints, keys and efforts, and those that come with Calibrant.

    Nothing is sent.
    """
    from calibrant.cli.printing import console, print_json, remark
    from calibrant.models import ModelConfig, read_models
    from calibrant.models.reference import NAMES

    entries = read_models()
    built_in = {name: ModelConfig(wire="reference") for name in NAMES if name not in entries}
    rows = [_row(name, config) for name, config in (entries | built_in).items()]
    if as_json:
        print_json({"schema_version": 1, "models": rows})
        return
    if not entries:
        remark(
            "No models in calibrant.toml yet. With OPENAI_API_KEY set, any model name of that endpoint works as it is."
        )
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


@app.command("serve")
def serve(
    names: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(metavar="[MODEL]...", help="Reference models to serve. Default: all."),
    ] = None,
    host: Annotated[str, typer.Option("--host", help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes one that is free.")] = 8000,
    public: Annotated[
        bool, typer.Option("--public", help="Allow an address that other machines can reach; there are no keys.")
    ] = False,
    max_body_mb: Annotated[
        float, typer.Option("--max-body-mb", min=0.001, max=100, help="Largest request, megabytes.")
    ] = 1.0,
    data: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--data", help="A folder of models of your own. Default: those of the package."),
    ] = None,
) -> None:
    """Serve the reference models by the OpenAI-compatible API, on this machine alone, until Ctrl-C.

    Any OpenAI client works: base_url = http://127.0.0.1:8000/v1, any key, reasoning_effort = low (from memory) or high
    (with a look-up in the almanac). Without a temperature the likeliest answer is given.
    """
    from calibrant.cli.printing import remark
    from calibrant.models.reference import DATA, Engine, ReferenceFiles
    from calibrant.models.reference.server import application, bind
    from calibrant.models.reference.server import serve as serve_app

    files = ReferenceFiles(data or DATA)
    engines = {name: Engine(files, name) for name in names or files.models}
    listening = bind(host, port, public=public)
    shown = f"[{host}]" if ":" in host else host
    remark(f"serving {', '.join(engines)} at http://{shown}:{listening.getsockname()[1]}/v1 (Ctrl-C ends)")
    serve_app(application(engines, max_body=int(max_body_mb * 1_000_000)), listening)


def _row(name: str, config: Any) -> dict[str, Any]:
    from calibrant.models.assembly import efforts_of, key_variable, usual_url, without_userinfo
    from calibrant.models.config import check_url

    url = usual_url(config)
    is_here = config.wire == "reference"
    if "$" not in url and not (config.function or config.file or is_here):
        check_url(url, config.base_url or "OPENAI_BASE_URL")
    variable = key_variable(config)
    return {
        "model": name,
        "wire": config.wire,
        "asked_at": config.function or config.file or ("this machine" if is_here else without_userinfo(url)),
        "asked_for": config.model or name,
        "api_key_env": variable,
        "key_set": bool(os.environ.get(variable, "").strip()) if variable else None,
        "efforts": list(efforts_of(config)),
        "price": config.price.model_dump(mode="json") if config.price else _FREE if is_here else None,
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
