"""Processes that are killed or write at the same time: nothing committed is lost, and nothing is there twice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import calibrant
from calibrant.store import open_store

WRITER = """
import sys
from calibrant.store import NewRun, open_store
from calibrant.types import *

location, model, amount = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open_store(location) as store:
    run = store.begin_run(NewRun(kind="import", source="a.csv", source_digest="a"))
    with store.writer(run, batch=20, max_age_s=1e9) as writer:
        for number in range(amount):
            question = Question(id=f"q{number}", text=f"Question {number}?", golds=("Paris",))
            key = ResponseKey(question=f"{number:032x}", model=model, prompt="p", sampling="s")
            sure = (Confidence(source=ConfidenceSource.STATED, value=0.5),)
            response = Response(key=key, model=ModelRef(model=model), text="Paris", confidences=sure)
            writer.add(question, key.question, response, [Grade(state=OutcomeState.CORRECT, grader="exact")])
            if number % 20 == 19:
                print(writer.added + writer.skipped, flush=True)
    store.finish_run(run, set_hash="h")
"""


def write(location: str, *, model: str = "m", amount: int) -> subprocess.Popen[str]:
    source = str(Path(calibrant.__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, location, model, str(amount)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": source},
    )


def test_a_killed_writer_leaves_whole_batches_and_can_go_on(location: str) -> None:
    with write(location, amount=100_000) as process:
        assert process.stdout is not None
        for _ in range(4):
            told = int(process.stdout.readline())
        process.kill()
    with open_store(location) as store:
        run = store.find_run()
        assert not run.complete
        assert run.counts["items"] >= told >= 80
        assert run.counts["items"] % 20 == 0
        counts = store.check().counts
        assert store.check().ok
        assert counts["questions"] == counts["responses"] == counts["confidences"] == counts["grades"]
        assert counts["responses"] == run.counts["items"]
        amount = run.counts["items"] + 30
    with write(location, amount=amount) as process:
        assert process.communicate()[0]
    assert process.returncode == 0
    with open_store(location) as store:
        run = store.find_run()
        assert run.complete
        assert [outcome.question_id for outcome in store.outcomes(run)] == [f"q{number}" for number in range(amount)]


def test_processes_that_open_and_write_a_new_store_at_once_all_succeed(location: str) -> None:
    processes = [write(location, model=model, amount=200) for model in ("a", "b", "a")]
    for process in processes:
        process.communicate()
    assert [process.returncode for process in processes] == [0, 0, 0]
    with open_store(location) as store:
        (run,) = store.list_runs()
        assert (run.questions, run.responses, run.models) == (200, 400, ("a", "b"))
        seen = [(outcome.question_id, outcome.model.model) for outcome in store.outcomes(run)]
        assert len(seen) == len(set(seen)) == 400
        assert store.check().ok
