"""The report on one screen of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from calibrant.analysis.confidence import ConfidenceRow
from calibrant.analysis.measures import Measured
from calibrant.analysis.overview import ModelRow
from calibrant.metrics.intervals import Interval
from calibrant.types import Stratum

if TYPE_CHECKING:
    from calibrant.reports.model import Report

__all__ = ["print_report"]

_LONGEST_NAME = 26
_NARROW = 96
"""Below so many columns of the terminal, names are shorter and one interval is left to the JSON."""
_UNDEFINED = "-"
_CONFIDENCE_LEGEND = (
    "sure: mean confidence. off by: level-ECE. AUROC: chance that a right answer is surer than a wrong one. "
    "PRR: share of a perfect rejection's gain, rejecting up to half. "
    "10 % wrong: largest share answered with at most so much wrong, here."
)


def print_report(report: Report, console: Console) -> None:
    """Print the report: what is wrong with it first, then who is right, who makes things up, and who knows it."""
    analysis = report.analysis
    for warning in analysis.warnings:
        console.print(Text("! " + _plain(warning), style="yellow"))
    if not report.run.complete:
        console.print(Text("! This run is not complete: its import was interrupted.", style="yellow"))
    console.print(Text(_headline(report)), style="bold")
    answerable = [row for row in analysis.models if row.stratum is Stratum.ANSWERABLE]
    unanswerable = [row for row in analysis.models if row.stratum is Stratum.UNANSWERABLE]
    if answerable:
        console.print(_leaderboard(report, answerable, narrow=console.width < _NARROW))
        console.print(_legend(report), style="dim")
    if unanswerable:
        console.print(_refusals(unanswerable))
    if analysis.confidence:
        console.print(_calibration(analysis.confidence, narrow=console.width < _NARROW))
        console.print(Text(_CONFIDENCE_LEGEND), style="dim")
    for name in dict.fromkeys(row.by for row in analysis.breakdowns):
        table = _breakdown(report, name, narrow=console.width < _NARROW)
        if table is not None:
            console.print(table)
    for row in analysis.models:
        if row.error_causes:
            causes = ", ".join(f"{count:,} {_plain(cause)[:60]}" for cause, count in list(row.error_causes.items())[:3])
            console.print(Text(f"failed, {_name(row.model)}: {causes}"), style="dim")


def _plain(text: str) -> str:
    """Without characters that could drive a terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


def _name(model: str, longest: int = _LONGEST_NAME) -> str:
    text = _plain(model)
    if len(text) <= longest:
        return text
    keep = longest - 3
    return f"{text[: keep - keep // 2]}...{text[-(keep // 2) :]}"


def _rate(value: float | None) -> str:
    return _UNDEFINED if value is None else f"{value:.0%}"


def _range(interval: Interval | None, *, scale: float = 100.0, sign: bool = False) -> str:
    if interval is None:
        return ""
    style = "+.0f" if sign else ".0f"
    return f" {interval.low * scale:{style}}..{interval.high * scale:{style}}"


def _cell(measured: Measured, metric: str) -> Text:
    """A share with its interval; a tilde where the interval rests on little."""
    text = Text(_rate(measured.values[metric]))
    text.append(_range(measured.intervals[metric]), style="dim")
    if metric in measured.thin:
        text.append("~", style="yellow")
    return text


def _index(measured: Measured, metric: str = "omniscience_index") -> Text:
    value = measured.values[metric]
    text = Text(_UNDEFINED if value is None else f"{value:+.0f}")
    return text.append(_range(measured.intervals[metric], scale=1.0, sign=True), style="dim")


def _table(title: str, *columns: tuple[str, bool]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="dim")
    for name, right in columns:
        table.add_column(name, justify="right" if right else "left", no_wrap=True)
    return table


def _headline(report: Report) -> str:
    analysis = report.analysis
    models = [row for row in analysis.models if row.measured.counts.n]
    names = len({row.model for row in models})
    said = (
        f"{analysis.questions:,} questions, {names} model{'s' if names != 1 else ''}, {analysis.outcomes:,} answers. "
    )
    ranked = [row for row in models if row.stratum is Stratum.ANSWERABLE]
    if len(ranked) < 2:
        return said.strip()
    ranks = _ranks(report)
    best = [name for name, rank in ranks.items() if rank.startswith("1")]
    if len(best) == 1:
        return said + f"{_name(best[0])} has the highest Index for sure."
    return said + f"{len(best)} of them may have the highest Index: these questions do not tell them apart."


def _ranks(report: Report) -> dict[str, str]:
    for ranking in report.analysis.rankings:
        if ranking.metric == "omniscience_index" and ranking.stratum is Stratum.ANSWERABLE:
            return {
                model: str(rank.best) if rank.best == rank.worst else f"{rank.best}-{rank.worst}"
                for model, rank in ranking.ranks.items()
            }
    return {}


