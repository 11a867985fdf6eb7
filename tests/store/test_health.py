from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from calibrant.store import Store, open_store
from calibrant.store.migrations import CURRENT_VERSION
from calibrant.types import Confidence, ConfidenceSource, OutcomeState

Make = Callable[..., Any]


def test_a_check_counts_what_there_is(store: Store, new_run: Make, item: Make) -> None:
    sure = (Confidence(source=ConfidenceSource.STATED, value=0.5), Confidence(source=ConfidenceSource.OTHER, value=5))
    with store.writer(store.begin_run(new_run())) as writer:
        writer.add(*item(1, confidences=sure, grades={"exact": OutcomeState.CORRECT}))
        writer.add(*item(2))
    health = store.check()
    assert health.ok
    assert health.counts == {
        "runs": 1, "questions": 2, "responses": 2, "confidences": 2, "run_items": 2, "grades": 1,
    }  # fmt: skip
    assert (health.place, health.schema_version, health.journal_mode) == (store.place, CURRENT_VERSION, "wal")
    assert health.size_bytes > 10_000
    assert "1 runs, 2 responses" in str(health)
    assert str(health).endswith("sound")


def test_a_commit_reaches_the_disk_before_it_counts(store: Store) -> None:
    health = store.check()
    assert health.synchronous == ("full" if health.backend.startswith("sqlite") else "on")


def test_an_sqlite_file_says_whose_it_is(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "calibrant.db")
    assert connection.execute("PRAGMA application_id").fetchone()[0].to_bytes(4, "big") == b"CALB"
    connection.close()
