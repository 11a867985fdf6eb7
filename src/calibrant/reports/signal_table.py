"""Signals of confidence in the terminal: one table, then what can be said about the best of each model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from calibrant.analysis.signals import SignalAnalysis, SignalChoice, SignalRow
from calibrant.reports.cells import UNDEFINED, Cell, interval_of_number, interval_of_share, number, plain, rate
from calibrant.reports.columns import Column, fitted
from calibrant.reports.names import Names, short_names
from calibrant.reports.signals import SignalReport
from calibrant.types import Stratum

__all__ = ["print_signals"]

_LONGEST_MODEL = 18
_LONGEST_SIGNAL = 20
_LEGEND = (
    "calls: extra calls for each answer. AUROC: chance that a right answer is surer than a wrong one, .5 = no better "
    "than chance. PRR: share of a perfect rejection's gain, rejecting up to half. off by: calibration error, of "
    "probabilities alone."
)


def print_signals(report: SignalReport, console: Console) -> None:
    """Print what each signal tells and costs, and which is the best where that is established."""
    analysis = report.analysis
    for caution in analysis.cautions:
        console.print(Text(f"! {plain(caution.text)}", style="yellow"))
    rows = [row for row in analysis.rows if row.measured.stratum is Stratum.ANSWERABLE]
    if not rows:
        console.print(Text("No question with an answer has a signal: where none is right, none can be surer."))
        return
    models = short_names((row.measured.model for row in rows), _LONGEST_MODEL)
    signals = short_names((row.measured.name for row in rows), _LONGEST_SIGNAL)
    level = f"{100 * analysis.settings.level:.4g}%"
    console.print(Text(f"What each signal of confidence tells, and what it costs. Intervals: {level}.", style="bold"))
    console.print(fitted(_columns(rows, models, signals), console.width))
    console.print(Text(_LEGEND, style="dim"))
    console.print()
    for line in _choices(analysis, rows, models, signals):
        console.print(Text(line))
    for short, name in {**models.numbered, **signals.numbered}.items():
        console.print(Text(f"{short}: {name}", style="dim"))


def _columns(rows: Sequence[SignalRow], models: Names, signals: Names) -> list[Column]:
    measured = [row.measured for row in rows]
    before = [None, *measured[:-1]]
    who = [
        Cell("" if last is not None and last.model == one.model else models[one.model])
        for last, one in zip(before, measured, strict=True)
    ]

    def numbers(name: str) -> list[Cell]:
        return [Cell(number(row.measured.values[name]), interval_of_number(row.intervals.get(name))) for row in rows]

    columns = [
        Column("model", who, words=True),
        Column("signal", [Cell(signals[one.name]) for one in measured], words=True),
        Column("n", [Cell(f"{one.n:,}") for one in measured], drop_at=5),
        Column("calls", [Cell(_count(row.extra_calls)) for row in rows]),
    ]
    if any(row.extra_cost_usd for row in rows):
        columns.append(Column("$/1,000", [Cell(_dollars(row.extra_cost_usd)) for row in rows], drop_at=6))
    columns += [
        Column("AUROC", numbers("auroc"), brief_at=7),
        Column("PRR", numbers("prr"), brief_at=3),
        Column("AURC", numbers("aurc"), brief_at=1, drop_at=4),
    ]
    if any(row.calibration for row in rows):
        columns.append(Column("off by", [_calibration(row) for row in rows], brief_at=2))
    return columns


def _calibration(row: SignalRow) -> Cell:
    if row.calibration is None:
        return Cell("")
    return Cell(rate(row.measured.values[row.calibration]), interval_of_share(row.intervals.get(row.calibration)))


def _count(calls: float | None) -> str:
    return UNDEFINED if calls is None else f"{calls:.3g}"


def _dollars(cost: float | None) -> str:
    return UNDEFINED if cost is None else f"{1000 * cost:.2f}"


def _choices(analysis: SignalAnalysis, rows: Sequence[SignalRow], models: Names, signals: Names) -> Iterator[str]:
    chosen = {one.model: one for one in analysis.choices if one.stratum is Stratum.ANSWERABLE}
    for model in dict.fromkeys(row.measured.model for row in rows):
        own = [row for row in rows if row.measured.model == model]
        if model in chosen:
            yield f"{models[model]}: {_said(chosen[model], own, signals)}"
        useless = [signals[row.measured.name] for row in own if row.informative is False]
        if useless:
            yield f"{models[model]}: not shown to be better than chance: {', '.join(useless)}."


def _said(choice: SignalChoice, rows: Sequence[SignalRow], signals: Names) -> str:
    on = f"{choice.n:,} answers with all signals"
    if choice.best is not None:
        calls = next(row.extra_calls for row in rows if row.measured.name == choice.best)
        cost = "" if calls is None else f", for {calls:.3g} extra calls" if calls else ", for no extra call"
        return f"{signals[choice.best]} ranks best{cost} ({on})."
    names = ", ".join(signals[name] for name in choice.may_be_best)
    cheaper = ", ".join(signals[name] for name in choice.cheapest)
    ending = f" Cheapest: {cheaper}." if choice.cheapest and len(choice.cheapest) < len(choice.may_be_best) else ""
    return f"not told apart: {names} ({on}).{ending}"
