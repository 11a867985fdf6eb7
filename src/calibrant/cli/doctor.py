"""``calibrant doctor``: is everything here that is needed, and in order?"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from pathlib import Path
from typing import Any

import typer

from calibrant import __version__
from calibrant.cli import options
from calibrant.errors import CalibrantError

_EXTRAS = {"hf": "datasets", "postgres": "psycopg"}
_KEYS = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "HF_TOKEN", "CALIBRANT_STORE")


def doctor(store: options.StoreLocation = None, as_json: options.Json = False) -> None:
    """Check this installation, the settings and the store. Names of keys are shown, never their values."""
    from calibrant.cli.printing import print_json

    checks = [_python(), _disk(store), _extras(), _keys(), _settings(), _store(store)]
    if as_json:
        print_json({"schema_version": 1, "version": __version__, "checks": checks})
    else:
        print(f"calibrant {__version__}")
        for check in checks:
            print(f"  {'ok ' if check['ok'] else 'BAD'} {check['what']:<10} {check['found']}")
    if not all(check["ok"] for check in checks):
        raise typer.Exit(2)


def _check(what: str, ok: bool, found: str) -> dict[str, Any]:
    return {"what": what, "ok": ok, "found": found}


def _python() -> dict[str, Any]:
    encoding = sys.stdout.encoding or "none"
    found = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, output in {encoding}"
    return _check("python", sys.version_info >= (3, 11), found)


def _disk(location: str | None) -> dict[str, Any]:
    """Where the store is or will be; of a server's disk nothing is known here."""
    from calibrant.cli.settings import load_settings
    from calibrant.store.location import resolve

    try:
        file = resolve(location or load_settings().store).file
    except CalibrantError as error:
        return _check("disk", False, str(error))
    if file is None:
        return _check("disk", True, "the store is on a server")
    folder = next(parent for parent in file.parents if parent.is_dir())
    free = shutil.disk_usage(folder).free
    return _check("disk", free > 100 * 2**20, f"{free / 2**30:.1f} GiB free at {folder}")


def _extras() -> dict[str, Any]:
    found = [f"{name} {'yes' if importlib.util.find_spec(module) else 'no'}" for name, module in _EXTRAS.items()]
    return _check("extras", True, ", ".join(found))


def _keys() -> dict[str, Any]:
    found = [name for name in _KEYS if os.environ.get(name)]
    return _check("variables", True, ", ".join(found) + " set" if found else "none set (none is needed)")


def _settings() -> dict[str, Any]:
    from calibrant.cli.settings import FILE_NAME, load_settings

    try:
        load_settings()
    except CalibrantError as error:
        return _check("settings", False, str(error))
    return _check("settings", True, FILE_NAME if Path(FILE_NAME).is_file() else f"defaults (no {FILE_NAME} here)")


def _store(location: str | None) -> dict[str, Any]:
    from calibrant.cli.settings import load_settings
    from calibrant.store import open_store

    try:
        where = location or load_settings().store
        if "://" not in where and not Path(where).exists():
            return _check("store", True, f"none yet at {where} (calibrant init or import makes it)")
        with open_store(where, create=False) as opened:
            health = opened.check()
    except CalibrantError as error:
        return _check("store", False, str(error))
    return _check("store", health.ok, str(health))
