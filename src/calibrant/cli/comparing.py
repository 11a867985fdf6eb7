"""``calibrant compare``: which one is better, on the same questions, and is it sure?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from calibrant.cli import options
from calibrant.errors import InputError

if TYPE_CHECKING:
    from calibrant.analysis import Aspect, CompareOptions, Gate
    from calibrant.cli.settings import Settings
    from calibrant.reports.comparison import ComparisonReport, Named
    from calibrant.store import Store


class Treatment(StrEnum):
    """What is meant to differ."""

    MODEL = "model"
    EFFORT = "effort"
    PROMPT = "prompt"
    SAMPLING = "sampling"
    SET = "set"
    GRADER = "grader"


class PairBy(StrEnum):
    """What makes two questions the same."""

    SHOWN = "shown"
    ID = "id"


def compare(
    references: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(
            metavar="A B [C...]",
            help="Runs, RUN:MODEL, models of the latest run, or files of answers. One run: all its models.",
            show_default=False,
        ),
    ] = None,
    metric: Annotated[str, typer.Option("--metric", help="What ranks, margins and groups are about.")] = "index",
    by: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--by", help="Where each does better: domain, topic, language, condition. Default: domain"),
    ] = None,
    price: Annotated[float, typer.Option("--price", min=0.0, max=0.999, help="Price t of the index at a price.")] = 0.5,
    margin: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--margin", metavar="NUMBER", help="Difference of the metric up to which two are as good as equal: 3, 2%."
        ),
    ] = None,
    declared: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--declared",
            metavar="'A vs B'",
            help="Of more than two, the pair named before the data were seen: its intervals stand alone.",
        ),
    ] = None,
    treatment: Annotated[
        Optional[list[Treatment]],  # noqa: UP045
        typer.Option("--treatment", help="What is meant to differ, besides model and effort; may be repeated."),
    ] = None,
    pair_by: Annotated[
        PairBy, typer.Option("--pair-by", help="Pair questions by what was shown, or by their ids.")
    ] = PairBy.SHOWN,
    fail_if: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--fail-if",
            metavar="CONDITION",
            help="Exit with 1 where this is established, such as 'index < -5' (A minus B); may be given several times.",
        ),
    ] = None,
    fail_unless_excluded: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--fail-unless-excluded", metavar="CONDITION", help="Exit with 1 where this cannot be excluded."),
    ] = None,
    level: options.Level = None,
    seed: options.Seed = None,
    grader: options.GraderName = None,
    csv: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--csv", metavar="FOLDER", help="Write every table as a csv file into this folder."),
    ] = None,
    markdown: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--markdown", metavar="FILE", help="Add a summary in Markdown to the end of this file."),
    ] = None,
    store: options.StoreLocation = None,
    as_json: options.Json = False,
) -> None:
    """Compare runs or models question by question: every metric with the interval of its difference, A minus B.

    Exit code 1 where a gate fails, 2 where runs differ in more than the treatment or share no questions.
    """
    from calibrant.cli.printing import console, print_json, remark
    from calibrant.reports.comparison.terminal import print_comparison

    built = compared(
        references or ["latest"],
        Wanted(
            metric=metric,
            by=tuple(by or ("domain",)),
            price=price,
            margin=margin,
            declared=declared,
            by_id=pair_by is PairBy.ID,
            treatments=tuple(one.value for one in treatment or ()),
            fail_if=tuple(fail_if or ()),
            fail_unless_excluded=tuple(fail_unless_excluded or ()),
            level=level,
            seed=seed,
            grader=grader,
        ),
        store=store,
    )
    if csv is not None:
        from calibrant.reports.comparison.as_json import write_comparison_csv

        for path in write_comparison_csv(built, csv):
            remark(f"wrote {path}")
    if markdown is not None:
        _append(built, markdown)
    if as_json:
        print_json(built.to_dict())
    else:
        print_comparison(built, console())
    if built.failed:
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which comparison, as flags say it; what is None is the settings'."""

    metric: str = "index"
    by: tuple[str, ...] = ("domain",)
    price: float = 0.5
    margin: str | None = None
    declared: str | None = None
    by_id: bool = False
    treatments: tuple[Aspect, ...] = ()
    fail_if: tuple[str, ...] = ()
    fail_unless_excluded: tuple[str, ...] = ()
    level: float | None = None
    seed: int | None = None
    grader: str | None = None


