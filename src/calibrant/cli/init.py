"""``calibrant init``: make a folder ready."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

import typer

from calibrant.errors import InputError

_HEAD = """\
# Settings of this project for Calibrant. Flags and environment variables (CALIBRANT_STORE) beat them.

# Where runs are kept: a folder, or a PostgreSQL URL (better in .env: CALIBRANT_STORE=postgresql://...).
store = ".calibrant"

# Level of every interval, and the seed of everything drawn at random.
level = 0.95
seed = 0

# Models. Keys never stand here, only the names of the environment variables that hold them.
"""


class _Service(NamedTuple):
    """Where a key belongs."""

    name: str
    host: str
    use: str
    """How to name a model of it without an entry; empty = it needs one."""
    entry: str


def _compatible(base_url: str, variable: str) -> str:
    return f'base_url = "{base_url}"\nmodel = "NAME"\napi_key_env = "{variable}"'


_KEYS: Mapping[str, _Service] = {
    "OPENAI_API_KEY": _Service("openai", "api.openai.com", "NAME@low", 'model = "NAME"'),
    "ANTHROPIC_API_KEY": _Service(
        "anthropic", "api.anthropic.com", "anthropic:NAME@low", 'wire = "anthropic"\nmodel = "NAME"'
    ),
    "AZURE_OPENAI_API_KEY": _Service(
        "azure",
        "RESOURCE.openai.azure.com",
        "",
        'base_url = "https://RESOURCE.openai.azure.com/openai/deployments/DEPLOYMENT"\n'
        'query = { api-version = "2024-10-21" }\napi_key_env = "AZURE_OPENAI_API_KEY"\napi_key_header = "api-key"',
    ),
    "OPENROUTER_API_KEY": _Service(
        "openrouter", "openrouter.ai", "", _compatible("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY")
    ),
    "MISTRAL_API_KEY": _Service(
        "mistral", "api.mistral.ai", "", _compatible("https://api.mistral.ai/v1", "MISTRAL_API_KEY")
    ),
    "GEMINI_API_KEY": _Service(
        "gemini",
        "generativelanguage.googleapis.com",
        "",
        _compatible("https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY"),
    ),
}
_PRICE = "price = { input = 1.0, output = 4.0 }   # dollars per million tokens: shows and limits (--budget) the cost"


def init(
    folder: Annotated[Path, typer.Argument(help="The project's folder.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Write calibrant.toml anew.")] = False,
) -> None:
    """Write calibrant.toml with the defaults and the endpoints whose keys are set, and make the store .calibrant."""
    from calibrant.cli.settings import FILE_NAME, load_settings
    from calibrant.store import open_store

    path = folder / FILE_NAME
    if path.exists() and not force:
        raise InputError("exists already", place=str(path), remedy="Say --force to write it anew.")
    found = {variable: service for variable, service in _KEYS.items() if os.environ.get(variable, "").strip()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(_HEAD + "".join(map(_entry, found.items())) + ("" if found else _entry_by_hand()), "utf-8")
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", place=str(path)) from None
    location = folder / load_settings(folder).store
    with open_store(location):
        pass
    print(f"Wrote {path}.")
    for line in _what_leaves(found, location):
        print(line)


def _entry(found: tuple[str, _Service]) -> str:
    variable, service = found
    lines = [f"# {variable} is set."]
    if service.use:
        lines.append(f"# Any model works by its name, as in: calibrant run questions.csv --model {service.use}")
    lines += [f"# [models.{service.name}]", *(f"# {line}" for line in service.entry.splitlines()), f"# {_PRICE}"]
    return "\n" + "\n".join(lines) + "\n"


def _entry_by_hand() -> str:
    lines = ["# [models.mine]", '# base_url = "http://localhost:8000/v1"', '# model = "NAME"', f"# {_PRICE}"]
    return "\n" + "\n".join(lines) + "\n"


def _what_leaves(found: Mapping[str, _Service], location: Path) -> list[str]:
    keys = ", ".join(found) or "none (set OPENAI_API_KEY, or describe an endpoint in calibrant.toml)"
    base_url = urlsplit(os.environ.get("OPENAI_BASE_URL", "").strip()).hostname
    hosts = [
        base_url if variable == "OPENAI_API_KEY" and base_url else service.host for variable, service in found.items()
    ]
    where = f" (here: {', '.join(hosts)})" if hosts else ""
    asked = f"the questions and passages of your file go to the endpoint of each model you name{where}"
    return [
        f"Keys found: {keys}. Their values are read when a model is asked, and kept nowhere.",
        f"What leaves this machine: with `calibrant run`, {asked}. Nothing else does: no telemetry, no download.",
        f"What is kept: every prompt's answer, in {location}, until `calibrant runs delete RUN` overwrites it.",
        "Now: calibrant run questions.csv --model NAME, or calibrant import results.csv && calibrant report",
    ]
