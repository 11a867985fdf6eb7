"""Cells of a benchmark over several processes, and tables that say what they were made with."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent.parent / "results"
SEEDS = 5


def arguments(description: str | None, draws: int) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=draws, help="in all, divided over five seeds")
    parser.add_argument("--seed", type=int, default=0, help="the first of five")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, help="a file for the table")
    return parser


def over_cells(work: Callable[..., Any], cells: Sequence[tuple[Any, ...]], processes: int) -> list[Any]:
    """work(*cell) for each cell, in order."""
    os.environ["OMP_NUM_THREADS"] = "1"
    if processes == 1:
        return [work(*cell) for cell in cells]
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(work, *zip(*cells, strict=True), chunksize=1))


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def write(text: str, out: Path | None) -> None:
    sys.stdout.write(text + "\n")
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
