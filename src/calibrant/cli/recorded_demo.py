"""``calibrant demo --recorded``: from answers to a report, on published answers that come with the package."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

__all__ = ["Measuring", "show_recorded"]

_INTRODUCTION = (
    "Real answers of real models, recorded by others and measured here; nothing leaves this machine.\n"
    "None of these models declines: whatever one does not know, it makes up. That is what the numbers show."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    """How much to measure, and how."""

    limit: int | None
    level: float
    seed: int


def show_recorded(measuring: Measuring, *, as_json: bool, html: Path | None) -> None:
    """Measure seven real models on packaged samples of CRUXEval and TriviaQA, and print the reports."""
    from calibrant.cli.printing import console, plural, print_json, remark
    from calibrant.reports import print_report

    with tempfile.TemporaryDirectory(prefix="calibrant-demo-") as folder:
        crux, trivia = _measure(Path(folder), measuring, html)
    if html is not None:
        remark(f"wrote {html}: the CRUXEval sample")
    if as_json:
        print_json({**crux.to_dict(), "more": [trivia.to_dict()]})
        return
    screen = console()
    screen.print(_INTRODUCTION, style="dim")
    _heading(screen, "CRUXEval", f"What does this Python program return? {_programs(crux)}, graded by its authors.")
    print_report(crux, screen)
    screen.print(
        "Confidence here is agreement: the share of 10 samples (gpt-4o: 3) that give the same value as the answer.",
        style="dim",
    )
    screen.print()
    asked = plural(trivia.analysis.questions, "trivia question")
    _heading(screen, "TriviaQA", f"{asked}, graded by Calibrant's exact grader.")
    print_report(trivia, screen)
    screen.print("Your own answers: calibrant import results.csv && calibrant view", style="bold")


def _heading(screen: Any, name: str, about: str) -> None:
    screen.rule(name, align="left")
    screen.print(about, style="dim")


def _programs(crux: Any) -> str:
    from calibrant.cli.printing import plural

    return plural(crux.analysis.questions, "program")


def _measure(folder: Path, measuring: Measuring, html: Path | None) -> tuple[Any, Any]:
    from calibrant.neighbours import ImportOptions, import_answers
    from calibrant.reports import build_report
    from calibrant.samples import CRUXEVAL, TRIVIAQA
    from calibrant.store import open_store

    built = []
    with open_store(folder) as store:
        for sample, name in ((CRUXEVAL, "CRUXEval sample"), (TRIVIAQA, "TriviaQA sample")):
            summary = import_answers(sample, store, ImportOptions(name=name, limit=measuring.limit))
            # Where the package lies on this machine is nobody's business: the sample is named by its file.
            run = replace(summary.run, source=sample.name)
            built.append(build_report(store, run, level=measuring.level, seed=measuring.seed))
        if html is not None:
            from calibrant.reports.html import write_html

            write_html(built[0], store, html)
    return built[0], built[1]
