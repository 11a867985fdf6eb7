"""Calibrant: how often a model is right, how often it makes things up, and a promise about it.

Importing this package loads nothing heavy; each name is loaded from its room when first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from calibrant.neighbours import import_answers
    from calibrant.questions import load_questions
    from calibrant.reports import build_report
    from calibrant.store import open_store

__version__ = "0.1.0"

__all__ = ["__version__", "build_report", "import_answers", "load_questions", "open_store"]

_ROOMS = {
    "build_report": "reports",
    "import_answers": "neighbours",
    "load_questions": "questions",
    "open_store": "store",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module 'calibrant' has no attribute '{name}'")
    return getattr(importlib.import_module(f"calibrant.{_ROOMS[name]}"), name)
