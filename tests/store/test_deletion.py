from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calibrant.errors import InputError
from calibrant.store import Store, open_store
from calibrant.types import Confidence, ConfidenceSource, OutcomeState

Make = Callable[..., Any]
SURE = (Confidence(source=ConfidenceSource.STATED, value=0.5),)


def test_the_last_run_takes_everything_with_it(store: Store, new_run: Make, item: Make) -> None:
    run = store.begin_run(new_run())
    with store.writer(run) as writer:
        for number in range(3):
            writer.add(
                *item(number, confidences=SURE, grades={"exact": OutcomeState.CORRECT, "judge": OutcomeState.CORRECT})
            )
    deleted = store.delete_run(run)
    assert (deleted.id, deleted.items, deleted.grades) == (run.id, 3, 6)
    assert (deleted.questions, deleted.responses, deleted.confidences) == (3, 3, 3)
    assert set(store.check().counts.values()) == {0}
    with pytest.raises(InputError, match="no runs here"):
        store.find_run(run.id)


def test_what_another_run_needs_stays(store: Store, new_run: Make, item: Make) -> None:
    doomed, kept = store.begin_run(new_run("a")), store.begin_run(new_run("b"))
    for run, numbers in ((doomed, (1, 2, 3)), (kept, (3, 4))):
        with store.writer(run) as writer:
            for number in numbers:
                writer.add(*item(number, confidences=SURE, grades={"exact": OutcomeState.CORRECT}))
    before = list(store.items(kept))
    deleted = store.delete_run(doomed)
    assert (deleted.items, deleted.questions, deleted.responses, deleted.confidences) == (3, 2, 2, 2)
    assert list(store.items(kept)) == before
    assert store.check().ok
    assert store.check().counts["responses"] == 2


def test_a_deleted_run_can_be_written_again(store: Store, new_run: Make, item: Make) -> None:
    for _ in range(2):
        run = store.begin_run(new_run())
        with store.writer(run) as writer:
            writer.add(*item(confidences=SURE))
        assert writer.added == 1
        store.delete_run(run)


def test_deleted_text_is_gone_from_the_disk(tmp_path: Path, new_run: Make, item: Make) -> None:
    secret = "the patient's name is Ermintrude"
    with open_store(tmp_path) as store:
        kept, run = store.begin_run(new_run("kept")), store.begin_run(new_run())
        with store.writer(kept) as writer:
            writer.add(*item(0, text="other"))
        with store.writer(run) as writer:
            for number in range(500):
                writer.add(*item(number, text=f"{secret} {number} " + "x" * 1000))
        full = store.check().size_bytes
        assert secret.encode() in b"".join(path.read_bytes() for path in tmp_path.iterdir())
        store.delete_run(run)
        assert store.check().size_bytes < full / 4
        assert secret.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert [found.response.text for found in store.items(kept)] == ["other"]
