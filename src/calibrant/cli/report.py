"""``calibrant report``: what a run says about its models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from calibrant.cli import options
from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.reports import Report
    from calibrant.reports.html import PageOptions
    from calibrant.store import Store


class Partial(StrEnum):
    """What a partly right answer is where confidence is judged."""

    WRONG = "wrong"
    DROP = "drop"


def report(
    run: Annotated[str, typer.Argument(help="Run id, the start of one, a name, or latest.")] = "latest",
    by: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--by",
            help="Break down by domain, topic, language or condition; may be given several times. Default: domain",
        ),
    ] = None,
    price: Annotated[
        float, typer.Option("--price", min=0.0, max=0.999, help="Price t of the index: a wrong answer costs t/(1-t).")
    ] = 0.5,
    partial: Annotated[
        Partial,
        typer.Option("--partial", help="What a partly right answer is where confidence is judged: wrong, or left out."),
    ] = Partial.WRONG,
    level: options.Level = None,
    seed: options.Seed = None,
    grader: options.GraderName = None,
    csv: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--csv", metavar="FOLDER", help="Write every table as a csv file into this folder."),
    ] = None,
    html: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--html", metavar="FILE", help="Write the report as one page that opens offline in a browser."),
    ] = None,
    answers: options.Answers = None,
    without_texts: options.WithoutTexts = False,
    certificate: options.CertificateFiles = None,
    capability: options.CapabilityFile = None,
    store: options.StoreLocation = None,
    as_json: options.Json = False,
) -> None:
    """Show who is right how often, who makes things up, and how sure we are of it."""
    from calibrant.cli.printing import console, print_json, remark
    from calibrant.reports import print_report, write_csv

    if html is None and (answers is not None or without_texts):
        raise InputError("--answers and --without-texts are about the page", remedy="Add --html FILE.")
    asked = Asked(
        run=run,
        by=tuple(by or ()),
        price=price,
        partial=partial,
        level=level,
        seed=seed,
        grader=grader,
        certificates=tuple(certificate or ()),
        store=store,
    )
    with opened(asked) as (made, place):
        built = made if capability is None else _beside(made, capability)
        if html is not None:
            from calibrant.reports.html import write_html

            remark(f"wrote {write_html(built, place, html, page_options(answers, without_texts=without_texts))}")
    if csv is not None:
        for path in write_csv(built, csv):
            remark(f"wrote {path}")
    if as_json:
        print_json(built.to_dict())
    elif csv is None and html is None:
        print_report(built, console())


def _beside(made: Report, scores: Path) -> Report:
    """The report with published scores beside it."""
    from calibrant.reports.capability import join_capability, read_capability

    return replace(made, capability=join_capability(read_capability(scores), made.analysis))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which report, as the flags say it."""

    run: str
    by: tuple[str, ...]
    price: float
    partial: Partial
    level: float | None
    seed: int | None
    grader: str | None
    certificates: tuple[Path, ...]
    store: str | None


@contextmanager
def opened(asked: Asked, *, by: tuple[str, ...] = ("domain",)) -> Iterator[tuple[Report, Store]]:
    """The report asked for, and the store it is from while the block lasts."""
    from calibrant.cli.settings import load_settings
    from calibrant.reports import build_report
    from calibrant.reports.promises import promise_from_file
    from calibrant.store import open_store

    settings = load_settings()
    handed = [promise_from_file(path) for path in asked.certificates]
    with open_store(asked.store or settings.store, create=False) as place:
        built = build_report(
            place,
            place.find_run(asked.run),
            grader=asked.grader,
            level=settings.level if asked.level is None else asked.level,
            seed=settings.seed if asked.seed is None else asked.seed,
            price=asked.price,
            partial=asked.partial.value,
            by=asked.by or by,
        )
        yield replace(built, promises=(*handed, *built.promises)), place


def page_options(answers: int | None, *, without_texts: bool) -> PageOptions:
    """What goes into the page."""
    from calibrant.reports.html import MOST, PageOptions

    return PageOptions(most=MOST if answers is None else answers, texts=not without_texts)