def compared(references: Sequence[str], wanted: Wanted, *, store: str | None = None) -> ComparisonReport:
    """Compare what references stand for: runs of the store, models, or files of answers.

    Raises:
        InputError: something in it cannot be understood, or cannot be compared.
        StoreError: the store cannot be read.
    """
    from calibrant.analysis import parse_gate
    from calibrant.cli.settings import load_settings
    from calibrant.reports.comparison import build_comparison, find_sides

    settings = load_settings()
    gates = [
        *(parse_gate("fail-if", text) for text in wanted.fail_if),
        *(parse_gate("fail-unless-excluded", text) for text in wanted.fail_unless_excluded),
    ]
    chosen = _options(wanted, gates, settings)
    with ExitStack() as stack:
        files = stack.enter_context(_files(references))
        place = stack.enter_context(_store_for(references, files, store or settings.store))
        sides = find_sides(place, references, grader=wanted.grader, found=files)
        return build_comparison(sides, chosen, treatments=wanted.treatments, gates=gates, grader=wanted.grader)


def _options(wanted: Wanted, gates: Sequence[Gate], settings: Settings) -> CompareOptions:
    from calibrant.analysis import ALIASES, CompareOptions
    from calibrant.analysis import Settings as Analysed

    # A gate on a group asks for the table of that group as well.
    scopes = [name for gate in gates for name in gate.condition.scope if name != "signal"]
    name = wanted.metric.strip().lower()
    metric = ALIASES.get(name, name)
    level = settings.level if wanted.level is None else wanted.level
    seed = settings.seed if wanted.seed is None else wanted.seed
    return CompareOptions(
        settings=Analysed(level=level, seed=seed, price=wanted.price),
        metric=metric,
        by=tuple(dict.fromkeys((*wanted.by, *scopes))),
        margin=None if wanted.margin is None else _margin(wanted.margin, metric),
        declared=None if wanted.declared is None else _declared(wanted.declared),
        by_id=wanted.by_id,
    )


def _margin(text: str, metric: str) -> float:
    from calibrant.analysis import METRICS, parse_condition

    units = {one.name: one.unit for one in METRICS.values()}
    if metric not in units:
        raise InputError(f"there is no metric '{metric}'", place="--metric", remedy=f"Metrics: {', '.join(units)}.")
    try:
        return parse_condition(f"{metric} < {text}", units).bound
    except InputError:
        raise InputError(f"'{text}' is no margin of {metric}", place="--margin", remedy="Write 3, or 2%.") from None


def _declared(text: str) -> tuple[str, str]:
    first, joint, second = text.partition(" vs ")
    if not joint or not first.strip() or not second.strip():
        raise InputError(f"'{text}' is no pair", place="--declared", remedy="Write 'A vs B'.")
    return first.strip(), second.strip()


@contextmanager
def _files(references: Sequence[str]) -> Iterator[dict[str, Named]]:
    """References that are files of answers, read into a store that is gone afterwards."""
    import tempfile

    from calibrant.neighbours import ImportOptions, import_answers
    from calibrant.reports.comparison import Named
    from calibrant.store import open_store

    paths = {start: Path(start) for one in references for start in _beginnings(one) if Path(start).is_file()}
    if not paths:
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="calibrant-") as folder, open_store(folder) as kept:
        yield {
            name: Named(
                store=kept,
                run=import_answers(path, kept, ImportOptions(name=path.stem, model=path.stem if name else None)).run,
            )
            for name, path in paths.items()
        }


def _beginnings(reference: str) -> list[str]:
    """The reference and whatever stands before a colon in it."""
    parts = reference.split(":")
    return [":".join(parts[:end]) for end in range(1, len(parts) + 1) if parts[0]]


@contextmanager
def _store_for(references: Sequence[str], files: dict[str, Named], location: str) -> Iterator[Store]:
    """The user's store; where all references are files none is needed, and none is made."""
    from calibrant.store import open_store

    if files and all(any(start in files for start in _beginnings(one)) for one in references):
        yield next(iter(files.values())).store
        return
    missing = next(one for one in references if not any(start in files for start in _beginnings(one)))
    try:
        opened = open_store(location, create=False)
    except InputError as error:
        if missing == "latest":
            raise
        raise InputError(
            f"'{missing}' is no file, and {error.message}", place=error.place, remedy=error.remedy
        ) from None
    with opened:
        yield opened


def _append(built: ComparisonReport, path: Path) -> None:
    from calibrant.cli.printing import remark
    from calibrant.reports.comparison.markdown import as_markdown

    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(as_markdown(built))
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", place=str(path)) from None
    remark(f"added a summary to {path}")
