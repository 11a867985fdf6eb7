"""``calibrant view``: a run's report in the browser."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Optional

import typer

from calibrant.cli import options
from calibrant.cli.report import Asked, Partial, opened, page_options


def view(
    run: Annotated[str, typer.Argument(help="Run id, the start of one, a name, or latest.")] = "latest",
    by: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--by", help="Break down by domain, topic or condition. Default: all that there are."),
    ] = None,
    price: Annotated[
        float, typer.Option("--price", min=0.0, max=0.999, help="Price t of the index: a wrong answer costs t/(1-t).")
    ] = 0.5,
    level: options.Level = None,
    seed: options.Seed = None,
    grader: options.GraderName = None,
    answers: options.Answers = None,
    without_texts: options.WithoutTexts = False,
    certificate: options.CertificateFiles = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open it; without, only say where the file is.")
    ] = True,
    store: options.StoreLocation = None,
) -> None:
    """Write the report of a run as a page and open it in the browser; the path is printed.

    The page is one file in your cache folder, readable by you alone; nothing is served. To keep or pass on a report,
    use calibrant report --html FILE.
    """
    from calibrant.cli.printing import remark
    from calibrant.reports.html import write_html

    asked = Asked(
        run=run,
        by=tuple(by or ()),
        price=price,
        partial=Partial.WRONG,
        level=level,
        seed=seed,
        grader=grader,
        certificates=tuple(certificate or ()),
        store=store,
    )
    with opened(asked, by=("domain", "topic")) as (built, place):
        path = cache_folder() / f"report-{built.run.id}.html"
        write_html(built, place, path, page_options(answers, without_texts=without_texts))
    print(path)
    if browser and not _open(path):
        remark("No browser was found: open this file in one.")


def cache_folder() -> Path:
    """Where pages to look at are kept: the user's cache folder, as the system has it."""
    named = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    if named and Path(named).is_absolute():
        return Path(named) / "calibrant" / "reports"
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "calibrant" / "reports"


def _open(path: Path) -> bool:
    import webbrowser

    # A text browser would take over the terminal that this command was started from.
    graphical = sys.platform in {"win32", "darwin"} or any(
        map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    )
    try:
        return graphical and webbrowser.open(path.as_uri())
    except webbrowser.Error:
        return False
