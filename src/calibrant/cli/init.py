"""``calibrant init``: make a folder ready."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from calibrant.errors import InputError

_TEMPLATE = """\
# Settings of this project for Calibrant. Flags and environment variables (CALIBRANT_STORE) beat them.

# Where runs are kept: a folder, or a PostgreSQL URL (better in .env: CALIBRANT_STORE=postgresql://...).
store = ".calibrant"

# Level of every interval, and the seed of everything drawn at random.
level = 0.95
seed = 0
"""


def init(
    folder: Annotated[Path, typer.Argument(help="The project's folder.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Write calibrant.toml anew.")] = False,
) -> None:
    """Write calibrant.toml with the defaults, and make the folder .calibrant where runs are kept."""
    from calibrant.cli.settings import FILE_NAME, load_settings
    from calibrant.store import open_store

    path = folder / FILE_NAME
    if path.exists() and not force:
        raise InputError("exists already", place=str(path), remedy="Say --force to write it anew.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(_TEMPLATE, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", place=str(path)) from None
    location = folder / load_settings(folder).store
    with open_store(location):
        pass
    print(f"Wrote {path}. Runs will be kept in {location}, on this machine.")
    print("Now: calibrant import results.csv && calibrant report")
