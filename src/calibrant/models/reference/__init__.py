"""Reference models: small transformers that come with the package, know a made-up world, and make things up.

They answer on this machine with NumPy alone. Importing this loads neither a tokenizer nor weights.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from calibrant.models.reference.files import DATA, NAMES, ReferenceFiles

if TYPE_CHECKING:
    from calibrant.models.reference.engine import Engine
    from calibrant.models.reference.model import EFFORTS, ReferenceModel, looks_up

__all__ = ["DATA", "EFFORTS", "NAMES", "Engine", "ReferenceFiles", "ReferenceModel", "looks_up"]

_FILES = {"EFFORTS": "model", "Engine": "engine", "ReferenceModel": "model", "looks_up": "model"}


def __getattr__(name: str) -> Any:
    if name not in _FILES:
        raise AttributeError(f"module 'calibrant.models.reference' has no attribute '{name}'")
    return getattr(importlib.import_module(f"calibrant.models.reference.{_FILES[name]}"), name)