def _leaderboard(report: Report, rows: list[ModelRow], *, narrow: bool) -> Table:
    priced = any(row.cost_usd is not None for row in rows)
    price = report.analysis.settings.price
    columns = [("model", False), ("n", True), ("right", True), ("made up", True), ("Index", True), ("rank", True)]
    columns += [("tried", True)]
    columns += [(f"Index t={price:g}", True)] if price != 0.5 else []
    columns += [("cost", True)] if priced else []
    table = _table("", *columns)
    table.title = None
    ranks = _ranks(report)
    for row in rows:
        measured = row.measured
        cells = [
            Text(_name(row.model, 18 if narrow else _LONGEST_NAME)),
            Text(f"{measured.counts.n:,}"),
            _cell(measured, "accuracy"),
            Text(_rate(measured.values["hallucination_rate"])) if narrow else _cell(measured, "hallucination_rate"),
            _index(measured),
            Text(ranks.get(row.model, _UNDEFINED)),
            Text(_rate(measured.values["attempt_rate"])),
        ]
        if price != 0.5:
            cells.append(_index(measured, "index_at_price"))
        if priced:
            cells.append(Text("unknown" if row.cost_usd is None else f"${row.cost_usd:,.2f}"))
        table.add_row(*cells)
    return table


def _legend(report: Report) -> Text:
    level = f"{report.analysis.settings.level:.0%}"
    return Text(
        f"right: of what was graded. made up: of those it did not get right, answered wrongly instead of declining. "
        f"Index: right minus wrong per 100, so a guess pays above 50 %. Ranges hold at {level}; "
        f"~ rests on fewer than 20 documents or 5 events. rank: what these questions leave open."
    )


def _refusals(rows: list[ModelRow]) -> Table:
    table = _table(
        "\nQuestions without an answer", ("model", False), ("n", True), ("declined", True), ("answered", True)
    )
    for row in rows:
        measured = row.measured
        table.add_row(
            Text(_name(row.model)),
            f"{measured.counts.n:,}",
            _cell(measured, "correct_refusal"),
            _cell(measured, "false_acceptance"),
        )
    return table


def _calibration(rows: tuple[ConfidenceRow, ...], *, narrow: bool) -> Table:
    several = len({(row.source, row.name) for row in rows}) > 1
    columns = [("model", False)] + ([("signal", False)] if several else [])
    columns += [("n", True), ("sure", True), ("right", True), ("off by", True), ("AUROC", True)]
    columns += [("PRR", True), ("10 % wrong", True)]
    name = "Confidence" if several else f"Confidence ({_plain(rows[0].name)})"
    table = _table(f"\n{name}: is it surer where it is right?", *columns)
    for row in rows:
        ranked = row.values["auroc"]
        auroc = Text(_UNDEFINED if ranked is None else f"{ranked:.2f}")
        interval = row.intervals.get("auroc")
        if interval is not None:
            auroc.append(f" {interval.low:.2f}..{interval.high:.2f}", style="dim")
        cells = [Text(_name(row.model, 18 if narrow else _LONGEST_NAME))] + (
            [Text(_plain(row.name))] if several else []
        )
        cells += [
            Text(f"{row.n:,}"),
            Text(f"{row.mean:.0%}" if row.values["level_ece"] is not None else f"{row.mean:.2f}"),
            Text(_rate(row.accuracy)),
            Text(_rate(row.values["level_ece"])),
            auroc,
            Text(_number(row.values["prr"])),
            Text(_rate(row.values["coverage_at_risk_10"])),
        ]
        table.add_row(*cells)
    return table


def _number(value: float | None) -> str:
    return _UNDEFINED if value is None else f"{value:.2f}"


def _breakdown(report: Report, name: str, *, narrow: bool) -> Table | None:
    rows = [row for row in report.analysis.breakdowns if row.by == name]
    if len({row.value for row in rows}) < 2:
        return None
    columns = [(name, False), ("model", False), ("n", True), ("right", True), ("made up", True), ("Index", True)]
    table = _table(f"\nBy {name}", *columns)
    before: str | None = ""
    for row in rows:
        shown = "(none)" if row.value is None else _name(row.value, 18 if narrow else _LONGEST_NAME)
        table.add_row(
            Text("" if row.value == before else shown),
            Text(
                _name(row.model, 18 if narrow else _LONGEST_NAME)
                + ("" if row.stratum is Stratum.ANSWERABLE else " (unanswerable)")
            ),
            f"{row.measured.counts.n:,}",
            _cell(row.measured, "accuracy"),
            Text(_rate(row.measured.values["hallucination_rate"]))
            if narrow
            else _cell(row.measured, "hallucination_rate"),
            _index(row.measured),
        )
        before = row.value
    return table
