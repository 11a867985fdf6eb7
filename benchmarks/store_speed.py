"""How fast the store writes and reads on SQLite, beside the bare sqlite3 module writing the same rows.

One row = one question, one response, one run item, one confidence, one grade. Times are of this process: CPU and wall.
Making the records is not counted. The peer writes into the same tables with the same settings (write-ahead log, full
sync, 500 rows in a transaction) from tuples that are ready; it checks nothing and looks nothing up.

    python benchmarks/store_speed.py --rows 100000 --json
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calibrant.store import NewRun, open_store, response_digest
from calibrant.store.batches import Offer
from calibrant.store.content import question_row, response_row
from calibrant.types import (
    Confidence,
    ConfidenceSource,
    Grade,
    ModelRef,
    OutcomeState,
    Question,
    Response,
    ResponseKey,
    Usage,
)

BATCH = 500


@dataclass
class Timer:
    """CPU and wall time spent inside its blocks."""

    cpu: float = 0.0
    wall: float = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count the time of the block."""
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        self.cpu += time.process_time() - cpu
        self.wall += time.perf_counter() - wall

    def figures(self, rows: int) -> dict[str, float]:
        """The times, in all and for each row."""
        return {
            "cpu_s": round(self.cpu, 3),
            "wall_s": round(self.wall, 3),
            "cpu_us_per_row": round(self.cpu / rows * 1e6, 1),
            "rows_per_s": round(rows / self.wall),
        }


def offers(start: int, stop: int) -> list[Offer]:
    made = []
    for number in range(start, stop):
        question = Question(
            id=f"q{number}",
            text=f"Which of the rivers of country {number} is the longest?",
            golds=(f"River {number}", f"The River {number}"),
            domain=f"domain {number % 20}",
            topic=f"topic {number % 200}",
            cluster=f"document {number // 10}",
        )
        key = ResponseKey(question=f"{number:032x}", model="m" * 32, prompt="p" * 32, sampling="s" * 32)
        response = Response(
            key=key,
            model=ModelRef(model=f"model-{number % 12}", effort="high"),
            text=f"The longest river is River {number}, which is {number} km long.",
            finish_reason="stop",
            confidences=(Confidence(source=ConfidenceSource.STATED, value=(number % 100) / 100),),
            usage=Usage(input_tokens=120, output_tokens=20),
            cost_usd=0.0001,
            latency_s=0.8,
        )
        grade = Grade(state=OutcomeState.CORRECT, grader="exact", reason="matches the first gold answer")
        made.append(Offer(question, key.question, response, (grade,)))
    return made


def with_store(folder: Path, rows: int) -> dict[str, Any]:
    write, read, delete = Timer(), Timer(), Timer()
    with open_store(folder) as store:
        run = store.begin_run(NewRun(kind="import", source="benchmark", source_digest="benchmark"))
        writer = store.writer(run, batch=BATCH, max_age_s=3600)
        for start in range(0, rows, BATCH):
            batch = offers(start, min(start + BATCH, rows))
            with write.running():
                for offer in batch:
                    writer.add(*offer)
        with write.running():
            writer.flush()
            store.finish_run(run, set_hash="benchmark")
        with read.running():
            found = sum(1 for _ in store.outcomes(run))
        assert found == rows, found
        size = store.check().size_bytes
        with delete.running():
            store.delete_run(run)
    return {
        "write": write.figures(rows),
        "outcomes": read.figures(rows),
        "delete": delete.figures(rows),
        "bytes_per_row": round(size / rows),
    }


def with_sqlite3(folder: Path, rows: int) -> dict[str, float]:
    open_store(folder).close()
    connection = sqlite3.connect(folder / "calibrant.db", isolation_level=None)
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "cache_size=-16000", "wal_autocheckpoint=4000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("INSERT INTO runs VALUES (1, 'r', NULL, 'k', 's', 'd', 't', NULL, NULL, 0, '{}', NULL)")
    connection.execute("INSERT INTO setups VALUES (1, 'd', 'm', NULL, 'm', 'p', 's')")
    columns = {
        table: [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        for table in ("questions", "responses", "confidences", "run_items", "grades")
    }
    write = Timer()
    for start in range(0, rows, BATCH):
        tables: dict[str, list[tuple[Any, ...]]] = {table: [] for table in columns}
        for number, offer in enumerate(offers(start, min(start + BATCH, rows)), start=start + 1):
            digest = response_digest(offer.response.key)
            asked = {"number": number, **question_row(offer.question, offer.question_hash)}
            answer = {"number": number, **response_row(offer.response, digest=digest, setup=1)}
            tables["questions"].append(tuple(asked[name] for name in columns["questions"]))
            tables["responses"].append(tuple(answer[name] for name in columns["responses"]))
            tables["confidences"].append((number, 0, "stated", "stated", offer.response.confidences[0].value))
            tables["run_items"].append((number, 1, number, number))
            tables["grades"].append((number, "exact", "correct", offer.grades[0].reason))
        with write.running():
            connection.execute("BEGIN IMMEDIATE")
            for table, values in tables.items():
                marks = ", ".join("?" * len(columns[table]))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
            connection.execute("COMMIT")
    connection.close()
    return write.figures(rows)


def in_a_folder(measure: Callable[[Path, int], dict[str, Any]], rows: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="calibrant-bench-") as folder:
        return measure(Path(folder), rows)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--json", action="store_true", help="print JSON")
    given = options.parse_args()
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    store = in_a_folder(with_store, given.rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peer = in_a_folder(with_sqlite3, given.rows)
    result = {
        "rows": given.rows,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "store": store,
        "sqlite3_write": peer,
        "write_cpu_over_sqlite3": round(store["write"]["cpu_s"] / peer["cpu_s"], 2),
        "peak_memory_mb": round(peak / 1024),
        "memory_grown_mb": round((peak - base) / 1024),
    }
    if given.json:
        json.dump(result, sys.stdout, indent=2)
        print()
        return
    for name, figures in (
        ("store, write", store["write"]),
        ("sqlite3, write", peer),
        ("store, outcomes", store["outcomes"]),
        ("store, delete", store["delete"]),
    ):
        print(f"{name:16} {figures['cpu_us_per_row']:7.1f} us CPU a row  {figures['rows_per_s']:9,} rows/s")
    print(f"{store['bytes_per_row']} bytes a row")
    print(f"{result['peak_memory_mb']} MB at the most, {result['memory_grown_mb']} of it for the work")


if __name__ == "__main__":
    main()
