"""How long the page of a large report takes to make, how large it is, and how soon Chromium has it open.

    python benchmarks/report_speed.py

Making it is the whole command, ``calibrant report --html``, of 20,000 and 100,000 graded answers. Opening is from
going to the file until it is loaded; then until the list of answers is there; then until the last answer is unfolded.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from import_speed import measured, write_table
from machine import machine

from tests.reports.browser import CHROMIUM, Page, look

OPENINGS = 3


def opened(page: Path) -> tuple[float, float, float]:
    async def visit(tab: Page) -> tuple[float, float, float]:
        await tab.send("Page.enable")
        began = time.perf_counter()
        await tab.open(page)
        loaded = time.perf_counter() - began
        began = time.perf_counter()
        await tab.run("document.getElementById('questions').scrollIntoView()")
        await tab.until("document.querySelectorAll('#answers details').length > 0")
        listed = time.perf_counter() - began
        began = time.perf_counter()
        await tab.run("document.querySelector('#answers li:last-child details').open = true")
        await tab.until("document.querySelector('#answers dl') !== null")
        return loaded, listed, time.perf_counter() - began

    found: tuple[float, float, float] = look(visit)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="*", default=[20_000, 100_000])
    arguments = parser.parse_args()
    print(machine())
    calibrant = [sys.executable, "-m", "calibrant"]
    for rows in arguments.rows:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_table(folder / "results.csv", rows)
            measured([*calibrant, "import", "results.csv"], folder)
            made = measured([*calibrant, "report", "--html", "page.html"], folder)
            page = folder / "page.html"
            said = f"{rows:,} answers: made in {made['cpu_s']} s CPU ({made['wall_s']} s), {made['peak_mb']} MB; "
            print(f"{said}page {page.stat().st_size / 1e6:.1f} MB")
            if CHROMIUM is None:
                print("  Chromium is not installed: opening is not measured")
                continue
            times = [opened(page) for _ in range(OPENINGS)]
            loaded, listed, unfolded = (statistics.median(one) for one in zip(*times, strict=True))
            print(f"  loaded after {loaded:.2f} s, answers listed {listed:.2f} s later, one unfolded {unfolded:.2f} s")


if __name__ == "__main__":
    main()
