"""A store that may be read and not written."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from calibrant.errors import StoreError
from calibrant.neighbours import import_answers
from calibrant.store import open_store

ROWS = "question,model,answer,gold\nCapital of Australia?,a,Canberra,Canberra\n"


@contextmanager
def nobody() -> Iterator[None]:
    """As a user who owns nothing; root may write everywhere."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(me)


@pytest.fixture
def kept() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    (folder / "results.csv").write_text(ROWS, encoding="utf-8")
    with open_store(folder / "store") as store:
        import_answers(folder / "results.csv", store)
    yield folder / "store"
    (folder / "store").chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize("folder_mode", [0o555, 0o755])
def test_what_may_only_be_read_is_read(kept: Path, folder_mode: int) -> None:
    (kept / "calibrant.db").chmod(0o444)
    kept.chmod(folder_mode)
    with nobody(), open_store(kept, create=False) as store:
        assert [outcome.state for outcome in store.outcomes(store.find_run())] == ["correct"]


def test_writing_there_says_that_it_is_read_only(kept: Path) -> None:
    (kept / "calibrant.db").chmod(0o444)
    kept.chmod(0o555)
    other = kept.parent / "other.csv"
    other.write_text(ROWS.replace("Australia", "Italy"), encoding="utf-8")
    with nobody(), open_store(kept, create=False) as store, pytest.raises(StoreError, match="read-only"):
        import_answers(other, store)
