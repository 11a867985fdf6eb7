"""The one report: a run's tables and what they were made from. Terminal, JSON and CSV show this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from calibrant.analysis.forced import ForcedRow, forced_rows
from calibrant.analysis.measures import Settings
from calibrant.analysis.overview import Analysis, analyse
from calibrant.errors import InputError
from calibrant.reports.capability import Capability
from calibrant.reports.findings import Finding, caveats, findings
from calibrant.reports.gradings import GradingPair, GradingRow, grading_cautions, read_gradings
from calibrant.reports.promises import MadePromise, promises_of
from calibrant.reports.stopping import stopping_of
from calibrant.runs.summary import RunSummary
from calibrant.store import RunInfo, Setup, Spending, Store, by_purpose, open_store
from calibrant.types import Outcome, OutcomeState, Purpose

__all__ = ["Report", "build_report", "report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run says about its models."""

    run: RunInfo
    analysis: Analysis
    grader: str | None
    """Whose grades count; None = the file's own where it has them, else a cascade's, else the exact grader's."""
    graders: Mapping[str, int]
    """Grader -> graded answers of the run."""
    gradings: tuple[GradingRow, ...] = ()
    """Who graded how much, in the order in which they count, and what judging cost."""
    agreements: tuple[GradingPair, ...] = ()
    """How far each two of them agree."""
    forced: tuple[ForcedRow, ...] = ()
    """What came of demanding answers to what was declined; empty without a second pass."""
    spending: Mapping[Purpose, Spending] = field(default_factory=dict)
    """What the run cost by purpose: answers, a judge's replies, forced answers."""
    states: Sequence[OutcomeState] = field(default=(), repr=False)
    """Of every attempt, in the order of `Store.outcomes`."""
    setups: tuple[Setup, ...] = ()
    """How the models were asked: identities and prompts."""
    promises: tuple[MadePromise, ...] = ()
    """Certificates that rest on questions of this run, the newest first."""
    capability: Capability | None = None
    """Published benchmark scores beside what was measured, where a table of them was handed in."""
    stopping: tuple[Mapping[str, Any], ...] = ()
    """What was settled while it was asked (``--stop-when``), the oldest first."""

    @property
    def card(self) -> Mapping[str, Any] | None:
        """Facts of the question set's card, as the run kept them; None where the set came without one."""
        return self.run.manifest.get("card")

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the numbers say, in plain sentences."""
        return findings(self)

    @property
    def caveats(self) -> tuple[tuple[str, str], ...]:
        """What is wrong with this comparison: (kind, sentence)."""
        return caveats(self)

    def __str__(self) -> str:
        """The report as a table of plain text, 100 columns wide."""
        import io

        from rich.console import Console

        from calibrant.reports.terminal import print_report

        text = io.StringIO()
        print_report(self, Console(file=text, width=100, highlight=False))
        return text.getvalue()

    def to_dict(self) -> dict[str, Any]:
        """The report for programs: plain values, finite numbers, None for undefined or unknown."""
        from calibrant.reports.as_json import as_dict

        return as_dict(self)


def build_report(
    store: Store,
    run: RunInfo,
    *,
    grader: str | None = None,
    level: float = 0.95,
    seed: int = 0,
    price: float = 0.5,
    partial: Literal["wrong", "drop"] = "wrong",
    by: Sequence[str] = ("domain",),
) -> Report:
    """Analyse a run.

    Args:
        store: where it is kept.
        run: which.
        grader: whose grades count; by default the file's own where it has them, else a cascade's, else the exact
            grader's.
        level: of every interval, in (0, 1).
        seed: of every resampling.
        price: t of the index at a price, in [0, 1).
        partial: what a partly right answer is where confidence is judged: wrong, or left out.
        by: what to break down by: domain, topic, language, condition; by the last also unasked, if several.

    Raises:
        InputError: the run is empty, the grader graded nothing, or an argument is out of range.
        StoreError: the run cannot be read.
    """
    try:
        settings = Settings(level=level, seed=seed, price=price, partial=partial)
    except ValueError as error:
        raise InputError(str(error)) from None
    states: list[OutcomeState] = []
    analysis = analyse(_noted(store.outcomes(run, grader), states), settings, by=by, set_hash=run.set_hash)
    spent = store.spendings(run)
    spending = by_purpose(spent)
    gradings = read_gradings(store, run, grader, spent)
    forced: tuple[ForcedRow, ...] = ()
    if Purpose.FORCED in spending:
        demanded = store.outcomes(run, grader, purpose=Purpose.FORCED)
        forced = forced_rows(store.outcomes(run, grader), demanded, level=level)
    told = (*grading_cautions(gradings.rows, run, chosen=grader is not None), *analysis.cautions)
    return Report(
        run=run,
        analysis=replace(analysis, cautions=told),
        grader=grader,
        graders=store.graders(run),
        gradings=gradings.rows,
        agreements=gradings.pairs,
        forced=forced,
        spending=spending,
        states=states,
        setups=tuple(store.setups(run)),
        promises=tuple(promises_of(store, run, {row.model for row in analysis.models})),
        stopping=tuple(stopping_of(store, run)),
    )


def _noted(outcomes: Iterable[Outcome], states: list[OutcomeState]) -> Iterator[Outcome]:
    """The outcomes as they come, their states noted down."""
    for outcome in outcomes:
        states.append(outcome.state)
        yield outcome


def report(made: RunSummary | str = "latest", *, store: Store | str | Path | None = None, **settings: Any) -> Report:
    """Report on a run: the result of ``run``, a run's id or name, or the latest. ``print`` shows it as a table.

    Args:
        made: what ``run`` returned, or what a user calls a run.
        store: where it is kept, if not in ``.calibrant``.
        settings: as for `build_report`.

    Raises:
        InputError: there is no such run, or a setting is out of range.
        StoreError: the store cannot be read.
    """
    reference = made if isinstance(made, str) else made.run.id
    if isinstance(store, Store):
        return build_report(store, store.find_run(reference), **settings)
    with open_store(store, create=False) as opened:
        return build_report(opened, opened.find_run(reference), **settings)
