"""``calibrant demo``: the whole way from answers to a report, on published answers that come with the package."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from calibrant.cli import options

_INTRODUCTION = (
    "Real answers of real models, recorded by others and measured here; nothing leaves this machine.\n"
    "None of these models declines: whatever one does not know, it makes up. That is what the numbers show."
)


def demo(
    limit: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--limit", min=1, help="Use only the first rows of each sample."),
    ] = None,
    level: options.Level = None,
    seed: options.Seed = None,
    as_json: options.Json = False,
) -> None:
    """Measure seven real models on packaged samples of CRUXEval and TriviaQA. Offline, no key, nothing is kept."""
    from calibrant.cli.printing import console, plural, print_json
    from calibrant.cli.settings import Settings
    from calibrant.reports import print_report

    defaults = Settings()
    with tempfile.TemporaryDirectory(prefix="calibrant-demo-") as folder:
        crux, trivia = _measure(
            Path(folder),
            limit=limit,
            level=defaults.level if level is None else level,
            seed=defaults.seed if seed is None else seed,
        )
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
    screen.print("Your own answers: calibrant import results.csv && calibrant report", style="bold")


def _heading(screen: Any, name: str, about: str) -> None:
    screen.rule(name, align="left")
    screen.print(about, style="dim")


def _programs(crux: Any) -> str:
    from calibrant.cli.printing import plural

    return plural(crux.analysis.questions, "program")


def _measure(folder: Path, *, limit: int | None, level: float, seed: int) -> tuple[Any, Any]:
    from calibrant.neighbours import ImportOptions, import_answers
    from calibrant.reports import build_report
    from calibrant.samples import CRUXEVAL, TRIVIAQA
    from calibrant.store import open_store

    built = []
    with open_store(folder) as store:
        for sample, name in ((CRUXEVAL, "CRUXEval sample"), (TRIVIAQA, "TriviaQA sample")):
            summary = import_answers(sample, store, ImportOptions(name=name, limit=limit))
            # Where the package lies on this machine is nobody's business: the sample is named by its file.
            run = replace(summary.run, source=sample.name)
            built.append(build_report(store, run, level=level, seed=seed))
    return built[0], built[1]
