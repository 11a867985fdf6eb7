"""Fixtures of the whole suite. The only place in the tests that knows where shared data lies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of recorded outcomes of real models; tests that need it are skipped where it is absent."""
    default = Path(__file__).parent.parent.parent / "shared" / "data"
    folder = Path(os.environ.get("CALIBRANT_SHARED_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"no recorded outcomes at {folder} (set CALIBRANT_SHARED_DATA)")
    return folder


# In CI the same examples every time: a change lands or not by what it changed. Elsewhere hypothesis keeps searching.
settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")
