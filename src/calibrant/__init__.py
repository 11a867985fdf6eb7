"""Calibrant: how often a model is right, how often it makes things up, and a promise about it.

Importing this package loads nothing heavy; each name is loaded from its room when first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from calibrant.models import load_model
    from calibrant.neighbours import import_answers
    from calibrant.questions import load_questions
    from calibrant.reports import build_report, report
    from calibrant.runs import RunOptions, run, run_async
    from calibrant.store import open_store

__version__ = "0.1.0"

__all__ = [
    "RunOptions",
    "__version__",
    "build_report",
    "import_answers",
    "load_model",
    "load_questions",
    "open_store",
    "report",
    "run",
    "run_async",
]

_ROOMS = {
    "RunOptions": "runs",
    "build_report": "reports",
    "import_answers": "neighbours",
    "load_model": "models",
    "load_questions": "questions",
    "open_store": "store",
    "report": "reports",
    "run": "runs",
    "run_async": "runs",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module 'calibrant' has no attribute '{name}'")
    return getattr(importlib.import_module(f"calibrant.{_ROOMS[name]}"), name)
