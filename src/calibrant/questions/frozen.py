"""A set that must not change any more: its identity beside it, and a warning as soon as the file says otherwise."""

from __future__ import annotations

import json
from pathlib import Path

from calibrant.errors import InputError

__all__ = ["check_frozen", "freeze", "frozen_hash"]


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.frozen.json")


def freeze(path: Path, set_hash: str) -> Path:
    """Write a set's hash beside it, as ``NAME.frozen.json``.

    Raises:
        InputError: the set is frozen with another hash, or nothing can be written there.
    """
    check_frozen(path, set_hash)
    try:
        _beside(path).write_text(json.dumps({"set_hash": set_hash}) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"it cannot be written: {error.strerror or error}", place=str(_beside(path))) from error
    return _beside(path)


def check_frozen(path: Path, set_hash: str) -> None:
    """Refuse another set under the name of a frozen one; to be called before anything is written.

    Raises:
        InputError: a set of this name is frozen with another hash.
    """
    before = frozen_hash(path)
    if before not in (None, set_hash):
        raise InputError(
            f"the set was frozen as {before[:12] if before else ''} and is {set_hash[:12]} now",
            place=str(path),
            remedy=f"Restore it, or remove {_beside(path).name} if it may change",
        )


def frozen_hash(path: Path) -> str | None:
    """The hash that a set was frozen with; None where it was not.

    Raises:
        InputError: the file that holds it is damaged.
    """
    beside = _beside(path)
    try:
        content = json.loads(beside.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise InputError(f"it cannot be read: {error}", place=str(beside)) from error
    found = content.get("set_hash") if isinstance(content, dict) else None
    if not isinstance(found, str):
        raise InputError("it holds no set_hash", place=str(beside), remedy="Freeze the set again")
    return found
