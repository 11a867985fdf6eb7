"""``.env`` of the working folder. Apart from the settings, so that starting does not wait for pydantic."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["load_environment"]


def load_environment(folder: Path | None = None) -> None:
    """Take variables of ``.env`` in the folder that the environment does not hold yet."""
    path = (folder or Path.cwd()) / ".env"
    if not path.is_file():
        return
    from dotenv import dotenv_values

    try:
        values = dotenv_values(path, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        print(f"calibrant: {path} is not read: {cause}", file=sys.stderr)
        return
    for name, value in values.items():
        if value is not None:
            os.environ.setdefault(name, value)
